"""The worst list: one trouble is one line, and what follows from another does not stand before it."""

from __future__ import annotations

from dataclasses import replace

from state_records import ASKED, CLEAN, DOWN, Lab, active

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import PortState
from fabconsole.state.snapshot import Finding
from fabconsole.stream.records import Asked, Peer, Reason

HOSTS = ("h0", "h1", "h2")


def found(lab: Lab) -> tuple[Finding, ...]:
    return lab.state.snapshot(lab.now).findings


def leaf_and_spine(lab: Lab, *, leaf: bool = True) -> None:
    """Three hosts on leaf01, which has two trunks to spine01; without it their ports at its far ends are down."""
    ports = {str(number): CLEAN for number in range(1, 6)}
    hosts = {
        str(number): Peer(port_guid=f"{name}-mlx5_0/1", port=1, description=f"{name} mlx5_0")
        for number, name in enumerate(HOSTS, 1)
    }
    trunks = {"4": Peer(port_guid="5a", port=1, description=""), "5": Peer(port_guid="5a", port=2, description="")}
    up, down = {"1": CLEAN, "2": CLEAN}, dict.fromkeys(("1", "2"), DOWN)
    far = {"1": Peer(port_guid="1e", port=4, description=""), "2": Peer(port_guid="1e", port=5, description="")}
    spine = lab.switch("spine01", up, {} if leaf else down, far if leaf else {}, guid="5a")
    lab.sweep("h0", *([lab.switch("leaf01", ports, peers=hosts | trunks, guid="1e")] if leaf else []), spine)


def fabric() -> Lab:
    lab = Lab(*HOSTS, in_band=["h0"], asked=(Asked("hca", 5.0),))
    for _ in range(2):
        lab.wait(30)
        for host in HOSTS:
            lab.ports(host)
        leaf_and_spine(lab)
    assert found(lab) == ()
    return lab


def test_a_frozen_host_is_one_line_that_names_its_questions() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "hca", Reason.TIMEOUT, "no answer within 4 s")
    lab.silent("h0", "nvlink", Reason.TIMEOUT, "no answer within 20 s")
    assert [(f.end, f.health, f.reason) for f in found(lab)] == [("h0", Health.STALE, "hca, nvlink: timed out")]
    lab.wait(100)
    assert [(f.end, f.health, f.reason) for f in found(lab)] == [
        ("h0", Health.UNKNOWN, "hca, nvlink: timed out; gpu, log: no answer when it was due")
    ]


def test_a_lost_connection_is_said_alone_as_it_was_last_said() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "log", Reason.UNREACHABLE, "connection lost")
    lab.wait(40).silent("h0", "hca", Reason.UNREACHABLE, "no route to host")
    assert [(f.end, f.health, f.reason) for f in found(lab)] == [
        ("h0", Health.UNKNOWN, "unreachable: no route to host")
    ]


def test_a_port_whose_state_was_not_read_is_told_though_another_question_of_its_node_is_unknown_too() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "log", Reason.NO_PERMISSION)
    lab.wait(200)
    for state in (active("h0-mlx5_0/1"), PortState(port_guid="h0-mlx5_0/1")):
        lab.wait(5).ports("h0", states={"mlx5_0/1": state})
    assert ("h0/mlx5_0/1", "its state was not read") in [(f.end, f.reason) for f in found(lab)]


def test_ports_that_were_not_read_for_one_reason_are_one_line_that_counts_them() -> None:
    for more, said in ((1, ", and 1 more port"), (2, ", and 2 more ports")):
        lab = Lab("h0", asked=(Asked("hca", 5.0),))
        rows = {f"mlx5_{number}/1": CLEAN for number in range(1 + more)}
        lab.ports("h0", rows, dict.fromkeys(rows, PortState()))
        assert [f.reason for f in found(lab)] == [f"its state was not read{said}"]


def test_a_question_is_unanswered_since_it_first_was_whenever_a_picture_is_taken() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    began = lab.wait(5).now
    for _ in range(20):
        lab.silent("h0", "nvlink")
        lab.wait(30).ports("h0")
        lab.rest("h0")
    assert [(f.end, f.reason, f.since) for f in found(lab)] == [("h0", "nvlink: timed out", began)]


def test_a_node_that_never_answered_is_unseen_since_it_was_first_asked_in_vain() -> None:
    lab = Lab("h0")
    began = lab.now
    for one in ASKED:
        lab.silent("h0", one.question, Reason.UNREACHABLE)
    lab.wait(600)
    assert [f.since for f in found(lab)] == [began]


def test_a_lost_node_is_lost_since_it_was_and_not_since_one_of_its_questions_failed_for_its_own_reason() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "log", Reason.NO_PERMISSION)
    assert [f.since for f in found(lab)] == [lab.now]
    for _ in range(3):
        lab.wait(600).silent("h0", "hca", Reason.UNREACHABLE)
    assert [(f.reason, f.since) for f in found(lab)] == [("unreachable", lab.now - 1200)]


def test_cards_are_too_few_since_they_were_counted() -> None:
    lab = Lab("h0", asked=(Asked("hca", 5.0),), expect=Expect(hcas=2))
    for _ in range(2):
        lab.wait(5).ports("h0")
    assert [(f.reason, f.since) for f in lab.state.snapshot(lab.now + 7).findings] == [("1 of 2 HCAs", lab.now)]


def test_a_dead_switch_is_one_line_that_counts_its_links() -> None:
    lab = fabric()
    lab.wait(30)
    for host in HOSTS:
        lab.ports(host, states={"mlx5_0/1": DOWN})
    assert len(found(lab)) == 3
    leaf_and_spine(lab, leaf=False)
    gone = "the last sweep from h0 did not find it; 5 links to it are down"
    assert [(f.end, f.health, f.reason) for f in found(lab)] == [("leaf01", Health.MISSING, gone)]
    assert lab.node("h1").health is Health.DOWN


def test_another_link_that_is_down_stands_beside_a_dead_switch_and_after_it() -> None:
    lab = fabric()
    lab.wait(30)
    for host in HOSTS:
        lab.ports(host)
    lab.ports("h1", {"mlx5_0/1": CLEAN, "mlx5_1/1": CLEAN}, {"mlx5_1/1": DOWN})
    leaf_and_spine(lab, leaf=False)
    assert [f.end for f in found(lab)] == ["leaf01", "h1/mlx5_1/1"]


def test_a_lost_hca_stands_before_its_far_end_and_is_not_counted_besides() -> None:
    lab = Lab("h0", in_band=["h0"], asked=(Asked("hca", 5.0),), expect=Expect(hcas=2))
    both = {"mlx5_0/1": CLEAN, "mlx5_1/1": CLEAN}
    peers = {"1": Peer(port_guid="h0-mlx5_1/1", port=1, description="h0 mlx5_1")}
    for state in (active(), active(), DOWN):
        lab.wait(30).ports("h0", both if state is not DOWN else {"mlx5_0/1": CLEAN})
        lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}, {"1": state}, peers if state is not DOWN else {}))
    (finding,) = found(lab)
    assert (finding.end, finding.health) == ("h0/mlx5_1/1", Health.MISSING)
    assert (finding.peer, finding.peer_health) == ("leaf01/1", Health.DOWN)
    assert lab.node("h0").reason == "1 of 2 HCAs"


def test_a_link_that_a_log_says_went_down_is_judged_by_its_port() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    text = "mlx5_core 0000:bc:00.0 ib5: Link down"
    line = Event(at=lab.now, node="h0", kind="mlx5", severity=Severity.WARN, text=text, subject="0000:bc:00.0")
    lab.log("h0", line)
    assert lab.node("h0").reason == "0000:bc:00.0: Link down"
    there = replace(active("h0-mlx5_0/1"), pci="0000:bc:00.0")
    lab.ports("h0", states={"mlx5_0/1": there})
    snapshot = lab.state.snapshot(lab.now)
    assert snapshot.events[0].event.headline == "mlx5_0: Link down"
    assert snapshot.findings == ()
