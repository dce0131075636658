"""What all sessions of one collector have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from fabconsole.collector.asking import Asking
from fabconsole.collector.jump import JumpHosts
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Access
from fabconsole.collector.outbox import Outbox
from fabconsole.collector.ramp import Ramp
from fabconsole.collector.way import Waiting
from fabconsole.stream.records import Record

FEW = 16
"""Sessions that a turn of the event loop takes leave of: 5 ms. One a turn would be the slowest part of thousands that
come back, since a turn is long then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all sessions of a collector have in common."""

    outbox: Outbox
    emit: Callable[[Record], None]
    """Takes the record that each asking ends in."""
    access: Access
    keyring: Keyring
    jumps: JumpHosts
    ramp: Ramp
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FEW))
    """Held by a few sessions at a time, for what takes all of them some seconds."""
    tasks: asyncio.TaskGroup
    waiting: dict[Waiting, None]
    """In order of beginning."""
    soon: Callable[[Asking, float], None]
    """Have a question asked in so many seconds, whatever its own slots are; 0: in the next slot."""
    connect_s: float
    """Deadline of connecting and of an echo."""
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    random: Random
