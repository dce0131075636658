"""What the captures of the fabric manager's log must yield."""

from __future__ import annotations

from typing import Any

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
LOG = "fabricmanager-log/nvswitch-nonfatal-12028.log"


@facts(LOG, "54 records beginning with [date]; 1 of them ERROR")
def _(said: Reading) -> None:
    assert said.facts["records"] == 54
    assert said.facts["levels"] == {"INFO": 53, "ERROR": 1}


@facts(
    LOG,
    "the error: NVSwitch non-fatal error 12028 on pci 00000000:86:00.0 physical id 3 port 61, Feb 27 2025 15:10:02",
)
def _(said: Reading) -> None:
    (event,) = said.events
    assert (event.kind, event.code, event.subject, event.link) == ("sxid", 12028, "0000:86:00.0", 61)
    assert event.at == "2025-02-27T15:10:02"
    errors: Any = said.facts["errors"]
    assert (errors[0]["fatal"], errors[0]["physical_id"], errors[0]["port"]) == (False, 3, 61)


@facts(LOG, "records run over several lines (Message payload details: ...)")
def _(said: Reading) -> None:
    assert said.unparsed == []
    assert said.facts["inband_messages_received"] == 15


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
