"""A node's ports or NVLinks: judged all at once, each made into a view only when it is looked at.

A fabric of 64 hosts and 24 switches has eleven thousand of them; a screen that shows health alone looks at few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar, overload

from fabconsole.fabric.health import Health
from fabconsole.state.judge import OK, Verdict

RowView = TypeVar("RowView", covariant=True)


class Row(Protocol):
    """A port or an NVLink, seen."""

    @property
    def end(self) -> str:
        """Its address."""
        ...

    @property
    def health(self) -> Health:
        """How well it is."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...


SomeRow = TypeVar("SomeRow", bound=Row)


class Judged(Protocol[RowView]):
    """Rows of one node as last answered, with what was made of them. Never changes."""

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """One a row."""
        ...

    @property
    def question(self) -> Verdict:
        """What became of the question whose answers they are."""
        ...

    @property
    def ends(self) -> Sequence[str]:
        """Address of each row."""
        ...

    def name(self, number: int) -> str:
        """What a row is called on its node: `mlx5_3/1`, `gpu3/nvl7`."""
        ...

    def number(self, end: str) -> int | None:
        """The row with an address; None: there is none."""
        ...

    def view(self, number: int, now: float) -> RowView:
        """One row, aged as of `now`."""
        ...


class Rows(Sequence[RowView], Generic[RowView]):
    """The rows of one node at one instant. A view is made each time it is asked for, and not kept."""

    __slots__ = ("_now", "judged")

    def __init__(self, judged: Judged[RowView], now: float) -> None:
        self.judged = judged
        """The same object while two of these differ in ages alone."""
        self._now = now

    def __len__(self) -> int:
        return len(self.judged.verdicts)

    @overload
    def __getitem__(self, index: int) -> RowView: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[RowView]: ...

    def __getitem__(self, index: int | slice) -> RowView | Sequence[RowView]:
        numbers = range(len(self))[index]
        if isinstance(numbers, int):
            return self.judged.view(numbers, self._now)
        return tuple(self.judged.view(number, self._now) for number in numbers)

    def __iter__(self) -> Iterator[RowView]:
        view, now = self.judged.view, self._now
        return (view(number, now) for number in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows) and other.judged is self.judged:
            return bool(other._now == self._now)
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def at(self, end: str) -> RowView | None:
        """The row with an address."""
        number = self.judged.number(end)
        return None if number is None else self.judged.view(number, self._now)

    def chosen(self, wanted: Callable[[Verdict], bool]) -> Iterator[RowView]:
        """The rows with such a verdict."""
        for number, verdict in enumerate(self.judged.verdicts):
            if wanted(verdict):
                yield self.judged.view(number, self._now)


def at(rows: Sequence[SomeRow], end: str) -> SomeRow | None:
    """The row with an address; None where there is none."""
    return rows.at(end) if isinstance(rows, Rows) else next((row for row in rows if row.end == end), None)


def ends_of(rows: Sequence[Row]) -> Sequence[str]:
    """Address of each row; no view is made."""
    return rows.judged.ends if isinstance(rows, Rows) else [row.end for row in rows]


def verdicts_of(rows: Sequence[Row]) -> Sequence[Verdict]:
    """What was made of each row; no view is made."""
    return rows.judged.verdicts if isinstance(rows, Rows) else [Verdict(row.health, row.reason) for row in rows]


def differ_in_age_alone(one: Sequence[Row], other: Sequence[Row]) -> bool:
    """True for rows of one answer, seen at two instants."""
    return one is other or (isinstance(one, Rows) and isinstance(other, Rows) and one.judged is other.judged)


def question_of(rows: Sequence[SomeRow]) -> Verdict:
    """What became of the question whose answers the rows are."""
    return rows.judged.question if isinstance(rows, Rows) else OK


def chosen(rows: Sequence[SomeRow], wanted: Callable[[Verdict], bool]) -> Iterable[SomeRow]:
    """The rows whose health and reason are `wanted`."""
    if isinstance(rows, Rows):
        return rows.chosen(wanted)
    return (row for row in rows if wanted(Verdict(row.health, row.reason)))
