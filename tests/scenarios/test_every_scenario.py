"""Every scenario, played whole: nothing is green that is not known to be well, and what there is to be found shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

import pytest
from ClusterShell.NodeSet import RESOLVER_NOGROUP, NodeSet
from played import Piece, Played, play

from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.resources import every
from fabconsole.sim.clue import Clue
from fabconsole.sim.fabric import Fabric
from fabconsole.sim.scenario import read_scenario
from fabconsole.sim.scenarios import FOLDER
from fabconsole.sim.wiring import End, Wiring
from fabconsole.state.snapshot import NvlinkView, Snapshot
from fabconsole.stream.records import Record, Sample, Sweep, Unanswered

SECONDS = 90.0
INTERVALS = 2
"""An answer older than so many of its intervals is stale: what was true before it counts no more."""
SLACK_S = 2.0
PROVEN = {Health.OK, Health.NOT_SUPPORTED}


@dataclass
class Witness:
    """What the stream itself proves of who has answered, kept apart from the fold."""

    answered: dict[tuple[str, str], float] = field(default_factory=dict)
    """(node, question) to when its last answer came; not there where a later asking has failed."""
    swept: dict[str, float] = field(default_factory=dict)
    """Switch to when a sweep last saw it."""

    def hear(self, record: Record) -> None:
        match record:
            case Sweep():
                self.answered[record.node, "in-band"] = record.at
                self.swept |= dict.fromkeys((switch.description for switch in record.switches), record.at)
            case Sample():
                self.answered[record.node, record.question] = record.at
            case Unanswered():
                self.answered.pop((record.node, record.question), None)
            case _:
                pass

    def unproven(self, snapshot: Snapshot, now: float) -> Iterator[str]:
        """Green questions, and nodes, for which there is no answer."""
        for view in snapshot.nodes.values():
            for question in view.questions:
                at = self.swept.get(view.name, self.answered.get((view.name, question.name), -inf))
                if question.health is Health.OK and now - at > INTERVALS * question.interval_s + SLACK_S:
                    yield f"{view.name} {question.name}"
            if view.health is Health.OK and {question.health for question in view.questions} - PROVEN:
                yield view.name


@dataclass
class Truth:
    """What is so, whoever may see it, of the ports and NVLinks that are ever down: all others may be green."""

    fabric: Fabric
    up: dict[str, float] = field(default_factory=dict)
    """Row to when it was truly up last."""

    def __post_init__(self) -> None:
        effects, wiring = self.fabric.effects, self.fabric.wiring
        links = {*effects.down, *(wiring.link_of[hca] for hca in effects.lost)}
        self.ports = {_row(end, wiring): end for number in links for end in wiring.links[number].ends}
        self.nvlinks = {f"{link.host}/gpu{link.gpu}/nvl{link.link}": link for link in effects.nvlink_down}

    def false_greens(self, snapshot: Snapshot, t: float) -> Iterator[str]:
        """Those that are green and were not up at any time that a believed reading can be of."""
        rows = [*map(snapshot.port, self.ports), *map(snapshot.nvlink, self.nvlinks)]
        for row in (row for row in rows if row is not None):
            if self._is_up(row.end, t):
                self.up[row.end] = t
            intervals = {question.name: question.interval_s for question in snapshot.nodes[row.node].questions}
            of = "nvlink" if isinstance(row, NvlinkView) else "hca" if "hca" in intervals else "in-band"
            oldest = t - INTERVALS * intervals[of] - SLACK_S
            if row.health is Health.OK and self.up.get(row.end, -inf) < oldest:
                yield row.end

    def _is_up(self, row: str, t: float) -> bool:
        if row in self.nvlinks:
            return self.fabric.nvlink_up(self.nvlinks[row], t)
        end = self.ports[row]
        return self.fabric.line(self.fabric.wiring.link_of[end], t).up and not self.fabric.is_lost(end, t)


def _row(end: End, wiring: Wiring) -> str:
    """The address of its port."""
    return f"{end.node}/{end.port}/1" if end.node in wiring.host else f"{end.node}/{end.port}"


@dataclass
class Seen:
    """What was wrong at any instant, each as `at 12 s: place`."""

    unproven: list[str] = field(default_factory=list)
    false_greens: list[str] = field(default_factory=list)
    unseen: list[Clue] = field(default_factory=list)


@pytest.fixture(scope="module", params=sorted(every(FOLDER)))
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One scenario, played from its beginning and looked at every second."""
    faults = read_scenario(every(FOLDER)[request.param]).faults
    seen = Seen(unseen=[clue for fault in faults if (clue := fault.clue()).at < SECONDS / 2 and clue.shows])
    witness = Witness()
    truths: list[Truth] = []

    def look(played: Played) -> None:
        snapshot = played.snapshot()
        truths[:] = truths or [Truth(played.fabric)]
        for record in played.heard:
            witness.hear(record)
        seen.unproven += (f"at {played.t:.0f} s: {what}" for what in witness.unproven(snapshot, played.now))
        seen.false_greens += (f"at {played.t:.0f} s: {what}" for what in truths[0].false_greens(snapshot, played.t))
        seen.unseen = [clue for clue in seen.unseen if clue.at >= played.t or not any(_shows(clue, snapshot))]

    play(Piece(scenario=request.param, seconds=SECONDS), look, tmp_path_factory.mktemp(request.param))
    assert witness.answered
    assert bool(truths[0].up) == bool(truths[0].ports or truths[0].nvlinks), "what is ever down was looked at"
    return seen


def test_no_question_and_no_node_is_green_without_an_answer(seen: Seen) -> None:
    assert not seen.unproven


def test_no_link_is_green_that_has_not_been_up_since_it_was_read(seen: Seen) -> None:
    assert not seen.false_greens


def test_what_there_is_to_be_found_shows(seen: Seen) -> None:
    assert not seen.unseen


def _shows(clue: Clue, snapshot: Snapshot) -> Iterator[bool]:
    """Whether something at its place, or a part of it, is not well, was reset or said something."""
    for view in snapshot.nodes.values():
        for place in _places(clue, view.name):
            yield f"{view.name}/" == place and view.health is not Health.OK
            yield any(f"{view.name}/gpu{gpu}/" == place for gpu in view.gpu_events)
            for row in (*view.ports, *view.nvlinks):
                yield f"{row.end}/".startswith(place) and (
                    row.health is not Health.OK or Mark.RESET in row.marks.values()
                )


def _places(clue: Clue, node: str) -> Iterator[str]:
    """What of a node the clue means: a place on it, or all of it as one of many."""
    rack = node.partition("-")[0].replace("gpu", "r")
    of_many = "[" in clue.where and node in NodeSet(clue.where, resolver=RESOLVER_NOGROUP)
    if clue.where in ("everything", rack) or of_many:
        yield f"{node}/"
    elif clue.where.partition("/")[0] == node:
        yield f"{clue.where}/"
