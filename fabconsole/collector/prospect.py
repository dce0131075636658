"""How each node would be dialled, read from ssh_config alone: nobody is connected to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fabconsole.collector.options import Access, Dial
from fabconsole.collector.route import route
from fabconsole.fabric.inventory import Inventory, Node
from fabconsole.fabric.node_sets import folded
from fabconsole.fabric.printable import printable

_SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is said of nodes alike."""

    nodes: tuple[str, ...]
    said: str
    is_wrong: bool
    """They cannot be dialled so."""

    @property
    def line(self) -> str:
        """For an operator."""
        return printable(f"{folded(self.nodes)}: {self.said}")


async def prospects(inventory: Inventory) -> tuple[Prospect, ...]:
    """What ssh_config adds to the inventory: name, user, port and the way there, every jump host in order.

    Nodes of which it says nothing are left out. Costs some 6 ms a node where it has a hundred Host blocks. Raises
    SourceError where a key or configuration file cannot be used.
    """
    access = Access(inventory.ssh)
    alike: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for node in inventory.nodes.values():
        try:
            dial = await access.dial(node.address, user=node.user, port=node.port, algorithms=node.algorithms)
            key = ("", await _way(access, dial), *_added(inventory, node, dial))
            own = _own(node, dial)
        except (ValueError, OSError) as error:
            key, own = (str(error), ""), ""
        alike.setdefault((*key, "own" if own else ""), []).append((node.name, own))
    return tuple(found for key, nodes in alike.items() for found in _told(key, nodes))


def _told(key: tuple[str, ...], nodes: list[tuple[str, str]]) -> Iterator[Prospect]:
    wrong, *parts, _ = key
    own = nodes[0][1]
    if own and len(nodes) > 1:
        own = f"{own}, and the others by names of their own"
    said = wrong or " · ".join(filter(None, (*parts, own)))
    if said:
        yield Prospect(tuple(name for name, _ in nodes), said, bool(wrong))


async def _way(access: Access, dial: Dial) -> str:
    if dial.jump is None:
        return ""
    return "through " + ", then ".join(stage.dial.target for stage in await route(access, dial.jump))


def _added(inventory: Inventory, node: Node, dial: Dial) -> Iterator[str]:
    """What many nodes may have in common."""
    if node.port is None and dial.port != _SSH_PORT:
        yield f"port {dial.port}"
    if node.user is None and inventory.ssh.user is None and dial.options.config.get("User") is not None:
        yield f"as {dial.options.username}"
    if dial.command is not None:
        yield "by its ProxyCommand"


def _own(node: Node, dial: Dial) -> str:
    """What each has to itself."""
    return f"{node.name} at {dial.name.host}" if dial.name.host != node.address else ""
