"""Starting the simulation in its own process, and ending it surely."""

from __future__ import annotations

import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from fabconsole.fabric.errors import SourceError

READY_S = 60.0
"""How long starting may take; 64 hosts take less than one second."""

EXIT_LOST = 75
"""The simulation's status where a shard of it has ended before its time (EX_TEMPFAIL)."""

_LEAVE_S = 3.0


@contextmanager
def launch(
    *,
    nodes: int = 64,
    seed: int = 1,
    scenario: str = "first-page",
    hosts_a_shard: int | None = None,
    ready_s: float = READY_S,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Path]:
    """A simulated fabric in a child process; gives the path of its inventory, and ends it on the way out.

    The child also ends by itself when this process is gone, however it went: it watches the pipe that this process
    holds. `meanwhile` is done while it starts: imports of one's own, say, which take as long. Raises SourceError
    where it does not start, or where it or one of its shards has ended before its time, in its own words. More than
    `hosts_a_shard` hosts are served by several processes.
    """
    shards = () if hosts_a_shard is None else ("--hosts-a-shard", str(hosts_a_shard))
    inventory: Path | None = None
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            [
                *(sys.executable, "-m", "fabconsole.sim", "--while-stdin"),
                *("--nodes", str(nodes), "--seed", str(seed), "--scenario", scenario, *shards),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,  # an interrupt at the terminal is the console's, not its
        )
        try:
            meanwhile()
            inventory = Path(_ready_line(child, complaints, ready_s))
            yield inventory
            if child.poll() is not None:
                raise SourceError(f"the simulated fabric ended by itself: {_last_words(child, complaints)}")
            _end(child)
            if child.returncode == EXIT_LOST:
                raise SourceError(f"a part of the simulated fabric was lost: {_last_words(child, complaints)}")
        finally:
            _end(child)
            if inventory is not None:
                shutil.rmtree(inventory.parent, ignore_errors=True)  # its own to do, unless it was killed


def _ready_line(child: subprocess.Popen[bytes], complaints: IO[bytes], ready_s: float) -> str:
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    deadline = time.monotonic() + ready_s
    line = b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
            raise SourceError(f"the simulated fabric was not ready after {ready_s:g} s")
        piece = child.stdout.read1(4096)  # type: ignore[attr-defined]  # a BufferedReader, which typeshed calls IO
        if not piece:
            with suppress(subprocess.TimeoutExpired):
                child.wait(_LEAVE_S)  # for its status
            raise SourceError(f"the simulated fabric did not start: {_last_words(child, complaints)}")
        line += piece
    return line.decode().strip()


def _last_words(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    complaints.seek(0)
    said = complaints.read()[-2000:].decode("utf-8", "replace").strip()
    return said or f"it said nothing (status {child.returncode})"


def _end(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(_LEAVE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
