"""Running diagnostics: started over the source, written down, their answers handed to the job they belong to."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count

from fabconsole.fabric.errors import AuditError, CommandError
from fabconsole.fabric.inventory import Inventory
from fabconsole.runbook.audit import Audit
from fabconsole.runbook.command import Command
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import Finished, Output
from fabconsole.stream.source import Source
from fabconsole.tui.diagnosis import Choice, Job, Run, choices
from fabconsole.tui.transcript import Transcript, share

log = logging.getLogger(__name__)

_JOBS = 8
"""Jobs whose late output is still taken."""


class Diagnostics:
    """What can be run, and what is running."""

    def __init__(self, audit: Audit) -> None:
        self.commands: Sequence[Command] = ()
        self.source: Source | None = None
        """None until the stream has started."""
        self.unwritten: tuple[str, ...] = ()
        """Why what was run last is not in the audit log; empty: it is."""
        self.inventory: Inventory | None = None
        self._audit = audit
        self._numbers = count(1)
        self._jobs: list[Job] = []
        self._ends: deque[tuple[Command, Finished]] = deque()
        self._writing: asyncio.Task[None] | None = None

    def choices(self, address: str, marked: frozenset[str], snapshot: Snapshot) -> tuple[Choice, ...]:
        """What fits the selection now."""
        if self.inventory is None:
            return ()
        return choices(self.commands, address, marked, snapshot, self.inventory)

    def job(self, choice: Choice) -> Job:
        """A job ready to be started. Raises CommandError where the command does not fit any more."""
        orders = choice.orders(f"d{next(self._numbers)}")
        most = share(len(orders))
        job = Job(choice.command, [Run(order, address, Transcript(most)) for order, address in orders])
        self._jobs = [*self._jobs[1 - _JOBS :], job]
        return job

    async def start(self, job: Job) -> None:
        """Write each run down, then start it."""
        if self.source is None:
            raise CommandError("nothing is connected yet")
        for run in job.runs.values():
            await self._write_down(partial(self._audit.started, job.command, run.order, run.address))
            await self.source.run(run.order)

    @property
    def running(self) -> Sequence[Job]:
        """Jobs that have not ended, the newest last."""
        return [job for job in self._jobs if not job.is_over]

    async def cancel(self, job: Job) -> None:
        """Stop every run of a job that has not ended."""
        if self.source is not None:
            for run in job.runs.values():
                if run.finished is None:
                    await self.source.cancel(run.order.run)

    def heard(self, record: Output | Finished) -> None:
        """Hand a record to its job. Its end is written down meanwhile: no sample waits for a disk."""
        job = next((job for job in self._jobs if job.heard(record)), None)
        if job is not None and isinstance(record, Finished):
            self._ends.append((job.command, record))
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._write_ends(), name="audit")

    async def aclose(self) -> None:
        """Wait until every end is written down."""
        if self._writing is not None:
            await self._writing

    async def _write_ends(self) -> None:
        while self._ends:
            await self._write_down(partial(self._audit.finished, *self._ends.popleft()))

    async def _write_down(self, write: Callable[[], None]) -> None:
        """All that is offered only reads, so it may run unwritten; that is said for as long as it is so."""
        try:
            await asyncio.to_thread(write)
        except AuditError as error:
            self.unwritten = (f"diagnostics run without being written down: {error}",)
            log.warning("%s", error)
        else:
            self.unwritten = ()
