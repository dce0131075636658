"""A D-state nvidia-smi: it survives every signal and our reconnecting, and is never started a second time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from matrix_fuse import DEVICE, unanswering
from matrix_host import Host
from matrix_table import D_STATE
from matrix_watch import Fabric, Watch, left_on, question_of

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import Reason

TOOLS = ("gpu", "nvlink")

pytestmark = pytest.mark.skipif(not DEVICE.exists(), reason="needs /dev/fuse, for a process that no signal ends")


def in_d_state(host: Host) -> list[int]:
    """Processes that wait uninterruptibly for the filesystem."""
    return [pid for pid in host.pids() if state(pid) == "D"]


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except (FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
        return ""


def are_stuck(picture: Snapshot) -> bool:
    return all(question_of(picture, name).reason is Reason.STUCK for name in TOOLS)


def since(watch: Watch) -> set[float | None]:
    return {question_of(watch.picture, name).since for name in TOOLS}


async def test_it_is_started_once_over_every_reconnect_and_asked_again_when_it_is_over(fabric: Fabric) -> None:
    host = fabric.host
    place = host.root / "tmp" / "hung"
    place.mkdir()
    async with fabric.watched() as watch:
        with unanswering(host, "/tmp/hung"):
            await watch.well()
            host.instead("echo x >>/mnt/started; exec cat /tmp/hung/x")
            await watch.until(are_stuck)
            (began,) = since(watch)
            for _ in range(2):
                await asyncio.to_thread(host.kill)
                await asyncio.to_thread(host.restart)
                assert in_d_state(host), "no KILL ends it"
                await watch.until(lambda picture: question_of(picture, "hca").reason is Reason.UNREACHABLE)
                await watch.until(lambda picture: question_of(picture, "hca").health is Health.OK)
                await watch.until(are_stuck)
                assert since(watch) == {began}
                assert all(D_STATE.says in question_of(watch.picture, name).detail for name in TOOLS)
                mark = len(watch.records)
                await watch.rounds(5)
                assert watch.failures(host.name, "hca", after=mark) == [], "the HCAs are asked at their own rhythm"
            assert host.count("started") == 1
            host.instead(None)
        await watch.well()
        watch.the_well_missed_nothing()
    assert await left_on(host) == [str(place)]
    place.rmdir()
