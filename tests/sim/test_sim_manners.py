"""Hosts that misbehave: what each manner does to a connection and to an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path
from random import Random

import asyncssh
import pytest
from played import served
from sim_rig import Clock, machine, played, scenario
from sim_ssh import connected, said
from virtual_time import VirtualLoop, run

from fabconsole.fabric.errors import DocumentError
from fabconsole.platforms.shell import COMMAND, WHOLE
from fabconsole.sim import misconduct
from fabconsole.sim.act import Act
from fabconsole.sim.effects import Effects
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner
from fabconsole.sim.shell import Shell
from fabconsole.sim.wiring import wired

SICK = """about: a test
look: here
faults:
  - {fault: refusing-host, on: gpu00-00}
  - {fault: cut-host, on: gpu00-01}
  - {fault: locked-account, on: gpu00-02}
  - {fault: changed-host-key, on: gpu00-03}
  - {fault: flooding-host, on: gpu01-00}
  - {fault: noisy-host, on: gpu01-01}
  - {fault: unclosing-host, on: gpu01-02}
  - {fault: breaking-host, on: gpu01-03}
  - {fault: refusing-host, on: gpu02-00, at: 1s, lasts: 500ms}
  - {fault: cut-host, on: gpu02-01, at: 1s, lasts: 1s}
"""


def among_the_sick(folder: Path, do: Callable[[Path], Awaitable[object]]) -> None:
    """Do something with the inventory of hosts that misbehave, in virtual time."""
    path = folder / "sick.yaml"
    path.write_text(SICK)

    async def main(loop: VirtualLoop) -> None:
        async with served(loop, folder, nodes=12, scenario=str(path)) as (inventory, _):
            await do(inventory)

    run(main)


@pytest.mark.parametrize(
    ("host", "error"),
    [
        ("gpu00-00", ConnectionRefusedError),
        ("gpu00-01", TimeoutError),
        ("gpu00-02", asyncssh.PermissionDenied),
        ("gpu00-03", asyncssh.HostKeyNotVerifiable),
    ],
)
def test_who_cannot_be_let_in_learns_it_in_its_own_way(tmp_path: Path, host: str, error: type[Exception]) -> None:
    async def dialled(inventory: Path) -> None:
        with pytest.raises(error):
            async with connected(inventory, host):
                pass

    among_the_sick(tmp_path, dialled)


@pytest.mark.parametrize(
    ("host", "command"), [("gpu01-00", "hostname"), ("gpu01-01", COMMAND)], ids=["answer", "shell"]
)
def test_a_flood_is_as_much_as_one_takes(tmp_path: Path, host: str, command: str) -> None:
    async def taken(inventory: Path) -> None:
        async with connected(inventory, host) as connection:
            process = await connection.create_process(command, encoding=None)
            assert len(await process.stdout.readexactly(8_000_000)) == 8_000_000
            connection.abort()

    among_the_sick(tmp_path, taken)


def test_a_command_that_is_not_closed_has_said_its_answer(tmp_path: Path) -> None:
    async def asked(inventory: Path) -> None:
        async with connected(inventory, "gpu01-02") as connection:
            process = await connection.create_process("hostname")
            assert await process.stdout.readline() == "gpu01-02\n"
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(60):
                    await process.wait_closed()
            connection.abort()

    among_the_sick(tmp_path, asked)


def test_an_answer_that_is_broken_off_is_half(tmp_path: Path) -> None:
    async def asked(inventory: Path) -> None:
        async with connected(inventory, "gpu01-03") as connection:
            done = await connection.run("hostname")
        assert done.stdout == "gpu0"
        assert done.exit_status == 255

    among_the_sick(tmp_path, asked)


@pytest.mark.parametrize("host", ["gpu02-00", "gpu02-01"])
def test_one_that_was_gone_is_back_when_its_time_is_over(tmp_path: Path, host: str) -> None:
    async def dialled(inventory: Path) -> None:
        assert await said(inventory, host, "hostname") == f"{host}\n"
        await asyncio.sleep(1.2)
        with pytest.raises((ConnectionRefusedError, TimeoutError)):
            async with connected(inventory, host, connect_timeout=0.1):
                pass
        await asyncio.sleep(1.0)
        assert await said(inventory, host, "hostname") == f"{host}\n"

    among_the_sick(tmp_path, dialled)


def sick(fault: str, folder: Path, clock: Clock | None = None) -> Machine:
    return machine("gpu00-01", clock or Clock(), plan=scenario(f"  - {{{fault}, on: gpu00-01}}\n", folder))


def says(text: bytes) -> Act:
    yield text
    return 0


def test_late_is_as_late_as_is_said(tmp_path: Path) -> None:
    host = sick("fault: late-host, by: 3s", tmp_path)
    assert list(misconduct.mannered(host, says(b"here"))) == [3.0, b"here"]


def test_trickling_is_a_byte_a_second(tmp_path: Path) -> None:
    host = sick("fault: trickling-host", tmp_path)
    assert list(misconduct.mannered(host, says(b"ab"))) == [b"a", 1.0, b"b", 1.0]


def test_garbling_changes_some_bytes_and_no_length() -> None:
    said = b"what a host says " * 100
    assert len(misconduct.garbled(said, Random(1))) == len(said)
    assert 5 < sum(one != other for one, other in zip(said, misconduct.garbled(said, Random(1)), strict=True)) < 100


def test_forging_knows_the_question_that_was_asked(tmp_path: Path) -> None:
    host = sick("fault: forging-host", tmp_path)
    simulated = Shell(host)
    played(simulated.line(WHOLE.rstrip("\n")))
    act = misconduct.mannered(host, simulated.line("fc_ask 0123456789abcdef hca fc_hl"))
    said = b"".join(piece for piece in act if isinstance(piece, bytes))
    assert said.count(b"\x030123456789abcdef hca ") == 2
    assert said.count(b"\x03ffffffffffffffff hca ") == 1


def test_manners_end_with_their_time_and_begin_again(tmp_path: Path) -> None:
    clock = Clock()
    host = sick("fault: flooding-host, at: 10s, lasts: 2s, every: 20s", tmp_path, clock)
    flooded = []
    for clock.t in (9.0, 10.0, 11.9, 12.0, 29.9, 30.0, 33.0):
        flooded.append(len(list(islice(misconduct.mannered(host, says(b"answer")), 9))) == 9)
    assert flooded == [False, True, True, False, False, True, False]


def test_what_is_well_behaved_costs_nothing_extra(tmp_path: Path) -> None:
    host, act = machine("gpu00-01", Clock()), says(b"well")
    assert misconduct.mannered(host, act) is act


def test_a_fault_is_on_every_host_of_a_set_and_on_a_share_of_all(tmp_path: Path) -> None:
    text = '  - {fault: frozen-host, on: "gpu00-[00-03],gpu01-01"}\n  - {fault: noisy-host, share: 25%}\n'
    plan, wiring = scenario(text, tmp_path), wired(16, 1)
    effects = plan.befall((wiring,), 7)[0]
    frozen = {host for host, manners in effects.manners.items() if Manner.FROZEN in manners}
    noisy = {host for host, manners in effects.manners.items() if Manner.NOISY in manners}
    assert frozen == {"gpu00-00", "gpu00-01", "gpu00-02", "gpu00-03", "gpu01-01"}
    assert len(noisy) == 4
    assert [fault.clue().where for fault in plan.faults] == ["gpu00-[00-03],gpu01-01", "25 % of hosts"]
    assert not plan.faults[0].befall(wired(5, 1), Effects(), Random(0))


def test_one_host_after_the_other(tmp_path: Path) -> None:
    text = '  - {fault: frozen-host, on: "gpu00-[00-02]", at: 5s, lasts: 3s, apart: 10s}\n'
    effects = scenario(text, tmp_path).befall((wired(4, 1),), 1)[0]
    spells = [manners[Manner.FROZEN].spells for manners in effects.manners.values()]
    assert spells == [((5.0, 8.0),), ((15.0, 18.0),), ((25.0, 28.0),)]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("on: gpu00-00, share: 5%", "both on and share"),
        ("share: 0%", "out of range"),
        ("share: many", "is no share: write it as 5%"),
        ('on: "leaf[01-02]"', "is not hosts such as"),
        ("at: 5s", "on: is missing"),
        ("on: gpu00-00, every: 5s", "needs `lasts`"),
        ("on: gpu00-00, every: 5s, lasts: 5s", "needs `lasts`"),
    ],
)
def test_what_is_wrong_with_a_place_or_a_time_is_told(tmp_path: Path, fault: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        scenario(f"  - {{fault: frozen-host, {fault}}}\n", tmp_path)
