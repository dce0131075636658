"""What the captures of lldpd's neighbours must yield."""

from __future__ import annotations

import json

from captures import CORPUS, Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
_JSON0 = "lldp/net-show-lldp-json-cumulus37-leaf01.json"
_TEXT = "lldp/lldpctl-text-cumulus37.txt"
_QFX = "lldp/lldpctl-keyvalue-qfx.txt"
_SONIC = "lldp/sonic-show-lldp-neighbors.txt"


def row(said: Reading, interface: str) -> Row:
    return next(row for row in said.rows if row.id == interface)


@facts(_JSON0, "json0 form: every level is a list (lldp[0].interface[...])")
def _(said: Reading) -> None:
    there = json.loads((CORPUS / _JSON0).read_text())["lldp"][0]["interface"]
    assert [one.id for one in said.rows] == [one["name"] for one in there]
    assert None not in {one.peer for one in said.rows}


@facts(_JSON0, "interfaces swp1 and swp2 among the local ports")
def _(said: Reading) -> None:
    assert {"swp1", "swp2"} <= {one.id for one in said.rows}


@facts(_TEXT, "local interface swp1, neighbour spine01 port swp1, chassis MAC 52:54:00:2d:fa:de")
def _(said: Reading) -> None:
    swp1 = row(said, "swp1")
    assert (swp1.peer, swp1.extra["peer_node"], swp1.extra["peer_port"]) == ("spine01/swp1", "spine01", "swp1")
    assert (swp1.extra["chassis_id_type"], swp1.extra["chassis_id"]) == ("mac", "52:54:00:2d:fa:de")


@facts(_TEXT, "two MgmtIP lines (IPv4 and IPv6)")
def _(said: Reading) -> None:
    assert row(said, "swp1").extra["mgmt_ip"] == ["10.0.0.21", "fe80::5054:ff:fe2d:fade"]


@facts(_QFX, "eth0: neighbour sw-filer-f06.dc42, chassis MAC 40:a6:77:7a:72:00")
def _(said: Reading) -> None:
    extra = row(said, "eth0").extra
    assert (extra["peer_node"], extra["chassis_id"]) == ("sw-filer-f06.dc42", "40:a6:77:7a:72:00")


@facts(_QFX, "age 163 days, 23:03:53")
def _(said: Reading) -> None:
    assert row(said, "eth0").extra["age"] == "163 days, 23:03:53"


@facts(_SONIC, "eth0: neighbour swtor-b2lab2-1610 port GigabitEthernet 0/2, VLAN 162")
def _(said: Reading) -> None:
    extra = row(said, "eth0").extra
    assert (extra["peer_node"], extra["peer_port"]) == ("swtor-b2lab2-1610", "GigabitEthernet 0/2")
    assert extra["vlan"] == [{"id": 162, "pvid": True}]


@facts(_SONIC, "Ethernet116: neighbour T1-2, management 10.11.162.40")
def _(said: Reading) -> None:
    extra = row(said, "Ethernet116").extra
    assert (extra["peer_node"], extra["mgmt_ip"]) == ("T1-2", ["10.11.162.40"])


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
