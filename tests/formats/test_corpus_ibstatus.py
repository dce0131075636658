"""What the captures of ibstatus must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
HDR = "ibstatus/gpud-a100-azure-hdr.txt"
QDR = "ibstatus/qdr-mlx4-spaces.txt"


@facts(HDR, "9 devices, one port each")
def _(said: Reading) -> None:
    assert said.facts["devices"] == 9
    assert [row.id for row in said.rows] == [f"mlx5_{number}/1" for number in range(9)]


@facts(
    HDR,
    "device mlx5_0: base lid 0x33bf, sm lid 0x1, '4: ACTIVE', '5: LinkUp', 200 Gb/sec (4X HDR), InfiniBand",
)
def _(said: Reading) -> None:
    row = said.rows[0]
    assert (row.extra["lid"], row.extra["sm_lid"], row.extra["link_layer"]) == (0x33BF, 1, "InfiniBand")
    assert (row.state, row.phys_state, row.rate_gbps, row.width) == ("Active", "LinkUp", 200, "4X")
    assert row.extra["generation"] == "HDR"


@facts(HDR, "exactly one port is Ethernet at 40 Gb/sec (4X QDR); 8 are InfiniBand")
def _(said: Reading) -> None:
    ethernet = [row for row in said.rows if row.extra["link_layer"] == "Ethernet"]
    assert [(row.rate_gbps, row.width, row.extra["generation"]) for row in ethernet] == [(40, "4X", "QDR")]
    assert sum(row.extra["link_layer"] == "InfiniBand" for row in said.rows) == 8


@facts(QDR, "one device mlx4_0 port 1, 4: ACTIVE, 5: LinkUp, 40 Gb/sec (4X QDR), InfiniBand")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.id, row.state, row.phys_state, row.rate_gbps) == ("mlx4_0/1", "Active", "LinkUp", 40)
    assert (row.width, row.extra["generation"], row.extra["link_layer"]) == ("4X", "QDR", "InfiniBand")


@facts(QDR, "base lid 0x5, sm lid 0x4; lines indented by 4 spaces instead of a tab")
def _(said: Reading) -> None:
    assert (said.rows[0].extra["lid"], said.rows[0].extra["sm_lid"]) == (5, 4)
    assert said.unparsed == []


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
