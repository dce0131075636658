"""The objects that `nv show … -o json` prints, as rows, events and facts; its texts come here as objects too.

What is a row: an interface, and every object of a collection whose objects are alike (fans, sensors, modules,
firmware, partitions). Everything else stands once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Entry, Reading, Row, Said
from fabconsole.formats.switches.measures import said
from fabconsole.formats.switches.nvue_interface import INTERFACE, is_interface, row, tells_of_one
from fabconsole.formats.values import snake

ASKED = re.compile(
    r"n(?:v|et)\s+show\s+(?:fae\s+)?(?:interface|platform\s+(?:transceiver|inventory|firmware|environment\s+\w{1,40}))"
    r"\s+(?!-|(?:link-diagnostics|bonds?|bond-members|carrier-stats|rates|counters|status|brief|up|down|physical|svi|vrf|details?"
    r"|description|mac|neighbor|pluggables|transceiver|lldp|small|all|json)\b(?!-))([\w.,/-]{1,80})\s{0,4}(.{0,120})"
)
_SHOWN = re.compile(r"nv\s+show\s+([^|>]{1,120}?)(?:\s-|\s*[|>]|\s*$)")
_WORD = re.compile(r"[a-z][a-z-]{1,40}")
_OPTIONS = re.compile(r"\s*(?:(?:-o|--output|--rev|--view|--filter)[ =]?\S*|\|.*|>.*)")
_SEVERITIES = {
    "informational": Severity.INFO,
    "info": Severity.INFO,
    "notice": Severity.INFO,
    "warning": Severity.WARN,
    "warn": Severity.WARN,
    "minor": Severity.WARN,
    "error": Severity.CRIT,
    "major": Severity.CRIT,
    "critical": Severity.CRIT,
    "alert": Severity.CRIT,
    "emergency": Severity.CRIT,
}
_STAMP = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(.*)")
_OFFSET = re.compile(r"\s?(Z|[+-]\d\d:?\d\d)?")
_ALIKE = 0.5
_DEEPEST = 6
_NUMBERED = re.compile(r"\D{0,64}\d{1,10}(?:[-_./ ].{0,64})?")


def kind_of(asked: str) -> str:
    """What the things are that a command lists: `nv show platform environment fan` fans."""
    said = _SHOWN.search(asked)
    words = [word for word in said[1].split() if _WORD.fullmatch(word)] if said is not None else []
    return snake(words[-1]) if words else ""


def tell(value: object, asked: str, told: Reading) -> None:
    """Add what a document says. `asked` is the command that it answers, as far as that is known."""
    if isinstance(value, Mapping):
        subject = ASKED.search(asked)
        first = len(told.rows)
        _tell(value, (), subject, told, 0)
        kind = kind_of(asked)
        for one in told.rows[first:]:
            if kind and kind != "interface" and subject is None:
                one.extra.setdefault("kind", kind)
    elif isinstance(value, list):
        for one in value:
            tell(one, asked, told)
    else:
        told.unparsed.append(str(value))


def _tell(
    value: Mapping[str, object], path: tuple[str, ...], asked: re.Match[str] | None, told: Reading, depth: int
) -> None:
    if asked is not None and not path and not _is_named(value, asked[1]):
        told.rows.append(row(asked[1], value, _OPTIONS.sub("", asked[2]).strip()))
    elif _are_interfaces(value):
        _tell_interfaces(value, path, told)
    elif not path and tells_of_one(value):
        told.rows.append(row("interface", value))
    elif _are_events(value):
        _tell_events(value, told)
    elif depth and _are_alike(value, path):
        told.rows.extend(_thing(name, one, path) for name, one in value.items() if isinstance(one, Mapping))
    else:
        _tell_members(value, path, told, depth)


def _is_named(value: Mapping[str, object], name: str) -> bool:
    """Whether the answer names the interfaces itself, though one was asked for."""
    return name in value or (bool(value) and all(INTERFACE.fullmatch(str(one)) for one in value))


def _are_interfaces(value: Mapping[str, object]) -> bool:
    return (
        bool(value)
        and all(
            is_interface(str(name), one) and ("link" in one or "iface_obj" in one or INTERFACE.fullmatch(str(name)))
            for name, one in value.items()
            if isinstance(one, Mapping)
        )
        and any(isinstance(one, Mapping) for one in value.values())
    )


def _tell_interfaces(value: Mapping[str, object], path: tuple[str, ...], told: Reading) -> None:
    for name, one in value.items():
        if isinstance(one, Mapping):
            told.rows.append(row(str(name), one))
        else:
            _fact(told, (*path, str(name)), one)


def _are_events(value: Mapping[str, object]) -> bool:
    return any(isinstance(one, Mapping) and "time-created" in one for one in value.values())


def _tell_events(value: Mapping[str, object], told: Reading) -> None:
    for name, one in value.items():
        if isinstance(one, Mapping):
            told.events.append(_event(str(name), one))
        else:
            _fact(told, (name,), one)


def _event(name: str, one: Mapping[str, object]) -> Entry:
    stamp = str(one.get("time-created") or "")
    at = when(stamp)
    return Entry(
        at=at,
        kind="system",
        text=str(one.get("text") or ""),
        code=int(name) if name.isdecimal() and len(name) < 10 else None,
        severity=_SEVERITIES.get(str(one.get("severity") or "").lower()),
        subject=str(one.get("resource") or "") or None,
        stamp=stamp or None,
    )


def when(stamp: str) -> str | None:
    """ISO 8601; a zone's letters are no zone, so they are left to the stamp."""
    told = _STAMP.match(stamp)
    if told is None:
        return None
    offset = _OFFSET.fullmatch(told[5])
    return f"{told[1]}-{told[2]}-{told[3]}T{told[4]}{(offset[1] or '') if offset else ''}"


def _are_alike(value: Mapping[str, object], path: tuple[str, ...]) -> bool:
    """Whether these are several things of one kind, or one that is numbered."""
    inner = [one for one in value.values() if isinstance(one, Mapping)]
    if not inner or len(inner) < len(value) or not any(inner):
        return False
    if len(inner) == 1:
        return bool(path) and all(_NUMBERED.fullmatch(str(name)) for name in value) and _is_flat(inner[0])
    shared = set.intersection(*(set(one) for one in inner))
    widest = max(len(one) for one in inner)
    return len(shared) >= _ALIKE * widest and not all(one == {} for one in inner)


def _is_flat(value: Mapping[str, object]) -> bool:
    return any(not isinstance(one, Mapping) for one in value.values())


def _thing(name: str, one: Mapping[str, object], path: tuple[str, ...]) -> Row:
    told = Row(id=name)
    for key, value in one.items():
        told.extra.update(said(str(key), value))
    state = told.extra.get("state")
    if isinstance(state, str) and state.lower() in ("up", "down"):
        told.state = state.lower()
    if path:
        told.extra.setdefault("kind", path[-1])
    return told


def _tell_members(value: Mapping[str, object], path: tuple[str, ...], told: Reading, depth: int) -> None:
    if not path and _are_alike(value, ("",)):
        told.rows.extend(_thing(str(name), one, ()) for name, one in value.items() if isinstance(one, Mapping))
        return
    for name, one in value.items():
        here = (*path, str(name))
        if isinstance(one, Mapping) and one and depth < _DEEPEST and not all(inner == {} for inner in one.values()):
            _tell(one, here, None, told, depth + 1)
        else:
            _fact(told, here, one)


def _fact(told: Reading, path: tuple[str, ...], value: object) -> None:
    for key, one in said("-".join(path), value).items():
        keep(told.facts, key, one)


def keep(facts: dict[str, Said], key: str, value: Said) -> None:
    """A fact; where one was told otherwise before, both, in order."""
    before = facts.get(key)
    if key not in facts:
        facts[key] = value
    elif isinstance(before, list) and not isinstance(value, list):
        before.append(value)
    elif before != value:
        facts[key] = [before, value]
