"""SONiC's `show …`: ports, counters, FEC, PFC, queues, transceivers, LLDP, fans, supplies, temperatures, version.

Tables are python-tabulate's "simple" ones: a rule of dashes under each heading, two blanks at least between cells.
Shapes: sonic-utilities, the scripts that `show` calls and what its tests expect of them; Enterprise SONiC's own
command line, whose tables have one rule from edge to edge.
"""

from __future__ import annotations

from fabconsole.formats.format import Format
from fabconsole.formats.intent import noted
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone
from fabconsole.formats.switches import sonic_json
from fabconsole.formats.switches.ailments import named
from fabconsole.formats.switches.sonic_text import Scan


def _reading(paste: Paste) -> Reading:
    if sonic_json.looks_like(paste.text):
        found = documents(paste.text)
        said = Scan(paste, found.rest).read()
        sonic_json.read(found, said)
        return named(noted(said))
    return named(noted(Scan(paste, paste.lines).read()))


FORMAT = Format(
    name="sonic",
    family="switches",
    commands=(
        "show interfaces counters",
        "portstat",
        "intfutil",
        "queuestat",
        "pfcstat",
        "watermarkstat",
        "sfpshow",
        "show interfaces counters fec-stats",
        "show interfaces transceiver eeprom",
        "show pfc counters",
        "show queue counters",
        "show platform psustatus",
    ),
    versions="SONiC, sonic-utilities of 2019 to 2025; Enterprise SONiC 3 and 4",
    yields="ports, their state, counters, FEC and PFC, queues, transceivers, neighbours; fans, supplies, temperatures",
    signs={
        r"^ *IFACE +STATE +(?:RX_|TX_|FEC_)": 100,
        r"^ *IFACE +(?:BIN0|RX_|TX_|STATE|FEC_|TRIM)": 100,
        r"^ *Interface +Lanes +Speed +MTU ": 100,
        r"^ *Interface +Oper +Admin +Alias ": 100,
        r"^ *Interface +(?:Auto-Neg Mode|LT Oper|FEC Oper) ": 100,
        r"^ *Port (?:Rx|Tx) +PFC0": 100,
        r"^ *Port +(?:TxQ +Counter/pkts|Priority +RX Pause)": 100,
        r"^ *Port +(?:UC|MC|PG|ALL)\d": 100,
        r"^ *Port +(?:Presence|Low-power Mode|Error Status) *$": 100,
        r"^ *LocalPort +RemoteDevice +RemotePortID": 100,
        r"^\S+: SFP EEPROM": 100,
        r"^ *(?:Tx fault flag on media lane|CMIS State \(SW\))": 100,
        r"^SONiC Software Version:": 100,
        r"^SONiC OS Version:": 60,
        r"^ *(?:Drawer +LED +)?FAN +Speed +Direction": 100,
        r"^ *Sensor +(?:Temperature|Voltage|Current) +High TH": 100,
        r"^ *PSU +(?:Model +Serial|Status *$)": 100,
        r"^ *Symbol Errors Per Codeword +Codewords": 100,
        r"^Packets Received 64 Octets\.": 60,
        r"^(?:In|E)gress (?:shared pool|headroom)": 60,
        r'"(?:RX_OK|RX_BPS|FEC_CORR|FEC_PRE_BER|totalpacket|Counter/pkts)" *:': 100,
        r'"(?:led_status|High TH|Crit High TH)" *:': 60,
        r"^ *Sub port interface +Speed": 100,
        r"^ *PORT +ACTION +DETECTION TIME": 100,
        r"^ *QUEUE +STATUS +STORM DETECTED": 100,
        r"^ *ASIC +PORT +(?:STATE|Local Link|RX)": 100,
        r"^ *Parameter +Unit +Min +Avg": 100,
        r"^Software Version +: \S+-Enterprise": 100,
        r"^(?:Name|Interface) +(?:Description +Oper|State +RX_OK) ": 100,
        r"is (?:up|down), line protocol is (?:up|down), reason ": 100,
        r"^ *System status LED ": 100,
        r"^ *Interface +Lanes +Speed ": 60,
    },
    read=alone(_reading),
)
