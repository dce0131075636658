"""A switch found in-band, as the screen shows it: a node like any other, whose only question is the sweep."""

from __future__ import annotations

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.state import judge, roll_up
from fabconsole.state.judge import Verdict
from fabconsole.state.port_rows import ScaleOf, port_views
from fabconsole.state.snapshot import NodeView, PortView, QuestionView
from fabconsole.state.sweeps import IN_BAND, Subnet
from fabconsole.state.switch import Switch

PLATFORM = "switch"


def switch_ports(
    name: str,
    subnet: Subnet,
    switch: Switch,
    *,
    expect: Expect,
    scale_of: ScaleOf,
    peers: dict[str, str],
    now: float,
) -> tuple[PortView, ...]:
    """Its ports; those of a switch that is gone are gone with it."""
    return port_views(
        name,
        (switch.block,),
        scale_of=scale_of,
        decide=switch.decide(expect, complete=subnet.whole(switch), remark=subnet.remark),
        question=subnet.switch_verdict(switch, now),
        peers=peers,
        now=now,
    )


def switch_view(
    name: str, subnet: Subnet, switch: Switch, ports: tuple[PortView, ...], expect: Expect, events: Verdict, now: float
) -> NodeView:
    """The node that a switch without an inventory entry is."""
    swept = subnet.switch_verdict(switch, now)
    parts = [swept, *roll_up.of_rows(ports, name)]
    if events.health is not Health.OK:
        parts.append(events)
    whole = judge.worse(*parts)
    return NodeView(
        name=name,
        rack=None,
        platform=PLATFORM,
        health=whole.health,
        reason=whole.reason,
        age_s=max(0.0, now - switch.read_at),
        error=swept.reason or None,
        uptime_s=None,
        facts=switch_facts(subnet, switch),
        questions=(swept_question(subnet, switch, swept, now),),
        ports=ports,
        nvlinks=(),
        expect=expect,
    )


def switch_facts(subnet: Subnet, switch: Switch) -> dict[str, str]:
    """What stands once about a switch."""
    facts = {"guid": switch.guid, "description": switch.description, "subnet": subnet.name}
    return facts if switch.lid is None else {**facts, "lid": str(switch.lid)}


def swept_question(subnet: Subnet, switch: Switch, swept: Verdict, now: float) -> QuestionView:
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
