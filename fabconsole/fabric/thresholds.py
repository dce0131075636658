"""At what rate a counter is a warning or critical, and whose practice that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Judges one counter's rate over the window. A rate *above* a limit trips it; 0 means any growth."""

    counter: str
    warn_per_s: float | None = None
    crit_per_s: float | None = None
    whose: str = ""
    """Whose practice this is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flapping:
    """When a link that goes down and comes back is called flapping: so many times within so long, or more."""

    downs: int = 3
    within_s: float = 600.0
    whose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """All rules, and the window over which rates are taken."""

    window_s: float = 60.0
    event_s: float = 3600.0
    """An event older than this no longer colours its node."""
    flapping: Flapping = field(default_factory=Flapping)
    rules: Mapping[str, Rule] = field(default_factory=dict)
