"""The live source of records: every node of an inventory, asked over SSH."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from random import Random, SystemRandom

from fabconsole.collector.asking import Asking, askings
from fabconsole.collector.broken import broken
from fabconsole.collector.heap import give_back_large_blocks
from fabconsole.collector.jump import JumpHosts
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Access
from fabconsole.collector.outbox import Outbox
from fabconsole.collector.prompts import Prompts
from fabconsole.collector.ramp import Ramp, racks_first
from fabconsole.collector.running import Running
from fabconsole.collector.schedule import Schedule, slot_for
from fabconsole.collector.session import Session
from fabconsole.collector.shared import Shared
from fabconsole.collector.sweepers import Rota, takeover
from fabconsole.collector.way import Waiting
from fabconsole.fabric.clock import Slices, SteadyClock, elapsed
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import Inventory, Node
from fabconsole.fabric.printable import printable
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.platforms import registry
from fabconsole.platforms.question import Follower, Inquiry, Question
from fabconsole.stream.records import Asked, Credential, Opening, Record, Sweep, Unanswered
from fabconsole.stream.source import Order
from fabconsole.stream.wanted import Answers

LEAVE_S = 0.5
"""How long `aclose` waits for what it has cut short; the process ends then, and the system closes what is left."""

APART = 0.37
"""Questions of one node lie this share of their interval apart, so that they do not start in the same slot."""


class Collector:
    """A `stream.source.Source` over SSH. One event loop, one reader of `records`.

    `questions` and `inquiry` say what a node is asked; they are the platforms' unless a test has its own.
    """

    def __init__(
        self,
        inventory: Inventory,
        thresholds: Thresholds,
        *,
        clock: Callable[[], float] | None = None,
        monotonic: Callable[[], float] = elapsed,
        random: Random | None = None,
        questions: Callable[[Node], Sequence[Question]] = registry.questions,
        inquiry: Callable[[Question, Node], Inquiry | Follower] = registry.inquiry,
    ) -> None:
        self._inventory = inventory
        self._thresholds = thresholds
        self._clock = clock or SteadyClock()
        self._monotonic = monotonic
        self._random = random or SystemRandom()
        self._outbox = Outbox()
        self._prompts = Prompts(self._outbox.put_now, self._clock)
        self._waiting: dict[Waiting, None] = {}
        self._sessions: dict[str, Session] = {}
        self._runs: dict[tuple[str, str], Running] = {}
        self._asked = {
            node.name: askings(node, inventory.poll, questions, inquiry) for node in inventory.nodes.values()
        }
        self._schedule: Schedule[Asking] = Schedule(
            slot_for(asking.interval_s for askings in self._asked.values() for asking in askings)
        )
        self._rota = Rota(inventory.nodes, self._asked)
        self._jumps: JumpHosts | None = None
        self._main: asyncio.Task[None] | None = None
        self._closing = False
        self._told: dict[str, float] = {}
        """Certificates of ours, and until when, as last told."""

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """Of `Source`. Raises SourceError where a key or configuration file of ours cannot be used."""
        if self._main is not None:
            raise SourceError("the stream has one reader, and has been started before")
        give_back_large_blocks()
        access = Access(self._inventory.ssh)
        self._outbox.put_now(self._opening())
        self._main = asyncio.create_task(self._live(access), name="collector")
        while batch := await self._outbox.batch():
            yield batch
        if not self._closing:
            await self._broken(self._main)

    async def run(self, order: Order) -> None:
        """Of `Source`."""
        running = Running(order, self._outbox.put, self._ran, clock=self._clock, monotonic=self._monotonic)
        self._runs[order.run, order.node] = running
        session = self._sessions.get(order.node)
        if session is None:
            running.stop("no such node, or nothing is connected yet")
        else:
            session.run(running)

    async def cancel(self, run: str) -> None:
        """Of `Source`."""
        for running in [running for (name, _), running in self._runs.items() if name == run]:
            running.stop("cancelled")

    async def tell(self, id: str, answers: Answers | None) -> None:
        """Of `Source`."""
        self._prompts.tell(id, answers)

    async def aclose(self) -> None:
        """Of `Source`."""
        if self._closing:
            return
        self._closing = True
        left = [connection for session in self._sessions.values() if (connection := session.leave()) is not None]
        if self._main is not None:
            self._main.cancel()
            await asyncio.wait([self._main], timeout=LEAVE_S)  # what broke it, `records` has told
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                for connection in left:
                    await connection.over()
        if self._jumps is not None:
            self._jumps.close()
        self._outbox.close()

    async def _broken(self, main: asyncio.Task[None]) -> None:
        """It ended by itself, which it never should."""
        try:
            await main
        except Exception as error:
            raise broken(error) from error

    async def _live(self, access: Access) -> None:
        """Everything that happens, as one tree of tasks: it ends with this one."""
        try:
            async with asyncio.TaskGroup() as tasks:
                shared, slices = self._share(access, tasks), Slices()
                for number, name in enumerate(racks_first(self._inventory)):
                    session = Session(self._inventory.nodes[name], number, self._asked[name], shared)
                    self._sessions[name] = session
                    await slices.breathe()
                self._spread()
                for session in self._sessions.values():
                    tasks.create_task(session.live(), name=f"session {session.node.name}")
                    await slices.breathe()
                tasks.create_task(access.watch_agents(), name="agents")
                await self._keep_asking(access)
        finally:
            if not self._closing:
                self._outbox.close()

    async def _keep_asking(self, access: Access) -> None:
        """The one wake-up: at every slot, ask what is due and write off what is late."""
        while True:
            now, slices = self._monotonic(), Slices()  # after a stop, of us or of many nodes, all is due at once
            if not self._outbox.full:
                for asking in self._schedule.due(now):
                    session = self._sessions[asking.node]
                    if self._rota.due(asking, now, connected=session.connected):
                        session.ask(asking)
                    await slices.breathe()
                for hanging in self._rota.overdue(now, self._clock()):
                    self._tell_failed(hanging)
                self._tell_who_is_asked()
                self._tell_what_runs_out(access)
            for waiting in tuple(self._waiting):
                if not waiting.expire(now):
                    del self._waiting[waiting]
                await slices.breathe()
            await asyncio.sleep(self._schedule.wait_s(self._monotonic()))

    def _spread(self) -> None:
        """Give every question its share of its interval, evenly over the nodes."""
        for number, name in enumerate(self._sessions):
            for place, asking in enumerate(self._asked[name]):
                share = (number / len(self._sessions) + place * APART) % 1.0
                self._schedule.add(asking, interval_s=asking.interval_s, share=share)

    def _share(self, access: Access, tasks: asyncio.TaskGroup) -> Shared:
        connect_s = self._inventory.poll.timeout_s
        keyring = Keyring(self._prompts, tasks, clock=self._clock)
        self._jumps = JumpHosts(
            access, keyring, self._prompts, tasks, deadline_s=connect_s, monotonic=self._monotonic, random=self._random
        )
        return Shared(
            outbox=self._outbox,
            emit=self._tell,
            access=access,
            keyring=keyring,
            jumps=self._jumps,
            ramp=Ramp(),
            tasks=tasks,
            waiting=self._waiting,
            soon=lambda asking, after_s: self._schedule.soon(asking, self._monotonic() + after_s),
            connect_s=connect_s,
            clock=self._clock,
            monotonic=self._monotonic,
            random=self._random,
        )

    def _opening(self) -> Opening:
        asked = {
            name: tuple(Asked(one.question.name, one.interval_s) for one in askings if not self._rota.rests(one))
            for name, askings in self._asked.items()
        }
        return Opening(at=self._clock(), inventory=self._inventory, thresholds=self._thresholds, asked=asked)

    def _tell(self, record: Record) -> None:
        """What an asking ended in."""
        if isinstance(record, Unanswered):
            self._tell_failed(record)
            return
        self._outbox.put(record)
        if isinstance(record, Sweep):
            self._rota.swept(record.node, record.latency_s)
            self._tell_who_is_asked()

    def _tell_failed(self, failure: Unanswered) -> None:
        """Who takes a failed sweep over is told before it: the subnet is not blind then."""
        relief = self._rota.failed(failure)
        self._tell_who_is_asked()
        self._outbox.put(failure)
        if relief is not None:
            self._outbox.put(takeover(relief, failure))
            self._schedule.soon(relief, self._monotonic())

    def _tell_what_runs_out(self, access: Access) -> None:
        gone = dict.fromkeys(self._told, math.inf)
        for name, until in (gone | access.certificates).items():
            if self._told.get(name) != until:
                self._told[name] = until
                self._outbox.put(Credential(at=self._clock(), name=printable(name), until=until))

    def _tell_who_is_asked(self) -> None:
        if self._rota.changed():
            self._outbox.put(self._opening())

    def _ran(self, running: Running) -> None:
        order = running.order
        self._runs.pop((order.run, order.node), None)
        session = self._sessions.get(order.node)
        if session is not None:
            session.forget(running)
