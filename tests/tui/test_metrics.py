"""How cells look under each metric: never a false green."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_fabric import QUIET, host, nvlink, port, silent

from fabconsole.fabric.health import Health, Mark
from fabconsole.state.snapshot import Finding
from fabconsole.tui.levels import LevelCache, levels_of
from fabconsole.tui.metrics import BLANK, METRICS, STEPS, Metric

HEALTH, SYMBOL, DOWNS, WAIT, NVLINK = METRICS
UNSEEN = (Health.DOWN, Health.MISSING, Health.STALE, Health.UNKNOWN, Health.UNTRUSTED)


@pytest.mark.parametrize("metric", METRICS[1:4], ids=lambda metric: metric.name)
@pytest.mark.parametrize("health", UNSEEN)
def test_what_was_not_seen_looks_like_itself_in_every_metric(metric: Metric, health: Health) -> None:
    level = metric.port(port("a/m/1", health))
    assert (level.glyph, level.role, level.loud) == (health.glyph, health.value.lower(), True)


@pytest.mark.parametrize("health", list(Health))
def test_health_shows_the_judged_word(health: Health) -> None:
    assert HEALTH.port(port("a/m/1", health)).glyph == health.glyph


def test_zero_unsupported_absent_saturated_reset_and_unjudged_all_look_different() -> None:
    plain = port("a/m/1")
    looks = [
        plain,
        replace(plain, marks={"symbol_error": Mark.UNSUPPORTED}),
        replace(plain, counters={"symbol_error": 65535}, rates={}, marks={"symbol_error": Mark.SATURATED}),
        replace(plain, rates={}, marks={"symbol_error": Mark.RESET}),
        replace(plain, rates={}),
    ]
    glyphs = [SYMBOL.port(look).glyph for look in looks]
    assert glyphs == ["·", "∅", "≥", "↺", "?"]
    assert SYMBOL.port(replace(plain, counters={}, rates={})).glyph == "∅"


def test_a_count_without_a_rate_is_unknown_and_not_a_zero() -> None:
    level = SYMBOL.port(port("a/m/1", rates={}))
    assert level.role == "unknown"
    assert level.loud


@pytest.mark.parametrize(
    ("per_minute", "step"), [(0.0, 0), (0.2, 1), (1.0, 1), (1.1, 2), (10.0, 2), (1e3, 4), (1e6, 7), (1e12, 7)]
)
def test_errors_climb_a_step_a_decade(per_minute: float, step: int) -> None:
    level = SYMBOL.port(port("a/m/1", rates={"symbol_error": per_minute / 60}))
    assert (level.role, level.glyph) == (f"heat-{step}", STEPS[step])
    assert level.loud is (step > 0)


def test_congestion_has_a_colour_scale_of_its_own() -> None:
    assert WAIT.port(port("a/m/1", rates={"port_xmit_wait": 5e6})).role == "congestion-5"


def test_waiting_that_filled_its_counter_is_told_and_is_no_alarm() -> None:
    full = {"counters": {"port_xmit_wait": 2**32 - 1}, "rates": {}, "marks": {"port_xmit_wait": Mark.SATURATED}}
    assert WAIT.port(port("a/m/1", **full)).glyph == "≥"
    assert not WAIT.port(port("a/m/1", **full)).loud
    errors = {"counters": {"symbol_error": 65535}, "rates": {}, "marks": {"symbol_error": Mark.SATURATED}}
    assert SYMBOL.port(port("a/m/1", **errors)).loud


def test_more_errors_outrank_fewer_and_what_is_down_outranks_both() -> None:
    few, many = (SYMBOL.port(port("a/m/1", rates={"symbol_error": rate})) for rate in (0.01, 100.0))
    assert few < many < SYMBOL.port(port("a/m/1", Health.DOWN))


def test_a_gpu_is_its_worst_nvlink() -> None:
    bad = nvlink("a/gpu3/nvl7", Health.WARN)
    levels = levels_of(host("a", "r", nvlinks={bad.end: bad}), HEALTH)
    assert levels.parts["a/gpu3"].glyph == "▲"
    assert levels.parts["a/gpu2"].glyph == "·"
    assert levels.own.glyph == "▲"


def test_a_gpu_that_logged_an_xid_is_no_quiet_dot() -> None:
    node = replace(host("a", "r"), gpu_events={6: "Xid 94", 2: "Xid 31 ×2"}, health=Health.CRIT)
    cache = LevelCache()
    assert cache.of(node, HEALTH).parts["a/gpu6"].glyph == "▲"
    cache.hear([Finding(end="a/gpu6", health=Health.CRIT, reason="Xid 94", since=0.0)])
    parts = cache.of(node, HEALTH).parts
    assert [parts[f"a/gpu{gpu}"].glyph for gpu in (2, 5, 6)] == ["▲", "·", "✖"]
    assert cache.of(node, NVLINK).parts["a/gpu6"].glyph == "·"
    cache.hear([])
    assert cache.of(replace(node, gpu_events={}), HEALTH).parts["a/gpu6"].glyph == "·"


def test_a_metric_says_nothing_of_things_that_do_not_count_it() -> None:
    levels = levels_of(host("a", "r"), SYMBOL)
    assert levels.parts["a/gpu0"] is BLANK
    assert levels_of(host("a", "r"), NVLINK).parts["a/mlx5_0/1"] is BLANK


def test_an_nvlink_that_is_gone_is_blank_under_port_metrics_only() -> None:
    gone = nvlink("a/gpu3/nvl7", Health.MISSING)
    assert levels_of(host("a", "r", nvlinks={gone.end: gone}), NVLINK).parts["a/gpu3"].glyph == "!"


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_node_that_never_answered_is_unknown_in_every_metric(metric: Metric) -> None:
    assert levels_of(silent("a", "r"), metric).worst.glyph == "?"


def test_looks_that_are_equal_are_the_same_object_so_that_rows_still_hold() -> None:
    cache, node = LevelCache(), host("a", "r")
    first = cache.of(node, HEALTH)
    assert cache.of(replace(node, age_s=7.0), HEALTH) is first
    sick = port("a/mlx5_0/1", Health.WARN)
    assert cache.of(host("a", "r", ports={sick.end: sick}), HEALTH).own.glyph == "▲"
    assert cache.of(node, SYMBOL).parts.keys() == first.parts.keys()


def test_every_metric_reads_counters_that_a_port_or_nvlink_has() -> None:
    assert {name for metric in METRICS for name in metric.port_counters} <= set(QUIET)
