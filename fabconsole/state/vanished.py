"""Devices that left a node's listing, and that came back: one event a device, not one a port or link of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.state.block import Block, Seen


def missing(blocks: Iterable[Block]) -> frozenset[str]:
    """HCAs and GPUs that were listed once, of which nothing is listed any more."""
    gone: set[str] = set()
    for block in blocks:
        if block.behind:
            left = {_device(block.rows[row]) for row, (seen, _) in block.behind.items() if seen is Seen.GONE}
            there = {_device(name) for row, name in enumerate(block.rows) if block.seen(row) is not Seen.GONE}
            gone |= left - there
    return frozenset(gone)


def told(node: str, before: frozenset[str], now: frozenset[str], at: float) -> Iterator[Event]:
    """What left between two listings, and what came back."""
    for device in sorted(now - before):
        yield _event(node, device, Severity.CRIT, f"{device} missing: no longer listed by its node", at)
    for device in sorted(before - now):
        yield _event(node, device, Severity.INFO, f"{device} listed again", at)


def _event(node: str, device: str, severity: Severity, text: str, at: float) -> Event:
    return Event(at=at, node=node, kind="state", severity=severity, subject=device, text=text)


def _device(row: str) -> str:
    return row.partition("/")[0]
