"""Captured outputs of real tools, kept beside the project, and what each must yield.

They lie in `../shared/corpus`, or where FABCONSOLE_CORPUS says; without them these tests are skipped. Their MANIFEST
states the facts; a test a fact, by its own words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from fabconsole.formats.format import Format, named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

CORPUS = Path(os.environ.get("FABCONSOLE_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
SAMPLES = Path(__file__).parent / "samples"
Check = Callable[[Reading], None]


@cache
def manifest() -> tuple[dict[str, object], ...]:
    """Every capture's entry; none where the captures are not there."""
    file = CORPUS / "MANIFEST.yaml"
    return tuple(yaml.safe_load(file.read_text("utf-8"))["captures"]) if file.is_file() else ()


def text_of(path: str) -> bytes:
    """A capture; a tree of files as `grep -H .` prints it, a file that is empty as a loop over the files would."""
    place = CORPUS / path
    if not place.is_dir():
        return place.read_bytes()
    files = sorted(file for file in place.rglob("*") if file.is_file())
    return b"".join(_grepped(file.relative_to(place), file.read_bytes()) for file in files)


def _grepped(name: Path, data: bytes) -> bytes:
    said = [line for line in data.split(b"\n") if line] or [b""]
    return b"".join(b"/sys/" + str(name).encode() + b":" + line + b"\n" for line in said)


def captures_of(one: Format) -> dict[str, bytes]:
    """Every capture of a format's kind, by its path."""
    paths = [str(capture["path"]) for capture in manifest()]
    return {path: text_of(path) for path in paths if named(path.split("/")[0]) is one}


@cache
def reading(path: str) -> Reading:
    """A capture as the format of its kind reads it."""
    return named(path.split("/")[0]).read(Paste(text_of(path)))


class Facts:
    """The facts of some captures, each with what checks it."""

    every: list[tuple[str, str]] = []  # noqa: RUF012 - what all of them together hold is the point

    def __init__(self) -> None:
        self._checks: list[tuple[str, str, Check]] = []

    def __call__(self, path: str, fact: str) -> Callable[[Check], Check]:
        """Decorates what asserts `fact`, a sentence of the MANIFEST's `expect`, of the reading of `path`."""

        def keep(check: Check) -> Check:
            self._checks.append((path, fact, check))
            self.every.append((path, fact))
            return check

        return keep

    def each(self, test: Callable[[str, Check], None]) -> object:
        """Decorates the test that runs them; stands below them all."""
        return pytest.mark.parametrize(("path", "check"), list(self._parameters()))(test)

    def _parameters(self) -> Iterator[object]:
        missing = pytest.mark.skipif(not CORPUS.is_dir(), reason="the captures are not here")
        for path, fact, check in self._checks:
            yield pytest.param(path, check, marks=missing, id=f"{path}: {fact}"[:160])


def samples(name: str) -> list[Path]:
    """The project's own texts of a format, written by hand: `NAME.txt`, `NAME.what-it-shows.txt`."""
    return sorted(file for file in SAMPLES.iterdir() if file.name.split(".")[0] == name)
