"""Which port an answer of the vendor's link tool is about: the command names it, or a line above, never the answer."""

from __future__ import annotations

import re

from fabconsole.formats.host.mlxlink_port import Port

_DEVICE = re.compile(r"(?:mlxlink|mstlink)\b.{0,200}?\s(?:-d|--device)[ =]?(?:/dev/mst/)?(\S{1,80})")
_VARIABLE = "$"
_PORT = re.compile(r"\s(?:-p|--port)[ =]?(\d[\d/]{0,8})")
_NAME = (
    r"(mlx[45]_\w{1,12}|mt\d{4,5}_pciconf\d{1,3}(?:\.\d{1,2})?|lid-\d{1,5}|"
    r"(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])"
)
ABOVE = re.compile(_NAME)
_HEADING = re.compile(
    rf"[\s=#*>\[-]{{0,16}}(?:(?:device|dev|port|hca|ca|nic)\b[\s:=]{{0,3}})?(?:/dev/mst/)?"
    rf"{_NAME}[\s=#*:<\]-]{{0,16}}",
    re.IGNORECASE,
)
_TITLED = re.compile(
    rf"\s*(?:={{3,40}}|#{{2,40}}|-{{3,40}}|\*{{3,40}})\s*(?:[\w:/]{{1,24}}\s){{0,3}}"
    rf"(?:/dev/mst/)?\b{_NAME}(?:(?:/|:| +port )(\d{{1,2}}))?\b.{{0,60}}",
    re.IGNORECASE,
)
_BANNER = re.compile(r"\s*[=#*]{3,40}\s+(\S.{0,60}?)\s+[=#*]{3,40}\s*")
_AROUND = " \t=#*-"
_BEFORE = frozenset({"port info", "host class info"})
"""Sections that stand before the operational one; the end of a port that lost its head has others."""
OPERATIONAL = ("operational info", "pcie operational (enabled) info")


class Ports:
    """Which port the next line is about."""

    def __init__(self) -> None:
        self.found: list[Port] = []
        self.name = ""
        self.above = ""
        """What else stood in the heading above: whose host's device it is."""
        self.section = ""

    def begin(self) -> None:
        """Another port."""
        name = self.name or ("port" if not self.found else f"port {len(self.found) + 1}")
        self.found.append(Port(name, extra={"heading": self.above} if self.above else {}))
        self.name = self.above = ""

    def title(self, title: str) -> None:
        """A section's; one that begins a port, or that this one has had, is another port's."""
        plain = title.lower()
        known = self.found[-1].sections if self.found else set()
        begins = plain in OPERATIONAL and not (known and known <= _BEFORE)
        if not self.found or self.name or plain in known or begins:
            self.begin()
        self.section = title
        self.found[-1].sections.add(plain)

    def hear(self, key: str, said: str | list[str], mask: str = "") -> None:
        """A value; the same key again is another port's."""
        if not self.found or self.name or (self.section, key) in self.found[-1].heard:
            again = bool(self.found) and not self.name
            self.begin()
            if not again:
                self.section = ""
        self.found[-1].hear(self.section, key, said, mask)


def asked(command: str) -> str | None:
    """The port that a command asks about, as the console spells it: a device has its first one by default.

    "" where a loop's variable stands for it; None: no such command.
    """
    said = _DEVICE.search(command) if "link" in command else None
    if said is None:
        return None
    if _VARIABLE in said[1]:
        return ""
    port = _PORT.search(command)
    return f"{said[1].replace('lid-', 'lid')}/{port[1] if port else '1'}"


def heading(line: str) -> tuple[str, str] | None:
    """A port's name that somebody's loop printed above the answer, and the whole heading where it says more."""
    if len(line) > 120:
        return None
    if said := _HEADING.fullmatch(line):
        return f"{said[1].replace('lid-', 'lid')}/1", ""
    if said := _TITLED.fullmatch(line):
        text = line.strip(_AROUND)
        return f"{said[1].replace('lid-', 'lid')}/{said[2] or 1}", "" if text == said[1] else text
    said = _BANNER.fullmatch(line)
    return (said[1], "") if said else None
