"""What is easily got wrong in CNOS's words."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.cnos import FORMAT


def sample(name: str) -> Reading:
    return FORMAT.read(Paste((SAMPLES / name).read_text("utf-8")))


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


def test_a_port_without_a_name_or_a_speed_has_none() -> None:
    port = row(sample("cnos.txt"), "po1")
    assert (port.extra["name"], port.extra["speed"], port.rate_gbps) == (None, None, None)


def test_a_speed_is_megabits() -> None:
    assert row(sample("cnos.txt"), "Ethernet1/1").rate_gbps == 10.0


def test_flags_tell_the_state() -> None:
    said = sample("cnos.ports.txt")
    assert (row(said, "mgmt0").state, row(said, "mgmt0").rate_gbps) == ("up", 1.0)
    assert (row(said, "Ethernet1/7").state, row(said, "Ethernet1/7").extra["admin"]) == ("down", "down")


def test_counters_before_and_after_their_number() -> None:
    said = sample("cnos.ports.txt")
    assert row(said, "mgmt0").counters["rx_bytes"] == 910_620_066
    assert row(said, "mgmt0").counters["tx_bytes"] == 9_839_336
    counters = row(said, "Ethernet1/7").counters
    assert (counters["rx_crc_errors"], counters["rx_dropped"], counters["tx_dropped"]) == (3, 1, 5)
    assert counters["tx_carrier_errors"] == 2
