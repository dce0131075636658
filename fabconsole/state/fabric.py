"""The fold: records in, the fabric's picture out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.inventory import InBand, Inventory, Rack
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.state.banners import banners, told
from fabconsole.state.block import Block
from fabconsole.state.coverage import coverage
from fabconsole.state.credentials import Credentials
from fabconsole.state.drawings import Drawings
from fabconsole.state.host import Host
from fabconsole.state.links import Links
from fabconsole.state.manager_names import named
from fabconsole.state.picture import Step
from fabconsole.state.question_state import IN_BAND
from fabconsole.state.racks import racks
from fabconsole.state.snapshot import Coverage, Finding, NodeView, Series, Snapshot
from fabconsole.state.sweeps import Subnet
from fabconsole.state.switch import Switch
from fabconsole.state.timeline import Timeline
from fabconsole.state.worst_list import WorstList
from fabconsole.stream.records import Credential, Happened, Opening, Record, Sample, Sweep, Unanswered


class FabricState:
    """Everything known of one fabric. Records are applied in order; a snapshot never changes afterwards.

    One host's answer of 8 ports by 22 counters costs about 30 µs to fold; a snapshot redraws only the nodes that
    said something, aged by half an interval, or got another far end.
    """

    def __init__(self) -> None:
        self._inventory: Inventory | None = None
        self._thresholds = Thresholds()
        self._interval_s = 0.0
        self._hosts: dict[str, Host] = {}
        self._subnets: dict[str, Subnet] = {}
        self._links = Links()
        self._credentials = Credentials()
        self._joined: tuple[object, ...] = ()
        self._unmet: tuple[str, ...] = ()
        self._timeline = Timeline()
        self._worst = WorstList()
        self._drawings = Drawings(self._links, self._timeline)

    def apply(self, record: Record) -> None:
        """Fold one record. What it says of nodes outside the inventory is left out."""
        match record:
            case Sample():
                self._sample(record)
            case Unanswered():
                self._unanswered(record)
            case Happened():
                self._happened(record.events)
            case Sweep():
                self._sweep(record)
            case Opening():
                self._open(record)
            case Credential():
                self._credentials.learn(record)
            case _:
                pass  # what commands print is the runbook's

    def snapshot(self, now: float) -> Snapshot:
        """The fabric at `now`, seconds since the epoch."""
        return next(step for step in self.steps(now) if isinstance(step, Snapshot))

    def steps(self, now: float) -> Iterator[Step]:
        """The same, last, after each node. A record that comes between two steps is in it, or in the next."""
        inventory = self._inventory
        if inventory is None:
            yield _nothing_yet(now)
            return
        self._join()
        switches = {name: (subnet, switch) for name, subnet, switch in self._switches()}
        nodes: dict[str, NodeView] = {}
        found: list[Finding] = []
        for name in (*self._hosts, *sorted(switches.keys() - self._hosts.keys())):
            if name not in self._hosts and name not in switches:
                continue  # a reload came between two steps
            drawn = self._drawings.draw(name, switches.get(name), now)
            nodes[name] = drawn.view
            found += drawn.findings
            yield drawn.view
        self._drawings.keep(nodes)
        standing = racks(inventory, nodes, frozenset(switches))
        yield None
        shared = banners(inventory, nodes, self._subnets.values())
        shared += tuple(self._credentials.banners(now, shared))
        yield None
        covered = coverage(inventory.nodes, nodes, switches)
        yield None
        yield Snapshot(
            fabric=inventory.fabric,
            at=now,
            interval_s=self._interval_s,
            severity=max((view.health.severity for view in nodes.values()), default=Severity.UNKNOWN),
            coverage=covered,
            racks=standing,
            nodes=nodes,
            events=self._timeline.views(),
            findings=self._worst.of(found, nodes, standing, told(shared, nodes), now),
            banners=shared,
            warnings=inventory.warnings + self._unmet,
        )

    def series(self, end: str, counter: str) -> Series:
        """Growth of one counter of one port or NVLink over the window; empty where there is none."""
        name, _, row = end.partition("/")
        for block in self._blocks(name):
            line, column = block.lines.get(row), block.places.get(counter)
            if line is not None and column is not None:
                steps = block.steps(line, column)
                return Series(at=tuple(at for at, _ in steps), growth=tuple(growth for _, growth in steps))
        return Series(at=(), growth=())

    def _open(self, opening: Opening) -> None:
        before, inventory, thresholds = self._hosts, opening.inventory, opening.thresholds
        judged_anew, self._thresholds = thresholds != self._thresholds, thresholds
        self._inventory = inventory
        fast = [one.interval_s for asked in opening.asked.values() for one in asked]
        self._interval_s = min(fast, default=inventory.poll.fast_s)
        self._hosts = {}
        for name, node in inventory.nodes.items():
            asked = opening.asked.get(name, ())
            host = self._hosts[name] = before.get(name) or Host(node, asked, thresholds.window_s)
            host.reopen(node, asked, thresholds.window_s, judged_anew=judged_anew)
        for subnet in self._subnets.values():
            subnet.judge_over(thresholds.window_s)
        self._timeline.colours_s = thresholds.event_s
        self._timeline.racks = {rack.name: self._hosts_of(rack) for rack in inventory.racks}
        self._timeline.keep({*self._hosts, *(name for name, _, _ in self._switches())})
        self._drawings.open(inventory, thresholds, self._hosts)

    def _hosts_of(self, rack: Rack) -> Sequence[str]:
        return [name for name in rack.nodes if name in self._hosts and "hca" in self._hosts[name].questions]

    def _sample(self, sample: Sample) -> None:
        host = self._hosts.get(sample.node)
        if host is not None:
            changes = host.sample(sample, self._links.peers)
            self._timeline.locate(sample.node, host.pci_names)
            self._happened((*changes, *sample.events))

    def _unanswered(self, failure: Unanswered) -> None:
        host = self._hosts.get(failure.node)
        if host is None:
            return
        self._happened(host.unanswered(failure))
        if failure.question == IN_BAND and not self._others_sweep(host):
            self._happened(self._subnet(_subnet_of(host), host).unanswered(failure))

    def _others_sweep(self, host: Host) -> bool:
        """Whether another host is asked for this one's subnet and has not failed; if it is slow, ages will tell."""
        others = [one for one in self._hosts.values() if one is not host and _subnet_of(one) == _subnet_of(host)]
        return any(question.failure is None for one in others if (question := one.questions.get(IN_BAND)))

    def _sweep(self, sweep: Sweep) -> None:
        host = self._hosts.get(sweep.node)
        if host is None:
            return
        events = host.swept(sweep)
        taken = {name for name, host in self._hosts.items() if "hca" in host.questions}
        taken |= {
            name for other in self._subnets.values() if other.name != sweep.subnet for name in other.names.values()
        }
        turned = self._subnet(sweep.subnet, host).sweep(sweep, taken, self._links.peers)
        if sweep.events:
            self._join()
        self._happened((*events, *turned, *(named(event, self._links.owners) for event in sweep.events)))
        if sweep.complete and self._inventory is not None:
            names = {*self._hosts, *(name for name, _, _ in self._switches())}
            said = "matches neither a node nor a switch found in-band"
            self._unmet = tuple(f"expect.{glob}: {said}" for glob in self._inventory.unmet(names))

    def _subnet(self, name: str, asker: Host) -> Subnet:
        subnet = self._subnets.get(name)
        question = asker.questions.get(IN_BAND)
        interval = question.interval_s if question else self._interval_s
        if subnet is None:
            subnet = self._subnets[name] = Subnet(name, interval, self._thresholds.window_s)
        subnet.question.interval_s = interval
        return subnet

    def _happened(self, events: Iterable[Event]) -> None:
        for event in events:
            self._timeline.add(event)

    def _switches(self) -> Iterator[tuple[str, Subnet, Switch]]:
        for subnet in self._subnets.values():
            for guid, switch in subnet.switches.items():
                yield subnet.names[guid], subnet, switch

    def _join(self) -> None:
        """Find the links anew where a sweep or a host's listing said something new."""
        seen = (
            *(subnet.wiring for subnet in self._subnets.values()),
            *(host.ports_version for host in self._hosts.values()),
        )
        if seen != self._joined:
            self._joined = seen
            self._links.join(self._hosts, self._subnets.values())

    def _blocks(self, name: str) -> Iterator[Block]:
        host = self._hosts.get(name)
        if host is not None:
            yield from host.blocks.values()
        for found, _, switch in self._switches():
            if found == name:
                yield switch.block


def _subnet_of(host: Host) -> str:
    return (host.node.in_band or InBand()).subnet


def _nothing_yet(now: float) -> Snapshot:
    nothing = Coverage(nodes=0, polled=0, oldest_s=None, questions={})
    return Snapshot(
        fabric="",
        at=now,
        interval_s=0.0,
        severity=Severity.UNKNOWN,
        coverage=nothing,
        racks=(),
        nodes={},
        events=(),
        findings=(),
    )
