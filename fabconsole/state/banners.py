"""Many nodes failing alike: our own view broke, or one thing they all hang on did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Inventory
from fabconsole.state.snapshot import Banner, NodeView
from fabconsole.state.sweeps import IN_BAND, Subnet
from fabconsole.stream.records import Reason

_NODES = 3
_SHARE = 0.2
_JUMP_NODES = 2


def banners(inventory: Inventory, nodes: Mapping[str, NodeView], subnets: Iterable[Subnet]) -> tuple[Banner, ...]:
    """One for each failure that three nodes and a fifth of the inventory share; for a jump host, two nodes do."""
    alike: dict[tuple[Reason, str], dict[str, None]] = {}
    for name in inventory.nodes:
        view = nodes.get(name)
        if view is None or view.error is None:
            continue
        for question in view.questions:
            if question.reason is not None and question.health is not Health.NOT_SUPPORTED:
                detail = _without(question.detail, name, inventory.nodes[name].address)
                alike.setdefault((question.reason, detail), {})[name] = None
    total = len(inventory.nodes)
    shared = sorted(alike.items(), key=lambda item: -len(item[1]))
    found = [
        Banner(text=_text(reason, detail, len(which), total), reason=reason, nodes=tuple(which))
        for (reason, detail), which in shared
        if _many(reason, len(which), total)
    ]
    return (*found, *(banner for subnet in subnets for banner in _blind(subnet)))


def _many(reason: Reason, count: int, total: int) -> bool:
    if reason is Reason.JUMP:
        return count >= _JUMP_NODES
    return count >= _NODES and count >= total * _SHARE


def _text(reason: Reason, detail: str, count: int, total: int) -> str:
    return f"{count} of {total} nodes: {reason.value}{f': {detail}' if detail else ''}"


def _without(detail: str, name: str, address: str) -> str:
    """The detail with what differs from node to node taken out."""
    return detail.replace(address, "…").replace(name, "…")


def _blind(subnet: Subnet) -> Iterable[Banner]:
    """The host that sweeps cannot: every switch of the subnet is unseen."""
    failure = subnet.question.failure
    if failure is not None and len(subnet.switches) >= _JUMP_NODES:
        text = f"{len(subnet.switches)} switches unseen: {IN_BAND} from {failure.detail or failure.node}"
        yield Banner(
            text=f"{text} ({failure.reason.value})", reason=failure.reason, nodes=tuple(sorted(subnet.names.values()))
        )
