"""From a login to a `sh`: what is said before its first word is not ours, and it may never come."""

from __future__ import annotations

from fabconsole.collector.failure import Failure
from fabconsole.fabric.printable import printable
from fabconsole.platforms.shell import traced
from fabconsole.stream.records import Reason

MOST = 1 << 18
"""Bytes a login may say before its `sh` is there: a message of the day is passed over, a flood is not."""

_KEPT = 400
"""Of those the last ones, which say why there is none; the first word of a `sh` is shorter."""

_NOT_FOUND = (126, 127)


class Greeting:
    """What a login says up to the `sh` that it was asked for."""

    __slots__ = ("_bytes", "_last", "session")

    def __init__(self) -> None:
        self.session: int | None = None
        """The process id of the `sh`; None: it is not there."""
        self._last = b""
        self._bytes = 0

    @property
    def floods(self) -> bool:
        """True once it has said more than a login may."""
        return self._bytes > MOST

    def heard(self, data: bytes) -> bytes:
        """What in `data` comes after it."""
        self._last += data
        self._bytes += len(data)
        told = traced(self._last)
        if told is None:
            self._last = self._last[-_KEPT:]
            return b""
        rest, self._last = self._last[told.end() :], b""
        self.session = int(told[1])
        return rest

    def refusal(self, status: int | None, end: str, complaint: bytes) -> Failure:
        """Why there is no `sh`: how the login ended, with what it said last, and what would mend it."""
        if self.floods:
            said = f"its login says more than {MOST:,} bytes; let its start-up files say nothing without a terminal"
            return Failure(Reason.OVERFLOW, said)
        words = (complaint.strip() or self._last.strip()).decode("utf-8", "replace").splitlines()
        last = printable(words[-1]) if words else ""
        said = f"{end}: {last}" if last else end
        return Failure(Reason.NO_SHELL, f"the login shell {said}; {_remedy(status, last)}")


def _remedy(status: int | None, last: str) -> str:
    if "restricted" in last:
        return "a restricted one starts no `sh`: chsh -s /bin/sh for the account"
    if status in _NOT_FOUND:
        return "has it no `sh` on its PATH?"
    if not last or "not available" in last:
        return "the account has no shell: chsh -s /bin/sh"
    return "a ForceCommand, or an exec in its start-up files, is in the way of `sh`"
