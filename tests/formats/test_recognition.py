"""Whose a text is, is found out in time that is in proportion to it."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import recognise
from fabconsole.formats.paste import Paste

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("piece", ["\n", "\t\n", "> \n", " ", "x", "0", ": ", "[ ", '{"'], ids=repr)
def test_what_bears_no_sign_is_nobodys_after_one_look(piece: str) -> None:
    recognise(Paste(piece * ((1 << 16) // len(piece))))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("activity count 4711 priority 14 state 3 SMINFO_MASTER", "sminfo"),
        ("==( 4X  106.25 Gbps Active/  LinkUp)==>", "iblinkinfo"),
    ],
)
def test_a_piece_of_a_line_is_told_by_words_of_its_tool_alone(line: str, name: str) -> None:
    assert [one.name for one in recognise(Paste(line))][:1] == [name]
