"""sudo between us and a tool: whether it ran nothing, and the command that a sudoers rule has to name.

Words: sudo 1.9. Of an account that no rule names, and of a rule without NOPASSWD, it says by `-n` only that a password
is required; "not allowed" and "not in the sudoers file" come from where none is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabconsole.fabric.printable import printable
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

_RAN_NOTHING = re.compile(
    r"^(?:sudo: .*(?:password is required|terminal is required|must have a tty|no valid sudoers|no new privileges"
    r"|effective uid is not 0|unable to initialize).*"
    r"|.*is not (?:allowed to (?:execute|run)|in the sudoers file).*"
    r"|(?:.*: )?sudo: (?:command )?not found|.*failed to run command .sudo.*)$",
    re.M,
)
_VALUED = frozenset({"-u", "-g", "-p", "-h", "-C", "-r", "-t", "-T", "-R", "-D"})
"""sudo's options whose next word is their value."""


def refusal(said: str) -> Refusal | None:
    """That sudo ran nothing, where `said` has words of its own about that. A mere warning of sudo's is none."""
    told = _RAN_NOTHING.search(said)
    return None if told is None else Refusal(reason=Reason.NO_SUDO, detail=printable(told[0], 200))


def behind(words: Sequence[str]) -> Sequence[str] | None:
    """What sudo runs, where the words begin with it: those after its own options; None where they do not."""
    if not words or words[0].rpartition("/")[2] != "sudo":
        return None
    rest = list(words[1:])
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "--":
            break
        if option in _VALUED and rest:
            rest.pop(0)
    return rest
