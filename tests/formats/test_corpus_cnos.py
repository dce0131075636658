"""What the captures of CNOS must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
STATUS = "cnos/show-interface-status.txt"


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


@facts(STATUS, "Ethernet1/1 'Link 1 to LP21': notconnec (cut at 9 characters), full, 10000")
def _(said: Reading) -> None:
    extra = row(said, "Ethernet1/1").extra
    assert (extra["name"], extra["status"]) == ("Link 1 to LP21", "notconnec")
    assert (extra["duplex"], extra["speed"]) == ("full", "10000")


@facts(STATUS, "Ethernet1/5: vlan routed")
def _(said: Reading) -> None:
    assert row(said, "Ethernet1/5").extra["vlan"] == "routed"


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
