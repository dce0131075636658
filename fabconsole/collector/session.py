"""One node's session: its connection made and kept, its lanes asked, its silence noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fabconsole.collector.asking import Asking
from fabconsole.collector.bell import patience
from fabconsole.collector.beside import carry, wait_for_its_turn
from fabconsole.collector.channel import Channel, NoSessionError
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure, undialled
from fabconsole.collector.meter import metered
from fabconsole.collector.own_time import OwnTime
from fabconsole.collector.ramp import LOOK_AGAIN_S, STOOD_S, Entrance, backoff_s
from fabconsole.collector.running import Running
from fabconsole.collector.shared import Shared
from fabconsole.collector.turns import Turns
from fabconsole.collector.way import Waiting
from fabconsole.fabric.inventory import Node
from fabconsole.fabric.printable import printable
from fabconsole.platforms.question import Follower, Inquiry
from fabconsole.stream.records import Reason

SECOND_S = 2.0
"""After its first answer a question is asked again so soon, and at its own rhythm from then on."""

_OF_ALL = frozenset({Reason.JUMP, Reason.WAITING})
"""Failures that are told by what others have found out: to hear of them again dials nothing."""


class Session:
    """One node, from the first connection to the last."""

    def __init__(self, node: Node, number: int, asked: Mapping[Asking, Inquiry | Follower], shared: Shared) -> None:
        self.node = node
        self._number = number
        self._shared = shared
        self._askings = tuple(asked)
        self._turns = Turns(asked, self, shared)
        self._runs: dict[str, Running] = {}
        self._connection: Connection | None = None
        self._failure: Failure | None = None
        self._jump: str | None = None
        self._up_at: float | None = None
        """On the steady clock; None: the last attempt did not come so far."""
        self._fresh: set[Asking] = set()
        """Not answered yet on this connection."""
        self._left = False
        self._heard_at = 0.0
        self._doubted = False

    async def live(self) -> None:
        """Connect, stand, connect again; ends only by being cancelled."""
        attempt = 0
        while True:
            failure = await self._stand()
            if self._left:
                return
            stood = self._shared.monotonic() - self._up_at if self._up_at is not None else 0.0
            self._fail(failure)
            # Behind a jump host the tunnel backs off for all of us, and wakes us when there is news.
            attempt = 1 if stood > STOOD_S or failure.reason in _OF_ALL else attempt + 1
            bells = [self._shared.keyring.news]  # a key that is opened meanwhile may be all that was missing
            if self._jump is not None and failure.reason in _OF_ALL:
                bells.append(self._shared.jumps.news(self._jump, self._number))
            await patience(backoff_s(attempt, failure.reason, self._shared.random), *bells)

    @property
    def connected(self) -> bool:
        """Whether its questions go out to it."""
        return self._connection is not None

    def ask(self, asking: Asking) -> None:
        """A question is due. One record comes of it, now or later; none before the first attempt to connect is over,
        nor where it is still out within its deadline: that asking stands for both.
        """
        if self._connection is not None:
            self._turns.ask(asking)
        elif self._failure is not None:
            self._shared.emit(asking.failed(self._failure, self._shared.clock()))

    def forget(self, running: Running) -> None:
        """A command is over."""
        self._runs.pop(running.order.run, None)

    def run(self, running: Running) -> None:
        """Start a command on the open connection; without one, it is over at once."""
        order = running.order
        if self._connection is None:
            running.stop(self._failure.detail if self._failure else "still connecting")
            return
        self._runs[order.run] = running
        self.watch(running)
        self._shared.tasks.create_task(self._open(running.channel, self._connection))

    def leave(self) -> Connection | None:
        """Be gone from the node; the connection that is cut. Thousands end with the process, and a person waits: what
        runs there ends as where the connection is lost.
        """
        self._left = True
        connection, self._connection = self._connection, None
        for running in tuple(self._runs.values()):
            running.stop("fabconsole is closing")
        if connection is not None:
            connection.cut()
        return connection

    def open(self, channel: Channel) -> None:
        """Of `Way`."""
        if self._connection is not None:
            self._shared.tasks.create_task(self._open(channel, self._connection, asked=self._turns))

    def heard(self) -> None:
        """Of `Way`."""
        self._heard_at = self._shared.monotonic()

    def answered(self, asking: Asking) -> None:
        """Of `Way`: a first answer is followed by a second one soon, because one reading has no rate."""
        if asking in self._fresh:
            self._fresh.discard(asking)
            self._shared.soon(asking, min(SECOND_S, asking.interval_s / 2))

    def soon(self, asking: Asking) -> None:
        """Of `Way`."""
        self._shared.soon(asking, 0.0)

    def quiet_s(self) -> float:
        """Of `Way`: seconds since the node was last heard."""
        return self._shared.monotonic() - self._heard_at

    def watch(self, waiting: Waiting) -> None:
        """Of `Way`."""
        self._shared.waiting[waiting] = None

    def doubt(self) -> None:
        """Of `Way`: an echo decides whether the question was slow or the connection is dead."""
        if self._connection is not None and not self._doubted:
            self._doubted = True
            self._shared.tasks.create_task(self._probe(self._connection))

    async def _stand(self) -> Failure:
        """Connect and stay connected for as long as it goes; why it ended."""
        self._up_at = None
        try:
            connection = await self._connected()
        except NotConnectedError as error:
            return error.failure
        self._up(connection)
        await connection.over()
        async with self._shared.turn:  # thousands may be lost at once: one after the other, and keys in between
            await asyncio.sleep(0)
        failure = await connection.closed()
        self._connection = None
        self._failure = failure
        if self._jump is not None and not self._left:
            return await self._shared.jumps.failed(self._jump, self._number) or failure
        return failure

    async def _connected(self) -> Connection:
        """A login that ended without a word is looked at twice: a node that dies just then does so too."""
        try:
            return await self._connect()
        except NotConnectedError as error:
            if not error.failure.silent or self._failure == error.failure:
                raise
        await asyncio.sleep(LOOK_AGAIN_S)
        return await self._connect()

    async def _connect(self) -> Connection:
        node, shared = self.node, self._shared
        try:
            async with shared.ramp.place(self._number), OwnTime(shared.connect_s).counts():  # a few at a time
                dial = await shared.access.dial(
                    node.address, user=node.user, port=node.port, algorithms=node.algorithms
                )
        except Exception as error:  # of any class: an ssh_config may name a home directory that nobody has
            raise NotConnectedError(undialled(error, node.address, shared.connect_s)) from error
        self._jump = dial.jump
        through = None if dial.jump is None else await shared.jumps.through(dial.jump, self._number)
        try:
            entrance = Entrance(shared.ramp, self._number)  # to wait for a jump host takes nobody's place
            return await shared.keyring.connected(dial, through=through, deadline_s=shared.connect_s, entrance=entrance)
        except NotConnectedError as error:
            if dial.jump is None or error.failure.reason is Reason.WAITING:
                raise
            failure = await shared.jumps.failed(dial.jump, self._number)
            raise NotConnectedError(failure or error.failure) from None

    def _up(self, connection: Connection) -> None:
        self._connection = connection
        metered(connection, self._shared.monotonic)
        self._failure = None
        self._doubted = False
        self._up_at = self._shared.monotonic()
        self._fresh = set(self._askings)
        self.heard()
        self._turns.start()

    def _fail(self, failure: Failure) -> None:
        asked = self._failure != failure and Reason.WAITING in (failure.reason, self._failure and self._failure.reason)
        news = self._up_at is not None or self._failure is None or asked
        self._failure = failure
        for turn in self._turns.every():
            turn.cut(failure)
        for running in tuple(self._runs.values()):
            running.stop(failure.detail)
        if news:  # a sweep that is due in a minute would leave its subnet unseen for so long, and nobody takes over
            for asking in self._askings:
                self.soon(asking)

    async def _probe(self, connection: Connection) -> None:
        if await connection.answers():
            if connection is self._connection:
                self._doubted = False
                self.heard()
                for following in self._turns.followings():
                    following.alive()
        else:
            connection.give_up(connection.unanswered)

    async def _open(self, channel: Channel, connection: Connection, *, asked: Turns | None = None) -> None:
        """Where the connection is lost meanwhile, `_fail` speaks for everything on it. `asked`: it is a question's."""
        try:
            try:
                await channel.open(connection)
            except NoSessionError:
                if asked is not None and asked.one_by_one:
                    await wait_for_its_turn(channel, connection)
                else:
                    await self._beside(channel, connection, asked)
        except Exception as error:  # of any class, see `connection.connected`; shown as FAILED
            if isinstance(error, TimeoutError) and not await connection.answers():
                connection.give_up(connection.unanswered)
            elif connection is self._connection and not connection.is_closed:
                said = f"opens no session: {error}; see MaxSessions in its sshd_config"
                channel.fail(Failure(Reason.FAILED, printable(said), connection.target))

    async def _beside(self, channel: Channel, connection: Connection, asked: Turns | None) -> None:
        """A connection of its own; where none is to be had, the questions take turns, and a diagnostic is not run."""
        failure = await carry(channel, self._connect, quiet_s=self._shared.connect_s)
        if failure is None:
            return
        if asked is None:
            channel.fail(failure)
        elif connection is self._connection and not connection.is_closed and not channel.is_dropped:
            asked.join(failure.said)
