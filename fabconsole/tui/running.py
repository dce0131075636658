"""Running diagnostics: started over the source, written down, their answers handed to the job they belong to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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

_JOBS = 8
"""Jobs whose late output is still taken."""


class Diagnostics:
    """What can be run, and what is running."""

    def __init__(self, audit: Audit) -> None:
        self.commands: Sequence[Command] = ()
        self.source: Source | None = None
        """None until the stream has started."""
        self.inventory: Inventory | None = None
        self._audit = audit
        self._numbers = count(1)
        self._jobs: list[Job] = []

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

    async def start(self, job: Job) -> str:
        """Write each run down, then start it. Returns what the operator should know; empty: nothing."""
        source, said = self.source, ""
        if source is None:
            raise CommandError("nothing is connected yet")
        for run in job.runs.values():
            try:
                await asyncio.to_thread(self._audit.started, job.command, run.order, run.address)
            except AuditError as error:
                said = str(error)  # it only reads, so it may run; that it was not written down is said
            await source.run(run.order)
        return said

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

    async def heard(self, record: Output | Finished) -> str:
        """Hand a record to its job. Returns what the operator should know; empty: nothing."""
        job = next((job for job in self._jobs if job.heard(record)), None)
        if job is not None and isinstance(record, Finished):
            try:
                await asyncio.to_thread(self._audit.finished, job.command, record)
            except AuditError as error:
                return str(error)
        return ""
