"""The traffic of a healthy fabric: smooth, never still, the same for the same seed.

Every link carries a steady load with two slow waves on it, each smaller than half of it, so that data, packets and
wait grow at every reading. Words are 4 octets, as the counters count them; NDR carries 12.5 billion a second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORDS_PER_S = 12.5e9
"""One way over 400 Gb/s."""

_PACKET_WORDS = 1031  # 4096 octets of payload, and the headers of a reliable connection
_MULTICAST_PER_S = 40.0
_DAY_S = 86400.0
_WAITED = 2.0**31
"""Most ticks waited before: half of what sysfs and the PMA can hold, so that a demo of hours does not get there."""

TRAFFIC = (
    "port_xmit_data",
    "port_xmit_packets",
    "unicast_xmit_packets",
    "multicast_xmit_packets",
    "port_rcv_data",
    "port_rcv_packets",
    "unicast_rcv_packets",
    "multicast_rcv_packets",
    "port_xmit_wait",
)
"""Columns of `Load.counts`."""


class Load:
    """Traffic of `links` links."""

    def __init__(self, links: int, seed: Sequence[int]) -> None:
        dice = np.random.default_rng([*seed, 7])
        shape = (2, links)
        self._level = WORDS_PER_S * dice.uniform(0.25, 0.6, shape)
        self._swing = self._level * dice.uniform(0.15, 0.45, shape)
        self._ripple = self._level * dice.uniform(0.05, 0.3, shape)
        self._turn = 2 * np.pi / dice.uniform(60, 240, shape)
        self._tremble = 2 * np.pi / dice.uniform(7, 23, shape)
        self._phase = dice.uniform(0, 2 * np.pi, shape)
        self._past = np.floor(self._level * dice.uniform(3, 12, shape) * _DAY_S)
        self._wait = 10 ** dice.uniform(1.7, 4.7, shape)
        self._waited = dice.uniform(0, _WAITED, shape)

    def counts(self, rows: slice | NDArray[np.intp], end: int, t: NDArray[np.float64]) -> NDArray[np.int64]:
        """(links in `rows`, `TRAFFIC`), int64: what end 0 (near) or 1 (far) counted after `t` seconds of being up."""
        sent, wait = self._words(rows, end, t)
        received, _ = self._words(rows, 1 - end, t)
        casts = (_MULTICAST_PER_S * (t + 5 * _DAY_S)).astype(np.int64)
        columns = [*_columns(sent, casts), *_columns(received, casts), wait]
        return np.stack(columns, axis=1)

    def _words(
        self, rows: slice | NDArray[np.intp], way: int, t: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        turn, tremble, phase = self._turn[way, rows], self._tremble[way, rows], self._phase[way, rows]
        words = self._past[way, rows] + self._level[way, rows] * t
        words += self._swing[way, rows] / turn * (np.sin(turn * t + phase) - np.sin(phase))
        words += self._ripple[way, rows] / tremble * (np.sin(tremble * t + phase) - np.sin(phase))
        wait = self._wait[way, rows]
        waited = self._waited[way, rows] + wait * t + wait / turn / 2 * np.sin(turn * t)
        return words.astype(np.int64), waited.astype(np.int64)


def _columns(words: NDArray[np.int64], casts: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    packets = words // _PACKET_WORDS
    return words, packets + casts, packets, casts
