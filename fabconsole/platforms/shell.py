r"""The dialogue with a plain `sh` that stays open: definitions sent once, then one short line a question.

A channel is opened with `COMMAND`. Whatever the login shell is (csh, fish) and says (a banner), nothing is sent before
`sh` has told that it is there: an answer to what a start-up file asks would be ours. Then comes one line that a
script replaces it by, or `PRELUDE` and any number of lines `framed(nonce, name, call)`. Each answers

    \x02NONCE NAME UPTIME BOOT_ID\n  body  \n\x03NONCE NAME STATUS\n

The nonce is new each time, so nothing a node printed before can pass for a frame. What runs in the shell reads
from /dev/null, so that no tool eats the next question. POSIX sh only: dash, busybox and bash are out there.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

STILL_RUNNING = 113
"""Exit status of a call that was not made, see `unless`."""

COMMAND = r"""exec sh -c 'printf "\001%s\n" $$; exec sh'"""
"""What every channel executes: words that all login shells read alike, csh and fish too.

The `sh` that comes of it first tells its process id, which is its session's, as `\x01PID`: see `traced` and `unless`.
"""


_WHEN = (
    "fc_u=0; fc_b=-; read -r fc_u fc_i 2>/dev/null </proc/uptime; "
    "read -r fc_b 2>/dev/null </proc/sys/kernel/random/boot_id; "
)

PRELUDE = "\n".join(
    (
        "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL",
        'fc_run() { "$@"; }',
        f"fc_ask() {{ {_WHEN}"
        r"""printf '\002%s %s %s %s\n' "$1" "$2" "$fc_u" "$fc_b"; """
        "fc_n=$1; fc_q=$2; shift 2; "
        r"""fc_run "$@" </dev/null 2>/dev/null; printf '\n\003%s %s %s\n' "$fc_n" "$fc_q" "$?"; }""",
        "",
    )
)
"""First lines into every shell channel; ends in a newline."""

SPARING = "\n".join(
    (
        "fc_unless() { fc_t=$1; shift; for fc_d in /proc/[0-9]*/stat; do read -r fc_l 2>/dev/null <$fc_d || continue; "
        # After its name in brackets stand a process's state, parent, group and session: the first three are cut off.
        "fc_l=${fc_l##*) }; fc_l=${fc_l#[!Z] * * }; "
        '[ "${fc_l%% *}" = "$fc_t" ] && return ' + f"{STILL_RUNNING}; done; "
        '"$@"; }',
        "",
    )
)
"""More first lines: `unless` needs them."""

WHOLE = (
    f"fc_ask() {{ {_WHEN}"
    """fc_n=$1; fc_q=$2; shift 2; fc_o=$(fc_run "$@" </dev/null 2>/dev/null); fc_s=$?; """
    r"""printf '\002%s %s %s %s\n%s\n\n\003%s %s %s\n' "$fc_n" "$fc_q" "$fc_u" "$fc_b" "$fc_o" """
    r""""$fc_n" "$fc_q" "$fc_s"; fc_o=; }"""
    "\n"
)
"""One more first line, for lanes in which nobody asks when a piece of an answer came: it is said in one piece.

Eight devices said one by one are some twenty SSH packets, and a packet costs us as much as all of their parsing.
What a tool of seconds says comes in five, each of which wakes us. The body always ends in one newline; the node holds
all of it before it says any.
"""


def _end(session: str, group: str) -> str:
    """Words that ask a session to end, and kill what is left of it; `group` stands for it where there is no pkill.

    First TERM, because sudo passes that on to a tool that is root's; a KILL would take sudo alone and leave the tool.
    A shell of its own, because sshd reports the end of a channel only when nobody holds its input any more, and dash
    keeps a second hold on what a function redirects.
    """
    return (
        """exec sh -c 'trap "" TERM; pkill -TERM -s $1 || kill -TERM $2; sleep 1; pkill -KILL -s $1; kill -KILL $2' """
        f'sh {session} "{group}" 9<&- </dev/null'
    )


WATCHED = "\n".join(
    (
        "exec 9<&0",
        f"fc_run() {{ ( read -r fc_x <&9; {_end('0', '0')} ) >/dev/null 2>&1 & "
        'fc_w=$!; "$@" 9<&-; fc_s=$?; kill $fc_w; wait $fc_w; return $fc_s; }',
        "",
    )
)
"""More first lines, for shells whose calls start tools: when the channel closes during a call, the tool is ended.

sshd sends no signal where there is no terminal, so a tool would outlive the connection. Nothing may be sent to
such a shell while a call runs in it: end of input is what the watch waits for. `-s 0` is the channel's own
session, which sshd made (`timeout` makes process groups of its own inside it); where there is no pkill, its process
group. Costs a fork a call, so the fast lane goes without. What became another user, and is behind nothing that passes
TERM on as sudo does, ends when it ends: see `unless`.
"""


def traced(data: bytes | bytearray) -> re.Match[bytes] | None:
    """Where a `sh` told its process id, group 1; None where it is not there yet."""
    return _TRACE.search(data)


def unless(session: int, call: str) -> str:
    """Call words that answer STILL_RUNNING, and run nothing, while a process of an earlier shell is still there.

    A process in D state survives its kill and our reconnecting; a second one beside it would hang too. Reads
    `/proc/*/stat` alone: the other files of such a process can hang their reader.
    """
    return f"fc_unless {session} {call}"


_TRACE = re.compile(rb"\x01([0-9]{1,10})\n")

_GUARD = (
    'exec 9<&0; if command -v setsid >/dev/null; then setsid sh -c "$1" </dev/null 9<&- & '
    'else sh -c "$1" </dev/null 9<&- & fi; fc_p=$!; '
    f"( read -r fc_x; {_end('$fc_p', '-- -$fc_p $fc_p')} ) "
    "<&9 >/dev/null 2>&1 & fc_w=$!; exec 9<&-; "
    "wait $fc_p; fc_s=$?; kill $fc_w 2>/dev/null; exit $fc_s"
)


def guarded(command: str) -> str:
    """The text to execute on a channel so that `command` ends when the channel closes, and not later.

    Its standard input is empty. Its whole session is asked to end, then killed a second later.
    """
    return f"exec sh -c {shlex.quote(_GUARD)} sh {shlex.quote(command)}"


def unguarded(text: str) -> str | None:
    """The command in a text that `guarded` made; None where it did not. For who answers in place of a shell."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    return words[5] if len(words) == 6 and words[3] == _GUARD else None


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
    stop = data.rfind(tail, max(0, searched - len(tail)))  # it ends the answer: found at once from behind
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
