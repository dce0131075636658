"""What nobody has read is not counted as down, and a word is not said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_fabric import NOON, Still, east, host, nvlink, snapshot

from fabconsole.fabric.health import Health
from fabconsole.fabric.table import NvlinkState
from fabconsole.state.snapshot import Snapshot
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import length, plain
from fabconsole.tui.pages.selection import selection
from fabconsole.tui.placing import Detail
from fabconsole.tui.trail import Place, Trail, View


def never_read() -> Snapshot:
    ends = [f"a0/gpu0/nvl{number}" for number in range(18)]
    links = {
        end: nvlink(end, Health.UNKNOWN, state=NvlinkState(state="unknown"), counters={}, rates={}, age_s=None)
        for end in ends
    }
    return snapshot([host("a0", "r0", gpus=1, nvlinks=links)])


def test_of_nvlinks_that_were_never_read_nobody_knows_how_many_are_up() -> None:
    desk = Desk(Still(never_read()), NOON)
    desk.trail = Trail((Place(View.FABRIC), Place(View.NODE, "a0")))
    page = plain(desk.draw(120, 60).lines)
    assert "?/18 up" in page
    assert "?/18 NVLinks up" in plain(selection(never_read(), "a0/gpu0", 120))


def test_an_untrusted_node_is_called_so_once() -> None:
    reason = "untrusted: HOST KEY HAS CHANGED"
    node = replace(host("a0", "r0"), health=Health.UNTRUSTED, reason=reason)
    assert plain(selection(snapshot([node]), "a0", 120)).count("ntrusted") == 0


@pytest.mark.parametrize("width", [90, 100, 110, 119])
def test_a_window_that_is_a_little_wider_shows_no_less_of_the_fabric(width: int) -> None:
    desk = Desk(Still(east()), NOON)
    side = desk.side_width(width, 27)
    left = width - side - 4 if side else width
    assert desk.layout(left, 27).style.detail is desk.layout(80, 27).style.detail is Detail.CELLS


@pytest.mark.parametrize("width", range(60, 130, 7))
def test_what_is_asked_of_a_node_fills_its_lines(width: int) -> None:
    desk = Desk(Still(snapshot([host("a0", "r0")])), NOON)
    desk.trail = Trail((Place(View.FABRIC), Place(View.NODE, "a0")))
    lines = desk.draw(width, 40).lines
    first = next(number for number, line in enumerate(lines) if "ASKED" in plain([line]))
    here, below = lines[first], plain([lines[first + 1]])
    assert length(here) <= width
    if below.strip():
        part = below.strip().split("  ")[0]
        assert len(plain([here])) + len("  ") + len(" ") + len(part) > width
