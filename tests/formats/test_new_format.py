"""A new format is one file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

import fabconsole

_FILE = r'''"""What `fanctl` prints."""

from fabconsole.formats.format import Format
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row


def read(paste: Paste) -> Reading:
    return Reading(rows=[Row(id=line.split()[0]) for line in paste.lines if line.strip()])


FORMAT = Format(name="fanctl", family="host", commands=("fanctl",), versions="1", yields="fans",
                signs={r"^fan\d+ rpm": 100}, read=read)
'''


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Path]:
    """A copy of the package with one file more."""
    copytree(Path(fabconsole.__file__).parent, tmp_path / "fabconsole")
    (tmp_path / "fabconsole/formats/host/fanctl.py").write_text(_FILE)
    return tmp_path


@pytest.mark.parametrize("said", ["fanctl", "auto"])
def test_a_file_put_into_its_family_is_a_format(house: Path, said: str) -> None:
    command = [sys.executable, "-m", "fabconsole", "parse", said]
    done = subprocess.run(command, cwd=house, env={"PYTHONPATH": str(house)}, input="fan1 rpm 900\n",
                          capture_output=True, text=True)  # fmt: skip
    assert (done.stdout.split()[:2], done.returncode) == (["fanctl", "fan1"], 0)
