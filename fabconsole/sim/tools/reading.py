"""`cat`, `grep` and other small things that read a host's files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fabconsole.sim import files
from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.machine import Machine

_FAILED, _NOTHING_FOUND = 2, 1


def cat(machine: Machine, words: list[str]) -> Act:
    """`cat FILE...`."""
    there = _all(machine)
    status = 0
    for path in words[1:]:
        if path in there:
            yield there[path].encode()
        else:
            yield Complaint(f"cat: {path}: No such file or directory\n".encode())
            status = 1
    return status


def grep(machine: Machine, words: list[str]) -> Act:
    """`grep -rsH PATTERN PLACE...`: with the options in one word, folders being walked."""
    yield machine.takes(0.005, 0.02)
    options = "".join(word[1:] for word in words[1:] if word.startswith("-"))
    pattern, *places = [word for word in words[1:] if not word.startswith("-")]
    there = _all(machine)
    found = False
    missing = []
    for place in places:
        inside = [path for path in there if path == place or path.startswith(f"{place.rstrip('/')}/")]
        if not inside:
            missing.append(place)
        for line in _matching(there, inside, re.compile(pattern), named="h" not in options):
            found = True
            yield line.encode()
    if missing and "s" not in options:
        for place in missing:
            yield Complaint(f"grep: {place}: No such file or directory\n".encode())
    return _FAILED if missing else 0 if found else _NOTHING_FOUND


def hostname(machine: Machine, words: list[str]) -> Act:
    """The host's name."""
    yield f"{machine.host.name}\n".encode()
    return 0


def echo(machine: Machine, words: list[str]) -> Act:
    """Its words."""
    yield f"{' '.join(words[1:])}\n".encode()
    return 0


def true(machine: Machine, words: list[str]) -> Act:
    """Nothing, well."""
    yield b""
    return 0


def _all(machine: Machine) -> dict[str, str]:
    """Every file there is, by its full path."""
    there = {f"{files.CLASS}/{path}": text for path, text in files.tree(machine).items()}
    there["/proc/uptime"] = f"{machine.uptime_s:.2f} {machine.uptime_s * 96:.2f}\n"
    there["/proc/sys/kernel/random/boot_id"] = f"{machine.boot_id}\n"
    return there


def _matching(there: dict[str, str], paths: Iterable[str], pattern: re.Pattern[str], *, named: bool) -> Iterable[str]:
    for path in paths:
        for line in there[path].splitlines():
            if pattern.search(line):
                yield f"{path}:{line}\n" if named else f"{line}\n"


TOOLS = {"cat": cat, "grep": grep, "hostname": hostname, "echo": echo, "true": true}
