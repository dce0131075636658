"""`snapshot` says on a terminal how far it is, leaves no trace of that, and what a single reading cannot tell."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from fabconsole.cli.polling import ONCE, observe
from fabconsole.cli.progress import progress
from fabconsole.state.polling import Progress, Tally
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import Asked, Reason, Unanswered

HALF = Progress(done=12, nodes=64, answers=200, wanted=704)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_written_over_itself_and_removed_at_the_end() -> None:
    out = Terminal()
    with progress(Clock(), lambda: False, out) as tell:
        assert tell is not None
        tell(HALF)
        assert "12/64 nodes done" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K\r")


def test_it_is_written_four_times_a_second_and_no_more() -> None:
    out, clock = Terminal(), Clock()
    with progress(clock, lambda: False, out) as tell:
        assert tell is not None
        for clock.now in (0.0, 0.1, 0.2, 0.25):
            tell(HALF)
        assert out.getvalue().count("12/64") == 2


def test_nothing_is_written_where_somebody_types_an_answer() -> None:
    out = Terminal()
    with progress(Clock(), lambda: True, out) as tell:
        assert tell is not None
        tell(HALF)
        assert out.getvalue() == ""


def test_nothing_is_written_where_standard_error_is_no_terminal() -> None:
    out = io.StringIO()
    with progress(Clock(), lambda: False, out) as tell:
        assert tell is None
    assert out.getvalue() == ""


def test_a_node_that_is_given_up_is_done() -> None:
    tally = Tally(3)
    tally.open({name: (Asked("hca", 5.0), Asked("gpu", 30.0)) for name in ("h0", "h1")})
    for question in ("hca", "gpu"):
        tally.count(Unanswered(node="h0", question=question, at=0.0, reason=Reason.UNREACHABLE, detail=""))
    assert tally.progress == Progress(done=1, nodes=2, answers=2, wanted=12)


def observed(folder: Path, polls: int) -> Snapshot:
    """Of a node on whose port nobody listens."""
    path = folder / "inventory.yaml"
    (folder / "ssh_config").touch()
    path.write_text(
        "fabric: f\nssh: {user: nobody, config: ssh_config}\nracks:\n  r0: {nodes: h0}\n"
        "nodes:\n  h0: {address: 127.0.0.1, port: 1}\n"
    )
    return asyncio.run(observe(path, polls=polls, interval_s=0.1))


def test_a_single_reading_says_what_it_cannot_tell(tmp_path: Path) -> None:
    assert observed(tmp_path, 1).warnings == (ONCE,)
    assert observed(tmp_path, 2).warnings == ()
