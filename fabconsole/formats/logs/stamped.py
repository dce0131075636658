"""What stands before a message in a host's log: when, how loud, on which host, by whom.

Forms: `dmesg` of util-linux (raw, `-T`, `-x`, `-H`, `-d`, `--time-format`), `/dev/kmsg` (Linux
Documentation/ABI/testing/dev-kmsg), syslog of RFC 3164 and RFC 5424, and every `journalctl -o short…`. Blanks may have
been collapsed on the way.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from fabconsole.formats.logs.stamps import MONTHS, iso, iso_of_epoch

LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
"""By syslog's number, as `dmesg -x` calls them."""

_MONTH = "|".join((*MONTHS, r"[^\W\d_]{3,4}\.?", r"\d{1,2}\u6708"))  # of other locales too: Okt, mai, 11月
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LINE = re.compile(
    r"(?:\d{1,7}[: -]? ?(?=\[))?"  # of a listing with line numbers
    r"(?:<(\d{1,3})>(1 )?)?(?:[a-z0-9]{2,8} *:([a-z]{3,6}) *: )?"
    r"(?:\[ *(\d{1,10}\.\d{1,9})(?: *<[^>\]]{0,20}>)?(?:,[^\]]{0,20})?\](?: ?\[ *[TC]\d{1,9}\])?"
    r"|\[(\w{2,9}\.? +\w{3,9}\.? +\d{1,2} \d\d:\d\d:\d\d \d{4}|[A-Z]\w{2} ?\d{1,2} \d\d:\d\d| *\+\d{1,8}\.\d{1,9})\]"
    rf"|((?:{_DAY} )?\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{{1,9}})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?)"
    r"|(?:/?[\w.+-][\w./+-]{0,120}:(?:\d{1,9}[:-])?)?"  # the file, where `grep` looked into several
    rf"((?:{_MONTH}) {{1,2}}\d{{1,2}},? (?:\d{{4}} )?\d\d:\d\d:\d\d(?:\.\d{{1,9}})?)"
    r"|(\d{10}\.\d{6})(?= ))"
    r" ?(.*)"
)
_KMSG = re.compile(r"(\d{1,4}),(\d{1,15}),(\d{1,16}),[^;]{0,80};(.*)", re.ASCII)
_SPEAKER = re.compile(
    r"([^\s:\[\]]{1,64}) (?:(EMERG|ALERT|CRIT|ERR|WARNING|NOTICE|INFO|DEBUG) )?"  # as SONiC writes its syslog
    r"([^\s:\[\]]{1,64})(?:\[(\d{1,9})\])?: ?(.*)"
)
_SPEAKER_5424 = re.compile(r"(\S{1,64}) (\S{1,48}) (?:\d{1,9}|-) \S{1,32} (?:-|\[[^\]]{0,200}\]) ?(.*)")
_ELSEWHERE = re.compile(r"\[ *(\d{1,10}\.\d{1,9})\] ?(.*)")
_BEFORE = re.compile(r"([A-Za-z0-9][\w.-]{0,63}): (.*)")
_FILE = re.compile(r"[\w./+-]{1,120}[:-](?:\d{1,9}[:-])?(?=[\[<])(.*)")
DRIVERS = ("NVRM: ", "nvidia-nvswitch", "nvidia-nvlink", "mlx5_core ", "pcieport ", "infiniband ")
"""How a message begins that has no stamp and nobody's name before it."""
_CERTAIN = re.compile(r"\[\d{1,9}\]: ")
_HEAD = 1 << 16


class Stamped(NamedTuple):
    """A message, and what stood before it."""

    message: str
    """With the name of the program that said it before it, where that is not the kernel."""
    stamp: str | None = None
    """Time of day, as printed."""
    since_boot_s: float | None = None
    host: str | None = None
    level: str | None = None
    sequence: int | None = None

    @property
    def at(self) -> str | None:
        """ISO 8601; None where the stamp has no year, or there is none."""
        return None if self.stamp is None else iso(self.stamp) or iso_of_epoch(self.stamp)


def split(text: str, *, hosts: bool = True) -> Stamped | None:
    """One line, less its newline; None where it has no stamp. Never raises.

    `hosts`: whether an ISO stamp may have a host and a program behind it, as in a journal; `dmesg` writes none.
    """
    said = _LINE.match(text)
    if said is None:
        return _of_kernel(text, hosts=hosts) if text.startswith("kernel: ") else _of_kmsg(text)
    priority, version, level, since_boot, bracketed, stamp, syslog, epoch, message = said.groups()
    if priority is not None:
        level = LEVELS[int(priority) & 7]
    if since_boot is not None:
        host, message = _kernel_on(message) if hosts and " kernel: " in message[:80] else (None, message)
        return Stamped(message, since_boot_s=float(since_boot), level=level, host=host)
    if bracketed is not None:
        return Stamped(message, stamp=bracketed, level=level)
    if stamp is not None and not version and (not hosts or "," in stamp):
        return Stamped(message, stamp=stamp, level=level)
    return _spoken(message, stamp or syslog or epoch, level)


def behind_name(text: str, *, hosts: bool = True) -> Stamped | None:
    """One line that `split` did not take, behind a host as a cluster shell says it, or a file as `grep` does."""
    if "[" in text and (within := _FILE.match(text)):
        return split(within[1], hosts=hosts)
    if (said := _BEFORE.match(text)) is None:
        return None
    inner = split(said[2], hosts=hosts)
    if inner is not None:
        return inner if inner.host else inner._replace(host=said[1])
    return Stamped(said[2], host=said[1]) if said[2].startswith(DRIVERS) else None


def has_hosts(text: str) -> bool:
    """Whether hosts and programs stand behind the stamps of a text."""
    return " kernel: " in text or _CERTAIN.search(text[:_HEAD]) is not None


def _spoken(said: str, stamp: str, level: str | None) -> Stamped:
    speaker = _SPEAKER.match(said)
    if speaker is None:
        if structured := _SPEAKER_5424.match(said):
            return Stamped(_by(structured[2], structured[3]), stamp, host=structured[1], level=level)
        return Stamped(said, stamp, level=level)
    since_boot, message = None, speaker[5]
    if message.startswith("[") and (inner := _ELSEWHERE.match(message)):
        since_boot, message = float(inner[1]), inner[2]
    if speaker[2]:
        level = "warn" if speaker[2] == "WARNING" else speaker[2].lower()
    return Stamped(_by(speaker[3], message), stamp, since_boot, speaker[1], level)


def _by(program: str, message: str) -> str:
    return message if program == "kernel" else f"{program}: {message}"


def _kernel_on(said: str) -> tuple[str | None, str]:
    host, kernel, message = said.partition(" kernel: ")
    return (host, message) if kernel and " " not in host else (None, said)


def _of_kernel(text: str, *, hosts: bool) -> Stamped:
    """A line of syslog whose time and host were cut off."""
    message = text.removeprefix("kernel: ")
    return split(message, hosts=hosts) or Stamped(message)


def _of_kmsg(text: str) -> Stamped | None:
    if ";" not in text or (said := _KMSG.fullmatch(text)) is None:
        return None
    return Stamped(said[4], since_boot_s=int(said[3]) / 1e6, level=LEVELS[int(said[1]) & 7], sequence=int(said[2]))
