"""What a shell answers to the script of `platforms.kernel_log_text`: history, then every new line as it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fabconsole.formats.logs.journal import FIELDS
from fabconsole.formats.logs.kernel_log import XID_ERE
from fabconsole.platforms.kernel_log_text import HISTORY_S, OTHER, QUOTA, Asked, marker
from fabconsole.sim.act import Act
from fabconsole.sim.course import FOREVER
from fabconsole.sim.journal import Journal
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

_XID = re.compile(XID_ERE)
_OTHER = re.compile(OTHER)


def follow(machine: Machine, asked: Asked) -> Act:
    """Never ends by itself where there is a log to read."""
    journal = Journal(machine)
    yield marker(asked.nonce, "boot", machine.boot_id, f"{machine.uptime_s:.2f}", _epoch(machine))
    yield machine.takes(0.05, 0.3)
    if machine.behaves(Manner.NO_LOG):
        yield marker(asked.nonce, "none", "permission")
        return 0
    said = journal.said_by(machine.now())
    yield marker(asked.nonce, "journal")
    yield _printed(history(machine, journal, asked.cursor, said))
    yield marker(asked.nonce, "live", journal.cursor(said - 1))
    while said < len(journal.messages):
        wait = journal.messages[said].at - machine.now()
        if wait > 0:
            yield wait
        now_said = max(said + 1, journal.said_by(machine.now()))
        new = [journal.entry(number, FIELDS) for number in range(said, now_said)]
        said = now_said
        yield _printed(line for line in new if _XID.search(line) or _OTHER.search(line))
    yield FOREVER
    return 0


def history(machine: Machine, journal: Journal, cursor: str | None, said: int) -> list[str]:
    """The lines before now that matter: after `cursor`, else this boot's of a day; Xids first, each kind bounded."""
    first = journal.after(cursor) if cursor is not None else None
    if first is None:
        first = max(journal.said_by(machine.now() - HISTORY_S), journal.first_of_boot(machine.now()))
    lines = [journal.entry(number, FIELDS) for number in range(first, said)]
    xids = [line for line in lines if _XID.search(line)]
    others = [line for line in lines if _OTHER.search(line) and not _XID.search(line)]
    return xids[-QUOTA:] + others[-QUOTA:]


def _printed(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _epoch(machine: Machine) -> str:
    return f"{machine.wall(machine.now()):.9f}"
