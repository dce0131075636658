"""How often what happened in a host's log: events by kind, Xids by number, GPU and process, carriers by interface."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from fabconsole.fabric.event import Event
from fabconsole.formats.reading import Said

_PROCESS = re.compile(r"pid='?(\d{1,10})'?(?:, name=([^,]{1,64}))?")
_NAMES = {"xid": "xids", "sxid": "sxids"}
_MOST = 64
"""Processes that are told: a node that runs wild has one for each of a thousand lines."""


class Tally:
    """Counts, as far as the log has been read."""

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._codes: dict[str, Counter[str]] = defaultdict(Counter)
        self._places: dict[str, Counter[str]] = defaultdict(Counter)
        self._carriers: dict[str, Counter[str]] = defaultdict(Counter)
        self._processes: dict[tuple[int, str, str], Counter[str]] = {}

    def take(self, event: Event, change: str | None = None) -> None:
        """Count an event. `change`: what became of a carrier, lost or gained."""
        self._kinds[event.kind] += 1
        if change is not None and event.subject is not None:
            self._carriers[event.subject][change] += 1
        if event.code is None:
            return
        self._codes[event.kind][str(event.code)] += 1
        if event.kind == "xid" and event.subject is not None:
            self._places[event.subject][str(event.code)] += 1
            if (said := _PROCESS.search(event.text)) and len(self._processes) < _MOST:
                known = (int(said[1]), said[2] or "", event.subject)
                self._processes.setdefault(known, Counter())[str(event.code)] += 1

    def told(self) -> dict[str, Said]:
        """What there is of it."""
        facts: dict[str, Said] = {"events": dict(self._kinds)} if self._kinds else {}
        for kind, name in _NAMES.items():
            if kind in self._codes:
                facts[name] = dict(self._codes[kind])
        if self._places:
            facts["xids_by_gpu"] = {place: dict(codes) for place, codes in self._places.items()}
        if self._processes:
            facts["xid_processes"] = [
                {"pid": pid, "name": name or None, "gpu": gpu, "xids": dict(codes)}
                for (pid, name, gpu), codes in self._processes.items()
            ]
        if self._carriers:
            facts["carriers"] = {name: dict(changes) for name, changes in self._carriers.items()}
        return facts
