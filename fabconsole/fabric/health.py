"""The words for how well a thing is: one list, one glyph a word, the same in every view."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum


class Severity(IntEnum):
    """How loud something is. Ordered: what cannot be seen outranks a warning, never a failure."""

    OK = 0
    INFO = 1
    WARN = 2
    UNKNOWN = 3
    CRIT = 4


class Health(Enum):
    """Health of a port, link, GPU or node. The value is the word that is printed."""

    OK = "OK"
    WARN = "WARN"
    CRIT = "CRIT"
    DOWN = "DOWN"
    MISSING = "MISSING"
    """`expect` or an earlier poll named it, and it is gone."""
    DEGRADED = "DEGRADED"
    """Up, at less speed or width than it should have."""
    CONGESTED = "CONGESTED"
    STALE = "STALE"
    """Not answered when it was due; what is shown is old."""
    UNKNOWN = "UNKNOWN"
    """Never answered, too old, or not yet enough readings to judge."""
    UNTRUSTED = "UNTRUSTED"
    """Its host key is not the one we know; it is not connected to."""
    EXPECTED_DOWN = "EXPECTED-DOWN"
    NOT_SUPPORTED = "NOT-SUPPORTED"
    SUPPRESSED = "SUPPRESSED"

    __hash__ = object.__hash__  # members are single; Enum's own hash is Python and was half of a snapshot's time

    @property
    def glyph(self) -> str:
        """The one-column sign that stands for this word wherever colour may be missing."""
        return _GLYPH[self]

    @property
    def severity(self) -> Severity:
        """How loud this word is."""
        return _SEVERITY[self]

    @property
    def rank(self) -> int:
        """Order among healths, worst last: severity first, then the order below."""
        return _RANK[self]


_GLYPH = {
    Health.OK: "·",
    Health.WARN: "▲",
    Health.CRIT: "✖",
    Health.DOWN: "▼",
    Health.MISSING: "!",
    Health.DEGRADED: "◢",
    Health.CONGESTED: "≈",
    Health.STALE: "◌",
    Health.UNKNOWN: "?",
    Health.UNTRUSTED: "⚷",
    Health.EXPECTED_DOWN: "-",
    Health.NOT_SUPPORTED: "∅",
    Health.SUPPRESSED: "~",
}

_SEVERITY = {
    Health.OK: Severity.OK,
    Health.EXPECTED_DOWN: Severity.OK,
    Health.NOT_SUPPORTED: Severity.OK,
    Health.SUPPRESSED: Severity.OK,
    Health.WARN: Severity.WARN,
    Health.DEGRADED: Severity.WARN,
    Health.CONGESTED: Severity.WARN,
    Health.STALE: Severity.UNKNOWN,
    Health.UNKNOWN: Severity.UNKNOWN,
    Health.UNTRUSTED: Severity.UNKNOWN,
    Health.CRIT: Severity.CRIT,
    Health.DOWN: Severity.CRIT,
    Health.MISSING: Severity.CRIT,
}

_WORST_LAST = (
    Health.NOT_SUPPORTED,
    Health.EXPECTED_DOWN,
    Health.SUPPRESSED,
    Health.OK,
    Health.CONGESTED,
    Health.WARN,
    Health.DEGRADED,
    Health.STALE,
    Health.UNKNOWN,
    Health.UNTRUSTED,
    Health.CRIT,
    Health.MISSING,
    Health.DOWN,
)
_RANK = {health: rank for rank, health in enumerate(_WORST_LAST)}


def worst(healths: Iterable[Health]) -> Health:
    """The loudest of several; of none, UNKNOWN: nothing seen is not health."""
    return max(healths, key=lambda health: _RANK[health], default=Health.UNKNOWN)


class Mark(Enum):
    """A doubt attached to one value."""

    SATURATED = "saturated"
    """At its counter's maximum: the true value is this or more, and it has no rate."""
    RESET = "reset"
    """Went backwards inside the window: counting started again."""
    UNSUPPORTED = "unsupported"
    """The node says it cannot count this."""

    @property
    def glyph(self) -> str:
        """Written before the number."""
        return {"saturated": "≥", "reset": "↺", "unsupported": "∅"}[self.value]
