"""Spoil every format's samples 100,000 times, and count what was not read: an exception, or what cannot be printed.

    python tests/bench/fuzz.py [FORMAT ...] [--inputs 100000] [--seed 1]

The samples are those of tests/formats/samples, and beside them the captures of real tools where they are at hand. An
input that is not read is written to a file, to be tried again by `fabconsole parse`. Exits by 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))

from captures import captures_of, samples
from fuzzing import spoilt

from fabconsole.formats.document import document
from fabconsole.formats.format import Format, formats, named
from fabconsole.formats.paste import Paste

_LONGEST = 4096


class Told(NamedTuple):
    """What became of one format's inputs."""

    name: str
    inputs: int
    kilobytes: float
    seconds: float
    unread: list[str]
    """Files that hold an input that was not read."""


def texts(one: Format) -> list[bytes]:
    """What is spoilt: own samples, and the beginning and the end of captures."""
    own = [file.read_bytes() for file in samples(one.name)]
    return own + [part for text in captures_of(one).values() for part in {text[:_LONGEST], text[-_LONGEST:]}]


def fuzz(name: str, inputs: int, seed: int) -> Told:
    """Spoil and read one format's texts."""
    one, chance = named(name), random.Random(f"{name} {seed}")
    said, size, unread = texts(one), 0, []
    took_s = 0.0
    for number in range(inputs):
        text = spoilt(said[number % len(said)], chance)
        size += len(text)
        begun = time.perf_counter()
        try:
            json.dumps(document(name, one.read(Paste(text))), allow_nan=False)
        except Exception as error:
            unread.append(_kept(name, text, error))
        took_s += time.perf_counter() - begun
    return Told(name, inputs, size / 1024, took_s, unread)


def _kept(name: str, text: bytes, error: Exception) -> str:
    with tempfile.NamedTemporaryFile(prefix=f"fuzz-{name}-", suffix=".txt", delete=False) as file:
        file.write(text)
    return f"{file.name}: {type(error).__name__}: {error}"


def main() -> int:
    """Every format, or those that are named, one a process."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("formats", nargs="*")
    asked.add_argument("--inputs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    said = asked.parse_args()
    names = said.formats or [one.name for one in formats()]
    failed = 0
    with ProcessPoolExecutor() as pool:
        for told in pool.map(fuzz, names, [said.inputs] * len(names), [said.seed] * len(names)):
            rate = 1000 * told.seconds / told.kilobytes
            print(
                f"{told.name:22} {told.inputs:>9,} inputs  {rate:6.3f} ms a kB  {len(told.unread)} not read", flush=True
            )
            print(*told.unread[:5], sep="\n", end="\n" if told.unread else "")
            failed += len(told.unread)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
