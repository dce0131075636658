"""The terminal under the console: given back as it was found, however the console is left, stopped or woken."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_CURSOR, _WRAP = 25, 7
"""Modes that are on in a terminal as it is found."""


class Seat:
    """A console in a pseudo-terminal, on a fabric whose one host refuses every connection."""

    def __init__(self, inventory: Path) -> None:
        self.raw = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-m", "fabconsole", "-c", str(inventory)])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def hears(self, seconds: float) -> bool:
        """Take what is said within so long; False where nothing is, or nobody is there to say it any more."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            said = os.read(self.terminal, 1 << 16)
        except OSError:
            return False
        self.raw += said
        return True

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, f"never happened; the last it said is {self.raw[-300:]!r}"
            self.hears(0.05)

    def shows(self, text: bytes, since: int = 0) -> None:
        self.until(lambda: text in self.raw[since:])

    def press(self, keys: bytes) -> None:
        os.write(self.terminal, keys)

    def is_over(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def is_stopped(self) -> bool:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def ended(self) -> int:
        self.until(self.is_over)
        while self.hears(0):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def modes(self) -> set[int]:
        """What is on in the terminal after all that was said to it."""
        modes = {_CURSOR, _WRAP}
        for numbers, to in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", self.raw):
            changed = {int(number) for number in numbers.split(b";")}
            modes = modes | changed if to == b"h" else modes - changed
        return modes

    def echoes(self) -> bool:
        local = termios.tcgetattr(self.terminal)[3]
        return bool(local & termios.ECHO and local & termios.ICANON)


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    inventory = tmp_path / "east.yaml"
    inventory.write_text("fabric: east-1\nssh: {user: nobody}\nracks: {r0: {nodes: a0}}\n")
    inventory.write_text(inventory.read_text() + "nodes: {a0: {address: 127.0.0.1, port: 1}}\n")
    seat = Seat(inventory)
    try:
        seat.shows(b"EAST-1")
        seat.shows(b"quit")
        yield seat
    finally:
        try:
            os.kill(seat.pid, signal.SIGKILL)
            os.waitpid(seat.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # it left by itself
        os.close(seat.terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_asked_to_leave_it_gives_the_terminal_back_and_says_by_whom(seat: Seat, number: signal.Signals) -> None:
    os.kill(seat.pid, number)
    assert seat.ended() == 128 + number
    assert seat.modes() == {_CURSOR, _WRAP}
    assert seat.echoes()


def test_stopped_from_elsewhere_and_woken_it_can_be_left_as_ever(seat: Seat) -> None:
    os.kill(seat.pid, signal.SIGSTOP)
    seat.until(seat.is_stopped)
    before = len(seat.raw)
    os.kill(seat.pid, signal.SIGCONT)
    seat.shows(b"EAST-1", before)
    seat.press(b"q")
    assert seat.ended() == 0
    assert seat.modes() == {_CURSOR, _WRAP}
    assert seat.echoes()


def test_put_to_sleep_it_lets_go_of_the_terminal_and_takes_it_up_again(seat: Seat) -> None:
    os.kill(seat.pid, signal.SIGTSTP)
    seat.until(lambda: seat.is_stopped() and seat.modes() == {_CURSOR, _WRAP})
    assert seat.echoes()
    before = len(seat.raw)
    os.kill(seat.pid, signal.SIGCONT)
    seat.shows(b"EAST-1", before)
    seat.press(b"q")
    assert seat.ended() == 0
    assert seat.echoes()
