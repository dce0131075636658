"""What a person is asked for, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to be typed."""

    text: str
    """One sanitised line, what is typed stands behind it."""
    echo: bool
    """Whether whoever asks allows what is typed to be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A person is asked, or is told what to do; until the `Settled` of the same id.

    With prompts it is answered by as many texts. Without, it waits for a word only: where it `is_put_off`, an empty
    answer has it asked again; else something is to be done elsewhere, as on a telephone, and nothing is answered.
    """

    id: str
    at: float
    of: str
    """What is opened by it: `jump host ops@bastion1:22`, `key ~/.ssh/id_ed25519`. The same each time it is asked."""
    title: str
    """What is wanted, or why it is not asked again by itself."""
    instructions: tuple[str, ...] = ()
    """Sanitised lines of whoever asks, as many as a small screen has room for."""
    prompts: tuple[Prompt, ...] = ()
    until: float | None = None
    """When it is over by itself, seconds since the epoch; None: it waits."""
    is_put_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was wanted is wanted no more."""

    id: str
    at: float
    said: str = ""
    """Why, where it was not by an answer: one sanitised line."""


class Answers:
    """One text a prompt, in order. Its repr, which ends up in logs and tracebacks, tells not even how many."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts = tuple(texts)

    def reveal(self) -> tuple[str, ...]:
        """The texts, for whoever asked: to be kept nowhere."""
        return self._texts

    def __repr__(self) -> str:
        return "Answers(…)"
