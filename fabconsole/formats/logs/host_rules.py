"""What a host's log says of its links besides what `kernel_log` knows: carriers, bonds, and other signs of trouble.

`kernel_log` follows live nodes and is kept to what an operator must see; a log that somebody pasted is read for more.
Forms: systemd-networkd's networkd-link.c, NetworkManager's nm-device.c, the kernel's drivers/net (`NIC Link is Down`,
phylib's `Link is Down`, bond_main.c), net/ipv6/addrconf.c, net/sched/sch_generic.c, nvidia-peermem.c of NVIDIA's open
kernel modules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.printable import printable
from fabconsole.formats.logs import kernel_log

_INFO, _WARN, _CRIT = Severity.INFO, Severity.WARN, Severity.CRIT


@dataclass(frozen=True, slots=True)
class _Rule:
    """A message, by its words; the group `on` is what it is about."""

    words: tuple[str, ...]
    """One of them stands in every such message."""
    pattern: re.Pattern[str]
    kind: str
    severity: Severity
    change: str | None = None
    """lost or gained: what became of the carrier."""


def _rule(words: str, pattern: str, kind: str, severity: Severity, change: str | None = None) -> _Rule:
    return _Rule(tuple(words.split("|")), re.compile(pattern), kind, severity, change)


_FAILS = r"(?i:\b(?:error|errors|fail|failed|fails|failure|timed out|timeout|fatal)\b)"
_RECEIVED = r"error (?:message )?received"
"""What a root port says first; the error itself follows, if anything does: see `announces`."""
_IF = r"(?P<on>[\w.@-]{1,32})"
_RULES = (
    _rule("ost carrier", rf"{_IF}: [Ll]ost carrier", "carrier", _WARN, "lost"),
    _rule("ained carrier", rf"{_IF}: [Gg]ained carrier", "carrier", _INFO, "gained"),
    _rule("link disconnected", rf"device \({_IF}\): (?:carrier: )?link disconnected", "carrier", _WARN, "lost"),
    _rule("link connected", rf"device \({_IF}\): (?:carrier: )?link connected", "carrier", _INFO, "gained"),
    _rule("definitely down for", rf"definitely down for (?:active )?interface {_IF}", "carrier", _WARN, "lost"),
    _rule("definitely down", rf"(?:slave|interface) {_IF}: link status definitely down", "carrier", _WARN, "lost"),
    _rule("definitely down", rf"slave {_IF}\): link status definitely down", "carrier", _WARN, "lost"),
    _rule("definitely up for", rf"definitely up for interface {_IF}", "carrier", _INFO, "gained"),
    _rule("link status", rf"slave {_IF}\): link status (?:definitely )?up", "carrier", _INFO, "gained"),
    _rule("without any active", rf"{_IF}: now running without any active interface", "carrier", _CRIT, "lost"),
    _rule("link becomes ready", rf"{_IF}: link becomes ready", "carrier", _INFO, "gained"),
    _rule("link is not ready", rf"{_IF}: link is not ready", "carrier", _INFO),
    _rule("own", rf"(?:^| ){_IF}:? (?:NIC )?[Ll]ink (?:is )?[Dd]own(?!\w| \(S)", "carrier", _WARN, "lost"),
    _rule(
        "ink is |ink up|ink Up",
        rf"(?:^| ){_IF}:? (?:NIC )?[Ll]ink (?:is )?[Uu]p(?!\w| \d\.\d)",
        "carrier",
        _INFO,
        "gained",
    ),
    _rule("link status", rf"link status down for (?:active )?interface {_IF}", "carrier", _WARN),
    _rule("link status", rf"link status up for interface {_IF}", "carrier", _INFO),
    _rule(": Port: ", rf"{_IF}: Port: \d{{1,3}} Link DOWN", "mlx5", _WARN, "lost"),
    _rule(": Port: ", rf"{_IF}: Port: \d{{1,3}} Link ACTIVE", "mlx5", _INFO, "gained"),
    _rule(": Port: ", rf"{_IF}: Port: \d{{1,3}} Link (?:INIT|ARMED)", "mlx5", _INFO),
    _rule("NETDEV WATCHDOG", rf"NETDEV WATCHDOG: {_IF}", "netdev", _WARN),
    _rule("peermem", r"peermem.{0,200}(?:ERROR|error|fail)", "peermem", _WARN),
    _rule("API mismatch", r"NVRM: .{0,80}API mismatch", "driver", _CRIT),
    _rule(
        "NVRM: ",
        r"NVRM: .{0,200}?(?:not supported by|[Ff]ailed|[Tt]imed out|[Tt]imeout|Cannot |No NVIDIA|bad register|NV_ERR_)",
        "driver",
        _WARN,
    ),
    _rule("received", rf"AER: .{{0,16}}Uncorrect\w{{1,8}} \(Fatal\) {_RECEIVED}", "aer", _CRIT),
    _rule("received", rf"AER: .{{0,16}}Uncorrect\w{{1,8}}(?: \(Non-Fatal\))? {_RECEIVED}", "aer", _WARN),
    _rule("received", rf"AER: .{{0,16}}Correct\w{{1,8}} {_RECEIVED}", "aer", _INFO),
    _rule("Link Down/Up ignored", r"Slot\([^)]{1,20}\): Link Down/Up ignored", "aer", _INFO),
    _rule("AER: ", r"AER: can't recover", "aer", _WARN),
    _rule(
        "failed with error",
        r"(?:nvidia|mlx[45]).{0,60}(?:probe|Direct firmware load).{0,200}failed with error",
        "driver",
        _WARN,
    ),
    _rule("DPC: ", r"DPC: unmasked uncorrectable error", "aer", _WARN),
    _rule("Slot(", r"Slot\([^)]{1,20}\): (?:Link Up|Card present)", "aer", _INFO),
    _rule(
        "mlx5_core",
        r"mlx5_core.{0,160}(?:handling bad device|Skipping wait for vf pages|device is in error|entering error state)",
        "mlx5",
        _WARN,
    ),
    _rule("mlx", rf"mlx[45]_(?:core|ib|en)\b.{{0,300}}?{_FAILS}", "mlx5", _WARN),
    _rule("mlx5_core", r"mlx5_core.{0,100}(?:assert_var|assert_exit_ptr|\bsynd\b|print_health_info)", "mlx5", _WARN),
    _rule("[Hardware Error]|achine check|achine Check", "", "hardware", _WARN),
    _rule("EDAC MC", r"EDAC MC\d{1,3}: \d{1,9} UE ", "hardware", _WARN),
    _rule("EDAC MC", r"EDAC MC\d{1,3}: \d{1,9} CE ", "hardware", _INFO),
    _rule("multicast join failed", rf"{_IF}: multicast join failed", "netdev", _WARN),
    _rule("segfault at", r"segfault at .{0,200} in lib(?:nccl|cuda|mlx5|ibverbs)", "log", _WARN),
    _rule("Kernel panic|soft lockup|hard LOCKUP", "", "log", _CRIT),
    _rule("blocked for more than", r"blocked for more than \d{1,6} seconds", "log", _WARN),
    _rule("Out of memory: Kill|oom-kill:", "", "log", _WARN),
)

_BY_WORD = tuple((word, rule) for rule in _RULES for word in rule.words)

WORDS = (
    *("Xid (", "NVRM: ", "mlx", "PCIe ", "AER: ", "DPC: ", "Slot(", "Missed ", "WATCHDOG", "peermem", "infiniband "),
    *("carrier", "link ", "Link ", "without any active", "High temp", "compromised", "reached miss", "leak of a"),
    *(
        "Hardware Error",
        "achine ",
        "panic",
        "lockup",
        "LOCKUP",
        "blocked for",
        "Out of memory",
        "oom-kill",
        "fabricmanager",
        "failed with error",
        "EDAC MC",
        "multicast join",
        "segfault at",
    ),
)
"""A line without any of these tells nothing: they are looked for before anything else."""


def announces(event: Event) -> bool:
    """Whether it is a root port's word that an error came in, which the error's own line makes superfluous."""
    return event.kind == "aer" and "received" in event.text and "PCIe Bus Error" not in event.text


def event(message: str) -> tuple[Event, str | None] | None:
    """What a message tells, and what became of a carrier; None where it is none of ours. Never raises."""
    message = message[:4096]
    for word, rule in _BY_WORD:
        if word in message and (said := rule.pattern.search(message)):
            about = message.partition(" received")[2] if rule.kind == "aer" else ""
            on = said["on"] if rule.pattern.groups else kernel_log.subject(about) or kernel_log.subject(message)
            found = Event(at=0.0, node="", kind=rule.kind, severity=rule.severity, text=printable(message), subject=on)
            return found, rule.change
    return None
