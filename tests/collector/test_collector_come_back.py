"""Many nodes lost at once come back: each by one connection."""

from __future__ import annotations

import time
from collections.abc import Callable

import asyncssh
import pytest
from collector_rig import Keys, Sshd

from fabconsole.collector.channel import Channel
from fabconsole.collector.login import Login
from fabconsole.collector.options import Access

StartSshd = Callable[..., Sshd]


class Unheard:
    """Whom nothing of a channel concerns."""

    def begun(self, channel: Channel) -> None: ...

    def heard(self, channel: Channel, data: bytes) -> None: ...

    def ended(self, channel: Channel) -> None: ...


async def test_a_session_on_a_lost_connection_is_not_taken_for_one_that_is_one_too_many(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    dial = await Access(keys.ssh()).dial("127.0.0.1", port=sshd.port)
    connection = await Login(dial, through=None, deadline_s=5.0, clock=time.time).connected()
    await Channel(Unheard()).open(connection)
    sshd.cut()
    await connection.over()
    with pytest.raises(asyncssh.ChannelOpenError):  # for one too many a second connection to its node is made
        await Channel(Unheard()).open(connection)
