"""What the captures of show_gids must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
MIXED = "show_gids/mt4115-mixed.txt"


@facts(MIXED, "3 rows; n_gids_found=3")
def _(said: Reading) -> None:
    assert len(said.rows) == said.facts["gids_found"] == 3
    assert "incomplete" not in said.facts


@facts(MIXED, "rows 0 and 1 of mlx5_0 have no IPv4 but a netdev ens11f0; mlx5_1 (InfiniBand) has neither")
def _(said: Reading) -> None:
    assert [(row.id, row.extra["index"], row.extra.get("netdev")) for row in said.rows] == [
        ("mlx5_0/1", 0, "ens11f0"),
        ("mlx5_0/1", 1, "ens11f0"),
        ("mlx5_1/1", 0, None),
    ]
    assert not any("ipv4" in name or name == "ip" for row in said.rows for name in row.extra)


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
