"""lldpd's JSON forms: `json` has an object where there is one of a kind and a list where there are more, and keys
chassis and interfaces by their names; `json0` has lists everywhere and `{"value": …}` around each text.

Shape: lldpd src/client/json_writer.c.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fabconsole.formats.host.lldp_neighbour import Neighbour

_OF_CHASSIS = frozenset({"id", "descr", "name", "mgmt-ip", "mgmt-iface", "capability", "ttl"})
_OF_INTERFACE = frozenset({"via", "rid", "age", "chassis", "port", "status"})


def neighbours(document: Any) -> Iterator[Neighbour]:
    """Every neighbour of a document; nothing of one that is no answer of lldpd."""
    for root in _each(document):
        said = root.get("lldp", root)
        for one in _each(said):
            for name, body in _interfaces(one.get("interface", one if "interface" not in one else None)):
                yield _neighbour(name, body)


def _each(said: Any) -> list[dict[str, Any]]:
    return [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]


def _interfaces(said: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in _each(said):
        if isinstance(one.get("name"), str) and _OF_INTERFACE & one.keys():
            yield one["name"], one
        else:
            for name, bodies in one.items():
                for body in _each(bodies):
                    if _OF_INTERFACE & body.keys():
                        yield name, body


def _neighbour(name: str, body: dict[str, Any]) -> Neighbour:
    found = Neighbour(name)
    for key, said in body.items():
        if key == "chassis":
            found.heard = True
            _chassis(said, found)
        elif key == "port":
            found.heard = True
            for port in _each(said):
                _port(port, found)
        elif key == "vlan":
            for vlan in _each(said):
                found.vlan(plain(vlan.get("vlan-id")), _text(vlan.get("value")), plain(vlan.get("pvid")))
        elif key != "name":
            found.keep(key, plain(said))
    return found


def _chassis(said: Any, found: Neighbour) -> None:
    for one in _each(said):
        if not (_OF_CHASSIS & one.keys()):
            for name, body in one.items():
                found.name = name
                _chassis(body, found)
            continue
        for key, value in one.items():
            if key == "id":
                for identifier in _each(value):
                    found.chassis(str(identifier.get("type", "")), str(identifier.get("value", "")))
            elif key == "name":
                found.name = _text(value)
            elif key == "mgmt-ip":
                for address in value if isinstance(value, list) else [value]:
                    found.management(str(plain(address)))
            elif key == "capability":
                for capability in _each(value):
                    found.capability(str(capability.get("type", "")), capability.get("enabled"))
            else:
                found.keep("system_description" if key == "descr" else key, plain(value))


def _port(said: dict[str, Any], found: Neighbour) -> None:
    for key, value in said.items():
        if key == "id":
            for identifier in _each(value):
                found.port(str(identifier.get("type", "")), str(identifier.get("value", "")))
        elif key == "descr":
            found.port_descr = _text(value)
        else:
            found.keep(key, plain(value))


def _text(said: Any) -> str | None:
    value = plain(said)
    return None if value is None else str(value)


def plain(said: Any) -> Any:
    """Without the lists of one and the `{"value": …}` that carry nothing."""
    if isinstance(said, list):
        return plain(said[0]) if len(said) == 1 else [plain(one) for one in said]
    if isinstance(said, dict):
        return plain(said["value"]) if said.keys() == {"value"} else {key: plain(one) for key, one in said.items()}
    return said
