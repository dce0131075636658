"""A line of any length costs a subnet's formats time in proportion to it: what takes its square outlasts the limit."""

from __future__ import annotations

import pytest
from captures import samples

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste

pytestmark = pytest.mark.timeout(30)
_LONG = 1 << 16
_NAMES = ("ibdiagnet", "ibnetdiscover", "ibnodes", "ibportstate", "ibswinfo", "ibtracert", "opensm-log", "smpquery")


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("pad", [" ", "a", "("], ids=repr)
def test_a_long_line_is_read_in_proportion_to_it(name: str, pad: str) -> None:
    one = named(name)
    for line in {line for file in samples(name) for line in file.read_text("utf-8").split("\n")[:40]}:
        middle = len(line) // 2
        one.read(Paste(pad * _LONG + line))
        one.read(Paste(line[:middle] + pad * _LONG + line[middle:]))
        one.read(Paste(line + pad * _LONG + "x"))
