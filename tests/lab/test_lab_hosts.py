"""A host that freezes, a host whose key has changed, a host that was left: only that host shows it."""

from __future__ import annotations

import asyncio
import time

from lab import Lab
from lab_snapshot import snapshot
from lab_watch import Watch, others_are_ok

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import InBand
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import Reason


def questions(picture: Snapshot, name: str) -> dict[str, Health]:
    return {question.name: question.health for question in picture.nodes[name].questions}


def all_are_ok(picture: Snapshot, *, switches: int) -> bool:
    found = sum(node.platform == "switch" for node in picture.nodes.values())
    return found == switches and others_are_ok(picture, "")


def switches_are(picture: Snapshot, *healths: Health) -> bool:
    return all(node.health in healths for node in picture.nodes.values() if node.platform == "switch")


def hca_is(picture: Snapshot, name: str, health: Health) -> bool:
    return any(question.name == "hca" and question.health is health for question in picture.nodes[name].questions)


def ports_are(picture: Snapshot, name: str, health: Health) -> bool:
    ports = picture.nodes[name].ports
    return len(ports) == 8 and all(port.health is health for port in ports)


async def test_a_frozen_host_goes_stale_then_unknown_and_comes_back_alone(lab: Lab) -> None:
    name = "gpu00-01"
    async with Watch(lab) as watch:
        await watch.until(lambda picture: bool(picture.nodes) and others_are_ok(picture, ""), 20)
        lab.host(name).stop()
        await watch.until(lambda picture: hca_is(picture, name, Health.STALE) and others_are_ok(picture, name), 5)
        await watch.until(lambda picture: hca_is(picture, name, Health.UNKNOWN) and others_are_ok(picture, name), 10)
        await watch.until(lambda picture: ports_are(picture, name, Health.UNKNOWN), 5)
        lab.host(name).cont()
        await watch.until(lambda picture: others_are_ok(picture, ""), 40)


def is_lost(picture: Snapshot, name: str) -> bool:
    return any(question.reason is Reason.UNREACHABLE for question in picture.nodes[name].questions)


def is_green(picture: Snapshot, name: str) -> bool:
    node = picture.nodes[name]
    return Health.OK in {port.health for port in node.ports} | {link.health for link in node.nvlinks}


async def test_nothing_of_a_frozen_host_is_ok_once_it_is_lost_nor_are_switches_that_it_alone_swept(lab: Lab) -> None:
    name = "gpu00-00"
    async with Watch(lab, slow_s=30.0, in_band_s=60.0) as watch:
        await watch.until(lambda picture: all_are_ok(picture, switches=4), 30)
        lab.host(name).stop()
        watch.pictures.clear()
        await watch.until(lambda picture: is_lost(picture, name), 10)
        await watch.until(lambda picture: switches_are(picture, Health.STALE), 5)
        assert not any(is_green(picture, name) for picture in watch.pictures if is_lost(picture, name))
        assert watch.picture.coverage.questions["in-band"].answered == 0
        assert "no host sweeps the subnet any more: unreachable" in events(watch.picture, name)


async def test_a_hung_nvidia_smi_costs_its_own_questions_alone(lab: Lab) -> None:
    name = "gpu00-03"
    lab.host(name).gpus.hang()
    async with Watch(lab) as watch:
        await watch.until(lambda picture: bool(picture.nodes) and others_are_ok(picture, name), 20)
        await watch.until(lambda picture: hca_is(picture, name, Health.OK) and ports_are(picture, name, Health.OK), 5)
        await watch.until(lambda picture: picture.nodes[name].health is not Health.OK, 5)


def test_a_frozen_host_on_a_snapshot_is_one_node_of_eight(lab: Lab) -> None:
    lab.host("gpu01-02").stop()
    picture = snapshot(lab, polls=3)
    coverage = picture.document["coverage"]
    assert (coverage["nodes"], coverage["polled"]) == (8, 7)
    assert picture.sick_nodes == {"gpu01-02"}
    assert picture.node("gpu01-02")["health"] in ("STALE", "UNKNOWN")
    assert picture.node("gpu01-02")["error"]
    assert picture.code == 3


def test_a_changed_host_key_is_untrusted_and_not_logged_in_to(lab: Lab) -> None:
    log = lab.host("gpu01-01").root / "sshd.log"
    before = len(log.read_text())
    lab.forget_key_of("gpu01-01")
    picture = snapshot(lab, polls=3)
    assert picture.node("gpu01-01")["health"] == "UNTRUSTED"
    assert picture.sick_nodes == {"gpu01-01"}
    assert "Accepted" not in log.read_text()[before:]


async def test_nothing_of_ours_stays_on_a_host(lab: Lab) -> None:
    async with Watch(lab) as watch:
        await watch.until(lambda picture: bool(picture.nodes) and others_are_ok(picture, ""), 20)
        assert any(host.sessions() for host in lab.hosts.values())
    deadline = time.monotonic() + 10
    while left := {name: sessions for name, host in lab.hosts.items() if (sessions := host.sessions())}:
        assert time.monotonic() < deadline, left
        await asyncio.sleep(0.1)


def events(picture: Snapshot, node: str) -> list[str]:
    return [view.event.text for view in picture.events if view.event.node == node]


async def test_when_the_host_that_sweeps_freezes_another_takes_over_and_the_switches_stay_known(lab: Lab) -> None:
    first, second = "gpu00-00", "gpu01-01"
    async with Watch(lab, {second: {"in_band": InBand()}}, in_band_s=3.0) as watch:
        await watch.until(lambda picture: all_are_ok(picture, switches=4), 20)
        assert lab.host(second).swept() == 0, "it rests"
        assert "in-band" not in questions(watch.picture, second)
        lab.host(first).stop()
        watch.pictures.clear()
        await watch.until(lambda picture: any(first in text for text in events(picture, second)), 10)
        await watch.until(lambda picture: hca_is(picture, first, Health.UNKNOWN) and others_are_ok(picture, first), 10)
        assert all(switches_are(picture, Health.OK, Health.STALE) for picture in watch.pictures)
        assert questions(watch.picture, second)["in-band"] is Health.OK
        lab.host(first).cont()
        await watch.until(lambda picture: all_are_ok(picture, switches=4), 40)
        assert "in-band" not in questions(watch.picture, first), "it rests now"
