"""`lspci`, plain, `-D`, `-n`, `-nn`, `-v` to `-vvv`, `-mm` and `-vmm`: the devices, and their links and errors.

Grammar: pciutils lspci.c: a device's line is not indented, what it is about is, and a capability's lines are deeper.
"""

from __future__ import annotations

import re
from collections import Counter

from fabconsole.formats.format import Format
from fabconsole.formats.host.pci_device import Device
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone

_ADDRESS = r"(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7]"
_DEVICE = re.compile(rf"\s*({_ADDRESS})\s+([\"A-Z0-9][^\n]*)")
_MEMBER = re.compile(
    r"(Class|Vendor|Device|SVendor|SDevice|Rev|ProgIf|Driver|Module|NUMANode|IOMMUGroup|PhySlot):\t\s*(.*)"
)
_SLOT = re.compile(rf"\s*(?:Slot|Device):\s+({_ADDRESS})\s*")
_LINE = re.compile(r"(\[?[A-Z!][\w/ .()\[\]#-]{0,40}?):(?:\s+(.*)|$)")
_PLACE = re.compile(r"(?:\[virtual\] )?(Memory|I/O ports|Expansion ROM|Bridge I/O window) at (.*)")
_ABOVE = re.compile(
    rf"\s*[=#*>-]{{0,40}}\s*(?:\w{{1,16}}\s+)?({_ADDRESS}):?(?:\s+\((\w{{1,24}})\))?\s*[=#*<-]{{0,40}}\s*"
)
"""An address alone, as somebody's loop prints it, with the device's name or without."""
_BRANCH = re.compile(r"-\[.*|\s{1,64}[|+\\].*-.*")
_RAW = re.compile(r"\s*[0-9a-f]{2,3}:(?: [0-9a-f]{2}){1,16}\s*")
_KNOWN = frozenset(
    {
        "LnkCap",
        "LnkSta",
        "LnkCtl",
        "LnkCap2",
        "LnkSta2",
        "LnkCtl2",
        "DevCap",
        "DevCtl",
        "DevSta",
        "UESta",
        "UEMsk",
        "UESvrt",
    }
    | {
        "CESta",
        "CEMsk",
        "AERCap",
        "Subsystem",
        "Control",
        "Status",
        "Capabilities",
        "Kernel driver in use",
        "NUMA node",
    }
    | {"Kernel modules", "Physical Slot", "Interrupt", "Latency", "Flags", "IOMMU group", "HeaderLog", "DeviceName"}
)
_ASKED = re.compile(rf"\blspci\b.{{0,80}}?\s-\w{{0,6}}s ?({_ADDRESS})")
_ONCE = {
    "Subsystem": "subsystem",
    "NUMA node": "numa_node",
    "Kernel driver in use": "driver",
    **{word: word.lower() for word in ("LnkCap", "LnkSta", "DevCap", "DevCtl", "DevSta", "UESta", "CESta")},
}
"""What a device says once: the second time it is another one's, whose headline is lost."""
_MEMBERS = {
    "SVendor": "subsystem_vendor",
    "SDevice": "subsystem",
    "ProgIf": "prog_if",
    "NUMANode": "numa_node",
    "IOMMUGroup": "iommu_group",
    "PhySlot": "physical_slot",
}


class _Devices:
    def __init__(self, reading: Reading) -> None:
        self.found: list[Device] = []
        self.asked: str | None = None
        self.name: str | None = None
        self._reading = reading
        self._depth = 0
        self._nameless = 0

    def begin(self, address: str | None = None) -> Device:
        if address is None and self.asked is None:
            self._nameless += 1
        name = address or self.asked or ("device" if self._nameless == 1 else f"device {self._nameless}")
        self.found.append(Device(_spelt(name) if address or ":" in name else name))
        if self.name is not None and address is None:
            self.found[-1].extra["name"] = self.name
        self.asked = self.name = None
        self._depth = 0
        return self.found[-1]

    def line(self, line: str) -> None:
        if said := _DEVICE.fullmatch(line):
            self.begin(said[1]).headline(said[2].strip())
        elif said := _SLOT.fullmatch(line):
            self.begin(said[1])
        elif not line.lstrip()[:1].isupper() and self._above(line):
            return
        elif self.found and _RAW.fullmatch(line):
            self.found[-1].raw(line.strip())
        elif (said := _MEMBER.fullmatch(line)) and self.found:
            self.found[-1].member(_MEMBERS.get(said[1], said[1].lower()), said[2].strip())
        else:
            self._about(line)

    def _above(self, line: str) -> bool:
        """A line that names the device below, or one of `-t`: who hangs below whom."""
        if said := _ABOVE.fullmatch(line):
            self.asked, self.name = said[1], said[2]
        elif said := _ASKED.search(line):
            self.asked = said[1]
        elif _BRANCH.fullmatch(line):
            tree = self._reading.facts.setdefault("tree", [])
            if isinstance(tree, list):
                tree.append(line)
        else:
            return False
        return True

    def _about(self, line: str) -> None:
        """A line about the device above."""
        text = line.strip()
        wide = line.expandtabs()
        depth = len(wide) - len(wide.lstrip())
        said = _LINE.fullmatch(text)
        if not depth and not (said and said[1] in _KNOWN):
            if not (self.found and _all_flags(text) and self.found[-1].goes_on(text)):  # broken by a mail
                self._reading.unparsed.append(line)
            return
        if said and (not self.found or self.asked or _ONCE.get(said[1]) in self.found[-1].heard):
            self.begin()
        if not self.found:
            self._reading.unparsed.append(line)
            return
        device = self.found[-1]
        self._depth = self._depth or depth
        if text.startswith("!!!"):
            device.mark("no answer" if "header type 7f" in text else text.strip("! "))
        elif said and said[1] == "Capabilities":
            device.capability(said[2] or "")
        elif said:
            device.say(said[1], said[2] or "", deeper=depth > self._depth)
        elif place := _PLACE.fullmatch(text):
            device.say(place[1], place[2], deeper=False)
        elif not device.goes_on(text):
            self._reading.unparsed.append(line)


def _all_flags(text: str) -> bool:
    """`ECRC- UnsupReq+ ACSViol-`: the rest of a register's line."""
    return all(word.endswith(("+", "-", "+,", "-,")) for word in text.split())


def _spelt(address: str) -> str:
    """With its domain, in lower case."""
    return (address if address.count(":") > 1 else f"0000:{address}").lower()


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    devices = _Devices(reading)
    for index, line in enumerate(paste.lines):
        if line.strip():
            devices.line(line)
        elif (typed := paste.typed.get(index)) and (asked := _ASKED.search(typed)):
            devices.asked = asked[1]
    reading.rows = [device.row() for device in devices.found]
    if reading.rows:
        reading.facts["devices"] = len(reading.rows)
        classes = Counter(str(row.extra["class"]) for row in reading.rows if "class" in row.extra)
        if classes:
            reading.facts["classes"] = dict(sorted(classes.items()))
    return reading


FORMAT = Format(
    name="lspci",
    family="host",
    commands=("lspci", "lspci -D", "lspci -nn", "lspci -vv", "lspci -vmm"),
    versions="pciutils 3.1 to 3.13",
    yields="PCI devices, link speed and width, errors of advanced error reporting",
    signs={
        rf"^[ \t]*{_ADDRESS} [A-Z0-9][\w/ .,()-]{{2,60}}(?: \[[0-9a-f]{{4}}\])?: ": 60,
        rf'^[ \t]*{_ADDRESS} "[^"]{{2,60}}" "': 100,
        rf"^Slot:\s+{_ADDRESS}\s*$": 100,
        r"^[ \t]*Lnk(?:Cap|Sta):\s+(?:Port|Speed)\b": 100,
        r"^[ \t]*[UC]ESta:\s+\w+[+-]": 100,
        r"^[ \t]+Kernel driver in use: ": 60,
        r"^[ \t]+Capabilities: \[[0-9a-f]{2,3}(?: v\d)?\] ": 60,
    },
    read=alone(_reading),
)
