"""Who is due when, decided without a clock of its own."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.collector.schedule import LONGEST_S, SHORTEST_S, Schedule, slot_for

SLOT_S = 0.2


def seen(schedule: Schedule[str], start: float, seconds: float) -> list[tuple[float, str]]:
    """Every falling due in a stretch of time, looked at once a slot."""
    slots = round(seconds / SLOT_S)
    moments = [start + number * SLOT_S + 0.01 for number in range(slots)]
    return [(round(now - start, 2), item) for now in moments for item in schedule.due(now)]


def test_nothing_is_due_before_it_was_made_due() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    schedule.add("a", interval_s=1.0, share=0.0)
    assert seen(schedule, 100.0, 3.0) == []


def test_the_first_asking_comes_at_once_and_the_next_ones_at_their_own_slots() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    schedule.add("a", interval_s=1.0, share=0.4)
    schedule.soon("a", 100.0)
    assert [at for at, _ in seen(schedule, 100.0, 4.0)] == [0.01, 1.41, 2.41, 3.41]


def test_what_was_just_asked_is_not_asked_again_within_half_an_interval() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    schedule.add("a", interval_s=1.0, share=0.4)
    schedule.soon("a", 100.2)
    assert schedule.due(100.2) == ["a"]
    assert [at for at, _ in seen(schedule, 100.4, 1.4)] == [1.01]


def test_polls_of_many_nodes_lie_spread_over_the_interval() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    for number in range(500):
        schedule.add(str(number), interval_s=5.0, share=number / 500)
        schedule.soon(str(number), 100.0)
    assert len(schedule.due(100.0)) == 500
    seen(schedule, 100.2, 10.0)
    counts = Counter(at for at, _ in seen(schedule, 110.2, 5.0))
    assert sum(counts.values()) == 500
    assert max(counts.values()) <= 500 / (5.0 / SLOT_S) + 1


def test_a_late_wake_up_asks_each_once_and_does_not_drift() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    schedule.add("a", interval_s=1.0, share=0.0)
    schedule.soon("a", 100.0)
    assert schedule.due(100.0) == ["a"]
    assert schedule.due(103.45) == ["a"], "slept through three, asked once"
    assert [at for at, _ in seen(schedule, 103.6, 2.0)] == [0.41, 1.41]


def test_an_item_brought_forward_leaves_its_old_slot() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    schedule.add("a", interval_s=10.0, share=0.5)
    schedule.soon("a", 100.0)
    assert schedule.due(100.0) == ["a"]
    schedule.soon("a", 101.0)
    schedule.soon("a", 101.0)
    assert [at for at, _ in seen(schedule, 101.0, 20.0)] == [0.01, 14.01]


def test_the_wait_ends_with_the_slot() -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    assert 0 < schedule.wait_s(100.0) <= SLOT_S + 1e-9
    assert abs(schedule.wait_s(100.07) - (SLOT_S - 0.07)) < 1e-9


@pytest.mark.parametrize(
    ("nodes", "slot_s"),
    [(0, SHORTEST_S), (8, SHORTEST_S), (250, 0.25), (500, LONGEST_S), (1000, 0.25), (20_000, SHORTEST_S)],
)
def test_a_slot_is_longest_where_fifty_nodes_share_it(nodes: int, slot_s: float) -> None:
    assert slot_for([5.0] * nodes) == pytest.approx(slot_s)


@given(st.lists(st.floats(min_value=0.05, max_value=900.0), min_size=1, max_size=50))
def test_the_shortest_interval_is_a_whole_number_of_slots(intervals_s: list[float]) -> None:
    slots = min(intervals_s) / slot_for(intervals_s)
    assert abs(slots - round(slots)) < 1e-9


@given(
    st.lists(st.floats(min_value=0.01, max_value=3.0), min_size=1, max_size=60),
    st.floats(min_value=0.1, max_value=20.0),
    st.floats(min_value=0.0, max_value=1.0),
)
def test_over_any_wake_ups_an_item_is_never_due_twice_nor_left_out(
    steps: list[float], interval_s: float, share: float
) -> None:
    schedule: Schedule[str] = Schedule(SLOT_S)
    schedule.add("a", interval_s=interval_s, share=share)
    now = 1000.0
    schedule.soon("a", now)
    last_due: float | None = None
    for step in steps:
        now += step
        due = schedule.due(now)
        assert due in ([], ["a"])
        if last_due is not None and now - last_due > 2 * interval_s + SLOT_S:
            assert due == ["a"]
        if due:
            last_due = now
