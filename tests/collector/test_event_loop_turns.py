"""Turns of the event loop are short, however many have something to say."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from fabconsole.cli.turns import MOST, FewAtATime, new_loop

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    """More than are heard in a turn, each with a word to be heard."""
    made = [socket.socketpair() for _ in range(3 * MOST)]
    for _, far in made:
        far.send(b"x")
    yield made
    for pair in made:
        for end in pair:
            end.close()


def test_of_many_that_are_ready_a_few_are_heard_at_a_time_and_none_twice_before_all_were_once(
    pairs: list[Pair],
) -> None:
    with FewAtATime() as selector:
        for near, _ in pairs:
            selector.register(near, 1)
        turns = [[key.fd for key, _ in selector.select(0)] for _ in range(6)]
    assert {len(turn) for turn in turns} == {MOST}
    assert sorted(fd for turn in turns[:3] for fd in turn) == sorted(near.fileno() for near, _ in pairs)


def test_who_was_ready_and_is_gone_or_changed_since_is_not_called(pairs: list[Pair]) -> None:
    with FewAtATime() as selector:
        for near, _ in pairs:
            selector.register(near, 1)
        heard = {key.fd for key, _ in selector.select(0)}
        gone = [near for near, _ in pairs if near.fileno() not in heard]
        for near in gone[1:]:
            selector.unregister(near)
        assert [key.fd for key, _ in selector.select(0)] == [gone[0].fileno()]


def test_a_timer_has_its_turn_between_those_of_many_connections(pairs: list[Pair]) -> None:
    heard: list[int] = []
    at_timer: list[int] = []

    async def listening() -> None:
        loop = asyncio.get_running_loop()
        for near, _ in pairs:
            loop.add_reader(near, heard.append, near.fileno())
        loop.call_later(0, lambda: loop.call_soon(lambda: at_timer.append(len(heard))))
        while len(heard) < len(pairs):
            await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(listening())
    assert at_timer[0] < len(pairs)
