"""The readings that a window keeps, and how fast counters grew between them on average over exactly its length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.uint64]
Rates = NDArray[np.float64]

_STEPS = 10
"""Readings closer than this part of the window are merged: a node polled every second costs no more memory."""


class Step(NamedTuple):
    """One reading: when, and every counter's unrolled value. Arrays are never written to again."""

    clock_s: float
    at: float
    grown: Counts


def keep(ring: list[Step], step: Step, window_s: float) -> None:
    """Take a reading in, and let go of those before the one at which the window begins, or last before that.

    What a step brought may have happened at its very end: it stays until all of it is out of the window.
    """
    if len(ring) > 2 and ring[-1].clock_s - ring[-2].clock_s < window_s / _STEPS:
        ring.pop()
    ring.append(step)
    oldest = step.clock_s - window_s
    while len(ring) > 2 and ring[1].clock_s <= oldest:
        del ring[0]


def average(ring: list[Step], window_s: float, start: Rates | None) -> Rates:
    """Growth per second over the window, or since a value's `start` where that is later; NaN where no time went by.

    Of the step in which the window begins that part of the growth counts which it has of the step's time: a node not
    reached for an hour does not water down the minute after it.
    """
    first, second, last = ring[0], ring[1], ring[-1]
    begins = max(first.clock_s, last.clock_s - window_s)
    if start is None:
        inside = begins == first.clock_s
        part = 1.0 if inside else (second.clock_s - begins) / (second.clock_s - first.clock_s)
        whole: Rates = (last.grown - second.grown) + part * (second.grown - first.grown)
        return whole / (last.clock_s - begins)
    begun = np.maximum(start, first.clock_s)
    since = np.maximum(begun, begins)
    parts = np.divide(second.clock_s - since, second.clock_s - begun, out=np.ones(since.shape), where=since > begun)
    growth = (last.grown - second.grown) + parts * (second.grown - first.grown)
    spans = last.clock_s - since
    rates: Rates = np.divide(growth, spans, out=np.full(since.shape, np.nan), where=spans > 0)
    return rates
