"""The simulated hosts' answers, held against reality.

For each question the simulated state is laid out as files and stand-in tools, the question's own text is run in a
real `sh`, and its bytes are compared with the simulation's answer.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sim_rig import Clock, RealShell, World, machine, missing, played, scenario

from fabconsole.fabric.inventory import InBand, Node
from fabconsole.platforms import account, in_band, kernel_log_text, registry, shell
from fabconsole.platforms.gpu import QUESTION as GPU
from fabconsole.platforms.hca import QUESTION as HCA
from fabconsole.platforms.question import Again, Answer, Inquiry, Question, Reading, Refusal
from fabconsole.sim import account_answers, log_answers
from fabconsole.sim.act import Stuck
from fabconsole.sim.ground import USER
from fabconsole.sim.journal import Journal
from fabconsole.sim.machine import Machine
from fabconsole.sim.shell import Shell
from fabconsole.sim.tools.subnet import answering
from fabconsole.stream.records import Reason

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

SICK = """
  - {fault: flapping-cable, on: gpu00-01/mlx5_5, at: 10s, every: 40s, down: 20s}
  - {fault: old-errors, on: gpu00-01/mlx5_2, counter: link_downed, count: 700}
  - {fault: symbol-errors, on: leaf03/2, at: 0s, per_s: 9}
  - {fault: slow-link, on: leaf07/40, speed: NDR 2X}
  - {fault: dying-nvlink, on: gpu00-01/gpu3/nvl7, at: 1s, every: 4s, dies: 20s}
  - {fault: dead-switch, on: leaf02, at: 15s}
  - {fault: lost-hca, on: gpu00-01/mlx5_6, at: 100s}
  - {fault: xid, on: gpu00-01/gpu6, code: 94, ago: 37m}
  - {fault: xid, on: gpu00-01/gpu6, code: 31, ago: 30h}
"""
ODD = """
  - {fault: hostile-names, on: gpu00-01}
  - {fault: full-disk, on: gpu00-01}
  - {fault: symbol-errors, on: gpu00-01/mlx5_5, at: 0s, per_s: 9}
  - {fault: symbol-errors, on: leaf03/2, at: 0s, per_s: 9}
  - {fault: cleared-counters, on: everything, at: 20s}
  - {fault: lost-hca, on: gpu00-01/mlx5_1, at: 2s, lasts: 10s, back_as: mlx5_12}
  - {fault: jumping-clock, on: gpu00-01, at: 20s, lasts: 20s}
  - {fault: dying-nvlink, on: gpu00-01/gpu3/nvl7, at: 1s, every: 4s, dies: 20s}
"""
REBOOTED = """
  - {fault: reboot, on: gpu00-01, at: 5s, lasts: 20s}
  - {fault: symbol-errors, on: gpu00-01/mlx5_0, at: 0s, per_s: 9}
  - {fault: dying-nvlink, on: gpu00-01/gpu3/nvl7, at: 1s, every: 4s}
"""
LIMITED = """
  - {fault: unreadable-log, on: gpu00-01}
  - {fault: no-umad, on: gpu00-01}
"""
NODE = Node(name="gpu00-01", rack="r00", address="gpu00-01", in_band=InBand())
NONCE = "0123456789abcdef"
GREETINGS = {
    "fast": shell.WHOLE,
    "slow": shell.WATCHED + shell.WHOLE,
    "in-band": shell.WATCHED,
    "account": shell.WATCHED,
}


def at_moment(moment: float, folder: Path, plan: str = SICK) -> Machine:
    return machine("gpu00-01", Clock(moment), plan=scenario(plan, folder))


@pytest.fixture(
    params=[(5.0, SICK), (27.5, SICK), (300.0, SICK), (27.5, ODD), (29.0, REBOOTED)],
    ids=["early", "everything down", "later", "hostile, cleared, renumbered", "just rebooted"],
)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return at_moment(request.param[0], tmp_path, request.param[1])


@pytest.fixture
def world(host: Machine, tmp_path: Path) -> World:
    return World(tmp_path / "world", host)


class Dialogue:
    """The same lines to a real shell and to a simulated one."""

    def __init__(self, real: RealShell, simulated: Shell, question: Question, inquiry: Inquiry) -> None:
        self._real, self._simulated = real, simulated
        self._question, self._inquiry = question, inquiry
        self._send(shell.PRELUDE + GREETINGS[question.lane])

    def ask(self) -> tuple[bytes, bytes]:
        """(what a real shell says, what the simulation says) this round; the inquiry learns of the real one."""
        self._send(self._inquiry.text())
        line = shell.framed(NONCE, self._question.name, self._inquiry.call())
        self._real.send(line)
        real = self._real.read_until(f"\n\x03{NONCE} {self._question.name} ".encode())
        simulated = played(self._simulated.line(line.rstrip("\n"))).out
        frame = shell.unframe(real, NONCE, self._question.name)
        assert frame is not None
        self.reading = self._inquiry.read(
            Answer(body=frame.body, status=frame.status, asked_at=0.0, at=1.0, clock_s=1.0, boot_id=frame.boot_id)
        )
        return real, simulated

    def _send(self, text: str) -> None:
        self._real.send(text)
        for line in text.splitlines():
            assert played(self._simulated.line(line)).status == 0, f"not understood: {line}"


@pytest.fixture
def dialogue(host: Machine, world: World) -> Iterator[Callable[[str], Dialogue]]:
    with world.shell(shell.COMMAND) as real:
        real.read_until(b"\x01")

        def begun(name: str) -> Dialogue:
            question = next(question for question in registry.questions(NODE) if question.name == name)
            if name == in_band.QUESTION.name:
                inquiry: Inquiry = in_band.inquiry(NODE, lambda: NONCE)
            else:
                inquiry = registry.inquiry(question, NODE)  # type: ignore[assignment]
            return Dialogue(real, Shell(host), question, inquiry)

        yield begun


def test_the_listing_and_the_values_of_hcas(dialogue: Callable[[str], Dialogue], host: Machine) -> None:
    hca = dialogue("hca")
    real, simulated = hca.ask()
    assert simulated == real
    assert hca.reading is Again.NOW
    real, simulated = hca.ask()
    assert simulated == real
    assert isinstance(hca.reading, Reading)
    assert len(hca.reading.tables[0].rows) == len(host.hcas) in (4, 7, 8)


@pytest.mark.parametrize(
    "plan", ["", "  - {fault: unreadable-log, on: gpu00-01}\n  - {fault: no-umad, on: gpu00-01}\n"]
)
def test_what_the_account_is(plan: str, tmp_path: Path) -> None:
    host = at_moment(5.0, tmp_path, plan or SICK)
    world = World(tmp_path / "world", host)
    world.stand_in_with(["id", "-un"], f"{USER}\n".encode())
    world.stand_in_with(["id", "-Gn"], f"{account_answers.groups(host)}\n".encode())
    world.stand_in_with(["uname", "-n"], f"{host.host.name}\n".encode())
    world.stand_in_with(["date", "+%s"], f"{int(host.wall(host.now()))}\n".encode())
    for number, _ in enumerate(host.hcas):
        line = account_answers.umad(host, number)
        world.stand_in_with(["ls", "-l", f"/dev/infiniband/umad{number}"], f"{line}\n".encode())
    for tool in account_answers.TOOLS:
        world.stand_in_with([tool], b"")
    with world.shell(shell.COMMAND) as real:
        real.read_until(b"\x01")
        who = Dialogue(real, Shell(host), account.QUESTION, account.AccountInquiry(NODE))
        said, simulated = who.ask()
    for tool, path in account_answers.TOOLS.items():
        said = said.replace(f"={world.bin}/{tool}\n".encode(), f"={path}\n".encode())
    assert simulated == said
    assert isinstance(who.reading, Reading)
    assert who.reading.facts["account.user"] == USER


def test_the_values_after_an_hca_has_gone(tmp_path: Path) -> None:
    host = at_moment(27.5, tmp_path)
    clock = host.now
    assert isinstance(clock, Clock)
    world = World(tmp_path / "world", host)
    with world.shell(shell.COMMAND) as real:
        real.read_until(b"\x01")
        hca = Dialogue(real, Shell(host), HCA, registry.inquiry(HCA, NODE))  # type: ignore[arg-type]
        hca.ask()
        clock.t = 101.0
        world.lay_out()
        real_said, simulated = hca.ask()
        assert simulated == real_said
        assert b"\n@mlx5_6 2\n" in real_said
        assert b"\n@mlx5_7 0\n" in real_said


def test_a_shell_tells_its_session_before_anything_else(host: Machine, world: World) -> None:
    with world.shell(shell.COMMAND) as real:
        assert shell.traced(real.read_until(b"\x01")) is not None
    assert shell.traced(played(Shell(host).begin()).out) is not None


def test_a_question_asked_before_in_a_shell_that_was_lost_is_answered(host: Machine) -> None:
    simulated, hca = Shell(host), registry.inquiry(HCA, NODE)
    assert isinstance(hca, Inquiry)
    for line in (shell.PRELUDE + shell.SPARING + shell.WHOLE + hca.text()).splitlines():
        played(simulated.line(line))
    asked = shell.framed(NONCE, HCA.name, shell.unless(4242, hca.call()))
    frame = shell.unframe(played(simulated.line(asked.rstrip("\n"))).out, NONCE, HCA.name)
    assert frame is not None
    assert frame.status == 0


def test_the_gpus_and_where_they_are(dialogue: Callable[[str], Dialogue], world: World, host: Machine) -> None:
    world.stand_in(["nvidia-smi", "-L"])
    gpu = dialogue("gpu")
    real, simulated = gpu.ask()
    assert simulated == real
    assert isinstance(gpu.reading, Reading)
    assert gpu.reading.facts["gpus"] == "8"
    assert {one.pci for one in host.host.gpus} == {gpu.reading.facts[f"gpu{number}.pci"] for number in range(8)}
    assert gpu.reading.facts["gpu6.pci"] == host.host.gpus[6].pci


def test_the_nvlinks_and_then_that_nothing_has_changed(dialogue: Callable[[str], Dialogue], world: World) -> None:
    world.stand_in(["nvidia-smi", "nvlink", "-s"], ["nvidia-smi", "nvlink", "-e"])
    nvlink = dialogue("nvlink")
    real, simulated = nvlink.ask()
    assert simulated == real
    assert isinstance(nvlink.reading, Reading)
    assert len(nvlink.reading.tables[0].rows) == 144
    real, simulated = nvlink.ask()
    assert simulated == real
    assert real.count(b" same\n") == 2


def test_the_whole_subnet_in_band(dialogue: Callable[[str], Dialogue], world: World, host: Machine) -> None:
    world.stand_in(
        ["sminfo"],
        ["iblinkinfo", "--line", "--switches-only"],
        ["ibqueryerrors", "--switch", "--threshold-file", "/dev/null"],
        *(["perfquery", "-x", str(switch.lid), "1"] for switch in host.fabric.wiring.switches),
        *(["perfquery", str(switch.lid), "1"] for switch in host.fabric.wiring.switches),
    )
    subnet = dialogue("in-band")
    real, simulated = subnet.ask()
    assert simulated == real
    assert subnet.reading is Again.NOW
    real, simulated = subnet.ask()
    assert simulated == real
    assert isinstance(subnet.reading, Reading)
    assert subnet.reading.sweep is not None
    assert subnet.reading.sweep.complete
    assert len(subnet.reading.sweep.switches) == len(list(answering(host))) in (11, 12)


def test_a_subnet_that_may_not_be_asked(tmp_path: Path) -> None:
    host = at_moment(5.0, tmp_path, "  - {fault: no-umad, on: gpu00-01}\n")
    world = World(tmp_path / "world", host)
    world.stand_in(
        ["sminfo"],
        ["iblinkinfo", "--line", "--switches-only"],
        ["ibqueryerrors", "--switch", "--threshold-file", "/dev/null"],
    )
    with world.shell(shell.COMMAND) as real:
        real.read_until(b"\x01")
        subnet = Dialogue(real, Shell(host), in_band.QUESTION, in_band.inquiry(NODE, lambda: NONCE))
        real_said, simulated = subnet.ask()
    assert simulated == real_said
    assert isinstance(subnet.reading, Refusal)
    assert subnet.reading.reason is Reason.NO_UMAD
    assert "/dev/infiniband/umad0" in subnet.reading.detail


def test_a_tool_that_is_stuck_is_not_started_a_second_time(tmp_path: Path) -> None:
    host = at_moment(5.0, tmp_path, "  - {fault: hung-tool, on: gpu00-01, unkillable: true}\n")
    simulated, gpu = Shell(host), registry.inquiry(GPU, NODE)
    greeting = shell.PRELUDE + shell.SPARING + shell.WATCHED + shell.WHOLE
    assert isinstance(gpu, Inquiry)
    told = shell.traced(played(simulated.begin()).out)
    assert told is not None
    session = int(told[1])
    for line in (greeting + gpu.text()).splitlines():
        played(simulated.line(line))
    asked = shell.framed(NONCE, GPU.name, gpu.call()).rstrip("\n")
    assert any(isinstance(said, Stuck) for said in simulated.line(asked)), "15 s and a KILL do not end it"
    after = Shell(host)
    for line in (greeting + gpu.text()).splitlines():
        played(after.line(line))
    again = shell.framed(NONCE, GPU.name, shell.unless(session, gpu.call())).rstrip("\n")
    said = played(after.line(again)).out
    with World(tmp_path / "world", host).shell("echo $$; exec sleep 30") as stuck:
        stuck_session = int(stuck.read_until(b"\n"))
        with World(tmp_path / "other", host).shell(shell.COMMAND) as real:
            real.read_until(b"\x01")
            real.send(greeting + gpu.text())
            real.send(shell.framed(NONCE, GPU.name, shell.unless(stuck_session, gpu.call())))
            assert real.read_until(f"\x03{NONCE} ".encode()) == said
        os.kill(stuck_session, signal.SIGKILL)
    assert f"{GPU.name} {shell.STILL_RUNNING}".encode() in said


def test_a_log_that_may_not_be_read(tmp_path: Path) -> None:
    host = at_moment(15.5, tmp_path, "  - {fault: unreadable-log, on: gpu00-01}\n")
    world = World(tmp_path / "world", host)
    journal = ["journalctl", "-n1", "-o", "json", "-b", "_TRANSPORT=kernel", "_TRANSPORT=driver"]
    world.stand_in(journal, ["dmesg"])
    world.stand_in_with(["date", "+%s.%N"], f"{host.wall(15.5):.9f}\n".encode())
    with world.shell(kernel_log_text.command(NONCE, None, "")) as real:
        printed = real.read_until(b" none ")
    assert simulated_log(host, None, until=34.0) == printed
    assert b" none permission\n" in printed


LOGS = {
    "first time": (SICK, None),
    "resumed": (SICK, 15.0),
    "hostile": (ODD, None),
    "resumed over a reboot": (REBOOTED, 4.0),
    "rebooted": (REBOOTED, None),
}


@pytest.mark.parametrize(("plan", "resumed_from"), LOGS.values(), ids=LOGS)
def test_the_kernel_log_its_history_and_what_comes_after(tmp_path: Path, plan: str, resumed_from: float | None) -> None:
    resumed = resumed_from is not None
    host = at_moment(15.5, tmp_path, plan)
    clock = host.now
    assert isinstance(clock, Clock)
    journal = Journal(host)
    said = journal.said_by(clock.t)
    cursor = journal.cursor(journal.said_by(resumed_from) - 2) if resumed_from is not None else None
    world = World(tmp_path / "world", host)
    text = kernel_log_text.command(NONCE, cursor, "")
    later = journal.said_by(34.0)
    coming = [journal.entry(number, kernel_log_text.journal.FIELDS) for number in range(said, later)]
    last = next(line for line in reversed(coming) if "Xid (" in line or "Port module" in line)
    stand_in_journal(world, journal, cursor, said, coming)
    with world.shell(text) as real:
        printed = real.read_until(last.encode())
    assert simulated_log(host, cursor, until=34.0) == printed
    if plan == SICK:
        assert b": 94, " in printed or resumed
        assert b": 31, " not in printed, "older than a day"
        assert b"): 74, " in printed


def simulated_log(host: Machine, cursor: str | None, until: float) -> bytes:
    clock = host.now
    assert isinstance(clock, Clock)
    printed = b""
    for said in log_answers.follow(host, kernel_log_text.Asked(NONCE, cursor)):
        if isinstance(said, bytes):
            printed += said
        elif clock.t + said > until:
            break
        else:
            clock.t += said
    return printed


def stand_in_journal(world: World, journal: Journal, cursor: str | None, said: int, coming: list[str]) -> None:
    """`journalctl` in each of the ways in which the script calls it."""
    kinds = ["_TRANSPORT=kernel", "_TRANSPORT=driver"]
    fields = f"--output-fields={','.join(kernel_log_text.journal.FIELDS)}"
    call = ["journalctl", "-q", "-o", "json", "--no-pager", fields]
    since = [f"--after-cursor={cursor}"] if cursor else ["-b", "--since=-24h"]
    last = f"--after-cursor={journal.cursor(said - 1)}"
    world.stand_in(
        ["journalctl", "-n1", "-o", "json", "-b", *kinds],
        ["journalctl", "-q", "-n1", "-o", "json", fields],
        [*call, *since, *kinds],
    )
    if cursor:
        world.stand_in(["journalctl", "-q", "-n1", f"--after-cursor={cursor}"])
    following = ["journalctl", "-f", "--no-tail", "-q", "-o", "json", fields, last, *kinds]
    world.stand_in_with(following, "".join(f"{line}\n" for line in coming).encode())
    world.stay(following)
    wall = host_wall(journal)
    world.stand_in_with(["date", "+%s.%N"], f"{wall:.9f}\n".encode())


def host_wall(journal: Journal) -> float:
    return journal.machine.wall(journal.machine.now())
