"""Which of the hosts with the in-band role sweeps a subnet: one at a time, and another takes over."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fabconsole.collector.asking import Asking
from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.inventory import InBand, Node
from fabconsole.platforms.question import Rhythm
from fabconsole.stream.records import FAR_SIDE, Happened, Reason, Unanswered

AGAIN = 5
"""A host that could not sweep is tried every so many times it is due while another sweeps: it costs the fabric one."""

_OVERDUE = "its sweep takes far longer than any before"
LONGER, LEAST_S = 3.0, 10.0
"""A sweep is overdue that takes so many times as long as the longest of the last ones, and so many seconds more."""

_LAST = 5


@dataclass(slots=True)
class _Failed:
    gone: bool
    """The way to the host failed, not its sweep: once it is there again it is as good as any other."""
    due: int = 0
    """How often it was due since."""


class Sweepers:
    """The hosts that may sweep one subnet, in the order in which they are turned to. Decides only.

    Who sweeps goes on until it cannot, and does not give way to one that is back. A host that failed stays asked,
    with its failure in view, until it has swept or is there again; the others rest, and are not asked anything.
    """

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = tuple(hosts)
        self._failed: dict[str, _Failed] = {}
        self._took: deque[float] = deque(maxlen=_LAST)
        """Seconds that the last sweeps took, whoever's."""
        self._asked_at: float | None = None
        """Since when the sweep is out of the host that sweeps, on a steady clock; None: it is not."""
        self.sweeping: str | None = self._hosts[0]
        """None: all have failed, and all are asked until one answers."""

    def rests(self, host: str) -> bool:
        """Whether nothing is asked of `host` at present."""
        return self.sweeping is not None and host != self.sweeping and host not in self._failed

    def due(self, host: str, now: float, *, connected: bool) -> bool:
        """Whether `host`, whose turn it would be, is asked at `now`."""
        if self.sweeping in (None, host):
            if self._asked_at is None and connected:
                self._asked_at = now
            return True
        failed = self._failed.get(host)
        if failed is None:
            return False
        if failed.gone:
            if connected:
                del self._failed[host]
            return False
        failed.due += 1
        return failed.due % AGAIN == 0

    def swept(self, host: str, took_s: float) -> None:
        """`host` has answered: it sweeps from now on if nobody did, else it rests."""
        self._failed.pop(host, None)
        self._took.append(took_s)
        self.sweeping = self.sweeping or host
        if host == self.sweeping:
            self._asked_at = None

    def overdue_s(self, now: float) -> float | None:
        """How long the sweep is out, where that is longer than sweeps here ever take and another host could do it."""
        if self._asked_at is None or not self._took or self.sweeping is None or self._next(self.sweeping) is None:
            return None
        out_s, longest = now - self._asked_at, max(self._took)
        return out_s if out_s > longest + max(LEAST_S, (LONGER - 1) * longest) else None

    def failed(self, host: str, reason: Reason) -> str | None:
        """`host` could not sweep; the host that takes over, if one does."""
        self._failed[host] = _Failed(gone=reason in FAR_SIDE)
        if self.sweeping in (None, host):
            self._asked_at = None
            self.sweeping = self._next(host)
            return self.sweeping
        return None

    def _next(self, host: str) -> str | None:
        """Whose turn it is after `host`."""
        place = self._hosts.index(host) + 1
        after = (*self._hosts[place:], *self._hosts[: place - 1])
        return next((one for one in after if one not in self._failed), None)


class Rota:
    """Every subnet's sweepers."""

    def __init__(self, nodes: Mapping[str, Node], asked: Mapping[str, Iterable[Asking]]) -> None:
        sweeps = [one for askings in asked.values() for one in askings if one.question.rhythm is Rhythm.IN_BAND]
        self._sweeps = {asking.node: asking for asking in sweeps}
        subnets: dict[str, list[str]] = {}
        for node in self._sweeps:
            subnets.setdefault((nodes[node].in_band or InBand()).subnet, []).append(node)
        self._subnets = tuple(Sweepers(hosts) for hosts in subnets.values())
        self._sweepers: dict[str, Sweepers] = {}
        for hosts, sweepers in zip(subnets.values(), self._subnets, strict=True):
            self._sweepers |= dict.fromkeys(hosts, sweepers)
        self._told = self._resting()

    def due(self, asking: Asking, now: float, *, connected: bool) -> bool:
        """Whether a question that is due is asked: any but the sweep of a host that rests."""
        if asking is not self._sweeps.get(asking.node):
            return True
        return self._sweepers[asking.node].due(asking.node, now, connected=connected)

    def rests(self, asking: Asking) -> bool:
        """Whether a question is not asked at present, so that nobody may wait for its answer."""
        return asking is self._sweeps.get(asking.node) and self._sweepers[asking.node].rests(asking.node)

    def swept(self, host: str, took_s: float) -> None:
        """A host has swept its subnet."""
        if host in self._sweepers:
            self._sweepers[host].swept(host, took_s)

    def overdue(self, now: float, at: float) -> list[Unanswered]:
        """Sweeps that hang while their host lives, at `now` on a steady clock and `at` on ours.

        Their deadline is the longest that any fabric may need: it would leave a small one unseen for minutes. What
        hangs is not ended before that; it holds a lane of its host, and asks the subnet little.
        """
        return [
            self._sweeps[sweepers.sweeping].unanswered(Reason.STUCK, _OVERDUE, at, since=at - out_s)
            for sweepers in self._subnets
            if sweepers.sweeping is not None and (out_s := sweepers.overdue_s(now)) is not None
        ]

    def failed(self, failure: Unanswered) -> Asking | None:
        """A question has no answer: the asking that takes its place at once, if it was a sweep and there is one."""
        asking = self._sweeps.get(failure.node)
        if asking is None or failure.question != asking.question.name:
            return None
        relief = self._sweepers[failure.node].failed(failure.node, failure.reason)
        return None if relief is None else self._sweeps[relief]

    def changed(self) -> bool:
        """Whether others rest than when this was asked last."""
        before, self._told = self._told, self._resting()
        return before != self._told

    def _resting(self) -> frozenset[str]:
        return frozenset(host for host, sweepers in self._sweepers.items() if sweepers.rests(host))


def takeover(relief: Asking, failure: Unanswered) -> Happened:
    """What tells the operator that another host sweeps now."""
    text = f"sweeps the subnet in place of {failure.node}: {failure.reason.value}"
    event = Event(at=failure.at, node=relief.node, kind="session", severity=Severity.INFO, text=text)
    return Happened(node=relief.node, at=failure.at, events=(event,))
