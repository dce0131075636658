"""A connection that is lost, or never came to stand, is freed at once."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from asyncssh import SSHClientConnection
from collector_rig import FAST, Echo, Keys, Sshd, collector, eventually, fabric, sample_of, unanswered, watched

from fabconsole.stream.records import Reason

StartSshd = Callable[..., Sshd]


def connections() -> list[SSHClientConnection]:
    """All that are in memory, whoever began them."""
    return [one for one in gc.get_objects() if isinstance(one, SSHClientConnection)]


async def test_what_a_lost_connection_was_made_of_is_freed_without_a_search_for_circles(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("echo x")})) as watching:
        await watching.until(sample_of("gpu0"))
        connection = watching.collector._sessions["gpu0"]._connection
        assert connection is not None
        lost = weakref.ref(connection.ssh)
        del connection
        gc.collect()
        gc.disable()
        try:
            sshd.cut()
            await eventually(lambda: lost() is None)
        finally:
            gc.enable()


async def test_what_a_connection_was_made_of_that_was_turned_away_is_freed_without_a_search_for_circles(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd(AllowUsers="nobody-at-all")
    keys.trust(sshd.port)
    of_others = weakref.WeakSet(connections())
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("echo x")})) as watching:
        gc.collect()
        gc.disable()
        try:
            await watching.until(unanswered("gpu0", Reason.REFUSED))
            await eventually(lambda: all(one in of_others for one in connections()))
        finally:
            gc.enable()
