"""One table as it stands: rows stay in their place when they vanish, and each knows when it was last read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum

import numpy as np

from fabconsole.fabric.table import ABSENT, Kind, NvlinkState, PortState, Table, Width
from fabconsole.state.downs import Downs
from fabconsole.state.gaps import Gaps
from fabconsole.state.limits import Limits
from fabconsole.state.readings import Counts
from fabconsole.state.row_names import merged, numbered, with_unread
from fabconsole.state.row_states import RowStates, State, Turn
from fabconsole.state.window import Quality, Window

Places = Mapping[str, int]
"""Column name to column number, in column order."""
_DOWNED = "link_downed"


class Seen(Enum):
    """What became of a row in the last answer."""

    READ = "read"
    UNREAD = "unread"
    """It is there, but what was said of it was not understood."""
    GONE = "gone"


class Block:
    """All tables of one kind and source from one node or switch, folded."""

    __slots__ = ("_back", "_behind", "_columns_in", "_rows_in", "_states", "_straight", "_table", "at", "columns",
                 "downs", "gaps", "kind", "lines", "listing", "places", "rows", "source", "version",
                 "window")  # fmt: skip

    def __init__(self, table: Table, window_s: float) -> None:
        self.kind = table.kind
        self.source = table.source
        self.rows: tuple[str, ...] = ()
        """Every row ever listed since the last boot or before it, vanished ones in their place."""
        self.columns: tuple[str, ...] = ()
        self.at: float | None = None
        """When the last answer came."""
        self.version = 0
        """Grows with every answer."""
        self.listing = 0
        """Grows when rows come or a device is another one."""
        self.lines: Mapping[str, int] = {}
        """Row's name to row number."""
        self.places: Places = {}
        """Counter name to column number."""
        self.downs = Downs()
        self.gaps = Gaps()
        """When values were not read."""
        self._states = RowStates()
        self.window = Window((0, 0), Limits((), table.source), window_s)
        self._behind: dict[int, tuple[Seen, float | None]] = {}
        self._rows_in: tuple[str, ...] = ()
        self._columns_in: tuple[str, ...] = ()
        self._straight = False
        self._table: Table | None = None
        self._back: Collection[str] = ()
        """Rows that were left out of the answer before."""

    def fold(self, table: Table, clock_s: float, at: float) -> Sequence[Turn]:
        """Take an answer; returns the rows whose state word changed."""
        before, last_at = self._table, self.at
        left_out = {self.rows[row]: read_at for row, (_, read_at) in self._behind.items()} if self._behind else {}
        self._back = left_out.keys()
        if table.source is not self.source:
            self._widened(table.source)
        if last_at is not None and at < last_at:
            self.downs.set_back(last_at - at)
        if before is not None and not self._behind and not table.unread and _unmoved(before, table):
            self.window.repeat(clock_s, at)
            self.gaps.repeat(at)
            self.gaps.forget(self.window.oldest)
            return self._settled(table, at)
        if table.rows is self._rows_in and table.columns is self._columns_in and self._straight and not self._behind:
            values, quality = table.values, table.quality
        else:
            values, quality = self._placed(table)
        turns = self._settled(table, at)
        grown = self.window.fold(values, quality, clock_s, at)
        self.gaps.note(at, self.window.quality, self._behind)
        self.gaps.forget(self.window.oldest)
        if self.kind is Kind.PORTS and (grown or turns):
            downs = ((row, growth) for row, column, growth in grown if growth and self.columns[column] == _DOWNED)
            counted = {self.rows[row]: growth for row, growth in downs}
            turned = {turn.row for turn in turns if turn.is_down}
            self.downs.note(at, counted, turned, lambda row: at - (left_out.get(row, last_at) or at))
        return turns

    def vanish(self, at: float) -> None:
        """The question was answered and this table was not in it: all its rows are gone."""
        self._behind = {row: (Seen.GONE, self.read_at(row)) for row in range(len(self.rows))}
        self.gaps.note(at, self.window.quality, self._behind)
        self.at = at
        self.version += 1
        self._table = None

    def restart(self) -> None:
        """The node booted: counters begin anew, rows stay expected where they were."""
        self.window.restart()
        self.gaps = Gaps()
        self.downs = Downs()
        self.version += 1
        self._table = None

    @property
    def cleared(self) -> Sequence[str]:
        """Rows that the last answer found to have counted less than the one before, if they were in that: what was gone
        counts from zero when it is back.
        """
        return [self.rows[row] for row in self.window.fell if self.rows[row] not in self._back]

    def seen(self, row: int) -> Seen:
        """What became of a row in the last answer."""
        return self._line_seen(row)[0]

    def read_at(self, row: int) -> float | None:
        """When a row was last read, seconds since the epoch; None: never."""
        return self._line_seen(row)[1]

    @property
    def behind(self) -> Mapping[int, tuple[Seen, float | None]]:
        """Rows that were not read in the last answer: what became of them, and when they last were."""
        return self._behind

    def steps(self, row: int, column: int) -> list[tuple[float, float | None]]:
        """(end of step since the epoch, growth per second in it) of one counter; None where it was not read."""
        return self.gaps.cut(self.window.steps(row, column), row, column)

    @property
    def states(self) -> tuple[State, ...]:
        """One a row, as last said."""
        return self._states.said

    def was_up(self, row: int) -> bool:
        """True for a row that was Active or up at least once."""
        return self._states.was_up(self.rows[row])

    @property
    def any_was_up(self) -> bool:
        """True where any row ever was."""
        return self._states.any_was_up

    def _widened(self, source: Width) -> None:
        """The same counters are read from other registers now: they stop elsewhere."""
        self.source, window = source, self.window
        window.limits = Limits(self.columns, source)
        window.saturated = window.limits.reached(window.values, window.quality)

    def _line_seen(self, row: int) -> tuple[Seen, float | None]:
        return self._behind.get(row) or (Seen.READ, self.at)

    def _settled(self, table: Table, at: float) -> Sequence[Turn]:
        """Take the states in; rows that are other devices now lose their past."""
        self.at = at
        self.version += 1
        before = self._table
        self._table = table
        if before is not None and table.states is before.states and not self._behind:
            return ()
        order = range(len(self.rows)) if self._straight else [self.lines[name] for name in table.rows]
        changes = self._states.settle(self.rows, order, table.states)
        self.listing += changes.relabelled
        if changes.strangers:
            self.window.forget(changes.strangers)
        return changes.turns

    def _placed(self, table: Table) -> tuple[Counts, Quality]:
        """The table's values in this block's own order; what it leaves out keeps its last value."""
        if (
            table.rows != self._rows_in
            or table.columns != self._columns_in
            or not set(table.unread) <= self.lines.keys()
        ):
            self._relist(table)
        self._rows_in, self._columns_in = table.rows, table.columns
        self._straight = table.rows == self.rows and table.columns == self.columns
        listed, unread = set(table.rows), set(table.unread)
        behind = {
            row: (Seen.UNREAD if name in unread else Seen.GONE, self.read_at(row))
            for row, name in enumerate(self.rows)
            if name not in listed
        }
        self._behind = behind
        if self._straight:
            return table.values, table.quality
        rows = [self.lines[name] for name in table.rows]
        place = np.ix_(rows, [self.places[name] for name in table.columns])
        values, quality = self.window.values.copy(), self.window.quality.copy()
        quality[rows] = ABSENT
        values[place] = table.values
        quality[place] = table.quality
        return values, quality

    def _relist(self, table: Table) -> None:
        rows = with_unread(merged(self.rows, table.rows), table.unread)
        columns = merged(self.columns, table.columns)
        if rows == self.rows and columns == self.columns:
            return
        rows, last = numbered(rows)
        columns, places = numbered(columns)
        shape, row_moves = (len(rows), len(columns)), [last[name] for name in self.rows]
        column_moves = [places[name] for name in self.columns]
        self.window = self.window.rearranged(shape, row_moves, column_moves, Limits(columns, self.source))
        self.gaps.rearranged(shape, np.ix_(np.array(row_moves, np.intp), np.array(column_moves, np.intp)))
        nothing: State = PortState() if self.kind is Kind.PORTS else NvlinkState(state="unknown")
        moved = {row_moves[row]: seen for row, seen in self._behind.items()}
        fresh: dict[int, tuple[Seen, float | None]] = {
            last[name]: (Seen.UNREAD, None) for name in rows if name not in self.lines
        }
        self._behind = {**moved, **fresh}
        self._states.rearranged(self.rows, rows, nothing)
        self.rows, self.columns, self.lines, self.places = rows, columns, last, places
        self._table = None


def _unmoved(before: Table, table: Table) -> bool:
    """True where a reader handed out the very arrays of the time before."""
    return table.values is before.values and table.quality is before.quality and table.rows is before.rows
