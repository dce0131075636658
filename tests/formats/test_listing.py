"""A reading as a table: what differs is a column, what is alike is said once, nothing that was doubtful looks well."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fabconsole.fabric.health import Severity
from fabconsole.formats.listing.page import render
from fabconsole.formats.reading import Ber, Entry, Reading, Row


def lines(reading: Reading, width: int = 100) -> list[str]:
    """As a terminal of that width shows it, runs of blanks as one, without blank lines."""
    paper = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    paper.print(render("sometool", reading, width))
    shown = paper.file.getvalue()  # type: ignore[attr-defined]
    return [" ".join(line.split()) for line in shown.splitlines() if line.strip()]


def two(first: Row, second: Row) -> list[str]:
    """The line of the first of two rows."""
    return [line for line in lines(Reading(rows=[first, second])) if line.startswith("a ")]


def test_a_port_with_a_guid_is_called_by_its_nodes_name() -> None:
    row = Row(
        id="0c42a10300b31234/5", peer="0c42a10300b35678/1", extra={"node": "leaf-a01", "peer_node": "gpu1 mlx5_0"}
    )
    assert lines(Reading(rows=[row, Row(id="b")]))[2] == "leaf-a01/5 gpu1 mlx5_0/1 0c42a10300b31234 0c42a10300b35678"


def test_a_counter_is_shown_where_it_is_not_zero() -> None:
    row = Row(id="a", counters={"symbol_error": 12345, "link_downed": 0})
    assert two(row, Row(id="b")) == ["a symbol 12,345"]


def test_errors_stand_before_traffic_and_traffic_is_in_units() -> None:
    row = Row(id="a", counters={"port_xmit_data": 1 << 40, "symbol_error": 1})
    assert two(row, Row(id="b")) == ["a symbol 1 · xmit data 4 TiB"]


def test_a_saturated_counter_is_at_least_that_much() -> None:
    row = Row(id="a", counters={"link_downed": 255}, marks=["saturated link_downed"])
    assert two(row, Row(id="b")) == ["a downs ≥255"]


def test_what_cannot_be_counted_and_what_was_not_understood_are_told_apart() -> None:
    row = Row(id="a", counters={"symbol_error": None, "link_downed": None}, marks=["unknown link_downed"])
    assert two(row, Row(id="b")) == ["a ? downs · ∅ symbol"]


def test_counters_that_are_all_zero_say_so() -> None:
    assert two(Row(id="a", counters={"symbol_error": 0, "link_downed": 0}), Row(id="b")) == ["a 2 zero"]


def test_a_link_that_is_not_up_has_a_glyph() -> None:
    assert two(Row(id="a", state="Down", phys_state="Polling"), Row(id="b")) == ["a ▼ Down/Polling"]


def test_a_state_that_is_not_known_has_another() -> None:
    assert two(Row(id="a", state="unknown"), Row(id="b")) == ["a ? unknown"]


def test_a_degraded_link_says_what_it_could_be() -> None:
    row = Row(id="a", marks=["degraded"], extra={"could_be": "400 Gb/s 4X NDR"})
    assert two(row, Row(id="b"))[0].startswith("a ◢ could be 400 Gb/s 4X NDR")


def test_bit_error_ratios_are_told_as_far_as_they_are_known() -> None:
    assert two(Row(id="a", ber=Ber(raw=2e-9)), Row(id="b")) == ["a raw 2e-09"]


def test_what_all_rows_say_alike_is_said_once() -> None:
    said = lines(Reading(rows=[Row(id="a", extra={"lid": 7, "mtu": 1}), Row(id="b", extra={"lid": 7, "mtu": 2})]))
    assert said[-1] == "in all: lid 7"


def wide(*names: str) -> Reading:
    """Rows that differ in more than 70 columns have room for."""
    return Reading(rows=[Row(id=name, extra={"words": name * 80, "more_words": name * 90}) for name in names])


def test_what_has_no_room_is_named() -> None:
    assert lines(wide(*"abcdefghi"), 70)[-1] == "also told, by --json: more words"


def test_a_few_rows_that_differ_in_much_stand_beside_each_other() -> None:
    assert [line.split()[:2] for line in lines(wide("a", "b"), 70)][-2:] == [["a", "b"], ["more", "words"]]


def test_hosts_that_say_the_same_share_a_line() -> None:
    apart = {"gpu1": {"links": 18}, "gpu2": {"links": 17}, "gpu3": {"links": 18}}
    assert lines(Reading(facts={"hosts": 3, "by_host": apart}))[1:] == ["hosts 3", "gpu[1,3] links 18", "gpu2 links 17"]


def many(*remarkable: Row) -> Reading:
    """A sweep of 200 links that are well, and some of which there is something to tell."""
    return Reading(rows=[*(Row(id=f"well{at}", state="up", counters={"replay": 0}) for at in range(200)), *remarkable])


def test_of_many_rows_those_that_are_well_are_counted_and_left_out() -> None:
    said = lines(many(Row(id="a", state="up", counters={"replay": 3}), Row(id="b", state="Down")))
    assert said[2:] == ["a up replay 3", "b ▼ Down", "200 rows are left out, which are up and count no error: --all"]


def test_a_row_whose_value_is_doubtful_is_not_left_out() -> None:
    row = Row(id="a", state="up", counters={"replay": None}, marks=["unknown replay"])
    assert "a up ? replay" in lines(many(row, row))


def test_of_many_rows_that_are_all_well_all_are_shown() -> None:
    assert sum(line.startswith("well") for line in lines(many())) == 200


def test_what_says_that_it_failed_has_its_column_before_serials() -> None:
    names = ("serial", "part", "fan_status")
    rows = [
        Row(id=at, extra=dict.fromkeys(names[:2], at * 30) | {"fan_status": bad})
        for at, bad in (("a", "ERROR"), ("b", "OK"))
    ]
    assert lines(Reading(rows=rows), 40)[1].split() == ["fan", "status"]


def test_short_facts_share_a_line() -> None:
    assert lines(Reading(facts={"ports": 8, "down": 2, "sm_lid": 1}))[1] == "ports 8 · down 2 · sm lid 1"


def test_the_only_row_is_told_from_top_to_bottom() -> None:
    assert lines(Reading(rows=[Row(id="a", extra={"fabric": {"state": "Completed"}})]))[-1] == "fabric state Completed"


def test_events_that_say_the_same_are_one_line_with_a_count() -> None:
    event = Entry(at="2026-01-02T03:04:05", kind="xid", code=79, text="…", subject="0000:18:00.0",
                  severity=Severity.CRIT, meaning="GPU has fallen off the bus", action="reboot")  # fmt: skip
    assert lines(Reading(events=[event, event]), 120)[-1] == (
        "2026-01-02T03:04:05 CRIT 0000:18:00.0 xid 79 GPU has fallen off the bus (2×) reboot"
    )


def test_an_event_says_whose_it_is() -> None:
    event = Entry(at=None, kind="log", node="gpu17", subject="gpu3", link=4, text="link down", severity=Severity.WARN)
    assert lines(Reading(events=[event]))[-1] == "WARN gpu17 gpu3 link 4 link down"


def test_what_is_wrong_is_counted_at_the_top() -> None:
    rows = [Row(id="a", state="Down"), Row(id="b", state="up", marks=["degraded"]), Row(id="c", state="up")]
    event = Entry(at=None, kind="xid", text="…", severity=Severity.CRIT)
    assert lines(Reading(rows=rows, events=[event], facts={"incomplete": "8 announced"}))[0] == (
        "sometool · 3 rows · 1 event · ▼ 1 down · ◢ 1 degraded · ✖ 1 critical event · ! incomplete"
    )


@pytest.mark.parametrize(
    ("state", "shown"),
    [("Fail", "✖ Fail"), ("drained*", "▲ drained*"), ("DEGRADED", "▲ DEGRADED"), ("NOT PRESENT", "✖ NOT PRESENT")],
)
def test_a_state_that_is_neither_up_nor_down_has_its_glyph(state: str, shown: str) -> None:
    assert two(Row(id="a", state=state), Row(id="b")) == [f"a {shown}"]


def test_a_port_that_is_down_as_intended_does_not_look_sick() -> None:
    assert two(Row(id="a", state="down", marks=["expected down"]), Row(id="b"))[0].startswith("a - down")


def test_lines_that_were_not_understood_are_counted_at_the_top_and_told_at_the_end() -> None:
    said = lines(Reading(unparsed=["what is this"]))
    assert (said[0], said[-1]) == ("sometool · ? 1 line not understood", "what is this")


def test_nothing_of_a_node_reaches_the_terminal_raw() -> None:
    row = Row(id="a\x1b[2J", extra={"x\x1b": "\x1b]0;x\x07"}, peer="\u202eb")
    assert not {"\x1b", "\x07", "\u202e"} & set("".join(lines(Reading(rows=[row], unparsed=["\x1b[1m"]))))
