"""What the captures of NX-OS must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
OPTICS = "nxos/show-interface-transceiver-details.txt"


@facts(OPTICS, "Ethernet3/1: transceiver is present, type 10Gbase-SR, serial FNS18510TXL (trailing blanks)")
def _(said: Reading) -> None:
    extra = next(row for row in said.rows if row.id == "Ethernet3/1").extra
    told = (extra["transceiver"], extra["media_type"], extra["serial_number"])
    assert told == ("present", "10Gbase-SR", "FNS18510TXL")


@facts(OPTICS, "nominal bitrate 10300 MBit/sec")
def _(said: Reading) -> None:
    assert said.rows[0].extra["nominal_bitrate_mbit_per_s"] == 10_300


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
