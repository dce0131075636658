"""The matrix as the README has it: what goes wrong, what the screen says, how it recovers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matrix_faults import FAULTS

from fabconsole.stream.records import Reason

_RECOVERS = {
    Reason.UNREACHABLE: "connected to again, within half a minute",
    Reason.UNTRUSTED: "connected to again within a minute of the known key being there",
    Reason.STUCK: "asked again as soon as it is over, and never beside it",
    Reason.OVERFLOW: "asked again after a rest that grows, to a minute at most",
    None: "nothing to recover from",
}
_ASKED_AGAIN = "asked again when it is next due"


@dataclass(frozen=True)
class Row:
    """One line. Its test holds that the screen `says` so, and that it recovers."""

    name: str
    says: str
    recovers: str


REBOOTED = Row("rebooted", "rebooted: its counters begin anew", "rates from the second reading on, none across it")
CLEARED = Row("counters cleared by somebody else", "reset", "counts on from there, and never below zero")
RENUMBERED = Row("an HCA gone, and back by another number", "which calls its card", "read by its new name at once")
JUMPED = Row("an uptime that jumps", "its uptime jumped", "rates go on by our clock")
MISDATED = Row("a wall clock hours off", "", "kernel messages are dated by our clock")
D_STATE = Row(
    "an nvidia-smi in D state, over lost connections", "still runs there; not asked again", _RECOVERS[Reason.STUCK]
)
ASTRAY = Row("a name that leads to another host", "does the name lead to another host?", _RECOVERS[Reason.UNTRUSTED])
EVIL = Row("escapes and markup in any text of a node", "", "`·` stands for what is no text, markup stands as it is")


def rows() -> Iterator[Row]:
    """Every line; faults of which the same is said are one."""
    alike: dict[tuple[str, str], list[str]] = {}
    for fault in FAULTS:
        word = "" if fault.reason is None else f"{fault.reason.value}: {fault.says}"
        recovers = fault.recovers or _RECOVERS.get(fault.reason, _ASKED_AGAIN)
        alike.setdefault((word, recovers), []).append(fault.name)
    for (says, recovers), names in alike.items():
        yield Row(", ".join(names), says, recovers)
    yield from (D_STATE, REBOOTED, CLEARED, JUMPED, MISDATED, RENUMBERED, ASTRAY, EVIL)


def table() -> str:
    """In Markdown."""
    lines = (f"| {row.name} | {f'`{row.says}`' if row.says else ''} | {row.recovers} |" for row in rows())
    return "\n".join(["| on a node | the screen says | and then |", "| --- | --- | --- |", *lines, ""])
