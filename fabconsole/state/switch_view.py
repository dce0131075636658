"""A switch found in-band, as the screen shows it: a node like any other, whose only question is the sweep."""

from __future__ import annotations

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.state import judge, roll_up
from fabconsole.state.host_view import InBandPart
from fabconsole.state.judge import Verdict
from fabconsole.state.port_rows import JudgedPorts, ScaleOf, judged_ports
from fabconsole.state.question_state import IN_BAND
from fabconsole.state.roll_up import Own
from fabconsole.state.rows import Rows
from fabconsole.state.snapshot import NodeView, PortView, QuestionView
from fabconsole.state.sweeps import Subnet
from fabconsole.state.switch import Switch

PLATFORM = "switch"


class SwitchPorts:
    """The ports of one switch, judged anew only where they may be something else now."""

    __slots__ = ("_by", "_judged")

    def __init__(self) -> None:
        self._by: object = None
        self._judged = JudgedPorts("", (), (), {})

    def rows(
        self,
        name: str,
        subnet: Subnet,
        switch: Switch,
        *,
        expect: Expect,
        scale_of: ScaleOf,
        peers: dict[str, str],
        now: float,
    ) -> Rows[PortView]:
        """Its ports; those of a switch that is gone are gone with it."""
        question = subnet.switch_verdict(switch, now)
        by = (name, id(switch.block), subnet.version, question, id(peers))
        if by != self._by:
            self._by = by
            self._judged = judged_ports(
                name,
                (switch.block,),
                scale_of=scale_of,
                decide=switch.decide(expect, complete=subnet.whole(switch), remark=subnet.remark),
                question=question,
                unknown_after_s=subnet.question.unknown_after_s,
                peers=peers,
            )
        return Rows(self._judged, now)


def switch_view(
    name: str, subnet: Subnet, switch: Switch, ports: Rows[PortView], expect: Expect, events: Own, now: float
) -> tuple[NodeView, tuple[Own, ...]]:
    """The node that a switch without an inventory entry is, and what is to be said of it itself."""
    part = in_band_part(subnet, switch, ports, now)
    own = (Own("sweep", part.verdict, part.since), events)
    whole = judge.worse(*(one.verdict for one in own), *roll_up.of_rows(ports.judged))
    view = NodeView(
        name=name,
        rack=None,
        platform=PLATFORM,
        health=whole.health,
        reason=whole.reason,
        age_s=max(0.0, now - switch.read_at),
        error=part.verdict.reason or None,
        uptime_s=None,
        facts=part.facts,
        questions=(part.question,),
        ports=ports,
        nvlinks=(),
        expect=expect,
    )
    return view, own


def in_band_part(subnet: Subnet, switch: Switch, ports: Rows[PortView], now: float) -> InBandPart:
    """What the sweep says of a switch."""
    verdict = subnet.switch_verdict(switch, now)
    return InBandPart(
        ports, verdict, _question(subnet, switch, verdict, now), _facts(subnet, switch), subnet.question.since
    )


def _facts(subnet: Subnet, switch: Switch) -> dict[str, str]:
    facts = {"guid": switch.guid, "description": switch.description, "subnet": subnet.name}
    return facts if switch.lid is None else {**facts, "lid": str(switch.lid)}


def _question(subnet: Subnet, switch: Switch, swept: Verdict, now: float) -> QuestionView:
    """The sweep, as this switch's question."""
    failure = subnet.question.failure
    return QuestionView(
        name=IN_BAND,
        health=Health.STALE if swept.health is Health.MISSING else swept.health,
        age_s=max(0.0, now - switch.read_at),
        latency_s=subnet.question.latency_s,
        interval_s=subnet.question.interval_s,
        reason=failure.reason if failure else None,
        detail=failure.detail if failure else "",
    )
