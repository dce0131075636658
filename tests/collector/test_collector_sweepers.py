"""Who sweeps a subnet: one host at a time, and another takes over. Decided without a clock or a connection."""

from __future__ import annotations

import pytest
from collector_rig import FAST
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.collector.asking import Asking
from fabconsole.collector.sweepers import AGAIN, Rota, Sweepers
from fabconsole.fabric.inventory import InBand, Node
from fabconsole.platforms.in_band import QUESTION as IN_BAND
from fabconsole.stream.records import Reason, Unanswered

HOSTS = ("a", "b", "c")


def asked_now(sweepers: Sweepers, *, connected: bool = True) -> list[str]:
    return [host for host in HOSTS if sweepers.due(host, 0.0, connected=connected)]


def test_one_host_sweeps_and_the_others_rest() -> None:
    sweepers = Sweepers(HOSTS)
    assert asked_now(sweepers) == ["a"]
    assert [sweepers.rests(host) for host in HOSTS] == [False, True, True]


@pytest.mark.parametrize("reason", list(Reason))
def test_whatever_the_reason_the_next_host_takes_over_at_once(reason: Reason) -> None:
    sweepers = Sweepers(HOSTS)
    assert sweepers.failed("a", reason) == "b"
    assert asked_now(sweepers) == ["b"]


def test_a_host_that_failed_does_not_rest_so_that_its_failure_stays_in_view() -> None:
    sweepers = Sweepers(HOSTS)
    sweepers.failed("a", Reason.NO_TOOL)
    assert [sweepers.rests(host) for host in HOSTS] == [False, False, True]


def test_a_host_that_could_not_sweep_is_tried_now_and_then_and_rests_once_it_can() -> None:
    sweepers = Sweepers(HOSTS)
    sweepers.failed("a", Reason.NO_PERMISSION)
    assert [sweepers.due("a", 0.0, connected=True) for _ in range(2 * AGAIN)] == ([False] * (AGAIN - 1) + [True]) * 2
    sweepers.swept("a", 2.0)
    assert sweepers.rests("a")
    assert asked_now(sweepers) == ["b"], "who sweeps does not give way"


def test_a_host_that_was_gone_rests_as_soon_as_it_is_there_again() -> None:
    sweepers = Sweepers(HOSTS)
    sweepers.failed("a", Reason.UNREACHABLE)
    assert asked_now(sweepers, connected=False) == ["b"]
    assert not sweepers.rests("a")
    assert asked_now(sweepers, connected=True) == ["b"]
    assert sweepers.rests("a")


def test_one_that_is_back_takes_over_in_its_turn() -> None:
    sweepers = Sweepers(("a", "b"))
    sweepers.failed("a", Reason.UNREACHABLE)
    asked_now(sweepers, connected=True)
    assert sweepers.failed("b", Reason.TIMEOUT) == "a"


def test_where_all_have_failed_all_are_asked_and_the_first_that_answers_sweeps() -> None:
    sweepers = Sweepers(HOSTS)
    assert [sweepers.failed(host, Reason.FAILED) for host in HOSTS] == ["b", "c", None]
    assert asked_now(sweepers) == list(HOSTS)
    sweepers.swept("c", 2.0)
    assert asked_now(sweepers) == ["c"]


@given(st.lists(st.tuples(st.sampled_from(["due", "swept", "failed"]), st.sampled_from(HOSTS), st.booleans())))
def test_whatever_happens_somebody_is_asked_and_nobody_who_rests_is(course: list[tuple[str, str, bool]]) -> None:
    sweepers = Sweepers(HOSTS)
    for what, host, gone in course:
        if what == "due":
            resting = sweepers.rests(host)
            assert not (sweepers.due(host, 0.0, connected=gone) and resting)
        elif what == "swept":
            sweepers.swept(host, 2.0)
        else:
            sweepers.failed(host, Reason.UNREACHABLE if gone else Reason.FAILED)
        assert sweepers.sweeping is None or sweepers.due(sweepers.sweeping, 0.0, connected=False)
        assert sweepers.sweeping is not None or not any(sweepers.rests(one) for one in HOSTS)


def sweep_of(host: str) -> Asking:
    return Asking(node=host, question=IN_BAND, interval_s=60.0, deadline_s=180.0)


def rota(**subnets: str) -> tuple[Rota, dict[str, Asking]]:
    nodes = {host: Node(name=host, rack="r", address=host, in_band=InBand(subnet=of)) for host, of in subnets.items()}
    sweeps = {host: sweep_of(host) for host in subnets}
    fast = Asking(node=next(iter(subnets)), question=FAST, interval_s=5.0, deadline_s=4.0)
    return Rota(nodes, {host: (fast, sweep) for host, sweep in sweeps.items()}), sweeps


def failure(host: str, question: str) -> Unanswered:
    return Unanswered(node=host, question=question, at=0.0, reason=Reason.TIMEOUT, detail="")


def test_every_subnet_has_a_host_of_its_own() -> None:
    of, sweeps = rota(a="compute", b="storage", c="compute")
    assert [host for host, sweep in sweeps.items() if of.due(sweep, 0.0, connected=True)] == ["a", "b"]
    assert of.failed(failure("a", "in-band")) is sweeps["c"]
    assert of.failed(failure("b", "in-band")) is None


def test_another_questions_failure_moves_nobody() -> None:
    of, sweeps = rota(a="subnet", b="subnet")
    assert of.failed(failure("a", "hca")) is None
    assert not of.changed()
    assert of.due(sweeps["a"], 0.0, connected=True)


def test_a_sweep_that_takes_far_longer_than_any_before_is_taken_over_while_its_host_lives() -> None:
    of, sweeps = rota(a="subnet", b="subnet")
    for begun in (0.0, 60.0):
        of.due(sweeps["a"], begun, connected=True)
        of.swept("a", 2.0)
    of.due(sweeps["a"], 120.0, connected=True)
    assert of.overdue(132.0, at=1000.0) == []
    (stuck,) = of.overdue(132.1, at=1000.0)
    assert (stuck.node, stuck.reason, stuck.since) == ("a", Reason.STUCK, pytest.approx(987.9))
    assert of.failed(stuck) is sweeps["b"]
    assert of.overdue(500.0, at=1000.0) == [], "told once; the other is asked now"
    of.due(sweeps["b"], 133.0, connected=True)
    assert of.overdue(140.0, at=1000.0) == []


def test_a_sweep_is_measured_by_the_longest_of_the_last_ones() -> None:
    sweepers = Sweepers(HOSTS)
    for took in (100.0, 1.0, 1.0, 1.0, 1.0):
        sweepers.swept("a", took)
    sweepers.due("a", 0.0, connected=True)
    assert sweepers.overdue_s(300.0) is None
    assert sweepers.overdue_s(301.0) == 301.0
    sweepers.swept("a", 1.0)
    sweepers.due("a", 400.0, connected=True)
    assert sweepers.overdue_s(411.5) == 11.5


def test_a_first_sweep_and_one_that_nobody_could_take_over_may_take_what_they_take() -> None:
    sweepers = Sweepers(HOSTS)
    sweepers.due("a", 0.0, connected=True)
    assert sweepers.overdue_s(1000.0) is None, "nobody knows how long sweeps take here"
    alone = Sweepers(["a"])
    alone.swept("a", 2.0)
    alone.due("a", 0.0, connected=True)
    assert alone.overdue_s(1000.0) is None


def test_that_others_rest_now_is_told_once() -> None:
    of, _ = rota(a="subnet", b="subnet")
    assert not of.changed()
    of.failed(failure("a", "in-band"))
    assert [of.changed(), of.changed()] == [True, False]
