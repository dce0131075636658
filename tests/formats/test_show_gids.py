"""`show_gids`: which columns are there, and whether all rows are."""

from __future__ import annotations

from typing import Any

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

HEAD = "DEV\tPORT\tINDEX\tGID\t\t\t\t\tIPv4  \t\tVER\tDEV\n---\t----\t-----\t---\t\t\t\t\t------------  \t---\t---\n"
MAPPED = "0000:0000:0000:0000:0000:ffff:0a14:1e28"
LOCAL = "fe80:0000:0000:0000:5c25:73ff:fe11:a0c0"


def read(text: str) -> Reading:
    return named("show_gids").read(Paste(text))


@pytest.mark.parametrize(
    ("rest", "extra"),
    [
        ("\t\t\tv1\teth2", {"version": "v1", "netdev": "eth2"}),
        ("                 v2      ens11f0np0", {"version": "v2", "netdev": "ens11f0np0"}),
        ("\t10.20.30.40  \tv2\tbond0", {"ipv4": "10.20.30.40", "version": "v2", "netdev": "bond0"}),
        (" 10.20.30.40", {"ipv4": "10.20.30.40"}),
        ("\t\t\tIB/RoCE v1\teth2", {"version": "IB/RoCE v1", "netdev": "eth2"}),
        ("\t\t\tv1\tN\\A", {"version": "v1"}),
        ("\t\t\tv1\t", {"version": "v1"}),
        ("", {}),
    ],
)
def test_columns_that_are_blank_are_left_out(rest: str, extra: dict[str, Any]) -> None:
    (row,) = read(f"mlx5_0\t1\t3\t{MAPPED}{rest}\n").rows
    assert (row.id, row.extra) == ("mlx5_0/1", {"index": 3, "gid": MAPPED, **extra})


def test_rows_are_counted_against_what_was_found() -> None:
    row = f"mlx5_0\t1\t0\t{LOCAL}\t\t\tv1\teth2\n"
    assert "incomplete" not in read(f"{HEAD}{row}{row}n_gids_found=2\n").facts
    assert read(f"{HEAD}{row}n_gids_found=2\n").facts["incomplete"] == "2 GIDs announced, 1 listed"
    assert "the end is missing" in str(read(f"{HEAD}{row}").facts["incomplete"])
    assert "incomplete" not in read(row).facts  # grep took the heading


def test_an_interface_that_a_mail_moved_to_the_next_line_belongs_to_its_row() -> None:
    said = read(f"mlx5_0  1  0  {LOCAL}   v1\nens11f0np0\nmlx5_1  1  0  {LOCAL}   v1\n")
    assert [row.extra.get("netdev") for row in said.rows] == ["ens11f0np0", None]
    assert said.unparsed == []


def test_a_gid_that_its_owner_masked_is_still_an_entry() -> None:
    (row,) = read("rocep1s0f1 1 0 fe80:0000:0000:0000:xxxx:xxxx:xxxx:xxxx  v1 enp1s0f1np1\n").rows
    assert row.extra["netdev"] == "enp1s0f1np1"
