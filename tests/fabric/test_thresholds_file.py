"""At what rate a counter is judged, as people write it, each with whose practice it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.errors import DocumentError
from fabconsole.fabric.resources import shipped
from fabconsole.fabric.thresholds_file import read_thresholds

SHIPPED = shipped() / "config" / "thresholds.yaml"


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "t.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as error:
        read_thresholds(path)
    return str(error.value)


def test_the_shipped_thresholds_name_known_counters_and_whose_practice_they_are() -> None:
    thresholds = read_thresholds(SHIPPED)
    assert set(thresholds.rules) <= set(COUNTERS)
    assert all(rule.whose for rule in thresholds.rules.values())
    assert (thresholds.window_s, thresholds.event_s) == (60.0, 3600.0)


def test_any_growth_of_a_link_down_counter_is_critical_and_symbol_errors_warn_first() -> None:
    rules = read_thresholds(SHIPPED).rules
    assert (rules["link_downed"].warn_per_s, rules["link_downed"].crit_per_s) == (None, 0.0)
    assert (rules["symbol_error"].warn_per_s, rules["symbol_error"].crit_per_s) == (0.0, pytest.approx(120 / 3600))


def test_management_traffic_and_waiting_are_not_judged() -> None:
    assert not {"VL15_dropped", "qp1_dropped", "port_xmit_wait"} & set(read_thresholds(SHIPPED).rules)


def test_how_often_a_link_flaps_is_written_beside_the_rates(tmp_path: Path) -> None:
    shipped_rule = read_thresholds(SHIPPED).flapping
    assert (shipped_rule.downs, shipped_rule.within_s, bool(shipped_rule.whose)) == (3, 600.0, True)
    path = tmp_path / "t.yaml"
    path.write_text("flapping: {downs: 5, within: 12h}\nrules: {}\n")
    assert (read_thresholds(path).flapping.downs, read_thresholds(path).flapping.within_s) == (5, 43200.0)
    assert "flapping.downs" in refused(tmp_path, "flapping: {downs: 1}\nrules: {}\n")


@pytest.mark.parametrize(
    ("written", "per_s"), [("any", 0.0), ("10/s", 10.0), ("6/min", 0.1), ("36/h", 0.01), ("3 / h", 3 / 3600)]
)
def test_rates_are_written_with_their_time(tmp_path: Path, written: str, per_s: float) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(f"window: 30s\nrules: {{symbol_error: {{crit: {written}, whose: us}}}}\n")
    thresholds = read_thresholds(path)
    assert thresholds.window_s == 30.0
    assert thresholds.rules["symbol_error"].crit_per_s == pytest.approx(per_s)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {symbol_eror: {warn: any, whose: us}}", "did you mean symbol_error?"),
        ("rules: {symbol_error: {warn: 10, whose: us}}", "is no rate: write `any`"),
        ("rules: {symbol_error: {whose: us}}", "neither warn nor crit"),
        ("rules: {symbol_error: {warn: any}}", "whose: is missing"),
        ("rules: {symbol_error: {warn: 10/s, crit: 1/s, whose: us}}", "is above crit"),
        ("rules: {symbol_error: {warn: any, whose: us, critt: any}}", "did you mean crit?"),
        ("window: 0s\nrules: {}", "too short"),
        ("window: 60s", "rules: is missing"),
    ],
)
def test_what_judges_nothing_or_wrongly_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_a_users_own_file_is_read_in_place_of_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = tmp_path / "fabconsole" / "config" / "thresholds.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("rules: {link_downed: {warn: any, whose: us}}\n")
    assert list(read_thresholds().rules) == ["link_downed"]
