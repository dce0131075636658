"""ibdiagnet2.net_dump, .net_dump_ext and .lst: every link with its two ends, what it runs at and what corrects it.

Shapes: a switch's name and GUID above its ports, whose columns are named (net_dump); every port with its own GUID and
error ratios (net_dump_ext); a line a link with both ends in braces (lst). `LSA` and `SPD` are what a
lane carries in Gb/s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fabconsole.formats.infiniband.port_words import logical, node_type, physical
from fabconsole.formats.reading import Ber, Row, Said
from fabconsole.formats.values import ber, integer, is_nothing, no_error_seen, number, snake

_SWITCH = re.compile(r'"([^"]{1,200})", (\w{1,32}), 0x([0-9a-fA-F]{1,16}), LID (\d{1,6})', re.ASCII)
_END = (
    r"\{ (CA|SW|RTR) Ports:([0-9a-fA-F]{2}) SystemGUID:([0-9a-fA-F]{16}) NodeGUID:([0-9a-fA-F]{16})"
    r" PortGUID:([0-9a-fA-F]{16}) VenID:\w{1,8} DevID:(\w{1,8}) Rev:\w{1,8} (?:\{([^{}]{0,200})\} )?"
    r"LID:([0-9a-fA-F]{4}) PN:([0-9a-fA-F]{2}) \}"
)
_LINK = re.compile(rf"{_END} {_END} PHY=(\S{{1,8}}) LOG=(\S{{1,8}}) SPD=(\S{{1,8}})", re.ASCII)
_LID = re.compile(r"(\d{1,6})(?: \(0x[0-9a-fA-F]{1,4}\))?", re.ASCII)
_STATES = {"ACT": "Active", "INI": "Initialize", "ARM": "Armed", "DWN": "Down"}
_MTUS = {"1": 256, "2": 512, "3": 1024, "4": 2048, "5": 4096}
_BERS = {"Raw BER": "raw", "Effective BER": "effective", "Symbol BER": "symbol"}
_COUNTS = {"Symbol Err": "symbol_errors", "Effective Err": "effective_errors"}
_NEEDED = frozenset({"Sta", "LWA"})
_TAKEN = {"Ty", "IB#", "#IB", "GUID", "Sta", "PhysSta", "LWA", "LSA", "MTU", "Neighbor Guid", "N#", *_BERS, *_COUNTS}
_NAMES = {"#": "label", "Retran": "retransmission", "RTR": "retransmission", "NLID": "peer_lid", "Node Desc": "node"}
_NAMES |= {"Neighbor Description": "peer_node", "Conn LID": "peer_lid", "Conn LID(#)": "peer_lid", "LID": "lid"}


class Links:
    """The links of one text, and whose columns the next line has."""

    def __init__(self, rows: dict[str, Row]) -> None:
        self._rows = rows
        self._switch: dict[str, Said] = {}
        self._guid = ""
        self._columns: list[str] = []

    def take(self, plain: str) -> bool:
        """Take a line, without the blanks around it, that tells of a link; False for any other."""
        if plain[0] == "{" and (link := _LINK.fullmatch(plain)) is not None:
            self._link(link)
        elif plain[0] == '"' and (switch := _SWITCH.fullmatch(plain)) is not None:
            self._guid, self._columns = switch[3].lower().zfill(16), []
            self._switch = {"node": switch[1], "vendor": switch[2], "lid": int(switch[4])}
        elif " : Sta" in plain and _NEEDED.issubset(names := [name.strip() for name in plain.split(" : ")]):
            self._guid = "" if self._columns else self._guid  # another switch's, whose name was lost
            self._columns = names
        elif self._columns and " : " in plain:
            return self._port([value.strip() for value in f"{plain} ".split(": ", len(self._columns) - 1)])
        else:
            return plain.startswith("# ") and (
                plain == "# Switch label port numbering explanation:" or "mode:" in plain
            )
        return True

    def _port(self, values: list[str]) -> bool:
        said = dict(zip(self._columns, values, strict=False))
        guid = said.get("GUID", "").removeprefix("0x").lower().zfill(16) if "GUID" in said else self._guid
        port = integer(said.get("IB#") or said.get("#IB") or "")
        if len(values) != len(self._columns) or port is None or not guid:
            return False
        row = self._rows.setdefault(f"{guid}/{port}", Row(id=f"{guid}/{port}"))
        if "GUID" not in said:
            row.extra |= self._switch
        _state(row, said["Sta"], said.get("PhysSta", ""), said["LWA"], said.get("LSA", ""))
        for name, value in said.items():
            if name not in _TAKEN and not is_nothing(value):
                row.extra[_NAMES.get(name) or snake(name)] = _typed(value)
        row.extra |= {"mtu": _MTUS[said["MTU"]]} if said.get("MTU") in _MTUS else {}
        if (peer := integer(said.get("Neighbor Guid", ""))) is not None:
            row.peer = f"{peer:016x}/{said.get('N#', '')}".rstrip("/")
        _errors(row, said)
        return True

    def _link(self, said: re.Match[str]) -> None:
        for at in (1, 10):
            row_id, peer = _end(said, at), _end(said, 11 - at)
            row = self._rows.setdefault(row_id, Row(id=row_id))
            row.peer = peer
            row.extra |= {
                "node_type": node_type(said[at]),
                "port_guid": said[at + 4].lower(),
                "devid": int(said[at + 5], 16),
            }
            row.extra |= {"lid": int(said[at + 7], 16), "system_guid": said[at + 2].lower()}
            row.extra |= {"node": said[at + 6]} if said[at + 6] else {}
            _state(row, said[20], "", said[19], said[21])


def _end(said: re.Match[str], at: int) -> str:
    return f"{said[at + 3].lower()}/{int(said[at + 8], 16)}"


def _state(row: Row, state: str, phys_state: str, lanes: str, speed: str) -> None:
    row.state = _STATES.get(state) or logical(state)
    row.phys_state = physical(phys_state) if phys_state and not is_nothing(phys_state) else None
    row.width = lanes.upper() if lanes[:-1].isdigit() else None
    lane = number(speed)
    if row.width and lane is not None and row.state != "Down":
        row.rate_gbps = float(int(row.width[:-1]) * lane)


def _errors(row: Row, said: Mapping[str, str]) -> None:
    ratios = {kind: said[name] for name, kind in _BERS.items() if name in said}
    if ratios:
        row.ber = Ber(**{kind: ber(text) for kind, text in ratios.items()})
        row.marks += [f"none seen {kind}" for kind, text in ratios.items() if no_error_seen(text)]
    for name, kind in _COUNTS.items():
        if name in said:
            row.counters[kind] = integer(said[name])
            row.marks += [f"unsupported {kind}"] if row.counters[kind] is None else []


def _typed(text: str) -> Said:
    if (lid := _LID.fullmatch(text)) is not None:
        return int(lid[1])
    return text[1:-1] if text[:1] == text[-1:] == '"' else text
