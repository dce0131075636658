"""Rates in words: the unit is the limit's, so that the two can be compared at a glance."""

from __future__ import annotations

import pytest
from state_records import CLEAN, Lab

from fabconsole.fabric.health import Health
from fabconsole.fabric.thresholds import Rule, Thresholds
from fabconsole.state.scale import per


@pytest.mark.parametrize(
    ("rate", "like", "said"),
    [
        (13.3333, None, "13.3/s"),
        (123456.0, None, "123,456/s"),
        (0.245, None, "14.7/min"),
        (0.05, None, "3/min"),
        (1 / 3600, None, "1/h"),
        (0.1017, 5 / 60, "6.1/min"),
        (3.24, 120 / 3600, "194/min"),
        (0.5, 1 / 3600, "1,800/h"),
    ],
)
def test_a_rate_is_told_in_a_unit_that_reads_easily(rate: float, like: float | None, said: str) -> None:
    assert per(rate, like) == said


def test_the_reason_has_the_number_and_the_rule() -> None:
    rules = {"symbol_error": Rule(counter="symbol_error", warn_per_s=0.0, crit_per_s=120 / 3600)}
    lab = Lab("h0", thresholds=Thresholds(rules=rules))
    for count in (0, 20):
        lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "symbol_error": count}})
    assert lab.port("h0/mlx5_0/1").reason == "symbol_error grows 240/min, over 2/min"


def test_two_errors_in_five_seconds_are_not_yet_more_than_two_a_minute() -> None:
    rules = {"symbol_error": Rule(counter="symbol_error", warn_per_s=0.0, crit_per_s=120 / 3600)}
    lab = Lab("h0", thresholds=Thresholds(rules=rules))
    for count in (0, 2):
        lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "symbol_error": count}})
    port = lab.port("h0/mlx5_0/1")
    assert (port.health, port.rates["symbol_error"]) == (Health.WARN, 0.4)
