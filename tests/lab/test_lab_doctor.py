"""`fabconsole doctor` on an account without rights: what it prints, typed as root, makes it clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from lab import Lab
from lab_account import BARE, SUDO

NAME, OTHER = "gpu00-00", "gpu00-01"
CLEAN, LIMITED = 0, 3

pytestmark = pytest.mark.skipif(not SUDO.exists(), reason="needs the Debian package sudo")


@pytest.fixture
def bare(lab: Lab, tmp_path: Path) -> Iterator[Path]:
    """An inventory of two hosts on which our account has no rights: one asks plainly, the other one by sudo."""
    document = yaml.safe_load(lab.inventory.read_text())
    document["nodes"][NAME] |= {"user": BARE, "prefix": {"nvidia-smi": "sudo -n"}}
    document["nodes"][OTHER] |= {"user": BARE, "become": "sudo -n", "roles": ["in-band"]}
    path = tmp_path / "bare.yaml"
    path.write_text(yaml.safe_dump(document))
    yield path
    for name in (NAME, OTHER):
        host = lab.host(name)
        host.as_root(f"gpasswd -d {BARE} systemd-journal || true; gpasswd -d {BARE} rdma || true")
        host.as_root("rm -f /etc/sudoers.d/fabconsole /etc/udev/rules.d/*fabconsole*")
        host.as_root("chgrp root /dev/infiniband/umad0; chmod 600 /dev/infiniband/umad0")


def doctor(inventory: Path, *words: str, columns: int = 80) -> tuple[str, int]:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("fabconsole")), "doctor", "-c", str(inventory), *words],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"COLUMNS": str(columns)},
    )
    assert not done.stderr, done.stderr
    return done.stdout, done.returncode


def remedies(printed: str) -> list[str]:
    """The shell text under each `as root there:`, as it stands."""
    parts = printed.split("as root there:\n")[1:]
    return [part.partition("\n\n")[0].strip() for part in parts]


def test_three_remedies_typed_as_printed_make_a_host_clean(lab: Lab, bare: Path) -> None:
    printed, code = doctor(bare, NAME)
    assert code == LIMITED
    for word in ("≢ no right to the log", "↮ no umad", "# no sudo"):
        assert word in printed
    found = remedies(printed)
    assert len(found) == 3, printed
    for text in found:
        lab.host(NAME).as_root(text)
    printed, code = doctor(bare, NAME)
    assert (code, remedies(printed)) == (CLEAN, []), printed
    assert "everything can be asked" in printed


def test_one_remedy_the_less_is_one_that_is_printed_again(lab: Lab, bare: Path) -> None:
    first = remedies(doctor(bare, NAME)[0])
    for text in first[1:]:
        lab.host(NAME).as_root(text)
    printed, code = doctor(bare, NAME)
    assert (code, remedies(printed)) == (LIMITED, first[:1])


def test_where_root_asks_the_sudoers_line_names_the_tools_by_their_true_paths(lab: Lab, bare: Path) -> None:
    printed, code = doctor(bare, OTHER, "--json")
    limits = {limit["reason"]: limit for limit in json.loads(printed)["limits"]}
    assert (code, set(limits)) == (LIMITED, {"no right to the log", "no sudo"})
    steps = "\n".join(limits["no sudo"]["steps"])
    assert steps.replace(" \\\n    ", " ").splitlines()[1] == (
        f"{BARE} ALL=(root) NOPASSWD: /usr/local/bin/iblinkinfo, /usr/local/bin/ibqueryerrors, "
        "/usr/local/bin/perfquery, /usr/local/bin/sminfo"
    )
    for limit in limits.values():
        lab.host(OTHER).as_root("\n".join(limit["steps"]))
    assert doctor(bare, OTHER)[1] == CLEAN


def test_nothing_that_is_to_be_copied_is_folded_and_the_rest_fits_eighty_columns(bare: Path) -> None:
    printed = doctor(bare, f"{NAME},{OTHER}")[0]
    assert max(len(line) for line in printed.splitlines()) <= 80
    wide = doctor(bare, f"{NAME},{OTHER}", columns=200)[0]
    assert remedies(printed) == remedies(wide)


def test_a_healthy_lab_is_one_line_and_its_notes(lab: Lab) -> None:
    printed, code = doctor(lab.inventory)
    lines = printed.splitlines()
    assert code == CLEAN
    assert "8/8 nodes reached" in lines[0]
    assert lines[2] == "· everything can be asked"
