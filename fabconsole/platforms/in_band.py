"""The in-band role: one host asks the whole subnet's switches, and the answer is one `Sweep`.

Unmanaged switches answer like all others: nothing is asked of them but InfiniBand management packets. HCAs are left
out, their own hosts read them. `in_band_text` has the words that travel, `in_band_switches` what is known of a port.

A switch that is gone is simply not in the sweep; whether so many can be gone is for whoever has all hosts' sweeps.

Reading costs about 10 µs a port where every port has errors (500 switches of 64 ports: 0.3 s), 3 µs where none has.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fabconsole.fabric.inventory import InBand, Node
from fabconsole.fabric.printable import printable
from fabconsole.formats.infiniband import iblinkinfo, ibqueryerrors, perfquery, sminfo
from fabconsole.formats.infiniband.iblinkinfo import Link
from fabconsole.platforms import in_band_text
from fabconsole.platforms.in_band_manager import ManagerWatch
from fabconsole.platforms.in_band_refusal import refusal, unasked
from fabconsole.platforms.in_band_switches import Covered, Switch
from fabconsole.platforms.in_band_text import NOTHING, SECONDS, TIMED_OUT, Part
from fabconsole.platforms.question import Again, Answer, Question, Reading, Refusal, Rhythm
from fabconsole.stream.records import SubnetManager, Sweep

QUESTION = Question(
    name="in-band",
    rhythm=Rhythm.IN_BAND,
    lane="in-band",
    deadline_s=float(sum(SECONDS.values()) + 5),
    cap_bytes=64 << 20,
)
"""A line of `iblinkinfo` is 160 bytes: the cap lets 200,000 switch ports through twice."""

_CAPS_AT_ONCE = 256
_TRIES = 3
_HELD_S = 1.0  # between the two rounds; a sweep that came too late is not handed out with the next one


@dataclass(frozen=True, slots=True)
class _Heard:
    """A sweep's answer, cut into parts and read, but for what has to be asked once more."""

    answer: Answer
    parts: Mapping[str, Part]
    switches: Mapping[str, list[Link]]
    strange: tuple[str, ...]


class InBandInquiry:
    """Asks one host for its subnet. The first sweep takes a second round: what can each switch count?"""

    def __init__(self, node: Node, nonce: Callable[[], str]) -> None:
        self._node = node
        self._role = node.in_band or InBand()
        self._new_nonce = nonce
        self._nonce = ""
        self._sent = False
        self._held: _Heard | None = None
        self._lines: Mapping[int, Link] = {}
        self._switches: dict[str, Switch] = {}
        self._unasked: dict[int, str] = {}
        self._manager = ManagerWatch(node.name)

    def text(self) -> str:
        """Definitions this shell has not had yet."""
        sent, self._sent = self._sent, True
        return "" if sent else in_band_text.definitions(self._node)

    def call(self) -> str:
        """Sweep; or, with a sweep in hand, ask what new switches can count."""
        self._nonce = self._new_nonce()
        if self._held is None:
            return in_band_text.sweep_call(self._nonce)
        return in_band_text.caps_call(self._nonce, self._least_tried()[:_CAPS_AT_ONCE])

    def restart(self) -> None:
        """A new shell; what is known of the switches stays."""
        self._sent = False
        self._held = None

    def read(self, answer: Answer) -> Reading | Refusal | Again:
        """Understand a sweep, or what switches can count."""
        parts = in_band_text.parts(answer.body, self._nonce)
        held, self._held = self._held, None
        if held is not None:
            self._learn(parts)
            return Again.NOW if answer.asked_at - held.answer.at > _HELD_S else self._reading(held)
        return self._swept(answer, parts)

    def _swept(self, answer: Answer, parts: Mapping[str, Part]) -> Reading | Refusal | Again:
        links = iblinkinfo.read(parts.get("links", NOTHING).out.decode("utf-8", "replace"), self._lines)
        switches: dict[str, list[Link]] = {}
        for link in links.links:
            if link.guid is not None:
                switches.setdefault(link.guid, []).append(link)
        if refused := refusal(parts, self._role, switches=len(switches)):
            return refused
        self._lines = links.by_line
        heard = _Heard(answer, parts, switches, links.strange)
        self._unasked = {}
        for guid, of_it in switches.items():
            known = self._switches.setdefault(guid, Switch(guid))
            if known.caps is None and known.tries < _TRIES and of_it[0].lid:
                self._unasked[of_it[0].lid] = guid
        if not self._unasked:
            return self._reading(heard)
        self._held = heard
        return Again.NOW

    def _least_tried(self) -> list[int]:
        """LIDs to ask, so that a few dead ones do not stand in the way of the others for good."""
        return sorted(self._unasked, key=lambda lid: self._switches[self._unasked[lid]].tries)

    def _learn(self, parts: Mapping[str, Part]) -> None:
        for name, part in parts.items():
            guid = self._unasked.get(int(name.partition("-")[2] or 0))
            if guid is None:
                continue
            self._switches[guid].tries += 1
            said = perfquery.read(part.out.decode("utf-8", "replace")).ports
            if said and said[0].cap_mask is not None:
                self._switches[guid].caps = said[0]

    def _reading(self, heard: _Heard) -> Reading:
        answer, parts = heard.answer, heard.parts
        part = parts.get("errors", NOTHING)
        errors = ibqueryerrors.read(part.out)
        broke_off = bool(parts.get("links", NOTHING).status)
        covered = Covered(errors=errors, failures=ibqueryerrors.failures(part.error), switches=len(heard.switches))
        nodes = {node.guid: node for node in errors.nodes}
        readings = []
        for guid, links in heard.switches.items():
            node = nodes.get(guid)
            clock_s = _clock(answer, part.at + _read_by(node, part.out))
            readings.append(self._switches[guid].reading(links, covered, node, clock_s))
        doubts = _doubts(heard, part, covered)
        doubts += [_broke_off("iblinkinfo", parts["links"])] if broke_off else []
        asked = parts.get("sminfo", NOTHING)
        manager = sminfo.read(asked.out.decode("utf-8", "replace"))
        sm_unasked = "" if manager else unasked(asked)
        return Reading(
            sweep=Sweep(
                node=self._node.name,
                at=answer.at,
                latency_s=answer.at - answer.asked_at,
                boot_id=answer.boot_id,
                subnet=self._role.subnet,
                switches=tuple(readings),
                sm=None if manager is None else _manager(manager),
                sm_unasked=sm_unasked,
                complete=covered.whole and not broke_off,
                remark=printable("; ".join(doubts)),
                events=() if sm_unasked else self._manager.seen(manager, answer.at),
            )
        )


def inquiry(node: Node, nonce: Callable[[], str] = lambda: secrets.token_hex(8)) -> InBandInquiry:
    """What asks `node` for its subnet; `nonce` gives hex digits that nobody can guess."""
    return InBandInquiry(node, nonce)


def _doubts(heard: _Heard, part: Part, covered: Covered) -> list[str]:
    """Why the sweep does not tell everything, in words."""
    summary, failures = covered.errors.summary, covered.failures
    doubts = []
    if part.status in TIMED_OUT:
        doubts.append(f"ibqueryerrors took more than {SECONDS['errors']} s")
    elif summary is None:
        doubts.append(_broke_off("ibqueryerrors", part))
    elif summary.failures:
        names = sorted({failed.description for failed in failures})
        doubts.append(f"{summary.failures} counter queries failed" + (f": {', '.join(names[:4])}" if names else ""))
    elif not covered.errors.whole:
        doubts.append(f"of {summary.bad_ports} ports with errors not every line was understood")
    elif not covered.whole:
        doubts.append(f"ibqueryerrors checked {summary.nodes} of {covered.switches} switches")
    strange = (*heard.strange, *covered.errors.strange)
    if strange:
        doubts.append(f"not understood: {strange[0]}")
    return doubts


def _broke_off(tool: str, part: Part) -> str:
    return f"{tool} broke off ({part.complaint or f'status {part.status}'})"


def _read_by(node: ibqueryerrors.Node | None, out: bytes) -> int:
    """Offset in `out` by which a switch had been read: its own last line, else the end."""
    return max((port.end for port in node.ports.values()), default=len(out)) if node is not None else len(out)


def _clock(answer: Answer, offset: int) -> float:
    """The host's clock when the byte before `offset` had arrived.

    Counted from the first piece, which brought that clock; not from the asking, which may have waited for a shell.
    """
    if not answer.stamps:
        return answer.clock_s
    piece = bisect_right(answer.stamps, offset - 1, key=lambda stamp: stamp[0]) - 1
    return answer.clock_s + max(0.0, answer.stamps[max(piece, 0)][1] - answer.stamps[0][1])


def _manager(manager: sminfo.Manager) -> SubnetManager:
    return SubnetManager(
        lid=manager.lid,
        guid=manager.guid,
        activity=manager.activity,
        priority=manager.priority,
        state=manager.state,
    )
