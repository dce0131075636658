"""Nodes: what unanswered questions, counts and events make of them. Never a false green."""

from __future__ import annotations

from dataclasses import replace

import pytest
from state_records import ASKED, CLEAN, DOWN, INACTIVE, RULES, Lab, xid

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.inventory import Expect
from fabconsole.state.snapshot import NodeView, Snapshot
from fabconsole.stream.records import Asked, Opening, Reason


def test_a_node_that_was_never_heard_is_unknown_and_so_is_the_fabric() -> None:
    lab = Lab("h0")
    snapshot = lab.state.snapshot(lab.now)
    assert snapshot.nodes["h0"].health is Health.UNKNOWN
    assert snapshot.nodes["h0"].age_s is None
    assert snapshot.severity is Severity.UNKNOWN
    assert not snapshot.coverage.complete


def test_a_node_with_every_question_answered_twice_and_nothing_wrong_is_ok() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    node = lab.node("h0")
    assert (node.health, node.reason, node.error) == (Health.OK, "", None)
    assert node.uptime_s == 1005.0
    assert lab.state.snapshot(lab.now).coverage.complete


@pytest.mark.parametrize("question", ["hca", "gpu", "nvlink", "log"])
def test_one_unanswered_question_is_enough_not_to_be_ok(question: str) -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", question, Reason.TIMEOUT, "no answer in 4 s")
    node = lab.node("h0")
    assert node.health is Health.STALE
    assert node.error == f"{question}: timed out: no answer in 4 s"
    coverage = lab.state.snapshot(lab.now).coverage
    assert (coverage.questions[question].asked, coverage.questions[question].answered) == (1, 0)
    assert not coverage.complete
    assert coverage.polled == (0 if question == "hca" else 1)


def test_ports_and_nvlinks_share_the_fate_of_the_question_that_feeds_them() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "hca")
    assert lab.port("h0/mlx5_0/1").health is Health.STALE
    assert lab.nvlink("h0/gpu0/nvl0").health is Health.OK
    lab.silent("h0", "nvlink")
    assert lab.nvlink("h0/gpu0/nvl0").health is Health.STALE


def test_silence_is_stale_after_two_intervals_and_unknown_after_six() -> None:
    lab = Lab("h0", asked=(Asked("hca", 5.0),))
    lab.ports("h0")
    lab.wait(5).ports("h0")
    for seconds, health in ((9.9, Health.OK), (0.2, Health.STALE), (19.8, Health.STALE), (0.2, Health.UNKNOWN)):
        lab.wait(seconds)
        assert lab.port("h0/mlx5_0/1").health is health
        assert lab.node("h0").health is health
    assert lab.port("h0/mlx5_0/1").counters["symbol_error"] == 0


def test_a_slow_question_is_stale_by_its_own_interval() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    for _ in range(11):
        lab.wait(5).ports("h0")
    assert lab.nvlink("h0/gpu0/nvl0").health is Health.OK
    for _ in range(2):
        lab.wait(5).ports("h0")
    assert lab.nvlink("h0/gpu0/nvl0").health is Health.STALE
    assert lab.port("h0/mlx5_0/1").health is Health.OK


@pytest.mark.parametrize("heard", ["hca", "log"])
def test_an_answer_of_before_our_clock_was_put_back_grows_old_as_any_other(heard: str) -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(-7200).silent("h0", heard, Reason.TIMEOUT)
    lab.wait(29)
    assert lab.port("h0/mlx5_0/1").health is Health.STALE
    lab.wait(2)
    assert lab.port("h0/mlx5_0/1").health is Health.UNKNOWN


def test_a_fault_that_goes_stale_stays_a_fault_and_is_unknown_later() -> None:
    lab = Lab("h0", asked=(Asked("hca", 5.0),))
    lab.ports("h0", states={"mlx5_0/1": DOWN})
    lab.wait(5).silent("h0", "hca", Reason.UNREACHABLE)
    assert lab.port("h0/mlx5_0/1").health is Health.DOWN
    lab.wait(30)
    assert lab.port("h0/mlx5_0/1").health is Health.UNKNOWN


def test_an_untrusted_node_is_untrusted_with_all_it_has() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    for one in ASKED:
        lab.silent("h0", one.question, Reason.UNTRUSTED, "host key changed")
    node = lab.node("h0")
    assert node.health is Health.UNTRUSTED
    assert node.error == "untrusted: host key changed"
    assert {port.health for port in node.ports} == {link.health for link in node.nvlinks} == {Health.UNTRUSTED}


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.JUMP, Reason.REFUSED, Reason.UNTRUSTED])
def test_nothing_of_a_lost_node_is_ok_from_the_record_on_that_says_so(reason: Reason) -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "hca", Reason.TIMEOUT)
    assert lab.nvlink("h0/gpu0/nvl0").health is Health.OK, "one question's deadline costs that question alone"
    lab.silent("h0", "gpu", reason)
    assert Health.OK not in {lab.port("h0/mlx5_0/1").health, lab.nvlink("h0/gpu0/nvl0").health}
    assert Health.OK not in {question.health for question in lab.node("h0").questions}


def test_a_fault_of_a_lost_node_stays_that_fault_while_it_is_young() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.nvlinks("h0", states={"gpu0/nvl0": INACTIVE})
    lab.silent("h0", "hca", Reason.UNREACHABLE)
    assert lab.nvlink("h0/gpu0/nvl0").health is Health.DOWN


def test_a_question_that_failed_for_its_own_reason_keeps_it_when_its_node_is_lost() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "log", Reason.NO_PERMISSION, "not in group adm")
    lab.silent("h0", "hca", Reason.UNREACHABLE)
    said = {question.name: question.reason for question in lab.node("h0").questions}
    assert (said["log"], said["nvlink"]) == (Reason.NO_PERMISSION, Reason.UNREACHABLE)


def test_it_comes_back_alone() -> None:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    for one in ASKED:
        lab.silent("h0", one.question, Reason.UNREACHABLE, "connection lost")
    assert lab.node("h0").health is Health.STALE
    assert lab.node("h1").health is Health.OK
    lab.wait(5).all_well("h0", "h1")
    assert lab.node("h0").health is Health.OK


def test_no_nvidia_smi_is_no_fault_where_no_gpu_is_expected() -> None:
    for gpus, health, asked in ((None, Health.NOT_SUPPORTED, False), (8, Health.UNKNOWN, True)):
        lab = Lab("h0", expect=Expect(gpus=gpus))
        for _ in range(2):
            lab.wait(5).ports("h0")
            lab.answer("h0", "log")
            lab.silent("h0", "gpu", Reason.NO_TOOL)
            lab.silent("h0", "nvlink", Reason.NO_TOOL)
        snapshot = lab.state.snapshot(lab.now)
        assert {q.name: q.health for q in snapshot.nodes["h0"].questions}["nvlink"] is health
        assert ("nvlink" in snapshot.coverage.questions) is asked
        assert (snapshot.nodes["h0"].health is Health.OK) is not asked


def test_a_log_that_may_not_be_read_is_seen() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.silent("h0", "log", Reason.NO_PERMISSION, "journalctl: not in group adm")
    assert lab.node("h0").health is Health.STALE
    assert "not permitted" in (lab.node("h0").error or "")


def test_fewer_hcas_than_expected_are_missing_on_the_node() -> None:
    lab = Lab("h0", expect=Expect(hcas=2))
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN})
        lab.nvlinks("h0")
        lab.rest("h0")
    assert (lab.node("h0").health, lab.node("h0").reason) == (Health.MISSING, "1 of 2 HCAs")


def test_two_ports_of_one_hca_are_one_hca() -> None:
    lab = Lab("h0", expect=Expect(hcas=2))
    lab.ports("h0", {"mlx5_0/1": CLEAN, "mlx5_0/2": CLEAN})
    assert lab.node("h0").reason == "1 of 2 HCAs"


def test_a_gpu_that_left_is_missing_with_or_without_expect() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.rest("h0", gpus=8)
    assert lab.node("h0").health is Health.OK
    lab.rest("h0", gpus=7)
    assert (lab.node("h0").health, lab.node("h0").reason) == (Health.MISSING, "7 of 8 GPUs")


def test_a_critical_xid_is_the_nodes_health_until_it_is_old() -> None:
    lab = Lab("h0", asked=(Asked("log", 3000.0),))
    lab.answer("h0", "log")
    onset = lab.now - 600
    lab.log("h0", xid("h0", onset))
    node = lab.node("h0")
    assert node.health is Health.CRIT
    assert node.reason == "Xid 74 NVLink error · gpu3 link 3: see the peer"
    assert lab.state.snapshot(lab.now).findings[0].since == onset
    lab.wait(3001)
    lab.answer("h0", "log")
    assert lab.node("h0").health is Health.OK


def test_alike_events_are_one_line_with_its_first_and_latest() -> None:
    lab = Lab("h0", "h1")
    for back in (30, 10, 20):
        lab.log("h0", xid("h0", lab.now - back))
    lab.log("h0", xid("h0", lab.now - 10))  # the log read again
    lab.log("h1", xid("h1", lab.now - 5, code=79, link=None))
    events = lab.state.snapshot(lab.now).events
    assert [(line.event.node, line.event.code, line.count) for line in events] == [("h1", 79, 1), ("h0", 74, 3)]
    assert (events[1].first_at, events[1].event.at) == (lab.now - 30, lab.now - 10)


def test_a_fatal_event_of_a_link_is_not_replaced_by_a_lesser_one_of_the_same_number() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    fatal = replace(xid("h0", lab.now, code=149), meaning="NVLink NETIR_LINK_DOWN")
    lab.log("h0", fatal)
    lab.log("h0", replace(fatal, at=lab.now + 1, severity=Severity.WARN, meaning="NVLink NETIR_BER_EVENT"))
    assert lab.node("h0").reason.startswith("Xid 149 NVLink NETIR_LINK_DOWN")
    lab.log("h0", replace(fatal, at=lab.now + 2, severity=Severity.WARN))
    assert lab.node("h0").health is Health.CRIT


def test_an_event_that_comes_again_when_the_last_one_no_longer_colours_its_node_begins_anew() -> None:
    lab = Lab("h0")
    for seconds in range(5):
        lab.log("h0", xid("h0", lab.now + seconds))
    began = lab.wait(3 * 86400).now
    lab.all_well("h0")
    assert lab.node("h0").health is Health.OK
    lab.log("h0", xid("h0", began), xid("h0", began + 1))
    snapshot = lab.state.snapshot(lab.now)
    assert [(finding.since, "(2×)" in finding.reason) for finding in snapshot.findings] == [(began, True)]
    assert [line.count for line in snapshot.events] == [2, 5]
    assert snapshot.nodes["h0"].gpu_events == {3: "Xid 74 ×2"}


def test_what_the_driver_asks_for_goes_before_advice_for_any_gpu() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.log("h0", xid("h0", lab.now))
    assert lab.node("h0").reason == "Xid 74 NVLink error · gpu3 link 3: see the peer"
    wanted = replace(xid("h0", lab.now, code=154, link=None), meaning="GPU recovery: GPU reset required")
    lab.log("h0", replace(wanted, action="GPU reset required"))
    assert lab.node("h0").reason == "Xid 74 NVLink error · gpu3 link 3: GPU reset required (Xid 154)"


def test_a_recovery_that_is_no_longer_asked_for_is_asked_for_no_more() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    asked = replace(xid("h0", lab.now, code=154, link=None), meaning="GPU recovery action changed")
    lab.log("h0", asked, replace(asked, at=lab.now + 1, severity=Severity.INFO, action="none"))
    assert lab.node("h0").health is Health.OK


def test_a_flooding_node_pushes_out_its_own_events_only() -> None:
    lab = Lab("h0", "h1")
    lab.log("h1", xid("h1", lab.now - 100))
    for number in range(3000):
        lab.log(
            "h0",
            Event(
                at=lab.now + number,
                node="h0",
                kind="xid",
                severity=Severity.WARN,
                code=number,
                text="flood",
                subject="x",
            ),
        )
    events = lab.state.snapshot(lab.now).events
    assert len(events) < 100
    assert any(line.event.node == "h1" for line in events)


def test_noise_of_a_node_pushes_out_no_fault_that_still_colours_it_and_old_faults_no_news() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.log("h0", xid("h0", lab.now))
    noise = [
        Event(at=lab.now + 1, node="h0", kind="aer", severity=Severity.INFO, text=a + b)
        for a in "abcdefghij"
        for b in "abcdefghij"
    ]
    lab.log("h0", *noise)
    assert lab.node("h0").health is Health.CRIT
    late = [replace(event, at=lab.now + 5000, severity=Severity.CRIT) for event in noise]
    news = replace(noise[0], at=lab.now + 10_000, text="news")
    lab.log("h0", *late, news)
    assert lab.state.snapshot(lab.now + 10_000).events[0].event.text == "news"


def test_an_unchanged_node_is_the_same_object_in_the_next_snapshot() -> None:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    before = lab.state.snapshot(lab.now)
    lab.wait(0.5).ports("h1")
    after = lab.state.snapshot(lab.now)
    assert after.nodes["h0"] is before.nodes["h0"]
    assert after.nodes["h1"] is not before.nodes["h1"]
    assert after.nodes["h1"].nvlinks is before.nodes["h1"].nvlinks


def test_a_snapshot_does_not_change_when_more_arrives() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    before = lab.port("h0/mlx5_0/1")
    lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "symbol_error": 99}})
    lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "symbol_error": 1}})
    assert (before.counters["symbol_error"], before.rates["symbol_error"], before.health) == (0, 0.0, Health.OK)


def test_a_reload_keeps_the_past_and_judges_by_the_new_rules() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.state.apply(
        Opening(
            at=lab.now,
            inventory=Lab("h0", expect=Expect(rate_gbps=800.0)).inventory,
            thresholds=lab.state._thresholds,
            asked=lab.asked,
        )
    )
    assert lab.port("h0/mlx5_0/1").reason == "400 of 800 Gb/s"
    assert lab.port("h0/mlx5_0/1").rates["symbol_error"] == 0.0


def reopened(lab: Lab, **changes: object) -> None:
    """The fabric's first record once more, with some of it changed."""
    opening = Opening(at=lab.now, inventory=lab.inventory, thresholds=RULES, asked=lab.asked)
    lab.state.apply(replace(opening, **changes))  # type: ignore[arg-type]


def test_a_reload_draws_anew_only_what_it_changes() -> None:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    before = lab.state.snapshot(lab.now)
    reopened(lab, asked=lab.asked | {"h1": (*ASKED, Asked("in-band", 60.0))})
    after = lab.state.snapshot(lab.now)
    assert after.nodes["h0"] is before.nodes["h0"]
    assert [question.name for question in after.nodes["h1"].questions][-1] == "in-band"
    reopened(lab, thresholds=replace(RULES, event_s=60.0))
    assert lab.node("h0") is not before.nodes["h0"]


def test_a_reload_with_a_longer_window_is_of_what_is_known_already_too() -> None:
    lab = Lab("h0", in_band=["h0"])
    lab.all_well("h0")
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    reopened(lab, thresholds=replace(RULES, window_s=600.0))
    for _ in range(4):
        ill = {**CLEAN, "symbol_error": 5}
        lab.wait(60).ports("h0", {"mlx5_0/1": ill})
        lab.sweep("h0", lab.switch("leaf01", {"1": ill}))
    assert (lab.port("h0/mlx5_0/1").health, lab.port("leaf01/1").health) == (Health.WARN, Health.WARN)


def test_an_inventorys_switch_that_a_reload_brings_is_drawn_as_such() -> None:
    lab = Lab("h0", in_band=["h0"])
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    assert lab.node("leaf01").rack is None
    reopened(lab, inventory=Lab("h0", "leaf01", in_band=["h0"]).inventory)
    assert lab.node("leaf01").rack == "r00"


def test_nothing_is_kept_of_a_switch_that_goes_by_another_name() -> None:
    lab = Lab("h0", in_band=["h0"])
    for name in ("leaf01", "leaf02"):
        lab.sweep("h0", lab.switch(name, {"1": CLEAN}, guid="1e"))
        names = set(lab.state.snapshot(lab.now).nodes)
    assert names == set(lab.state._drawings._drawn) == {"h0", "leaf02"}


def test_a_node_nobody_asks_is_unknown() -> None:
    lab = Lab("h0", asked=())
    assert (lab.node("h0").health, lab.node("h0").reason) == (Health.UNKNOWN, "nothing is asked of it")


def test_before_the_first_record_there_is_an_empty_picture() -> None:
    from fabconsole.state.fabric import FabricState

    snapshot = FabricState().snapshot(0.0)
    assert snapshot.severity is Severity.UNKNOWN
    assert snapshot.nodes == {}


def test_a_fact_that_is_no_longer_told_is_no_longer_shown() -> None:
    lab = Lab("h0")
    lab.answer("h0", "gpu", facts={"gpus": "8"})
    lab.answer("h0", "nvlink", facts={"nvlink.not-understood": "?"})
    lab.wait(30).answer("h0", "nvlink")
    assert dict(lab.node("h0").facts) == {"gpus": "8"}


def test_gpus_that_a_job_hides_are_not_missing() -> None:
    lab = Lab("h0", expect=Expect(gpus=2, nvlinks=1))
    lab.ports("h0")
    lab.answer("h0", "log")
    detail = "inside the control group of job 7: 1 of 2 GPUs are shown to us"
    for question in ("gpu", "nvlink"):
        lab.silent("h0", question, Reason.ADOPTED, detail)
    node = lab.node("h0")
    assert {link.health for link in node.nvlinks} == {Health.UNKNOWN}
    assert node.health is Health.UNKNOWN
    assert node.reason == f"gpu, nvlink: adopted by a job: {detail}"


def empty(expect: Expect) -> NodeView:
    """A node that answers everything, and has neither HCA nor GPU."""
    lab = Lab("h0", expect=expect)
    for question in ("hca", "gpu", "nvlink", "log"):
        lab.answer("h0", question, facts={"gpus": "0"} if question == "gpu" else {})
    return lab.node("h0")


def test_a_node_on_which_there_is_nothing_to_be_well_is_not_well() -> None:
    node = empty(Expect())
    assert node.health is Health.UNKNOWN
    assert "expect: {hcas: 0}" in node.reason


def test_a_node_that_is_expected_to_have_nothing_is_well() -> None:
    assert empty(Expect(hcas=0)).health is Health.OK
    assert empty(Expect(gpus=0)).health is Health.OK


def two_well() -> Lab:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    return lab.wait(30)


def test_a_snapshot_in_steps_tells_each_node_and_comes_last() -> None:
    lab = two_well()
    *steps, last = lab.state.steps(lab.now)
    assert isinstance(last, Snapshot)
    assert [step for step in steps if step is not None] == list(last.nodes.values())


def test_what_is_told_between_two_steps_is_in_the_next_snapshot_at_the_latest() -> None:
    lab = two_well()
    steps = lab.state.steps(lab.now)
    first = next(steps)
    lab.silent("h0", "hca", Reason.TIMEOUT, "late")
    lab.silent("h1", "hca", Reason.TIMEOUT, "late")
    *_, before = steps
    assert isinstance(before, Snapshot)
    assert (before.nodes["h0"], before.nodes["h1"].health) == (first, Health.STALE)
    assert lab.state.snapshot(lab.now).nodes["h0"].health is Health.STALE


def test_a_reload_between_two_steps_breaks_nothing() -> None:
    lab = two_well()
    steps = lab.state.steps(lab.now)
    next(steps)
    fewer = Lab("h0")
    lab.state.apply(Opening(at=lab.now, inventory=fewer.inventory, thresholds=RULES, asked=fewer.asked))
    *_, last = steps
    assert isinstance(last, Snapshot)
    assert list(last.nodes) == ["h0"]
