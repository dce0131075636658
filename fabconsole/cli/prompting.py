"""What a person is asked where there is no console: on the terminal, or nowhere, and then it is said what to do."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import click

from fabconsole.fabric.clock import elapsed
from fabconsole.stream.records import Record
from fabconsole.stream.source import Order, Source
from fabconsole.stream.wanted import Answers, Prompt, Settled, Wanted

_LONGEST = 1024
"""Bytes of an answer."""


class Prompting:
    """A `Source` that answers for its reader: what is wanted is asked on the terminal, one thing after the other.

    Without a terminal it is declined, and standard error says what to do: what is reached without it is still seen.
    """

    def __init__(self, source: Source, monotonic: Callable[[], float] = elapsed) -> None:
        self._source = source
        self._monotonic = monotonic
        self._waiting: deque[Wanted] = deque()
        self._asking: asyncio.Task[None] | None = None
        self._asked: Wanted | None = None
        self._since = 0.0
        self._spent_s = 0.0

    def clock(self) -> float:
        """Seconds, but for those in which a person was waited for: patience does not end while they look for a code."""
        now = self._monotonic()
        return now - self._spent_s - (now - self._since if self._asked is not None else 0.0)

    @property
    def is_asking(self) -> bool:
        """True while somebody is to type something on the terminal."""
        return self._asked is not None

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """Of `Source`."""
        async for batch in self._source.records():
            for record in batch:
                if isinstance(record, Wanted):
                    await self._hear(record)
                elif isinstance(record, Settled):
                    self._settle(record)
            yield batch

    async def run(self, order: Order) -> None:
        """Of `Source`."""
        await self._source.run(order)

    async def cancel(self, run: str) -> None:
        """Of `Source`."""
        await self._source.cancel(run)

    async def tell(self, id: str, answers: Answers | None) -> None:
        """Of `Source`."""
        await self._source.tell(id, answers)

    async def aclose(self) -> None:
        """Of `Source`."""
        self._waiting.clear()
        if self._asking is not None:
            self._asking.cancel()
            with suppress(asyncio.CancelledError):
                await self._asking
        await self._source.aclose()

    async def _hear(self, wanted: Wanted) -> None:
        if wanted.prompts and not sys.stdin.isatty():
            _say(f"{wanted.of} {wanted.title}, and standard input is no terminal: {_instead(wanted)}")
            await self._source.tell(wanted.id, None)
        elif wanted.prompts:
            self._waiting.append(wanted)
            if self._asked is None:
                self._next()
        elif wanted.instructions:
            _say(f"{wanted.of} says: {' '.join(wanted.instructions)}")
        elif wanted.is_put_off and wanted.title != "declined":
            _say(f"{wanted.of}: {wanted.title}; start anew to be asked again")

    def _next(self) -> None:
        """Ask what waits longest."""
        self._asked = self._waiting.popleft() if self._waiting else None
        if self._asked is not None:
            self._since = self._monotonic()
            self._asking = asyncio.create_task(self._ask(self._asked), name="prompting")

    async def _ask(self, wanted: Wanted) -> None:
        try:
            answers = await _answers(wanted)
        finally:
            self._spent_s += self._monotonic() - self._since
            self._asked = None
        await self._source.tell(wanted.id, answers)
        self._next()

    def _settle(self, settled: Settled) -> None:
        """What is over is not asked any more."""
        self._waiting = deque(one for one in self._waiting if one.id != settled.id)
        if self._asked is not None and self._asked.id == settled.id and self._asking is not None:
            click.echo(f"\n({settled.said})", err=True)
            self._asking.cancel()
            self._asking.add_done_callback(lambda _: self._next() if self._asked is None else None)


async def _answers(wanted: Wanted) -> Answers | None:
    """Ask on the terminal; None: the end of its input, which is a no."""
    click.echo("\n".join([f"{wanted.of} {wanted.title}", *(f"  {line}" for line in wanted.instructions)]), err=True)
    given: list[str] = []
    for prompt in wanted.prompts:
        line = await _line(sys.stdin.fileno(), prompt)
        if line is None:
            return None
        given.append(line)
    return Answers(given)


async def _line(terminal: int, prompt: Prompt) -> str | None:
    """A line that is typed; None at the end of input. Unlike getpass in a thread it can be given up."""
    loop = asyncio.get_running_loop()
    read: asyncio.Future[bytes] = loop.create_future()

    def readable() -> None:
        try:
            line = os.read(terminal, _LONGEST)
        except OSError:  # the terminal is gone, and whoever was at it
            line = b""
        if not read.done():
            read.set_result(line)

    with _quiet(terminal, echo=prompt.echo):
        click.echo(f"  {prompt.text} ", nl=False, err=True)  # once it is quiet: whoever sees it may type at once
        loop.add_reader(terminal, readable)
        try:
            line = await read
        finally:
            loop.remove_reader(terminal)
    return line.decode("utf-8", "replace").rstrip("\r\n") if line else None


@contextmanager
def _quiet(terminal: int, *, echo: bool) -> Iterator[None]:
    """Nothing that is typed is seen, unless it may be; what was typed before is not taken for an answer."""
    before = termios.tcgetattr(terminal)
    now = [*before]
    now[3] = before[3] if echo else (before[3] & ~termios.ECHO) | termios.ECHONL
    termios.tcsetattr(terminal, termios.TCSAFLUSH, now)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _instead(wanted: Wanted) -> str:
    if wanted.of.startswith("key "):
        return f"ssh-add {wanted.of.removeprefix('key ')} before, or run this from a terminal"
    return "run this from a terminal"


def _say(text: str) -> None:
    click.echo(f"fabconsole: {text}", err=True)
