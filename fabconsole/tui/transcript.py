"""What a command printed, made safe to show: nothing it says moves a cursor, rings a bell or grows without end."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from fabconsole.fabric.printable import printable

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC, DCS and their kind: titles, hyperlinks, clipboard
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x90\x9d\x98\x9e\x9f].*?(?:\x9c|$)"  # the same in one byte
)
_BLANKS = re.compile(r"( +)")
_TAB = 8
MOST_LINES = 5_000
"""Lines that are kept of one run, the last ones; what went before is counted."""
_FEWEST_LINES = 150
"""Lines that are kept of each of ever so many runs of one job."""
_WIDEST = 2_000


def cleaned(line: str) -> str:
    """One line of printable characters, its columns kept: tabs become blanks, escapes nothing."""
    line = line.rstrip("\r").rpartition("\r")[2][: _WIDEST * 4]
    if not line.isascii() or not line.isprintable():
        line = _ESCAPE.sub("", line).expandtabs(_TAB)
        line = "".join(part if part.startswith(" ") else printable(part, _WIDEST) for part in _BLANKS.split(line))
    return line.rstrip() if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def _begun(line: str) -> str:
    """What has to be kept of a line that has no end yet: its beginning, of what is not overwritten."""
    last = line.rfind("\r", 0, len(line.rstrip("\r")))
    return line[last + 1 :][: _WIDEST * 8]


def share(runs: int) -> int:
    """Lines to keep of each of so many runs that are read on one page, so that a key never waits for its drawing."""
    return max(_FEWEST_LINES, MOST_LINES // runs)


class Transcript:
    """The output of one run on one node, as it comes."""

    def __init__(self, most: int = MOST_LINES) -> None:
        """`most` lines are kept, the last ones."""
        self._most = most
        self.lines: list[str] = []
        self.dropped = 0
        """Lines that went before those that are kept."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._open = ""

    def feed(self, data: bytes) -> None:
        """Take what was printed, in pieces cut anywhere."""
        *whole, rest = (self._open + self._decoder.decode(data)).split("\n")
        self._open = _begun(rest)
        self._keep(cleaned(line) for line in whole)

    def close(self) -> None:
        """No more comes: what stands after the last newline is a line too."""
        last, self._open = self._open + self._decoder.decode(b"", True), ""
        if last.strip():
            self._keep([cleaned(last)])

    def _keep(self, lines: Iterable[str]) -> None:
        self.lines += lines
        excess = len(self.lines) - self._most
        if excess > 0:
            del self.lines[:excess]
            self.dropped += excess
