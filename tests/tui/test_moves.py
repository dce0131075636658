"""Where the cursor goes: everything can be reached, and no key surprises."""

from __future__ import annotations

from collections.abc import Sequence

from drawn_fabric import NOON, Still, east
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import HIDDEN, Line, Span
from fabconsole.tui.moves import Block, blocks_of, nearest, sideways, upright


def rows_of(lines: Sequence[Line]) -> list[list[Block]]:
    return [blocks_of(line, y) for y, line in enumerate(lines)]


def page(*texts: str) -> list[list[Block]]:
    """A page of one-column things: a letter is one, a small letter is passed over, a blank is none."""
    return rows_of(
        [
            tuple(
                Span(letter, HIDDEN if letter.islower() else "ok", None if letter == " " else f"{letter}{y}{x}")
                for x, letter in enumerate(text)
            )
            for y, text in enumerate(texts)
        ]
    )


pages = st.lists(st.text("A  a", max_size=12), min_size=1, max_size=8).map(lambda texts: page(*texts))


@given(pages)
def test_going_right_comes_past_everything_that_is_shown(rows: list[list[Block]]) -> None:
    shown = [block for row in rows for block in row if not block.hidden]
    if shown:
        seen, here = [shown[0]], shown[0]
        while (there := sideways(rows, here, 1)) != here:
            seen.append(there)
            here = there
        assert seen == shown


@given(pages)
def test_left_undoes_right(rows: list[list[Block]]) -> None:
    for block in (block for row in rows for block in row if not block.hidden):
        there = sideways(rows, block, 1)
        assert there == block or sideways(rows, there, -1) == block


@given(pages, st.integers(0, 11))
def test_up_and_down_never_go_the_other_way(rows: list[list[Block]], goal: int) -> None:
    for block in (block for row in rows for block in row if not block.hidden):
        assert upright(rows, block, 1, goal).y >= block.y
        assert upright(rows, block, -1, goal).y <= block.y


def test_down_keeps_to_its_column_past_a_shorter_line() -> None:
    rows = page("A   A", "A", "A   A")
    assert upright(rows, rows[0][1], 1, 4).address == "A24"


def test_what_is_held_back_is_passed_over() -> None:
    rows = page("AaA", "a a", "A A")
    assert sideways(rows, rows[0][0], 1).address == "A02"
    assert upright(rows, rows[0][0], 1, 0).address == "A20"


def test_the_nearest_shown_thing_is_preferred_to_a_nearer_hidden_one() -> None:
    rows = page("aA")
    found = nearest(rows, 0, 0)
    assert found is not None
    assert found.address == "A01"


def test_neighbouring_spans_of_one_address_are_one_block() -> None:
    line = (Span("· ", "ok", "a"), Span("name", "text", "a"), Span(" "), Span("x", "ok", "a"))
    assert [(block.x, block.end) for block in blocks_of(line, 0)] == [(0, 6), (7, 8)]


def test_every_cell_of_a_fabric_can_be_reached_by_arrows() -> None:
    rows = rows_of(Desk(Still(east()), NOON).draw(79, 21).lines)
    start = rows[1][0]
    reached, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for there in (
            *(sideways(rows, here, step) for step in (1, -1)),
            *(upright(rows, here, step, here.middle) for step in (1, -1)),
        ):
            if there not in reached:
                reached.add(there)
                todo.append(there)
    assert reached == {block for row in rows for block in row}
