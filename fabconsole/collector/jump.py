"""The way through jump hosts: connections to them, shared by many nodes, and one failure for all behind one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from fabconsole.collector.bell import Bell
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure, hanging
from fabconsole.collector.gates import Gates
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Access
from fabconsole.collector.own_time import OwnTime
from fabconsole.collector.prompts import Prompts
from fabconsole.collector.ramp import STOOD_S, backoff_s
from fabconsole.collector.route import route
from fabconsole.collector.second_factor import GRACE_S
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

NODES_EACH = 200
"""Nodes that share one connection to a jump host: its sshd encrypts a connection on one core."""

LATER_S = 0.05
"""After it is time to dial again, so that it is by whatever clock."""


@dataclass(slots=True, eq=False)
class Tunnel:
    """What a group of nodes shares."""

    way: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Of the echo that serves all who doubt it at once."""
    chain: list[Connection] = field(default_factory=list)
    """Connections to each hop, the last one being what nodes are reached through."""
    dialling: asyncio.Task[None] | None = None
    told: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once there is something to tell whoever waits for it: it stands, it failed, or a person is asked."""
    failure: Failure | None = None
    news: Bell = field(default_factory=Bell)
    """Rings when it stands, or something else is to be told than before; for one of all, when it is time to dial."""
    attempts: int = 0
    """How often it was dialled since it last stood for long."""
    up_at: float | None = None
    """On the steady clock; None: it has not stood since it failed."""
    not_before: float = 0.0
    """On the steady clock: until then the failure stands and nobody dials."""
    version: int = 0
    """The keyring's when it was dialled last: with another key it is worth another look."""

    @property
    def stands(self) -> bool:
        """True while nodes are reached through it."""
        return self.dialling is None and bool(self.chain) and not any(hop.is_closed for hop in self.chain)

    def waits(self, failure: Failure) -> None:
        """Of `Waiter`."""
        self.failure = failure
        self.told.set()
        self.news.ring()


class JumpHosts:
    """Every tunnel in use. One that fails is dialled again by whoever needs it, but for all at once and not often."""

    def __init__(
        self,
        access: Access,
        keyring: Keyring,
        prompts: Prompts,
        tasks: asyncio.TaskGroup,
        *,
        deadline_s: float,
        monotonic: Callable[[], float],
        random: Random,
        grace_s: float = GRACE_S,
    ) -> None:
        self._access = access
        self._keyring = keyring
        self._tasks = tasks
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._random = random
        self._tunnels: dict[tuple[str, int], Tunnel] = {}
        self._gates = Gates(keyring, prompts, deadline_s=deadline_s, random=random, grace_s=grace_s)

    async def through(self, jump: str, number: int) -> Connection:
        """The connection that node number `number` is reached through. Raises NotConnectedError, with Reason.JUMP, or
        with Reason.WAITING while a person is asked: nobody waits for that here.
        """
        tunnel = self._tunnel(jump, number)
        if tunnel.stands:
            return tunnel.chain[-1]
        if tunnel.dialling is None:
            again = self._monotonic() >= tunnel.not_before or tunnel.version != self._keyring.version
            if tunnel.failure is not None and not again:
                raise NotConnectedError(tunnel.failure)
            self._leave(tunnel)
            tunnel.told.clear()
            tunnel.version = self._keyring.version
            tunnel.dialling = self._tasks.create_task(self._dial(tunnel), name=f"jump host {jump}")
        await tunnel.told.wait()
        if tunnel.stands:
            return tunnel.chain[-1]
        raise NotConnectedError(tunnel.failure or Failure(Reason.JUMP, "lost as soon as it stood"))

    def news(self, jump: str, number: int) -> Bell:
        """Rings when it is worth going `through` again."""
        return self._tunnel(jump, number).news

    async def failed(self, jump: str, number: int) -> Failure | None:
        """The tunnel's failure where a node's connection was lost because of it; None where it still answers.

        Many nodes ask at the same moment; one echo serves them all.
        """
        tunnel = self._tunnels.get((jump, number // NODES_EACH))
        if tunnel is None:
            return None
        async with tunnel.lock:
            if tunnel.dialling is not None or not tunnel.chain:
                return tunnel.failure
            lost = next((hop for hop in tunnel.chain if hop.is_closed), None)
            if lost is None and await tunnel.chain[-1].answers():
                return None
            hop = lost or tunnel.chain[-1]
            hop.give_up(hop.unanswered)
            return self._failed(tunnel, await hop.closed())

    def close(self) -> None:
        """Leave every jump host."""
        for tunnel in self._tunnels.values():
            for hop in reversed(tunnel.chain):
                hop.close()
        self._gates.close()

    def _tunnel(self, jump: str, number: int) -> Tunnel:
        return self._tunnels.setdefault((jump, number // NODES_EACH), Tunnel(jump))

    async def _dial(self, tunnel: Tunnel) -> None:
        tunnel.attempts += 1
        try:
            async with OwnTime(self._deadline_s).counts():
                way = await route(self._access, tunnel.way)
            hops = tuple(stage.hop for stage in way)
            for number, stage in enumerate(way, 1):
                through = tunnel.chain[-1] if tunnel.chain else None
                tunnel.chain.append(await self._gates.enter(tunnel, hops[:number], stage.dial, through))
        except NotConnectedError as error:
            self._failed(tunnel, error.failure)
        except TimeoutError:
            self._failed(tunnel, hanging("ssh_config", self._deadline_s))
        except Exception as error:  # of any class, as for a node
            self._failed(tunnel, Failure(Reason.JUMP, printable(str(error))))
        else:
            tunnel.up_at = self._monotonic()
            tunnel.failure = None
            tunnel.news.ring()
        finally:
            tunnel.dialling = None
            tunnel.told.set()

    def _failed(self, tunnel: Tunnel, failure: Failure) -> Failure:
        """What everybody behind it is told until it is dialled again."""
        self._leave(tunnel)
        before, tunnel.failure = tunnel.failure, _of_all(failure)
        if tunnel.up_at is not None and self._monotonic() - tunnel.up_at > STOOD_S:
            tunnel.attempts = 1
        tunnel.up_at = None
        wait_s = backoff_s(tunnel.attempts, failure.reason, self._random)
        tunnel.not_before = self._monotonic() + wait_s
        asyncio.get_running_loop().call_later(wait_s + LATER_S, tunnel.news.ring_one)
        if tunnel.failure != before:
            tunnel.news.ring()
        return tunnel.failure

    def _leave(self, tunnel: Tunnel) -> None:
        """Take leave of its hops, but for those that others use and a person would have to be asked for again."""
        for hop in reversed(tunnel.chain):
            if hop.is_closed or not self._gates.is_shared(hop):
                hop.close()
        tunnel.chain = []


def _of_all(failure: Failure) -> Failure:
    """What the nodes behind it say."""
    if failure.reason is Reason.WAITING:
        return Failure(Reason.WAITING, failure.detail)
    whose = f"jump host {failure.target}: " if failure.target else ""
    return Failure(Reason.JUMP, f"{whose}{failure.said}")
