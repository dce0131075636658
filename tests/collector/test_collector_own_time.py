"""We are late, not the node: it is not blamed, and its handshake keeps its place; a dead one has none to keep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from collector_rig import Keys, Sshd

from fabconsole.collector.login import Login
from fabconsole.collector.options import Access
from fabconsole.collector.own_time import OwnTime
from fabconsole.collector.ramp import Ramp

BUSY_S = 0.15


@asynccontextmanager
async def busy() -> AsyncIterator[None]:
    """The processor is somebody else's but for moments."""

    async def hog() -> None:
        while True:
            time.sleep(BUSY_S)
            await asyncio.sleep(0)

    task = asyncio.create_task(hog())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_node_that_answers_at_once_is_not_told_late_where_we_are(
    keys: Keys, start_sshd: Callable[..., Sshd]
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    dial = await Access(keys.ssh()).dial("127.0.0.1", port=sshd.port)
    began = time.monotonic()
    async with busy():
        connection = await Login(dial, through=None, deadline_s=1.5, clock=time.time).connected()
    assert time.monotonic() - began > 1.5, "too quick to tell"
    connection.close()


async def test_own_time_ends_where_we_are_punctual() -> None:
    with pytest.raises(TimeoutError):
        async with OwnTime(0.1).counts():
            await asyncio.Event().wait()


async def test_own_time_goes_on_where_it_was_left() -> None:
    own_time = OwnTime(60.0)
    async with own_time.counts():
        own_time.last(0.1)
    with pytest.raises(TimeoutError):
        async with own_time.counts():
            await asyncio.Event().wait()


async def test_a_handshake_keeps_its_place_while_it_is_us_who_are_slow() -> None:
    ramp, others = Ramp(at_once=1, hold_s=2 * BUSY_S), []

    async def other() -> None:
        async with ramp.place():
            others.append("began")

    async with ramp.place():
        task = asyncio.create_task(other())
        for _ in range(4):
            time.sleep(BUSY_S)
            await asyncio.sleep(0)
        assert not others
    await task


async def test_who_is_not_answered_keeps_nobody_waiting() -> None:
    ramp, at_work = Ramp(at_once=1, knocks=3), asyncio.Event()

    async def dead() -> None:
        await asyncio.Event().wait()

    async def alive() -> None:
        await asyncio.sleep(0)

    async def enter(knock: Callable[[], object]) -> None:
        async with ramp.answered(knock):  # type: ignore[arg-type]
            at_work.set()

    sick = [asyncio.create_task(enter(dead)) for _ in range(2)]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await enter(alive)
        async with ramp.place():
            pass
    for task in sick:
        task.cancel()
    await asyncio.wait(sick)
    assert at_work.is_set()


async def test_no_more_handshakes_are_at_work_than_there_are_places() -> None:
    ramp, at_work, most = Ramp(at_once=3, knocks=8), 0, 0

    async def answers() -> None:
        await asyncio.sleep(0)

    async def handshake(number: int) -> None:
        nonlocal at_work, most
        async with ramp.answered(answers, number):
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0)
            at_work -= 1

    async with asyncio.timeout(10):
        await asyncio.gather(*map(handshake, range(50)))
    assert most == 3


async def test_of_those_that_wait_the_first_in_order_goes_first_whoever_came_first() -> None:
    ramp, order = Ramp(at_once=1), []

    async def handshake(number: int) -> None:
        async with ramp.place(number):
            order.append(number)

    async with ramp.place():
        tasks = [asyncio.create_task(handshake(number)) for number in (3, 1, 2, 0, 1)]
        await asyncio.sleep(0)
    await asyncio.wait(tasks)
    assert order == [0, 1, 1, 2, 3]


async def test_a_place_that_comes_to_who_has_left_goes_to_the_next() -> None:
    ramp, entered = Ramp(at_once=1), []

    async def enter(name: str) -> None:
        async with ramp.place():
            entered.append(name)

    async with ramp.place():
        leaving, staying = (asyncio.create_task(enter(name)) for name in ("leaving", "staying"))
        await asyncio.sleep(0)
    leaving.cancel()
    async with asyncio.timeout(10):
        await staying
    assert entered == ["staying"]
