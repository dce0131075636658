"""A counter's recent growth in one line of blocks."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
NO_READING = "·"
"""A step without a reading: it must not look like a quiet one."""


def sparkline(growth: Sequence[float | None], width: int) -> str:
    """The last `width` steps, the highest as a full block; growth of any size is more than the lowest."""
    steps = list(growth)[-width:] if width > 0 else []
    top = max((step for step in steps if step is not None), default=0.0)
    drawn = "".join(NO_READING if step is None else _block(step, top) for step in steps)
    return " " * (width - len(drawn)) + drawn


def _block(step: float, top: float) -> str:
    if step <= 0 or top <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(1, min(7, round(7 * step / top)))]
