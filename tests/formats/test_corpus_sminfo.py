"""What the captures of sminfo must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
OF_2019 = "sminfo/master-2019.txt"
FAILOVER = "sminfo/ibsim-after-failover.txt"


@facts(OF_2019, "SM lid 37, guid 0x7cfe90030016aef1, priority 14, state 3 SMINFO_MASTER")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.id, row.state, row.extra["lid"]) == ("7cfe90030016aef1", "Master", 37)
    assert (row.extra["priority"], row.extra["state_code"], row.extra["state_name"]) == (14, 3, "SMINFO_MASTER")


@facts(OF_2019, "activity count 4484381")
def _(said: Reading) -> None:
    assert said.facts["sm_activity_count"] == said.rows[0].extra["activity_count"] == 4484381


@facts(FAILOVER, "SM lid 16, guid 0x100013 (not zero-padded), priority 12, state 3 SMINFO_MASTER")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.id, row.state, row.extra["lid"]) == ("0000000000100013", "Master", 16)
    assert (row.extra["printed_guid"], row.extra["priority"], row.extra["state_code"]) == ("0x100013", 12, 3)


@facts(FAILOVER, "activity count 788")
def _(said: Reading) -> None:
    assert said.facts["sm_activity_count"] == said.rows[0].extra["activity_count"] == 788


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
