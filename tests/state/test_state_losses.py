"""What was lost is an event of its own: a switch, an HCA, a GPU, a manager; what it drags down is one line."""

from __future__ import annotations

import pytest
from state_records import CLEAN, DOWN, QUIET, Lab

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import EventView
from fabconsole.stream.records import Peer, SubnetManager, Sweep, SwitchReading

GUIDS = {"leaf01": "000000000000aa01", "spine01": "000000000000bb01", "spine02": "000000000000bb02"}


def said(lab: Lab) -> list[tuple[str, Severity, str]]:
    return [(view.event.node, view.event.severity, view.event.text) for view in lab.state.snapshot(lab.now).events]


def spine(lab: Lab, name: str, *, is_up: bool) -> SwitchReading:
    ports = {str(port): CLEAN for port in (1, 2)}
    far = {row: Peer(port_guid=GUIDS["leaf01"], port=int(row), description="leaf01") for row in ports}
    states = {} if is_up else dict.fromkeys(ports, DOWN)
    return lab.switch(name, ports, states, far if is_up else {}, guid=GUIDS[name])


def swept(lab: Lab, *, leaf: bool, complete: bool = True) -> None:
    spines = [spine(lab, name, is_up=leaf) for name in ("spine01", "spine02")]
    leaves = [lab.switch("leaf01", {"1": CLEAN}, guid=GUIDS["leaf01"])] if leaf else []
    lab.wait(60).sweep("h0", *leaves, *spines, complete=complete)
    lab.state.snapshot(lab.now)


@pytest.fixture
def lab() -> Lab:
    lab = Lab("h0", in_band=["h0"])
    for _ in range(2):
        swept(lab, leaf=True)
    return lab


def of(lab: Lab, node: str) -> list[tuple[Severity, str]]:
    """What is said of a node itself, its links aside."""
    return [(severity, text) for name, severity, text in said(lab) if name == node and "links" not in text]


def test_a_switch_that_a_complete_sweep_does_not_find_is_one_event_and_its_return_another(lab: Lab) -> None:
    for _ in range(2):
        swept(lab, leaf=False)
    assert of(lab, "leaf01") == [(Severity.CRIT, "missing: the last sweep from h0 did not find it")]
    swept(lab, leaf=True)
    assert of(lab, "leaf01")[0] == (Severity.INFO, "found again by a sweep")


def test_an_incomplete_sweep_loses_no_switch(lab: Lab) -> None:
    swept(lab, leaf=False, complete=False)
    assert of(lab, "leaf01") == []


def test_links_that_go_down_with_one_switch_are_one_line(lab: Lab) -> None:
    swept(lab, leaf=False)
    links = [view for view in lab.state.snapshot(lab.now).events if "link" in view.headline]
    assert [(view.event.node, view.headline.partition("; ")[2]) for view in links] == [
        ("leaf01", "4 links to it down")
    ], "it stands under what they lead to"
    assert set(links[0].nodes) == {"leaf01", "spine01", "spine02"}


def test_links_that_come_back_with_one_switch_are_one_line(lab: Lab) -> None:
    for leaf in (False, True):
        swept(lab, leaf=leaf)
    ups = [text for _, severity, text in said(lab) if severity is Severity.INFO and "link" in text]
    assert ups == ["4 links to leaf01 up"]


def test_a_single_link_is_told_by_its_port(lab: Lab) -> None:
    lab.wait(60).sweep(
        "h0",
        lab.switch("leaf01", {"1": CLEAN}, {"1": DOWN}, guid=GUIDS["leaf01"]),
        *(spine(lab, name, is_up=True) for name in ("spine01", "spine02")),
    )
    assert said(lab) == [("leaf01", Severity.CRIT, "port 1 link down")]


def test_an_hca_that_leaves_the_listing_is_one_event_and_its_return_another() -> None:
    lab = Lab("h0")
    both = {"mlx5_0/1": CLEAN, "mlx5_1/1": CLEAN, "mlx5_1/2": CLEAN}
    lab.ports("h0", both)
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN})
    assert said(lab) == [("h0", Severity.CRIT, "mlx5_1 missing: no longer listed by its node")]
    lab.wait(5).ports("h0", both)
    assert said(lab)[0] == ("h0", Severity.INFO, "mlx5_1 listed again")


def test_a_port_of_an_hca_that_is_still_listed_is_no_lost_hca() -> None:
    lab = Lab("h0")
    lab.ports("h0", {"mlx5_1/1": CLEAN, "mlx5_1/2": CLEAN})
    lab.wait(5).ports("h0", {"mlx5_1/1": CLEAN}, unread=[])
    assert said(lab) == []


def test_a_gpu_whose_nvlinks_are_no_longer_listed_is_one_event() -> None:
    lab = Lab("h0")
    lab.nvlinks("h0", {f"gpu{gpu}/nvl{link}": QUIET for gpu in (0, 1) for link in (0, 1)})
    lab.wait(30).nvlinks("h0", {f"gpu0/nvl{link}": QUIET for link in (0, 1)})
    assert said(lab) == [("h0", Severity.CRIT, "gpu1 missing: no longer listed by its node")]


def handed_over(lab: Lab, to: str) -> EventView:
    text = f"subnet manager handover: 0x{GUIDS['spine01']} (lid 1, priority 0) → 0x{to} (lid 2, priority 0)"
    event = Event(at=lab.now, node="h0", kind="sm", severity=Severity.WARN, text=text)
    master = SubnetManager(lid=2, guid=to, activity=1, priority=0, state="Master")
    switches = tuple(spine(lab, name, is_up=True) for name in ("spine01", "spine02"))
    leaf = lab.switch("leaf01", {"1": CLEAN}, guid=GUIDS["leaf01"])
    lab.state.apply(
        Sweep(
            node="h0",
            at=lab.now,
            latency_s=2.0,
            boot_id="boot-1",
            subnet="subnet",
            switches=(leaf, *switches),
            sm=master,
            complete=True,
            events=(event,),
        )
    )
    (view,) = lab.state.snapshot(lab.now).events
    return view


def test_a_handover_names_both_masters_and_is_the_new_ones(lab: Lab) -> None:
    lab.wait(60)
    event = handed_over(lab, GUIDS["spine02"]).event
    assert (event.node, event.text) == ("spine02", "subnet manager handover: spine01 → spine02")
    assert lab.node("spine02").health is Health.WARN
    assert "spine02" in {finding.end for finding in lab.state.snapshot(lab.now).findings}


def test_a_handover_to_one_that_nobody_knows_is_no_fault_of_the_host_that_asked(lab: Lab) -> None:
    lab.wait(60)
    event = handed_over(lab, "00000000000000ff").event
    assert (event.node, event.text.partition(": ")[2]) == (
        "h0",
        "spine01 → 0x00000000000000ff (lid 2, priority 0)",
    )
    assert "handover" not in lab.node("h0").reason
