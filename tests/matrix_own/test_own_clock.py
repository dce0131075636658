"""Our own clock set, our own process stopped, our machine asleep: nothing old is shown as of now."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from own_rig import FABCONSOLE, Seat, Site, eventually

from fabconsole.fabric.clock import STEP_S, SteadyClock, elapsed

Take = Callable[..., Seat]
NO_GPU = ["nvidia-smi"]


class Machine:
    """Its clocks, as a test sets them."""

    wall = 1_790_000_000.0
    passed = 50.0

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.passed)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.passed += seconds


def test_a_clock_that_is_put_back_makes_nothing_younger_and_is_told() -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()
    machine.passes(10)
    machine.wall -= 3600
    assert clock() - before == 10
    assert clock.told == ("this machine's clock was put back by 3,600 s: times here are by what it was before",)


def test_a_clock_that_is_put_forward_makes_nothing_older_and_is_told() -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()
    machine.passes(10)
    machine.wall += 3600
    assert clock() - before == 10
    assert "put forward by 3,600 s" in clock.told[0]


def test_a_clock_that_is_a_little_wrong_is_told_to_nobody() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += STEP_S / 2
    assert clock.told == ()


def test_sleep_is_time_that_has_passed() -> None:
    slept_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    assert abs(elapsed() - time.monotonic() - slept_s) < 1


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_stopped_and_woken_it_shows_nothing_of_before_the_stop_as_of_now(
    start_site: Callable[..., Site], take_seat: Take
) -> None:
    site = start_site(poll="fast: 500ms, slow: 30s, timeout: 2s", lacking=NO_GPU)
    seat = take_seat([*FABCONSOLE, "-c", str(site.inventory)], site.home)
    seat.shows("OWN", "all well", "hca 1")
    os.kill(seat.pid, signal.SIGSTOP)
    eventually(lambda: is_stopped(seat.pid))
    while seat.hear():
        pass
    site.cut()  # first: what a dead sshd leaves is no longer its child
    site.process.kill()
    woken_at = time.monotonic() + 1.5
    eventually(lambda: time.monotonic() > woken_at)
    seat.screen.reset()
    os.kill(seat.pid, signal.SIGCONT)
    shown = set[bool]()

    def is_told() -> bool:
        if "OWN" in seat.text:
            shown.add("all well" in seat.text)
        return "unreachable" in seat.text

    seat.until(is_told)
    assert shown == {False}


def test_stopped_for_longer_than_a_deadline_it_blames_no_node(start_site: Callable[..., Site], take_seat: Take) -> None:
    site = start_site(nodes=20, poll="fast: 500ms, slow: 30s, timeout: 1s", lacking=NO_GPU)
    seat = take_seat([*FABCONSOLE, "-c", str(site.inventory)], site.home)
    seat.shows("OWN", "all well", "hca 20 ")
    os.kill(seat.pid, signal.SIGSTOP)
    woken_at = time.monotonic() + 3
    eventually(lambda: is_stopped(seat.pid) and time.monotonic() > woken_at)
    before = len(seat.raw)
    os.kill(seat.pid, signal.SIGCONT)
    seat.until(lambda: b"EVENTS" in seat.raw[before:])
    seat.shows("OWN", "all well")
    assert b"timed out" not in seat.raw
    assert b"stops answering" not in seat.raw


def test_ctrl_z_gives_the_shell_its_terminal_and_fg_takes_it_up_again(site: Site, take_seat: Take) -> None:
    seat = take_seat(["bash", "--norc", "--noprofile", "-i"], site.home)
    seat.press(f"PS1='sh> '; {' '.join(FABCONSOLE)} -c {site.inventory}\n")
    seat.shows("OWN", "hca 1")
    seat.press("\x1a")
    seat.shows("Stopped", "sh> ")
    seat.press("fg\n")
    seat.shows("OWN", "hca 1")
    seat.press("q")
    seat.until(lambda: "OWN" not in seat.text)
    seat.press("echo left=$?\n")
    seat.shows("left=0")


def test_ctrl_z_where_no_shell_waits_does_nothing_and_says_so(site: Site, take_seat: Take) -> None:
    seat = take_seat([*FABCONSOLE, "-c", str(site.inventory)], site.home)
    seat.shows("OWN", "hca 1")
    seat.press("\x1a")
    seat.shows("no shell waits here that could wake the console")
