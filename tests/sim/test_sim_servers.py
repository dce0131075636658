"""The simulated hosts as servers: real SSH, one key let in, an end that comes surely."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import asyncssh
import pytest
from played import clock_of, served
from sim_rig import Clock, machine, scenario
from sim_ssh import alive, children, connected, eventually
from virtual_time import VirtualLoop, run

from fabconsole.collector.collector import Collector
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.sim import tools
from fabconsole.sim.launch import launch
from fabconsole.sim.play import Play
from fabconsole.state.fabric import FabricState
from fabconsole.stream.records import Finished, Opening, Output, Record, Sample, Sweep, Unanswered
from fabconsole.stream.source import Order

ODD = """about: a test
look: here
faults:
  - {fault: frozen-host, on: gpu00-02, at: 1s, lasts: 30s}
  - {fault: xid, on: gpu00-01/gpu6, code: 94, at: 2s}
  - {fault: xid, on: gpu00-01/gpu5, code: 48, ago: 10m}
"""


@pytest.fixture(scope="module")
def inventory() -> Iterator[Path]:
    with launch(nodes=4, seed=3, scenario="quiet") as path:
        yield path


async def records_until(
    loop: VirtualLoop, inventory: Path, enough: Callable[[list[Record]], bool], *, order: Order | None = None
) -> list[Record]:
    """What a collector says of the simulated fabric until it is enough; `order` is run once its node has answered."""
    nodes = read_inventory(inventory, platforms=names())
    collector = Collector(nodes, read_thresholds(), clock=clock_of(loop), monotonic=loop.time, random=Random(1))
    seen: list[Record] = []
    try:
        async with asyncio.timeout(60):
            async for batch in collector.records():
                seen += batch
                if order and any(isinstance(record, Sample) and record.node == order.node for record in batch):
                    await collector.run(order)
                    order = None
                if enough(seen):
                    break
    finally:
        await collector.aclose()
    return seen


def test_the_directory_is_its_owners_alone(inventory: Path) -> None:
    assert inventory.parent.stat().st_mode & 0o777 == 0o700
    assert (inventory.parent / "id_ed25519").stat().st_mode & 0o777 == 0o600


async def test_another_key_is_not_let_in(inventory: Path) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        async with connected(inventory, "gpu00-00", client_keys=[stranger]):
            pass


async def test_no_key_and_no_password_is_let_in(inventory: Path) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        async with connected(inventory, "gpu00-00", client_keys=None, password="x"):  # noqa: S106
            pass


async def test_the_host_key_is_the_known_one(inventory: Path, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    node = read_inventory(inventory).nodes["gpu00-00"]
    (tmp_path / "known_hosts").write_text(f"[{node.address}]:{node.port} {other}\n")
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        async with connected(inventory, "gpu00-00", known_hosts=str(tmp_path / "known_hosts")):
            pass


async def test_each_address_is_its_own_host(inventory: Path) -> None:
    for host in ("gpu00-00", "gpu00-03"):
        async with connected(inventory, host) as connection:
            assert (await connection.run("hostname")).stdout == f"{host}\n"


async def test_a_command_says_its_status_and_its_complaint(inventory: Path) -> None:
    async with connected(inventory, "gpu00-01") as connection:
        done = await connection.run("nosuchtool")
    assert done.exit_status == 127
    assert "not found" in str(done.stderr)


def test_a_slow_answer_delays_nobody_else(tmp_path: Path) -> None:
    async def main(loop: VirtualLoop) -> None:
        async with (
            served(loop, tmp_path, nodes=4, scenario="quiet") as (inventory, _),
            connected(inventory, "gpu00-01") as connection,
        ):
            slow = asyncio.create_task(connection.run("nvidia-smi -q"))
            began = loop.time()
            await connection.run("hostname")
            assert not slow.done()
            assert loop.time() - began < 0.1
            assert "Fabric" in str((await slow).stdout)
            assert loop.time() - began > 1.0

    run(main)


def test_every_question_of_every_host_is_answered_to_the_collector(tmp_path: Path) -> None:
    def answered(seen: list[Record]) -> set[tuple[str, str]]:
        return {
            (record.node, "in-band" if isinstance(record, Sweep) else record.question)
            for record in seen
            if isinstance(record, Sample | Sweep)
        }

    def all_asked(seen: list[Record]) -> set[tuple[str, str]]:
        opening = seen[0]
        assert isinstance(opening, Opening)
        return {(node, asked.question) for node, questions in opening.asked.items() for asked in questions}

    async def main(loop: VirtualLoop) -> None:
        async with served(loop, tmp_path, nodes=4, scenario="quiet") as (inventory, _):
            seen = await records_until(loop, inventory, lambda seen: answered(seen) >= all_asked(seen))
        assert not [record for record in seen if isinstance(record, Unanswered)]
        assert {question for _, question in answered(seen)} == {"hca", "gpu", "nvlink", "log", "in-band"}

    run(main)


def test_a_diagnostic_runs_through_the_collector(tmp_path: Path) -> None:
    order = Order(run="d1", node="gpu00-02", command="timeout -k 2 10 ibstat mlx5_3 1", deadline_s=15)

    def is_over(seen: list[Record]) -> bool:
        return any(isinstance(record, Finished) for record in seen)

    async def main(loop: VirtualLoop) -> None:
        async with served(loop, tmp_path, nodes=4, scenario="quiet") as (inventory, _):
            seen = await records_until(loop, inventory, is_over, order=order)
        said = b"".join(record.data for record in seen if isinstance(record, Output))
        assert said.startswith(b"CA: 'mlx5_3'\nPort 1:\nState: Active\n")

    run(main)


def test_a_frozen_host_holds_its_tongue_and_comes_back_while_the_log_goes_on(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(ODD)

    def told(seen: list[Record]) -> set[int | None]:
        return {event.code for record in seen for event in getattr(record, "events", ())}

    def listed(seen: list[Record]) -> bool:
        return any(isinstance(r, Sample) and (r.node, r.question) == ("gpu00-01", "gpu") for r in seen)

    async def main(loop: VirtualLoop) -> None:
        async with served(loop, tmp_path, nodes=4, scenario=str(tmp_path / "odd.yaml")) as (inventory, _):
            async with connected(inventory, "gpu00-02") as frozen, connected(inventory, "gpu00-01") as well:
                await asyncio.sleep(1.5)
                silent = asyncio.create_task(frozen.run("hostname"))
                assert (await well.run("hostname")).stdout == "gpu00-01\n"
                with pytest.raises((asyncssh.Error, TimeoutError, OSError)):
                    async with connected(inventory, "gpu00-02", connect_timeout=1):
                        pass
                assert not silent.done()
                assert (await silent).stdout == "gpu00-02\n"
                assert 31 <= loop.time() < 31.1
            state = FabricState()
            for record in await records_until(loop, inventory, lambda seen: listed(seen) and told(seen) >= {48, 94}):
                state.apply(record)
            assert state.snapshot(clock_of(loop)()).nodes["gpu00-01"].gpu_events == {5: "Xid 48", 6: "Xid 94"}

    run(main)


async def test_what_was_begun_before_a_freeze_is_said_after_it(tmp_path: Path) -> None:
    faults = "  - {fault: frozen-host, on: gpu00-02, at: 500ms, lasts: 550ms}\n"
    clock = Clock(1.0)
    host = machine("gpu00-02", clock, plan=scenario(faults, tmp_path))
    said: list[bytes] = []
    ended = asyncio.Event()
    play = Play(
        host, tools.run(host, ["hostname"]), write=said.append, complain=said.append, ended=lambda _: ended.set()
    )
    play.go_on()
    assert said == []
    clock.t = 2.0
    async with asyncio.timeout(5):
        await ended.wait()
    assert said == [b"gpu00-02\n"]


def test_a_scenario_that_is_wrong_is_told_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("about: x\nlook: y\nfaults:\n  - {fault: fire, on: gpu00-00}\n")
    with pytest.raises(SourceError, match=r"wrong\.yaml:4: faults\[0\]\.fault"):  # noqa: SIM117
        with launch(nodes=4, scenario=str(tmp_path / "wrong.yaml")):
            pass


def test_a_fabric_too_small_for_its_scenario_is_not_laid_out() -> None:
    with pytest.raises(SourceError, match=r"no gpu07-02, gpu07-02/gpu4: .* takes --nodes 31 or more"):  # noqa: SIM117
        with launch(nodes=16, scenario="hung-nvidia-smi"):
            pass


def test_nothing_is_left_when_it_ends() -> None:
    before = children(os.getpid())
    with launch(nodes=3, scenario="quiet") as inventory:
        folder = inventory.parent
        [child] = set(children(os.getpid())).difference(before)
    assert not folder.exists()
    assert not alive(child)


def test_that_it_was_killed_is_said_and_its_keys_are_not_left_behind() -> None:
    before = children(os.getpid())
    with pytest.raises(SourceError, match=r"ended by itself: it said nothing \(status -9\)"):  # noqa: SIM117
        with launch(nodes=3, scenario="quiet") as inventory:
            [child] = set(children(os.getpid())).difference(before)
            os.kill(child, signal.SIGKILL)
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert not inventory.parent.exists()


def test_it_ends_by_itself_when_whoever_started_it_is_killed() -> None:
    code = (
        "import sys, time\nfrom fabconsole.sim.launch import launch\n"
        "with launch(nodes=2, scenario='quiet') as path:\n    print(path, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    folder = Path(parent.stdout.readline().strip()).parent
    [child] = children(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not alive(child) and not folder.exists())
