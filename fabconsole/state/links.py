"""Links and their two ends: hosts and switches joined by GUID, named by node description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fabconsole.fabric.table import Kind, PortState
from fabconsole.state.host import Host
from fabconsole.state.sweeps import Subnet
from fabconsole.stream.records import Peer


class Links:
    """End to far end, both ways, over the whole fabric."""

    def __init__(self) -> None:
        self.peers: dict[str, str] = {}
        """`gpu017/mlx5_3/1` to `leaf-a01/17` and back; a description where the far end is none of ours."""
        self.owners: dict[str, str] = {}
        """GUID of a host's port or a switch to its node."""
        self.version = 0
        """Grows when any link changed."""

    def join(self, hosts: Mapping[str, Host], subnets: Iterable[Subnet]) -> None:
        """Find both ends of every link anew."""
        swept = list(subnets)
        ends = {
            state.port_guid: f"{name}/{row}"
            for name, host in hosts.items()
            for block in host.tables(Kind.PORTS)
            for row, state in zip(block.rows, block.states, strict=True)
            if isinstance(state, PortState) and state.port_guid
        }
        self.owners = {guid: end.partition("/")[0] for guid, end in ends.items()}
        names = {guid: name for subnet in swept for guid, name in subnet.names.items()}
        self.owners.update(names)
        peers: dict[str, str] = {}
        for subnet in swept:
            for guid, switch in subnet.switches.items():
                for row, peer in switch.peers.items():
                    if row in switch.moved:
                        continue
                    here, there = f"{subnet.names[guid]}/{row}", _far_end(peer, ends, names, hosts)
                    peers[here] = there
                    if row in switch.fresh or there not in peers:
                        peers[there] = here
        if peers != self.peers:
            self.peers = peers
            self.version += 1


def _far_end(peer: Peer, ends: Mapping[str, str], names: Mapping[str, str], hosts: Mapping[str, Host]) -> str:
    if peer.port_guid in ends:
        return ends[peer.port_guid]
    if peer.port_guid in names:
        return f"{names[peer.port_guid]}/{peer.port}"
    host, _, device = peer.description.partition(" ")
    if host in hosts and device and "/" not in device and " " not in device:
        return f"{host}/{device}/{peer.port}"  # a host that did not answer yet: Linux describes itself "HOST mlx5_0"
    return peer.description or f"GUID {peer.port_guid}"
