"""The words of the fabric: health, counters, and text made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.counters import BY_PMA_NAME, COUNTERS, known
from fabconsole.fabric.health import Health, Mark, Severity, worst
from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import Width


def test_every_health_has_a_glyph_of_its_own_one_column_wide() -> None:
    glyphs = [health.glyph for health in Health]
    assert len(set(glyphs)) == len(glyphs)
    assert all(len(glyph) == 1 and unicodedata.east_asian_width(glyph) not in "WF" for glyph in glyphs)


def test_nothing_seen_is_not_health() -> None:
    assert worst([]) is Health.UNKNOWN


def test_what_cannot_be_seen_outranks_a_warning_and_never_a_failure() -> None:
    assert worst([Health.OK, Health.WARN, Health.UNKNOWN]) is Health.UNKNOWN
    assert worst([Health.UNKNOWN, Health.CRIT]) is Health.CRIT


def test_rank_never_contradicts_severity() -> None:
    by_rank = sorted(Health, key=lambda health: health.rank)
    severities = [health.severity for health in by_rank]
    assert severities == sorted(severities)


def test_no_doubt_is_ever_of_severity_ok() -> None:
    doubtful = {Health.STALE, Health.UNKNOWN, Health.UNTRUSTED}
    assert {health.severity for health in doubtful} == {Severity.UNKNOWN}


@pytest.mark.parametrize(
    ("name", "source", "maximum"),
    [
        ("link_downed", Width.SYSFS, 255),
        ("local_link_integrity_errors", Width.SYSFS, 15),
        ("symbol_error", Width.SYSFS, 65535),
        ("symbol_error", Width.PMA_EXTENDED, 2**64 - 1),
        ("port_xmit_wait", Width.SYSFS, 2**32 - 1),
        ("port_xmit_data", Width.SYSFS, 2**64 - 1),
        ("port_xmit_data", Width.PMA, 2**32 - 1),
    ],
)
def test_a_counters_width_depends_on_where_it_was_read(name: str, source: Width, maximum: int) -> None:
    assert COUNTERS[name].maximum(source) == maximum


def test_infiniband_counters_stop_at_their_maximum() -> None:
    assert not any(counter.wraps for counter in COUNTERS.values() if counter.pma)


def test_both_spellings_of_infiniband_diags_mean_one_counter() -> None:
    assert BY_PMA_NAME["LinkDownedCounter"] == BY_PMA_NAME["LinkDowned"] == "link_downed"


def test_a_counter_nobody_described_is_shown_and_never_judged() -> None:
    assert known("future_counter").maximum(Width.SYSFS) is None


def test_every_mark_has_a_glyph() -> None:
    assert {mark.glyph for mark in Mark} == {"≥", "↺", "∅"}


@given(st.text() | st.binary())
def test_no_text_from_a_node_can_move_the_cursor_or_reorder_the_line(text: str | bytes) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in shown)


@given(st.text(min_size=600))
def test_a_line_from_a_node_is_bounded(text: str) -> None:
    assert len(printable(text)) <= 512


def test_an_escape_sequence_is_shown_defused() -> None:
    assert printable("\x1b[2Jgpu\x9b31m") == "·[2Jgpu·31m"


def test_marks_that_terminals_disagree_on_are_shown_as_dots_and_letters_keep_theirs() -> None:
    assert printable("leaf\u260e\ufe0f") == "leaf\u260e·"
    assert printable("e\u0301\u0301\u0301") == "\u00e9··"
    assert printable("\u0915\u093f") == "\u0915·"
