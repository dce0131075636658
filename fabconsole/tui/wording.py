"""Numbers, ages and times in the few words that a screen has room for."""

from __future__ import annotations

from datetime import UTC, datetime

NEVER = "never"


def count(value: int) -> str:
    """A whole number, its thousands set apart: `65 535`."""
    return f"{value:,}".replace(",", " ")


def age(seconds: float | None) -> str:
    """How long ago, in steps coarse enough that a quiet screen stays quiet."""
    if seconds is None:
        return NEVER
    if seconds < 60:
        return f"{int(seconds) // 5 * 5} s" if seconds >= 5 else "< 5 s"
    return span(seconds)


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit, rounded down."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def latency(seconds: float | None) -> str:
    """How long an answer took, to two figures."""
    if seconds is None:
        return "–"
    if seconds < 1e-3:
        return "< 1 ms"
    return f"{seconds * 1e3:.2g} ms" if seconds < 0.0995 else _short(seconds)


def _short(seconds: float) -> str:
    return f"{round(seconds * 1e3)} ms" if seconds < 0.995 else f"{seconds:.1f} s"


def rate(per_second: float) -> str:
    """Growth in the unit that makes it a number one can say: `12/s`, `3/min`, `40/h`."""
    if per_second <= 0:
        return "0"
    if per_second >= 0.95:
        return f"{large(per_second)}/s"
    if per_second * 60 >= 0.95:
        return f"{per_second * 60:.2g}/min"
    return f"{per_second * 3600:.2g}/h"


def large(value: float) -> str:
    """A number in at most five columns: `9.5`, `120`, `12k`, `3.4M`."""
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size * 0.9995:
            scaled = value / size
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def gbps(value: float | None) -> str:
    """A link rate without needless zeros; a dash where there is none."""
    return "–" if value is None else f"{value:g}"


def clock(at: float) -> str:
    """Time of day, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def since(at: float, now: float) -> str:
    """When something began: the minute today, else the day."""
    then, today = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(now, UTC)
    return then.strftime("%H:%M") if then.date() == today.date() else then.strftime("%b %d")
