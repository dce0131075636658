"""What `| json-print` makes of a command of MLNX-OS or Onyx: arrays of objects with a `header`, objects of arrays of
objects, lists in lists; and the answer of the switch's own JSON interface around them.

Source: fixtures of the onyx modules of Ansible (`ansible-collections/mellanox.onyx`, tests/unit/modules/fixtures).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.measures import nested, said
from fabconsole.formats.switches.mlnx_os_port import Pair, bracketed, port, port_name
from fabconsole.formats.switches.nvue_objects import keep

_SECTIONS = frozenset({"rx", "tx"})
_WITHIN = ("Device", "Fan", "Sensor", "Component", "Reg", "Power Meter", "Index")
_NAMES = ("Interface ethernet", "Interface ib", "Interface", "Port", "Local Interface")
_DEEPEST = 12
_GROUP = re.compile(r"\d{1,5} (?=[A-Z])")
"""The number of a group before its port channel: `1 Po22(D)`."""


def tell(value: object, asked: str, told: Reading, depth: int = 0) -> None:
    """Add what a document says."""
    if depth > _DEEPEST:
        told.facts["incomplete"] = "the JSON is too deep"
    elif isinstance(value, list):
        _tell_list(value, asked, told, depth)
    elif isinstance(value, Mapping):
        _tell_object(value, asked, told, depth)
    elif value is not None:
        told.unparsed.append(str(value))


def _tell_list(value: list[object], asked: str, told: Reading, depth: int) -> None:
    last: Row | None = None
    for one in value:
        if not isinstance(one, Mapping):
            tell(one, asked, told, depth + 1)
            continue
        name = _name(one)
        if name is not None and (named := port_name(name)):
            last = port(named, _pairs(one), asked)
            told.rows.append(last)
        elif isinstance(header := one.get("header"), str):
            _tell_part(header, one, last, told)
        else:
            tell(one, asked, told, depth + 1)


def _tell_part(header: str, one: Mapping[str, object], last: Row | None, told: Reading) -> None:
    """What has a heading of its own: a part of the port before it, such as a traffic class, or a thing."""
    body = nested({key: value for key, value in one.items() if key != "header"})
    if last is None:
        told.rows.append(Row(id=header, extra=dict(body) if isinstance(body, Mapping) else {}))
        return
    kind = "traffic_classes" if header.upper().startswith("TC") else "parts"
    parts = last.extra.setdefault(kind, {})
    if isinstance(parts, dict):
        parts[header] = body


def _name(one: Mapping[str, object]) -> str | None:
    header = one.get("header")
    if isinstance(header, str):
        return header
    for key in _NAMES:
        if isinstance(name := one.get(key), str):
            kind = {"Interface ethernet": "Eth", "Interface ib": "IB"}.get(key, "")
            return f"{kind}{name}" if name[:1].isdigit() else name
    return None


def _pairs(one: Mapping[str, object]) -> Iterator[Pair]:
    for key, value in one.items():
        if key == "header" or key in _NAMES:
            continue
        if isinstance(value, Mapping) and key.lower() in _SECTIONS:
            yield from ((key, str(name), inner) for name, inner in value.items())
        elif isinstance(value, list) and key.lower() in _SECTIONS:
            for inner in value:
                if isinstance(inner, Mapping):
                    yield from ((key, str(name), counted) for name, counted in inner.items())
        else:
            yield "", str(key), value


def _tell_object(value: Mapping[str, object], asked: str, told: Reading, depth: int) -> None:
    if "data" in value and ("status" in value or "executed_command" in value):
        _tell_envelope(value, told, depth)
        return
    named = _name(value)
    if named is not None and (name := port_name(named)):
        told.rows.append(port(name, _pairs(value), asked))
        return
    for key, one in value.items():
        _tell_member(str(key), one, asked, told, depth)


def _tell_envelope(value: Mapping[str, object], told: Reading, depth: int) -> None:
    for key, one in value.items():
        if key != "data" and one not in ("", None):
            for name, fact in said(key, one).items():
                keep(told.facts, name, fact)
    tell(value["data"], str(value.get("executed_command") or ""), told, depth + 1)


def _tell_member(key: str, one: object, asked: str, told: Reading, depth: int) -> None:
    name = port_name(_GROUP.sub("", key, count=1))
    if name is not None and isinstance(one, Mapping | list):
        for body in _bodies(one):
            told.rows.append(port(name, [*_pairs(body), *bracketed(key)], asked))
    elif isinstance(one, list) and one and all(isinstance(inner, Mapping) for inner in one):
        told.rows.extend(_things(key, one))
    elif isinstance(one, list | Mapping) and _holds_ports(one):
        tell(one, asked, told, depth + 1)
    else:
        for fact, value in said(key, one).items():
            keep(told.facts, fact, value)


def _bodies(one: object) -> Iterator[Mapping[str, object]]:
    """The objects that tell of one port: several that share no name are one."""
    objects = [inner for inner in one if isinstance(inner, Mapping)] if isinstance(one, list) else [one]
    mappings = [inner for inner in objects if isinstance(inner, Mapping)]
    whole: dict[str, object] = {}
    for inner in mappings:
        if set(whole) & set(inner):
            yield whole
            whole = {}
        whole = {**whole, **inner}
    yield whole


def _holds_ports(one: object) -> bool:
    if isinstance(one, Mapping):
        return any(port_name(str(key)) for key in one) or isinstance(one.get("header"), str)
    return isinstance(one, list) and any(isinstance(inner, Mapping | list) for inner in one)


def _things(key: str, objects: list[object]) -> Iterator[Row]:
    for one in objects:
        if not isinstance(one, Mapping):
            continue
        within = [str(one[name]) for name in _WITHIN if isinstance(one.get(name), str)]
        thing = Row(id="/".join((key, *within)))
        for name, value in one.items():
            thing.extra.update(said(str(name), value))
        yield thing
