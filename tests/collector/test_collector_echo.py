"""An echo: it tells a living connection from a frozen one, and leaves nothing in the node's log."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from collector_rig import Keys, Sshd

from fabconsole.collector.connection import Connection
from fabconsole.collector.login import Login
from fabconsole.collector.options import Access


async def to(keys: Keys, sshd: Sshd) -> Connection:
    keys.trust(sshd.port)
    dial = await Access(keys.ssh()).dial("127.0.0.1", user=None, port=sshd.port)
    return await Login(dial, through=None, deadline_s=1.0, clock=time.time).connected()


async def test_an_echo_is_answered_and_not_logged(keys: Keys, start_sshd: Callable[..., Sshd], tmp_path: Path) -> None:
    connection = await to(keys, start_sshd())
    before = (tmp_path / "sshd.log").read_text()
    assert all([await connection.answers() for _ in range(3)])
    assert (tmp_path / "sshd.log").read_text() == before
    connection.close()


async def test_an_echo_to_a_frozen_node_is_not_answered_and_the_next_to_a_thawed_one_is(
    keys: Keys, start_sshd: Callable[..., Sshd]
) -> None:
    sshd = start_sshd()
    connection = await to(keys, sshd)
    sshd.stop()
    assert not await connection.answers()
    sshd.go_on()
    assert await connection.answers()
    connection.close()
