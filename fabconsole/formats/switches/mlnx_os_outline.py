"""Pairs that tell of no port, by how deep they stand: `Partition 1:` holds the pairs below it."""

from __future__ import annotations

from dataclasses import dataclass, field

from fabconsole.formats.reading import Said
from fabconsole.formats.switches.measures import measured
from fabconsole.formats.switches.nvue_objects import keep


@dataclass(slots=True)
class Outline:
    """Where the next pair goes. Where the blanks before the lines were lost, all stand once."""

    facts: dict[str, Said]
    _open: list[tuple[int, dict[str, Said]]] = field(default_factory=list)
    _title: tuple[int, str] | None = None
    """How deep the last name without a value stood, and its key."""

    def tell(self, indent: int, name: str, text: str) -> None:
        """Add a pair whose line begins with `indent` blanks."""
        while self._open and self._open[-1][0] >= indent:
            self._open.pop()
        if self._title is not None and self._title[0] < indent:
            self._begin(*self._title)
        self._title = None
        within = self._open[-1][1] if self._open else self.facts
        told = measured(name, text.strip('\\"[]'))
        for key, said in told.items():
            keep(within, key, said)
            if not text and self._last(within, key) is None:
                self._title = (indent, key)

    def _begin(self, indent: int, key: str) -> None:
        """A name without a value turns out to be a title."""
        within = self._open[-1][1] if self._open else self.facts
        below: dict[str, Said] = {}
        before = within.get(key)
        if isinstance(before, list):
            before[-1] = below
        else:
            within[key] = below
        self._open.append((indent, below))

    @staticmethod
    def _last(within: dict[str, Said], key: str) -> Said:
        said = within.get(key)
        return said[-1] if isinstance(said, list) and said else said
