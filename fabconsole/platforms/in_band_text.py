r"""What a host with the in-band role is asked, as shell text, and how its answer is cut into parts.

``fc_ib NONCE`` runs three tools one after the other, ``fc_ibc NONCE LID...`` asks switches what their performance
agents can count. Every tool's run is a part of the answer:

    \004NONCE NAME\n      NAME is sminfo, links, errors, or caps-LID
    its standard output, as it comes
    \n\005NONCE STATUS\n  exit status; 124 ran out of time, 127 no such tool
    its standard error, at most 20000 bytes, \n

where NONCE is new each time, so that no node description can pass for a frame. The exit status of the functions is 0.
The command lines, behind `timeout`, with `become`, `prefix`, `-C CA` and `-P PORT` put in where the inventory has them:

    sminfo                                            (10 s)
    iblinkinfo --line --switches-only                 (60 s)
    ibqueryerrors --switch --threshold-file /dev/null (100 s; through `stdbuf -oL` where there is one and no `become`)
    perfquery -x LID 1, and where that fails perfquery LID 1 (8 s each; after three failures the rest is not asked)

and where `links` failed, a part `umad`: `w` or `-`, a blank and the path, of every /dev/infiniband/umad*.
An empty threshold file: whatever stands in /etc/infiniband-diags would hide ports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

from fabconsole.fabric.inventory import Node
from fabconsole.fabric.printable import printable
from fabconsole.platforms import tool as runner

SWEEP, CAPS = "fc_ib", "fc_ibc"

SECONDS = {"sminfo": 10, "links": 60, "errors": 100, "umad": 5, "caps": 8}
"""How long each tool may take."""

TIMED_OUT, NOT_FOUND = (124, 137), 127
"""Exit statuses of `timeout`: the tool was stopped (by the first signal, by the last), there is no such tool."""

_PART = (
    r"""fc_ibp() { fc_k=$1; printf '\004%s %s\n' "$1" "$2"; shift 2; """
    r"""{ fc_e=$("$@" 2>&1 >&3 3>&- </dev/null); fc_s=$?; } 3>&1; """
    r"""printf '\n\005%s %s\n%.20000s\n' "$fc_k" "$fc_s" "$fc_e"; return "$fc_s"; }"""
)
_UMAD = 'for f in /dev/infiniband/umad*; do [ -w "$f" ] && echo "w $f" || echo "- $f"; done'
_BEGIN = re.compile(rb"\x04([0-9a-f]{8,64}) ([a-z]{1,16}(?:-\d{1,5})?)\n")
_STATUS = re.compile(rb"\d{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One tool's run."""

    status: int | None
    """Exit status; None: the answer broke off."""
    out: bytes
    at: int
    """Offset of `out` in the answer's body."""
    error: str
    """Standard error."""

    @property
    def complaint(self) -> str:
        """The last line of standard error, to be shown."""
        lines = [line for line in self.error.splitlines() if line.strip()]
        return printable(lines[-1].strip(), 160) if lines else ""


NOTHING = Part(status=None, out=b"", at=0, error="")
"""In place of a part that is not there."""


def definitions(node: Node) -> str:
    """The shell functions of `node`, one a line."""
    line = "fc_l=; " if node.become else "fc_l=$(command -v stdbuf); "
    errors = _tool(node, "errors", "ibqueryerrors", '${fc_l:+"$fc_l" -oL}')
    sweep = (
        f"{SWEEP}() {{ {line}"
        f'fc_ibp "$1" sminfo {_tool(node, "sminfo", "sminfo")}; '
        f'fc_ibp "$1" links {_tool(node, "links", "iblinkinfo")} --line --switches-only || '
        f'fc_ibp "$1" umad {runner.limited(SECONDS["umad"])} sh -c {quote(_UMAD)}; '
        f'fc_ibp "$1" errors {errors} --switch --threshold-file /dev/null; true; }}'
    )
    query = f'fc_ibp "$fc_i" "caps-$l" {_tool(node, "caps", "perfquery")}'
    caps = (
        f"{CAPS}() {{ n=0; fc_i=$1; shift; for l; do "
        f'{query} -x "$l" 1 || {query} "$l" 1 || n=$((n+1)); [ "$n" -lt 3 ] || break; done; true; }}'
    )
    return f"{_PART}\n{sweep}\n{caps}\n"


def sweep_call(nonce: str) -> str:
    """Shell words that ask for the whole subnet."""
    return f"{SWEEP} {nonce}"


def caps_call(nonce: str, lids: Iterable[int]) -> str:
    """Shell words that ask what the switches at `lids` can count."""
    return f"{CAPS} {nonce} {' '.join(str(lid) for lid in lids)}"


def parts(body: bytes, nonce: str) -> dict[str, Part]:
    """Name to part, the last of a doubled name. Never raises; what stands outside parts is skipped."""
    found: dict[str, Part] = {}
    end_mark = f"\n\x05{nonce} ".encode()
    for begin in _BEGIN.finditer(body):
        if begin[1] != nonce.encode():
            continue
        name, start = begin[2].decode(), begin.end()
        stop = body.find(end_mark, start)
        if stop < 0:
            found[name] = Part(status=None, out=body[start:], at=start, error="")
            break
        newline = body.find(b"\n", stop + len(end_mark))
        status = body[stop + len(end_mark) : max(newline, 0)]
        after = body.find(f"\n\x04{nonce} ".encode(), stop)
        error = body[newline + 1 : after if after >= 0 else len(body)] if newline >= 0 else b""
        found[name] = Part(
            status=int(status) if _STATUS.fullmatch(status) else None,
            out=body[start:stop],
            at=start,
            error=error.decode("utf-8", "replace"),
        )
    return found


def _tool(node: Node, part: str, tool: str, lines: str = "") -> str:
    """Words that run `tool` for a part of the answer; `lines` are those that make it print line by line."""
    before = [one for one in (runner.words(node.become), runner.words(node.prefix.get(tool))) if one]
    words = [runner.limited(SECONDS[part], *before), *([lines] if lines else []), *before, tool]
    if node.in_band is not None and node.in_band.ca:
        words.append(f"-C {quote(node.in_band.ca)}")
    if node.in_band is not None and node.in_band.port is not None:
        words.append(f"-P {node.in_band.port}")
    return " ".join(words)
