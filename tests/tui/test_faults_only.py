"""Faults only: one key, one meaning, and what is held back is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from drawn_fabric import NOON, Still, east, host, nvlink, port, snapshot
from hands import opened, text
from scripted_source import Bench

from fabconsole.fabric.health import Health, Mark
from fabconsole.state.snapshot import NodeView, Snapshot
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.trail import Place, Trail, View


def sick() -> NodeView:
    """A host with one port down and one NVLink that warns."""
    bad, lame = port("a0/mlx5_2/1", Health.DOWN), nvlink("a0/gpu3/nvl7", Health.WARN)
    return host("a0", "r0", ports={bad.end: bad}, nvlinks={lame.end: lame})


def page(shown: Snapshot, place: Place, *, faults_only: bool = True, metrics: int = 0) -> list[str]:
    desk = Desk(Still(shown), NOON)
    desk.trail = Trail((Place(View.FABRIC), place))
    for _ in range(metrics):
        desk.next_metric()
    if faults_only:
        desk.toggle_faults()
    return plain(desk.draw(119, 40).lines).splitlines()


NODE = Place(View.NODE, "a0")


def test_a_nodes_page_shows_what_is_not_well_and_counts_the_rest() -> None:
    lines = page(snapshot([sick()]), NODE)
    assert [line.split()[1] for line in lines if "mlx5_" in line] == ["mlx5_2/1"]
    assert [line.split()[1] for line in lines if "/18 up" in line] == ["gpu3"]
    assert "   7 more ports well, not shown" in lines
    assert "   7 more GPUs well, not shown" in lines


def test_a_node_that_is_well_is_two_counts() -> None:
    lines = page(snapshot([host("a0", "r0")]), NODE)
    assert " PORTS  8 ports well, not shown" in lines
    assert " NVLINK  8 GPUs well, not shown" in lines
    assert not any("mlx5_" in line for line in lines)


def test_everything_is_there_again_without_it() -> None:
    lines = page(snapshot([sick()]), NODE, faults_only=False)
    assert sum("mlx5_" in line for line in lines) == 8
    assert not any("not shown" in line for line in lines)


def test_what_is_not_well_stays_in_sight_whatever_the_metric_is() -> None:
    lame = port("a0/mlx5_2/1", Health.DEGRADED)
    shown = snapshot([host("a0", "r0", ports={lame.end: lame})])
    for metric in range(5):
        assert any("mlx5_2/1" in line for line in page(shown, NODE, metrics=metric))


def test_what_was_not_read_is_not_well() -> None:
    waits = port("a0/mlx5_2/1", Health.UNKNOWN, reason="one reading: no rate yet", rates={})
    silent = port("a0/mlx5_3/1", Health.STALE, is_old=True)
    shown = snapshot([host("a0", "r0", ports={waits.end: waits, silent.end: silent})])
    lines = page(shown, NODE)
    assert any("mlx5_2/1" in line for line in lines) and any("mlx5_3/1" in line for line in lines)
    assert "   6 more ports well, not shown" in lines


def test_a_link_keeps_the_counters_that_tell_of_a_fault_and_counts_the_others() -> None:
    odd = port(
        "a0/mlx5_2/1",
        Health.WARN,
        counters={"symbol_error": 0, "link_downed": 3, "port_rcv_errors": 0, "port_xmit_data": 9, "VL15_dropped": 4},
        marks={"port_rcv_errors": Mark.SATURATED},
    )
    shown = snapshot([host("a0", "r0", ports={odd.end: odd})])
    lines = page(shown, Place(View.LINK, odd.end))
    counted = lines[next(y for y, line in enumerate(lines) if "COUNTERS" in line) + 1 :]
    assert [line.split()[0] for line in counted[:2]] == ["downs", "rcv"]
    assert counted[2] == "   3 that tell of no fault, not shown"


async def test_the_key_holds_back_on_a_nodes_page_and_the_cursor_stays_with_what_is_shown(tmp_path: Path) -> None:
    bench = Bench(east(), tmp_path)
    async with opened(bench, (80, 24)) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_0/1")
        await pilot.press("enter", "enter", "z")
        await pilot.pause()
        assert "7 more ports well, not shown" in text(bench, "node")
        assert console.stage.place.selected in ("gpu03-02/mlx5_5/1", "gpu03-02")
        assert "faults only" in text(bench, "keys")
        await pilot.press("z")
        await pilot.pause()
        assert console.stage.place.selected == "gpu03-02/mlx5_0/1"


def test_an_unreachable_nodes_rows_are_all_shown() -> None:
    node = replace(
        host("a0", "r0"),
        health=Health.UNKNOWN,
        ports=tuple(replace(p, health=Health.UNKNOWN, is_old=True, age_s=50.0) for p in host("a0", "r0").ports),
    )
    assert sum("mlx5_" in line for line in page(snapshot([node]), NODE)) == 8
