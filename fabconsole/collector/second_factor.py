"""What a jump host asks beyond a key, by SSH's keyboard-interactive: put to a person, and answered within its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from fabconsole.collector.own_time import OwnTime
from fabconsole.collector.prompts import LONGEST, LOST, MOST_LINES, MOST_PROMPTS, Prompts, WithheldError, lines_of
from fabconsole.fabric.printable import printable
from fabconsole.stream.wanted import Prompt

GRACE_S = 120.0
"""How long sshd lets a login take, all in: its LoginGraceTime, unless somebody has changed it."""
TRIES = 3
"""Times that a login may begin to ask, as for ssh: after that it is a wrong answer, and no further one is wanted."""
_ROUNDS = 12
"""Challenges in one login, whatever they are: a server that never ends asking is not a login."""


class SecondFactor:
    """The questions of one login to one host.

    `begun` is called when the host begins to ask: from then on the login has `grace_s`, counted from its start,
    and no deadline of ours. Some hosts never ask a thing and wait for a telephone.
    """

    def __init__(
        self,
        prompts: Prompts,
        of: str,
        begun: Callable[[], None],
        *,
        grace_s: float = GRACE_S,
        is_refused: bool = False,
    ) -> None:
        """`is_refused`: nobody is asked; that the host would ask is all that is learned."""
        self._prompts = prompts
        self._of = of
        self._begun = begun
        self._grace_s = grace_s
        self._deadline: OwnTime | None = None
        self._until = 0.0
        self._tries = 0
        self._rounds = 0
        self._take_back: Callable[[], None] | None = None
        self._is_over = False
        self.withheld = "nobody was asked" if is_refused else ""
        """Why no answer was given; empty: one was, or none was asked for."""

    @property
    def is_asked(self) -> bool:
        """True once the host has begun to ask."""
        return self._tries > 0

    def starts(self, deadline: OwnTime) -> None:
        """The login starts, perhaps once more after its host was too busy, with our own deadline."""
        self._deadline = deadline
        self._is_over = False  # one that was turned away at once is begun again
        self._until = asyncio.get_running_loop().time() + self._grace_s

    def begin(self) -> bool:
        """The host wants to ask; False: no more of it."""
        self._tries += 1
        if self._tries == 1 and not self.withheld:
            self._begun()
            if self._deadline is not None:
                self._deadline.last(self._until - asyncio.get_running_loop().time())
        if self._tries > TRIES and not self.withheld:
            self.withheld = "no answer was accepted"
        return not self.withheld

    async def answers(
        self, name: str, instructions: str, prompts: Sequence[tuple[str, bool]], *, keys_refused: bool
    ) -> list[str] | None:
        """What a person says to one challenge; None: nothing, and the login ends.

        A challenge without a prompt is one to be read, such as "approve it on your telephone": it is shown until the
        login is over.
        """
        self._rounds += 1
        if self._rounds > _ROUNDS or len(prompts) > MOST_PROMPTS:
            self.withheld = (
                f"it asks {len(prompts):,} things at once" if len(prompts) > MOST_PROMPTS else "it never ends asking"
            )
            return None
        said, asked = _put(name, instructions, prompts)
        if not asked:
            self._show(said)
            return []
        what = "a password" if keys_refused else "a second factor"
        title = f"wants {what}" if self._tries == 1 else "did not accept that: once more"
        left_s = max(0.0, self._until - asyncio.get_running_loop().time())
        try:
            answers = await self._prompts.ask(self._of, title, asked, instructions=said, within_s=left_s)
        except WithheldError as error:
            self.withheld = str(error)
            return None
        except asyncio.CancelledError:
            self.withheld = LOST
            raise
        return list(answers.reveal())

    def over(self) -> None:
        """The login has ended, one way or another: nothing of it is left on a screen."""
        if self._is_over:
            return
        self._is_over = True
        self._prompts.withdraw(self._of, LOST)
        if self._take_back is not None:
            self._take_back()
            self._take_back = None

    def _show(self, said: tuple[str, ...]) -> None:
        if said:
            if self._take_back is not None:
                self._take_back()
            self._take_back = self._prompts.notice(self._of, said)


def _put(
    name: str, instructions: str, prompts: Sequence[tuple[str, bool]]
) -> tuple[tuple[str, ...], tuple[Prompt, ...]]:
    """What is to be read, and what is to be typed. Duo lists its ways in the text of its one prompt: all but the last
    line of it are to be read.
    """
    said = [*lines_of(name), *lines_of(instructions)]
    asked: list[Prompt] = []
    for text, echo in prompts:
        *above, last = lines_of(text) or [""]
        said += above
        asked.append(Prompt(printable(last.strip(), LONGEST), echo))
    return tuple(said[:MOST_LINES]), tuple(asked)
