"""A live collector on well hosts and a sick one, folded into a state, and what is true of all of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matrix_host import PORT, Host

from fabconsole.collector.collector import Collector
from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect, Inventory, Node, Poll, Rack, SshAccess
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms import registry
from fabconsole.platforms.question import Follower, Inquiry, Question
from fabconsole.state.fabric import FabricState
from fabconsole.state.snapshot import NodeView, QuestionView, Snapshot
from fabconsole.stream.records import Happened, Record, Sample, Unanswered

WELL = ("well0", "well1", "well2")
SICK = "sick"
FAST_S, SLOW_S, TIMEOUT_S = 0.3, 1.0, 1.0
TOOL_S = 1.5
"""Deadline of a question that starts a tool."""


@dataclass(frozen=True)
class Fabric:
    """Well hosts, those to make sick, and who we are to them."""

    well: Sequence[Host]
    sick: Sequence[Host]
    root: Path
    talkative: frozenset[str] = frozenset({SICK})
    """Hosts that are asked for their GPUs too: that starts tools, and two cores start only so many."""

    @property
    def host(self) -> Host:
        """The one to make sick, where there is but one."""
        (host,) = self.sick
        return host

    def inventory(self, dialled: Mapping[str, tuple[str, int]] | None = None) -> Inventory:
        """Of these hosts; some are `dialled` elsewhere than where they are."""
        hosts = {host.name: host for host in (*self.well, *self.sick)}
        at = {name: (host.address, PORT) for name, host in hosts.items()} | dict(dialled or {})
        self.trust({place: hosts[name] for name, place in at.items()})
        nodes = {
            name: Node(name=name, rack="r00", address=address, port=port, expect=self._expect(name))
            for name, (address, port) in at.items()
        }
        ssh = SshAccess(
            user="root",
            identity=(self.root / "client",),
            known_hosts=self.root / "known_hosts",
            jump="none",
            config=self.root / "ssh_config",
        )
        poll = Poll(fast_s=FAST_S, slow_s=SLOW_S, timeout_s=TIMEOUT_S)
        rack = Rack(name="r00", nodes=tuple(nodes))
        return Inventory(fabric="matrix", ssh=ssh, poll=poll, racks=(rack,), nodes=nodes)

    def trust(self, places: Mapping[tuple[str, int], Host]) -> None:
        """Write known_hosts: whose key is expected where."""
        (self.root / "ssh_config").touch()
        lines = (f"[{name}]:{port} {host.public_key}\n" for (name, port), host in places.items())
        (self.root / "known_hosts").write_text("".join(lines))

    def watched(self, dialled: Mapping[str, tuple[str, int]] | None = None) -> Watch:
        """A collector on all of them."""
        return Watch(self.inventory(dialled), self.talkative)

    def _expect(self, name: str) -> Expect:
        return Expect(hcas=2, gpus=8, nvlinks=18) if name in self.talkative else Expect(hcas=2)


class Watch:
    """A live collector folded into a state, as the console has it."""

    def __init__(self, inventory: Inventory, talkative: Collection[str]) -> None:
        self._talkative = talkative
        self.source = Collector(inventory, read_thresholds(), questions=self._questions, inquiry=_inquiry)
        self.state = FabricState()
        self.records: list[Record] = []
        self.pictures: list[Snapshot] = []
        """Every one that was looked at."""

    @property
    def picture(self) -> Snapshot:
        return self.pictures[-1]

    @property
    def sick(self) -> NodeView:
        return self.picture.nodes[SICK]

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.source.aclose()
        await self._task

    def _questions(self, node: Node) -> Sequence[Question]:
        asked = registry.questions(node)
        if node.name not in self._talkative:
            return tuple(one for one in asked if one.name in ("hca", "log"))
        return tuple(replace(one, deadline_s=TOOL_S) if one.lane == "slow" else one for one in asked)

    async def _follow(self) -> None:
        async for batch in self.source.records():
            self.records += batch
            for record in batch:
                self.state.apply(record)

    async def until(self, true: Callable[[Snapshot], object], within_s: float = 20) -> Snapshot:
        """The first snapshot that is so."""
        limit = time.monotonic() + within_s
        while True:
            self.pictures.append(picture := self.state.snapshot(time.time()))
            if picture.nodes and true(picture):
                return picture
            assert time.monotonic() < limit, self.said()
            await asyncio.sleep(0.03)

    async def well(self) -> Snapshot:
        """Until every node is OK."""
        return await self.until(lambda picture: all(node.health is Health.OK for node in picture.nodes.values()))

    async def rounds(self, count: int) -> None:
        """Until the well have been asked so many times more."""
        before = len(self.answers(WELL[0]))
        await self.until(lambda _: len(self.answers(WELL[0])) >= before + count)

    def answers(self, node: str, question: str = "hca", after: int = 0) -> list[Sample]:
        return [
            one
            for one in self.records[after:]
            if isinstance(one, Sample) and (one.node, one.question) == (node, question)
        ]

    def failures(self, node: str, question: str | None = None, after: int = 0) -> list[Unanswered]:
        return [
            one
            for one in self.records[after:]
            if isinstance(one, Unanswered) and one.node == node and question in (None, one.question)
        ]

    def events(self, node: str = SICK) -> list[str]:
        """What happened to a node, as the list of events has it; newest first."""
        return [view.event.text for view in self.picture.events if node in view.nodes]

    def said(self) -> str:
        """What the screen says of each node, for whoever reads why a test failed."""
        lines = [
            f"{node.name} {node.health.value}: {node.reason} | "
            + " | ".join(f"{one.name} {one.health.value} {one.reason} {one.detail}" for one in node.questions)
            for node in self.picture.nodes.values()
        ]
        return "\n".join([*lines, *(f"  {text}" for text in self.events())])

    def the_well_missed_nothing(self) -> None:
        """Every due asking of every well host was answered, and their answers keep up with the schedule."""
        assert [one for name in WELL for one in self.failures(name)] == []
        for samples in map(self.answers, WELL):
            due = (samples[-1].at - samples[0].at) / FAST_S
            assert len(samples) > due / 2, "half of what the clock allowed: a busy machine may cost a turn, not two"


def question_of(picture: Snapshot, name: str, node: str = SICK) -> QuestionView:
    return next(one for one in picture.nodes[node].questions if one.name == name)


def _inquiry(question: Question, node: Node) -> Inquiry | Follower:
    whole = next(one for one in registry.questions(node) if one.name == question.name)
    return registry.inquiry(whole, node)


def happened(records: Sequence[Record], node: str = SICK) -> list[str]:
    return [event.text for one in records if isinstance(one, Happened) and one.node == node for event in one.events]


async def left_on(host: Host) -> Sequence[str]:
    """Command lines and files of ours that stay on a host, after the time that a tool has to end."""
    limit = time.monotonic() + 10
    while (left := host.sessions()) and time.monotonic() < limit:
        await asyncio.sleep(0.05)
    return [*left, *host.written()]
