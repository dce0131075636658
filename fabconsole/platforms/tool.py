"""How a tool that may hang is run: under `timeout`, then the operator's own words, then the tool.

`timeout` stands first, so that `sudo` comes directly before the tool and a sudoers rule need name nothing else; allowed
to run `timeout` as root, an account could run anything. sudo passes a TERM on to what it started, which is root's and
nobody else's to signal. A KILL it cannot pass on: sudo would go, and the tool stay. So nothing behind words of an
operator's is killed, it is asked to end; one that does not is STUCK, and not started a second time.
"""

from __future__ import annotations

import re
import shlex

from fabconsole.fabric.inventory import Node
from fabconsole.fabric.printable import printable
from fabconsole.platforms import sudo
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

KILL_AFTER_S = 2
"""From the first signal to the last, for a tool that ignores it."""

MOST_BYTES = 1 << 19
"""What a tool may say at one run; the longest, `nvidia-smi nvlink -e` of eight Blackwells, is two fifths of it. The
node's shell holds all of an answer before it says any: a tool that never ends saying something would fill its memory
until its time is over."""

_FLOODED = 141
"""Exit status of a tool whose reader, having had enough, was gone: 128 and SIGPIPE."""

_SUDO_FOUND_NONE = re.compile(r"^sudo: .*: command not found$", re.M)


def words(text: str | None) -> str:
    """An operator's shell words (`chroot /run/nvidia/driver`), each quoted, so that they are words and nothing more.

    Unbalanced quotes are taken as they stand: the tool's own complaint will name them.
    """
    if not text:
        return ""
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = text.split()
    return shlex.join(parts)


def limited(limit_s: float, *before: str) -> str:
    """Words that end what follows after `limit_s` seconds; `before` are the operator's between them and the tool."""
    return f"timeout {limit_s:g}" if any(before) else f"timeout -k {KILL_AFTER_S} {limit_s:g}"


def runner(function: str, node: Node, tool: str, limit_s: int) -> str:
    """One line that defines `function` to run `tool` with its arguments, complaints and all on standard output.

    Where the node has no `timeout`, the tool runs without; the question's own deadline still holds. Of what it says no
    more than `MOST_BYTES` come; its exit status goes past the pipe that sees to that.
    """
    prefix = words(node.prefix.get(tool))
    before = f"{prefix} " if prefix else ""
    return (
        f'{function}() {{ set -- {before}{tool} "$@"; '
        f'if timeout -k 1 1 true; then set -- {limited(limit_s, prefix)} "$@"; fi; '
        '{ fc_r=$({ { "$@" 2>&1 3>&- 4>&-; echo "$?" >&4; } | '
        f'head -c {MOST_BYTES} >&3; }} 4>&1); }} 3>&1; return "${{fc_r:-1}}"; }}\n'
    )


def flooded(status: int, said: int) -> bool:
    """Whether a run that ended with `status` and said so many bytes was cut off: it is not worth reading then."""
    return status == _FLOODED or said >= MOST_BYTES


def flood(tool: str) -> Refusal:
    """Why a tool that was cut off has no answer."""
    return Refusal(reason=Reason.OVERFLOW, detail=f"{tool} said more than {MOST_BYTES:,} bytes; cut off")


def refusal(tool: str, status: int, said: str, limit_s: int) -> Refusal:
    """Why a tool that ended with `status` has no answer; `said` is what it printed."""
    first = printable(next((line for line in said.splitlines() if line.strip()), ""), 200)
    if (denied := sudo.refusal(said)) is not None:
        return denied
    if status == 127 or _SUDO_FOUND_NONE.search(said):
        return Refusal(reason=Reason.NO_TOOL, detail=f"{tool} is not there")
    if status == 126:
        return Refusal(reason=Reason.NO_PERMISSION, detail=first or f"{tool} may not be run")
    if status in (124, 137):
        return Refusal(reason=Reason.TIMEOUT, detail=f"{tool} was stopped after {limit_s} s")
    return Refusal(reason=Reason.FAILED, detail=f"{first or 'it said nothing'} (status {status})")
