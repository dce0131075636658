"""How the tables of switches are cut into cells."""

from __future__ import annotations

from fabconsole.formats.switches.columns import dashed, ruled

HEADED = ["Name  State  Speed (RPM)", "----  -----  -----------"]


def test_a_blank_cell_moves_no_other() -> None:
    table = dashed([*HEADED, "FAN1         6000"], 1)
    assert table is not None
    assert table.rows == [("FAN1", "", "6000")]


def test_cells_pushed_out_of_line_keep_their_order() -> None:
    table = dashed([*HEADED, "A-very-long-name  ok  6000"], 1)
    assert table is not None
    assert table.rows == [("A-very-long-name", "ok", "6000")]


def test_a_line_of_another_stream_is_no_row() -> None:
    table = dashed([*HEADED, "FAN1  ok     6000", "Connection to leaf-a01 closed.", "FAN2  ok     7000"], 1)
    assert table is not None
    assert [row[0] for row in table.rows] == ["FAN1", "FAN2"]
    assert table.strange == ["Connection to leaf-a01 closed."]


def test_it_ends_where_another_heading_begins() -> None:
    table = dashed([*HEADED, "FAN1  ok     6000", "Other  Kind", "-----  ----", "x      y"], 1)
    assert table is not None
    assert (len(table.rows), table.end) == (1, 3)


def test_headings_between_two_rules_tell_the_columns() -> None:
    table = ruled(["=" * 20, "Module   Status", "=" * 20, "MGMT     ready"], 0)
    assert table is not None
    assert (table.columns.headings, table.rows) == (("Module", "Status"), [("MGMT", "ready")])
