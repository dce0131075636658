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
    kept: tuple[socket.socket, ...] = ()
    """One at each address of who listens for itself, without listening: so nobody else gets its port meanwhile."""

    def close(self) -> None:
        """Let go of all of it."""
        for sock in (self.sock, *self.kept):
            if sock is not None:
                sock.close()


def open_doorway(hosts: Sequence[Host], apart: Container[str] = ()) -> Doorway:
    """An address for each host: 127.83.x.y at the port of one socket, for those `apart` at a port without one.

    Where the system has no such socket, everybody is apart, at 127.0.0.1 and a port each. Raises OSError where there
    are not enough addresses.
    """
    sock = _shared()
    if sock is None:
        kept = tuple(_kept("127.0.0.1", 0) for _ in hosts)
        return Doorway(None, {host.name: _address(own) for host, own in zip(hosts, kept, strict=True)}, kept)
    port = _address(sock).port
    addresses = {host.name: Address(_dialled(host), port) for host in hosts}
    alone = [host for host in hosts if host.name in apart]
    kept = _kept_at_one_port([_dialled(host) for host in alone])
    addresses |= {host.name: _address(own) for host, own in zip(alone, kept, strict=True)}
    return Doorway(sock, addresses, kept)


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


def _address(sock: socket.socket) -> Address:
    return Address(*sock.getsockname())


def _kept_at_one_port(hosts: Sequence[str]) -> tuple[socket.socket, ...]:
    """A socket at each of these, at a port that is free on all of them."""
    for _ in range(_TRIES):
        kept: list[socket.socket] = []
        try:
            for host in hosts:
                kept.append(_kept(host, _address(kept[0]).port if kept else 0))
        except OSError:
            for sock in kept:
                sock.close()
        else:
            return tuple(kept)
    raise OSError(f"no port is free on all of {hosts[0]} to {hosts[-1]}")


def _kept(host: str, port: int) -> socket.socket:
    """Bound, and never to listen: whoever dials is refused, and who says SO_REUSEADDR too may listen there."""
    sock = socket.socket()
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
