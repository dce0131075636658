"""Devices that left a node's listing, and that came back: one event a device, not one a port or link of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.state.block import Block, Seen
from fabconsole.state.port_rows import renamed


def moved(blocks: Iterable[Block]) -> dict[str, str]:
    """HCAs that are listed under another name now, and that name."""
    rows = ((block.rows[row], name) for block in blocks for row, name in renamed(block))
    return {_device(row): _device(name) for row, name in rows}


def missing(blocks: Iterable[Block]) -> frozenset[str]:
    """HCAs and GPUs that were listed once, of which nothing is listed any more."""
    gone: set[str] = set()
    for block in blocks:
        if block.behind:
            left = {_device(block.rows[row]) for row, (seen, _) in block.behind.items() if seen is Seen.GONE}
            there = {_device(name) for row, name in enumerate(block.rows) if block.seen(row) is not Seen.GONE}
            gone |= left - there
    return frozenset(gone)


def told(
    node: str,
    before: frozenset[str],
    now: frozenset[str],
    moved: tuple[Mapping[str, str], Mapping[str, str]],
    at: float,
) -> Iterator[Event]:
    """What left between two listings, what came back, and what was `moved`, before and now, to another name."""
    for device in sorted(now - before):
        if device not in moved[1]:
            yield _event(node, device, Severity.CRIT, f"{device} missing: no longer listed by its node", at)
    for device, name in sorted(moved[1].items() - moved[0].items()):
        yield _event(node, name, Severity.INFO, f"{device} is listed as {name} now", at)
    for device in sorted(before - now):
        yield _event(node, device, Severity.INFO, f"{device} listed again", at)


def _event(node: str, device: str, severity: Severity, text: str, at: float) -> Event:
    return Event(at=at, node=node, kind="state", severity=severity, subject=device, text=text)


def _device(row: str) -> str:
    return row.partition("/")[0]
