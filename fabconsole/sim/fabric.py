"""The state of a simulated subnet as a function of time: ask it at `t`, it remembers nothing.

`t` is seconds since the simulation began. Widths: counters are handed out unbounded; `capped` stops them where
the reading tool's registers do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.sim.adornment import adorned, cleaned
from fabconsole.sim.effects import NDR, Effects, NvlinkId, Speed
from fabconsole.sim.load import TRAFFIC, Load
from fabconsole.sim.wiring import End, Hca, Switch, Wiring

COLUMNS = (
    "VL15_dropped",
    "excessive_buffer_overrun_errors",
    "link_downed",
    "link_error_recovery",
    "local_link_integrity_errors",
    "multicast_rcv_packets",
    "multicast_xmit_packets",
    "port_rcv_constraint_errors",
    "port_rcv_data",
    "port_rcv_errors",
    "port_rcv_packets",
    "port_rcv_remote_physical_errors",
    "port_rcv_switch_relay_errors",
    "port_xmit_constraint_errors",
    "port_xmit_data",
    "port_xmit_discards",
    "port_xmit_packets",
    "port_xmit_wait",
    "symbol_error",
    "unicast_rcv_packets",
    "unicast_xmit_packets",
)
"""What mlx5 has in `counters/`, in the order in which `ls` under LC_ALL=C lists it."""

_AT = {name: column for column, name in enumerate(COLUMNS)}
_TRAFFIC_AT = np.array([_AT[name] for name in TRAFFIC])
_DOWNED = _AT["link_downed"]
_RETRAIN_S = 0.8
"""From the first bit to the subnet manager's word: the port is LinkUp and not yet ACTIVE."""

_DESCRIPTION = 64
"""Octets of a NodeDescription."""

_PAST = {"link_downed": 3, "link_error_recovery": 2, "port_xmit_discards": 9, "VL15_dropped": 4}
"""Counters that are not zero on a healthy port that has lived, and less than what they have reached."""
_PAST_AT = np.array([_AT[name] for name in _PAST])


@dataclass(frozen=True, slots=True)
class Line:
    """What a port says of its link."""

    number: int
    """IBTA PortState: 1 Down, 2 Init, 4 Active."""
    state: str
    phys_number: int
    phys: str
    speed: Speed | None
    """None: not up."""

    @property
    def up(self) -> bool:
        """Whether bits flow."""
        return self.speed is not None


DOWN = Line(1, "DOWN", 2, "Polling", None)


class Fabric:
    """A whole subnet at any time."""

    def __init__(self, wiring: Wiring, effects: Effects, seed: int, subnet: int = 0) -> None:
        """`subnet` is its number: two of the same seed do not carry the same."""
        self.wiring = wiring
        self.effects = effects
        dice = (seed, subnet) if subnet else (seed,)
        self._load = Load(len(wiring.links), dice)
        self._past = _past(len(wiring.links), dice)
        self._active: dict[Speed, Line] = {}
        self._before: dict[End, tuple[float, NDArray[np.int64]]] = {}

    def line(self, link: int, t: float) -> Line:
        """The state of a link, the same at both ends."""
        down = self.effects.down.get(link)
        if down is not None and down.covers(t):
            return DOWN
        trained, speed = self.effects.slow.get(link, (0.0, NDR))
        speed = speed if t >= trained else NDR
        if down is not None and down.since_end(t) < _RETRAIN_S:
            return Line(2, "INIT", 5, "LinkUp", speed)
        if speed not in self._active:
            self._active[speed] = Line(4, "ACTIVE", 5, "LinkUp", speed)
        return self._active[speed]

    def hca_counts(self, hcas: Sequence[Hca], t: float) -> NDArray[np.int64]:
        """(`hcas`, `COLUMNS`): what the ports of some HCAs have counted, whatever these are called now."""
        counts = self._counts(np.array([hca.link for hca in hcas], dtype=np.intp), 0, t)
        for row, hca in enumerate(hcas):
            self._add_faults(counts[row], self.wiring.links[hca.link].near, 0, t)
        return counts

    def switch_counts(self, switch: Switch, t: float) -> Mapping[int, NDArray[np.int64]]:
        """Cabled port to what it has counted, as `COLUMNS`."""
        links = self.wiring.links
        counted: dict[int, NDArray[np.int64]] = {}
        for end in (0, 1):
            ports = [port for port, link in switch.links.items() if links[link].ends[end].node == switch.name]
            if not ports:
                continue
            counts = self._counts(np.array([switch.links[port] for port in ports]), end, t)
            for row, port in enumerate(ports):
                self._add_faults(counts[row], End(switch.name, str(port)), end, t)
                counted[port] = counts[row]
        return counted

    def nvlink_up(self, link: NvlinkId, t: float) -> bool:
        """Whether an NVLink is active."""
        down = self.effects.nvlink_down.get(link)
        return down is None or not down.covers(t)

    def nvlink_counts(self, link: NvlinkId, t: float) -> tuple[int, int, int]:
        """Replay, recovery and CRC errors of one NVLink, since its host booted."""
        growths = self.effects.nvlink_growth.get(link)
        if growths is None:
            return (0, 0, 0)
        totals = dict.fromkeys(("replay", "recovery", "crc"), 0)
        boots = self.effects.boots.get(link.host, ())
        booted = bisect_right(boots, t)
        for growth in growths:
            totals[growth.counter] += growth.by(t) - (growth.by(boots[booted - 1]) if booted else 0)
        return totals["replay"], totals["recovery"], totals["crc"]

    def is_dead(self, switch: str, t: float) -> bool:
        """Whether a switch answers nothing."""
        dead = self.effects.dead.get(switch)
        return dead is not None and dead.covers(t)

    def is_lost(self, hca: End, t: float) -> bool:
        """Whether an HCA is off its host's bus."""
        lost = self.effects.lost.get(hca)
        return lost is not None and lost.covers(t)

    def name_of(self, hca: End, t: float) -> str:
        """What an HCA is called on its host: it may have come back under another number."""
        renamed = self.effects.renamed.get(hca)
        return renamed[1] if renamed is not None and t >= renamed[0] else hca.port

    def described(self, hca: End, t: float) -> str:
        """An HCA's node description, as it is seen from elsewhere in the subnet."""
        return cleaned(adorned(self.effects, hca.node, f"{hca.node} {self.name_of(hca, t)}", t))[:_DESCRIPTION]

    def master(self, t: float) -> Switch:
        """The switch whose subnet manager is master: the first that answers; the last one, where none does."""
        switches = self.wiring.switches
        return next((switch for switch in switches if not self.is_dead(switch.name, t)), switches[-1])

    def _counts(self, rows: NDArray[np.intp], end: int, t: float) -> NDArray[np.int64]:
        flowing = np.full(len(rows), t, dtype=np.float64)
        for row, link in enumerate(rows.tolist()):
            down = self.effects.down.get(link)
            if down is not None:
                flowing[row] -= down.lasted(t)
        counts = np.zeros((len(rows), len(COLUMNS)), dtype=np.int64)
        counts[:, _PAST_AT] = self._past[end, rows]
        counts[:, _TRAFFIC_AT] += self._load.counts(rows, end, flowing)
        return counts

    def _add_faults(self, counts: NDArray[np.int64], end: End, side: int, t: float) -> None:
        self._add_errors(counts, end, t)
        cleared_at = self.effects.cleared_at(end, t)
        if cleared_at is not None:
            counts -= self._counted_before(end, side, cleared_at)

    def _add_errors(self, counts: NDArray[np.int64], end: End, t: float) -> None:
        down = self.effects.down.get(self.wiring.link_of[end])
        if down is not None:
            counts[_DOWNED] += down.begun(t)
        for growth in self.effects.growth.get(end, ()):
            counts[_AT[growth.counter]] += growth.by(t)

    def _counted_before(self, end: End, side: int, t: float) -> NDArray[np.int64]:
        """What an end had counted in all when it was cleared at `t`; of each end the last one is kept."""
        kept = self._before.get(end)
        if kept is None or kept[0] != t:
            row = self._counts(np.array([self.wiring.link_of[end]]), side, t)[0]
            self._add_errors(row, end, t)
            kept = (t, row)
            self._before[end] = kept
        return kept[1]


def capped(counts: NDArray[np.int64], source: Width) -> NDArray[np.int64]:
    """`counts` as `source` can hold them: IBTA counters stop at all-ones."""
    return np.minimum(counts, _MOST[source])


def _most(source: Width) -> NDArray[np.int64]:
    top = np.iinfo(np.int64).max
    return np.array([min(COUNTERS[name].maximum(source) or top, top) for name in COLUMNS], dtype=np.int64)


_MOST = {source: _most(source) for source in (Width.SYSFS, Width.PMA, Width.PMA_EXTENDED)}


def _past(links: int, seed: Sequence[int]) -> NDArray[np.uint8]:
    """(2, links, `_PAST`): what these counters held when the simulation began. A byte each: there are many links."""
    dice = np.random.default_rng([*seed, 11])
    past = np.zeros((2, links, len(_PAST)), dtype=np.uint8)
    for column, most in enumerate(_PAST.values()):
        lived = dice.random((2, links)) < 0.3
        past[:, :, column] = np.where(lived, dice.integers(0, most, (2, links)), 0)
    return past
