"""The fixtures that every test of our own side shares."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from own_rig import Seat, Site, need_sshd, site_of


@pytest.fixture
def start_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Nodes behind a real sshd."""
    need_sshd()
    started: list[Site] = []

    def start(**said: object) -> Site:
        started.append(site_of(tmp_path, **said))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def site(start_site: Callable[..., Site]) -> Site:
    """One node."""
    return start_site()


@pytest.fixture
def take_seat() -> Iterator[Callable[..., Seat]]:
    """A program in a terminal of its own; whatever it does, it ends with the test."""
    taken: list[Seat] = []

    def take(words: Sequence[str], home: Path, size: tuple[int, int] = (120, 40)) -> Seat:
        taken.append(Seat.taken(words, home, size))
        return taken[-1]

    yield take
    for seat in taken:
        seat.leave()


@pytest.fixture(scope="session", autouse=True)
def _signals_are_heard() -> Iterator[None]:
    """What a shell starts in the background ignores interrupts, and under nohup hangups too; so would what we start."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
