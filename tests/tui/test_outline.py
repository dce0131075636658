"""A JSON answer is shown without its braces, and as safely as any other."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fabconsole.tui.outline import outline

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def test_names_stand_before_their_values_under_what_holds_them() -> None:
    said = '{"Module Info": {"Rev": "A3", "Vendor Name": "NVIDIA"}, "lanes": [1, 2], "status": {"code": 0}}'
    assert outline(said.splitlines()) == (
        "Module Info",
        "  Rev          A3",
        "  Vendor Name  NVIDIA",
        "lanes  1, 2",
        "status",
        "  code  0",
    )


def test_what_is_no_whole_json_is_left_alone() -> None:
    for said in ("", "PortSelect:....1", '{"a": 1', "[" * 100_000, "42", '"text"'):
        assert outline([said]) is None


def test_what_is_absent_is_a_dash() -> None:
    assert outline(['{"a": null, "b": {}, "c": []}']) == ("a  –", "b  –", "c  –")


def test_an_escape_written_as_its_number_does_nothing() -> None:
    (line,) = outline(['{"a\\u001b[2J": "\\u001b]0;x\\u0007"}']) or ()
    assert "\x1b" not in line and "\x07" not in line


@given(DOCUMENTS)
def test_whatever_the_document_every_line_is_printable(document: object) -> None:
    for line in outline(json.dumps(document).splitlines()) or ():
        assert all(char == " " or unicodedata.category(char)[0] not in "CZ" for char in line), line
