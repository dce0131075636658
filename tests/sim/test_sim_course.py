"""How things go over time."""

from __future__ import annotations

import math

import pytest

from fabconsole.sim.course import FOREVER, Growth, Spells


def test_a_spell_covers_its_start_and_not_its_end() -> None:
    spells = Spells([(2.0, 5.0)])
    assert [spells.covers(t) for t in (1.9, 2.0, 4.9, 5.0)] == [False, True, True, False]


def test_overlapping_spells_are_one() -> None:
    spells = Spells([(4.0, 8.0), (2.0, 5.0), (20.0, 21.0)])
    assert spells.spells == ((2.0, 8.0), (20.0, 21.0))
    assert spells.begun(100.0) == 2


def test_how_long_it_lasted_counts_the_spell_that_goes_on() -> None:
    spells = Spells([(2.0, 5.0), (10.0, FOREVER)])
    assert [spells.lasted(t) for t in (0.0, 3.0, 7.0, 14.0)] == [0.0, 1.0, 3.0, 7.0]


def test_since_its_end_is_endless_where_it_never_was() -> None:
    spells = Spells([(2.0, 5.0)])
    assert spells.since_end(1.0) == math.inf
    assert spells.since_end(5.5) == 0.5


@pytest.mark.parametrize(("t", "count"), [(0.0, 0), (4.0, 0), (5.0, 2), (7.0, 7), (100.0, 7)])
def test_growth_by_steps(t: float, count: int) -> None:
    assert Growth("symbol_error", 5.0, steps=((5.0, 2), (6.5, 5))).by(t) == count


def test_steady_growth_stops_when_it_should() -> None:
    growth = Growth("symbol_error", 10.0, per_s=2.0, until=20.0)
    assert [growth.by(t) for t in (9.0, 10.4, 15.0, 20.0, 99.0)] == [0, 0, 10, 20, 20]
