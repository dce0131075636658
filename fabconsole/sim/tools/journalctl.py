"""`journalctl` and `dmesg`: the kernel log, for people and for programs."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.journal import Journal
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

_UNREADABLE = (
    b"Hint: You are currently not seeing messages from other users and the system.\n"
    b"      Users in groups 'adm', 'systemd-journal' can see all messages.\n"
    b"      Pass -q to turn off this notice.\n"
    b"No journal files were opened due to insufficient permissions.\n"
)
_AGO = re.compile(r"-(\d+)\s*([smhd])")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def journalctl(machine: Machine, words: list[str]) -> Act:
    """Forms: `-o json|short|short-iso`, `-n N`, `--since=-24h`, `--after-cursor=`, `-g PATTERN`.

    `-q` changes nothing, and the kernel alone speaks; `-k` and `-b` are this boot's lines.
    """
    if machine.behaves(Manner.NO_LOG):
        yield Complaint(_UNREADABLE)
        return 1
    options = _options(words[1:])
    journal = Journal(machine)
    yield machine.takes(0.02, 0.12)
    now = machine.now()
    said = journal.said_by(now)
    first = journal.first_of_boot(now) if "-b" in options or "-k" in options else 0
    if (since := options.get("--since")) is not None and (ago := _AGO.fullmatch(since)) is not None:
        first = max(first, journal.said_by(now - int(ago[1]) * _UNIT_S[ago[2]]))
    if (cursor := options.get("--after-cursor")) is not None:
        after = journal.after(cursor)
        if after is None:
            yield Complaint(b"Failed to seek to cursor: Invalid argument\n")
            return 1
        first = after
    numbers = list(range(first, said))
    if (pattern := options.get("-g") or options.get("--grep")) is not None:
        numbers = [number for number in numbers if re.search(pattern, journal.messages[number].text)]
    if (last := options.get("-n") or options.get("--lines")) is not None and last.isdigit():
        numbers = numbers[-int(last) :] if int(last) else []
    fields = options["--output-fields"].split(",") if "--output-fields" in options else None
    style = options.get("-o") or options.get("--output") or "short"
    yield "".join(f"{_entry(journal, number, style, fields)}\n" for number in numbers).encode()
    return 0


def dmesg(machine: Machine, words: list[str]) -> Act:
    """Forms: bare, with seconds since boot, and `-T`."""
    if machine.behaves(Manner.NO_LOG):
        yield Complaint(b"dmesg: read kernel buffer failed: Operation not permitted\n")
        return 1
    journal = Journal(machine)
    yield machine.takes(0.01, 0.05)
    lines = []
    now = machine.now()
    for message in journal.messages[journal.first_of_boot(now) : journal.said_by(now)]:
        if "-T" in words:
            stamp = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(machine.wall(message.at)))
        else:
            stamp = f"{max(0.0, machine.clock.uptime_s(message.at)):12.6f}"
        lines.append(f"[{stamp}] {message.text}\n")
    yield "".join(lines).encode()
    return 0


def _entry(journal: Journal, number: int, style: str, fields: Sequence[str] | None) -> str:
    if style.startswith("json"):
        return journal.entry(number, fields)
    message, machine = journal.messages[number], journal.machine
    shape = "%Y-%m-%dT%H:%M:%S+0000" if style == "short-iso" else "%b %d %H:%M:%S"
    stamp = time.strftime(shape, time.gmtime(machine.wall(message.at)))
    return f"{stamp} {machine.host.name} kernel: {message.text}"


def _options(words: Sequence[str]) -> dict[str, str]:
    """Option to value, in any of the ways a value can be given."""
    found: dict[str, str] = {}
    waiting: str | None = None
    for word in words:
        if waiting is not None:
            found[waiting], waiting = word, None
        elif word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            found[name] = value
        elif word in ("-o", "-n", "-g", "--since", "--lines", "--output", "--grep", "--after-cursor"):
            waiting = word
        elif len(word) > 2 and word[:2] in ("-o", "-n", "-g"):
            found[word[:2]] = word[2:]
        elif word.startswith("-"):
            found[word] = ""
    return found


TOOLS = {"journalctl": journalctl, "dmesg": dmesg}
