"""What the captures of MLNX-OS and Onyx switches must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row, Said

facts = Facts()


def row(said: Reading, name: str) -> Row:
    return next(row for row in said.rows if row.id == name)


def classes(said: Reading) -> dict[str, Said]:
    found = said.rows[0].extra["traffic_classes"]
    assert isinstance(found, dict)
    return found


@facts(
    "onyx-json/show-interfaces-ethernet.json",
    "a list; first header Eth1/1, Operational state Down, Admin state Enabled, Actual speed 40 Gbps",
)
def _(said: Reading) -> None:
    port = said.rows[0]
    assert (port.id, port.state, port.rate_gbps) == ("Eth1/1", "down", None)
    assert (port.extra["admin_state"], port.extra["actual_speed"]) == ("Enabled", "40 Gbps")


@facts("onyx-json/show-interfaces-ethernet.json", "counters are strings in Rx/Tx sub-objects: Tx error packets '0'")
def _(said: Reading) -> None:
    assert said.rows[0].counters["tx_errors"] == 0


@facts("onyx-json/show-interfaces-ethernet.json", r"N\A with a backslash stands for not available")
def _(said: Reading) -> None:
    assert said.rows[0].extra["description"] is None
    assert not [value for row in said.rows for value in row.extra.values() if value in ("N\\A", 0)]


@facts("onyx-json/show-interfaces-status.json", "Eth1/1: Operational state Down, Speed 100 Gbps, No-Negotiation")
def _(said: Reading) -> None:
    port = row(said, "Eth1/1")
    assert (port.state, port.extra["speed"], port.extra["negotiation"]) == ("down", "100 Gbps", "No-Negotiation")


@facts("onyx-json/show-interfaces-status.json", "Vlan 1002 uses another key: State Down")
def _(said: Reading) -> None:
    assert row(said, "Vlan 1002").state == "down"


@facts("onyx-json/show-version.json", "product release 3.6.5000, model x86onie")
def _(said: Reading) -> None:
    assert (said.facts["product_release"], said.facts["product_model"]) == ("3.6.5000", "x86onie")


@facts("onyx-json/show-version.json", "uptime '2d 13h 40m 34.992s'")
def _(said: Reading) -> None:
    assert (said.facts["uptime"], said.facts["uptime_s"]) == ("2d 13h 40m 34.992s", 222_034.992)


@facts(
    "onyx-json/show-interface-congestion-control.json",
    "ECN marked packets 0; TC-3 mode ECN, thresholds 500 KB to 1550 KB",
)
def _(said: Reading) -> None:
    (port,) = said.rows
    assert (port.id, port.counters["ECN marked packets"]) == ("Eth1/1", 0)
    third = classes(said)["TC-3"]
    assert isinstance(third, dict)
    assert third["mode"] == "ECN"
    assert (third["minimum_threshold"], third["maximum_threshold"]) == ("500 KB", "1550 KB")


@facts(
    "onyx-json/show-interface-congestion-control.json",
    "8 traffic classes TC-0 to TC-7; TC-2 is RED with percent thresholds",
)
def _(said: Reading) -> None:
    assert list(classes(said)) == [f"TC-{number}" for number in range(8)]
    second = classes(said)["TC-2"]
    assert isinstance(second, dict)
    assert second["mode"] == "RED"
    assert (second["minimum_threshold_percent"], second["maximum_threshold_percent"]) == (9, 90)


@facts(
    "mlnxos/show-interfaces-ib-qm8700-split.txt",
    "2 ports IB1/2/1 and IB1/2/2, both Active/LinkUp at 100.0 Gbps",
)
def _(said: Reading) -> None:
    assert [(port.id, port.state, port.phys_state, port.rate_gbps) for port in said.rows] == [
        ("IB1/2/1", "Active", "LinkUp", 100.0),
        ("IB1/2/2", "Active", "LinkUp", 100.0),
    ]


@facts("mlnxos/show-interfaces-ib-qm8700-split.txt", "speed hdr, width 2X, MTU 4096")
def _(said: Reading) -> None:
    for port in said.rows:
        assert (port.extra["speed"], port.width, port.extra["mtu"]) == ("hdr", "2X", 4096)


@facts(
    "mlnxos/show-interfaces-ib-qm8700-split.txt",
    "prompt lines 'switch [standalone: master] # ...' precede each record; Description is empty",
)
def _(said: Reading) -> None:
    assert said.unparsed == []
    assert [port.extra["description"] for port in said.rows] == [None, None]


@facts("mlnxos/show-inventory-sx6036.txt", "5 modules: CHASSIS, MGMT, FAN, PS1, PS2")
def _(said: Reading) -> None:
    assert [module.id for module in said.rows] == ["CHASSIS", "MGMT", "FAN", "PS1", "PS2"]


@facts("mlnxos/show-inventory-sx6036.txt", "chassis part MSX6036F-1SFS, serial MT1809K36681, ASIC revision N/A")
def _(said: Reading) -> None:
    chassis = row(said, "CHASSIS").extra
    assert (chassis["part_number"], chassis["serial_number"]) == ("MSX6036F-1SFS", "MT1809K36681")
    assert chassis["asic_rev"] is None


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
