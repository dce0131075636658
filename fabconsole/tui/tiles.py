"""One rack as a tile: how large it is, and what stands where in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fabconsole.tui.addresses import rack_address
from fabconsole.tui.floor import Floor, Host, RackShape
from fabconsole.tui.placing import Detail, Part, Placed, Style

SWITCHES = "sw"
_HEAD_EXTRA = 5
"""Columns after a rack's name: a blank, a glyph, three digits."""
_STRIP_EXTRA = 10
"""The same of switches in no rack, which have lines to themselves."""
_LEAST_STRIP = 12
"""Columns that make it worth while to begin beside the head."""
_NODES_ACROSS = 9


@dataclass(frozen=True, slots=True)
class Tile:
    """The columns that every rack's tile shares, so that rails stand under rails."""

    width: int
    pitch: int
    names: int
    """Columns of the hosts' names with a blank; 0 where they are not shown."""
    rails: int
    detail: Detail

    @classmethod
    def of(cls, floor: Floor, style: Style) -> Tile:
        """The tile that fits the largest rack of `floor`."""
        pitch, racks = style.pitch, [rack for rack in floor.racks if not is_strip(rack)]
        if style.detail is Detail.DOTS:
            return cls(1, pitch, 0, 0, style.detail)
        longest = max((len(rack.name) for rack in floor.racks), default=0)
        if style.detail is Detail.RACKS:
            return cls(longest + 3, pitch, 0, 0, style.detail)
        hosts = [host for rack in racks for host in rack.hosts]
        names = 1 + max((len(host.name) for host in hosts), default=0) if style.detail is Detail.NAMES else 0
        if style.detail is Detail.NODES:
            body = span(min(max((len(rack.hosts) for rack in racks), default=1), _NODES_ACROSS), pitch)
        else:
            body = names + 2 + span(floor.rails, pitch) + (pitch + span(floor.gpus, pitch) if floor.gpus else 0)
        head = _HEAD_EXTRA + max((len(rack.name) for rack in racks), default=0)
        return cls(max(head, body, 1 + len(SWITCHES) + span(4, pitch)), pitch, names, floor.rails, style.detail)

    def height(self, rack: RackShape) -> int:
        """Lines that a rack takes."""
        if self.detail in (Detail.RACKS, Detail.DOTS):
            return 1
        hosts = -(-len(rack.hosts) // self._across(0)) if self.detail is Detail.NODES else len(rack.hosts)
        return 1 + hosts + -(-len(rack.switches) // self._across(1 + len(SWITCHES)))

    def draw(self, rack: RackShape) -> Iterator[Placed]:
        """One rack from the origin."""
        if self.detail in (Detail.RACKS, Detail.DOTS):
            yield Placed(0, 0, self.width, Part.RACK, rack_address(rack.name))
            return
        yield Placed(0, 0, self.width, Part.HEAD, rack_address(rack.name))
        y = 1
        if self.detail is Detail.NODES:
            names = [host.name for host in rack.hosts]
            yield from self._wrapped(names, 0, y)
            y += -(-len(names) // self._across(0))
        else:
            for host in rack.hosts:
                yield from self._host(host, y)
                y += 1
        if rack.switches:
            yield Placed(y, 0, len(SWITCHES), Part.LABEL, SWITCHES)
            yield from self._wrapped(rack.switches, 1 + len(SWITCHES), y)

    def _host(self, host: Host, y: int) -> Iterator[Placed]:
        if self.names:
            yield Placed(y, 0, self.names, Part.NAME, host.name)
        yield Placed(y, self.names, 1, Part.OWN, host.name)
        start = self.names + 2
        for column, address in enumerate(host.rails):
            yield Placed(y, start + column * self.pitch, 1, Part.CELL, address)
        start += span(self.rails, self.pitch) + self.pitch
        for column, address in enumerate(host.gpus):
            yield Placed(y, start + column * self.pitch, 1, Part.CELL, address)

    def _wrapped(self, names: Sequence[str], x: int, y: int) -> Iterator[Placed]:
        for number, name in enumerate(names):
            line, column = divmod(number, self._across(x))
            yield Placed(y + line, x + column * self.pitch, 1, Part.NODE, name)

    def _across(self, x: int) -> int:
        return max(1, (self.width - x + self.pitch - 1) // self.pitch)


def span(cells: int, pitch: int) -> int:
    """Columns from the first of some cells to the last."""
    return (cells - 1) * pitch + 1 if cells else 0


def is_strip(rack: RackShape) -> bool:
    """True for switches that stand in no rack: they get a strip over the whole width, not a tile."""
    return rack.name == "switches" and not rack.hosts


def strip(rack: RackShape, width: int, pitch: int) -> Iterator[Placed]:
    """Switches of no rack from the origin: their head, then each kind by the letters of its names."""
    heads = (len(rack.name) + extra for extra in (_STRIP_EXTRA, _HEAD_EXTRA))
    head = next((head for head in heads if head + _LEAST_STRIP < width), 0)
    indent = head + 1 if head else 2
    yield Placed(0, 0, head or len(rack.name) + _HEAD_EXTRA, Part.HEAD, rack_address(rack.name))
    x, y = (indent, 0) if indent > 2 else (indent, 1)
    for kind, names in _kinds(rack.switches):
        if x > indent and x + len(kind) + 1 + span(len(names), pitch) > width:
            x, y = indent, y + 1
        yield Placed(y, x, len(kind), Part.LABEL, kind)
        x += len(kind) + 1
        for name in names:
            if x >= width:
                x, y = indent, y + 1
            yield Placed(y, x, 1, Part.NODE, name)
            x += pitch
        x += 3


def _kinds(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    kinds: dict[str, list[str]] = {}
    for name in names:
        word = re.match(r"[A-Za-z]*", name)
        kinds.setdefault((word[0] if word else "")[:6] or SWITCHES, []).append(name)
    return list(kinds.items())
