"""NVUE, the command line of Cumulus Linux and NVOS: `nv show …`, as JSON and as text; `net show …` of older Cumulus.

NVOS runs NVLink switches (`acp21`, `sw11p1s1`) and InfiniBand switches (`sw9p1`), Cumulus Linux Ethernet (`swp1`).
An answer that names no interface is told by the command before it; without one its row is called `interface`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fabconsole.formats.format import Format
from fabconsole.formats.intent import noted
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone
from fabconsole.formats.switches.columns import Table, is_ellipsis
from fabconsole.formats.switches.measures import nested
from fabconsole.formats.switches.nvue_interface import tells_of_one
from fabconsole.formats.switches.nvue_objects import ASKED, keep, kind_of, tell
from fabconsole.formats.switches.nvue_tables import (
    counters,
    headless,
    is_of_counters,
    is_of_interfaces,
    lines_of,
    tell_interfaces,
    tell_things,
)
from fabconsole.formats.switches.nvue_tables import (
    of_one as one_line,
)
from fabconsole.formats.switches.nvue_text import Part, parts
from fabconsole.formats.switches.nvue_tree import Tree
from fabconsole.formats.values import snake

_TYPED = re.compile(r"\s*(?:\S{1,80}[$#>] ?|[$#>] |# ?Execute Command: )?((?:sudo )?(?:nv|net) show\b.{0,200})")
_FENCE = re.compile(r"#{2,}\s*")
_JSON = re.compile(r"^[ \t]*(?:\{|\[[ \t]*(?:[{\"\]]|$))", re.MULTILINE)
_TITLES = frozenset({"kernel interface table", "cl-netstat counters", "detailed counters", "action succeeded"})


def _reading(paste: Paste) -> Reading:
    told = Reading()
    holds_json = _JSON.search(paste.text) is not None
    for asked, lines in _answers(paste):
        if holds_json and _JSON.search(text := "\n".join(lines)):
            said = documents(text)
            for one in said.found:
                tell(one, asked, told)
            if said.cut:
                told.facts["incomplete"] = "the JSON ends before its end"
            lines = said.rest
        _tell_text(lines, asked, told)
    return noted(told)


def _answers(paste: Paste) -> Iterator[tuple[str, list[str]]]:
    """Every command with the lines that answer it; before the first nobody knows what was asked."""
    lines = paste.lines
    if "##" in paste.text:
        lines = ["" if line[:2] == "##" and _FENCE.fullmatch(line) else line for line in lines]
    typed = dict(paste.typed)
    for at, line in enumerate(lines):
        if " show" in line and at not in typed and (bare := _TYPED.fullmatch(line)):
            typed[at] = bare[1]
    asked, begin = "", 0
    for at in sorted(typed):
        yield asked, lines[begin:at]
        asked, begin = typed[at], at + 1
    yield asked, lines[begin:]


def _tell_text(lines: list[str], asked: str, told: Reading) -> None:
    said = parts(lines, classic=asked.startswith("net"))
    subject = ASKED.search(asked)
    of_one: Tree = {}
    applied: Tree = {}
    for part in said.found:
        if part.table is None:
            _tell_tree(part, subject[2] if subject is not None else None, of_one, applied, told)
        elif is_of_counters(part.table):
            _section(of_one, "counters").update(counters(part.table))
        elif subject is not None and asked.startswith("net") and len(part.table.rows) == 1:
            of_one.update(one_line(part.table))
        elif subject is not None and part.table.columns.headings[:1] not in (("Interface",), ("Iface",)):
            _tell_lines(part, part.table, subject[2], of_one)
        elif is_of_interfaces(part.table):
            tell_interfaces(part.table, told)
        else:
            tell_things(part.table, snake(part.title) or kind_of(asked), told)
    of_one.update({title.lower(): found for title, found in said.titled.items()})
    if of_one or applied:
        _tell_one(of_one, applied, asked, told)
    _tell_rest(said.strange, told)


def _tell_lines(part: Part, table: Table, tail: str, of_one: Tree) -> None:
    """What a table tells of the interface that was asked for: why it is down, pairs, or lines of their own."""
    if table.columns.headings == ("Code", "Status") and len(table.rows) == 1:
        code, status = table.rows[0]
        of_one.update({"diagnostic-code": int(code) if code.isdecimal() else code, "diagnostic-status": status})
    elif len(table.columns.headings) == 2 and all(name.endswith(":") for name, _ in table.rows):
        of_one[snake(part.title or table.columns.headings[0])] = {name.rstrip(":"): said for name, said in table.rows}
    else:
        of_one[snake(part.title) or _kind(part, tail)] = lines_of(table)


def _kind(part: Part, tail: str) -> str:
    heads = part.table.columns.headings if part.table is not None else ()
    return snake(heads[0]) if heads and heads[0] else snake(tail) or "table"


def _section(tree: Tree, title: str) -> dict[str, object]:
    section = tree.setdefault(title, {})
    return section if isinstance(section, dict) else {}


def _named(tree: Tree, tail: str) -> Tree:
    """What only the command names: `… link state`."""
    words = [word for word in tail.split() if not word.startswith("-")]
    if set(tree) == {"value"} and words:
        return {"state" if words[-1] == "state" else "-".join(words): tree["value"]}
    return tree


def _tell_tree(part: Part, tail: str | None, of_one: Tree, applied: Tree, told: Reading) -> None:
    if tail is not None or tells_of_one(part.tree) or tells_of_one(part.applied):
        of_one.update(_named(part.tree, tail or ""))
        applied.update(_named(part.applied, tail or ""))
        return
    tell(part.tree, "", told)
    if part.applied and (shown := _without_blanks(part.applied)):
        keep(told.facts, "applied", nested(shown))


def _without_blanks(tree: Tree) -> Tree:
    """A tree without the branches on which nothing hangs."""
    kept: Tree = {}
    for name, one in tree.items():
        below = _without_blanks(one) if isinstance(one, dict) else one
        if below != {}:
            kept[name] = below
    return kept


def _tell_one(of_one: Tree, applied: Tree, asked: str, told: Reading) -> None:
    first = len(told.rows)
    tell({"link": {}, **of_one} if "counters" in of_one or not of_one else of_one, asked, told)
    shown = _without_blanks(applied)
    if shown and len(told.rows) > first:
        told.rows[first].extra["applied"] = nested(shown)


def _tell_rest(lines: list[str], told: Reading) -> None:
    for line in lines:
        if is_ellipsis(line):
            told.facts["incomplete"] = "lines were left out where `...` stands"
        elif line.strip().lower() not in _TITLES:
            found = headless(line)
            if found is not None:
                told.rows.append(found)
            else:
                told.unparsed.append(line)


FORMAT = Format(
    name="nvue",
    family="switches",
    commands=(
        "nv show interface -o json",
        "nv show interface",
        "nv show interface --view counters",
        "nv show interface X link phy-detail",
        "nv show platform environment",
        "net show interface",
        "net show counters",
    ),
    aliases=("nvue-cumulus", "nvos", "cumulus", "nv-show", "nv", "cumulus-linux"),
    versions="Cumulus Linux 3.7 to 5.13, NVOS 25.02 for NVLink and InfiniBand switches",
    yields="interfaces: state, speed, counters, BER, modules; fans, sensors, firmware, events; what is applied",
    signs={
        r"^[ \t]*\"(?:oper-status|admin-status|carrier-transitions|oper-status-last-change|logical-state)\":": 60,
        r"\"(?:in|out)-(?:bytes|pkts|drops|errors)\":": 60,
        r"\"(?:in-symbol-errors|supported-lanes|physical-state|vl-capabilities|phy-received-bits)\":": 60,
        r"\"(?:raw|effective|symbol)-ber\":": 60,
        r"\"(?:vendor-pn|vendor-sn|diagnostics-status|cable-type)\":": 60,
        r"\"(?:actual-firmware|fw-source|current-speed|fan-dir|time-created|table-occupancy)\":": 60,
        r"^[ \t]*operational(?:[ \t]+applied)?(?:[ \t]+pending)?[ \t]*$": 90,
        r"^[ \t]*(?:in|out)-(?:bytes|pkts|drops|errors)  +\d": 60,
        r"^[ \t]*(?:raw-ber|effective-ber|phy-received-bits|rs-num-corr-err-bin0) +\S": 60,
        r"^(?:Interface|Iface) +MTU +(?:Met +)?RX_OK +RX_ERR": 80,
        r"^Kernel Interface table": 20,
        r"^Interface +(?:Admin Status|State|MTU) +(?:Oper Status|Speed)": 90,
        r"^State +Name +Spd +MTU": 100,
        r"^(?:Transceiver) +Identifier +Vendor name": 100,
        r"^(?:vendor-pn|supported-cable-length|diagnostics-status) *: ": 80,
        r"(?:^|[$#>] ?)(?:nv|net) show \w": 70,
        r"^Counter +Receive +Transmit": 60,
        r"^[ \t]*LocalPort +Speed +Mode": 100,
        r"\"iface_obj\":": 100,
        r"\"linkstate\": \"(?:UP|DN|ADMDN|PRTDN)\"": 80,
        r"\"lldp\": ?\{\s{0,20}\"neighbor\": ?\{": 100,
        r"\"(?:system-name|chassis-id|pmd-autoneg)\":": 60,
        r"^Name +(?:Type +State|Fan State|Cur(?:rent)? Temp|Actual FW)": 60,
        r"\"(?:leakage-?\d{1,2}|num-gpus|resiliency-mode|mcast-limit|hardware-version|asic-model|system-mac)\":": 60,
    },
    read=alone(_reading),
)
