"""An account without rights, and a sudoers line that names the tools alone: they are asked, and none stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import Lab
from lab_account import SUDO, USER
from lab_watch import Watch

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.source import Order

NAME = "gpu00-00"
AS_ROOT = {NAME: {"user": USER, "become": "sudo -n"}}

pytestmark = pytest.mark.skipif(not SUDO.exists(), reason="needs the Debian package sudo")


def switches_are_ok(picture: Snapshot) -> bool:
    switches = [node for node in picture.nodes.values() if node.platform == "switch"]
    return len(switches) == 4 and all(switch.health is Health.OK for switch in switches)


def roots(pids: list[int]) -> list[int]:
    """Those that are root's in every respect: nobody else may signal them."""
    return [pid for pid in pids if "Uid:\t0\t0\t0\t0" in status(pid)]


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


async def eventually(true: Callable[[], object], limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not true():
            await asyncio.sleep(0.05)


async def test_a_sudoers_line_that_names_the_tools_alone_lets_the_subnet_be_swept(lab: Lab) -> None:
    async with Watch(lab, AS_ROOT) as watch:
        await watch.until(switches_are_ok, 20)


@pytest.mark.parametrize("cut", [False, True], ids=["left", "connection lost"])
async def test_a_tool_that_is_roots_ends_with_its_channel(lab: Lab, cut: bool) -> None:
    host = lab.host(NAME)
    host.hang("ibqueryerrors")
    async with Watch(lab, AS_ROOT):
        await eventually(lambda: roots(host.running("ibqueryerrors")))
        (hung,) = roots(host.running("ibqueryerrors"))
        if cut:
            host.cut()
            await eventually(lambda: hung not in host.running("ibqueryerrors"))
    await eventually(lambda: not host.running("ibqueryerrors"))


async def test_a_diagnostic_that_is_roots_ends_at_its_time_limit_and_when_it_is_cancelled(lab: Lab) -> None:
    host = lab.host(NAME)
    host.hang("perfquery")
    async with Watch(lab, {NAME: {**AS_ROOT[NAME], "in_band": None}}) as watch:  # a sweep would hang at it too
        await watch.until(lambda picture: bool(picture.nodes) and picture.nodes[NAME].age_s is not None, 20)
        for run, limit in (("at its limit", "1"), ("cancelled", "60")):
            command = f"timeout {limit} sudo -n perfquery -x 1 1"
            await watch.source.run(Order(run=run, node=NAME, command=command, deadline_s=20))
            await eventually(lambda: roots(host.running("perfquery")))
            if run == "cancelled":
                await watch.source.cancel(run)
            await eventually(lambda: not host.running("perfquery"))
