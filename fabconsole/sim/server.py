"""The SSH servers of the simulated hosts: each host an address on loopback, all on one event loop."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

import asyncssh

from fabconsole.sim.channel import Channel
from fabconsole.sim.doorman import Doorman
from fabconsole.sim.gate import Gate, Listen
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

_BACKLOG = 64
_TRIES = 20
_NO_KEYS = asyncssh.import_authorized_keys("")
_AT_ONCE = struct.pack("ii", 1, 0)
"""`struct linger`: nothing is waited for, a close is a reset."""


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
        if self._machine.silent_until() is not None:
            self.turn_deaf()
        if self._machine.behaves(Manner.REFUSING):
            self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncssh: the connection is over."""
        if self._machine is not None:
            self._servers.doors[self._machine.host.name].discard(self)

    def begin_auth(self, username: str) -> bool:
        """asyncssh: whoever it is must prove it, by the key that `authorized_client_keys` names."""
        if self._connection is not None and self._machine is not None and self._machine.behaves(Manner.LOCKED):
            self._connection.set_authorized_keys(_NO_KEYS)
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

    def hang_up(self) -> None:
        """End the connection as a kernel does whose program is gone: by a reset, whatever is still unsaid."""
        transport = self._transport()
        if transport is not None:
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()

    def _transport(self) -> asyncio.Transport | None:
        # asyncssh has no public way to stop reading, and a frozen host is just that.
        return self._connection._transport if self._connection is not None else None


class Doors:
    """Everybody who is connected to one host."""

    def __init__(self, servers: Servers, host: str) -> None:
        self._servers = servers
        self._host = host

    def turn_deaf(self) -> None:
        """See `Door`."""
        for door in self._all():
            door.turn_deaf()

    def listen_again(self) -> None:
        """See `Door`."""
        for door in self._all():
            door.listen_again()

    def hang_up(self) -> None:
        """See `Door`."""
        for door in self._all():
            door.hang_up()

    def _all(self) -> list[Door]:
        return list(self._servers.doors.get(self._host, ()))


class Servers:
    """All listeners, and who is connected."""

    def __init__(self) -> None:
        self.machines: dict[Address, Machine] = {}
        self.doors: dict[str, set[Door]] = {}
        self._gates: list[Gate] = []
        self._doormen: list[Doorman] = []

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
        other_key = asyncssh.generate_private_key(host_key.get_algorithm())
        self.machines.update(addresses)
        for address, machine in addresses.items():
            gate = Gate(address.host, address.port, _listening(address, machine, options, other_key))
            await gate.open()
            self._gates.append(gate)
            if machine.manners:  # of those without GATED ones the gate is never turned
                self._doormen.append(Doorman(machine, gate, Doors(self, machine.host.name)))
        for doorman in self._doormen:
            doorman.begin()

    def close(self) -> None:
        """Let go of every address."""
        for doorman in self._doormen:
            doorman.end()
        for gate in self._gates:
            gate.close()


def _listening(
    address: Address, machine: Machine, options: asyncssh.SSHServerConnectionOptions, other_key: asyncssh.SSHKey
) -> Listen:
    """How to listen for `machine`: with another host key than `options` has while it is REKEYED."""

    async def listen() -> asyncssh.SSHAcceptor:
        keys = {"server_host_keys": [other_key]} if machine.behaves(Manner.REKEYED) else {}
        return await asyncssh.listen(address.host, address.port, options=options, config=None, backlog=_BACKLOG, **keys)

    return listen


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
