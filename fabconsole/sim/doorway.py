"""Where simulated hosts are dialled: one socket for all hosts of a shard, on loopback alone."""

from __future__ import annotations

import socket
from collections.abc import Container, Sequence
from dataclasses import dataclass

from fabconsole.sim.wiring import Host

_TRIES = 20
_LOOPBACK = b"lo\0"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a host is dialled."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Doorway:
    """The way into some hosts. Whoever is not dialled at `sock` listens for itself."""

    sock: socket.socket | None
    addresses: dict[str, Address]
    """By host."""

    def close(self) -> None:
        """Let go of the socket."""
        if self.sock is not None:
            self.sock.close()


def open_doorway(hosts: Sequence[Host], apart: Container[str] = ()) -> Doorway:
    """An address for each host: 127.83.x.y at the port of one socket, for those `apart` at a port without one.

    Where the system has no such socket, everybody is apart, at 127.0.0.1 and a port each. Raises OSError where there
    are not enough addresses.
    """
    sock = _shared()
    if sock is None:
        return Doorway(None, {host.name: Address("127.0.0.1", _free_port("127.0.0.1")) for host in hosts})
    alone = [_dialled(host) for host in hosts if host.name in apart]
    own_port = _common_port(alone) if alone else 0
    port: int = sock.getsockname()[1]
    return Doorway(
        sock, {host.name: Address(_dialled(host), own_port if host.name in apart else port) for host in hosts}
    )


def _shared() -> socket.socket | None:
    """A socket that takes connections to any 127.x.y.z: the one that was dialled is the accepted socket's own name.

    A listener a host would cost a descriptor and half a millisecond each; this one costs a port a shard. Bound to the
    wildcard it would be open to strangers, so it is bound to the device `lo` too, which Linux lets anybody do since
    5.7: the kernel itself then refuses what comes by any other interface, and what is dialled here at the address of
    another, before there is a connection. Another 127.x.y.z than a host's is closed unheard (`server.Door`). None
    where there is no such thing: other systems have one address on loopback, older kernels want root.
    """
    device = getattr(socket, "SO_BINDTODEVICE", None)
    if device is None:
        return None
    sock = socket.socket()
    try:
        sock.setsockopt(socket.SOL_SOCKET, device, _LOOPBACK)
    except OSError:
        sock.close()
        return None
    sock.bind(("0.0.0.0", 0))  # noqa: S104 - see above
    return sock


def _dialled(host: Host) -> str:
    return f"127.83.{host.index // 250}.{host.index % 250 + 1}"


def _common_port(hosts: Sequence[str]) -> int:
    """A port that nobody listens at on any of these."""
    for _ in range(_TRIES):
        port = _free_port(hosts[0])
        if all(_can_bind(host, port) for host in hosts):
            return port
    raise OSError(f"no port is free on all of {hosts[0]} to {hosts[-1]}")


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
