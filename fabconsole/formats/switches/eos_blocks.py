"""EOS's lists of `name: value`: neighbours in detail, modules, version; and the three columns of `phy detail`."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.switches.ports import Ports, count, far_end, put_ber, typed
from fabconsole.formats.switches.table import is_interface
from fabconsole.formats.values import snake

_DETECTED = re.compile(r"\s*Interface (\S{2,40}) detected (\d{1,4}) LLDP neighbors?:\s*")
_NEIGHBOUR = re.compile(r'\s*Neighbor ([^/"]{0,80})/"?([^"]{0,80}?)"?, age (.{1,40})')
_KEYED = re.compile(r"\s*(?:- )?([A-Za-z][^:]{0,70}?) *:(?: +(\S(?:.*\S)?))?\s*")
_NAMED = re.compile(r"\s*Name: *(\S{2,40})\s*")
_MODEL = re.compile(r"\s*(Arista \S.{1,60}|(?:DCS|CCS)-\S{2,40}|v?c?EOS\S{0,20})\s*")
_PHY_HEAD = re.compile(r"\s*Current State +Changes +Last Change\s*")
_PHY_PORT = re.compile(r"\s{0,4}(\S{3,40})\s*")
_PIECES = re.compile(r" {2,}|\t+")
_ALARM = re.compile(r"(?:warning|error|traceback|ibwarn|connection)\b", re.IGNORECASE)
_PHY_COUNTERS = {"fec_corrected_codewords": "fec_corrected", "fec_uncorrected_codewords": "fec_uncorrected"}
_NUMBERED = ("ttl_s", "vlan_id", "frame_size_bytes", "interface_number")
"""What a neighbour says that is a number; its names may be of digits too."""
_LONGEST = 4096
"""Characters of a value of many lines."""
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)


class Blocks:
    """What is open while lines are read: a port's neighbours, a module, a port's chips."""

    def __init__(self, ports: Ports, said: Reading) -> None:
        self._ports = ports
        self._said = said
        self._row: Row | None = None
        self._kind = ""
        self._port = ""
        self._announced: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self._key = ""

    def blank(self) -> None:
        """A blank line ends a module's list; neighbours and chips are told apart by their heads."""
        if self._kind == "module":
            self._close()

    def end(self) -> None:
        """The text is over."""
        self._close()
        missing = [name for name, announced in self._announced.items() if announced != self._told.get(name, 0)]
        if missing:
            self._said.facts["incomplete"] = "not all announced neighbours are told of " + ", ".join(missing[:8])

    def line(self, line: str) -> bool:
        """Read one line; False: it is none of these."""
        if "LLDP" in line and (detected := _DETECTED.fullmatch(line)):
            return self._detected(detected[1], int(detected[2]))
        if self._port and "Neighbor " in line and (found := _NEIGHBOUR.fullmatch(line)):
            return self._neighbour(found)
        if "Name:" in line and (named := _NAMED.fullmatch(line)):
            return self._open(Row(id=named[1]), "module")
        if "Current State" in line and _PHY_HEAD.fullmatch(line):
            return True
        if ":" not in line and (port := _PHY_PORT.fullmatch(line)) and is_interface(port[1]):
            return self._open(Row(id=port[1]), "phy")
        if self._kind == "phy" and self._row is not None and self._phy(self._row, line):
            return True
        return self._keyed(line)

    def _open(self, row: Row, kind: str) -> bool:
        self._close()
        self._row, self._kind, self._key = row, kind, ""
        return True

    def _close(self) -> None:
        if self._row is not None:
            if self._kind == "neighbour":
                extra = self._row.extra
                far_end(
                    self._row,
                    str(extra.get("system_name") or extra.get("chassis_id") or ""),
                    str(extra.get("port_id") or ""),
                )
            self._ports.add(self._row, self._kind if self._kind == "neighbour" else "")
        self._row, self._kind = None, ""

    def _detected(self, name: str, announced: int) -> bool:
        self._close()
        self._port, self._announced[name] = name, announced
        if not announced:
            self._ports.add(Row(id=name, extra={"neighbors": 0}))
        return True

    def _neighbour(self, found: re.Match[str]) -> bool:
        self._told[self._port] = self._told.get(self._port, 0) + 1
        extra = {"neighbor": found[1], "port_id": found[2], "age": found[3]}
        return self._open(Row(id=self._port, extra=dict(extra)), "neighbour")

    def _keyed(self, line: str) -> bool:
        keyed = _KEYED.fullmatch(line)
        if self._row is None:
            return self._fact(line, keyed)
        if keyed is None or (self._key and line.startswith(" " * 12)):
            return self._continued(line)
        if _ALARM.match(keyed[1]):
            return False
        self._key = snake(keyed[1])
        value = (keyed[2] or "").strip('"')
        for part, text in _parts(self._key, value):
            known = self._row.extra.get(part)
            if part not in self._row.extra or known == text:
                self._row.extra[part] = (
                    text if self._kind == "neighbour" and not part.endswith(_NUMBERED) else typed(text)
                )
            elif part != "port_id":  # the second one is that of the link aggregation
                self._row.extra[f"{part}_2"] = text
            else:
                self._row.extra["aggregation_port_id"] = text
        return True

    def _continued(self, line: str) -> bool:
        if self._row is None or not line.startswith((" ", "\t")):
            return False
        if line.strip().startswith("Discovered "):
            self._row.extra["seen"] = line.strip()
            return True
        if line.strip().startswith("- "):  # the name of a group
            self._key = ""
            return True
        if not self._key:
            return False
        known = self._row.extra.get(self._key)
        if len(str(known)) > _LONGEST:
            return False
        self._row.extra[self._key] = f"{known}\n{line.strip()}" if known else line.strip()
        return True

    def _fact(self, line: str, keyed: re.Match[str] | None) -> bool:
        if keyed is not None and keyed[2] and not _ALARM.match(keyed[1]):
            self._said.facts |= _fact_said(snake(keyed[1]), keyed[2].strip())
            return True
        if model := _MODEL.fullmatch(line):
            self._said.facts["model"] = model[1].removeprefix("Arista ")
            return True
        return False

    def _phy(self, row: Row, line: str) -> bool:
        pieces = _PIECES.split(line.strip())
        key = snake(pieces[0])
        if not line.startswith((" ", "\t")) or len(pieces) < 2:
            if len(pieces) == 1 and line.startswith((" ", "\t")):
                self._key = key
                return True
            return False
        if key.startswith("lane_") and self._key:
            key = f"{self._key}_{key}"
        value = pieces[1]
        if len(pieces) == 3 and _NUMBER.fullmatch(value) and pieces[2].endswith(("ago", "never")):
            row.extra |= {f"{key}_changes": int(value), f"{key}_last_change": pieces[2]}
            return True  # its state is blank, this is how often it changed
        if key in _PHY_COUNTERS and _PHY_COUNTERS[key] not in row.counters:
            count(row, _PHY_COUNTERS[key], value)
        elif key in {"pre_fec_ber", "pre_fec_bit_error_rate"} and row.ber is None:
            put_ber(row, "raw", value)
        elif key == "phy_state":
            row.phys_state = row.phys_state or value
            row.state = row.state or ("up" if value == "linkUp" else "down")
        name = key if key not in row.extra else f"{key}_2"
        row.extra[name] = typed(value)
        if len(pieces) > 2 and _NUMBER.fullmatch(pieces[2]):
            row.extra[f"{name}_changes"] = int(pieces[2])
        if len(pieces) > 3:
            row.extra[f"{name}_last_change"] = pieces[3]
        return True


def _parts(key: str, value: str) -> list[tuple[str, str]]:
    if key == "time_to_live":
        return [("ttl_s", value.removesuffix("seconds").strip())]
    if key.endswith("maximum_frame_size"):
        return [(f"{key}_bytes", value.removesuffix("bytes").strip())]
    return [(key, value)]


def _fact_said(key: str, text: str) -> dict[str, Said]:
    number, _, unit = text.partition(" ")
    if _NUMBER.fullmatch(number) and unit in {"", "kB"} and not (number.startswith("0") and len(number) > 1):
        return {f"{key}_kb" if unit else key: int(number)}
    return {key: text}
