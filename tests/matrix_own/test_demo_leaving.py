"""However the demo is ended, its simulated fabric ends with it and its files are gone."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from own_rig import FABCONSOLE, Seat, eventually, processes_with


class Demo:
    """A demo of four hosts, and what there is of it."""

    def __init__(self, take_seat: Callable[..., Seat], folder: Path) -> None:
        self.mark = f"FC_DEMO={secrets.token_hex(8)}"
        self.files = folder / "files"
        self.files.mkdir()
        self.seat = take_seat(["env", self.mark, f"TMPDIR={self.files}", *FABCONSOLE, "demo", "--nodes", "4"], folder)
        self.seat.shows("SIM-1", "hca 4")
        assert len(processes_with(self.mark)) == 2
        assert len(list(self.files.iterdir())) == 1

    def is_gone(self) -> bool:
        return not processes_with(self.mark) and not list(self.files.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_takes_its_fabric_along(
    take_seat: Callable[..., Seat], tmp_path: Path, number: signal.Signals
) -> None:
    demo = Demo(take_seat, tmp_path)
    os.kill(demo.seat.pid, number)
    demo.seat.ended()
    eventually(demo.is_gone, lambda: processes_with(demo.mark))


def test_a_demo_whose_terminal_is_closed_takes_its_fabric_along(take_seat: Callable[..., Seat], tmp_path: Path) -> None:
    demo = Demo(take_seat, tmp_path)
    demo.seat.hang_up()
    assert demo.seat.ended() == 128 + signal.SIGHUP
    eventually(demo.is_gone, lambda: processes_with(demo.mark))


def test_a_demo_interrupted_as_it_starts_says_so_in_a_word(take_seat: Callable[..., Seat], tmp_path: Path) -> None:
    seat = take_seat(
        ["env", mark := f"FC_DEMO={secrets.token_hex(8)}", *FABCONSOLE, "demo", "--nodes", "1000"], tmp_path
    )
    seat.until(lambda: len(processes_with(mark)) == 2)
    seat.press("\x03")
    assert seat.ended() == 130
    assert b"Traceback" not in seat.raw
    eventually(lambda: not processes_with(mark))
