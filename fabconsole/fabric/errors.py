"""The few things that can go wrong, each saying what to do next.

FabconsoleError
├── DocumentError        a YAML file of the user's is wrong: every problem at once
├── ResourceError        a shipped or user file cannot be found
├── SourceError          the stream of records cannot start or has ended
├── CommandError         a command does not fit what it should run on
└── AuditError           what is about to be run cannot be written down
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 100
"""Problems in a DocumentError's text: a slip of the finger can make one a line."""


class FabconsoleError(Exception):
    """Anything an operator is told about; its text needs no traceback to be acted on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where it is, and what would be right."""

    file: str
    line: int
    """Counted from 1; 0 where the file itself is the problem."""
    key: str
    """Path of keys, such as ``racks.r00.nodes``; empty for the document."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class DocumentError(FabconsoleError):
    """A YAML document was refused; `problems` holds every reason, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.key)))
        said = [str(problem) for problem in self.problems[:_SHOWN]]
        if (more := len(self.problems) - _SHOWN) > 0:
            said.append(f"and {more:,} problems more")
        super().__init__("\n".join(said))


class ResourceError(FabconsoleError):
    """A file that ships with fabconsole, or that the user named, is not where it should be."""


class SourceError(FabconsoleError):
    """The stream of records cannot start, or ended for good."""


class CommandError(FabconsoleError):
    """A command does not fit what it should run on, or lacks a value it needs."""


class AuditError(FabconsoleError):
    """What is about to be run, or was run, cannot be written to the audit log."""
