"""NVLinks as the screen shows them: what was listed and what `expect` names, by GPU and link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import NvlinkState
from fabconsole.state import judge
from fabconsole.state.block import Block
from fabconsole.state.judge import Verdict
from fabconsole.state.lines import Lines
from fabconsole.state.port_rows import ScaleOf, unless_lost
from fabconsole.state.snapshot import NvlinkView

_ROW = re.compile(r"gpu(\d+)/nvl(\d+)")
_ABSENT = NvlinkState(state="unknown")
_NOTHING: Mapping[str, int] = {}
_NO_RATES: Mapping[str, float] = {}
_NO_MARKS: Mapping[str, Mark] = {}
_NOT_LISTED = Verdict(Health.MISSING, "expected, and not listed")

Place = tuple[int, int]
"""GPU number, link number."""


@lru_cache(maxsize=256)  # hosts of one model have the same NVLinks: 20 kB each if every one had its own
def places(rows: tuple[str, ...], expect: Expect) -> Mapping[Place, int | None]:
    """Every NVLink that was listed or is expected, in order, with its row; None: it was never listed."""
    listed = {(int(m[1]), int(m[2])): number for number, row in enumerate(rows) if (m := _ROW.fullmatch(row))}
    gpus = range(expect.gpus) if expect.gpus is not None else sorted({gpu for gpu, _ in listed})
    named: dict[Place, int | None] = dict.fromkeys(product(gpus, range(expect.nvlinks or 0)))
    return dict(sorted({**named, **listed}.items(), key=lambda item: item[0]))


def nvlink_views(
    node: str,
    block: Block | None,
    found: Mapping[Place, int | None],
    *,
    expect: Expect,
    scale_of: ScaleOf,
    question: Verdict,
    now: float,
) -> tuple[NvlinkView, ...]:
    """One view for each of `found`, which is what `places` says."""
    if block is None:
        return tuple(_unlisted(node, place, question) for place in found)
    window, lines = block.window, Lines(block, now)
    counted = scale_of(block).judge(window)
    return tuple(
        _unlisted(node, place, question)
        if row is None
        else _listed(node, place, row, block, lines, expect=expect, counted=counted[row], question=question)
        for place, row in found.items()
    )


def _listed(
    node: str,
    place: Place,
    row: int,
    block: Block,
    lines: Lines,
    *,
    expect: Expect,
    counted: Verdict,
    question: Verdict,
) -> NvlinkView:
    gpu, link = place
    said = block.states[row]
    state = said if isinstance(said, NvlinkState) else _ABSENT
    if state.state == "up":
        verdict = counted
    else:
        alone = judge.nvlink_state(
            state,
            expected=link < (expect.nvlinks or 0) and (expect.gpus is None or gpu < expect.gpus),
            was_up=block.rows[row] in block.ever_up,
            node_had_any=bool(block.ever_up),
        )
        verdict = judge.combined(alone, counted)
    verdict = judge.inherited(unless_lost(block.seen(row), verdict), question)
    counters, rates = lines.counters_and_rates(row)
    return NvlinkView(
        end=f"{node}/gpu{gpu}/nvl{link}",
        node=node,
        gpu=gpu,
        link=link,
        state=state,
        health=verdict.health,
        reason=verdict.reason,
        counters=counters,
        rates=rates,
        marks=lines.marks(row),
        age_s=lines.age_s(row),
    )


def _unlisted(node: str, place: Place, question: Verdict) -> NvlinkView:
    gpu, link = place
    verdict = judge.inherited(_NOT_LISTED, question)
    return NvlinkView(
        end=f"{node}/gpu{gpu}/nvl{link}",
        node=node,
        gpu=gpu,
        link=link,
        state=_ABSENT,
        health=verdict.health,
        reason=verdict.reason,
        counters=_NOTHING,
        rates=_NO_RATES,
        marks=_NO_MARKS,
        age_s=None,
    )
