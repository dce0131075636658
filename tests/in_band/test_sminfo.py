"""`sminfo`: one line names the master; and what changes from sweep to sweep is an event."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.health import Severity
from fabconsole.formats.infiniband import sminfo
from fabconsole.platforms.in_band_manager import ManagerWatch

LINE = "sminfo: sm lid 16 sm guid 0x100013, activity count 788 priority 12 state 3 SMINFO_MASTER\n"
MASTER = sminfo.Manager(lid=16, guid="0000000000100013", activity=788, priority=12, state="Master")


def test_the_line_is_understood() -> None:
    assert sminfo.read(LINE) == MASTER
    assert sminfo.read("ibwarn: [1] hm\n" + LINE) == MASTER


def test_other_states_have_their_names() -> None:
    read = sminfo.read(LINE.replace("state 3 SMINFO_MASTER", "state 2 SMINFO_STANDBY"))
    assert read is not None
    assert read.state == "Standby"


@given(st.text(), st.integers(0, len(LINE)))
def test_any_text_and_any_truncation_is_read(text: str, cut: int) -> None:
    sminfo.read(text)
    assert sminfo.read(LINE[:cut]) in (None, MASTER)


def test_a_master_that_moves_is_no_event() -> None:
    watch = ManagerWatch("gpu00-00")
    assert watch.seen(MASTER, 1.0) == ()
    assert watch.seen(replace(MASTER, activity=800), 2.0) == ()


def test_a_handover_is_an_event_that_names_both() -> None:
    watch = ManagerWatch("gpu00-00")
    watch.seen(MASTER, 1.0)
    (event,) = watch.seen(replace(MASTER, guid="0000000000100099", lid=3), 2.0)
    assert (event.kind, event.severity, event.at, event.node) == ("sm", Severity.WARN, 2.0, "gpu00-00")
    assert "0x0000000000100013" in event.text
    assert "0x0000000000100099 (lid 3" in event.text


def test_a_master_that_stands_still_is_told_once_and_its_recovery_too() -> None:
    watch = ManagerWatch("gpu00-00")
    watch.seen(MASTER, 1.0)
    (stands,) = watch.seen(MASTER, 2.0)
    assert "stands still" in stands.text
    assert watch.seen(MASTER, 3.0) == ()
    (moves,) = watch.seen(replace(MASTER, activity=999), 4.0)
    assert moves.severity is Severity.INFO


def test_no_answer_is_told_once() -> None:
    watch = ManagerWatch("gpu00-00")
    (silent,) = watch.seen(None, 1.0)
    assert "does not answer" in silent.text
    assert watch.seen(None, 2.0) == ()


def test_a_handover_over_a_silence_is_still_seen() -> None:
    watch = ManagerWatch("gpu00-00")
    watch.seen(MASTER, 1.0)
    watch.seen(None, 2.0)
    texts = [event.text for event in watch.seen(replace(MASTER, guid="00000000001000ff"), 3.0)]
    assert any("handover" in text for text in texts)
