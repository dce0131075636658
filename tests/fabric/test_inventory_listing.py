"""`check` shows an inventory as it was understood, in 80 columns and in 120, with no markup from the file obeyed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.inventory_listing import listing

TEXT = """
fabric: "east [red]1[/red]"
ssh: {user: ops, jump: b1}
poll: {fast: 2s, rare: 15m}
racks:
  r00: {row: a, pod: p1, nodes: "gpu00-[00-03],leaf1"}
  r01: {row: a, nodes: "gpu01-[00-03]"}
nodes:
  "gpu[00-01]-[00-03]": {become: sudo -n, prefix: {nvidia-smi: chroot /run/nvidia/driver}}
  gpu00-00: {address: 10.0.0.10, port: 2222, roles: [in-band]}
expect: {"gpu*": {hcas: 8, rate: 400, width: 4X, gpus: 8, nvlinks: 18}, "spine*": {rate: 400}}
"""


def shown(tmp_path: Path, width: int, text: str = TEXT) -> str:
    path = tmp_path / "i.yaml"
    path.write_text(text)
    out = StringIO()
    Console(file=out, width=width, markup=False, highlight=False).print(listing(read_inventory(path)))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_racks_nodes_and_rhythms_are_shown_within_the_width(tmp_path: Path, width: int) -> None:
    text = shown(tmp_path, width)
    assert all(len(line) <= width for line in text.splitlines())
    for said in (
        "2 racks · 9 nodes · 1 host to ask in-band",
        "gpu00-[00-03], leaf1",
        "10.0.0.10 port 2222",
        "through b1",
    ):
        assert said in text
    for said in ("root by sudo -n", "fast 2 s", "rare 15 min", "spine*: 400 Gb/s", "expects nothing"):
        assert said in text


def test_nodes_that_are_alike_are_one_row(tmp_path: Path) -> None:
    rows = [line for line in shown(tmp_path, 120).splitlines() if line.startswith(" gpu")]
    assert len(rows) == 2


def test_markup_in_a_name_is_shown_as_it_is_written(tmp_path: Path) -> None:
    assert "east [red]1[/red]" in shown(tmp_path, 120)


def test_what_a_host_should_have_is_not_called_a_switchs(tmp_path: Path) -> None:
    text = shown(tmp_path, 200, TEXT.replace('"spine*": {rate', '"spine*": {hcas: 1, rate'))
    assert "(no node of this file)" in text


def test_warnings_are_shown(tmp_path: Path) -> None:
    alone = TEXT.replace(", roles: [in-band]", "")
    assert "▲" in shown(tmp_path, 120, alone)
    assert "expect.spine*: matches no node" in shown(tmp_path, 200, alone)
