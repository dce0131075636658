"""SONiC's `-j` and `--json`: ports or queues by name (portstat, queuestat, pfcstat), or a list of parts (psustatus)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.formats.json_text import Documents
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.ports import Ports, as_said
from fabconsole.formats.switches.sonic_cells import tell
from fabconsole.formats.switches.table import is_interface
from fabconsole.formats.values import snake

_OPENING = re.compile(r"^[ \t]*[{\[][ \t]*(?:$|[\"{\[])", re.MULTILINE)
_NAMES = ("name", "Sensor", "FAN", "PSU", "Port", "Interface")


def looks_like(text: str) -> bool:
    """Whether a text has JSON in it."""
    return _OPENING.search(text) is not None


def read(found: Documents, said: Reading) -> None:
    """Add to a reading what its documents tell."""
    ports = Ports()
    for document in found.found:
        if isinstance(document, Mapping):
            _by_name(document, ports, said)
        elif isinstance(document, list):
            for part in document:
                if isinstance(part, Mapping):
                    _part(part, ports)
                else:
                    said.unparsed.append(str(part))
    said.rows.extend(ports.rows)
    if found.cut:
        said.facts["incomplete"] = "the JSON ends before its end"


def _by_name(document: Mapping[str, Any], ports: Ports, said: Reading) -> None:
    for name, value in document.items():
        if not isinstance(value, Mapping):
            said.facts[snake(name)] = as_said(value)
        elif any(isinstance(one, Mapping) for one in value.values()):
            _nested(name, value, ports)
        else:
            _tell(ports, Row(id=name), value)


def _nested(name: str, value: Mapping[str, Any], ports: Ports) -> None:
    """Queues of a port, or ports of a namespace."""
    for inner, one in value.items():
        if not isinstance(one, Mapping):
            ports.row(name).extra[snake(inner)] = as_said(one)
        elif is_interface(inner) and not is_interface(name):
            _tell(ports, Row(id=inner), one)
        else:
            _tell(ports, Row(id=f"{name}/{inner}", extra={"port": name, "queue": inner}), one)


def _part(part: Mapping[str, Any], ports: Ports) -> None:
    key = next((name for name in _NAMES if name in part), next(iter(part), ""))
    _tell(ports, Row(id=str(part.get(key))), {name: one for name, one in part.items() if name != key})


def _tell(ports: Ports, row: Row, values: Mapping[str, Any]) -> None:
    plain = {name: one for name, one in values.items() if isinstance(one, str | int | float) or one is None}
    tell(row, tuple(plain), ["N/A" if one is None else str(one) for one in plain.values()])
    row.extra |= {snake(name): as_said(one) for name, one in values.items() if name not in plain}
    ports.add(row)
