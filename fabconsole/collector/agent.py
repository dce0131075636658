"""The agent: whether it is there, since asyncssh passes over one that is not, and what it holds.

To be asked what it holds makes no agent ask a person; to sign may.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from pathlib import Path

import asyncssh

_PATIENCE_S = 2.0


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


async def keys(path: str) -> Sequence[asyncssh.SSHKeyPair] | None:
    """What an agent holds, certificates too; None where it does not say."""
    try:
        async with asyncio.timeout(_PATIENCE_S), asyncssh.connect_agent(path) as agent:
            return await agent.get_keys()
    except (OSError, ValueError, asyncssh.Error):
        return None
