"""A name that leads to another host: that one is not logged in to, and the screen says whose key it has.

When it is asked again is what the changed host key among the other faults shows.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from matrix_host import PORT, Host
from matrix_table import ASTRAY
from matrix_watch import SICK, Fabric, left_on

from fabconsole.fabric.health import Health

NAME = "sick.fabric.test"


class Names:
    """What the name leads to, for this event loop alone."""

    def __init__(self, *hosts: Host) -> None:
        self.hosts = hosts
        loop = asyncio.get_running_loop()
        self._before = loop.getaddrinfo
        loop.getaddrinfo = self._found  # type: ignore[method-assign]

    async def _found(self, host: Any, port: Any, **how: Any) -> Any:
        if host != NAME:
            return await self._before(host, port, **how)
        stream = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*stream, (one.address, port)) for one in self.hosts]


def logins(host: Host) -> int:
    return (host.root / "sshd.log").read_text().count("Accepted publickey")


@pytest.mark.parametrize("first", ["another address first", "the only address"])
async def test_a_name_that_leads_to_another_host_is_not_followed_there(fabric: Fabric, first: str) -> None:
    sick, other = fabric.host, fabric.well[1]
    names = Names(sick)
    async with fabric.watched({SICK: (NAME, PORT)}) as watch:
        await watch.well()
        before = logins(other)
        names.hosts = (sick, other) if first == "another address first" else (other,)
        await asyncio.to_thread(sick.kill)
        told = await watch.until(lambda picture: picture.nodes[SICK].health is Health.UNTRUSTED)
        assert "HOST KEY HAS CHANGED" in told.nodes[SICK].reason
        assert f"which is the key of [{other.address}]:{PORT}" in told.nodes[SICK].reason
        assert ASTRAY.says in told.nodes[SICK].reason
        assert logins(other) == before
        watch.the_well_missed_nothing()
    assert await left_on(sick) == []
