"""From a key to its cell: byte into a pseudo-terminal until the changed cell is in the byte stream.

    python tests/bench/keys.py [--size 200x50] [--keys 300] [-- COMMAND ...]

Starts the demo (or COMMAND) in a pseudo-terminal, waits until cells are drawn, then presses an arrow at a time
while the fabric goes on changing. What the terminal received is played into a terminal emulator afterwards, so
that emulating costs the measurement nothing: a key's latency is the time of the read after which the cell under
the cursor is another one.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import random
import select
import statistics
import struct
import sys
import termios
import time
from dataclasses import dataclass, field

import pyte

_ROUND = ("\x1b[C", "\x1b[C", "\x1b[B", "\x1b[D", "\x1b[D", "\x1b[A")
"""Right, right, down, left, left, up: never leaves the first tiles."""


@dataclass
class Terminal:
    """A console in a pseudo-terminal, and all it ever wrote, with the time of each read."""

    master: int
    pid: int
    reads: list[tuple[float, bytes]] = field(default_factory=list)

    @classmethod
    def running(cls, command: list[str], columns: int, rows: int, core: int | None = None) -> Terminal:
        pid, master = pty.fork()
        if pid == 0:
            if core is not None:
                os.sched_setaffinity(0, {core})
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execvp(command[0], command)
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        return cls(master, pid)

    def read_for(self, seconds: float) -> None:
        """Take what comes until the time is up."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                data = os.read(self.master, 1 << 16)
                self.reads.append((time.monotonic(), data))

    def close(self) -> int:
        """Press q and return the exit code."""
        os.write(self.master, b"q")
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    if not os.read(self.master, 1 << 16):
                        break
                except OSError:
                    break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def cursor_cell(screen: pyte.Screen) -> tuple[int, int] | None:
    """Where the heatmap's cursor is drawn: the one reversed cell but for scrollbars, which are in the last column; None
    while there is none.
    """
    for y in range(2, screen.lines - 1):
        for x, char in screen.buffer[y].items():
            if char.reverse and x < screen.columns - 1:
                return y, x
    return None


def latencies_ms(terminal: Terminal, pressed: list[float], columns: int, rows: int) -> list[float]:
    """For each key, when the cursor's cell first differed from where it was."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    found: list[float] = []
    waiting = list(pressed)
    before: tuple[int, int] | None = None
    for at, data in terminal.reads:
        while waiting and waiting[0] < at and before is None:
            before = cursor_cell(screen) or (-1, -1)
            break
        stream.feed(data)
        if before is not None and waiting and cursor_cell(screen) not in (before, None):
            found.append((at - waiting.pop(0)) * 1e3)
            before = None
    return found


def press(terminal: Terminal, keys: int, dice: random.Random) -> list[float]:
    """Arrows, one at a time; when each was pressed."""
    pressed = []
    for turn in range(keys):
        pressed.append(time.monotonic())
        os.write(terminal.master, _ROUND[turn % len(_ROUND)].encode())
        terminal.read_for(0.2 + 0.2 * dice.random())
    return pressed


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--size", default="200x50")
    arguments.add_argument("--keys", type=int, default=300)
    arguments.add_argument("--settle", type=float, default=15.0, help="seconds before the first key")
    arguments.add_argument("command", nargs="*", default=[sys.executable, "-m", "fabconsole", "demo"])
    options = arguments.parse_args()
    columns, rows = map(int, options.size.split("x"))
    terminal = Terminal.running(options.command, columns, rows)
    terminal.read_for(options.settle)
    pressed = press(terminal, options.keys, random.Random(1))
    code = terminal.close()
    found = sorted(latencies_ms(terminal, pressed, columns, rows))
    print(f"{options.size}: {len(found)} of {options.keys} keys seen; exit code {code}")
    if len(found) >= 20:
        cuts = statistics.quantiles(found, n=100)
        print(f"median {cuts[49]:.1f} ms  p95 {cuts[94]:.1f} ms  p99 {cuts[98]:.1f} ms  max {found[-1]:.1f} ms")


if __name__ == "__main__":
    main()
