"""On which hosts a fault is, one or many, and when on each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from fabconsole.fabric import node_sets, scalars
from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import FOREVER, Spells
from fabconsole.sim.faults.places import HOST, read_start
from fabconsole.sim.wiring import Wiring

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")
_MOST_TIMES = 500
_WANTED = "hosts such as gpu03-02 or gpu[00-03]-[00-03]"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Some hosts by name, or a share of all that the dice choose."""

    names: tuple[str, ...]
    share: float
    """Where there are no names: of all hosts, at least one of them."""

    @property
    def where(self) -> str:
        """In a clue."""
        return node_sets.folded(self.names) if self.names else f"{100 * self.share:g} % of hosts"

    def chosen(self, wiring: Wiring, dice: Random) -> tuple[str, ...]:
        """Their names; none where this fabric has not got every one of them."""
        if self.names:
            return self.names if all(name in wiring.host for name in self.names) else ()
        many = max(1, round(self.share * len(wiring.hosts)))
        return tuple(sorted(host.name for host in dice.sample(wiring.hosts, many)))


@dataclass(frozen=True, slots=True)
class Bout:
    """Where and when."""

    hosts: Hosts
    spells: Spells
    """Of the first host."""
    apart_s: float
    """How much later it is the next one's turn."""

    def of(self, wiring: Wiring, dice: Random) -> Iterator[tuple[str, Spells]]:
        """Each host, and when it is so there."""
        for number, host in enumerate(self.hosts.chosen(wiring, dice)):
            yield host, self.spells.shifted(number * self.apart_s)

    def clue(self, what: str) -> Clue:
        """What shows, there and then."""
        start, end = self.spells.spells[0]
        one_by_one = f", the next one {self.apart_s:g} s later" if self.apart_s else ""
        again = len(self.spells.spells) > 1
        return Clue(
            start,
            self.hosts.where,
            what + one_by_one + (", again and again" if again else ""),
            FOREVER if again or self.apart_s else end,
        )


def read_bout(section: Section, *, lasts_s: float | None = None) -> Bout:
    """`on: gpu03-02`, a set of hosts or `share: 5%`; `at` or `ago`, `lasts`, `every`, and `apart` from host to host."""
    return Bout(_read_hosts(section), read_spells(section, lasts_s=lasts_s), section.seconds("apart", 0.0))


def read_times(section: Section) -> tuple[float, ...]:
    """At `at` or `ago`; with `every`, again and again."""
    at, every_s = read_start(section), section.seconds("every", None)
    return (at,) if every_s is None else tuple(at + time * every_s for time in range(_MOST_TIMES))


def read_spells(section: Section, *, lasts_s: float | None = None) -> Spells:
    """From `at` or `ago` on for as long as it `lasts`, else `lasts_s`, else for good; with `every`, again and again."""
    at = read_start(section)
    lasts = section.seconds("lasts", lasts_s)
    every_s = section.seconds("every", None)
    if every_s is None:
        return Spells([(at, FOREVER if lasts is None else at + lasts)])
    if lasts is None or lasts >= every_s:
        section.wrong("needs `lasts`, and less than it: else it would never be well between", "every")
        lasts = every_s / 2
    return Spells((at + time * every_s, at + time * every_s + lasts) for time in range(_MOST_TIMES))


def _read_hosts(section: Section) -> Hosts:
    share = section.read("share", "a share such as 5%", _share, None)
    names = section.read("on", _WANTED, _names, None)
    if section.get("share") is not None and section.get("on") is not None:
        section.wrong("says both on and share: keep one of them")
    if section.get("share") is None:
        section.require("on")
    return Hosts(names or (), share or 0.0)


def _names(text: str) -> tuple[str, ...]:
    names = node_sets.expanded(text)
    for name in names:
        if not HOST.fullmatch(name):
            raise ValueError(f"{text!r} is not {_WANTED}")
    return names


def _share(text: str) -> float:
    found = _SHARE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no share: write it as 5%")
    return scalars.number(found[1], 0.01, 100.0) / 100
