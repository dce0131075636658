"""A node's steady clock beside ours: which of them is believed where they part."""

from __future__ import annotations

import pytest

from fabconsole.state.pace import APART_S, Pace


@pytest.mark.parametrize(
    ("theirs", "ours", "jumped"),
    [
        (5.0, 5.0, 0.0),
        (5.0 + APART_S, 5.0, 0.0),
        (3605.0, 5.0, 3600.0),
        (-3595.0, 5.0, -3600.0),
        (3600.0, 3600.0, 0.0),
        (5.0, 3605.0, 0.0),
        (5.0, -3595.0, 0.0),
        (-2.0, 1.0, 0.0),
    ],
    ids=[
        "together",
        "a minute",
        "theirs ahead",
        "theirs back",
        "silent an hour",
        "suspended, or ours ahead",
        "ours back",
        "a slow answer behind a quick one",
    ],
)
def test_a_clock_that_cannot_be_is_not_believed(theirs: float, ours: float, jumped: float) -> None:
    pace = Pace()
    assert pace.jumped_s(10_000.0, 1_000_000.0) == 0.0
    assert pace.jumped_s(10_000.0 + theirs, 1_000_000.0 + ours) == jumped


def test_from_then_on_it_is_believed_as_it_goes() -> None:
    pace = Pace()
    assert [pace.jumped_s(clock, at) for clock, at in ((10.0, 0.0), (3615.0, 5.0), (3620.0, 10.0))] == [
        0.0,
        3600.0,
        0.0,
    ]
