"""Links and their two ends: hosts and switches joined by GUID, named by node description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fabconsole.fabric.table import Kind, PortState
from fabconsole.state.block import Seen
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
        names = {guid: name for subnet in swept for guid, name in subnet.names.items()}
        ends = _Ends(hosts, names, (peer for subnet in swept for peer in _peers(subnet)))
        self.owners = {**ends.owners(), **names}
        peers: dict[str, str] = {}
        for subnet in swept:
            for guid, switch in subnet.switches.items():
                for row, peer in switch.peers.items():
                    if row in switch.moved:
                        continue
                    here, there = f"{subnet.names[guid]}/{row}", ends.of(peer)
                    peers[here] = there or ends.stranger(peer)
                    if there and (row in switch.fresh or there not in peers):
                        peers[there] = here
        if peers != self.peers:
            self.peers = peers
            self.version += 1


class _Ends:
    """Which of our ports a switch sees at the far end.

    A port that is no longer listed keeps its GUID until another is listed with it: after a reboot the same card may go
    by another number. A GUID that two ports claim (a card cloned with its number) names neither by itself. A
    description, which is all that is known of a host that did not answer yet, names a port only where one GUID goes by
    it, and the port has not told another.
    """

    def __init__(self, hosts: Mapping[str, Host], switches: Mapping[str, str], seen: Iterable[Peer]) -> None:
        self._hosts = hosts
        self._switches = switches
        listed: dict[str, set[str]] = {}
        gone: dict[str, set[str]] = {}
        for name, host in hosts.items():
            for block in host.tables(Kind.PORTS):
                for number, (row, state) in enumerate(zip(block.rows, block.states, strict=True)):
                    if isinstance(state, PortState) and state.port_guid:
                        claimed = gone if block.seen(number) is Seen.GONE else listed
                        claimed.setdefault(state.port_guid, set()).add(f"{name}/{row}")
        self._claimed = {**gone, **listed}
        self._told = {end for ends in (*gone.values(), *listed.values()) for end in ends}
        called: dict[str, set[str]] = {}
        for peer in seen:
            called.setdefault(self._described(peer), set()).add(peer.port_guid)
        self._called = {end for end, guids in called.items() if len(guids) == 1 and end not in self._told}

    def owners(self) -> dict[str, str]:
        """GUID to the one host that has it."""
        return {guid: next(iter(ends)).partition("/")[0] for guid, ends in self._claimed.items() if len(ends) == 1}

    def of(self, peer: Peer) -> str:
        """The far end's address; empty where it is none of ours, or cannot be told."""
        ends, described = self._claimed.get(peer.port_guid, ()), self._described(peer)
        if len(ends) == 1:
            return next(iter(ends))
        if peer.port_guid in self._switches:
            return f"{self._switches[peer.port_guid]}/{peer.port}"
        return described if described in ends or (not ends and described in self._called) else ""

    def stranger(self, peer: Peer) -> str:
        """What to call a far end that is none of ours, and not by an address that is."""
        said = peer.description
        return said if said and said not in self._told else f"GUID {peer.port_guid}"

    def _described(self, peer: Peer) -> str:
        """The port that a description names: Linux describes itself "HOST mlx5_0". Empty where it names none."""
        host, _, device = peer.description.partition(" ")
        is_device = host in self._hosts and device and "/" not in device and " " not in device
        return f"{host}/{device}/{peer.port}" if is_device else ""


def _peers(subnet: Subnet) -> Iterator[Peer]:
    return (peer for switch in subnet.switches.values() for peer in switch.peers.values())
