"""What one needs to reach the simulated fabric, written into a directory: keys, known_hosts, the inventory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import yaml

from fabconsole.sim.doorway import Address
from fabconsole.sim.wiring import HOSTS_A_RACK, HOSTS_A_UNIT, Host, Wiring, rack_name

USER = "fabops"
_KEY_KIND = "ssh-ed25519"
_RACKS_A_ROW = 16


@dataclass(frozen=True, slots=True)
class Keys:
    """A fresh pair of keys: the hosts', which they share, and the operator's."""

    host: asyncssh.SSHKey
    client: asyncssh.SSHKey

    @classmethod
    def new(cls) -> Keys:
        """From the system's randomness, whatever the seed: they open doors on this machine."""
        return cls(asyncssh.generate_private_key(_KEY_KIND), asyncssh.generate_private_key(_KEY_KIND))


def lay_out(
    folder: Path,
    subnets: Sequence[Wiring],
    addresses: Mapping[str, Address],
    keys: Keys,
    *,
    fabric: str,
    rhythms: Mapping[str, str],
) -> Path:
    """Write everything into `folder`, which should be readable by its owner alone; returns the inventory's path."""
    identity = folder / "id_ed25519"
    identity.touch(mode=0o600)
    keys.client.write_private_key(str(identity))
    public = keys.host.export_public_key().decode().strip()
    known = (f"[{address.host}]:{address.port} {public}\n" for address in addresses.values())
    (folder / "known_hosts").write_text("".join(known))
    (folder / "ssh_config").touch()
    inventory = folder / "inventory.yaml"
    document = _document(subnets, addresses, fabric=fabric, rhythms=rhythms)
    inventory.write_text(yaml.dump(document, Dumper=_DUMPER, sort_keys=False, default_flow_style=None, width=120))
    return inventory


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _document(
    subnets: Sequence[Wiring], addresses: Mapping[str, Address], *, fabric: str, rhythms: Mapping[str, str]
) -> dict[str, object]:
    hosts = [host for subnet in subnets for host in subnet.hosts]
    roles = _roles(subnets)
    return {
        "fabric": fabric,
        "ssh": {
            "user": USER,
            "identity": "id_ed25519",
            "known_hosts": "known_hosts",
            "config": "ssh_config",
            "jump": "none",
            "host_keys": "strict",
        },
        "poll": dict(rhythms),
        "racks": _racks(hosts),
        "nodes": {host.name: _node(addresses[host.name], roles.get(host.name)) for host in hosts},
        "expect": {
            "gpu*": {"hcas": 8, "rate": "400 Gb/s", "width": "4X", "gpus": 8, "nvlinks": 18},
            "leaf*": {"rate": "400 Gb/s", "width": "4X"},
            "spine*": {"rate": "400 Gb/s", "width": "4X"},
            **({"core*": {"rate": "400 Gb/s", "width": "4X"}} if any(_has_cores(subnet) for subnet in subnets) else {}),
        },
    }


def _racks(hosts: Sequence[Host]) -> dict[str, object]:
    """Racks in two rows, or of 16 racks each where there are more; eight racks (a scalable unit) a pod."""
    count = -(-len(hosts) // HOSTS_A_RACK)
    a_row = max(-(-count // 2), 1) if count <= 2 * _RACKS_A_ROW else _RACKS_A_ROW
    racks: dict[str, object] = {}
    for rack in range(count):
        of_it = [host.name for host in hosts[rack * HOSTS_A_RACK : (rack + 1) * HOSTS_A_RACK]]
        pod = f"p{rack * HOSTS_A_RACK // HOSTS_A_UNIT + 1}"
        racks[rack_name(rack * HOSTS_A_RACK)] = {"row": _row(rack // a_row), "pod": pod, "nodes": ",".join(of_it)}
    return racks


def _row(number: int) -> str:
    """`a` to `z`, `aa`, `ab` …"""
    letters = ""
    while number >= 0:
        letters = chr(ord("a") + number % 26) + letters
        number = number // 26 - 1
    return letters


def _roles(subnets: Sequence[Wiring]) -> dict[str, list[object]]:
    """Two hosts of each subnet, far apart, have the in-band role, so that one can take over from the other."""
    roles: dict[str, list[object]] = {}
    for number, subnet in enumerate(subnets):
        role: object = {"in-band": {"subnet": f"subnet{number + 1}"}} if len(subnets) > 1 else "in-band"
        for host in (subnet.hosts[0], subnet.hosts[max(0, len(subnet.hosts) - HOSTS_A_RACK)]):
            roles[host.name] = [role]
    return roles


def _has_cores(subnet: Wiring) -> bool:
    return any(switch.name.startswith("core") for switch in subnet.switches)


def _node(address: Address, roles: list[object] | None) -> dict[str, object]:
    node: dict[str, object] = {"address": address.host, "port": address.port}
    return node if roles is None else {**node, "roles": roles}
