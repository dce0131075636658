"""Whether the agent is there: asyncssh passes over one that is not, and then no key of ours is accepted."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def gone(path: str | None) -> str | None:
    """Why an agent's socket leads nowhere, for an operator; None where somebody listens, or no agent is meant to be."""
    if not path:
        return None
    try:
        probe = socket.socket(socket.AF_UNIX)
    except OSError:
        return None  # we may open nothing just now, which says nothing of an agent
    with probe:
        probe.setblocking(False)
        try:
            probe.connect(str(Path(path).expanduser()))
        except BlockingIOError:
            return None  # it has more callers than it takes at once
        except OSError as error:
            return f"the agent at {path} is gone ({os.strerror(error.errno or 0)})"
    return None
