"""Links that went down and came back, in words that stand still from poll to poll until the link does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from fabconsole.fabric.thresholds import Flapping
from fabconsole.state.block import Block, Seen


class Unsteady(NamedTuple):
    """A link that did not stand lately."""

    said: str
    """`2 downs in 10 min, last 14:03:22` by UTC, as all times are told; once often enough, that it is flapping."""
    flapping: bool
    restless: bool
    """False where it has been down for longer than the health window: it went down often, and now it is down."""


def unsteady(block: Block, rule: Flapping) -> Mapping[str, Unsteady]:
    """The ports of a table that did not stand lately, by row, as of its last answer.

    A link that is flapping is so until it stood for as long as the rule says. One that went down less often is told so
    while that is in the health window, and a first time only once it came back: before, it is simply down. However
    often it went down while nobody read it, that is no flapping: it is told with how long that was.
    """
    if block.at is None:
        return {}
    found = {}
    for name, (times, last, within_s) in block.downs.lately(block.at, rule.within_s).items():
        row = block.lines[name]
        is_up, flapping = block.states[row].state == "Active", times >= rule.downs and within_s <= rule.within_s
        is_recent = block.at - last < block.window.window_s
        if block.seen(row) is Seen.GONE or not (flapping or (is_recent and (is_up or times > 1))):
            continue
        said = f"{times} down{'s' if times > 1 else ''} in {within_s / 60:.3g} min, last {_clock(last)}"
        found[name] = Unsteady(f"flapping: {said}" if flapping else said, flapping, is_recent or is_up)
    return found


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")
