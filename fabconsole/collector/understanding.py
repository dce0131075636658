"""Answers made sense of: a long one in a thread of its own, so that no other node and no key waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from fabconsole.platforms.question import Again, Answer, Inquiry, Reading, Refusal
from fabconsole.stream.records import Reason

_LONG = 1 << 16
"""Bytes of an answer that are read in the thread: they take 5 ms and more. A sweep of 320 switches takes 180."""

Understood = Reading | Refusal | Again


def understand(inquiry: Inquiry, answer: Answer, then: Callable[[Understood], None]) -> None:
    """Call `then` with what `inquiry` makes of `answer`: at once, or from the event loop when that is known.

    One thread for all: two answers are never read by one inquiry at a time, and the loop has the rest of the core.
    """
    if len(answer.body) < _LONG:
        then(_understood(inquiry, answer))
        return
    reading = asyncio.get_running_loop().run_in_executor(_thread(), _understood, inquiry, answer)
    reading.add_done_callback(lambda read: None if read.cancelled() else then(read.result()))


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "understanding")


def _understood(inquiry: Inquiry, answer: Answer) -> Understood:
    """What an inquiry makes of an answer; a reader that breaks is told of, not passed on.

    An exception here would end the whole connection, and with it every other question of this node.
    """
    try:
        return inquiry.read(answer)
    except Exception as error:  # the contract says it never raises; shown as FAILED, in its own question
        detail = f"its answer broke the reader: {type(error).__name__}: {error}"
        return Refusal(reason=Reason.FAILED, detail=detail)
