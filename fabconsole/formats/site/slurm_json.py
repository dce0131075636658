"""Slurm's `--json` and slurmrestd's answers, 21.08 to 24.05: nodes, jobs, partitions, what sinfo groups, statistics.

A state is a text with flags beside it up to 22.05 and a list since; a number is `{set, infinite, number}` since 23.02
(slurm's src/plugins/data_parser).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.formats.json_text import Documents
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.site import slurm_states
from fabconsole.formats.values import snake

_OPENING = re.compile(r"^[ \t]*[{\[][ \t]*(?:$|[\"{\[])", re.MULTILINE)
_KINDS = {"nodes": "node", "jobs": "job", "partitions": "partition", "sinfo": "group", "reservations": "reservation"}
_IDS = ("job_id", "name", "partition", "hostname", "id")
_STATES = ("job_state", "state")
_META = frozenset({"plugin", "Slurm", "slurm", "client", "command"})


def looks_like(text: str) -> bool:
    """Whether a text has JSON in it."""
    return _OPENING.search(text) is not None


def read(found: Documents, said: Reading) -> None:
    """Add to a reading what its documents tell."""
    for document in found.found:
        if isinstance(document, Mapping):
            for key, value in document.items():
                _key(key, value, said)
        else:
            for one in document:
                if isinstance(one, Mapping):
                    said.rows.append(_row("job" if "job_id" in one else "node", one))
                else:
                    said.unparsed.append(str(one))
    if found.cut:
        said.facts["incomplete"] = "the JSON ends before its end"


def _key(key: str, value: Any, said: Reading) -> None:
    if key == "meta" and isinstance(value, Mapping):
        _meta(value, said)
    elif key in _KINDS and isinstance(value, list):
        rows = [_row(_KINDS[key], one) for one in value if isinstance(one, Mapping)]
        said.rows.extend(rows)
        said.facts[key] = len(rows)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value) and key != "errors":
        said.rows.extend(_row(key.removesuffix("s"), one) for one in value)
    elif value not in ([], {}, None):
        said.facts[snake(key)] = plain(value)


def _meta(meta: Mapping[str, Any], said: Reading) -> None:
    slurm = meta.get("Slurm") or meta.get("slurm")
    if isinstance(slurm, Mapping):
        said.facts |= {snake(name): plain(one) for name, one in slurm.items() if name != "version"}
    plugin = meta.get("plugin")
    if isinstance(plugin, Mapping):
        said.facts["plugin"] = plain(plugin.get("type"))
        more = {snake(name): plain(one) for name, one in plugin.items() if name != "type"}
        said.facts |= {f"plugin_{name}": one for name, one in more.items()}
    said.facts |= {snake(name): plain(one) for name, one in meta.items() if name not in _META}


def _row(kind: str, said: Mapping[str, Any]) -> Row:
    name = next((said[key] for key in _IDS if said.get(key) not in (None, "")), "")
    row = Row(id=str(name["name"] if isinstance(name, Mapping) and "name" in name else name), extra={"kind": kind})
    if kind == "group":
        _group(row, said)
    key = next((key for key in _STATES if key in said), "")
    state = said.get(key) if key else _inner_state(said)
    if isinstance(state, Mapping):  # the accounting's
        state = state.get("current")
    if "pinged" in said:
        row.state = str(said["pinged"]).lower()
    flags = said.get("state_flags")
    words = [state] if isinstance(state, str) else state if isinstance(state, list) else []
    if words:
        slurm_states.put(row, "+".join(str(word) for word in words), flags if isinstance(flags, list) else ())
    for key, value in said.items():
        if key not in {"state", "kind", "state_flags"}:
            row.extra.setdefault(snake(key), plain(value))
    return row


def _inner_state(said: Mapping[str, Any]) -> Any:
    """A partition's and a group's state stand a level deeper."""
    for key in ("partition", "node"):
        inner = said.get(key)
        if isinstance(inner, Mapping) and "state" in inner:
            return inner["state"]
    return None


def _group(row: Row, said: Mapping[str, Any]) -> None:
    """What `sinfo --json` tells together since 23.02: nodes of one partition in one state."""
    nodes = said.get("nodes")
    names = nodes.get("nodes") if isinstance(nodes, Mapping) else None
    if isinstance(names, list) and names:
        row.id = ",".join(str(name) for name in names)
        row.extra["nodelist"] = [str(name) for name in names]
    reason = said.get("reason")
    if isinstance(reason, Mapping):
        row.extra["reason"] = plain(reason.get("description"))


def plain(value: Any) -> Said:
    """A value without the wrapping that tells whether it was set."""
    if isinstance(value, Mapping):
        if "number" in value and value.keys() <= {"set", "infinite", "number"}:
            if value.get("infinite"):
                return "infinite"
            return plain(value["number"]) if value.get("set", True) else None
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
