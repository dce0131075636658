"""What one needs to reach the simulated fabric, written into a directory: keys, known_hosts, the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import yaml

from fabconsole.sim.doorway import Address
from fabconsole.sim.wiring import HOSTS_A_RACK, HOSTS_A_UNIT, Host, Wiring, rack_name

USER = "fabops"
_KEY_KIND = "ssh-ed25519"


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
    wiring: Wiring,
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
    document = _document(wiring, addresses, fabric=fabric, rhythms=rhythms)
    inventory.write_text(yaml.dump(document, Dumper=_DUMPER, sort_keys=False, default_flow_style=None, width=120))
    return inventory


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _document(
    wiring: Wiring, addresses: Mapping[str, Address], *, fabric: str, rhythms: Mapping[str, str]
) -> dict[str, object]:
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
        "racks": _racks(wiring.hosts),
        "nodes": {host.name: _node(host, addresses[host.name], len(wiring.hosts)) for host in wiring.hosts},
        "expect": {
            "gpu*": {"hcas": 8, "rate": "400 Gb/s", "width": "4X", "gpus": 8, "nvlinks": 18},
            "leaf*": {"rate": "400 Gb/s", "width": "4X"},
            "spine*": {"rate": "400 Gb/s", "width": "4X"},
        },
    }


def _racks(hosts: tuple[Host, ...]) -> dict[str, object]:
    """Racks in two rows, eight racks (a scalable unit) a pod."""
    count = -(-len(hosts) // HOSTS_A_RACK)
    racks: dict[str, object] = {}
    for rack in range(count):
        of_it = [host.name for host in hosts[rack * HOSTS_A_RACK : (rack + 1) * HOSTS_A_RACK]]
        row = "a" if rack < -(-count // 2) else "b"
        pod = f"p{rack * HOSTS_A_RACK // HOSTS_A_UNIT + 1}"
        racks[rack_name(rack * HOSTS_A_RACK)] = {"row": row, "pod": pod, "nodes": ",".join(of_it)}
    return racks


def _node(host: Host, address: Address, hosts: int) -> dict[str, object]:
    node: dict[str, object] = {"address": address.host, "port": address.port}
    # Two hosts far apart have the in-band role, so that one can take over from the other.
    if host.index in (0, hosts - HOSTS_A_RACK):
        node["roles"] = ["in-band"]
    return node
