"""Rows are made into views when they are looked at, and say the same whenever that is."""

from __future__ import annotations

from state_records import CLEAN, INACTIVE, QUIET, Lab

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.state.row_names import merged, with_unread
from fabconsole.state.rows import Rows, at
from fabconsole.state.snapshot import PortView

TWO = {"mlx5_0/1": CLEAN, "mlx5_1/1": {**CLEAN, "symbol_error": 3}}


def test_rows_are_a_sequence_of_views() -> None:
    lab = Lab("h0")
    lab.ports("h0", TWO)
    ports = lab.node("h0").ports
    assert len(ports) == 2
    assert [port.end for port in ports] == ["h0/mlx5_0/1", "h0/mlx5_1/1"]
    assert (ports[-1].end, ports[0:1][0].end) == ("h0/mlx5_1/1", "h0/mlx5_0/1")
    assert ports == tuple(ports)
    assert (at(ports, "h0/mlx5_1/1"), at(ports, "h1/mlx5_1/1")) == (ports[1], None)


def test_a_snapshot_does_not_change_under_a_later_answer() -> None:
    lab = Lab("h0")
    lab.ports("h0", TWO)
    before = lab.state.snapshot(lab.now)
    lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "symbol_error": 9}})
    port = before.port("h0/mlx5_0/1")
    assert port is not None
    assert (port.counters["symbol_error"], port.age_s, port.health) == (0, 0.0, Health.UNKNOWN)
    gone = before.port("h0/mlx5_1/1")
    assert gone is not None and gone.health is Health.UNKNOWN
    assert lab.port("h0/mlx5_1/1").health is Health.MISSING


def ports_of(lab: Lab) -> Rows[PortView]:
    ports = lab.node("h0").ports
    assert isinstance(ports, Rows)
    return ports


def test_rows_that_only_grew_older_are_not_judged_anew() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    young, old = ports_of(lab), ports_of(lab.wait(4))
    assert (young[0].age_s, old[0].age_s) == (0.0, 4.0)
    assert young.judged is old.judged
    lab.ports("h0")
    assert ports_of(lab).judged is not old.judged


def test_one_inactive_nvlink_is_told_among_those_that_are_well() -> None:
    links = {f"gpu{gpu}/nvl{link}": QUIET for gpu in range(2) for link in range(3)}
    lab = Lab("h0", expect=Expect(gpus=2, nvlinks=3))
    for _ in range(2):
        lab.wait(30).nvlinks("h0", links)
    assert {link.health for link in lab.node("h0").nvlinks} == {Health.OK}
    lab.wait(30).nvlinks("h0", links, {"gpu1/nvl1": INACTIVE})
    assert [link.end for link in lab.node("h0").nvlinks if link.health is Health.DOWN] == ["h0/gpu1/nvl1"]


def test_a_port_that_could_not_be_read_stands_at_its_place_from_the_first_listing_on() -> None:
    listed = tuple(f"mlx5_{number}/1" for number in range(12))
    read = tuple(row for row in listed if row != "mlx5_3/1")
    assert with_unread(merged((), read), ["mlx5_3/1"]) == listed
    assert with_unread(merged(listed, read), ["mlx5_3/1"]) == listed
    assert with_unread(merged((), listed[:11]), ["mlx5_11/1"]) == listed
