"""A subnet as its sweeps show it: which switches there are, who manages it, how far that can be trusted."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import Kind
from fabconsole.state import turns
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.question_state import IN_BAND, STALE_INTERVALS, UNKNOWN_INTERVALS, QuestionState
from fabconsole.state.silence import SESSION
from fabconsole.state.switch import Switch
from fabconsole.state.switch_names import named
from fabconsole.stream.records import Sweep, Unanswered

_SUDDENLY_FEW = 0.7
"""A sweep that finds less than this part of the switches of the fullest one saw wrong: they are unknown, not gone."""
_ALIKE = 3
"""Sweeps in a row that see the same switches: then so few are all there are."""
_NO_EXPECT = Expect()
_Far = tuple[str, int]
"""Port GUID, or a switch's node GUID, and port number."""


class Subnet:
    """Everything that sweeps of one subnet said."""

    def __init__(self, name: str, interval_s: float, window_s: float) -> None:
        self.name = name
        self.window_s = window_s
        self.question = QuestionState(IN_BAND, interval_s)
        self.switches: dict[str, Switch] = {}
        """By GUID; a switch once found stays, to be missed."""
        self.names: dict[str, str] = {}
        """GUID to node name."""
        self.asker: str | None = None
        """The host that swept last."""
        self.complete = False
        self.remark = ""
        self.version = 0
        """Grows with every sweep, and every one that failed."""
        self._rewired = 0
        self._there: frozenset[str] = frozenset()
        self._alike = 0
        self._most = 0
        """Switches of the fullest sweep, or of the last that was believed."""
        self._missed: frozenset[str] = frozenset()
        self._twins: set[_Far] = set()

    @property
    def wiring(self) -> tuple[int, int, int]:
        """Another one when links have to be found anew: sixty times an hour nothing was plugged."""
        return self._rewired, len(self.switches), sum(switch.wiring for switch in self.switches.values())

    def judge_over(self, window_s: float) -> None:
        """Rates are taken over so long from now on."""
        self.window_s = window_s
        for switch in self.switches.values():
            switch.block.window.window_s = window_s

    def sweep(self, sweep: Sweep, taken: Collection[str], peers: Mapping[str, str]) -> list[Event]:
        """Fold one sweep; returns the changes of state it shows.

        `taken` are names of hosts and of other subnets' switches, `peers` the far ends by address.
        """
        self.version += 1
        seen_again = self.question.answered_at is not None and self.question.failure is not None
        self.question.answered(sweep.at, sweep.latency_s)
        self.asker = sweep.node
        few = self._sees_few(frozenset(reading.guid for reading in sweep.switches))
        self.complete = sweep.complete and not few
        self.remark = sweep.remark or (f"it saw {len(self._there)} of {self._most} switches" if few else "")
        changed = []
        last_read = max((reading.clock_s for reading in sweep.switches), default=0.0)
        asker = f"{sweep.node} {sweep.boot_id}"
        for reading in sweep.switches:
            switch = self.switches.get(reading.guid)
            if switch is None:
                switch = self.switches[reading.guid] = Switch(reading, self.window_s)
            changed.append((switch.guid, switch.read(reading, sweep.at, asker, last_read - reading.clock_s)))
        descriptions = {guid: switch.description for guid, switch in self.switches.items()}
        names = named(descriptions, self.names, taken)
        self._rewired += names != self.names
        self.names = names
        self._find_moved()
        turned = (
            event
            for guid, switched in changed
            for event in turns.told(self.names[guid], Kind.PORTS, switched, sweep.at, peers)
        )
        again = [_told(sweep, Severity.INFO, "sweeps the subnet again")] if seen_again else []
        return [*again, *self._left(sweep), *turned, *self._cleared(sweep)]

    def unanswered(self, failure: Unanswered) -> Sequence[Event]:
        """No host can sweep it any more; `failure` is the last one's. Returns what that begins."""
        self.version += 1
        seen = self.question.answered_at is not None and self.question.failure is None
        self.question.failed(dataclasses.replace(failure, detail=f"{failure.node}: {failure.detail}".rstrip(": ")))
        text = f"no host sweeps the subnet any more: {failure.reason.value}"
        return [_told(failure, Severity.UNKNOWN, text)] if seen else []

    def verdict(self, now: float) -> Verdict:
        """How old the picture of the subnet is, and whose fault it is."""
        verdict = self.question.verdict(now, _NO_EXPECT)
        return verdict if verdict.health is Health.OK else Verdict(verdict.health, f"{IN_BAND}, {verdict.reason}")

    def switch_verdict(self, switch: Switch, now: float) -> Verdict:
        """Whether a switch is there."""
        subnet = self.verdict(now)
        if switch.guid in self._there or subnet.health in (Health.UNKNOWN, Health.UNTRUSTED):
            return subnet
        if self.complete:
            return Verdict(Health.MISSING, self._not_found())
        missed = f"left out of an incomplete sweep{f': {self.remark}' if self.remark else ''}"
        age, interval = now - switch.read_at, self.question.interval_s
        if age <= STALE_INTERVALS * interval:
            return Verdict(Health.STALE, missed)
        return Verdict(Health.UNKNOWN if age > UNKNOWN_INTERVALS * interval else Health.STALE, missed)

    def answered(self, switch: Switch, now: float) -> bool:
        """True while the last due sweep read this switch."""
        return switch.guid in self._there and self.verdict(now) is OK

    def whole(self, switch: Switch) -> bool:
        """False where the last sweep read this switch but may have left out some of its ports."""
        return self.complete or switch.guid not in self._there

    def _sees_few(self, there: frozenset[str]) -> bool:
        """Whether a sweep of these switches is to be doubted, whichever host it is from."""
        self._alike = self._alike + 1 if there == self._there else 1
        self._there = there
        if self._alike >= _ALIKE:
            self._most = len(there)
            return False
        found = len(there & self.switches.keys())
        few = self._most - found >= 2 and found < self._most * _SUDDENLY_FEW
        self._most = max(self._most, len(there))
        return few

    def _left(self, sweep: Sweep) -> Iterator[Event]:
        """Switches that this sweep misses for the first time, and those that it found again."""
        missed = self._missed - self._there
        if self.complete:
            missed |= self.switches.keys() - self._there
        for guid in sorted(missed ^ self._missed):
            is_lost = guid in missed
            yield Event(
                at=sweep.at,
                node=self.names[guid],
                kind="state",
                severity=Severity.CRIT if is_lost else Severity.INFO,
                text=f"missing: {self._not_found()}" if is_lost else "found again by a sweep",
            )
        self._missed = missed

    def _cleared(self, sweep: Sweep) -> Iterator[Event]:
        """That somebody cleared counters of switches that this sweep read."""
        for guid in (reading.guid for reading in sweep.switches):
            yield from turns.cleared(self.names[guid], Kind.PORTS, self.switches[guid].cleared, sweep.at)

    def _not_found(self) -> str:
        return f"the last sweep from {self.asker} did not find it"

    def _find_moved(self) -> None:
        """A far end seen at one port is no longer at another that once had it: that cable was moved.

        Unless it was ever seen at both at once: then two ports have one GUID, and either may be the one that is gone.
        """
        seen: dict[_Far, str] = {}
        for guid, switch in self.switches.items():
            for row in switch.fresh if guid in self._there else ():
                far = switch.peers[row].port_guid, switch.peers[row].port
                if far in seen:
                    self._twins.add(far)
                seen[far] = f"{self.names[guid]}/{row}"
        for guid, switch in self.switches.items():
            elsewhere = {
                row: seen.get((peer.port_guid, peer.port))
                for row, peer in switch.peers.items()
                if peer.port_guid and (row not in switch.fresh or guid not in self._there)
                if (peer.port_guid, peer.port) not in self._twins
            }
            moved = {row: f"its cable is at {place} now" for row, place in elsewhere.items() if place}
            self._rewired += moved != switch.moved
            switch.moved = moved


def _told(record: Sweep | Unanswered, severity: Severity, text: str) -> Event:
    return Event(at=record.at, node=record.node, kind=SESSION, severity=severity, text=text)
