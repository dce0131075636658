"""A long answer is read beside the event loop, a short one at once."""

from __future__ import annotations

import asyncio
import threading

from fabconsole.collector.understanding import Understood, understand
from fabconsole.platforms.question import Answer, Reading
from fabconsole.stream.records import Reason


class Reader:
    """Reads nothing, and remembers where it was asked to."""

    def __init__(self, breaks: bool = False) -> None:
        self.thread = 0
        self._breaks = breaks

    def text(self) -> str:
        return ""

    def call(self) -> str:
        return ""

    def restart(self) -> None:
        pass

    def read(self, answer: Answer) -> Reading:
        self.thread = threading.get_ident()
        if self._breaks:
            raise ValueError(len(answer.body))
        return Reading()


def read(reader: Reader, size: int) -> tuple[Understood, bool]:
    """What is understood of so many bytes, and whether that was known at once."""

    async def main() -> tuple[Understood, bool]:
        done: asyncio.Future[Understood] = asyncio.get_running_loop().create_future()
        answer = Answer(body=b"x" * size, status=0, asked_at=0, at=0, clock_s=0, boot_id=None)
        understand(reader, answer, done.set_result)
        at_once = done.done()
        return await asyncio.wait_for(done, 10), at_once

    return asyncio.run(main())


def test_a_short_answer_is_understood_at_once() -> None:
    reader = Reader()
    assert read(reader, 1000) == (Reading(), True)
    assert reader.thread == threading.get_ident()


def test_a_long_answer_holds_nothing_up() -> None:
    reader = Reader()
    assert read(reader, 1_000_000) == (Reading(), False)
    assert reader.thread != threading.get_ident()


def test_a_reader_that_breaks_over_a_long_answer_fails_its_own_question() -> None:
    refusal, _ = read(Reader(breaks=True), 1_000_000)
    assert (refusal.reason, refusal.detail) == (  # type: ignore[union-attr]
        Reason.FAILED,
        "its answer broke the reader: ValueError: 1000000",
    )
