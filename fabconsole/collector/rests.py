"""Questions of one node whose answers flood us: told from memory, and asked ever more rarely.

A flood costs what is read of it before it is known for one, some 2 ms a MB. Of a hundred hosts, at the rhythm of every
question, that kept keys waiting for seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from fabconsole.collector.asking import Asking
from fabconsole.collector.failure import Failure
from fabconsole.collector.setback import Setback
from fabconsole.stream.records import Reason, Record, Unanswered


class Rests:
    """Stands between the lanes of a node and the stream. Synchronous."""

    def __init__(
        self,
        asked: Iterable[Asking],
        emit: Callable[[Record], None],
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        random: Random,
    ) -> None:
        self._emit = emit
        self._clock = clock
        self._setbacks = {asking.question.name: Setback(monotonic, random) for asking in asked}

    def take(self, record: Record) -> None:
        """What an asking ended in."""
        if isinstance(record, Unanswered) and record.reason is Reason.OVERFLOW:
            self._setbacks[record.question].met(Failure(record.reason, record.detail))
        self._emit(record)

    def tells(self, asking: Asking) -> bool:
        """Whether a question rests; that it does has been told then, as the answer to this asking."""
        known = self._setbacks[asking.question.name].failure
        if known is not None:
            self._emit(asking.failed(known, self._clock()))
        return known is not None
