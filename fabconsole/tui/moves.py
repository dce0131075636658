"""Where the cursor goes from a cell: in reading order to the sides, to the nearest above and below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from fabconsole.tui.addresses import upwards
from fabconsole.tui.drawing import HIDDEN, Line


class Block(NamedTuple):
    """What one address takes of one line."""

    y: int
    x: int
    end: int
    address: str
    hidden: bool

    @property
    def middle(self) -> float:
        """Where its middle is."""
        return (self.x + self.end - 1) / 2


def blocks_of(line: Line, y: int) -> list[Block]:
    """The addressed stretches of a line; neighbours with one address are one block."""
    blocks: list[Block] = []
    x = 0
    for span in line:
        size = len(span.text) if span.text.isascii() or len(span.text) == 1 else cell_len(span.text)
        if span.address is not None:
            last = blocks[-1] if blocks else None
            if last is not None and last.address == span.address and last.end == x:
                blocks[-1] = last._replace(end=x + size, hidden=last.hidden and span.role == HIDDEN)
            else:
                blocks.append(Block(y, x, x + size, span.address, span.role == HIDDEN))
        x += size
    return blocks


class Field:
    """The blocks of a page, by line and by address."""

    def __init__(self) -> None:
        self.rows: list[list[Block]] = []
        self._places: dict[str, list[Block]] = {}

    def update(self, lines: Sequence[Line], changed: Sequence[int]) -> None:
        """Take the lines of a page, of which those numbered in `changed`, ascending, are others than before."""
        del self.rows[len(lines) :]
        for y in changed:
            self.rows[y : y + 1] = [blocks_of(lines[y], y)]
        self._places = {}
        for row in self.rows:
            for block in row:
                self._places.setdefault(block.address, []).append(block)

    def find(self, address: str, stands_for: Mapping[str, str], near: Block | None) -> Block | None:
        """The block of an address, of what holds it or of what stands for it; of several the nearest."""
        for part in upwards(address):
            blocks = self._places.get(part) or self._places.get(stands_for.get(part, ""))
            if blocks:
                return blocks[0] if near is None else min(blocks, key=lambda block: _apart(block, near))
        return None

    def at(self, y: int, x: int) -> Block | None:
        """What is drawn at a place."""
        row = self.rows[y] if 0 <= y < len(self.rows) else []
        return next((block for block in row if block.x <= x < block.end), None)

    def edge(self, direction: int) -> Block | None:
        """The first (-1) or the last (1) that is shown."""
        rows = self.rows if direction < 0 else reversed(self.rows)
        ends = ([block for block in row if not block.hidden] for row in rows)
        shown = next((row for row in ends if row), None)
        return None if shown is None else shown[0 if direction < 0 else -1]


def sideways(rows: Sequence[Sequence[Block]], here: Block, step: int) -> Block:
    """The next block to the right (1) or left (-1), going on with the next line; `here` at the ends.

    Every block can be reached by going on in one direction.
    """
    y = here.y
    while 0 <= y < len(rows):
        ahead = [
            block
            for block in rows[y]
            if not block.hidden and (y != here.y or (block.x > here.x if step > 0 else block.x < here.x))
        ]
        if ahead:
            return ahead[0] if step > 0 else ahead[-1]
        y += step
    return here


def upright(rows: Sequence[Sequence[Block]], here: Block, step: int, goal: float) -> Block:
    """The best block below (1) or above (-1): near in lines, nearer still to the column `goal`."""
    best, least = here, float("inf")
    y = here.y + step
    while 0 <= y < len(rows) and abs(y - here.y) < least:
        shown = [block for block in rows[y] if not block.hidden]
        if shown:
            nearest = min(shown, key=lambda block: _away(block, goal))
            cost = abs(y - here.y) + 2 * _away(nearest, goal)
            if cost < least:
                best, least = nearest, cost
        y += step
    return best


def nearest(rows: Sequence[Sequence[Block]], y: int, x: float) -> Block | None:
    """The block nearest to a place, shown ones before hidden ones."""
    blocks = [block for row in rows for block in row]
    shown = [block for block in blocks if not block.hidden] or blocks
    return min(shown, key=lambda block: (2 * abs(block.y - y) + _away(block, x), block.y), default=None)


def _apart(one: Block, other: Block) -> int:
    return abs(one.y - other.y) * 1000 + abs(one.x - other.x)


def _away(block: Block, x: float) -> float:
    if block.x <= x <= block.end - 1:
        return 0.0
    return block.x - x if x < block.x else x - (block.end - 1)
