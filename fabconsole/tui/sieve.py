"""What is shown in its look, and what is held back: by name, or because it is well."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from fabconsole.tui.metrics import Level
from fabconsole.tui.waiting import WAITING


@dataclass(frozen=True, slots=True)
class Sieve:
    """Where things have places of their own, what is held back keeps its place; in a list it goes, and is counted."""

    text: str = ""
    """Part of a name, or a pattern with `*` and `?`; empty: everything."""
    faults_only: bool = False

    @property
    def is_open(self) -> bool:
        """True when nothing is held back."""
        return not self.text and not self.faults_only

    def matches(self, *names: str) -> bool:
        """True where the text is in one of the names."""
        wanted = self.text.lower()
        if "*" in wanted or "?" in wanted:
            return any(fnmatchcase(name.lower(), wanted) for name in names)
        return any(wanted in name.lower() for name in names)

    def passes(self, level: Level) -> bool:
        """True where a thing that looks so is to be shown: what waits is no fault, nor is it well."""
        return level.loud or not self.faults_only or level.role == WAITING


EVERYTHING = Sieve()
