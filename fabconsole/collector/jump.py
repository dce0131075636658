"""The way through jump hosts: connections to them, shared by many nodes, and one failure for all behind one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from fabconsole.collector.connection import Connection, NotConnectedError, connected
from fabconsole.collector.failure import Failure
from fabconsole.collector.options import Access
from fabconsole.collector.ramp import backoff_s
from fabconsole.stream.records import Reason

NODES_EACH = 200
"""Nodes that share one connection to a jump host: its sshd encrypts a connection on one core."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One host of a way."""

    user: str | None
    host: str
    port: int | None


def hops(jump: str) -> tuple[Hop, ...]:
    """`[user@]host[:port][,…]` taken apart; an IPv6 address stands in brackets. Raises ValueError, also on no host."""
    found = tuple(_hop(part.strip()) for part in jump.split(",") if part.strip())
    if not found or not all(hop.host for hop in found):
        raise ValueError(f"jump host {jump!r}: names no host")
    return found


def _hop(text: str) -> Hop:
    text = text.removeprefix("ssh://").rstrip("/")
    user, _, place = text.rpartition("@")
    host, port = place, ""
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        port = rest.removeprefix(":")
    elif place.count(":") == 1:
        host, _, port = place.partition(":")
    if port and not port.isdigit():
        raise ValueError(f"jump host {text}: {port} is no port")
    return Hop(user or None, host, int(port) if port else None)


@dataclass(slots=True)
class _Tunnel:
    """What a group of nodes shares."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    chain: list[Connection] = field(default_factory=list)
    """Connections to each hop, the last one being what nodes are reached through."""
    failure: Failure | None = None
    attempts: int = 0
    not_before: float = 0.0
    """On the steady clock: until then the failure stands and nobody dials."""


class JumpHosts:
    """Every tunnel in use. One that fails is dialled again by whoever needs it, but for all at once and not often."""

    def __init__(self, access: Access, *, deadline_s: float, monotonic: Callable[[], float], random: Random) -> None:
        self._access = access
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._random = random
        self._tunnels: dict[tuple[str, int], _Tunnel] = {}

    async def through(self, jump: str, number: int) -> Connection:
        """The connection that node number `number` is reached through. Raises NotConnectedError with Reason.JUMP."""
        tunnel = self._tunnels.setdefault((jump, number // NODES_EACH), _Tunnel())
        async with tunnel.lock:
            if tunnel.chain and not any(hop.is_closed for hop in tunnel.chain):
                return tunnel.chain[-1]
            if tunnel.failure is not None and self._monotonic() < tunnel.not_before:
                raise NotConnectedError(tunnel.failure)
            await self._dial(tunnel, jump)
            return tunnel.chain[-1]

    async def failed(self, jump: str, number: int) -> Failure | None:
        """The tunnel's failure where a node's connection was lost because of it; None where it still answers.

        Many nodes ask at the same moment; one echo serves them all.
        """
        tunnel = self._tunnels.get((jump, number // NODES_EACH))
        if tunnel is None or not tunnel.chain:
            return None if tunnel is None else tunnel.failure
        async with tunnel.lock:
            if not tunnel.chain:
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

    async def _dial(self, tunnel: _Tunnel, jump: str) -> None:
        tunnel.attempts += 1
        for hop in reversed(tunnel.chain):
            hop.close()
        tunnel.chain = []
        try:
            for to in hops(jump):
                dial = await self._access.dial(to.host, user=to.user, port=to.port)
                through = tunnel.chain[-1] if tunnel.chain else None
                tunnel.chain.append(await connected(dial, through=through, deadline_s=self._deadline_s))
        except NotConnectedError as error:
            raise NotConnectedError(self._failed(tunnel, error.failure)) from None
        except (OSError, ValueError) as error:
            raise NotConnectedError(self._failed(tunnel, Failure(Reason.JUMP, str(error)))) from None
        tunnel.attempts = 0
        tunnel.failure = None

    def _failed(self, tunnel: _Tunnel, failure: Failure) -> Failure:
        """What everybody behind it is told until it is dialled again."""
        for hop in reversed(tunnel.chain):
            hop.close()
        tunnel.chain = []
        whose = f"jump host {failure.target}: " if failure.target else ""
        tunnel.failure = Failure(Reason.JUMP, f"{whose}{failure.said}")
        tunnel.attempts = max(1, tunnel.attempts)
        tunnel.not_before = self._monotonic() + backoff_s(tunnel.attempts, failure.reason, self._random)
        return tunnel.failure
