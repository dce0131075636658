"""A rack that is out is one row of the worst list, and the way to everything that it stands for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_fabric import NOON, host, snapshot

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Finding, Snapshot
from fabconsole.tui.drawing import plain
from fabconsole.tui.pages.whole import whole, whole_lines
from fabconsole.tui.pages.worst import worst_lines
from fabconsole.tui.trail import View, to

LINK = Finding(
    end="leaf01/5", health=Health.DOWN, reason="Down, Polling", since=NOON, peer="b0/mlx5_0/1", peer_health=Health.STALE
)
HOST = Finding(end="b0", health=Health.DOWN, reason="its link is down", since=NOON, under=(LINK,))
RACK = Finding(end="rack r1", health=Health.DOWN, reason="no power?", since=NOON, under=(HOST,))


def out() -> Snapshot:
    return replace(snapshot([host("a0", "r0"), host("b0", "r1")]), findings=(RACK,))


def test_enter_on_it_leads_to_the_rack() -> None:
    place = to("rack r1", out())
    assert place is not None
    assert (place.view, place.subject) == (View.RACK, "r1")


@pytest.mark.parametrize(("node", "there"), [("b0", True), ("leaf01", True), ("a0", False)])
def test_a_filter_lets_it_through_with_any_node_that_it_stands_for(node: str, there: bool) -> None:
    assert ("rack r1" in plain(worst_lines(out(), 60, {node}))) is there


@pytest.mark.parametrize("address", ["rack r1", "b0"])
def test_in_full_it_names_all_that_is_told_with_it(address: str) -> None:
    shown = replace(out(), findings=(RACK, HOST))
    assert "leaf01/5 ⇄ b0/mlx5_0/1" in plain(whole_lines(whole(shown, address), 100))
