"""The fabric's layout: everything on one screen, nothing over anything else."""

from __future__ import annotations

from drawn_fabric import east, host, snapshot, switch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.tui.addresses import node_of, rack_named
from fabconsole.tui.floor import Floor, FloorPlan, Host, RackShape
from fabconsole.tui.layout import Layout, lay
from fabconsole.tui.placing import Detail, Part


def shape(number: int, hosts: int, rails: int, gpus: int, switches: int) -> RackShape:
    names = [f"n{number}-{place}" for place in range(hosts)]
    return RackShape(
        f"r{number:02}",
        "ab"[number % 2] if number % 3 else None,
        tuple(
            Host(
                name,
                tuple(f"{name}/mlx5_{rail}/1" for rail in range(rails)),
                tuple(f"{name}/gpu{gpu}" for gpu in range(gpus)),
            )
            for name in names
        ),
        tuple(f"leaf{number}-{place}" for place in range(switches)),
    )


racks = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 10), st.integers(0, 8), st.integers(0, 5)), min_size=1, max_size=60
)
floors = racks.map(lambda rows: Floor(tuple(shape(number, *row) for number, row in enumerate(rows))))


def cells(layout: Layout) -> list[tuple[int, int, int]]:
    return [(item.y, item.x, item.width) for line in layout.lines for item in line if item.part is not Part.ROW]


@settings(max_examples=80, deadline=None)
@given(floors, st.integers(40, 220), st.integers(10, 60))
def test_every_floor_fits_its_window_and_nothing_lies_on_anything_else(floor: Floor, width: int, height: int) -> None:
    layout = lay(floor, width, height)
    assert len(layout.lines) <= height
    taken = set()
    for y, x, size in cells(layout):
        assert x >= 0 and x + size <= width
        for column in range(x, x + size):
            assert (y, column) not in taken
            taken.add((y, column))


@settings(max_examples=80, deadline=None)
@given(floors, st.integers(40, 220), st.integers(10, 60))
def test_every_node_has_a_cell_or_one_that_stands_for_it(floor: Floor, width: int, height: int) -> None:
    layout = lay(floor, width, height)
    seen = {item.address for line in layout.lines for item in line}
    for rack in floor.racks:
        for name in rack.nodes:
            assert name in seen or layout.stands_for[name] in seen
    if layout.covers:
        covered = [name for names in layout.covers.values() for name in names]
        assert covered == [rack.name for rack in floor.racks]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6000), st.integers(30, 100), st.integers(5, 30))
def test_more_racks_than_cells_share_cells_and_are_all_there(number: int, width: int, height: int) -> None:
    floor = Floor(tuple(shape(rack, 0, 0, 0, 0) for rack in range(number)))
    layout = lay(floor, width, height)
    assert len(layout.lines) <= height
    shown = [rack_named(item.address) for line in layout.lines for item in line if item.part in (Part.RACK, Part.HEAD)]
    assert len(shown) == len(layout.covers or floor.racks)


def test_a_larger_window_never_shows_less() -> None:
    floor = FloorPlan().of(east())
    details = [lay(floor, width, height).style.detail for width, height in ((60, 8), (80, 21), (120, 34), (200, 60))]
    order = list(Detail)
    assert [order.index(detail) for detail in details] == sorted((order.index(d) for d in details), reverse=True)
    assert details[-1] is Detail.NAMES


def test_sixteen_racks_of_four_hosts_show_every_cell_at_80_by_24() -> None:
    layout = lay(FloorPlan().of(east()), 79, 21)
    shown = {item.address for line in layout.lines for item in line}
    assert layout.style.detail is Detail.CELLS
    assert {"gpu15-03/mlx5_7/1", "gpu15-03/gpu7", "leaf07", "spine03"} <= shown


def test_a_row_of_tiles_is_shared_out_evenly() -> None:
    layout = lay(Floor(tuple(shape(0, 4, 8, 8, 0) for _ in range(8))), 6 * 19 + 5 * 3, 12)
    heads = [item.y for line in layout.lines for item in line if item.part is Part.HEAD]
    assert [heads.count(y) for y in sorted(set(heads))] == [4, 4]


def test_rails_stand_under_rails_in_every_rack() -> None:
    nodes = [host("a0", "r0"), host("a1", "r0", rails=2, gpus=0), host("b0", "r1", rails=1, gpus=8)]
    layout = lay(FloorPlan().of(snapshot(nodes)), 100, 20)
    gpu0 = {node_of(item.address): item.x for line in layout.lines for item in line if item.address.endswith("gpu0")}
    rail0 = {node_of(item.address): item.x for line in layout.lines for item in line if "mlx5_0" in item.address}
    assert gpu0["b0"] - rail0["b0"] == gpu0["a0"] - rail0["a0"]


def test_the_floor_stays_the_same_object_while_only_health_changes() -> None:
    plan = FloorPlan()
    first = plan.of(snapshot([host("a0", "r0"), switch("leaf0", ["a0/mlx5_0/1"])]))
    again = plan.of(snapshot([host("a0", "r0"), switch("leaf0", ["a0/mlx5_0/1"])]))
    assert again is first


def test_a_host_that_never_answered_has_the_cells_that_are_expected_of_it() -> None:
    from drawn_fabric import silent

    floor = FloorPlan().of(snapshot([silent("a0", "r0")]))
    assert (len(floor.racks[0].hosts[0].rails), len(floor.racks[0].hosts[0].gpus)) == (8, 8)
