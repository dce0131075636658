"""Adapters and their ports as listings name them, heading by heading: what a line belongs to.

A heading that is missing (a line was lost, or `grep` took it) shows in a key that comes a second time. What follows
is then nobody's that is known, and is not put to the adapter or port before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fabconsole.formats.reading import Row, Said

_NOBODY = "?"


@dataclass(slots=True)
class Adapter:
    """One adapter and what was said of it."""

    name: str | None
    """None: its heading is missing."""
    said: dict[str, Said] = field(default_factory=dict)
    ports: list[Port] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.name or _NOBODY


@dataclass(slots=True)
class Port:
    """One port and what was said of it, with the row that it becomes."""

    number: int | None
    row: Row
    keys: set[str] = field(default_factory=set)


class Adapters:
    """A listing, as far as it was read."""

    def __init__(self) -> None:
        self.all: list[Adapter] = []
        self._port: Port | None = None

    def begin(self, name: str | None) -> Adapter:
        """A heading of an adapter."""
        self._port = None
        self.all.append(Adapter(name))
        return self.all[-1]

    def begin_port(self, number: int | None) -> Port:
        """A heading of a port of the adapter that was begun last."""
        adapter = self.all[-1] if self.all else self.begin(None)
        self._port = Port(number, Row(id=adapter.title if number is None else f"{adapter.title}/{number}"))
        adapter.ports.append(self._port)
        return self._port

    def adapter_for(self, key: str) -> Adapter:
        """What a line about an adapter belongs to."""
        last = self.all[-1] if self.all else None
        return self.begin(None) if last is None or last.ports or key in last.said else last

    def port_for(self, key: str) -> Port:
        """What a line about a port belongs to."""
        port = self._port
        if port is None or key in port.keys:
            port = self.begin_port(None)
        port.keys.add(key)
        return port

    def repeats(self, key: str) -> bool:
        """Whether a line about a port was said of this one already: the heading of another is missing."""
        return self._port is not None and key in self._port.keys

    @property
    def in_port(self) -> bool:
        """Whether the last heading was a port's."""
        return self._port is not None

    def rows(self) -> list[Row]:
        """A row a port, and one for each adapter that shows none; what is said of an adapter is in each of its."""
        return [row for adapter in self.all for row in _rows(adapter)]

    def torn(self, *last_keys: str) -> str | None:
        """Where the listing ends in the midst of a port, in words: its last one lacks a key that another has."""
        ports = [port for adapter in self.all for port in adapter.ports]
        if not ports or not self.all[-1].ports:
            return None
        lacks = set(last_keys) - ports[-1].keys
        if any(lacks & port.keys for port in ports[:-1]):
            return f"the listing ends in the midst of {ports[-1].row.id}"
        return None

    def shortfalls(self, key: str) -> Iterator[str]:
        """Which adapters announce, under `key`, more ports than are listed, in words."""
        for adapter in self.all:
            announced = adapter.said.get(key)
            if isinstance(announced, int) and 0 < len(adapter.ports) < announced:
                yield f"{adapter.title} announces {announced} ports, {len(adapter.ports)} listed"


def _rows(adapter: Adapter) -> Iterator[Row]:
    if not adapter.ports:
        yield Row(id=adapter.title, extra=dict(adapter.said))
    for port in adapter.ports:
        if port.number is None and adapter.name is not None and len(adapter.ports) == adapter.said.get("ports") == 1:
            port.row.id = f"{adapter.name}/1"
        port.row.extra = {**adapter.said, **port.row.extra}
        yield port.row
