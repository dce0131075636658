"""The way through jump hosts as it is written for ssh, taken apart."""

from __future__ import annotations

from dataclasses import dataclass


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
