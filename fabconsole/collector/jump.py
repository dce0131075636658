"""The way through jump hosts: connections to them, shared by many nodes, and one failure for all behind one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure
from fabconsole.collector.gates import Gates
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Access
from fabconsole.collector.prompts import Prompts
from fabconsole.collector.ramp import backoff_s
from fabconsole.collector.route import route
from fabconsole.collector.second_factor import GRACE_S
from fabconsole.stream.records import Reason

NODES_EACH = 200
"""Nodes that share one connection to a jump host: its sshd encrypts a connection on one core."""


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
    attempts: int = 0
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
        tunnel = self._tunnels.setdefault((jump, number // NODES_EACH), Tunnel(jump))
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
            hop.give_up(f"no answer to an echo within {self._deadline_s:g} s")
            return self._failed(tunnel, await hop.closed())

    def close(self) -> None:
        """Leave every jump host."""
        for tunnel in self._tunnels.values():
            for hop in reversed(tunnel.chain):
                hop.close()

    async def _dial(self, tunnel: Tunnel) -> None:
        tunnel.attempts += 1
        try:
            way = await route(self._access, tunnel.way)
            hops = tuple(stage.hop for stage in way)
            for number, stage in enumerate(way, 1):
                through = tunnel.chain[-1] if tunnel.chain else None
                tunnel.chain.append(await self._gates.enter(tunnel, hops[:number], stage.dial, through))
        except NotConnectedError as error:
            self._failed(tunnel, error.failure)
        except (OSError, ValueError) as error:
            self._failed(tunnel, Failure(Reason.JUMP, str(error)))
        else:
            tunnel.attempts = 0
            tunnel.failure = None
        finally:
            tunnel.dialling = None
            tunnel.told.set()

    def _failed(self, tunnel: Tunnel, failure: Failure) -> Failure:
        """What everybody behind it is told until it is dialled again."""
        self._leave(tunnel)
        if failure.reason is Reason.WAITING:
            tunnel.failure = Failure(Reason.WAITING, failure.detail)
        else:
            whose = f"jump host {failure.target}: " if failure.target else ""
            tunnel.failure = Failure(Reason.JUMP, f"{whose}{failure.said}")
        tunnel.attempts = max(1, tunnel.attempts)
        tunnel.not_before = self._monotonic() + backoff_s(tunnel.attempts, failure.reason, self._random)
        return tunnel.failure

    def _leave(self, tunnel: Tunnel) -> None:
        """Take leave of its hops, but for those that others use and a person would have to be asked for again."""
        for hop in reversed(tunnel.chain):
            if hop.is_closed or not self._gates.is_shared(hop):
                hop.close()
        tunnel.chain = []
