"""A source that says what it is told to, for consoles under test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from drawn_fabric import NOON, Still

from fabconsole.fabric.inventory import InBand, Inventory, Node
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.runbook.audit import Audit
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import CutShort, Exited, Finished, Opening, Output, Record
from fabconsole.stream.source import Order
from fabconsole.stream.wanted import Answers, Settled
from fabconsole.tui.app import FabConsole


def inventory_of(snapshot: Snapshot) -> Inventory:
    """The inventory behind a snapshot; its first host asks in-band."""
    hosts = [node for node in snapshot.nodes.values() if node.platform != "switch"]
    return Inventory(
        fabric=snapshot.fabric,
        nodes={
            node.name: Node(
                name=node.name,
                rack=node.rack or "",
                address=node.name,
                become="sudo -n",
                in_band=InBand(ca="mlx5_0", port=1) if node is hosts[0] else None,
            )
            for node in hosts
        },
    )


class Scripted:
    """Opens with an inventory, answers every order by `answers`, ends or breaks when told to."""

    def __init__(self, inventory: Inventory, answers: Sequence[bytes] = (b"ok\n",), *, ends: bool = True) -> None:
        self.answers = answers
        self.ends = ends
        """False: commands run until they are cancelled."""
        self.orders: list[Order] = []
        self.cancelled: list[str] = []
        self.told: list[tuple[str, tuple[str, ...] | None]] = []
        self.is_closed = False
        self._said: asyncio.Queue[Sequence[Record] | Exception | None] = asyncio.Queue()
        self._said.put_nowait((Opening(at=NOON, inventory=inventory, thresholds=Thresholds()),))

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """Of `Source`."""
        while (batch := await self._said.get()) is not None:
            if isinstance(batch, Exception):
                raise batch
            yield batch

    def say(self, *records: Record) -> None:
        """A batch."""
        self._said.put_nowait(records)

    def stop(self, error: Exception | None = None) -> None:
        """The stream ends, or breaks."""
        self._said.put_nowait(error)

    async def run(self, order: Order) -> None:
        """Of `Source`."""
        self.orders.append(order)
        self.say(*(Output(run=order.run, node=order.node, data=data) for data in self.answers))
        if self.ends:
            self.say(Finished(run=order.run, node=order.node, at=NOON, elapsed_s=1.43, end=Exited(0)))

    async def cancel(self, run: str) -> None:
        """Of `Source`."""
        self.cancelled.append(run)
        self.say(Finished(run=run, node="", at=NOON, elapsed_s=3.0, end=CutShort("cancelled")))

    async def tell(self, id: str, answers: Answers | None) -> None:
        """Of `Source`."""
        self.told.append((id, None if answers is None else answers.reveal()))
        self.say(Settled(id=id, at=NOON))

    async def aclose(self) -> None:
        """Of `Source`."""
        self.is_closed = True
        self.stop()


class Bench:
    """A console on a still fabric, and what it is connected to."""

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        source: Scripted | None = None,
        picture: Still | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.picture = picture or Still(snapshot)
        self.source = source or Scripted(inventory_of(snapshot))
        self.audit = folder / "audit.jsonl"
        self.now = NOON
        self.applied: list[Record] = []
        self.app = FabConsole(
            source_of=lambda: self.source,
            picture=self.picture,
            apply=self.applied.append,
            audit=Audit(self.audit, clock=lambda: self.now),
            clock=clock or (lambda: self.now),
        )
