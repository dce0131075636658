"""Numbers, ages and times in the few words that a screen has room for."""

from __future__ import annotations

from datetime import UTC, datetime

from fabconsole.fabric.health import Health

NEVER = "never"
_NIGHT_S = 12 * 3600.0


def count(value: int) -> str:
    """A whole number, its thousands set apart: `65 535`."""
    return f"{value:,}".replace(",", " ")


def filter_said(text: str) -> str:
    """Behind the title of a list that a filter narrows, so that it is not taken for the whole."""
    return f"  only /{text}" if text else ""


def age(seconds: float | None) -> str:
    """How long ago, in steps coarse enough that a quiet screen stays quiet."""
    if seconds is None:
        return NEVER
    if seconds < 60:
        return f"{int(seconds) // 5 * 5} s" if seconds >= 5 else "< 5 s"
    return span(seconds)


def reading(age_s: float | None, *, is_old: bool = False) -> str:
    """When something was read; what was not read again when it was due is told as of then."""
    if age_s is None:
        return "not read yet"
    return f"{'as of' if is_old else 'read'} {age(age_s)} ago"


def unrepeated(reason: str, health: Health) -> str:
    """A reason as it stands behind the word of its health, which it need not begin with: `UNTRUSTED untrusted: …`."""
    word = f"{health.value.lower()}: "
    return reason[len(word) :] if reason.lower().startswith(word) else reason


def was(state: str, is_old: bool) -> str:
    """A state as of now, or as of when it was read last."""
    return f"was {state}" if is_old else state


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


def rate(per_second: float, unit: str = "") -> str:
    """Growth in the time that makes it a number one can say: `12/s`, `3/min`, `40/h`, `12 ticks/s`."""
    if per_second <= 0:
        return "0"
    what = f" {unit}" if unit else ""
    if per_second >= 0.95:
        return f"{large(per_second)}{what}/s"
    if per_second * 60 >= 0.95:
        return f"{per_second * 60:.2g}{what}/min"
    return f"{per_second * 3600:.2g}{what}/h"


def large(value: float) -> str:
    """A number in at most four columns: `9.5`, `120`, `12k`, `3.4M`."""
    return "".join(_scaled(value))


def octets(value: float) -> str:
    """An amount of data, decimal as link rates are: `340 GB`."""
    return "{} {}B".format(*_scaled(value))


def bits_a_second(value: float) -> str:
    """A rate of data, to be held against a link's: `193 Gb/s`."""
    return "{} {}b/s".format(*_scaled(value))


def _scaled(value: float) -> tuple[str, str]:
    """A number to two or three figures, and the letter of its size."""
    for size, letter in ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size * 0.9995:
            return _figures(value / size), letter
    return _figures(value), ""


def _figures(value: float) -> str:
    return f"{value:.1f}" if 0 < value < 9.95 else f"{value:.0f}"


def gbps(value: float | None) -> str:
    """A link rate without needless zeros; a dash where there is none."""
    return "–" if value is None else f"{value:g}"


def clock(at: float) -> str:
    """Time of day, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def moment(at: float, now: float) -> str:
    """When something was, to the second: the time of a night or a day just past, else the day with it. UTC."""
    then = datetime.fromtimestamp(at, UTC)
    return then.strftime("%H:%M:%S" if _is_near(then, now) else "%b %d %H:%M:%S")


def since(at: float, now: float) -> str:
    """When something began: the minute of a night or a day just past, else the day."""
    then = datetime.fromtimestamp(at, UTC)
    return then.strftime("%H:%M" if _is_near(then, now) else "%b %d")


def _is_near(then: datetime, now: float) -> bool:
    """Today, or so lately that midnight must not take the minute from what began before it."""
    return then.date() == datetime.fromtimestamp(now, UTC).date() or 0 <= now - then.timestamp() < _NIGHT_S
