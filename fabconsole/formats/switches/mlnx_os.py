"""MLNX-OS, later Onyx, the command line of NVIDIA's managed InfiniBand switches and of older Ethernet ones.

`show …` as text, and as JSON with `| json-print` or from the switch's JSON interface.
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
from fabconsole.formats.switches import mlnx_os_json, mlnx_os_text

_PROMPT = re.compile(
    r"\s*[\w.-]{1,64} ?(?:\[[^\]\n]{1,64}\] ?)?(?:\(config[^)\n]{0,60}\) ?)?[>#] ?"
    r"((?:show|enable|configure|no |ib |interface |exit|cli ).{0,200})?"
)
_JSON = re.compile(r"^[ \t]*(?:\{|\[[ \t]*(?:[{\"\[\]]|$))", re.MULTILINE)
_UNKNOWN = re.compile(r"\s*% ?(.{1,200})")


def _reading(paste: Paste) -> Reading:
    told = Reading()
    holds_json = _JSON.search(paste.text) is not None
    for asked, lines in _answers(paste):
        if holds_json and _JSON.search(text := "\n".join(lines)):
            said = documents(text)
            for one in said.found:
                mlnx_os_json.tell(one, asked, told)
            if said.cut:
                told.facts["incomplete"] = "the JSON ends before its end"
            lines = said.rest
        kept = [line for line in lines if "%" not in line or not _refused(line, asked, told)]
        mlnx_os_text.tell(kept, asked, told)
    return noted(told)


def _answers(paste: Paste) -> Iterator[tuple[str, list[str]]]:
    """Every command with the lines that answer it; before the first nobody knows what was asked."""
    lines = paste.lines
    typed = dict(paste.typed)
    if "#" in paste.text or ">" in paste.text:
        for at, line in enumerate(lines):
            if ("#" in line or ">" in line) and at not in typed and (prompt := _PROMPT.fullmatch(line)):
                typed[at] = prompt[1] or ""
    asked, begin = "", 0
    for at in sorted(typed):
        yield asked, lines[begin:at]
        asked, begin = typed[at].strip(), at + 1
    yield asked, lines[begin:]


def _refused(line: str, asked: str, told: Reading) -> bool:
    """`% Unrecognized command "transceiver".` is an answer too."""
    refused = _UNKNOWN.fullmatch(line)
    if refused is None:
        return False
    told.facts["refused"] = f"{asked}: {refused[1]}" if asked else refused[1]
    return True


FORMAT = Format(
    name="mlnx-os",
    family="switches",
    commands=(
        "show interfaces ib",
        "show interfaces ib status",
        "show interfaces ib | json-print",
        "show interfaces ethernet | json-print",
        "show interfaces status | json-print",
        "show version | json-print",
        "show inventory",
        "show interfaces ethernet",
        "show interfaces port-channel",
        "show lldp interfaces ethernet",
        "show lldp remote",
    ),
    aliases=("onyx", "mlnxos", "onyx-json", "mlnx-os-json", "mellanox-os"),
    versions="MLNX-OS 3.2 and 3.6 (SX6036), MLNX-OS of QM8700, Onyx 3.6 to 3.9, MLNX-GW 8",
    yields="ports: state, rate, width, counters, module, neighbour; fans, power, temperature, inventory, version",
    signs={
        r"^[ \t]*Logical port state\s*: ": 100,
        r"^[ \t]*\"(?:Logical port state|Physical port state|Current line rate)\":": 100,
        r"Logical port state +Physical port state": 100,
        r"^[ \t]*(?:IB|Eth)\d{1,3}/\d{1,3}(?:/\d{1,3})?(?: state)?:[ \t]*$": 60,
        r"^[ \t]*\"header\": \"(?:Eth|IB|Vlan|Po|TC)": 90,
        r"^[ \t]*\"(?:Operational state|Admin state|Actual speed|Forwarding mode)\":": 60,
        r"^[ \t]*(?:Operational state|Admin state|Actual speed)\s*: ": 60,
        r"^[ \t]*\"?Product name\"?:\s+\"?(?:MLNX-OS|Onyx|SX_?\w*)": 100,
        r"^[ \t]*\"?(?:Product release|Version summary|System serial num)\"?:": 50,
        r"^[ \t]*CHASSIS +\S+ +\S+ +\S+": 90,
        r"^[ \t]*Total power (?:used|capacity) *: ": 60,
        r"^[ \t]*\"Interface (?:ethernet|ib)\":": 80,
        r"^[ \t]*\"ECN marked packets\":": 60,
        r"^[ \t]*Slot \d+ port \d+ state": 90,
        r"^[\w.-]{1,64} (?:\[[^\]\n]{1,64}\] )?(?:\(config[^)\n]{0,60}\) )?[#>] ?show \w": 70,
        r"^[ \t]*Module +(?:Device|Part Number|Component|Status|Type|Power Meter)\b": 80,
        r"^[ \t]*\"?Remote (?:chassis id|port-id)\"?\s*:": 60,
        r"^[ \t]*\"(?:executed_command|status_message)\":": 60,
        r"^[ \t]*\"(?:ingress rate|egress rate|PFC oper|spanning-tree|priority-flow-control)\":": 60,
        r"^[ \t]*(?:IB)\d{1,3}/\d{1,3}(?:/\d{1,3})? .{0,160}(?:Active|Down|Initialize|Armed) +\w+[ \t]*$": 90,
        r"^[ \t]*VL15 dropped packets\s*: ": 60,
        r"^[ \t]*\"(?:\d{1,3} )?(?:Eth|IB|Po|Mpo)\d{1,3}(?:/\d{1,3}){0,2}(?: ?\([A-Z][a-z]?\d{0,5}\))?\": [\[{]": 90,
        r"^[ \t]*\"(?:MGMT|CHASSIS|FAN\d?|PS\d)\": [\[{]": 60,
        r"^[ \t]*(?:Local )?Interface {2,}(?:Device ID|Chassis ID|Admin state|Code)\b": 80,
        r"^[ \t]*Port \d{1,2}/\d{1,3}(?:/\d{1,2})? transceiver diagnostic data:": 100,
    },
    read=alone(_reading),
)
