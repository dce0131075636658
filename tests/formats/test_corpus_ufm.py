"""What the captures of UFM must yield."""

from __future__ import annotations

from collections import Counter

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
REPORT = "ufm/ndt-comparison-report.json"


@facts(REPORT, "2 miss_wired, 2 missing_in_ufm, 107 missing_in_ndt")
def _(said: Reading) -> None:
    counts = {"miss_wired": 2, "missing_in_ufm": 2, "missing_in_ndt": 107}
    assert {name: said.facts[name] for name in counts} == counts
    assert Counter(mark for row in said.rows for mark in row.marks) == counts


@facts(REPORT, "timestamp 2021-11-16 08:52:12, error empty")
def _(said: Reading) -> None:
    assert (said.facts["timestamp"], said.facts["error"]) == ("2021-11-16 08:52:12", "")


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
