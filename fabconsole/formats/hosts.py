"""One tool's words from many hosts at once, as a cluster shell prints them, taken apart and read host by host.

Forms: `pdsh` and `clush` before every line (`gpu017: text`), `dshbak` and `clush -b` in blocks under a ruled heading,
whose names may be folded (`gpu[001-004]`), Ansible's `gpu017 | CHANGED | rc=0 >>`. In every incident some host gives no
answer: what the shell or ssh says of it is an event of that host, and the reading incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fabconsole.fabric.health import Severity
from fabconsole.fabric.node_sets import expanded
from fabconsole.formats.format import Format, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Said

_NAME = r"[A-Za-z0-9](?:[\w.-]|\[[\d,-]{1,64}\]|,){0,200}"
_BEFORE = re.compile(rf"^({_NAME}):(?: |$)(.*)$", re.MULTILINE)
_RULED = re.compile(rf"^-{{5,}}\n({_NAME})(?: \(\d+\))?\n-{{5,}}$\n?", re.MULTILINE)
_ANSIBLE = re.compile(rf"^({_NAME}) \| (?:CHANGED|SUCCESS|FAILED)!? \| rc=\d+ >>$\n?", re.MULTILINE)
BY_HOST = "by_host"
"""The fact that holds those of each host, by its name."""
_NO_ANSWER = (
    r"ssh: |ssh exited|Connection (?:closed|refused|reset|timed out)|Permission denied|Host key verification failed"
    r"|Could not resolve hostname|command timeout|kex_exchange_identification"
)
_SILENT = re.compile(
    rf"^(?:(?:pdsh|clush|dsh|srun)(?:@[\w.-]{{1,64}})?: (?P<of>{_NAME}): (?P<why>.{{1,200}})"  # the shell of a host
    rf"|(?P<host>{_NAME}): (?P<said>(?:{_NO_ANSWER}).{{0,200}})"  # ssh, behind the shell's prefix
    rf"|(?P<node>{_NAME}) \| UNREACHABLE! => \{{(?P<json>[^}}]{{0,2000}})\}}"
    r"|clush: \d{1,6}/\d{1,6})$\n?",
    re.MULTILINE,
)
_LINES_A_HOST = 3
"""Fewer a host in the mean, and a tool's own `name: value` lines would pass for hosts', unless all is understood."""


def read(one: Format, paste: Paste) -> Reading:
    """Read a text by a format: each host's by itself where a cluster shell put several together. Never raises.

    Then a row is `gpu017/mlx5_0/1`, an event has its node, and `facts` has each host's in `by_host`.
    """
    whole = one.read(paste)
    if whole.rows and not whole.unparsed:
        return whole
    silent, text = without_silent(paste.text)
    apart = by_host(text)
    surely = bool(apart)
    allowed = max(len(whole.unparsed), 1) if surely else 1
    apart = apart or by_host(text, least=1)
    parts = {host: one.read(Paste(said)) for host, said in apart.items()}
    lost = sum(len(part.unparsed) for part in parts.values())
    if lost >= allowed or not any(part.rows or part.events or (surely and part.facts) for part in parts.values()):
        return whole
    return _joined(parts, silent)


def likeliest(paste: Paste) -> tuple[Format, ...]:
    """As `recognise`, with what a cluster shell put before the lines left out where nothing is recognised with it."""
    if found := recognise(paste):
        return found
    silent, text = without_silent(paste.text)
    apart = by_host(text, least=1 if silent else _LINES_A_HOST)
    return next((found for said in apart.values() if (found := recognise(Paste(said)))), ())


def without_silent(text: str) -> tuple[dict[str, str], str]:
    """The hosts that gave no answer, each with what was said of it, and the text of those that did."""
    silent: dict[str, str] = {}
    for said in _SILENT.finditer(text):
        host = said["of"] or said["host"] or said["node"]
        why = said["why"] or said["said"] or ("unreachable" if said["node"] else "")
        if host and (host not in silent or said["said"]):
            silent[host] = why
    return (silent, _SILENT.sub("", text)) if silent else ({}, text)


def by_host(text: str, *, least: int = _LINES_A_HOST) -> dict[str, str]:
    """Each host's part of a text, in the order in which they first speak; none where it is not of that kind.

    `least`: how many lines a host has in the mean.
    """
    for heading in (_RULED, _ANSIBLE):
        if heading.search(text):
            return dict(_blocks(heading, text))
    if _BEFORE.match(text.lstrip("\n")) is None:
        return {}
    said: dict[str, list[str]] = {}
    lines = 0
    for line in text.split("\n"):
        if before := _BEFORE.match(line):
            said.setdefault(before[1], []).append(before[2])
            lines += 1
        elif line.strip():
            return {}
    return {host: "\n".join(own) + "\n" for host, own in said.items()} if lines >= least * len(said) else {}


def _blocks(heading: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    heads = list(heading.finditer(text))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        yield head[1], text[head.end() : after.start() if after else len(text)]


def _joined(parts: dict[str, Reading], silent: dict[str, str]) -> Reading:
    facts: dict[str, Said] = {"hosts": sum(map(_many, parts.keys() | silent.keys()))}
    if gone := [host for host in silent if host not in parts]:
        facts["silent"] = list[Said](gone)
        facts["incomplete"] = f"{len(gone)} of {facts['hosts']} hosts gave no answer"
    if said := {host: part.facts for host, part in parts.items() if part.facts}:
        facts[BY_HOST] = said
    return Reading(
        rows=[replace(row, id=f"{host}/{row.id}") for host, part in parts.items() for row in part.rows],
        events=[
            *(
                Entry(at=None, kind="session", text=why, node=host, severity=Severity.UNKNOWN)
                for host, why in silent.items()
            ),
            *(replace(event, node=event.node or host) for host, part in parts.items() for event in part.events),
        ],
        facts=facts,
        unparsed=[f"{host}: {line}" for host, part in parts.items() for line in part.unparsed],
    )


def _many(host: str) -> int:
    """How many hosts a name stands for: `gpu[001-004]` is four that said the same."""
    try:
        return len(expanded(host))
    except ValueError:
        return 1
