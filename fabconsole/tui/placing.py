"""The parts that the fabric's page is laid out of, and the ways to draw it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Detail(Enum):
    """How much a window has room for."""

    NAMES = "hosts by name"
    CELLS = "cells"
    NODES = "nodes"
    RACKS = "racks"
    DOTS = "racks without their names"


class Part(Enum):
    """What a placed thing is, which decides how it is drawn."""

    ROW = "row"
    HEAD = "head"
    RACK = "rack"
    LABEL = "label"
    NAME = "name"
    OWN = "own"
    """A node by itself, beside its parts."""
    CELL = "cell"
    """A rail or a GPU."""
    NODE = "node"
    """A node that stands for everything under it."""


class Placed(NamedTuple):
    """One thing at its place, `width` columns from `x`."""

    y: int
    x: int
    width: int
    part: Part
    address: str
    """Of a ROW or LABEL: its text."""


@dataclass(frozen=True, slots=True)
class Style:
    """One way to draw the floor."""

    detail: Detail
    pitch: int
    """Columns from a cell to the next."""
    gap: int
    """Least columns between tiles."""
    space: int
    """Lines between tiles."""

    @property
    def loss(self) -> tuple[int, bool]:
        """What it shows less than the most; how wide it is drawn counts for nothing."""
        return list(Detail).index(self.detail), not self.space
