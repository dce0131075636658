"""EOS's tables: optics and their limits, counters, rates, fans, temperatures, power supplies."""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.switches.ports import count, far_end, typed
from fabconsole.formats.switches.table import Table, is_interface
from fabconsole.formats.values import snake

_CANONICAL = {
    "InOctets": "rx_bytes",
    "OutOctets": "tx_bytes",
    "InMcastPkts": "multicast",
    "InDiscards": "rx_dropped",
    "OutDiscards": "tx_dropped",
    "FCS": "rx_crc_errors",
    "Align": "rx_frame_errors",
    "Rx": "rx_errors",
    "Tx": "tx_errors",
}
_QUEUE_COUNTERS = {"OutEnqPkts": "tx_packets", "OutEnqOctets": "tx_bytes", "OutDropPkts": "tx_dropped"}
_SETPOINT = re.compile(r"\((\d{1,3}(?:\.\d)?)\) (\d{1,3}(?:\.\d)?)")
_LEGEND = re.compile(
    r"\s*(?:If device is externally calibrated|N/?A(?: or N/A)?: not applicable|m?A: (?:milli)?amperes|Ch: Channel"
    r"|\+\+ ?: high alarm|A2D readouts|The threshold values are|-- ?: low alarm|Flags?:|\* ?:"
    r"|Power +Input +Output +Output).*"
)
_BEGINNINGS: tuple[str, ...] = (
    *("If device", "N", "mA:", "A:", "Ch:", "++", "A2D", "The ", "--", "Flag", "*", "Power "),
    *("Last table", "System ", "Ambient", "Airflow", "Current System"),
)
_FACT = re.compile(
    r"\s*(Number of table \w[\w-]{2,12}|Last table change time|System (?:temperature|cooling) status is"
    r"|Ambient temperature|Airflow|Current System Time)\s*:? (.+)"
)
_COUNT = re.compile(r"\d{1,12}", re.ASCII)
_INTERVAL = re.compile(r"\s*(\S{2,40}) +(?:(\S.{0,80}?) +)?(\d{1,2}:\d\d) +(\d.*)")
_FLAGGED = re.compile(r"(-?\d{1,6}\.\d{1,6}) *(\+\+|--|\+|-)")
_WITH_UNIT = re.compile(r"(-?\d{1,6}(?:\.\d{1,4})?) ?(C|%|W|A|V|RPM)")
_UNITS = {"%": "percent", "C": "c", "W": "w", "A": "a", "V": "v", "RPM": "rpm"}
_SUPPLY = re.compile(
    r"\s*(\d{1,2}|Total) +(\S.{0,30}?) +(\d{1,6}W|--?) +(\d{1,5}\.\d{1,3}A|--|-) +(\d{1,5}\.\d{1,3}A|--|-)"
    r" +(\d{1,6}(?:\.\d{1,3})?W|--|-) +(\S{1,12}(?: \S{1,12}){0,3})(?: +(\S(?:.*\S)?))?\s*"
)
_SUPPLY_COLUMNS = ("model", "capacity", "input_current", "output_current", "output_power", "status", "uptime")
_NAMES = {"temp_celsius": "temperature_c", "temperature_celsius": "temperature_c", "voltage_volts": "voltage_v"}
_NAMES |= {"bias_current_ma": "bias_current_ma", "current_ma": "bias_current_ma", "temp_c": "temperature_c"}
_NAMES |= {"optical_tx_power_dbm": "tx_power_dbm", "optical_rx_power_dbm": "rx_power_dbm"}
_SUMS = {"total", "totals"}
_SENSORS = {"Sensor", "Fan", "Supply"}
_STATES = {"up": "up", "connected": "up", "down": "down", "admin down": "down", "notpresent": "down"}


def legend(line: str, said: Reading) -> bool:
    """Take a line that tells what signs mean, or stands once for the whole."""
    if not line.lstrip().startswith(_BEGINNINGS):
        return False
    if fact := _FACT.fullmatch(line):
        key, text = snake(fact[1].removesuffix(" is")), fact[2].strip()
        if temperature := _WITH_UNIT.fullmatch(text):
            said.facts[f"{key}_{_UNITS[temperature[2]]}"] = typed(temperature[1])
        else:
            said.facts[key] = int(text) if _COUNT.fullmatch(text) else text
        return True
    return _LEGEND.fullmatch(line) is not None


def numbers(table: Table, line: str) -> Row | None:
    """A line of counters, right-aligned: as many numbers as there are columns. Or one of text under its headings."""
    words = line.split() or [""]
    total = words[0].lower() in _SUMS
    if not is_interface(words[0]) and not total:
        return None
    row = Row(id=words[0], marks=["sum"] if total else [])
    if len(words) != len(table.columns) or not all(_COUNT.fullmatch(word) for word in words[1:]):
        cells = table.left_aligned(line)
        row.extra |= {snake(name): typed(cell) for name, cell in zip(table.names[1:], cells[1:], strict=True)}
        row.state = _STATES.get(cells[table.names.index("Status")]) if "Status" in table.names else None
        return row
    for name, text in zip(table.names[1:], words[1:], strict=True):
        if name == "Out Kpps":
            row.extra["out_kpps"] = int(text)
        else:
            count(row, _CANONICAL.get(name, name), text)
    return row


def queue(table: Table, line: str) -> Row | None:
    """A line of `counters queue detail`: one traffic class of a port."""
    words = line.split()
    if len(words) < 5 or len(words) != len(table.columns):
        return None
    if not is_interface(words[0]) or not all(map(_COUNT.fullmatch, words[4:])):
        return None
    row = Row(id=f"{words[0]}/{words[1]}", extra={"port": words[0], "queue": words[1]})
    row.extra |= {"drop_precedence": words[2], "destination_type": words[3]}
    for name, text in zip(table.names[4:], words[4:], strict=True):
        count(row, _QUEUE_COUNTERS.get(name, name), text)
    return row


def rates(table: Table, line: str) -> Row | None:
    """A line of `counters rates`; the port's description may be blank or hold blanks."""
    found = _INTERVAL.fullmatch(line)
    if found is None or not is_interface(found[1]):
        return None
    names = table.names[table.names.index("Intvl") + 1 :]
    values = found[4].split()
    if len(names) != len(values):
        return None
    row = Row(id=found[1], extra={"interval": found[3]})
    if found[2]:
        row.extra["name"] = found[2]
    side = "in"
    for name, text in zip(names, values, strict=True):
        side = name.split()[0].lower() if name != "%" else side
        row.extra[f"{side}_percent" if name == "%" else snake(name)] = typed(text.removesuffix("%"))
    return row


def ruled(table: Table, line: str, title: str) -> Row | None:
    """A line of a table whose columns have rules: optics and their limits, neighbours, fans, sensors."""
    first = table.names[0]
    of_ports = first in {"Port", "Interface", ""} or first.startswith("Port")
    word = line.split(None, 1)[:1]
    if of_ports and word and not is_interface(word[0]) and word[0].lower() not in _SUMS:
        return None
    if not of_ports and first.split()[0] not in _SENSORS:
        return None
    cells = table.cells(line)
    if of_ports:
        if not is_interface(cells[0]) and cells[0].lower() not in _SUMS:
            return None
    elif not cells[0] or len(line.split()) < len(table.columns) - 1:
        return None
    row = Row(id=f"{title} {cells[0]}" if title and first == "Sensor" else cells[0])
    if "Neighbor Device ID" in table.names:
        far_end(row, cells[1], cells[2])
    measured = _key(table.names[1]) if len(table.names) > 1 else ""
    if cells[0].lower() in _SUMS:
        row.marks.append("sum")
    for name, cell in zip(table.names[1:], cells[1:], strict=True):
        if name in _CANONICAL:
            count(row, _CANONICAL[name], cell)
        else:
            _put(row, _key(name, measured), cell)
    return row


@lru_cache(maxsize=512)
def _key(name: str, measured: str = "") -> str:
    """`High Alarm Threshold (Celsius)` of a temperature is `temperature_c_high_alarm`."""
    key = snake(name.lower())
    if "threshold" in key:
        return f"{measured}_{key.partition('_threshold')[0]}"
    return _NAMES.get(key, key)


def _put(row: Row, key: str, cell: str) -> None:
    row.extra.update(_said(key, cell))


@lru_cache(maxsize=8192)
def _said(key: str, cell: str) -> tuple[tuple[str, Said], ...]:
    """A cell under its key, the unit in the key, the sign of an alarm beside it."""
    if flagged := _FLAGGED.fullmatch(cell):
        return (key, float(flagged[1])), (f"{key}_alarm", flagged[2])
    if measured := _WITH_UNIT.fullmatch(cell):
        return ((f"{key}_{_UNITS[measured[2]]}", typed(measured[1])),)
    if cell.startswith("(") and (setpoint := _SETPOINT.fullmatch(cell)):
        return (key, typed(setpoint[2])), (f"nominal_{key}", typed(setpoint[1]))
    return ((key, typed(cell)),)


def supply(line: str) -> Row | None:
    """A power supply, or their sum: the heading's columns are no help here."""
    found = _SUPPLY.fullmatch(line)
    if found is None:
        return None
    row = Row(id=f"PowerSupply{found[1]}" if found[1] != "Total" else "Total")
    if found[1] == "Total":
        row.marks.append("sum")
    for key, text in zip(_SUPPLY_COLUMNS, found.groups()[1:], strict=True):
        if text:
            _put(row, key, text)
    return row
