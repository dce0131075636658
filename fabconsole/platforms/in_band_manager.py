"""Watching the subnet manager from sweep to sweep: a handover, a standstill, a silence are events."""

from __future__ import annotations

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.formats.infiniband.sminfo import Manager


class ManagerWatch:
    """Remembers who was master, and says what changed."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._last: Manager | None = None
        self._doubted = ""

    def seen(self, manager: Manager | None, at: float) -> tuple[Event, ...]:
        """What this sweep's answer of `sminfo` means. Of the first sweep, only what is wrong."""
        last = self._last
        told = []
        if manager is not None and last is not None and manager.guid != last.guid:
            told.append(self._event(at, f"subnet manager handover: {_named(last)} → {_named(manager)}"))
        doubt = _doubt(manager, last)
        if doubt and doubt != self._doubted:
            told.append(self._event(at, doubt))
        elif self._doubted and not doubt and manager is not None:
            told.append(self._event(at, f"subnet manager {_named(manager)} is master and moving", Severity.INFO))
        self._doubted = doubt
        self._last = manager or last
        return tuple(told)

    def _event(self, at: float, text: str, severity: Severity = Severity.WARN) -> Event:
        return Event(at=at, node=self._node, kind="sm", severity=severity, text=text)


def _doubt(manager: Manager | None, last: Manager | None) -> str:
    if manager is None:
        return "the subnet manager does not answer"
    if manager.state != "Master":
        return f"subnet manager {_named(manager)} is not master: {manager.state}"
    if last is not None and manager.guid == last.guid and manager.activity == last.activity:
        return f"subnet manager {_named(manager)} stands still"
    return ""


def _named(manager: Manager) -> str:
    return f"0x{manager.guid} (lid {manager.lid}, priority {manager.priority})"
