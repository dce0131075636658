"""What is asked of a person: told on the stream, answered by whoever reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import count

from fabconsole.fabric.errors import FabconsoleError
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Record
from fabconsole.stream.wanted import Answers, Prompt, Settled, Wanted

MOST_LINES = 10
"""Lines of whoever asks that are shown: a screen of 24 has to hold them and the fabric."""
LONGEST = 160
"""Characters of one of them."""
MOST_PROMPTS = 8
"""Things to be typed at once. A second factor is one, a changed password three; more is no question to a person."""

LOST = "the connection was lost"
"""Why nothing is asked any more by a host that hung up."""


class WithheldError(FabconsoleError):
    """No answer came; the text says why, in a few words."""


class DeclinedError(WithheldError):
    """The operator will not answer."""


class Prompts:
    """What is asked just now. Belongs to one event loop; an answer is handed on and kept nowhere."""

    def __init__(self, emit: Callable[[Record], None], clock: Callable[[], float]) -> None:
        self._emit = emit
        self._clock = clock
        self._numbers = count(1)
        self._open: dict[str, tuple[str, asyncio.Future[Answers]]] = {}
        """Id to what it is of, and where the answer is waited for."""

    async def ask(
        self,
        of: str,
        title: str,
        prompts: Sequence[Prompt],
        *,
        instructions: Sequence[str] = (),
        within_s: float | None = None,
    ) -> Answers:
        """As many answers as prompts. Raises WithheldError where there are none within `within_s` seconds."""
        until = None if within_s is None else self._clock() + within_s
        wanted = self._wanted(of, title, instructions=tuple(instructions), prompts=tuple(prompts), until=until)
        answers = await self._answer(wanted, within_s)
        if len(answers.reveal()) != len(prompts):
            raise WithheldError("not all that was asked was answered")
        return answers

    async def put_off(self, of: str, why: str) -> None:
        """Wait until the operator wants to be asked again; `why` is what came of the last time."""
        while True:
            try:
                await self._answer(self._wanted(of, printable(why), is_put_off=True), None)
            except DeclinedError:
                continue  # it stays as it is
            except WithheldError:
                pass  # withdrawn: there is no need of it any more
            return

    def notice(self, of: str, instructions: Sequence[str]) -> Callable[[], None]:
        """Tell a person what to do elsewhere; what is returned takes it back."""
        wanted = self._wanted(of, "asks for no answer here", instructions=tuple(instructions))
        self._emit(wanted)
        return lambda: self._emit(Settled(id=wanted.id, at=self._clock()))

    def tell(self, id: str, answers: Answers | None) -> None:
        """What a person says. What is over already takes no answer."""
        _, future = self._open.get(id, ("", None))
        if future is None or future.done():
            return
        if answers is None:
            future.set_exception(DeclinedError("declined"))
        else:
            future.set_result(answers)

    def withdraw(self, of: str, why: str) -> None:
        """An answer would open nothing any more."""
        for what, future in tuple(self._open.values()):
            if what == of and not future.done():
                future.set_exception(WithheldError(why))

    def _wanted(
        self,
        of: str,
        title: str,
        *,
        instructions: tuple[str, ...] = (),
        prompts: tuple[Prompt, ...] = (),
        until: float | None = None,
        is_put_off: bool = False,
    ) -> Wanted:
        return Wanted(
            id=f"w{next(self._numbers)}",
            at=self._clock(),
            of=of,
            title=title,
            instructions=instructions,
            prompts=prompts,
            until=until,
            is_put_off=is_put_off,
        )

    async def _answer(self, wanted: Wanted, within_s: float | None) -> Answers:
        future: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()
        self._open[wanted.id] = (wanted.of, future)
        self._emit(wanted)
        said = LOST  # asyncssh has cancelled us, or we are leaving, and then nobody reads it
        try:
            async with asyncio.timeout(within_s):
                answers = await future
            said = ""
            return answers
        except TimeoutError:
            said = f"not answered within {within_s:.0f} s"
            raise WithheldError(said) from None
        except WithheldError as error:
            said = str(error)
            raise
        finally:
            del self._open[wanted.id]
            self._emit(Settled(id=wanted.id, at=self._clock(), said=said))


def lines_of(text: str) -> list[str]:
    """What somebody says in several lines, each sanitised, blank ones left out.

    A megabyte is cut before it is looked at.
    """
    lines = [printable(line, LONGEST) for line in text[: MOST_LINES * LONGEST * 4].splitlines()]
    return [line for line in lines if line.strip()]
