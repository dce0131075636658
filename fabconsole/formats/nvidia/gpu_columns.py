"""The columns of `nvidia-smi --query-…`: a field's name and unit as a key, and what its cells mean.

What a cell means is worked out once a column and spelling: a loop of the tool says the same over and over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from fabconsole.formats import values
from fabconsole.formats.nvidia.gpu_values import amount, count, suffix, tell
from fabconsole.formats.nvidia.pci import address
from fabconsole.formats.reading import Row, Said

_TEXT = re.compile(r"version|serial|uuid|name|bus_id|inforom|compute_cap$|hostname|pstate|timestamp|guid|checksum")
_COUNTED = re.compile(
    r"ecc\.errors\.(?!.*thresholdExceeded).*|retired_pages\..*count|remapped_rows\.(?:in)?(?:un)?correctable(?:_inactive)?"
    r"|pcie\.replay_counter|retired_pages\.(?:sbe|dbe)"
)
_CANONICAL = {"pcie.replay_counter": "pcie_replay"}
_MOST_KNOWN = 4096
_EXTRA, _COUNTER, _CARE = 0, 1, 2
_Meaning: TypeAlias = "tuple[int, str, Said]"
"""Where it goes, under which key, the value; `_CARE`: it is no value, and why has to be said."""


@dataclass(eq=False)
class Column:
    """A field, by the name and unit that the head has."""

    name: str
    unit: str = ""
    _known: dict[str, _Meaning] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Its name as a key, without a unit."""
        return self.name.replace(".", "_") if self.name.islower() else values.snake(self.name)

    @cached_property
    def _counter(self) -> str | None:
        return _CANONICAL.get(self.name, self.key) if _COUNTED.fullmatch(self.name) else None

    @cached_property
    def _is_text(self) -> bool:
        return _TEXT.search(self.name) is not None

    def meaning(self, cell: str) -> _Meaning:
        """What a cell of it means."""
        known = self._known.get(cell)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[cell] = self._learnt(cell)
        return known

    def _learnt(self, cell: str) -> _Meaning:
        if self._counter is not None:
            number = values.integer(cell)
            return (_CARE if number is None else _COUNTER), self._counter, number
        if not cell or (values.is_nothing(cell) and cell not in ("None", "-")):
            return _CARE, self._with(suffix(self.unit)), None
        if self._is_text:
            return _EXTRA, self.key, (address(cell) or cell) if self.name.endswith("bus_id") else cell
        value, unit = amount(cell, self.unit)
        if value is None or cell.startswith("0x"):
            return _EXTRA, self.key, (address(cell) or cell) if self.name.endswith("bus_id") else cell
        return _EXTRA, self._with(unit), value

    def _with(self, unit: str) -> str:
        if not unit and self.name.startswith("temperature") and self.name != "temperature":
            unit = "c"
        return f"{self.key}_{unit}" if unit and not self.key.endswith(f"_{unit}") else self.key

    def put(self, row: Row, cell: str) -> None:
        """Put a cell that is no value into a row, with the words that stood there."""
        if self._counter is not None:
            count(row, self._counter, cell)
            return
        tell(row, self._with(suffix(self.unit)), None, cell)
        if "lost" in cell.lower():
            row.state = "lost"

    def measures(self, cell: str) -> bool:
        """Whether a cell has the number that a unit in the head promises, or says that there is none."""
        return values.is_nothing(cell) or amount(cell, self.unit)[0] is not None


class Columns:
    """The columns of an answer, and which of them say who a row is about."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        names = [column.name for column in columns]
        self._pid = names.index("pid") if "pid" in names else None
        self._index = names.index("index") if "index" in names else None
        self._place = next(
            (names.index(name) for name in ("pci.bus_id", "gpu_bus_id", "bus_id") if name in names), None
        )
        self._uuid = next((names.index(name) for name in ("uuid", "gpu_uuid") if name in names), None)
        self._measured = next((at for at, column in enumerate(columns) if column.unit), None)
        self._wordy = names.index("process_name") if "process_name" in names else None

    def __len__(self) -> int:
        return len(self.columns)

    def fitting(self, cells: list[str]) -> list[str]:
        """The cells as the columns have them; none where they are somebody else's.

        What is one too many was a comma in a process's name; a column that has a unit has a number.
        """
        surplus = len(cells) - len(self.columns)
        at = self._wordy
        if surplus > 0 and at is not None:
            return [*cells[:at], ", ".join(cells[at : at + surplus + 1]), *cells[at + surplus + 1 :]]
        if surplus or not any(cells):
            return []
        measured = self._measured
        return cells if measured is None or self.columns[measured].measures(cells[measured]) else []

    def row(self, cells: Sequence[str], at: int) -> Row:
        """The row that the cells make; `at` calls it where nothing in it does."""
        row = Row(id=self._id(cells, at))
        extra, counters = row.extra, row.counters
        for column, cell in zip(self.columns, cells, strict=True):
            where, key, value = column.meaning(cell)
            if where == _EXTRA:
                extra[key] = value
            elif where == _COUNTER and isinstance(value, int):
                counters[key] = value
            else:
                column.put(row, cell)
        if "not_told" in extra:
            extra["not_told"] = extra.pop("not_told")  # what was told stands first
        return row

    def _id(self, cells: Sequence[str], at: int) -> str:
        if self._pid is not None and cells[self._pid].isdigit():
            return f"pid{cells[self._pid]}"
        if self._index is not None and cells[self._index].isdigit():
            return f"gpu{int(cells[self._index])}"
        if self._place is not None and (found := address(cells[self._place])):
            return found
        return (self._uuid is not None and cells[self._uuid]) or f"row{at + 1}"
