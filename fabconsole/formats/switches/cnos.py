"""Lenovo CNOS's `show interface [status]`: tables between rules, and prose, much as NX-OS has them."""

from __future__ import annotations

from fabconsole.formats.format import Format
from fabconsole.formats.intent import noted
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone
from fabconsole.formats.switches.ailments import named
from fabconsole.formats.switches.framed import Scan


def _reading(paste: Paste) -> Reading:
    return named(noted(Scan(paste.lines).read()))


FORMAT = Format(
    name="cnos",
    family="switches",
    commands=("cnos show interface status", "cnos show interface"),
    aliases=("lenovo-cnos",),
    versions="CNOS 10.x",
    yields="ports, their state, speed and counters",
    signs={
        r"^ *(?:Ethernet\d+/\d+\S*|po\d+|mgmt\d) .{8,70} (?:full|half|auto) +(?:\d{3,6}|NA) +(?:eth|--)": 100,
        r"^-{40,}\n *Port +Name +Status +Vlan": 60,
        r"^Interface (?:Ethernet|po|mgmt|loopback|Vlan)\S+$": 60,
        r"^ *Hardware is \w+ +Current HW addr: ": 100,
        r"^ *index \d+ metric \d+ ": 60,
    },
    read=alone(_reading),
)
