"""A simulated `sh`: answers the lines of `platforms.shell`'s dialogue with what a real one would print.

It knows no shell language. It knows the lines that fabconsole sends: the prelude, function definitions (noted by
name; what is called must have been defined) and `fc_ask NONCE NAME CALL`. Anything else is refused aloud, so that a
change of the texts is seen at once.
"""

from __future__ import annotations

import re
import shlex

from fabconsole.platforms.shell import PRELUDE, SPARING, STILL_RUNNING, WATCHED, WHOLE
from fabconsole.sim.act import NOT_FOUND, Act, Complaint, Stuck, captured, quiet
from fabconsole.sim.answers import FUNCTIONS
from fabconsole.sim.machine import Machine

_DEFINITION = re.compile(r"([A-Za-z_]\w*)\(\) ?[({].*[)}]")
_GREETINGS = {*PRELUDE.splitlines(), *SPARING.splitlines(), *WATCHED.splitlines(), *WHOLE.splitlines()}


class Shell:
    """One shell on one channel."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._session = machine.new_session()
        self._defined: dict[str, str] = {}
        self._whole = False

    def begin(self) -> Act:
        """What it says first."""
        yield f"\x01{self._session}\n".encode()
        return 0

    def line(self, text: str) -> Act:
        """What one line makes it do."""
        if text in _GREETINGS:
            self._whole = self._whole or text == WHOLE.rstrip("\n")
            return 0
        if definition := _DEFINITION.fullmatch(text):
            self._defined[definition[1]] = text
            return 0
        words = _words(text)
        if len(words) >= 4 and words[0] == "fc_ask":
            status = yield from self._asked(words[1], words[2], words[3:])
            return status
        yield Complaint(f"sh: {words[0] if words else text!r}: not found\n".encode())
        return NOT_FOUND

    def _asked(self, nonce: str, name: str, call: list[str]) -> Act:
        head = f"\x02{nonce} {name} {self._machine.uptime_s:.2f} {self._machine.boot_id}\n".encode()
        if self._whole:
            status, said = yield from captured(self._called(call))
            yield head + said + f"\n\n\x03{nonce} {name} {status}\n".encode()
        else:
            yield head
            status = yield from self._called(call)
            yield f"\n\x03{nonce} {name} {status}\n".encode()
        return status

    def _called(self, call: list[str]) -> Act:
        while call[0] == "fc_unless":
            if self._machine.keeps(int(call[1])):
                return STILL_RUNNING
            call = call[2:]
        function, definition = FUNCTIONS.get(call[0]), self._defined.get(call[0])
        if function is None or definition is None:
            return NOT_FOUND
        status = yield from self._watched(quiet(function(self._machine, call, self._defined)))
        return status

    def _watched(self, act: Act) -> Act:
        """The machine learns of what will outlive this shell."""
        while True:
            try:
                said = next(act)
            except StopIteration as end:
                return int(end.value)
            if isinstance(said, Stuck):
                self._machine.keep(self._session, self._machine.now() + said)
            yield said


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []
