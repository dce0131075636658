"""What the captures of EOS, text and JSON, must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
STATUS = "eos/show-interfaces-status.txt"
PORTS = "eos/show-interfaces.txt"
OPTICS = "eos/show-interfaces-transceiver.txt"
NEIGHBOURS = "eos/show-lldp-neighbors.txt"
NEIGHBOURS_2 = "eos/show-lldp-neighbors-2.txt"
COUNTERS_JSON = "eos-json/show-interfaces-counters.json"
OPTICS_JSON = "eos-json/show-interfaces-transceiver.json"
NEIGHBOURS_JSON = "eos-json/show-lldp-neighbors.json"
PHY_JSON = "eos-json/show-interfaces-phy-detail.json"
ERRORS_JSON = "eos-json/show-interfaces-counters-errors.json"


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


@facts(STATUS, "6 ports with status connected, inactive, notconnect, errdisabled, disabled, disabled")
def _(said: Reading) -> None:
    told = [one.extra["status"] for one in said.rows]
    assert told == ["connected", "inactive", "notconnect", "errdisabled", "disabled", "disabled"]
    assert [one.state for one in said.rows] == ["up", *["down"] * 5]


@facts(STATUS, "names contain spaces and '!!' (I am a 40G port !! Hi); columns are fixed-width")
def _(said: Reading) -> None:
    assert row(said, "Et3/1/1").extra["name"] == "I am a 40G port !! Hi"
    assert row(said, "Et3/2/4").extra["name"] == "- DISABLED routed ("


@facts(STATUS, "Et3/1/1: a-full, a-40G, 40GBASE-CR4")
def _(said: Reading) -> None:
    port = row(said, "Et3/1/1")
    assert (port.extra["duplex"], port.extra["speed"], port.extra["type"]) == ("a-full", "a-40G", "40GBASE-CR4")
    assert port.rate_gbps == 40


@facts(PORTS, "Ethernet1 is up, line protocol is up (connected), 10Gb/s")
def _(said: Reading) -> None:
    port = row(said, "Ethernet1")
    assert (port.state, port.extra["line_protocol"], port.extra["status"]) == ("up", "up", "connected")
    assert port.rate_gbps == 10


@facts(PORTS, "1 link status changes since last clear on Ethernet1")
def _(said: Reading) -> None:
    assert row(said, "Ethernet1").counters["carrier_changes"] == 1


@facts(OPTICS, "Et3/1/1: temperature 27.92, Tx power N/A, Rx power -2.39")
def _(said: Reading) -> None:
    extra = row(said, "Et3/1/1").extra
    assert (extra["temperature_c"], extra["tx_power_dbm"], extra["rx_power_dbm"]) == (27.92, None, -2.39)


@facts(OPTICS, "Et3/17/1: Tx 1.51 dBm, Rx -0.10 dBm")
def _(said: Reading) -> None:
    extra = row(said, "Et3/17/1").extra
    assert (extra["tx_power_dbm"], extra["rx_power_dbm"]) == (1.51, -0.10)


@facts(OPTICS, "three heading lines before the dashes")
def _(said: Reading) -> None:
    assert len(said.rows) == 5
    assert said.unparsed == []


@facts(NEIGHBOURS, "neighbours on Et1 and Et2 (localhost, Ethernet1 and Ethernet2), TTL 120")
def _(said: Reading) -> None:
    for name in ("1", "2"):
        port = row(said, f"Et{name}")
        assert (port.extra["peer_node"], port.extra["peer_port"], port.extra["ttl"]) == (
            "localhost",
            f"Ethernet{name}",
            120,
        )


@facts(NEIGHBOURS, "a statistics preamble of 5 lines (table changes, inserts 2, deletes 0)")
def _(said: Reading) -> None:
    assert said.facts == {
        "last_table_change_time": "0:00:02 ago",
        "number_of_table_inserts": 2,
        "number_of_table_deletes": 0,
        "number_of_table_drops": 0,
        "number_of_table_age_outs": 0,
    }


@facts(NEIGHBOURS_2, "Et2 to arista2 Ethernet2, TTL 120")
def _(said: Reading) -> None:
    port = row(said, "Et2")
    assert (port.peer, port.extra["ttl"]) == ("arista2/Ethernet2", 120)


@facts(NEIGHBOURS_2, "deletes 3, age-outs 3; no blank line between preamble and table, and a line of dashes")
def _(said: Reading) -> None:
    assert (said.facts["number_of_table_deletes"], said.facts["number_of_table_age_outs"]) == (3, 3)
    assert (len(said.rows), said.unparsed) == (6, [])


@facts(COUNTERS_JSON, "Ethernet1: interfaceStatus notconnect, lineProtocolStatus down, linkStatusChanges 2")
def _(said: Reading) -> None:
    port = row(said, "Ethernet1")
    assert (port.extra["interface_status"], port.extra["line_protocol_status"]) == ("notconnect", "down")
    assert (port.state, port.counters["carrier_changes"]) == ("down", 2)


@facts(COUNTERS_JSON, "Ethernet1: bandwidth 10000000000, totalOutErrors 0")
def _(said: Reading) -> None:
    port = row(said, "Ethernet1")
    assert (port.extra["bandwidth"], port.counters["tx_errors"]) == (10_000_000_000, 0)


@facts(OPTICS_JSON, "Ethernet3/1/1: 40GBASE-SR4, rxPower -1.8025870272698974, temperature 35.26171875")
def _(said: Reading) -> None:
    extra = row(said, "Ethernet3/1/1").extra
    assert (extra["media_type"], extra["rx_power_dbm"]) == ("40GBASE-SR4", -1.8025870272698974)
    assert extra["temperature_c"] == 35.26171875


@facts(OPTICS_JSON, "lanes of one module share vendorSn XMD1401000RP")
def _(said: Reading) -> None:
    assert [one.extra["vendor_sn"] for one in said.rows] == ["XMD1401000RP"] * 3


@facts(NEIGHBOURS_JSON, "2 neighbours, both precise64, on Ethernet1 and Ethernet2")
def _(said: Reading) -> None:
    assert [(one.id, one.extra["peer_node"]) for one in said.rows] == [
        ("Ethernet1", "precise64"),
        ("Ethernet2", "precise64"),
    ]


@facts(NEIGHBOURS_JSON, "neighborPort is a MAC in dotted form 0800.274f.332d")
def _(said: Reading) -> None:
    assert row(said, "Ethernet1").extra["peer_port"] == "0800.274f.332d"


@facts(
    PHY_JSON, "Ethernet1/1: phyChipName BCM88690-TSCBH, phyState linkUp (2 changes), preFecBer 5.378509864228316e-10"
)
def _(said: Reading) -> None:
    port = row(said, "Ethernet1/1")
    chips = port.extra["phy"]
    assert isinstance(chips, list)
    assert isinstance(chips[0], dict)
    assert (chips[0]["phy_chip_name"], chips[0]["phy_state_changes"]) == ("BCM88690-TSCBH", 2)
    assert port.phys_state == "linkUp"
    assert port.ber is not None
    assert port.ber.raw == 5.378509864228316e-10


@facts(PHY_JSON, "its line-side FEC: correctedCodewords 3, uncorrectedCodewords 0")
def _(said: Reading) -> None:
    assert row(said, "Ethernet1/1").counters == {"fec_corrected": 3, "fec_uncorrected": 0}


@facts(
    PHY_JSON,
    "a port has several phyStatuses (MAC chip and CRT50216 gearbox, line and system side); one has no FEC block",
)
def _(said: Reading) -> None:
    chips = row(said, "Ethernet1/1").extra["phy"]
    assert isinstance(chips, list)
    told = [(chip["phy_chip_name"], chip.get("location")) for chip in chips if isinstance(chip, dict)]
    assert told == [("BCM88690-TSCBH", "line"), ("CRT50216", None), ("CRT50216", "system"), ("CRT50216", "line")]
    assert [("corrected_codewords" in chip) for chip in chips if isinstance(chip, dict)].count(False) >= 1


@facts(ERRORS_JSON, "interfaceErrorCounters for Ethernet1 and Ethernet6, all 0")
def _(said: Reading) -> None:
    assert [one.id for one in said.rows] == ["Ethernet1", "Ethernet6"]
    assert {value for one in said.rows for value in one.counters.values()} == {0}


@facts(ERRORS_JSON, "7 counters a port, among them fcsErrors and symbolErrors")
def _(said: Reading) -> None:
    for one in said.rows:
        assert (len(one.counters), one.marks) == (7, [])
        assert {"rx_crc_errors", "symbolErrors"} <= one.counters.keys()


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
