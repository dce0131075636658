"""Counter arithmetic, for any sequence of readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.table import PRESENT, Width
from fabconsole.state.limits import Limits
from fabconsole.state.window import Window

WINDOW_S = 60.0
ERRORS, Q_COUNTER, TRAFFIC = "symbol_error", "out_of_sequence", "unicast_xmit_packets"
PRESENT_1 = np.full((1, 1), PRESENT, np.uint8)


def window(counter: str, source: Width = Width.SYSFS) -> Window:
    return Window((1, 1), Limits((counter,), source), WINDOW_S)


def read(window: Window, value: int, clock_s: float) -> None:
    window.fold(np.array([[value]], np.uint64), PRESENT_1, clock_s, clock_s)


def rate(window: Window) -> float:
    return float(window.rates()[0, 0])


@dataclass
class Truth:
    """A counter as it truly counts, and as its register shows it."""

    total: int
    maximum: int
    wraps: bool

    def shown(self) -> int:
        return self.total % (self.maximum + 1) if self.wraps else min(self.total, self.maximum)


growths = st.lists(
    st.tuples(st.floats(0.5, 40.0), st.integers(0, 2**27)), min_size=1, max_size=30
)  # seconds and growth; a wrap is told from a reset up to 2**28 a poll


@given(growths)
def test_what_grows_without_end_has_its_average_growth_over_the_window(steps: list[tuple[float, int]]) -> None:
    seen = window(TRAFFIC)
    clocks, totals = [100.0], [10**15]
    read(seen, totals[0], clocks[0])
    for seconds, growth in steps:
        clocks.append(clocks[-1] + seconds)
        totals.append(totals[-1] + growth)
        read(seen, totals[-1], clocks[-1])
    begins = max(clocks[0], clocks[-1] - WINDOW_S)
    within = rate(seen) * (clocks[-1] - begins)
    history = list(zip(clocks, totals, strict=True))
    merged = WINDOW_S / 10
    after = next(total for clock, total in history if clock >= min(begins + merged, clocks[-1]))
    last_before = max(clock for clock in clocks if clock <= begins)
    before = max((total for clock, total in history if clock <= last_before - merged), default=totals[0])
    assert totals[-1] - after <= within * (1 + 1e-9) + 1e-3
    assert within <= (totals[-1] - before) * (1 + 1e-9) + 1e-3


def test_of_the_step_in_which_the_window_begins_that_part_counts_which_is_inside() -> None:
    seen = window(TRAFFIC)
    for value, clock in ((0, 0.0), (3000, 3000.0), (3030, 3030.0)):
        read(seen, value, clock)
    assert rate(seen) == pytest.approx(1.0)
    read(seen, 3030 + 120, 3050.0)
    assert rate(seen) == pytest.approx((10 + 30 + 120) / 60)


@given(growths, st.integers(0, 2**32 - 1))
def test_a_wrapping_counter_never_loses_or_invents_growth(steps: list[tuple[float, int]], start: int) -> None:
    seen = window(Q_COUNTER, Width.HW_COUNTERS)
    endless = window(TRAFFIC)
    truth = Truth(start, 2**32 - 1, wraps=True)
    clock = 0.0
    read(seen, truth.shown(), clock)
    read(endless, truth.total, clock)
    for seconds, growth in steps:
        clock += seconds
        truth.total += growth
        read(seen, truth.shown(), clock)
        read(endless, truth.total, clock)
        assert rate(seen) == pytest.approx(rate(endless))
    assert not seen.reset_at()


@given(st.lists(st.tuples(st.floats(0.5, 20.0), st.integers(0, 30_000)), min_size=1, max_size=30))
def test_a_saturating_counter_never_shows_more_than_happened_and_has_no_rate_at_its_end(
    steps: list[tuple[float, int]],
) -> None:
    seen, endless = window(ERRORS), window(TRAFFIC)
    truth = Truth(0, 65535, wraps=False)
    clock = 0.0
    read(seen, 0, clock)
    read(endless, 0, clock)
    for seconds, growth in steps:
        clock += seconds
        truth.total += growth
        read(seen, truth.shown(), clock)
        read(endless, truth.total, clock)
        assert 0 <= rate(seen) <= rate(endless) * (1 + 1e-9)
        assert (seen.saturated is not None) == (truth.total >= 65535)


@given(st.lists(st.tuples(st.floats(0.5, 40.0), st.integers(0, 65535)), min_size=2, max_size=40))
def test_no_sequence_of_readings_gives_a_negative_rate(readings: list[tuple[float, int]]) -> None:
    for counter, source in ((ERRORS, Width.SYSFS), (Q_COUNTER, Width.HW_COUNTERS), (TRAFFIC, Width.SYSFS)):
        seen = window(counter, source)
        clock = 0.0
        for seconds, value in readings:
            clock += seconds
            read(seen, value, clock)
        assert rate(seen) >= 0


@given(
    st.lists(st.floats(1.0, 20.0), min_size=3, max_size=40),
    st.integers(1, 1000),
    st.integers(0, 50),
    st.booleans(),
)
def test_a_burst_inside_the_window_is_never_lost(
    pauses: list[float], burst: int, where: int, reset_after: bool
) -> None:
    seen = window(ERRORS)
    at_step = 1 + where % (len(pauses) - 1)
    clock, value, burst_began = 0.0, 1000, 0.0
    read(seen, value, clock)
    for step, pause in enumerate(pauses, start=1):
        if step == at_step:
            burst_began, value = clock, value + burst
        elif step == at_step + 1 and reset_after:
            value = 0
        clock += pause
        read(seen, value, clock)
    if clock - burst_began <= WINDOW_S * (1 - 1 / 10):  # merged readings cost at most a tenth of the window
        assert rate(seen) * min(seen.elapsed_s, WINDOW_S) == pytest.approx(burst)


@given(st.floats(1.0, 59.0), st.lists(st.floats(1.0, 40.0), min_size=1, max_size=20))
def test_a_burst_is_told_for_a_whole_window_after_the_reading_that_showed_it(pause: float, pauses: list[float]) -> None:
    seen = window(ERRORS)
    read(seen, 0, 100.0 - pause)
    read(seen, 0, 100.0)
    shown_at = clock = 100.0 + pause
    read(seen, 7, clock)
    for seconds in pauses:
        clock += seconds
        read(seen, 7, clock)
        if clock - shown_at < WINDOW_S:
            assert rate(seen) > 0


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_readings_that_are_the_very_same_arrays_are_readings_too(repeats: list[int]) -> None:
    folded, repeated = window(ERRORS), window(ERRORS)
    clock, value = 0.0, 0
    for many in repeats:
        value += many
        clock += 5
        read(folded, value, clock)
        read(repeated, value, clock)
        for _ in range(many):
            clock += 5
            read(folded, value, clock)
            repeated.repeat(clock, clock)
    assert np.array_equal(folded.rates(), repeated.rates(), equal_nan=True)
    assert folded.steps(0, 0) == repeated.steps(0, 0)


def test_a_node_polled_every_tenth_of_a_second_costs_no_more_memory() -> None:
    seen = window(TRAFFIC)
    for tick in range(3000):
        read(seen, tick * 100, tick / 10)
    assert len(seen.steps(0, 0)) <= 17
    assert rate(seen) == pytest.approx(1000.0)


def test_two_readings_at_one_instant_are_followed_by_a_rate_over_the_time_since() -> None:
    seen = window(ERRORS)
    for value, clock in ((0, 100.0), (0, 100.0), (5, 105.0)):
        read(seen, value, clock)
    assert rate(seen) == pytest.approx(1.0)


def test_a_clock_that_goes_back_begins_anew() -> None:
    seen = window(ERRORS)
    for value, clock in ((5, 100.0), (9, 110.0), (2, 3.0)):
        read(seen, value, clock)
    assert np.isnan(rate(seen))
    assert not seen.reset_at()


def test_another_readers_clock_keeps_the_growth() -> None:
    seen = window(ERRORS)
    read(seen, 0, 1000.0)
    read(seen, 30, 1060.0)
    seen.shift(50.0 - 1060.0 - 10.0)
    read(seen, 40, 50.0)
    assert rate(seen) == pytest.approx((30 * 50 / 60 + 10) / 60)


def test_errors_are_remembered_longer_than_the_window_and_traffic_is_not() -> None:
    errors, traffic = window(ERRORS), window(TRAFFIC)
    for poll in range(40):
        for seen in (errors, traffic):
            read(seen, 0 if poll < 3 else 50, 5.0 * poll)
    steps = errors.steps(0, 0)
    assert len(steps) == 39
    assert [growth for _, growth in steps if growth] == [10.0]
    assert steps[2] == (15.0, 10.0)
    assert 6 <= len(traffic.steps(0, 0)) <= 10


def test_the_memory_of_errors_has_an_end_and_leaves_resets_and_saturation_blank() -> None:
    seen = window(ERRORS)
    for poll in range(500):
        read(seen, poll, 5.0 * poll)
    assert len(seen.steps(0, 0)) == 64
    read(seen, 3, 2500.0)
    read(seen, 65535, 2505.0)
    read(seen, 65535, 2510.0)
    assert [growth for _, growth in seen.steps(0, 0)[-3:]] == [None, pytest.approx(65532 / 5), None]


def test_a_counter_reset_from_its_64_bit_end_grew_by_what_it_reads_and_by_nothing_less_than_zero() -> None:
    seen = window("link_downed", Width.PMA_EXTENDED)
    read(seen, 2**64 - 1, 0.0)
    grown = seen.fold(np.array([[3]], np.uint64), PRESENT_1, 5.0, 5.0)
    assert list(grown) == [(0, 0, 3)]
    assert (rate(seen), seen.reset_at()) == (0.6, {(0, 0): 5.0})
