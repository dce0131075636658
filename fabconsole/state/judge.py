"""What a reading means: pure decisions from a state, an expectation and a question's age to a word and its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import NvlinkState, PortState

_NOT_ACTIVE = {
    "Initialize": "Initialize: no subnet manager has configured it",
    "Armed": "Armed: the subnet manager has not made it Active",
}
_SEEN_ILL = frozenset({Health.WARN, Health.CONGESTED, Health.DEGRADED, Health.CRIT, Health.DOWN})
_NOT_LINKED = frozenset({"Sleep", "Polling", "Disabled", "PortConfigurationTraining", "LinkErrorRecovery", "PhyTest"})
"""A port that is Active all the same is about to lose its link, or has just lost it."""
_SPEED_SLACK = 0.999
"""Tools round what they print: less than a thousandth is not a slower link."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word and why."""

    health: Health
    reason: str = ""


OK = Verdict(Health.OK)
NO_RATE_YET = Verdict(Health.UNKNOWN, "one reading: no rate yet")
CANNOT_COUNT = Verdict(Health.NOT_SUPPORTED, "its driver counts no errors: whether it has any is not known")
NO_COUNTERS = Verdict(Health.UNKNOWN, "no error counter was read")
GONE = Verdict(Health.MISSING, "no longer listed by its node")


def worse(*verdicts: Verdict) -> Verdict:
    """The loudest of several, the first among equals; of none, UNKNOWN."""
    return max(verdicts, key=lambda verdict: verdict.health.rank, default=Verdict(Health.UNKNOWN, "nothing seen"))


def port_state(state: PortState, expect: Expect) -> Verdict:
    """A port by what it says of itself, counters aside."""
    if state.state == "Active":
        if state.phys_state in _NOT_LINKED:
            return Verdict(Health.WARN, f"Active, {state.phys_state}")
        return _speed(state, expect)
    if state.state is None or state.state.casefold() == "unknown":
        return Verdict(Health.UNKNOWN, "its state was not read")
    if state.state == "Down":
        physical = f", {state.phys_state}" if state.phys_state else ""
        return Verdict(Health.DOWN, f"Down{physical}")
    if state.state == "ActiveDefer":
        return Verdict(Health.WARN, "ActiveDefer: the link is recovering from errors")
    return Verdict(Health.CRIT, _NOT_ACTIVE.get(state.state, state.state))


def _speed(state: PortState, expect: Expect) -> Verdict:
    short: list[str] = []
    if expect.rate_gbps is not None:
        if state.rate_gbps is None:
            return Verdict(Health.UNKNOWN, f"its rate was not read, {expect.rate_gbps:g} Gb/s is expected")
        if state.rate_gbps < expect.rate_gbps * _SPEED_SLACK:
            short.append(f"{state.rate_gbps:g} of {expect.rate_gbps:g} Gb/s")
    if expect.width is not None:
        if state.width is None:
            return Verdict(Health.UNKNOWN, f"its width was not read, {expect.width} is expected")
        if state.width != expect.width and lanes(state.width) < lanes(expect.width):
            short.append(f"{state.width} of {expect.width}")
    if short:
        return Verdict(Health.DEGRADED, ", ".join(short))
    if state.could_be and expect.rate_gbps is None:  # an expected width says nothing of the speed
        now = " ".join(part for part in (state.width, _gbps(state.rate_gbps)) if part)
        return Verdict(Health.DEGRADED, f"{now}: could be {state.could_be}" if now else f"could be {state.could_be}")
    return OK


def _gbps(rate: float | None) -> str:
    return "" if rate is None else f"{rate:g} Gb/s"


def lanes(width: str) -> int:
    """The number in "4X"; 0 where there is none."""
    digits = width[:-1] if width[-1:] in {"x", "X"} else width
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def nvlink_state(state: NvlinkState, *, expected: bool, was_up: bool, node_had_any: bool) -> Verdict:
    """An NVLink by its state; without an expectation, by whether it or any on its node was ever up."""
    if state.state == "up":
        return OK
    if state.state != "inactive":
        return Verdict(Health.UNKNOWN, "its state was not read")
    if expected:
        return Verdict(Health.DOWN, "inactive")
    if was_up:
        return Verdict(Health.DOWN, "inactive, it was up before")
    if node_had_any:
        return Verdict(Health.UNKNOWN, "inactive; no `expect` says whether it should be up")
    return Verdict(Health.NOT_SUPPORTED, "no NVLink of this node was ever up")


def flapping(verdict: Verdict, said: str) -> Verdict:
    """A port that goes down again and again is at least a warning while it is up and clean, and that is `said` first.

    What was not seen, or is not there, stays that.
    """
    if verdict.health is not Health.OK and verdict is not CANNOT_COUNT and verdict.health not in _SEEN_ILL:
        return verdict
    health = max(Health.WARN, verdict.health, key=lambda health: health.rank)
    return Verdict(health, f"{said}; {verdict.reason}" if verdict.reason else said)


def combined(state: Verdict, counters: Verdict) -> Verdict:
    """State and counters together. A fault of state shows on the first reading, before any rate can."""
    if state is counters:
        return state
    if state.health in (Health.EXPECTED_DOWN, Health.NOT_SUPPORTED):
        return state
    if state.health is not Health.OK and counters.health is Health.UNKNOWN:
        return state
    if counters is CANNOT_COUNT and state.health is Health.OK:
        return counters
    return worse(state, counters)


def unanswered(question: Verdict) -> bool:
    """True where a question has no answer any more that tells of now."""
    return question.health not in (Health.OK, Health.NOT_SUPPORTED)


def inherited(verdict: Verdict, question: Verdict) -> Verdict:
    """What a verdict is still worth when its question is stale or unknown.

    Stale: a fault stays a fault, health is not health any more. Unknown or untrusted: nothing is known.
    """
    if question is OK or not unanswered(question):
        return verdict
    if question.health is Health.STALE and verdict.health.rank > Health.STALE.rank:
        return verdict
    if question.health is Health.STALE and verdict.health.severity > Health.OK.severity:
        return Verdict(Health.STALE, f"{question.reason}; before: {verdict.health.value} {verdict.reason}".rstrip())
    return question


def subnet_manager(state: str | None, said: str, unasked: str = "") -> Verdict:
    """What `sminfo` answered, if it did: without a master no port becomes Active and no route is mended.

    `unasked` is why it asked nobody.
    """
    if unasked:
        return Verdict(Health.UNKNOWN, f"the subnet manager was not asked: {unasked}")
    if state is None:
        return Verdict(Health.WARN, "no subnet manager answers")
    return OK if state.casefold() == "master" else Verdict(Health.WARN, f"the subnet manager is no master: {said}")


def fewer(what: str, seen: int, expected: int | None) -> Iterable[Verdict]:
    """MISSING where `expect` counts more than there are."""
    if expected is not None and seen < expected:
        yield Verdict(Health.MISSING, f"{seen} of {expected} {what}")
