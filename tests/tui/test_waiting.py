"""The first seconds: what was not read twice is unknown, says so, and raises no alarm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn_fabric import NOON, Still, host, nvlink, port, snapshot

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect, Inventory, Node
from fabconsole.fabric.table import Kind, PortState, Table, Width
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.state.fabric import FabricState
from fabconsole.state.snapshot import NodeView, QuestionView
from fabconsole.stream.records import Asked, Opening, Reason, Sample, Unanswered
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.levels import levels_of
from fabconsole.tui.metrics import METRICS
from fabconsole.tui.pages.bars import header
from fabconsole.tui.pages.worst import worst_lines
from fabconsole.tui.waiting import WAITING, node_waits, row_waits

HEALTH, SYMBOL = METRICS[:2]


def opened() -> FabricState:
    state = FabricState()
    inventory = Inventory(
        fabric="east-1",
        nodes={"a0": Node(name="a0", rack="r0", address="a0", expect=Expect(hcas=1, gpus=2, nvlinks=2))},
    )
    asked = {"a0": (Asked("hca", 5.0), Asked("nvlink", 30.0))}
    state.apply(Opening(at=NOON, inventory=inventory, thresholds=Thresholds(), asked=asked))
    return state


def answer(at: float) -> Sample:
    table = Table(
        kind=Kind.PORTS,
        source=Width.SYSFS,
        rows=("mlx5_0/1",),
        columns=("symbol_error",),
        values=np.zeros((1, 1), np.uint64),
        quality=np.ones((1, 1), np.uint8),
        states=(PortState(state="Active", phys_state="LinkUp", rate_gbps=400.0, width="4X"),),
    )
    return Sample(node="a0", question="hca", at=at, latency_s=0.1, clock_s=at, tables=(table,))


def waiting() -> NodeView:
    """A host that answered once."""
    ends = {end: port(end, Health.UNKNOWN, reason="one reading: no rate yet") for end in ("a0/mlx5_0/1", "a0/mlx5_1/1")}
    return replace(host("a0", "r0", rails=2, gpus=1, links=1, ports=ends), reason="mlx5_0/1: one reading: no rate yet")


def test_a_fabric_just_opened_waits_in_the_states_own_words() -> None:
    state = opened()
    node = state.snapshot(NOON + 1).nodes["a0"]
    assert node.nvlinks and all(map(row_waits, node.nvlinks))
    assert node_waits(node)
    state.apply(answer(NOON + 1))
    node = state.snapshot(NOON + 2).nodes["a0"]
    assert [port.health for port in node.ports] == [Health.UNKNOWN]
    assert all(map(row_waits, node.ports))
    assert node_waits(node)


def test_a_node_that_failed_does_not_wait() -> None:
    state = opened()
    state.apply(Unanswered(node="a0", question="hca", at=NOON + 1, reason=Reason.UNREACHABLE, detail="no route"))
    assert not node_waits(state.snapshot(NOON + 2).nodes["a0"])


def test_what_waits_is_a_question_mark_that_whispers() -> None:
    levels = levels_of(waiting(), HEALTH)
    for level in (levels.own, levels.parts["a0/mlx5_0/1"], levels_of(waiting(), SYMBOL).parts["a0/mlx5_0/1"]):
        assert (level.glyph, level.role, level.loud) == ("?", WAITING, False)


def test_what_is_unknown_for_any_other_reason_speaks_up() -> None:
    odd = port("a0/mlx5_0/1", Health.UNKNOWN, reason="no error counter was read")
    assert HEALTH.port(odd).loud
    unread = host("a0", "r0", ports={odd.end: odd})
    assert not node_waits(unread)
    overdue = QuestionView(
        name="nvlink", health=Health.UNKNOWN, age_s=400.0, latency_s=1.0, interval_s=30.0, reason=None
    )
    assert not node_waits(replace(waiting(), questions=(overdue,)))


def test_in_a_group_waiting_covers_what_is_well_and_not_what_is_wrong() -> None:
    rows = {
        link.end: link
        for link in (
            nvlink("a0/gpu0/nvl0", Health.UNKNOWN, reason="one reading: no rate yet"),
            nvlink("a0/gpu0/nvl1"),
            nvlink("a0/gpu1/nvl0", Health.UNKNOWN, reason="one reading: no rate yet"),
            nvlink("a0/gpu1/nvl1", Health.WARN),
        )
    }
    parts = levels_of(host("a0", "r0", gpus=2, links=2, nvlinks=rows), HEALTH).parts
    assert (parts["a0/gpu0"].glyph, parts["a0/gpu1"].glyph) == ("?", "▲")


def test_nodes_that_wait_are_counted_apart_and_are_one_line_of_the_worst_list() -> None:
    down = port("b0/mlx5_0/1", Health.DOWN)
    shown = snapshot([waiting(), replace(waiting(), name="a1"), host("b0", "r1", ports={down.end: down})])
    desk = Desk(Still(shown), NOON)
    assert desk.waiting == {"a0", "a1"}
    head = plain([header(shown, [], 120, desk.waiting)])
    assert "▼ 1 ? reading 2" in head
    lines = plain(worst_lines(replace(shown, findings=shown.findings[:1]), 60, waiting=desk.waiting)).splitlines()
    assert lines[0].strip() == "WORST 1"
    assert lines[-1] == " ? reading 2 nodes …"


def test_a_rack_that_waits_has_no_count_of_faults_and_no_dot_either() -> None:
    desk = Desk(Still(snapshot([waiting()])), NOON)
    drawn = plain(desk.draw(60, 20).lines)
    assert drawn.splitlines()[0] == "r0"
    assert "?" in drawn and "? ?" in drawn


def test_faults_only_keeps_what_waits_in_sight() -> None:
    desk = Desk(Still(snapshot([waiting()])), NOON)
    desk.toggle_faults()
    assert "? ?" in plain(desk.draw(60, 20).lines)


def test_nothing_found_in_a_picture_with_gaps_is_not_said_to_be_well() -> None:
    well = snapshot([host("a0", "r0")])
    assert "nothing that was asked for is wrong" in plain(worst_lines(well, 60))
    partly = replace(well, coverage=replace(well.coverage, polled=0))
    assert "not everything was answered" in plain(worst_lines(partly, 60))
    nothing = replace(snapshot([]), racks=(), findings=())
    assert "reading" in plain(worst_lines(nothing, 60))
