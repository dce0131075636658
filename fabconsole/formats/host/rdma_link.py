"""`rdma link`, `rdma dev` and `rdma res` of iproute2, as text and with `-j`: ports, devices, what is used of them.

Names: iproute2 rdma/link.c, dev.c, res.c. A port is InfiniBand where it has a subnet prefix.
"""

from __future__ import annotations

from functools import lru_cache

from fabconsole.formats.format import Format
from fabconsole.formats.host.rdma_records import Record, Records
from fabconsole.formats.infiniband.port_words import guid, logical, physical
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.values import integer, snake

_KEYS = {
    "fw": "firmware",
    "sys_image_guid": "system_image_guid",
}
_FURTHER = frozenset(
    {"subnet_prefix", "lid", "sm_lid", "lmc", "state", "physical_state", "netdev", "netdev_index", "node_type"}
    | {"protocol", "fw", "node_guid", "sys_image_guid", "adaptive-moderation", "privileged-qkey", "dim", "parent"}
    | {"qp", "cq", "pd", "mr", "cm_id", "ctx", "srq", "lqpn", "rqpn", "type", "comm", "pid", "sq-psn", "rq-psn"}
    | {"path-mig-state", "cqn", "cqe", "users", "poll-ctx", "mrn", "mrlen", "rkey", "lkey", "iova", "pdn", "ctxn"}
)
"""Names that a further line of a record may begin with."""
_RESOURCES = frozenset({"lqpn", "cqn", "mrn", "pdn", "ctxn", "srqn", "cm-idn"})
_UNASSIGNED = (0, 0xFFFF)


def _reading(paste: Paste) -> Reading:
    records = Records(paste.text, lambda name, _value: name in _FURTHER)
    reading = Reading(rows=[_row(record) for record in records.all], unparsed=records.unparsed)
    links = {(record.name, record.port) for record in records.all}
    devices = sum(port is None for _, port in links)
    for fact, count in (("links", len(links) - devices), ("devices", devices)):
        if count:
            reading.facts[fact] = count
    if records.cut:
        reading.facts["incomplete"] = "the JSON ends before its end"
    return reading


def _row(record: Record) -> Row:
    row = Row(id=record.id)
    of_port = _RESOURCES.isdisjoint(record.said)  # a queue pair has a state of its own
    for name, value in record.said.items():
        if name == "state" and of_port:
            row.state = "unknown" if value == "UNKNOWN" else logical(str(value))
        elif name == "physical_state":
            row.phys_state = "unknown" if value == "UNKNOWN" else physical(str(value))
        elif isinstance(value, str):
            row.extra[_KEYS.get(name) or snake(name)] = _text(name, value)
        else:
            row.extra[_KEYS.get(name) or snake(name)] = _value(name, value)
    if row.extra.get("lid") in _UNASSIGNED and "subnet_prefix" in row.extra:
        row.marks.append("lid unassigned")
    return row


def _value(name: str, value: Said) -> Said:
    if isinstance(value, list):
        return [_value(name, one) for one in value]
    return _text(name, value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _text(name: str, value: str) -> Said:
    if name.endswith("guid"):
        return guid(value)
    number = integer(value) if value.isdecimal() else None
    return value if number is None else number


FORMAT = Format(
    name="rdma-link",
    family="host",
    commands=("rdma link", "rdma -j link", "rdma link show", "rdma dev", "rdma -j dev", "rdma res"),
    versions="iproute2 4.14 to 6.17",
    yields="state, LIDs and interface of HCA ports; firmware and GUIDs of devices; resources in use",
    signs={
        r"^[ \t]*link [\w.-]{1,64}/(?:\d{1,3}|-):? (?:subnet_prefix|state|lid|sm_lid|lqpn|cm-idn) ": 100,
        r"^[ \t]*\d{1,4}/\d{1,3}: [\w.-]{1,64}/\d{1,3}: ": 100,
        r"^[ \t]*\d{1,4}: [\w.-]{1,64}: node_type \w": 100,
        r"^[ \t]*\d{1,4}: [\w.-]{1,64}: (?:qp|pd|cq|mr|cm_id|ctx) \d": 100,
        r"^[ \t]*dev [\w.-]{1,64} (?:cqn|mrn|pdn|ctxn|srqn|cm-idn) \d": 100,
        r'"ifname" ?: ?"': 30,
        r'"physical_state" ?: ?"': 100,
        r'"node_type" ?: ?"(?:ca|rnic)"': 100,
    },
    read=_reading,
)
