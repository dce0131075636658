"""Reading `config/thresholds.yaml`: at what rate a counter is a warning or critical, and whose practice that is."""

from __future__ import annotations

from pathlib import Path

from fabconsole.fabric import scalars
from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.document import Document, Section, Value
from fabconsole.fabric.resources import find
from fabconsole.fabric.thresholds import Flapping, Rule, Thresholds

_WANTED = "`any`, or a rate such as 10/s, 5/min or 120/h"


def read_thresholds(path: Path | None = None) -> Thresholds:
    """Understand the thresholds at `path`; without one, the user's own file, else the shipped one.

    Raises DocumentError with every problem, ResourceError where there is no file.
    """
    document = Document.read(path or find("config/thresholds.yaml"))
    root = document.root
    root.require("rules")
    usual = Thresholds()
    thresholds = Thresholds(
        window_s=root.seconds("window", usual.window_s, least=1),
        event_s=root.seconds("event", usual.event_s, least=1),
        flapping=_flapping(root.section("flapping"), usual.flapping),
        rules={name: _rule(name, value) for name, value in root.section("rules").entries()},
    )
    document.finish()
    return thresholds


def _rule(name: str, value: Value) -> Rule:
    if name not in COUNTERS:
        known = list(COUNTERS)
        value.wrong(f"no counter is called {name!r}:{scalars.nearest(name, known)} one of {', '.join(known)}")
    section = value.section()
    section.require("whose")
    warn, crit = _limit(section, "warn"), _limit(section, "crit")
    if warn is None and crit is None:
        section.wrong("says neither warn nor crit: write at least one")
    if warn is not None and crit is not None and warn > crit:
        section.wrong("is above crit, so it would never warn first: write a lower rate", "warn")
    return Rule(counter=name, warn_per_s=warn, crit_per_s=crit, whose=section.text("whose", ""))


def _flapping(section: Section, usual: Flapping) -> Flapping:
    return Flapping(
        downs=section.integer("downs", usual.downs, least=2),
        within_s=section.seconds("within", usual.within_s, least=1),
        whose=section.text("whose", usual.whose),
    )


def _limit(section: Section, key: str) -> float | None:
    return section.read(key, _WANTED, scalars.per_second, None)
