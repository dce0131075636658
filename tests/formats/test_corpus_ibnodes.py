"""What the captures of ibnodes and ibswitches must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
SWITCHES = "ibswitches/gsi-mixed.txt"
NODES = "ibnodes/infiniscale-4hca.txt"


@facts(SWITCHES, "8 switches; port counts 36 (four), 41 (three), 81 (one)")
def _(said: Reading) -> None:
    ports = [row.extra["ports"] for row in said.rows]
    assert said.facts["switches"] == 8
    assert (len(ports), ports.count(36), ports.count(41), ports.count(81)) == (8, 4, 3, 1)


@facts(SWITCHES, "'Switch  :' has spaces before the colon; names are arbitrary: MF0;qm8700-5:MQM8700/U1 has lid 774")
def _(said: Reading) -> None:
    assert [row.extra["lid"] for row in said.rows if row.extra["node"] == "MF0;qm8700-5:MQM8700/U1"] == [774]


@facts(SWITCHES, "four switches say 'enhanced port 0', four 'base port 0'")
def _(said: Reading) -> None:
    assert [row.extra["port0"] for row in said.rows].count("enhanced") == 4
    assert [row.extra["port0"] for row in said.rows].count("base") == 4


@facts(NODES, "4 Ca lines and 1 Switch line")
def _(said: Reading) -> None:
    assert [row.extra["node_type"] for row in said.rows] == ["ca"] * 4 + ["switch"]
    assert (said.facts["hcas"], said.facts["switches"]) == (4, 1)


@facts(NODES, "switch: 36 ports, base port 0, lid 2")
def _(said: Reading) -> None:
    (switch,) = (row for row in said.rows if row.extra["node_type"] == "switch")
    assert (switch.extra["ports"], switch.extra["port0"], switch.extra["lid"]) == (36, "base", 2)


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
