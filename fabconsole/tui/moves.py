"""Where the cursor goes from a cell: in reading order to the sides, to the nearest above and below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

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


def nearest(rows: Sequence[Sequence[Block]], y: int, x: int) -> Block | None:
    """The block nearest to a place, shown ones before hidden ones."""
    blocks = [block for row in rows for block in row]
    shown = [block for block in blocks if not block.hidden] or blocks
    return min(shown, key=lambda block: (2 * abs(block.y - y) + _away(block, x), block.y), default=None)


def _away(block: Block, x: float) -> float:
    if block.x <= x <= block.end - 1:
        return 0.0
    return block.x - x if x < block.x else x - (block.end - 1)
