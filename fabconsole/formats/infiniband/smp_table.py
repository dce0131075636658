"""The tables of a port that are printed without names: partition keys, GUIDs, service levels, arbitration.

Shapes: rdma-core infiniband-diags/smpquery.c (`pkey_table`, `guid_info`, `sl2vl_table`, `vlarb_table`) and
libibmad/dump.c (`mad_dump_sltovl`, `mad_dump_vlarbitration`).
"""

from __future__ import annotations

import re

from fabconsole.formats.infiniband.smp_record import Record
from fabconsole.formats.reading import Row, Said

_PKEYS = re.compile(r"(\d{1,5}):((?: 0x[0-9a-f]{4}){1,8})", re.ASCII)
_GUIDS = re.compile(r"(\d{1,5}):((?: 0x[0-9a-f]{16}){1,2})", re.ASCII)
_CAPACITY = re.compile(r"(\d{1,5}) (pkeys|guids) capacity for this port", re.ASCII)
_LEVELS = re.compile(r"ports: in {1,8}(\d{1,5}), out {1,8}(\d{1,5}): \|((?: ?\d{1,2}\|){1,16})", re.ASCII)
_PRIORITY = re.compile(r"#? ?(Low|High) priority VL Arbitration Table:")
_ARBITRATION = re.compile(r"(VL|WEIGHT) {0,4}: \|((?:0x[0-9A-Fa-f]{1,2} {0,2}\|){1,64})", re.ASCII)
_LEGEND = re.compile(r"#?\s{0,40}SL: \|(?: ?\d{1,2}\|){16}", re.ASCII)
_NAMES = {"pkeys": "P_Key table", "guids": "GUID table"}


class Tables:
    """The tables of one text, and in which of them the next line stands."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._entries: dict[str, list[Said]] = {}
        self._arbiter: Row | None = None
        self._priority = ""
        self._levels: Record | None = None

    def begin(self, record: Record) -> bool:
        """Take the heading of a table; False for that of anything else."""
        self._arbiter, self._levels, self._priority = None, None, ""
        if record.kind == "SL2VL table":
            self._levels = record
        elif "VLArbitration" in record.kind:
            extra: dict[str, Said] = {"record": record.kind, "destination": record.destination}
            if record.caps is not None:
                extra |= {"low_cap": record.caps[0], "high_cap": record.caps[1]}
            self._arbiter = Row(id=record.id, extra=extra)
            self.rows.append(self._arbiter)
        else:
            return False
        return True

    def take(self, line: str) -> bool:
        """Take a line of a table; False for any other."""
        if entries := _PKEYS.fullmatch(line):
            self._add("pkeys", int(entries[1]), [key for key in entries[2].split() if key != "0x0000"])
        elif entries := _GUIDS.fullmatch(line):
            self._add("guids", int(entries[1]), [one[2:].lower() for one in entries[2].split() if int(one, 16)])
        elif capacity := _CAPACITY.fullmatch(line):
            self._close(capacity[2], int(capacity[1]))
        elif levels := _LEVELS.fullmatch(line):
            self._map(int(levels[1]), int(levels[2]), [int(lane) for lane in levels[3].split("|")[:-1]])
        elif priority := _PRIORITY.fullmatch(line):
            self._priority = priority[1].lower()
        elif arbitration := _ARBITRATION.fullmatch(line):
            return self._arbitrate(arbitration[1], [int(one, 16) for one in arbitration[2].split("|")[:-1]])
        else:
            return _LEGEND.fullmatch(line) is not None
        return True

    def end(self) -> None:
        """Keep what has no capacity below it: the text was cut there, or only some lines were picked."""
        for name in tuple(self._entries):
            self._close(name, None)

    def _add(self, name: str, first: int, entries: list[str]) -> None:
        if first == 0:
            self.end()
        self._entries.setdefault(name, []).extend(entries)

    def _close(self, name: str, capacity: int | None) -> None:
        entries = self._entries.pop(name, [])
        extra: dict[str, Said] = {"record": _NAMES[name], name: entries, "capacity": capacity}
        own = str(entries[0])[2:] if name == "guids" and entries else name
        self.rows.append(Row(id=own, extra=extra, marks=["incomplete"] if capacity is None else []))

    def _map(self, into: int, out: int, lanes: list[int]) -> None:
        place = "?" if self._levels is None else self._levels.id
        extra: dict[str, Said] = {"record": "SL2VL table", "in_port": into, "out_port": out, "sl_to_vl": list(lanes)}
        self.rows.append(Row(id=f"{place}/{out}", extra=extra))

    def _arbitrate(self, what: str, values: list[int]) -> bool:
        if self._arbiter is None or not self._priority:
            return False
        known = self._arbiter.extra.setdefault(f"{self._priority}_{'vls' if what == 'VL' else 'weights'}", [])
        if isinstance(known, list):
            known.extend(values)
        return True
