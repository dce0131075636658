"""When a line was said, as ISO 8601: as exact as it was printed, and no further."""

from __future__ import annotations

import pytest

from fabconsole.formats.logs.stamps import iso, iso_of_epoch


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2025-01-21T04:41:44,283302+00:00", "2025-01-21T04:41:44.283302+00:00"),
        ("2025-01-21T04:41:44.283302+02:00", "2025-01-21T04:41:44.283302+02:00"),
        ("2025-01-21T04:41:44Z", "2025-01-21T04:41:44+00:00"),
        ("2025-01-21T04:41:44+0100", "2025-01-21T04:41:44+01:00"),
        ("2025-01-21T04:41:44", "2025-01-21T04:41:44"),
        ("2025-01-21 04:41:44.283", "2025-01-21T04:41:44.283"),
        ("2025/01/21 04:41:44.283", "2025-01-21T04:41:44.283"),
        ("Tue 2025-01-21 04:41:44 UTC", "2025-01-21T04:41:44+00:00"),
        ("Sun Feb 23 16:24:18 2025", "2025-02-23T16:24:18"),
        ("Mon Jul  8 08:11:21 2024", "2024-07-08T08:11:21"),
        ("[Mon Jul 8 08:11:21 2024]", "2024-07-08T08:11:21"),
        ("Feb 27 2025 15:10:02", "2025-02-27T15:10:02"),
        ("[Feb 27 2025 15:10:02]", "2025-02-27T15:10:02"),
        ("27 Feb 2025 15:10:02", "2025-02-27T15:10:02"),
    ],
)
def test_a_stamp_with_a_year_is_iso(stamp: str, expected: str) -> None:
    assert iso(stamp) == expected


@pytest.mark.parametrize(
    "stamp",
    [
        *("", "Nov 17 01:25:23", "1234.567890", "2025-13-21T04:41:44", "Feb 30 2025 15:10:02"),
        *("So Feb 23 16:24:18 2025", "9" * 40, "2025-01-21"),
    ],
)
def test_what_has_no_year_or_is_no_day_is_none(stamp: str) -> None:
    assert iso(stamp) is None


def test_seconds_since_the_epoch_are_told_in_utc() -> None:
    assert iso_of_epoch("1700000000.250000") == "2023-11-14T22:13:20.250000+00:00"
    assert iso_of_epoch("1234.5") is None
