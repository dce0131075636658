"""What an address on the screen is, and what is known of it that a command may need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Inventory
from fabconsole.runbook.command import Target
from fabconsole.runbook.template import PLACEHOLDERS
from fabconsole.state.snapshot import NodeView, PortView, Snapshot

_GPU = re.compile(r"gpu(\d{1,4})")
_LINK = re.compile(r"nvl(\d{1,3})")
_IN_BAND = "in-band"
_LAST_LID = 0xBFFF
"""Above are multicast LIDs, and 65535 is what a port shows that no subnet manager has found; 0 is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One thing on the screen, by its address, as last read."""

    address: str
    target: Target
    node: str
    """What it belongs to."""
    platform: str
    asker: str | None = None
    """The host that asks in-band questions about it; None: there is none."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Placeholder to value. What is not known is not here."""


def selected(address: str, snapshot: Snapshot, inventory: Inventory) -> Selection | None:
    """What is at `address` now (`gpu017/mlx5_3/1`, `gpu017/gpu3/nvl7`, `leaf01/3`, `gpu017`); None: nothing is."""
    name, _, under = address.partition("/")
    node = snapshot.nodes.get(name)
    if node is None:
        return None
    place = _place(under, node, inventory)
    if place is None:
        return None
    target, values = place
    if target in (Target.PORT, Target.SWITCH_PORT):
        port = snapshot.port(address)
        values |= _port_values(port, node, snapshot) if port else {}
    known = {key: value for key, value in values.items() if value and PLACEHOLDERS[key].fullmatch(value)}
    return Selection(
        address=address,
        target=target,
        node=name,
        platform=node.platform,
        asker=_asker(snapshot, inventory),
        values=known,
    )


def _place(under: str, node: NodeView, inventory: Inventory) -> tuple[Target, dict[str, str]] | None:
    """What kind of thing it is, and what its address alone says."""
    if not under:
        ours = node.name in inventory.nodes
        return (Target.NODE, {}) if ours else (Target.SWITCH, {"guid": _guid_of(node), "lid": _lid_of(node)})
    parts = under.split("/")
    if gpu := _GPU.fullmatch(parts[0]):
        link = _LINK.fullmatch(parts[1]) if len(parts) == 2 else None
        if len(parts) == 1:
            return Target.GPU, _gpu_values(gpu[1], node)
        return (Target.NVLINK, {**_gpu_values(gpu[1], node), "link": link[1]}) if link else None
    if len(parts) == 1:
        return Target.SWITCH_PORT, {"port": parts[0]}
    return (Target.PORT, {"device": parts[0], "port": parts[1]}) if len(parts) == 2 else None


def _gpu_values(gpu: str, node: NodeView) -> dict[str, str]:
    """A GPU is called by its UUID where that is known: its number moves when another one falls off the bus."""
    uuids = (link.state.gpu_uuid for link in node.nvlinks if link.gpu == int(gpu) and link.state.gpu_uuid)
    uuid = node.facts.get(f"gpu{gpu}.uuid") or next(uuids, None)
    return {"gpu": uuid or gpu, "pci": node.facts.get(f"gpu{gpu}.pci", "")}


def _port_values(port: PortView, node: NodeView, snapshot: Snapshot) -> dict[str, str]:
    switch = port.end.count("/") == 1
    values = {
        "pci": port.state.pci or "",
        "lid": _lid(port.state.lid) or (_lid_of(node) if switch else ""),
        "guid": _guid_of(node) if switch else _guid(port.state.port_guid),
    }
    peer = snapshot.port(port.peer) if port.peer else None
    if peer is not None:
        values["peer_lid"] = _lid(peer.state.lid) or _lid_of(snapshot.nodes[peer.node], of_switch=peer)
        values["peer_port"] = peer.end.rpartition("/")[2]
    return values


def _lid_of(node: NodeView, of_switch: PortView | None = None) -> str:
    """A switch's one LID, from whichever of its ports says it; a host's ports have each their own."""
    if of_switch is not None and of_switch.end.count("/") != 1:
        return ""
    return node.facts.get("lid") or next((lid for port in node.ports if (lid := _lid(port.state.lid))), "")


def _guid_of(node: NodeView) -> str:
    """A switch's GUID: the sweep tells it of the node, a host that reads itself of each port."""
    found = node.facts.get("guid") or next((guid for port in node.ports if (guid := port.state.node_guid)), None)
    return _guid(found)


def _lid(lid: int | None) -> str:
    return str(lid) if lid is not None and 0 < lid <= _LAST_LID else ""


def _guid(guid: str | None) -> str:
    return f"0x{guid}" if guid else ""


def _asker(snapshot: Snapshot, inventory: Inventory) -> str | None:
    """The first host with the in-band role whose own sweep is answered; failing that, the first there is."""
    askers = [node.name for node in inventory.nodes.values() if node.in_band is not None]
    well = (name for name in askers if _is_answering(snapshot.nodes.get(name)))
    return next(well, askers[0] if askers else None)


def _is_answering(node: NodeView | None) -> bool:
    return node is not None and any(one.name == _IN_BAND and one.health is Health.OK for one in node.questions)
