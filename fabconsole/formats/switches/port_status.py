"""`show interfaces status` of EOS, NX-OS and CNOS: columns of fixed width; a port's name may hold any words."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Row
from fabconsole.formats.switches.ports import rate
from fabconsole.formats.switches.table import Table, is_interface
from fabconsole.formats.values import is_nothing, snake

HEADING = re.compile(r"\s*(?:Port|Interface) +Name +Status +(?:Vlan|VLAN) +Duplex +Speed +Type\b.*")
_STATUS = (
    r"connected|notconnect|notconnec|errdisabled|err-disab\w*|disabled|inactive|monitoring|sfpAbsent|sfpInvali\w*"
    r"|xcvrAbsen\w*|xcvrInval\w*|linkFlapE\w*|channelDo\w*|noOperMem\w*|suspended|suspnd|faulty|adminCfgC\w*|down|up"
    r"|vlanDown|errDisabled|admin-down|adminDown|noDefault\w*|parentDow\w*|hwFailure|udldEmpt\w*|incompati\w*|lowerlayer\w*|notPresent|unknown"
)
_LINE = re.compile(
    rf"(\S{{1,40}}) +(?:(\S.{{0,60}}?) +)?({_STATUS}) +(in Po\S{{1,8}}|\S{{1,12}})"
    r" +((?:a-)?(?:full|half|auto|unconf)|--) *((?:a-)?\d{1,6}(?:\.\d)?[MGT]?|auto|unconf|NA|--|a-\S{1,6})(?: +(\S.*))?"
)
_KNOWN = re.compile(_STATUS)


def meaning(status: str) -> str | None:
    """Up or down, as a status word means it; None: it is no status of a port."""
    if status in {"connected", "up"}:
        return "up"
    return "down" if _KNOWN.fullmatch(status) else None


def read(table: Table, line: str) -> Row | None:
    """One port; None: the line is none."""
    found = _LINE.fullmatch(line.strip())
    if found is not None and is_interface(found[1]):
        names = ("port", "name", "status", "vlan", "duplex", "speed", "type")
        return _row(found[1], {name: text or "" for name, text in zip(names[1:], found.groups()[1:], strict=True)})
    cells = table.left_aligned(line)
    said = dict(zip((snake(name) for name in table.names), cells, strict=True))
    if not is_interface(cells[0]) or not _KNOWN.fullmatch(said.get("status", "")):
        return None
    return _row(cells[0], dict(list(said.items())[1:]))


def _row(name: str, said: dict[str, str]) -> Row:
    status = said.get("status", "")
    row = Row(id=name, state="up" if status in {"connected", "up"} else "down")
    row.extra |= {key: None if is_nothing(text) else text for key, text in said.items()}
    if status in {"disabled"}:
        row.extra["admin"] = "down"
    if "speed" in said:
        rate(row, said["speed"])
    return row
