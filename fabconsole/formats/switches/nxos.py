"""Cisco NX-OS's `show …`: ports, status, counters of errors, optics, neighbours.

Tables stand between two rules that go from edge to edge; what a port says at length is prose (`interface_prose`).
"""

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
    name="nxos",
    family="switches",
    commands=(
        "show interface",
        "show interface status",
        "show interface brief",
        "show interface counters errors",
        "show interface transceiver details",
        "nxos show lldp neighbors",
        "nxos show environment",
    ),
    aliases=("nx-os", "cisco-nxos"),
    versions="NX-OS 5 to 10",
    yields="ports, their state, counters, optics with limits, neighbours; supplies, fans, temperatures",
    signs={
        r"^ *Eth\d\S* .{8,30}(?:connected|notconnec|disabled|sfpAbsent|xcvrAbsen|err-disab)": 60,
        r"^-{40,}\n *Port +Name +Status +(?:Vlan|Reason)": 60,
        r"^ *(?:Ethernet|Port-channel) +VLAN +Type Mode +Status +Reason": 100,
        r"^ *Port +(?:Align-Err|Single-Col|Giants|Stomped-CRC|InDiscards|Mac-Rx|Symbol-Err) +\S+": 60,
        r"^ *(?:admin state is|Load-Interval #\d|Last link flapped) ": 100,
        r"^ *Ethernet\d\S* is (?:up|down)(?: \([\w ]+\))?\s*$": 60,
        r"^ *\d+ (?:input error|watchdog|input with dribble|lost carrier) ": 60,
        r"^ *transceiver is (?:not )?present": 100,
        r"^ *(?:cisco (?:id|part number|product id|extended id number)|nominal bitrate) is ": 60,
        r"^ *SFP Detail Diagnostics Information": 100,
        r"^ *Device ID +Local Intf +Hold-time +Capability +Port ID": 100,
        r"^ *\d+ unicast packets  +\d+ multicast packets": 100,
        r"^ *Admin State: (?:up|down) *$": 60,
        r"^ *(?:Trunk encap\. type|Broadcast suppression|Rate mode|Pvlan Trunk capable): ": 100,
        r"^ *(?:fc|Ethernet)\d\S* (?:sfp|transceiver) is (?:not )?present": 100,
        r"^ *Module +Sensor +MajorThresh": 100,
        r"^ *Power Supply redundancy mode ": 100,
        r"^ *Fan +Model +Hw +": 100,
        r"^-{40,}\n *Port +Type +Speed +Description": 100,
        r"^Chassis id: |^Local Port id: ": 100,
    },
    read=alone(_reading),
)
