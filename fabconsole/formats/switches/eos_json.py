"""EOS's `| json`, eAPI's answers among it: ports by name under a few dozen keys, neighbours, parts, version.

Names: what each `show` model of EOS calls its attributes; anta and napalm read the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.formats.json_text import Documents
from fabconsole.formats.reading import Ber, Reading, Row, Said
from fabconsole.formats.switches.ports import Ports, as_said, far_end
from fabconsole.formats.switches.table import is_interface
from fabconsole.formats.values import snake

_OPENING = re.compile(r"^[ \t]*[{\[][ \t]*(?:$|[\"{\[])", re.MULTILINE)
_COUNTERS = {
    "inOctets": "rx_bytes",
    "outOctets": "tx_bytes",
    "inErrors": "rx_errors",
    "totalInErrors": "rx_errors",
    "outErrors": "tx_errors",
    "totalOutErrors": "tx_errors",
    "inDiscards": "rx_dropped",
    "outDiscards": "tx_dropped",
    "inMulticastPkts": "multicast",
    "fcsErrors": "rx_crc_errors",
    "alignmentErrors": "rx_frame_errors",
    "linkStatusChanges": "carrier_changes",
    "rxPause": "rx_pause",
    "txPause": "tx_pause",
    "collisions": "collisions",
}
_COUNTED = re.compile(
    r"(?:in|out)\w*(?:Pkts|Octets|Errors|Discards)|\w*(?:Errors|Frames|Collisions|Shorts|Longs|Pause)"
)
_STATES = {"connected": "up", "up": "up", "linkUp": "up"}
_DOWN = {"notconnect", "disabled", "errdisabled", "down", "linkDown", "lowerLayerDown", "notPresent", "inactive"}
_UNITS = {
    "temperature": "temperature_c",
    "voltage": "voltage_v",
    "txBias": "bias_current_ma",
    "rxPower": "rx_power_dbm",
    "txPower": "tx_power_dbm",
    "currentTemperature": "temperature_c",
    "outputPower": "output_power_w",
    "capacity": "capacity_w",
}
_LISTS = {"tempSensors": "name", "powerSupplySlots": "label", "cardSlots": "label", "fanTraySlots": "label"}
_KNOWN = frozenset({"lldpNeighbors", "interfacePhyStatuses"})


def looks_like(text: str) -> bool:
    """Whether a text has JSON in it."""
    return _OPENING.search(text) is not None


def read(found: Documents, said: Reading) -> None:
    """Add to a reading what its documents tell."""
    ports = Ports()
    for document in found.found:
        _document(document, ports, said)
    said.rows.extend(ports.rows)
    if found.cut:
        said.facts["incomplete"] = "the JSON ends before its end"


def _document(document: Any, ports: Ports, said: Reading) -> None:
    if isinstance(document, list):
        for one in document:
            _document(one, ports, said)
        return
    if not isinstance(document, Mapping):
        said.unparsed.append(str(document))
        return
    for key, value in document.items():
        if key == "result" and isinstance(value, list):
            _document(value, ports, said)
        elif key == "lldpNeighbors":
            _neighbours(value, ports)
        elif not _things(key, value, ports):
            said.facts[snake(key)] = as_said(value)


def _things(key: str, value: Any, ports: Ports) -> bool:
    """Rows of what stands under one key: ports or parts by name, or a list of parts."""
    if isinstance(value, Mapping) and value and all(isinstance(one, Mapping) for one in value.values()):
        for name, one in value.items():
            ports.add(_phy(name, one) if "phyStatuses" in one else _port(str(name), one))
        return True
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for at, one in enumerate(value):
            name = one.get(_LISTS.get(key, "name")) or one.get("port") or one.get("label") or f"{key}{at + 1}"
            ports.add(_port(str(name), one))
            for inner, parts in one.items():  # a power supply's or a card's own sensors and fans
                if isinstance(parts, list) and inner in {"tempSensors", "fans"}:
                    _things(inner, parts, ports)
        return True
    return False


def _port(name: str, said: Mapping[str, Any]) -> Row:
    row = Row(id=name)
    _told(row, said, "")
    status = said.get("lineProtocolStatus") or said.get("linkStatus") or said.get("interfaceStatus")
    if isinstance(status, str):
        row.state = _STATES.get(status) or ("down" if status in _DOWN else None)
        link = said.get("interfaceStatus")
        if link in _DOWN:
            row.state = "down"
    bandwidth = said.get("bandwidth")
    if isinstance(bandwidth, int | float) and not isinstance(bandwidth, bool) and bandwidth > 0:
        if row.state == "down":
            row.extra["printed_rate"] = bandwidth
        elif is_interface(name):
            row.rate_gbps = bandwidth / 1e9
    return row


def _told(row: Row, said: Mapping[str, Any], within: str) -> None:
    for key, value in said.items():
        if isinstance(value, Mapping) and key.endswith(("Counters", "Detail", "Statistics")):
            _told(row, value, key)
        elif _counts(key, value, within):
            row.counters[_COUNTERS.get(key, key)] = value
        else:
            row.extra[_UNITS.get(key, snake(key))] = as_said(value)


def _counts(key: str, value: Any, within: str) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return key in _COUNTERS or bool(_COUNTED.fullmatch(key)) or within.endswith(("Counters", "Detail"))


def _phy(name: str, said: Mapping[str, Any]) -> Row:
    """A port's chips, each with a line and a system side; the line side of the first counts the cable's errors."""
    row = Row(id=name)
    chips = [one for one in said["phyStatuses"] if isinstance(one, Mapping)]
    row.extra |= {snake(key): as_said(one) for key, one in said.items() if key != "phyStatuses"}
    row.extra["phy"] = [_chip(one) for one in chips]
    lines = [one for one in chips if _at(one, "description", "location") != "system"] or chips
    fec = next((one for one in lines if isinstance(one.get("fec"), Mapping)), {})
    for key, counter in (("correctedCodewords", "fec_corrected"), ("uncorrectedCodewords", "fec_uncorrected")):
        value = _at(fec, "fec", key, "value")
        if isinstance(value, int):
            row.counters[counter] = value
    ratio = next((value for one in lines if (value := _at(one, "preFecBer", "value")) is not None), None)
    if isinstance(ratio, int | float):
        row.ber = Ber(raw=float(ratio) or None)
        if not ratio:
            row.marks.append("none seen raw")
    state = next((value for one in chips if (value := _at(one, "phyState", "value"))), None)
    if isinstance(state, str):
        row.phys_state = state
        row.state = _STATES.get(state, "down")
    return row


def _chip(said: Mapping[str, Any]) -> Said:
    flat: dict[str, Said] = {}
    for key, value in said.items():
        if key == "description" and isinstance(value, Mapping):
            flat |= {snake(inner): as_said(one) for inner, one in value.items()}
        elif isinstance(value, Mapping) and "value" in value:
            flat |= _changed(key, value)
        elif isinstance(value, Mapping):
            for inner, one in value.items():
                plain = isinstance(one, Mapping) and "value" in one
                flat |= _changed(inner, one) if plain else {snake(inner): as_said(one)}
        else:
            flat[snake(key)] = as_said(value)
    return flat


def _changed(key: str, said: Mapping[str, Any]) -> dict[str, Said]:
    name = snake(key)
    return {name: as_said(said["value"])} | {
        f"{name}_{snake(inner)}": as_said(one) for inner, one in said.items() if inner != "value"
    }


def _at(said: Mapping[str, Any], *path: str) -> Any:
    value: Any = said
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _neighbours(value: Any, ports: Ports) -> None:
    if isinstance(value, list):
        for one in value:
            if isinstance(one, Mapping):
                row = Row(id=str(one.get("port")))
                far_end(row, str(one.get("neighborDevice") or ""), str(one.get("neighborPort") or ""))
                row.extra |= {snake(key): as_said(said) for key, said in one.items() if key != "port"}
                ports.add(row)
    elif isinstance(value, Mapping):
        for name, told in value.items():
            neighbours = _at(told, "lldpNeighborInfo") or []
            for one in neighbours:
                if isinstance(one, Mapping):
                    row = Row(id=str(name))
                    port = _at(one, "neighborInterfaceInfo", "interfaceId_v2") or _at(
                        one, "neighborInterfaceInfo", "interfaceId"
                    )
                    far_end(row, str(one.get("systemName") or ""), str(port or "").strip('"'))
                    row.extra |= {snake(key): as_said(said) for key, said in one.items()}
                    ports.add(row)
            if not neighbours:
                ports.add(Row(id=str(name), extra={"neighbors": 0}))
