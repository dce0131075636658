"""What the captures of `nvidia-smi -q` and `-q -x` are asked alike: both are read into one shape."""

from __future__ import annotations

from typing import Any

from fabconsole.formats.reading import Reading


def report(
    said: Reading, gpus: int, product: str | None = None, driver: str | None = None, cuda: str | None = None
) -> None:
    """Of so many GPUs, all of one product, and nothing that was not understood."""
    assert len(said.rows) == said.facts["attached_gpus"] == said.facts["gpus"] == gpus
    assert said.unparsed == []
    if product is not None:
        assert {row.extra["name"] for row in said.rows} == {product}
    if driver is not None:
        assert said.facts["driver_version"] == driver
    if cuda is not None:
        assert said.facts["cuda_version"] == cuda


def fabric(said: Reading, **expected: Any) -> None:
    """Of every GPU, as far as it is named."""
    for row in said.rows:
        told: Any = row.extra["fabric"]
        assert {name: told[name] for name in expected} == expected
