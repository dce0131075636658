"""A sweep that was not answered everywhere is no whole one, and says so."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste

_TIMED_OUT = "ibwarn: [4211] mad_rpc: _do_madrpc failed; dport (DR path slid 0; dlid 0; 0,1,7)\n"


@pytest.mark.parametrize("tool", ["iblinkinfo", "ibnetdiscover", "ibqueryerrors"])
def test_a_query_that_failed_leaves_the_answer_incomplete(tool: str) -> None:
    assert named(tool).read(Paste(_TIMED_OUT)).facts["incomplete"]


@pytest.mark.parametrize("tool", ["iblinkinfo", "ibnetdiscover", "ibqueryerrors"])
def test_a_warning_of_something_else_does_not(tool: str) -> None:
    said = named(tool).read(Paste("ibwarn: [4211] main: loading a map of names\n"))
    assert said.events
    assert "incomplete" not in said.facts
