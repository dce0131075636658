"""Asking every question a number of times: when it is enough, and when it is hopeless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from state_records import RULES, START, Lab

from fabconsole.fabric.health import Health
from fabconsole.state.fabric import FabricState
from fabconsole.state.polling import observed
from fabconsole.stream.records import Asked, Opening, Reason, Record, Sample, Unanswered
from fabconsole.stream.source import Order
from fabconsole.stream.wanted import Answers


class Script:
    """A source that plays what it is given, then stays silent or ends."""

    def __init__(self, *batches: Sequence[Record], silent: bool = False) -> None:
        self.batches = list(batches)
        self.silent = silent
        self.played = 0

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        for batch in self.batches:
            self.played += 1
            yield batch
        if self.silent:
            await asyncio.Event().wait()

    async def run(self, order: Order) -> None:
        raise NotImplementedError

    async def cancel(self, run: str) -> None:
        raise NotImplementedError

    async def tell(self, id: str, answers: Answers | None) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        pass


def opening(*asked: Asked) -> Opening:
    lab = Lab("h0", "h1")
    return Opening(at=START, inventory=lab.inventory, thresholds=RULES, asked={"h0": asked, "h1": asked})


def answer(node: str, question: str) -> Sample:
    return Sample(node=node, question=question, at=START, latency_s=0.1, clock_s=1.0)


def failure(node: str, question: str, reason: Reason) -> Unanswered:
    return Unanswered(node=node, question=question, at=START, reason=reason, detail="")


async def play(script: Script, polls: int = 2) -> FabricState:
    state = FabricState()
    async with asyncio.timeout(5):
        await observed(script, state, polls, asyncio.get_running_loop().time)
    return state


async def test_it_stops_when_every_question_had_its_outcomes() -> None:
    script = Script(
        [opening(Asked("hca", 5.0), Asked("log", 30.0))],
        [answer(node, "hca") for node in ("h0", "h1")] + [answer(node, "log") for node in ("h0", "h1")],
        [answer("h0", "hca"), answer("h1", "hca")],
        [answer("h0", "hca")],
    )
    await play(script)
    assert script.played == 3


async def test_a_question_with_one_reading_is_asked_on_until_it_has_a_rate() -> None:
    script = Script(
        [opening(Asked("hca", 5.0))],
        [answer("h0", "hca"), failure("h1", "hca", Reason.TIMEOUT)],
        [answer("h0", "hca"), answer("h1", "hca")],
        [answer("h0", "hca"), failure("h1", "hca", Reason.GARBLED)],
        [answer("h1", "hca")],
        silent=True,
    )
    await play(script)
    assert script.played == 5


async def test_a_question_that_was_never_answered_is_not_asked_on() -> None:
    script = Script(
        [opening(Asked("nvlink", 5.0))],
        [answer("h0", "nvlink"), failure("h1", "nvlink", Reason.TIMEOUT)],
        [answer("h0", "nvlink"), failure("h1", "nvlink", Reason.TIMEOUT)],
        silent=True,
    )
    await play(script)
    assert script.played == 3


async def test_one_poll_is_enough_where_one_was_asked_for() -> None:
    script = Script([opening(Asked("hca", 5.0))], [answer("h0", "hca"), answer("h1", "hca")], silent=True)
    await play(script, polls=1)
    assert script.played == 2


async def test_a_node_that_was_lost_after_one_reading_is_not_waited_for() -> None:
    script = Script(
        [opening(Asked("hca", 5.0))],
        [answer("h0", "hca"), answer("h1", "hca")],
        [answer("h0", "hca"), failure("h1", "hca", Reason.UNREACHABLE)],
        silent=True,
    )
    await play(script)
    assert script.played == 3


async def test_a_node_is_waited_for_while_a_person_is_asked_for_what_opens_it() -> None:
    script = Script(
        [opening(Asked("hca", 5.0))],
        [answer("h0", "hca"), failure("h1", "hca", Reason.JUMP)],
        [failure("h1", "hca", Reason.WAITING), answer("h0", "hca")],
        [answer("h1", "hca")],
        [answer("h1", "hca")],
        silent=True,
    )
    await play(script)
    assert script.played == 5


async def test_a_node_that_cannot_be_reached_is_not_waited_for() -> None:
    script = Script(
        [opening(Asked("hca", 5.0))],
        [answer("h0", "hca"), failure("h1", "hca", Reason.UNREACHABLE)],
        [answer("h0", "hca")],
        silent=True,
    )
    state = await play(script)
    assert script.played == 3
    assert state.snapshot(START).nodes["h1"].health is Health.UNKNOWN


async def test_a_node_that_was_reached_after_all_is_waited_for() -> None:
    script = Script(
        [opening(Asked("hca", 5.0))],
        [answer("h0", "hca"), failure("h1", "hca", Reason.UNREACHABLE)],
        [answer("h1", "hca"), answer("h0", "hca")],
    )
    await play(script)
    assert script.played == 3


async def test_a_source_that_ends_ends_it() -> None:
    await play(Script([opening(Asked("hca", 5.0))]))


async def test_patience_has_an_end() -> None:
    script = Script([opening(Asked("hca", 5.0))], silent=True)
    ticks = iter(range(0, 10_000, 100))
    async with asyncio.timeout(5):
        await observed(script, FabricState(), 1, lambda: float(next(ticks)))
