"""The fault matrix: every way in which a host misbehaves costs that host's cell and nothing else, and is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from matrix_faults import FAULTS
from matrix_table import table
from matrix_ward import Story, Ward

from fabconsole.fabric.health import Health

README = Path(__file__).parents[2] / "README.md"
NAMES = [fault.name for fault in FAULTS]


@pytest.fixture(params=NAMES)
def story(request: pytest.FixtureRequest, ward: Ward) -> Story:
    return ward.stories[request.param]


def test_it_is_named_for_what_it_is(story: Story) -> None:
    assert story.told is not None, story.last


def test_nothing_of_it_is_ok_once_it_is_told(story: Story) -> None:
    if story.fault.reason is not None:
        assert Health.OK not in story.during


def test_what_costs_nothing_is_not_complained_of(story: Story) -> None:
    if story.fault.reason is None:
        assert set(story.during) <= {Health.OK, Health.STALE, story.fault.health}


def test_it_recovers_when_it_is_over(story: Story) -> None:
    assert story.rounds is not None, story.last
    assert story.rounds <= story.fault.rounds


def test_nothing_is_left_behind(story: Story) -> None:
    assert story.left == []


def test_the_well_missed_nothing(ward: Ward) -> None:
    assert ward.watch is not None
    ward.watch.the_well_missed_nothing()


def test_the_readme_has_the_matrix_as_it_is() -> None:
    assert table() in README.read_text()
