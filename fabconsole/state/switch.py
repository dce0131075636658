"""One switch as sweeps found it: its ports, who was ever at their far ends, whether it is still there."""

from __future__ import annotations

from collections.abc import Sequence

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import PortState
from fabconsole.state import judge
from fabconsole.state.block import Block, Seen
from fabconsole.state.judge import NO_COUNTERS, Verdict
from fabconsole.state.port_rows import Judge, unless_lost
from fabconsole.state.row_states import Turn
from fabconsole.stream.records import Peer, SwitchReading

_OVERLAP_S = 600.0
"""No sweep lasts as long: what was read longer before the last reading was read after our clock was put back."""
_NEVER_USED = Verdict(Health.EXPECTED_DOWN, "no peer was ever seen here")


class Switch:
    """A switch of a subnet; its name may change, its GUID does not."""

    def __init__(self, reading: SwitchReading, window_s: float) -> None:
        self.guid = reading.guid
        self.description = reading.description
        self.lid = reading.lid
        self.block = Block(reading.table, window_s)
        self.peers: dict[str, Peer] = {}
        """Port to its far end, as last seen: a link that went down keeps it."""
        self.fresh: frozenset[str] = frozenset()
        """Ports whose far end was seen in the last sweep."""
        self.moved: dict[str, str] = {}
        """Ports whose far end is now seen at another port, and at which."""
        self.wiring = 0
        """Grows when a port has another far end, or none, or one again."""
        self.read_at = 0.0
        self.cleared: Sequence[str] = ()
        """Ports whose counters were found cleared by the last reading."""
        self._asker: str | None = None
        self._read = 0.0

    def read(self, reading: SwitchReading, at: float, asker: str, before_s: float = 0.0) -> list[Turn]:
        """Fold what a sweep says of this switch; `asker` names the clock it was read by.

        `at` is the sweep's end by our clock, and it was read `before_s` before that. Where two hosts' sweeps overlap,
        the end that came later may bring the older reading: that says nothing any more.
        """
        read = at - before_s
        self.cleared = ()
        another = self._asker is not None and self._asker != asker
        if another and self._read - _OVERLAP_S < read <= self._read:
            return []
        self.description, self.lid = reading.description, reading.lid
        last = self.block.window.last
        if last is not None and another:
            self.block.window.shift(reading.clock_s - (last.clock_s + read - self._read))
        self._read = read
        self._asker = asker
        self.read_at = at
        seen = {row: peer for row, peer in zip(reading.table.rows, reading.peers, strict=True) if peer is not None}
        if seen.keys() != self.fresh or any(self.peers.get(row) != peer for row, peer in seen.items()):
            self.wiring += 1
            self.peers.update(seen)
            self.fresh = frozenset(seen)
        turned = list(self.block.fold(reading.table, reading.clock_s, at))
        self.cleared = self.block.cleared
        return turned

    def decide(self, expect: Expect, *, complete: bool, remark: str) -> Judge:
        """How its ports are judged: what an incomplete sweep left out is not known to be clean."""
        left_out = Verdict(Health.UNKNOWN, f"left out of an incomplete sweep{f': {remark}' if remark else ''}")

        def port(row: str, state: PortState, seen: Seen, counters: Verdict) -> Verdict:
            alone = judge.port_state(state, expect)
            if alone.health is Health.DOWN and seen is Seen.READ and (row not in self.peers or row in self.moved):
                return _NEVER_USED if row not in self.moved else Verdict(Health.EXPECTED_DOWN, self.moved[row])
            if complete:
                return unless_lost(seen, judge.combined(alone, judge.OK if counters is NO_COUNTERS else counters))
            if seen is Seen.READ and counters is not NO_COUNTERS:
                return judge.combined(alone, counters)
            return alone if seen is Seen.READ and alone.health is not Health.OK else left_out

        return port
