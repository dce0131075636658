"""What the captures of `/proc/net/dev` must yield."""

from __future__ import annotations

from captures import CORPUS, Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
_LEAF = "proc-net-dev/cumulus-leaf01.txt"
_SPINE = "proc-net-dev/cumulus-spine01.txt"


@facts(_LEAF, "two heading lines, then one line an interface, swp1 among them")
def _(said: Reading) -> None:
    assert len(said.rows) == len((CORPUS / _LEAF).read_text().strip("\n").split("\n")) - 2
    assert "swp1" in {row.id for row in said.rows}
    assert said.unparsed == []


@facts(_LEAF, "16 numbers a line")
@facts(_SPINE, "16 numbers a line")
def _(said: Reading) -> None:
    for row in said.rows:
        assert len(row.counters) == 16
        assert None not in row.counters.values()


@facts(_SPINE, "swp3 received 33825 bytes")
def _(said: Reading) -> None:
    assert {row.id: row.counters["rx_bytes"] for row in said.rows}["swp3"] == 33825


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
