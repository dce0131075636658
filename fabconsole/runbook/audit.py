"""Who ran what, where and when: one JSON line as a command starts, one as it ends, on disk before it runs."""

from __future__ import annotations

import errno
import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_state_path

from fabconsole.fabric.errors import AuditError
from fabconsole.fabric.printable import printable
from fabconsole.runbook.command import Command
from fabconsole.stream.records import Exited, Finished, NotBegun
from fabconsole.stream.source import Order

_LIMIT = 4096
"""Characters kept of one value."""
_PATIENCE = 40
_PAUSE_S = 0.05
"""How often, and after what pause, the lock is tried for: another console holds it for a write and an fsync."""


def audit_path() -> Path:
    """Where the audit log is, unless another place is given."""
    return user_state_path("fabconsole") / "audit.jsonl"


def operator() -> str:
    """The account behind the keyboard; who called sudo, where root was got that way."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):
        account = f"uid {os.getuid()}"
    caller = os.environ.get("SUDO_USER", "")
    return printable(f"{caller} as {account}" if caller and caller != account else account)


class Audit:
    """The audit log of one console. Several consoles may append to one file, in whole lines.

    Every method raises AuditError where the line cannot be written. Whoever runs a read-only command may go on
    after showing that; nothing that changes the fabric may. A line costs one write and one fsync, some
    milliseconds on a disk, and up to two seconds of `sleep` for the lock: call it from a thread.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path or audit_path()
        self._clock = clock
        self._sleep = sleep
        self._operator = operator()
        self._console = {"host": printable(socket.gethostname()), "pid": os.getpid()}

    def started(self, command: Command, order: Order, address: str) -> None:
        """Write down, before it runs, what is about to run on `address`; on disk when this returns."""
        self._append(
            {
                "what": "started",
                "run": order.run,
                "node": order.node,
                "address": address,
                "command": command.id,
                "class": str(command.kind),
                "vouched_by": command.vouched_by,
                "text": order.command,
            }
        )

    def finished(self, command: Command, finished: Finished) -> None:
        """Write down how it ended, or that it never began."""
        end = finished.end
        self._append(
            {
                "what": "not begun" if isinstance(end, NotBegun) else "finished",
                "run": finished.run,
                "node": finished.node,
                "command": command.id,
                "class": str(command.kind),
                "status": end.status if isinstance(end, Exited) else None,
                "error": None if isinstance(end, Exited) else end.why,
                "elapsed_s": round(finished.elapsed_s, 3),
                "truncated": finished.truncated,
            }
        )

    def _append(self, said: Mapping[str, object]) -> None:
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        entry: dict[str, object] = {"at": at, "operator": self._operator, "console": self._console}
        for key, value in said.items():
            entry[key] = printable(value, _LIMIT) if isinstance(value, str) else value
        line = json.dumps(entry, ensure_ascii=True).encode() + b"\n"
        try:
            self._write(line)
        except OSError as error:
            raise AuditError(f"the audit log {self.path} cannot be written: {_remedy(error)}") from error

    def _write(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock(descriptor)
            end = os.lseek(descriptor, 0, os.SEEK_END)
            if end and os.pread(descriptor, 1, end - 1) != b"\n":
                line = b"\n" + line  # whoever wrote last was killed in the middle: its line stays its own
            if os.write(descriptor, line) != len(line):
                os.ftruncate(descriptor, end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        """Keep other consoles from this file until it is closed."""
        for _ in range(_PATIENCE):
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._sleep(_PAUSE_S)
        raise OSError(errno.EBUSY, "another program keeps it locked")


def _remedy(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{reason}; make room on that disk"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{reason}; make its directory writable for you"
    return reason
