"""What a node prints is shown, and does nothing else."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fabconsole.tui.transcript import MOST_LINES, Transcript, cleaned


def read(*pieces: bytes) -> list[str]:
    transcript = Transcript()
    for piece in pieces:
        transcript.feed(piece)
    transcript.close()
    return transcript.lines


def test_columns_survive_and_tabs_become_blanks() -> None:
    assert read(b"a   b\n\tc\n") == ["a   b", "        c"]


def test_colours_titles_hyperlinks_and_cursor_moves_do_nothing() -> None:
    said = b"\x1b[31mred\x1b[0m \x1b]0;title\x07x \x1b]8;;http://e\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x1b[Hend\x1b(B\n"
    assert read(said) == ["red x link end"]


def test_a_colour_begun_by_one_control_byte_hides_nothing_after_it() -> None:
    assert read("\x9b31mred and the rest\n".encode()) == ["red and the rest"]


def test_an_escape_cut_in_two_is_still_an_escape() -> None:
    assert read(b"\x1b[3", b"1mred\x1b", b"[0m\n") == ["red"]


def test_a_character_cut_in_two_is_still_one() -> None:
    whole = "45 °C\n".encode()
    assert read(whole[:4], whole[4:]) == ["45 °C"]


def test_no_other_white_space_is_passed_on_among_blanks() -> None:
    assert read(b"a \x0b \x0c b\n") == ["a   b"]


def test_markup_is_text() -> None:
    assert read(b"[bold red]x[/] [link=a]y\n") == ["[bold red]x[/] [link=a]y"]


def test_overwritten_progress_shows_its_last_state() -> None:
    assert read(b"10%\r50%\r100%\n") == ["100%"]
    assert read(b"dos line\r\n") == ["dos line"]


def test_long_progress_in_pieces_shows_its_last_state_too() -> None:
    states = [b"%d of 30000\r" % number for number in range(1, 30_001)]
    assert read(b"".join(states), b"\n") == ["30000 of 30000"]
    assert read(*states, b"\n") == ["30000 of 30000"]


def test_a_line_beyond_reason_shows_its_beginning_and_that_it_goes_on() -> None:
    long = b"the beginning " + b"x" * 100_000
    pieces = [long[at : at + 5_000] for at in range(0, len(long), 5_000)]
    for said in (read(long + b"\n"), read(*pieces, b"\n")):
        assert said[0].startswith("the beginning x")
        assert said[0].endswith("x…")


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert read(b"a\xff\xfeb\n") == ["a\ufffd\ufffdb"]


def test_a_line_without_an_end_is_a_line_once_it_is_over() -> None:
    assert read(b"partly") == ["partly"]


def test_only_the_last_lines_are_kept_and_the_others_counted() -> None:
    transcript = Transcript()
    transcript.feed(b"x\n" * (MOST_LINES + 7))
    assert (len(transcript.lines), transcript.dropped) == (MOST_LINES, 7)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_whatever_comes_every_line_is_printable(pieces: list[bytes]) -> None:
    for line in read(*pieces):
        assert all(char == " " or unicodedata.category(char)[0] not in "CZ" for char in line), line


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = cleaned(text.replace("\n", " "))
    assert cleaned(once) == once
