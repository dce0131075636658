r"""The script that reads a node's kernel log and then follows it, and the lines with which it says what it does.

It is executed as ``exec sh -c SCRIPT sh NONCE CURSOR`` on a channel of its own, whose standard input stays open and
says nothing; when that closes, the script and all it started end. CURSOR is `-` or the journal entry to resume after.
With one word more, `LOOK`, it ends when history is over; of a journal that is resumed it then says no more than `MOST`
lines, the first ones, and where there are more, CURSOR is -: they are there the next time.
Its own lines begin with \x02 and the nonce, which nothing in a log can know:

    \x02NONCE boot BOOT_ID UPTIME EPOCH     first; seconds, the epoch's by the node's clock
    \x02NONCE none permission|absent        no log may be read, or there is none; the script ends
    \x02NONCE journal                       what follows is `journalctl -o json` lines: history
    \x02NONCE ring                          what follows is a snapshot of `dmesg`: history
    \x02NONCE live CURSOR                   history is over; lines from here on are new (of `dmesg -w`: the whole
                                            ring once more, then new ones). CURSOR: journal's last entry, or -

Between them stand lines of the log, filtered by `grep -E` to what `formats.kernel_log` knows. History is at most
`QUOTA` lines of Xid and SXid, then `QUOTA` of everything else, so that a flood of the one cannot push out the other.

The journal is asked for `_TRANSPORT=kernel` and `driver`, as journald says "Missed N kernel messages" by the latter
and `-k` would hide it. Where `dmesg` cannot follow, or only root may read it (a process of root's could not be ended),
it is read every second and printed when it has changed.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from fabconsole.formats.logs import journal
from fabconsole.formats.logs.kernel_log import OTHER_ERE, XID_ERE

QUOTA = 300
"""Lines of history of each of the two classes."""

LOOK = "look"
MOST = 2000
"""Lines that one look brings: of a journal in all, of a ring of each class, the last ones."""

HISTORY_S = 86_400
"""History reaches back this far, and not beyond this boot."""

OTHER = f'{OTHER_ERE}|"MESSAGE" ?: ?(\\[|null)'
"""POSIX extended pattern of what is sent besides lines of `XID_ERE`; a message that is no plain text is read here."""

_CURSOR = re.compile(r"[A-Za-z0-9=;._-]{8,512}")

_SCRIPT = (
    "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL; "
    "exec 3<&0 </dev/null 2>/dev/null; x=; n=absent; s=; "
    r"""m() { printf '\002%s %s\n' "$N" "$*"; }; """
    "N=$1; c=$2; o=$3; b=-; u=0; "
    "read -r u i </proc/uptime; read -r b </proc/sys/kernel/random/boot_id; "
    'm boot "$b" "$u" "$(date +%s.%N)"; '
    # j runs its words, r as root; `x=exec` before makes a background job the tool itself, so that it can be killed.
    'j() { $x "$@"; }; r() { $x @BECOME@"$@"; }; '
    'T="_TRANSPORT=kernel _TRANSPORT=driver"; X=@XID@; O=@OTHER@; '
    "for w in @WAYS@; do p=$($w journalctl -n1 -o json -b $T 2>&1); case $p in "
    "*__CURSOR*) s=journal; break;; *ermission*|*'not seeing'*) n=permission;; esac; done; "
    'if [ -z "$s" ]; then for w in @WAYS@; do p=$($w dmesg 2>&1 >/dev/null) && s=ring && break; '
    "case $p in *ermi*|*enied*) n=permission;; esac; done; fi; "
    '[ "$s" ] || { m none $n; exit 0; }; '
    'n=@QUOTA@; [ -z "$o" ] || n=@MOST@; q() { tail -n $n; }; '
    "if [ $s = journal ]; then "
    r"""k=${p#*__CURSOR}; k=${k#*\"}; k=${k#*\"}; k=${k%%\"*}; """
    "f=--output-fields=@FIELDS@; $w journalctl -q -n1 -o json $f >/dev/null || f=; "
    'a="-b --since=-24h"; [ "$c" = - ] || { $w journalctl -q -n1 "--after-cursor=$c" >/dev/null && '
    'a="--after-cursor=$c"; }; '
    "h() { $w journalctl -q -o json --no-pager $f $a $T; }; "
    'set -- journalctl -f --no-tail -q -o json $f "--after-cursor=$k" $T; '
    "else k=-; h() { $w dmesg; }; set -- dmesg -w; "
    "{ [ $w = j ] && dmesg --help 2>&1 | grep -q -e '-w, '; } || set -- v; fi; "
    'e() { h | grep -E "$X" | q; h | grep -E "$O" | grep -v -E "$X" | q; }; '
    'v() { x=; l=; while :; do sleep 1; y=$(e); [ "$y" = "$l" ] || '
    r"""{ m ring; printf '%s\n' "$y"; m live -; l=$y; }; done; }; """
    'm $s; if [ "$o" ] && [ $s = journal ] && [ "$c" != - ]; then '
    'y=$(h | grep -E "$X|$O" | head -n $n); '
    r"""printf '%s\n' "$y"; [ "$(printf '%s\n' "$y" | wc -l)" -lt $n ] || k=-; """
    'else e; fi; m live "$k"; [ -z "$o" ] || exit 0; '
    'L=cat; [ "$1" = v ] || { echo x | grep --line-buffered x >/dev/null && L=grep; }; '
    # Both halves wait for the end of standard input and end what they began; a reader that ends by itself ends all.
    'W() { while read -r i; do :; done <&3; }; trap "exit 0" TERM; '
    '{ if [ $1 = v ]; then v & else { x=exec; $w "$@"; } & fi; t=$!; exec >/dev/null; W; kill $t || $w kill $t; } | '
    '{ exec 4<&0; if [ $L = cat ]; then cat <&4 & else grep --line-buffered -E "$X|$O" <&4 & fi; g=$!; exec 4<&-; '
    "{ W; kill $g; } >/dev/null & z=$!; wait $g; kill $z; kill $$; } & wait; exit 0"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a script was started with."""

    nonce: str
    cursor: str | None


def command(nonce: str, cursor: str | None, become: str) -> str:
    """The text to execute. `become` is quoted shell words, or empty; a cursor that is none is left out."""
    script = (
        _SCRIPT.replace("@WAYS@", "j r" if become else "j")
        .replace("@BECOME@", f"{become} " if become else "")
        .replace("@XID@", shlex.quote(XID_ERE))
        .replace("@OTHER@", shlex.quote(OTHER))
        .replace("@QUOTA@", str(QUOTA))
        .replace("@MOST@", str(MOST))
        .replace("@FIELDS@", ",".join(journal.FIELDS))
    )
    resume = cursor if cursor is not None and _CURSOR.fullmatch(cursor) else "-"
    return shlex.join(["exec", "sh", "-c", script, "sh", nonce, resume])


def asked(text: str) -> Asked | None:
    """What `command` was called with, for who answers in a node's place; None where it did not make `text`."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if len(words) != 7 or words[:3] != ["exec", "sh", "-c"] or "__CURSOR" not in words[3]:
        return None
    return Asked(words[5], None if words[6] == "-" else words[6])


def marker(nonce: str, *said: str) -> bytes:
    """One of the script's own lines."""
    return f"\x02{nonce} {' '.join(said)}\n".encode()
