"""`rdma statistic` of iproute2, as text and with `-j`: hardware counters of ports, and of bound queue pairs.

Names: iproute2 rdma/stat.c; the counters are those of sysfs `hw_counters`, and the optional ones that are switched on.
"""

from __future__ import annotations

from functools import lru_cache

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.formats.format import Format
from fabconsole.formats.host.rdma_records import Record, Records
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.values import integer, snake

_NUMBERS = frozenset({"ifindex", "cntn", "pid", "lqpn", "mrn", "mr", "lifespan", "pdn", "ctxn"})
"""Numbers that count nothing."""
_WORDS = frozenset({"type", "qp-type", "comm", "mode", "optional-counters", "supported"})
_LARGEST = (1 << 64) - 1


def _fits(name: str, value: str) -> bool:
    return value.lstrip("-").isdecimal() or name in _WORDS


def _reading(paste: Paste) -> Reading:
    records = Records(paste.text, _fits)
    reading = Reading(rows=[_row(record) for record in records.all], unparsed=records.unparsed)
    if records.all:
        reading.facts["links"] = len({record.id for record in records.all})
    if records.cut:
        reading.facts["incomplete"] = "the JSON ends before its end"
    return reading


def _row(record: Record) -> Row:
    row = Row(id=record.id)
    for name, said in record.said.items():
        if isinstance(said, str):
            number = int(said) if len(said) < 20 and said.isdecimal() else integer(said)
            if number is not None and name not in _NUMBERS:
                _count(row, name, None if name in record.torn else number)
                continue
        else:
            number = said if isinstance(said, int) else None
        if isinstance(said, list):
            row.extra[name] = [int(one) if isinstance(one, str) and one.isdecimal() else one for one in said]
        elif name in _NUMBERS or isinstance(said, bool):
            row.extra[name] = said if number is None and isinstance(said, str) else number  # `180,181-183`
        elif isinstance(number, int):
            _count(row, name, None if name in record.torn else number)
        elif name == "optional-counters" and isinstance(said, str):
            row.extra["optional_counters"] = [*said.split(",")]
        elif said is None:
            row.counters[name] = None
            row.marks.append(f"unsupported {name}")
        else:
            row.extra[snake(name)] = said
    return row


def _count(row: Row, name: str, value: int | None) -> None:
    if value is None or value < 0:  # a tool that prints 64 bits with a sign
        row.counters[name] = None
        row.marks.append(f"unknown {name}")
        if value is not None:
            row.extra[f"printed_{name}"] = value
        return
    row.counters[name] = value
    if value == _most(name):
        row.marks.append(f"saturated {name}")


@lru_cache(maxsize=1024)
def _most(name: str) -> int:
    """All ones, in the counter's width."""
    counter = COUNTERS.get(name)
    most = counter.maximum(Width.HW_COUNTERS) if counter is not None else None
    return _LARGEST if most is None else most


FORMAT = Format(
    name="rdma-statistic",
    family="host",
    commands=("rdma statistic", "rdma -j statistic", "rdma statistic show", "rdma statistic qp show"),
    versions="iproute2 5.3 to 6.17: mlx5, irdma, bnxt_re, hns, efa",
    yields="hardware counters of HCA ports and of bound queue pairs",
    signs={
        r"^[ \t]*link [\w.-]{1,64}/(?:\d{1,3}|-) (?!lid |sm_lid |lmc |lqpn )[A-Za-z][\w-]{1,63} -?\d": 100,
        r"^[ \t]*link [\w.-]{1,64}/(?:\d{1,3}|-) (?:cntn \d|qp auto |mode |(?:supported )?optional-counters )": 100,
        r"^[ \t]*dev [\w.-]{1,64} mrn \d{1,10} page_": 130,
        r'"ifname" ?: ?"': 30,
        r'"(?:rx_write_requests|out_of_buffer|np_cnp_sent|packet_seq_err|local_ack_timeout_err|cntn)" ?: ?\d': 100,
    },
    read=_reading,
)
