"""Why a machine cannot be reached is told in the system's words, never in Python's."""

from __future__ import annotations

import errno

import pytest

from fabconsole.collector.failure import failure_of

PLACE = "Connect call failed ('192.0.2.7', 22)"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EHOSTUNREACH, PLACE), "cannot connect: No route to host"),
        (OSError(errno.ENETUNREACH, PLACE), "cannot connect: Network is unreachable"),
        (OSError(errno.ETIMEDOUT, PLACE), "cannot connect: Connection timed out"),
        (OSError(errno.ECONNREFUSED, PLACE), "connection refused; no sshd listens there"),
        (
            OSError(f"Multiple exceptions: [Errno 111] {PLACE}, [Errno 113] Connect call failed ('::1', 22, 0, 0)"),
            "cannot connect: Connection refused, No route to host",
        ),
        (OSError(errno.EPIPE, "Broken pipe"), "Broken pipe"),
        (TimeoutError(), "no SSH connection within 4 s"),
    ],
)
def test_a_connection_that_is_not_made_is_told_in_the_systems_words(error: OSError, said: str) -> None:
    assert failure_of(error, "ops@192.0.2.7:22", 4).detail == f"{said} · ops@192.0.2.7:22"
