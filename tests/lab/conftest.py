"""One lab for all its tests, healed between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import Lab, lacking


@pytest.fixture(scope="session")
def _lab() -> Iterator[Lab]:
    if missing := lacking():
        pytest.skip(f"the lab {missing}")
    lab = Lab.up(hosts=8)
    yield lab
    lab.down()


@pytest.fixture
def lab(_lab: Lab) -> Iterator[Lab]:
    """Eight healthy hosts, two leaves, two spines."""
    yield _lab
    _lab.heal()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.lab)
