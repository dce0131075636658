"""Whose a text is, is found out in time that is in proportion to it."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import recognise
from fabconsole.formats.paste import Paste

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("piece", ["\n", "\t\n", "> \n", " ", "x", "0", ": ", "[ ", '{"'], ids=repr)
def test_what_bears_no_sign_is_nobodys_after_one_look(piece: str) -> None:
    recognise(Paste(piece * ((1 << 16) // len(piece))))
