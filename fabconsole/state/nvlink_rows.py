"""NVLinks as the screen shows them: what was listed and what `expect` names, by GPU and link."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import NvlinkState
from fabconsole.state import judge
from fabconsole.state.block import Block
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.lines import Lines
from fabconsole.state.port_rows import UNREAD, ScaleOf, long_unread, unless_lost
from fabconsole.state.row_states import State
from fabconsole.state.scale import all_well
from fabconsole.state.snapshot import NvlinkView

_ROW = re.compile(r"gpu(\d+)/nvl(\d+)")
_ABSENT = NvlinkState(state="unknown")
_NOTHING: Mapping[str, int] = {}
_NO_RATES: Mapping[str, float] = {}
_NO_MARKS: Mapping[str, Mark] = {}
_NOT_LISTED = Verdict(Health.MISSING, "expected, and not listed")


@dataclass(frozen=True, slots=True)
class Layout:
    """The NVLinks of a kind of host, by GPU, then link."""

    places: tuple[tuple[int, int], ...]
    """GPU and link number of each."""
    rows: tuple[int | None, ...]
    """Which row of the table each is; None: it was never listed."""
    numbers: Mapping[str, int]
    """`gpu3/nvl7` to its number here."""

    @property
    def complete(self) -> bool:
        """True where every NVLink was listed."""
        return None not in self.rows


@lru_cache(maxsize=256)  # hosts of one model have the same NVLinks: 20 kB each if every one had its own
def layout(rows: tuple[str, ...], expect: Expect) -> Layout:
    """Every NVLink that was listed or is expected, in order."""
    listed = {(int(m[1]), int(m[2])): number for number, row in enumerate(rows) if (m := _ROW.fullmatch(row))}
    gpus = range(expect.gpus) if expect.gpus is not None else sorted({gpu for gpu, _ in listed})
    named: dict[tuple[int, int], int | None] = dict.fromkeys(product(gpus, range(expect.nvlinks or 0)))
    found = dict(sorted({**named, **listed}.items(), key=lambda item: item[0]))
    numbers = {f"gpu{gpu}/nvl{link}": number for number, (gpu, link) in enumerate(found)}
    return Layout(tuple(found), tuple(found.values()), numbers)


class JudgedNvlinks:
    """Every NVLink of one host."""

    __slots__ = ("_is_old", "_layout", "_lines", "_node", "_states", "question", "verdicts")

    def __init__(
        self, node: str, block: Block | None, found: Layout, verdicts: Sequence[Verdict], question: Verdict = OK
    ) -> None:
        self.verdicts = verdicts
        self.question = question
        self._is_old = judge.unanswered(question)
        self._node = node
        self._layout = found
        self._states: tuple[State, ...] = block.states if block else ()
        self._lines = Lines(block) if block else None

    @property
    def ends(self) -> Sequence[str]:
        """`gpu017/gpu3/nvl7`."""
        return [f"{self._node}/{name}" for name in self._layout.numbers]

    def name(self, number: int) -> str:
        """`gpu3/nvl7`."""
        gpu, link = self._layout.places[number]
        return f"gpu{gpu}/nvl{link}"

    def number(self, end: str) -> int | None:
        """The NVLink with an address."""
        node, _, name = end.partition("/")
        return self._layout.numbers.get(name) if node == self._node else None

    def view(self, number: int, now: float) -> NvlinkView:
        """One NVLink, aged as of `now`."""
        (gpu, link), row, verdict = self._layout.places[number], self._layout.rows[number], self.verdicts[number]
        lines = self._lines if row is not None else None
        is_old = lines is not None and row is not None and (self._is_old or lines.is_old(row))
        return NvlinkView(
            end=f"{self._node}/gpu{gpu}/nvl{link}",
            node=self._node,
            gpu=gpu,
            link=link,
            state=_said(self._states[row]) if row is not None else _ABSENT,
            health=verdict.health,
            reason=verdict.reason,
            counters=_NOTHING if lines is None or row is None else lines.counters(row),
            rates=_NO_RATES if is_old or lines is None or row is None else lines.grown(row),
            marks=_NO_MARKS if lines is None or row is None else lines.marks(row),
            age_s=None if lines is None or row is None else lines.age_s(row, now),
            is_old=is_old,
        )


def judged_nvlinks(
    node: str,
    block: Block | None,
    *,
    expect: Expect,
    scale_of: ScaleOf,
    question: Verdict,
    unknown_after_s: float,
) -> JudgedNvlinks:
    """Every NVLink that `block` lists or `expect` names."""
    found = layout(block.rows if block else (), expect)
    unlisted = judge.inherited(_NOT_LISTED, question)
    if block is None:
        return JudgedNvlinks(node, None, found, (unlisted,) * len(found.rows), question)
    counted = scale_of(block).judge(block.window)
    well = all_well(len(found.rows))
    if counted is well and question is OK and found.complete and not block.behind and _all_up(block.states):
        return JudgedNvlinks(node, block, found, well)
    verdicts = [
        unlisted
        if row is None
        else judge.inherited(unless_lost(block.seen(row), _of_row(place, row, block, expect, counted[row])), question)
        for place, row in zip(found.places, found.rows, strict=True)
    ]
    forgotten = frozenset(long_unread(block, unknown_after_s))
    for number, row in enumerate(found.rows if forgotten else ()):
        if row in forgotten:
            verdicts[number] = judge.inherited(UNREAD, question)
    return JudgedNvlinks(node, block, found, verdicts, question)


def _of_row(place: tuple[int, int], row: int, block: Block, expect: Expect, counted: Verdict) -> Verdict:
    state = _said(block.states[row])
    if state.state == "up":
        return counted
    gpu, link = place
    alone = judge.nvlink_state(
        state,
        expected=link < (expect.nvlinks or 0) and (expect.gpus is None or gpu < expect.gpus),
        was_up=block.was_up(row),
        node_had_any=block.any_was_up,
    )
    return judge.combined(alone, counted)


def _all_up(states: Sequence[State]) -> bool:
    return all(state.state == "up" for state in states)


def _said(state: State) -> NvlinkState:
    return state if isinstance(state, NvlinkState) else _ABSENT
