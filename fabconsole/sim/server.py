"""The SSH servers of the simulated hosts: each host an address on loopback, all on one event loop."""

from __future__ import annotations

import asyncio
import math
import resource
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import asyncssh

from fabconsole.sim.channel import Channel
from fabconsole.sim.machine import Machine

_BACKLOG = 64
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where a host is dialled."""

    host: str
    port: int


class Door(asyncssh.SSHServer):
    """asyncssh's callbacks for one connection. Which host it is for, the address that was dialled tells."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._machine: Machine | None = None
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """asyncssh: somebody has connected."""
        host, port = conn.get_extra_info("sockname")[:2]
        self._machine = self._servers.machines[Address(host, port)]
        self._connection = conn
        self._servers.doors.setdefault(self._machine.host.name, set()).add(self)
        spells = self._machine.frozen()
        if spells is not None and spells.covers(self._machine.now()):
            self.turn_deaf()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncssh: the connection is over."""
        if self._machine is not None:
            self._servers.doors[self._machine.host.name].discard(self)

    def begin_auth(self, username: str) -> bool:
        """asyncssh: whoever it is must prove it, by the key that `authorized_client_keys` names."""
        return True

    def session_requested(self) -> Channel | bool:
        """asyncssh: a session channel is wanted."""
        return Channel(self._machine) if self._machine is not None else False

    def turn_deaf(self) -> None:
        """Read nothing more, as a stopped process would: TCP fills up, nothing is answered."""
        transport = self._transport()
        if transport is not None and transport.is_reading():
            transport.pause_reading()

    def listen_again(self) -> None:
        """Read what has come meanwhile."""
        transport = self._transport()
        if transport is not None and not transport.is_closing() and not transport.is_reading():
            transport.resume_reading()

    def _transport(self) -> asyncio.Transport | None:
        # asyncssh has no public way to stop reading, and a frozen host is just that.
        return self._connection._transport if self._connection is not None else None


class Servers:
    """All listeners, and who is connected."""

    def __init__(self) -> None:
        self.machines: dict[Address, Machine] = {}
        self.doors: dict[str, set[Door]] = {}
        self._acceptors: list[asyncssh.SSHAcceptor] = []

    async def open(
        self, addresses: Mapping[Address, Machine], host_key: asyncssh.SSHKey, client_key: asyncssh.SSHKey
    ) -> None:
        """Listen at every address; only `client_key` is let in. Half a millisecond each."""
        options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: Door(self),
            server_host_keys=[host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(client_key.export_public_key().decode()),
            password_auth=False,
            kbdint_auth=False,
            gss_host=None,
            encryption_algs="^aes128-gcm@openssh.com",
            compression_algs=None,
            encoding=None,
            allow_pty=False,
            login_timeout=30,
            config=None,
        )
        self.machines.update(addresses)
        for address in addresses:
            self._acceptors.append(
                await asyncssh.listen(address.host, address.port, options=options, config=None, backlog=_BACKLOG)
            )
        self._plan_freezes()

    def close(self) -> None:
        """Let go of every address."""
        for acceptor in self._acceptors:
            acceptor.close()

    def _plan_freezes(self) -> None:
        loop = asyncio.get_running_loop()
        for machine in self.machines.values():
            spells = machine.frozen()
            for start, stop in spells.spells if spells is not None else ():
                name, now = machine.host.name, machine.now()
                loop.call_later(max(0.0, start - now), self._freeze, name)
                if math.isfinite(stop):
                    loop.call_later(max(0.0, stop - now), self._thaw, name)

    def _freeze(self, host: str) -> None:
        for door in self.doors.get(host, ()):
            door.turn_deaf()

    def _thaw(self, host: str) -> None:
        for door in self.doors.get(host, ()):
            door.listen_again()


def free_addresses(count: int) -> list[Address]:
    """Addresses nobody listens at: 127.83.x.y on one port; where loopback has one address only, a port each.

    Raises OSError where there are not that many.
    """
    hosts = [f"127.83.{number // 250}.{number % 250 + 1}" for number in range(count)]
    if not _can_bind(hosts[-1], 0):
        return [Address("127.0.0.1", _free_port("127.0.0.1")) for _ in hosts]
    for _ in range(_TRIES):
        port = _free_port(hosts[0])
        if all(_can_bind(host, port) for host in hosts):
            return [Address(host, port) for host in hosts]
    raise OSError(f"no port is free on all of {hosts[0]} to {hosts[-1]}")


def raise_descriptor_limit() -> None:
    """As many connections as the system lets this process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _free_port(host: str) -> int:
    with socket.socket() as sock:
        sock.bind((host, 0))
        port: int = sock.getsockname()[1]
        return port


def _can_bind(host: str, port: int) -> bool:
    with socket.socket() as sock:
        try:
            sock.bind((host, port))
        except OSError:
            return False
        return True
