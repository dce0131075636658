"""NVIDIA UFM: ports, links and systems of its REST interface, its events, and where the cabling is not as planned.

Shapes: UFM Enterprise REST API guide (resources/ports, links, systems; app/events, alarms); the NDT plugin's report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.site import ufm_event, ufm_objects
from fabconsole.formats.values import snake

_OPENING = re.compile(r"^[ \t]*[{\[][ \t]*(?:$|[\"{\[])", re.MULTILINE)
_OF_ONE = ("guid", "system_name", "event_type", "source_guid", "object_path", "UnhealthyGUID", "report_id")
"""Any of these keys tells that a document is one thing and no answer that wraps several."""


def _reading(paste: Paste) -> Reading:
    said = Reading()
    lines = paste.lines
    if _OPENING.search(paste.text):
        found = documents(paste.text)
        for document in found.found:
            _document(document, said)
        lines = found.rest
        if found.cut:
            said.facts["incomplete"] = "the JSON ends before its end"
    for line in lines:
        if line.strip():
            entry = ufm_event.line(line)
            if entry is None:
                said.unparsed.append(line)
            else:
                said.events.append(entry)
    return said


def _document(document: Any, said: Reading) -> None:
    if isinstance(document, list):
        for one in document:
            if isinstance(one, Mapping):
                _object(one, said)
            else:
                said.unparsed.append(str(one))
        return
    report = document.get("report")
    if isinstance(report, Mapping):
        _report(report, said)
    elif any(key in document for key in _OF_ONE):
        _object(document, said)
        return
    for key, value in document.items():
        if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            _document(value, said)
        elif key != "report" or not isinstance(report, Mapping):
            said.facts[snake(key)] = ufm_objects.plain(value)


def _object(one: Mapping[str, Any], said: Reading) -> None:
    if "logical_state" in one or "physical_state" in one or ("active_speed" in one and "guid" in one):
        said.rows.append(ufm_objects.port(one))
    elif "UnhealthyGUID" in one:
        said.rows.append(ufm_objects.unhealthy(one))
    elif "virtual_port_guid" in one:
        said.rows.append(ufm_objects.virtual(one))
    elif "source_guid" in one or "destination_guid" in one:
        said.rows.append(ufm_objects.link(one))
    elif "severity" in one and "timestamp" in one and ("description" in one or "reason" in one):
        said.events.append(ufm_event.event(one))
    else:
        said.rows.append(ufm_objects.system(one))


def _report(report: Mapping[str, Any], said: Reading) -> None:
    """What is plugged and what the plan (NDT) says: links that go elsewhere, and those in one of the two only."""
    for kind, told in report.items():
        links = told if isinstance(told, list) else []
        said.facts[snake(kind)] = len(links) if isinstance(told, list) else ufm_objects.plain(told)
        for link in links:
            if isinstance(link, Mapping):
                row = _wired(str(link.get("expected") or link.get("actual") or ""), kind)
                row.extra |= {snake(key): ufm_objects.plain(value) for key, value in link.items()}
            else:
                row = _wired(str(link), kind)
            said.rows.append(row)


def _wired(text: str, kind: str) -> Row:
    """`leaf-a01/17 - spine-02/4`: the two ends of a link."""
    one, _, other = text.partition(" - ")
    return Row(id=one.strip(), peer=other.strip() or None, marks=[kind], extra={"kind": "link", "link": text})


FORMAT = Format(
    name="ufm",
    family="site",
    commands=(
        "ufm event.log",
        "curl ufmRest/resources/ports",
        "curl ufmRest/app/events",
        "curl ufmRest/app/alarms",
        "curl ufmRest/app/unhealthy_ports",
        "ufm ndt report",
    ),
    aliases=("ufm-events", "ufmRest", "ndt"),
    versions="UFM Enterprise 6.10 to 6.22, NDT plugin",
    yields="ports and links with both ends, events, what is cabled otherwise than planned",
    signs={
        r'"(?:miss_wired|missing_in_ufm|missing_in_ndt)" *:': 100,
        r'"(?:peer_port_dname|high_ber_severity|systemID|peer_node_guid|system_mirroring_template)" *:': 100,
        r'"(?:source_port_dname|destination_port_dname|destination_guid)" *:': 100,
        r'"(?:object_path|write_to_syslog)" *:': 100,
        r'"(?:total_alarms|server_operation_mode|related_object_path|enabled_width|report_scope)" *:': 60,
        r'"(?:UnhealthyGUID|UnhealthyPortDname|virtual_port_guid|virtual_port_lid)" *:': 100,
        ufm_event.SIGN: 100,
    },
    read=_reading,
)
