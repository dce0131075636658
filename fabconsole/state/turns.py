"""Changes of state seen between two polls, told as events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from humanize import naturaldelta

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.table import Kind
from fabconsole.state.row_states import Turn

CLEARED = "counters cleared by somebody else"
MISSED = "missing: the last sweep"
REBOOTED = "rebooted: its counters begin anew"


def told(
    node: str, kind: Kind, turns: Iterable[Turn], at: float, peers: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Event]:
    """One event for each row that went down or came back; `peers` are the far ends by address."""
    for turn in turns:
        said = _nvlink(turn) if kind is Kind.NVLINKS else _port(turn)
        if said is None:
            continue
        severity, text = said
        subject, _, _ = turn.row.partition("/")
        yield Event(
            at=at,
            node=node,
            kind="state",
            severity=severity,
            subject=subject,
            text=f"{_called(turn.row)} {text}",
            peer=peers.get(f"{node}/{turn.row}"),
        )


def rebooted(node: str, at: float) -> Event:
    """A new boot id."""
    return Event(at=at, node=node, kind="state", severity=Severity.WARN, text=REBOOTED)


def cleared(node: str, kind: Kind, rows: Sequence[str], at: float) -> Iterator[Event]:
    """That what these rows counted before is gone; none where nothing is."""
    if rows:
        what = "NVLink" if kind is Kind.NVLINKS else "port"
        said = f"{len(rows)} {what}s" if len(rows) > 1 else _called(rows[0])
        subject = rows[0].partition("/")[0] if len(rows) == 1 else None
        text = f"{CLEARED}: {said}"
        yield Event(at=at, node=node, kind="state", severity=Severity.WARN, subject=subject, text=text)


def clock_jumped(node: str, by_s: float, at: float) -> Event:
    """Its steady clock, the uptime, said what cannot be. Its rates go on, by ours."""
    text = f"its uptime jumped {naturaldelta(by_s)} {'ahead' if by_s > 0 else 'back'}"
    return Event(at=at, node=node, kind="state", severity=Severity.INFO, text=text)


def _called(row: str) -> str:
    """A switch's port is a mere number: `15 link down` would be fifteen links."""
    return f"port {row}" if row.isdigit() else row


def _port(turn: Turn) -> tuple[Severity, str] | None:
    before, after = turn.before.state, turn.after.state
    if after == "Active":
        return Severity.INFO, f"link up (was {before})"
    if after == "Down":
        return Severity.CRIT, "link down"
    return (Severity.WARN, f"{after} (was {before})") if before == "Active" and after else None


def _nvlink(turn: Turn) -> tuple[Severity, str] | None:
    before, after = turn.before.state, turn.after.state
    if after == "up":
        return Severity.INFO, "NVLink up"
    return (Severity.CRIT, "NVLink inactive") if before == "up" and after == "inactive" else None
