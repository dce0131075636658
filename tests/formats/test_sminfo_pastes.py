"""`sminfo` as it is pasted: every state, wrapped lines, several hosts that asked, and what it says when it fails."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.hosts import likeliest, read
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

LINE = "sminfo: sm lid 16 sm guid 0x100013, activity count 788 priority 12 state 3 SMINFO_MASTER\n"


def said(text: str) -> Reading:
    return named("sminfo").read(Paste(text))


@pytest.mark.parametrize(
    ("printed", "state"),
    [
        ("state 0 SMINFO_NOTACT", "Not active"),
        ("state 1 SMINFO_DISCOVER", "Discovering"),
        ("state 2 SMINFO_STANDBY", "Standby"),
        ("state 3 SMINFO_MASTER", "Master"),
        ("state 3 (MASTER)", "Master"),
        ("state 3", "Master"),
        ("state 7 ???", "state 7"),
    ],
)
def test_every_state_has_its_name(printed: str, state: str) -> None:
    reading = said(LINE.replace("state 3 SMINFO_MASTER", printed))
    assert [row.state for row in reading.rows] == [state]
    assert reading.unparsed == []


def test_a_single_manager_stands_among_the_facts() -> None:
    assert said(LINE).facts == {
        "sm_state": "Master",
        "sm_lid": 16,
        "sm_guid": "0000000000100013",
        "sm_priority": 12,
        "sm_activity_count": 788,
    }


def test_a_guid_is_padded_and_kept_as_printed() -> None:
    (row,) = said(LINE).rows
    assert (row.id, row.extra["printed_guid"]) == ("0000000000100013", "0x100013")
    (row,) = said(LINE.replace("0x100013", "0002:c903:004a:1b20")).rows
    assert row.id == "0002c903004a1b20"


def test_a_wrapped_line_is_one() -> None:
    reading = said(LINE.replace("priority 12 state", "priority 12\n  state"))
    assert [(row.extra["priority"], row.state) for row in reading.rows] == [(12, "Master")]


def test_hosts_that_see_two_masters_are_told_apart() -> None:
    paste = Paste(f"gpu1: {LINE}gpu2: {LINE.replace('0x100013', '0x100099')}")
    assert likeliest(paste)[:1] == (named("sminfo"),)
    reading = read(named("sminfo"), paste)
    assert [row.id for row in reading.rows] == ["gpu1/0000000000100013", "gpu2/0000000000100099"]
    assert (reading.facts["hosts"], reading.unparsed) == (2, [])


def test_of_old_the_state_was_not_printed() -> None:
    (row,) = said("sminfo: sm lid 0x1f sm guid 0x2c90100aa0001, activity count 20 priority 1\n").rows
    assert (row.extra["lid"], row.extra["priority"], row.extra["activity_count"]) == (31, 1, 20)
    assert (row.state, row.marks) == ("unknown", ["state not printed"])


def test_a_line_that_stops_within_the_state_is_not_of_old() -> None:
    assert said(LINE.replace("state 3 SMINFO_MASTER", "sta")).rows == []


def test_a_line_that_was_set_in_two_with_a_comma_is_read() -> None:
    reading = said(LINE.replace(" priority 12 state", "\n        priority 12, state"))
    assert [(row.extra["priority"], row.state) for row in reading.rows] == [(12, "Master")]
    assert reading.unparsed == []


def test_what_somebody_made_comments_of_is_a_complaint_too() -> None:
    paste = Paste("# ibwarn: [9] mad_rpc_open_port2: can't open UMAD port\n# sminfo: iberror: failed: query\n")
    assert likeliest(paste)[:1] == (named("sminfo"),)
    reading = read(named("sminfo"), paste)
    assert ([event.kind for event in reading.events], reading.unparsed) == (["ibwarn", "iberror"], [])


def test_a_guid_of_zeros_is_no_manager_to_believe() -> None:
    (row,) = said(LINE.replace("0x100013", "0x0")).rows
    assert row.marks == ["guid is zero"]


def test_without_a_manager_the_complaint_is_what_is_left() -> None:
    reading = said(
        "# sminfo\nibwarn: [812] _do_madrpc: recv failed: Connection timed out\nsminfo: iberror: failed: query\n"
    )
    assert (reading.rows, reading.unparsed) == ([], [])
    assert [event.text for event in reading.events][1:] == ["sminfo: iberror: failed: query"]


def test_a_line_cut_before_its_state_is_no_manager() -> None:
    reading = said(LINE[: LINE.index(" state")])
    assert reading.rows == []
    assert len(reading.unparsed) == 1


def test_hidden_digits_of_a_guid_are_kept_as_printed() -> None:
    (row,) = said(LINE.replace("0x100013", "0xe89e4903003xxxxx")).rows
    assert (row.id, row.extra["printed_guid"]) == ("e89e4903003xxxxx", "0xe89e4903003xxxxx")
