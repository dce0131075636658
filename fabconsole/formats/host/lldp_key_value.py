"""lldpd's neighbours key by key, `lldp.eth0.chassis.name=…`, where a line says where it belongs.

Shape: lldpd src/client/kv_writer.c.
"""

from __future__ import annotations

import re

from fabconsole.formats.host.lldp_neighbour import Neighbour

KEY_VALUE = re.compile(
    r"\s*lldp\.(.{1,32}?)\."
    r"((?:via|rid|age|status|chassis|port|vlan|ppvid|pi|lldp-med|unknown-tlvs?|power|ttl|custom)\b[^=]{0,80})=(.*)"
)


class KeyValue:
    """Gathers the neighbours."""

    def __init__(self) -> None:
        self.found: list[Neighbour] = []

    def say(self, interface: str, key: str, value: str) -> None:
        """One line; another `via` begins another neighbour of the same interface."""
        if not self.found or self.found[-1].interface != interface or key == "via":
            self.found.append(Neighbour(interface))
        neighbour = self.found[-1]
        place, _, rest = key.partition(".")
        if place == "chassis":
            _chassis(rest, value, neighbour)
        elif place == "port" and rest in {"ifname", "mac", "local", "ifalias", "ip", "component"}:
            neighbour.port(rest, value)
        elif place == "port":
            if rest == "descr":
                neighbour.port_descr = value
            else:
                neighbour.keep(rest, value)
        elif place == "vlan":
            self._vlan(rest, value, neighbour)
        else:
            neighbour.keep(rest or place, value, place if rest else "")

    @staticmethod
    def _vlan(rest: str, value: str, neighbour: Neighbour) -> None:
        known = neighbour.extra.get("vlan")
        last = known[-1] if isinstance(known, list) and known else None
        if rest == "vlan-id" or not isinstance(last, dict):
            neighbour.vlan(value if rest == "vlan-id" else None, None if rest else value, None)
        elif rest == "pvid":
            last["pvid"] = value == "yes"
        elif not rest:
            last["name"] = value


def _chassis(rest: str, value: str, neighbour: Neighbour) -> None:
    if rest == "name":
        neighbour.name = value
    elif rest == "descr":
        neighbour.keep("system_description", value)
    elif rest == "mgmt-ip":
        neighbour.management(value)
    elif rest.endswith(".enabled"):
        neighbour.capability(rest.removesuffix(".enabled"), value)
    elif rest in {"mac", "local", "ifname", "ifalias", "ip", "component", "port"}:
        neighbour.chassis(rest, value)
    else:
        neighbour.keep(rest, value)
