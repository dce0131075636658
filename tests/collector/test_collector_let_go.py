"""A lost connection is freed at once, and many that stand are not looked through again and again."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from collector_rig import FAST, Echo, Keys, Sshd, collector, eventually, fabric, sample_of, watched

from fabconsole.collector.heap import Settled

StartSshd = Callable[..., Sshd]


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


def test_as_many_connections_as_are_settled_together_are_looked_through_once() -> None:
    settled, before = Settled(), gc.get_freeze_count()
    kept = [[object()] for _ in range(1000)]
    try:
        for _ in range(Settled.EVERY - 1):
            settled.one_more()
        assert gc.get_freeze_count() == before
        settled.one_more()
        assert gc.get_freeze_count() >= before + len(kept)
    finally:
        gc.unfreeze()
