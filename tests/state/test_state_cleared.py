"""Counters that somebody else clears are an event, of whatever they are read by: what was counted is gone."""

from __future__ import annotations

from state_records import CLEAN, QUIET, Lab

from fabconsole.fabric.health import Health
from fabconsole.state.turns import CLEARED

COUNTED = CLEAN | {"port_xmit_data": 500}
PORTS = ("1", "2", "3")


def told(lab: Lab) -> list[tuple[str, str]]:
    return [(view.event.node, view.event.text) for view in lab.state.snapshot(lab.now).events]


def swept(lab: Lab, *names: str, count: int) -> None:
    switches = [lab.switch(name, {port: CLEAN | {"port_xmit_data": count} for port in PORTS}) for name in names]
    lab.wait(60).sweep("h0", *switches)


def test_a_host_whose_port_is_cleared_tells_which() -> None:
    lab = Lab("h0")
    for count in (500, 600, 3):
        lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN | {"port_xmit_data": count}})
    assert told(lab) == [("h0", f"{CLEARED}: mlx5_0/1")]


def test_it_is_told_of_nvlinks_too() -> None:
    lab = Lab("h0")
    for count in (5, 0):
        lab.wait(30).nvlinks("h0", dict.fromkeys(("gpu0/nvl0", "gpu0/nvl1"), QUIET | {"crc": count}))
    assert told(lab) == [("h0", f"{CLEARED}: 2 NVLinks")]


def test_a_switch_that_is_cleared_is_told_by_the_sweep_that_finds_it_so_and_is_no_worse_for_it() -> None:
    lab = Lab("h0", in_band=["h0"])
    for count in (500, 600, 3, 4):
        swept(lab, "leaf01", count=count)
    assert told(lab) == [("leaf01", f"{CLEARED}: 3 ports")]
    assert lab.node("leaf01").health is Health.OK


def test_a_subnet_that_is_cleared_is_one_line() -> None:
    lab = Lab("h0", in_band=["h0"])
    for count in (500, 3):
        swept(lab, "leaf01", "leaf02", "leaf03", "spine01", count=count)
    assert told(lab) == [("leaf01", f"{CLEARED}, with 3 more: 3 ports")]


def test_a_boot_clears_nothing() -> None:
    lab = Lab("h0")
    for boot, count in (("a", 500), ("b", 3)):
        lab.boots["h0"] = boot
        lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN | {"port_xmit_data": count}})
    assert [text for _, text in told(lab) if CLEARED in text] == []


def test_a_card_that_comes_back_and_counts_from_zero_was_cleared_by_nobody() -> None:
    lab = Lab("h0")
    for cards, count in ((2, 500), (1, 600), (2, 3)):
        ports = {f"mlx5_{number}/1": CLEAN | {"port_xmit_data": count if number else 0} for number in range(cards)}
        lab.wait(5).ports("h0", ports)
    assert [text for _, text in told(lab) if CLEARED in text] == []
