"""The SSH servers of a shard's hosts: each host an address on loopback, all on one event loop."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from collections.abc import Mapping

import asyncssh

from fabconsole.sim.channel import Channel
from fabconsole.sim.doorman import Doorman
from fabconsole.sim.doorway import Address
from fabconsole.sim.gate import Gate, Listen
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

_BACKLOG = 64
_BACKLOG_OF_ALL = 4096
"""Whoever finds the queue full tries again a second later; the system caps it (net.core.somaxconn)."""
_NO_KEYS = asyncssh.import_authorized_keys("")
_AT_ONCE = struct.pack("ii", 1, 0)
"""`struct linger`: nothing is waited for, a close is a reset."""


class Door(asyncssh.SSHServer):
    """asyncssh's callbacks for one connection. Which host it is for, the address that was dialled tells."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._machine: Machine | None = None
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """asyncssh: somebody has connected. Who dialled what is no host's address does not hear a byte."""
        host, port = conn.get_extra_info("sockname")[:2]
        self._machine = self._servers.machines.get(Address(host, port))
        self._connection = conn
        if self._machine is None:
            conn.abort()
            return
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
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._gates: list[Gate] = []
        self._doormen: list[Doorman] = []

    async def open(
        self,
        addresses: Mapping[Address, Machine],
        sock: socket.socket | None,
        host_key: asyncssh.SSHKey,
        client_key: asyncssh.SSHKey,
    ) -> None:
        """Listen at every address, at those of `sock` by it; only `client_key` is let in."""
        options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: Door(self),
            server_host_keys=[host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(client_key.export_public_key().decode()),
            password_auth=False,
            kbdint_auth=False,
            gss_host=None,
            encryption_algs="^aes128-gcm@openssh.com",
            kex_algs="curve25519-sha256,curve25519-sha256@libssh.org",  # with ML-KEM each side spends an eighth more
            compression_algs=None,
            encoding=None,
            allow_pty=False,
            login_timeout=30,
            config=None,
        )
        other_key = asyncssh.generate_private_key(host_key.get_algorithm())
        self.machines.update(addresses)
        shared: int | None = None
        if sock is not None:
            shared = sock.getsockname()[1]
            self._acceptor = await asyncssh.listen(sock=sock, options=options, config=None, backlog=_BACKLOG_OF_ALL)
        for address, machine in addresses.items():
            gate = None
            if address.port != shared:
                gate = Gate(address.host, address.port, _listening(address, machine, options, other_key))
                await gate.open()
                self._gates.append(gate)
            if machine.manners:
                self._doormen.append(Doorman(machine, gate, Doors(self, machine.host.name)))
        for doorman in self._doormen:
            doorman.begin()

    def close(self) -> None:
        """Let go of every address."""
        for doorman in self._doormen:
            doorman.end()
        for gate in self._gates:
            gate.close()
        if self._acceptor is not None:
            self._acceptor.close()


def _listening(
    address: Address, machine: Machine, options: asyncssh.SSHServerConnectionOptions, other_key: asyncssh.SSHKey
) -> Listen:
    """How to listen for `machine`: with another host key than `options` has while it is REKEYED."""

    async def listen() -> asyncssh.SSHAcceptor:
        keys = {"server_host_keys": [other_key]} if machine.behaves(Manner.REKEYED) else {}
        return await asyncssh.listen(address.host, address.port, options=options, config=None, backlog=_BACKLOG, **keys)

    return listen


def raise_descriptor_limit() -> None:
    """As many connections as the system lets this process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
