"""One neighbour that an interface hears, gathered from whatever form lldpd prints it in, made into a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, is_nothing, snake

_ON = {"on": True, "yes": True, "enabled": True, "off": False, "no": False, "disabled": False}
_NUMBERS = frozenset({"rid", "ttl", "mfs", "mgmt_iface"})


@dataclass(slots=True)
class Neighbour:
    """What is heard on one interface from one neighbour."""

    interface: str
    name: str | None = None
    """The neighbour's system name."""
    chassis_id: str | None = None
    port_id: str | None = None
    port_id_type: str | None = None
    port_descr: str | None = None
    extra: dict[str, Said] = field(default_factory=dict)
    heard: bool = False
    """Whether anything about a neighbour was said: an interface may have none."""

    def chassis(self, kind: str, said: str) -> None:
        """The chassis's identifier, `mac 52:54:00:…`."""
        self.chassis_id = said
        self.extra["chassis_id_type"] = kind
        self.extra["chassis_id"] = said

    def port(self, kind: str, said: str) -> None:
        """The port's identifier, `ifname swp1`, `local 512`, `mac …`."""
        self.port_id, self.port_id_type = said, kind
        self.extra["port_id_type"] = kind
        self.extra["port_id"] = said

    def capability(self, kind: str, enabled: Said, place: str = "capabilities") -> None:
        """`Bridge, on`: what the neighbour can be, and whether it is."""
        known = self.extra.setdefault(place, {})
        if isinstance(known, dict):
            known[kind] = switched(enabled) if isinstance(enabled, str) else enabled

    def management(self, address: str) -> None:
        """An address to reach it by; several are usual."""
        known = self.extra.setdefault("mgmt_ip", [])
        if isinstance(known, list):
            known.append(address)

    def vlan(self, number: Said, name: str | None, pvid: Said) -> None:
        """A VLAN that the neighbour tells of; `pvid`: whether it is the untagged one."""
        known = self.extra.setdefault("vlan", [])
        if isinstance(known, list):
            one: dict[str, Said] = {"id": integer(number) if isinstance(number, str) else number}
            if name:
                one["name"] = name
            if pvid is not None:
                one["pvid"] = switched(pvid) if isinstance(pvid, str) else pvid
            known.append(one)

    def keep(self, key: str, said: Said, section: str = "") -> None:
        """Anything else, under its own name, inside of its section where it stood in one."""
        name = snake(key)
        if name in _NUMBERS and isinstance(said, list):
            said = [integer(one) if isinstance(one, str) else one for one in said]
        elif isinstance(said, str):
            said = None if is_nothing(said) else integer(said) if name in _NUMBERS else switched(said)
        place = self.extra
        if section:
            inside = self.extra.setdefault(snake(section), {})
            if not isinstance(inside, dict):
                return
            place = inside
        if name in place and place[name] != said:
            known = place[name]
            place[name] = [*known, said] if isinstance(known, list) else [known, said]
        else:
            place[name] = said

    def row(self) -> Row:
        """The local interface, with the neighbour's port as its far end."""
        node = self.name or self.chassis_id
        port = self._port()
        if node:
            self.extra["peer_node"] = node
        if port:
            self.extra["peer_port"] = port
        if self.port_descr is not None:
            self.extra["port_descr"] = self.port_descr
        peer = f"{node}/{port}" if node and port else node
        return Row(id=self.interface, peer=peer, extra=self.extra)

    def _port(self) -> str | None:
        """What the neighbour itself calls the port: an index or an address is no name, a description may be."""
        descr = self.port_descr.strip() if self.port_descr else ""
        nameless = self.port_id is None or self.port_id_type == "mac" or self.port_id.isdigit()
        return descr if nameless and descr and " " not in descr else self.port_id


def switched(said: str) -> Said:
    """`on` and `yes` as true, `off` and `no` as false; anything else as it stands."""
    return _ON.get(said.strip().lower(), said.strip())
