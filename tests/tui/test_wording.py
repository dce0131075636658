"""When something began, as a list has room for it: midnight hides no minute of a night's faults."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fabconsole.tui.wording import moment, since

NOW = datetime(2026, 3, 2, 0, 0, 6, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("ago_s", "minute", "second"),
    [
        (2.0, "00:00", "00:00:04"),
        (23.0, "23:59", "23:59:43"),
        (11 * 3600.0, "13:00", "13:00:06"),
        (30 * 3600.0, "Feb 28", "Feb 28 18:00:06"),
    ],
)
def test_what_began_before_midnight_keeps_its_time_for_the_night(ago_s: float, minute: str, second: str) -> None:
    assert since(NOW - ago_s, NOW) == minute
    assert moment(NOW - ago_s, NOW) == second
