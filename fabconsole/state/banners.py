"""Many nodes failing alike: our own view broke, or one thing they all hang on did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Inventory
from fabconsole.state.findings import UNSEEN
from fabconsole.state.question_state import IN_BAND
from fabconsole.state.snapshot import Banner, NodeView
from fabconsole.state.sweeps import Subnet
from fabconsole.stream.records import FAR_SIDE, Reason

_NODES = 3
_SHARE = 0.2
_JUMP_NODES = 2


def banners(inventory: Inventory, nodes: Mapping[str, NodeView], subnets: Iterable[Subnet]) -> tuple[Banner, ...]:
    """One for each failure that three nodes and a fifth of the inventory share; two do for a jump host, or where a
    person is asked, and one for our own limit.
    """
    alike: dict[tuple[Reason, str], dict[tuple[str, str], None]] = {}
    for name in inventory.nodes:
        view = nodes.get(name)
        if view is None or view.error is None:
            continue
        for question in view.questions:
            if question.reason is not None and question.health is not Health.NOT_SUPPORTED:
                detail = _without(question.detail, name, inventory.nodes[name].address)
                alike.setdefault((question.reason, detail), {})[name, question.name] = None
    total = len(inventory.nodes)
    found = [
        Banner(
            text=_text(reason, detail, len(which), total), reason=reason, nodes=which, questions=frozenset(questions)
        )
        for (reason, detail), questions in alike.items()
        if _many(reason, len(which := tuple(dict.fromkeys(name for name, _ in questions))), total)
    ]
    found.sort(key=lambda banner: -len(banner.nodes))
    return (*found, *(banner for subnet in subnets for banner in _blind(subnet)))


def told(shared: Iterable[Banner], nodes: Mapping[str, NodeView]) -> frozenset[str]:
    """The nodes whose every unseen question is in a banner: one that is unseen for a reason of its own is not told.

    A lost connection is one failure, whichever of a node's questions met it: one of them in a banner tells of all.
    """
    asked: dict[str, set[str]] = {}
    for banner in shared:
        for name, question in banner.questions:
            asked.setdefault(name, set()).add(question)
    return frozenset(name for name, questions in asked.items() if _is_told(nodes[name], questions))


def _is_told(view: NodeView, questions: Set[str]) -> bool:
    unseen = [question for question in view.questions if question.health in UNSEEN]
    if any(question.reason in FAR_SIDE and question.name in questions for question in unseen):
        return True
    return all(question.name in questions for question in unseen)


def _many(reason: Reason, count: int, total: int) -> bool:
    if reason is Reason.OURS:
        return True
    if reason in (Reason.JUMP, Reason.WAITING):
        return count >= _JUMP_NODES
    return count >= _NODES and count >= total * _SHARE


def _text(reason: Reason, detail: str, count: int, total: int) -> str:
    said = detail if detail.startswith(reason.value) else f"{reason.value}: {detail}" if detail else reason.value
    return f"{count} of {total} nodes: {said}"


def _without(detail: str, name: str, address: str) -> str:
    """The detail with what differs from node to node taken out."""
    return detail.replace(address, "…").replace(name, "…")


def _blind(subnet: Subnet) -> Iterable[Banner]:
    """The host that sweeps cannot: every switch of the subnet is unseen."""
    failure = subnet.question.failure
    if failure is not None and len(subnet.switches) >= _JUMP_NODES:
        text = f"{len(subnet.switches)} switches unseen: {IN_BAND} from {failure.detail or failure.node}"
        nodes = tuple(sorted(subnet.names.values()))
        yield Banner(
            text=f"{text} ({failure.reason.value})",
            reason=failure.reason,
            nodes=nodes,
            questions=frozenset((name, IN_BAND) for name in nodes),
        )
