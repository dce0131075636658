"""When a node stops answering and when it answers again: events by the records' own times, which colour nothing."""

from __future__ import annotations

import json

import pytest
from state_records import ASKED, Lab

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.report import document
from fabconsole.state.snapshot import EventView
from fabconsole.stream.records import Reason, Unanswered


def lost(lab: Lab, *nodes: str, reason: Reason = Reason.UNREACHABLE, detail: str = "connection lost") -> None:
    for node in nodes:
        for one in ASKED:
            lab.silent(node, one.question, reason, detail)


def back(lab: Lab, *nodes: str) -> None:
    for node in nodes:
        lab.ports(node)
        lab.nvlinks(node)
        lab.rest(node)


def events(lab: Lab) -> tuple[EventView, ...]:
    return lab.state.snapshot(lab.now).events


def texts(lab: Lab) -> list[str]:
    return [line.event.text for line in events(lab)]


def test_a_lost_node_is_one_event_and_its_return_another_which_says_how_long_it_was() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5)
    lost(lab, "h0")
    lab.wait(20)
    lost(lab, "h0")
    lab.wait(23)
    back(lab, "h0")
    came, went = events(lab)
    assert (went.event.text, went.event.at) == ("stops answering: unreachable: connection lost", lab.now - 43)
    assert (came.event.text, came.event.at) == ("answers again after 43 s", lab.now)
    assert (went.event.kind, went.event.severity, went.count) == ("session", Severity.UNKNOWN, 1)
    assert (came.event.kind, came.event.severity) == ("session", Severity.INFO)


def test_times_are_the_records_whenever_a_picture_is_taken() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    at = lab.now + 7.25
    failure = Unanswered(node="h0", question="hca", at=at, reason=Reason.REFUSED, detail="")
    lab.state.apply(failure)
    assert lab.state.snapshot(at + 500).events[0].event.at == at


def test_an_answered_node_with_only_silence_behind_it_is_ok() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lost(lab, "h0")
    lab.wait(5)
    back(lab, "h0")
    assert lab.node("h0").health is Health.OK
    assert lab.state.snapshot(lab.now).findings == ()


def test_a_node_that_never_answered_does_not_stop() -> None:
    lab = Lab("h0")
    lost(lab, "h0", reason=Reason.UNTRUSTED, detail="host key changed")
    assert texts(lab) == ["does not answer: untrusted: host key changed"]


def test_a_node_that_is_reached_again_is_no_longer_called_unreachable() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5)
    lost(lab, "h0")
    lab.wait(5)
    lab.silent("h0", "hca", Reason.STUCK, "no shell begins")
    node = lab.state.snapshot(lab.now).nodes["h0"]
    assert node.reason == "hca: stuck: no shell begins; gpu, nvlink, log: not answered since it is reached again"
    lab.ports("h0")
    node = lab.state.snapshot(lab.now).nodes["h0"]
    assert node.reason == "gpu, nvlink, log: not answered since it is reached again"
    assert node.health is Health.STALE
    lost(lab, "h0")
    assert lab.state.snapshot(lab.now).nodes["h0"].reason == "unreachable: connection lost"


def test_one_question_that_hangs_is_told_by_its_name() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "nvlink", Reason.TIMEOUT, "no answer within 38 s")
    lab.wait(30).silent("h0", "nvlink", Reason.STUCK)
    lab.ports("h0")
    lab.wait(300).nvlinks("h0")
    assert texts(lab) == ["answers nvlink again after 6 min", "no answer to nvlink: timed out: no answer within 38 s"]


@pytest.mark.parametrize(("reason", "many"), [(Reason.NO_TOOL, 0), (Reason.NO_PERMISSION, 0), (Reason.TIMEOUT, 1)])
def test_what_was_never_there_did_not_happen(reason: Reason, many: int) -> None:
    lab = Lab("h0")
    lab.silent("h0", "log", reason)
    assert len(events(lab)) == many


def test_a_question_that_was_answered_and_may_no_longer_be_read_is_an_event() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "log", Reason.NO_PERMISSION)
    assert texts(lab) == ["no answer to log: not permitted"]


def test_another_reason_for_the_same_silence_is_told_and_the_silence_counts_from_its_beginning() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lost(lab, "h0")
    lab.wait(30)
    lost(lab, "h0", reason=Reason.UNTRUSTED, detail="host key changed")
    lab.wait(30)
    back(lab, "h0")
    assert texts(lab)[:2] == ["answers again after 60 s", "does not answer: untrusted: host key changed"]


def test_the_nodes_own_address_is_left_out_and_its_jump_hosts_is_not() -> None:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    lost(lab, "h0", detail="connection lost · ops@10.0.0.0:22")
    lost(lab, "h1", reason=Reason.JUMP, detail="jump host ops@bastion1:22: connection lost")
    assert set(texts(lab)) == {
        "stops answering: unreachable: connection lost",
        "stops answering: jump host ops@bastion1:22: connection lost",
    }


def test_a_jump_host_gone_is_one_event_that_names_one_node_and_concerns_all() -> None:
    hosts = [f"h{number}" for number in range(40)]
    lab = Lab(*hosts)
    lab.all_well(*hosts)
    for host in hosts:
        lab.wait(0.2)
        lost(lab, host, reason=Reason.JUMP, detail="jump host bastion1: connection lost")
    (gone,) = events(lab)
    assert gone.event.text == "stops answering, with 39 more: jump host bastion1: connection lost"
    assert (gone.event.node, set(gone.nodes), gone.count) == ("h0", set(hosts), 1)
    lab.wait(30)
    for host in hosts:
        lab.wait(0.2)
        back(lab, host)
    assert texts(lab)[0] == "answers again after 38 s, with 39 more"
    assert len(events(lab)) == 2


def test_nodes_that_fell_silent_minutes_apart_are_events_of_their_own() -> None:
    hosts = ("h0", "h1", "h2")
    lab = Lab(*hosts)
    lab.all_well(*hosts)
    for host in hosts:
        lab.wait(60)
        lost(lab, host)
    assert [line.nodes for line in events(lab)] == [("h2",), ("h1",), ("h0",)]


def test_a_node_that_comes_and_goes_is_two_lines_that_count() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    for _ in range(50):
        lab.wait(30)
        lost(lab, "h0")
        lab.wait(8)
        back(lab, "h0")
    assert [(line.event.text, line.count) for line in events(lab)] == [
        ("answers again after 8 s", 50),
        ("stops answering: unreachable: connection lost", 50),
    ]


def test_the_document_has_them_in_the_agreed_shape() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lost(lab, "h0")
    (told,) = json.loads(json.dumps(document(lab.state.snapshot(lab.now))))["events"]
    assert (told["node"], told["kind"], told["code"], told["severity"], told["text"], told["also"]) == (
        "h0",
        "session",
        None,
        "UNKNOWN",
        "stops answering: unreachable: connection lost",
        [],
    )


def test_a_connection_that_fails_otherwise_now_fails_so_for_every_question() -> None:
    lab = Lab("h0", "h1", "h2")
    lost(lab, "h0", "h1", "h2")
    lab.wait(5)
    for node in ("h0", "h1", "h2"):
        lab.silent(node, "hca", Reason.OURS, "no more files")
    banners = [banner.text for banner in lab.state.snapshot(lab.now).banners]
    assert banners == ["3 of 3 nodes: our own limit: no more files"]


def test_one_node_that_finds_no_room_here_is_a_banner_since_it_is_not_to_blame() -> None:
    lab = Lab(*(f"h{number}" for number in range(20)))
    lost(lab, "h7", reason=Reason.OURS, detail="no more files")
    assert [banner.nodes for banner in lab.state.snapshot(lab.now).banners] == [("h7",)]
