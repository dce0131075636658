"""What was read once and not again is shown as what it was, never as what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_fabric import NOON, Still, host, snapshot, switch
from drawn_fabric import port as drawn_port

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect, Inventory, Node
from fabconsole.fabric.table import Kind, NvlinkState, PortState, Table, Width
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.state.fabric import FabricState
from fabconsole.state.snapshot import NodeView
from fabconsole.stream.records import Asked, Opening, Reason, Sample, Unanswered
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.pages.selection import selection
from fabconsole.tui.readings import OLD
from fabconsole.tui.trail import Place, Trail, View

UP = PortState(state="Active", phys_state="LinkUp", rate_gbps=400.0, width="4X")
RUNNING = NvlinkState(state="up", speed_gbs=26.562)


def ports(*rows: str, unread: tuple[str, ...] = ()) -> Table:
    shape = (len(rows), 1)
    return Table(
        kind=Kind.PORTS,
        source=Width.SYSFS,
        rows=rows,
        columns=("symbol_error",),
        values=np.zeros(shape, np.uint64),
        quality=np.ones(shape, np.uint8),
        states=(UP,) * len(rows),
        unread=unread,
    )


def nvlinks(*rows: str) -> Table:
    shape = (len(rows), 1)
    return Table(
        kind=Kind.NVLINKS,
        source=Width.NVIDIA_SMI,
        rows=rows,
        columns=("replay",),
        values=np.zeros(shape, np.uint64),
        quality=np.ones(shape, np.uint8),
        states=(RUNNING,) * len(rows),
    )


def asked() -> FabricState:
    """A host that is asked for two ports every 5 s, and for two NVLinks every 30 s, and answered twice."""
    state = FabricState()
    node = Node(name="a0", rack="r0", address="a0", expect=Expect(hcas=2, gpus=1, nvlinks=2))
    inventory = Inventory(fabric="east-1", nodes={"a0": node})
    every = {"a0": (Asked("hca", 5.0), Asked("nvlink", 30.0))}
    state.apply(Opening(at=NOON, inventory=inventory, thresholds=Thresholds(), asked=every))
    for at in (NOON + 1, NOON + 6):
        answer(state, at, ports("mlx5_0/1", "mlx5_1/1"))
        answer(state, at, nvlinks("gpu0/nvl0", "gpu0/nvl1"))
    return state


def answer(state: FabricState, at: float, table: Table) -> None:
    question = "hca" if table.kind is Kind.PORTS else "nvlink"
    state.apply(Sample(node="a0", question=question, at=at, latency_s=0.1, clock_s=at, tables=(table,)))


def test_what_was_answered_when_it_was_due_is_not_old() -> None:
    node = asked().snapshot(NOON + 7).nodes["a0"]
    assert not any(row.is_old for row in (*node.ports, *node.nvlinks))


def test_what_was_not_read_yet_is_not_old_either() -> None:
    state = FabricState()
    node = Node(name="a0", rack="r0", address="a0", expect=Expect(hcas=2, gpus=1, nvlinks=2))
    inventory = Inventory(fabric="east-1", nodes={"a0": node})
    state.apply(Opening(at=NOON, inventory=inventory, thresholds=Thresholds(), asked={"a0": (Asked("nvlink", 30.0),)}))
    assert not any(link.is_old for link in state.snapshot(NOON + 400).nodes["a0"].nvlinks)


def test_a_question_without_its_answer_makes_its_own_rows_old() -> None:
    state = asked()
    state.apply(Unanswered(node="a0", question="hca", at=NOON + 12, reason=Reason.TIMEOUT, detail=""))
    node = state.snapshot(NOON + 12).nodes["a0"]
    assert all(port.is_old for port in node.ports)
    assert not any(link.is_old for link in node.nvlinks)


def test_silence_makes_old_what_is_a_fault_too() -> None:
    state = asked()
    down = replace(ports("mlx5_0/1", "mlx5_1/1"), states=(UP, PortState(state="Down", phys_state="Polling")))
    answer(state, NOON + 11, down)
    node = state.snapshot(NOON + 30).nodes["a0"]
    assert [port.health for port in node.ports] == [Health.STALE, Health.DOWN]
    assert all(port.is_old for port in node.ports)


def test_a_row_that_is_gone_or_was_not_understood_is_old_alone() -> None:
    state = asked()
    answer(state, NOON + 11, ports("mlx5_0/1"))
    gone = state.snapshot(NOON + 11).nodes["a0"]
    assert [port.is_old for port in gone.ports] == [False, True]
    answer(state, NOON + 16, ports("mlx5_0/1", unread=("mlx5_1/1",)))
    unread = state.snapshot(NOON + 16).nodes["a0"]
    assert [port.is_old for port in unread.ports] == [False, True]


def silent() -> NodeView:
    """A host that was read 50 s ago and is unreachable since."""
    plain_host = host("a0", "r0", rails=2, gpus=2, links=3, peers={"a0/mlx5_0/1": "leaf0/1"})
    why = "unreachable: no route · a0:22"
    old = {"health": Health.UNKNOWN, "is_old": True, "age_s": 50.0, "reason": why}
    reason = {"health": Health.UNKNOWN, "age_s": 50.0, "reason": Reason.UNREACHABLE, "detail": "no route · a0:22"}
    return replace(
        plain_host,
        health=Health.UNKNOWN,
        reason=why,
        error=why,
        age_s=50.0,
        questions=tuple(replace(question, **reason) for question in plain_host.questions),
        ports=tuple(replace(port, **old) for port in plain_host.ports),
        nvlinks=tuple(replace(link, **old) for link in plain_host.nvlinks),
    )


def page(place: Place, width: int) -> list[str]:
    desk = Desk(Still(snapshot([silent(), switch("leaf0", ["a0/mlx5_0/1"])])), NOON)
    desk.trail = Trail((place,))
    return plain(desk.draw(width, 40).lines).splitlines()


@pytest.mark.parametrize("width", [59, 79, 119, 199])
def test_a_nodes_page_says_what_was_and_as_of_when(width: int) -> None:
    lines = page(Place(View.NODE, "a0"), width)
    ports = [line for line in lines if "mlx5_" in line]
    assert ports and all("was Active" in line for line in ports)
    gpus = [line for line in lines if line.startswith(" ? gpu")]
    assert gpus and all("was 3/3 up" in line for line in gpus)
    assert lines.count(" ◌ as of 50 s ago, not read since") == 2


def test_a_node_that_answers_has_no_word_of_the_past() -> None:
    desk = Desk(Still(snapshot([host("a0", "r0")])), NOON)
    desk.trail = Trail((Place(View.NODE, "a0"),))
    said = plain(desk.draw(119, 40).lines)
    assert "was " not in said and "as of" not in said


def test_one_row_that_is_old_among_others_is_counted() -> None:
    gone = drawn_port("a0/mlx5_1/1", Health.MISSING, is_old=True, age_s=40.0)
    desk = Desk(Still(snapshot([host("a0", "r0", rails=2, ports={gone.end: gone})])), NOON)
    desk.trail = Trail((Place(View.NODE, "a0"),))
    lines = plain(desk.draw(119, 40).lines).splitlines()
    assert " ◌ 1 of 2 as of 40 s ago, not read since" in lines
    assert [("was Active" in line) for line in lines if "mlx5_" in line] == [False, True]


@pytest.mark.parametrize("width", [79, 119])
def test_a_links_page_says_it_of_the_end_that_is_old_alone(width: int) -> None:
    lines = page(Place(View.LINK, "a0/mlx5_0/1"), width)
    state = next(line for line in lines if line.startswith("   state"))
    seen = next(line for line in lines if line.startswith("   seen"))
    assert state.count("was Active") == 1 and state.count("Active") == 2
    assert "as of 50 s ago, by its host" in seen and "read 20 s ago, in-band" in seen


def test_nothing_of_what_is_old_has_the_look_of_what_is_now() -> None:
    desk = Desk(Still(snapshot([silent()])), NOON)
    desk.trail = Trail((Place(View.NODE, "a0"),))
    row = next(line for line in desk.draw(119, 40).lines if any("was Active" in span.text for span in line))
    roles = {span.text.strip(): span.role for span in row if span.text.strip()}
    assert {text for text, role in roles.items() if role == OLD} == {"was Active", "400 NDR", "0"}
    assert roles["?"] == "unknown"


def test_the_line_on_the_selection_says_it_too() -> None:
    shown = snapshot([silent()])
    assert "was Active LinkUp · 400 Gb/s · as of 50 s ago" in plain(selection(shown, "a0/mlx5_0/1", 120))
    assert "was up · as of 50 s ago" in plain(selection(shown, "a0/gpu0/nvl1", 120))
    assert "3/3 NVLinks were up · as of 50 s ago" in plain(selection(shown, "a0/gpu0", 120))
    assert "as of 50 s ago" in plain(selection(shown, "a0", 120))


def test_what_never_was_read_is_not_told_to_be_so_and_so_long_ago() -> None:
    never = drawn_port("a0/mlx5_0/1", Health.UNKNOWN, age_s=None, state=PortState())
    said = plain(selection(snapshot([host("a0", "r0", ports={never.end: never})]), never.end, 120))
    assert "not read yet" in said and "ago" not in said


def test_what_a_node_is_wrong_with_is_told_once() -> None:
    assert " ".join(page(Place(View.NODE, "a0"), 119)).count("no route") == 1
