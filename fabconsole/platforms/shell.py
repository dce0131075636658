r"""The dialogue with a plain `sh` that stays open: definitions sent once, then one short line a question.

A channel is opened with `COMMAND`, gets `PRELUDE`, then any number of lines `framed(nonce, name, call)`. Each
answers

    \x02NONCE NAME UPTIME BOOT_ID\n  body  \n\x03NONCE NAME STATUS\n

The nonce is new each time, so nothing a node printed before can pass for a frame. What runs in the shell reads
from /dev/null, so that no tool eats the next question. POSIX sh only: dash, busybox and bash are out there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

COMMAND = "exec sh"
"""What the channel executes; the login shell (csh, fish) sees only this."""

PRELUDE = "\n".join(
    (
        "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL",
        r"fc_ask() { fc_u=0; fc_b=-; read -r fc_u fc_i 2>/dev/null </proc/uptime; "
        r"read -r fc_b 2>/dev/null </proc/sys/kernel/random/boot_id; "
        r"""printf '\002%s %s %s %s\n' "$1" "$2" "$fc_u" "$fc_b"; """
        r"""fc_n=$1; fc_q=$2; shift 2; "$@" </dev/null 2>/dev/null; """
        r"""printf '\n\003%s %s %s\n' "$fc_n" "$fc_q" "$?"; }""",
        "",
    )
)
"""First lines into every shell channel; ends in a newline."""

_HEAD = re.compile(rb"\x02([0-9a-f]+) (\S+) (\S+) (\S+)\n")


def framed(nonce: str, name: str, call: str) -> str:
    """The line that asks: `name` is the question's, `call` its shell words. Ends in a newline."""
    return f"fc_ask {nonce} {name} {call}\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """One framed answer, cut out of the channel's bytes."""

    body: bytes
    status: int
    clock_s: float | None
    """Uptime; None where the node has no /proc/uptime."""
    boot_id: str | None
    end: int
    """Offset of the first byte after the frame."""


def unframe(data: bytes | bytearray, nonce: str, name: str, searched: int = 0) -> Frame | None:
    """The frame of `nonce` in `data`, or None while it is not complete.

    `searched` is how many bytes an earlier call has looked through in vain, so that a long answer is not
    searched from its start at every piece. What stands before the frame (a banner, a late answer) is skipped.
    Raises ValueError where the trailer is there and its header is not: the answer is garbled.
    """
    tail = f"\n\x03{nonce} {name} ".encode()
    stop = data.find(tail, max(0, searched - len(tail)))
    if stop < 0:
        return None
    newline = data.find(b"\n", stop + len(tail))
    if newline < 0:
        return None
    start = data.find(f"\x02{nonce} {name} ".encode(), 0, stop + 1)
    head = _HEAD.match(data, start) if start >= 0 else None
    status = bytes(data[stop + len(tail) : newline])
    if head is None or not status.isdigit():
        raise ValueError("frame without a proper head")
    return Frame(
        body=bytes(data[head.end() : stop]) if head.end() <= stop else b"",
        status=int(status),
        clock_s=_seconds(head[3]),
        boot_id=None if head[4] == b"-" else head[4].decode("ascii", "replace"),
        end=newline + 1,
    )


def _seconds(text: bytes) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value > 0 and value < 1e11 else None
