"""What the captures of smpquery and ibportstate must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
DESCRIPTION = "smpquery/nodedesc.txt"
SET = "ibportstate/mlx4-set-then-reset.txt"


@facts(DESCRIPTION, "Node Description is 'b1nstcx02 HCA-1' (dots as filler)")
def _(said: Reading) -> None:
    assert said.facts["node_description"] == "b1nstcx02 HCA-1"
    assert [row.extra["node"] for row in said.rows] == ["b1nstcx02 HCA-1"]


@facts(DESCRIPTION, "one line only")
def _(said: Reading) -> None:
    assert (len(said.rows), said.events, said.unparsed) == (1, [], [])


@facts(SET, "two PortInfo blocks (Initial, After PortInfo set), lid 6 port 1, Active/LinkUp, width 1X")
def _(said: Reading) -> None:
    blocks = [row for row in said.rows if row.extra["record"] == "Port info"]
    assert [row.extra["when"] for row in blocks] == ["Initial CA/RT PortInfo", "After PortInfo set"]
    assert [(row.id, row.extra["lid"], row.extra["port"]) for row in blocks] == [("lid6/1", 6, 1)] * 2
    assert [(row.state, row.phys_state, row.width) for row in blocks] == [("Active", "LinkUp", "1X")] * 2


@facts(SET, "after the set: LinkSpeedActive 'Extended speed' and LinkSpeedExtEnabled 0")
def _(said: Reading) -> None:
    (after,) = (row for row in said.rows if row.extra["when"] == "After PortInfo set")
    assert (after.extra["link_speed_active"], after.extra["link_speed_ext_enabled"]) == ("Extended speed", 0)


@facts(
    SET,
    "a MLNX ext Port info block repeats the key names LinkSpeedSupported/Enabled/Active with hex values",
)
def _(said: Reading) -> None:
    (vendor,) = (row for row in said.rows if row.extra["record"] == "MLNX ext Port info")
    keys = ("link_speed_supported", "link_speed_enabled", "link_speed_active")
    assert [vendor.extra[key] for key in keys] == ["0x01", "0x01", "0x00"]
    assert [said.rows[0].extra[key] for key in keys] == ["2.5 Gbps or 5.0 Gbps or 10.0 Gbps"] * 2 + ["10.0 Gbps"]


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
