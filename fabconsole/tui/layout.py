"""Where everything on the fabric's page stands: racks and a size in, cells and coordinates out.

    r00 ✖1 ▲2         head: the rack and how many of its nodes are how unwell
    · ········ ····   a host as it hangs: itself, its rails, its GPUs
    · ···▲···· ····
    sw ··             the rack's switches

The first detail that fits the window is taken, from hosts with their names down to one cell for several racks,
so that the whole fabric is always on one screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fabconsole.tui.addresses import node_of, rack_address, rack_named
from fabconsole.tui.floor import Floor, RackShape
from fabconsole.tui.placing import Detail, Part, Placed, Style
from fabconsole.tui.tiles import Tile, is_strip, strip

_WIDEST_GAP = 6

STYLES = (
    Style(Detail.NAMES, 2, 4, 1),
    Style(Detail.NAMES, 1, 3, 1),
    Style(Detail.CELLS, 2, 3, 1),
    Style(Detail.CELLS, 1, 3, 1),
    Style(Detail.CELLS, 1, 2, 1),
    Style(Detail.CELLS, 1, 1, 0),
    Style(Detail.NODES, 2, 3, 1),
    Style(Detail.NODES, 1, 2, 1),
    Style(Detail.NODES, 1, 1, 0),
    Style(Detail.RACKS, 1, 2, 0),
    Style(Detail.DOTS, 2, 1, 0),
    Style(Detail.DOTS, 1, 0, 0),
)
"""From the most detail to the least."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The floor, placed."""

    style: Style
    lines: tuple[tuple[Placed, ...], ...]
    """One a row of the screen, each from left to right."""
    stands_for: Mapping[str, str] = field(default_factory=dict)
    """Nodes and racks that have no cell of their own, to the address of the cell that covers them."""
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A rack's cell to the names of the racks it stands for."""
    needs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    """For each row, the nodes and the racks it is drawn from."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A rack and where its tile begins; a row's heading where there is no rack."""

    y: int
    x: int
    rack: RackShape | None
    row: str = ""


def lay(floor: Floor, width: int, height: int) -> Layout:
    """The most detailed layout of `floor` that fits; several racks to a cell where nothing else does."""
    for style in STYLES:
        tile = Tile.of(floor, style)
        if tile.width > width:
            continue
        for with_rows in (True, False):
            if with_rows and len({rack.row for rack in floor.racks if rack.row}) < 2:
                continue
            spots, used = _spots(floor.racks, tile, style, width, with_rows=with_rows)
            if used <= height:
                return _layout(_draw(spots, tile, width), style, floor.racks, 1)
    style, share = STYLES[-1], -(-len(floor.racks) // max(1, width * height))
    tile = Tile.of(floor, style)
    spots, _ = _spots(floor.racks[::share], tile, style, width, with_rows=False)
    return _layout(_draw(spots, tile, width), style, floor.racks, share)


def _spots(
    racks: Sequence[RackShape], tile: Tile, style: Style, width: int, *, with_rows: bool
) -> tuple[list[_Spot], int]:
    """Tiles left to right, line after line, and the lines they take."""
    least = style.pitch - 1 if style.detail is Detail.DOTS else style.gap
    across = max(1, (width + least) // (tile.width + least))
    spare = (width - across * tile.width) // (across - 1) if across > 1 else 0
    gap = min(_WIDEST_GAP, spare) if style.space else least
    alone = [rack for rack in racks if is_strip(rack) and _has_strips(style)]
    spots: list[_Spot] = []
    y = 0
    others = (rack for rack in racks if rack not in alone)
    for row, members in groupby(others, key=lambda rack: rack.row if with_rows else None):
        if with_rows and row:
            spots.append(_Spot(y, 0, None, row))
            y += 1
        several = list(members)
        even = -(-len(several) // -(-len(several) // across))  # as many lines, the last not left nearly empty
        for first in range(0, len(several), even):
            line = several[first : first + even]
            spots += [_Spot(y, column * (tile.width + gap), rack) for column, rack in enumerate(line)]
            y += style.space + max(tile.height(rack) for rack in line)
    for rack in alone:
        spots.append(_Spot(y, 0, rack))
        y += 1 + style.space + max(item.y for item in strip(rack, width, style.pitch))
    return spots, y - style.space


def _has_strips(style: Style) -> bool:
    return style.detail not in (Detail.RACKS, Detail.DOTS)


def _draw(spots: Sequence[_Spot], tile: Tile, width: int) -> list[Placed]:
    placed: list[Placed] = []
    for spot in spots:
        if spot.rack is None:
            placed.append(Placed(spot.y, 0, width, Part.ROW, spot.row))
            continue
        alone = is_strip(spot.rack) and tile.detail not in (Detail.RACKS, Detail.DOTS)
        items = strip(spot.rack, width, tile.pitch) if alone else tile.draw(spot.rack)
        placed += [item._replace(y=item.y + spot.y, x=item.x + spot.x) for item in items]
    return placed


def _layout(placed: Sequence[Placed], style: Style, racks: Sequence[RackShape], share: int) -> Layout:
    ordered = sorted(placed, key=lambda item: (item.y, item.x))
    lines: list[tuple[Placed, ...]] = [() for _ in range(1 + max((item.y for item in ordered), default=-1))]
    for y, row in groupby(ordered, key=lambda item: item.y):
        lines[y] = tuple(row)
    covers: dict[str, tuple[str, ...]] = {}
    stands_for: dict[str, str] = {}
    if not _has_strips(style):
        for first in range(0, len(racks), share):
            together = racks[first : first + share]
            cell = rack_address(together[0].name)
            covers[cell] = tuple(rack.name for rack in together)
            stands_for.update({rack_address(rack.name): cell for rack in together[1:]})
            stands_for.update({name: cell for rack in together for name in rack.nodes})
    needs = tuple(_needs(line, covers) for line in lines)
    return Layout(style, tuple(lines), stands_for, covers, needs)


def _needs(line: Sequence[Placed], covers: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    nodes: dict[str, None] = {}
    racks: dict[str, None] = {}
    for item in line:
        if item.part in (Part.HEAD, Part.RACK):
            own = rack_named(item.address)
            racks.update(dict.fromkeys(covers.get(item.address, (own,) if own else ())))
        elif item.part not in (Part.ROW, Part.LABEL):
            nodes[node_of(item.address)] = None
    return tuple(nodes), tuple(racks)
