"""What the captures of perfquery must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()


@facts("perfquery/treydock-switch-errors-x.txt", "one record: lid 2052 port 1")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["lid2052/1"]


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
