"""What befell many nodes at once is one line, and it is on the page of each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_fabric import NOON, Still, host, snapshot

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.state.snapshot import EventView, Snapshot
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.pages.events import event_lines
from fabconsole.tui.trail import Place, Trail, View

SAID = "stops answering, with 1 more: jump host bastion1: connection lost"


def jump_host_gone() -> Snapshot:
    event = Event(at=NOON - 9, node="a0", kind="session", severity=Severity.UNKNOWN, text=SAID)
    view = EventView(event=event, first_at=NOON - 9, count=1, also=("a1",))
    return replace(snapshot([host("a0", "r0"), host("a1", "r1"), host("b0", "r2")]), events=(view,))


@pytest.mark.parametrize(("node", "there"), [("a0", True), ("a1", True), ("b0", False)])
def test_it_is_on_each_nodes_page_and_on_no_others(node: str, there: bool) -> None:
    desk = Desk(Still(jump_host_gone()), NOON)
    desk.trail = Trail((Place(View.FABRIC), Place(View.NODE, node)))
    assert (SAID in plain(desk.draw(120, 60).lines)) is there


def test_it_is_once_in_the_list_and_in_that_of_each_rack() -> None:
    assert plain(event_lines(jump_host_gone(), 120)).count(SAID) == 1
    assert SAID in plain(event_lines(jump_host_gone(), 120, {"a1"}))
    assert SAID not in plain(event_lines(jump_host_gone(), 120, {"b0"}))


def test_a_filtered_list_names_the_nodes_it_lets_through_and_no_stranger() -> None:
    shared = jump_host_gone()
    (view,) = shared.events
    each = tuple(replace(view, event=replace(view.event, node=node), also=()) for node in view.nodes)
    shown = plain(event_lines(replace(shared, events=(replace(view, under=each),)), 120, {"a1"}))
    assert "a1 " in shown
    assert "a0 " not in shown
