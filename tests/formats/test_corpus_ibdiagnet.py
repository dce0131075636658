"""What the captures of ibdiagnet must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
SHARP = "ibdiagnet/summary-sharp.txt"


@facts(SHARP, "24 nodes: 4 switches, 16 CAs, 4 aggregation nodes, 0 routers")
def _(said: Reading) -> None:
    names = ("nodes", "switches", "hcas", "aggregation_nodes", "routers")
    assert [said.facts[name] for name in names] == [24, 4, 16, 4, 0]


@facts(SHARP, "SHARP check trees finished successfully")
def _(said: Reading) -> None:
    assert said.facts["checks"] == {"SHARP check trees": "successfully"}


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
