"""How soon there is something to see: `--version`, and the demo's first reading in every rack.

    python tests/bench/start.py [--runs 5]

The demo runs in a pseudo-terminal of 200x50, a fresh one each run; its clock starts before Python does. A rack has
a reading when the header counts every host as answered (`hca 64/64`).
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time

import pyte
from keys import Terminal

_COLUMNS, _ROWS = 200, 50


def version_s() -> float:
    """Wall seconds of `fabconsole --version`."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "fabconsole", "--version"], check=True, capture_output=True)
    return time.monotonic() - started


def first_readings_s(nodes: int) -> tuple[float, float]:
    """Seconds from exec to the first painted line, and to the header that counts all hosts."""
    started = time.monotonic()
    terminal = Terminal.running([sys.executable, "-m", "fabconsole", "demo"], _COLUMNS, _ROWS)
    screen = pyte.Screen(_COLUMNS, _ROWS)
    stream = pyte.ByteStream(screen)
    painted = 0.0
    fed = 0
    try:
        while time.monotonic() - started < 30:
            terminal.read_for(0.02)
            for _, data in terminal.reads[fed:]:
                stream.feed(data)
            fed = len(terminal.reads)
            header = "\n".join(screen.display[:3])
            if not painted and header.strip():
                painted = time.monotonic() - started
            if re.search(rf"hca {nodes}(/{nodes})?\b", header):
                return painted, time.monotonic() - started
        raise SystemExit("30 s, and not every host has answered:\n" + header)
    finally:
        terminal.close()


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--nodes", type=int, default=64)
    options = arguments.parse_args()
    versions = [version_s() for _ in range(options.runs)]
    print(f"--version: median {statistics.median(versions):.2f} s, max {max(versions):.2f} s")
    starts = [first_readings_s(options.nodes) for _ in range(options.runs)]
    for name, values in zip(("first paint", "a reading in every rack"), zip(*starts, strict=True), strict=True):
        print(f"{name}: median {statistics.median(values):.2f} s, max {max(values):.2f} s")


if __name__ == "__main__":
    main()
