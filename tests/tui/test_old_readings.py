"""What was read once and not again is shown as what it was, never as what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn_fabric import NOON

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect, Inventory, Node
from fabconsole.fabric.table import Kind, NvlinkState, PortState, Table, Width
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.state.fabric import FabricState
from fabconsole.stream.records import Asked, Opening, Reason, Sample, Unanswered

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
