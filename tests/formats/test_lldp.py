"""lldpd's neighbours say the same in every form, and SONiC's table a part of it."""

from __future__ import annotations

import json

import pytest
from captures import SAMPLES

from fabconsole.formats.host.lldp import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def test_a_description_goes_on_over_indented_lines() -> None:
    row = read((SAMPLES / "lldp.txt").read_text()).rows[0]
    assert row.extra["system_description"] == "Fabric OS 5.2 running on\nACME 6400"


def test_the_text_says_everything_of_a_neighbour() -> None:
    first, second = read((SAMPLES / "lldp.txt").read_text()).rows
    assert (first.id, first.peer) == ("eth2", "leaf-a01/swp17s1")
    assert (first.extra["age"], first.extra["rid"], first.extra["ttl"]) == ("12 days, 03:07:31", 4, 120)
    assert first.extra["vlan"] == [{"id": 162, "pvid": True, "name": "rdma"}]
    assert first.extra["inventory"] == {"serial_number": "00012345"}
    assert (second.id, second.extra["via"], second.peer) == ("eth3", "CDPv2", "leaf-a02/Ethernet7")


def test_a_port_known_by_an_index_goes_by_its_description() -> None:
    row = read((SAMPLES / "lldp.keyvalue.txt").read_text()).rows[0]
    assert (row.peer, row.extra["port_id"]) == ("leaf-a01/xe-0/0/1", "512")


@pytest.mark.parametrize("shape", [dict, list])
def test_one_interface_is_an_object_several_are_a_list(shape: type) -> None:
    body = {"via": "LLDP", "chassis": {"leaf": {"id": {"type": "mac", "value": "02:00"}}}, "port": {"descr": "p1"}}
    interface = {"eth0": body} if shape is dict else [{"eth0": body}]
    (row,) = read(json.dumps({"lldp": {"interface": interface}}, indent=1)).rows
    assert (row.id, row.extra["peer_node"], row.extra["port_descr"]) == ("eth0", "leaf", "p1")


def test_a_neighbour_without_a_name_goes_by_its_chassis() -> None:
    row = read((SAMPLES / "lldp.json.txt").read_text()).rows[1]
    assert row.peer == "02:00:5e:11:22:34/02:00:5e:11:22:35"


def test_nothing_heard_is_no_neighbour() -> None:
    said = read('{\n  "lldp": {\n  }\n}\n')
    assert (said.rows, said.unparsed) == ([], [])


def test_a_table_that_announces_more_than_it_holds_says_so() -> None:
    said = read((SAMPLES / "lldp.table.txt").read_text().replace("displayed:  2", "displayed:  9"))
    assert said.facts["incomplete"] == "9 neighbours are announced, 2 stand here"


def test_a_table_has_the_neighbours_port() -> None:
    said = read((SAMPLES / "lldp.table.txt").read_text())
    assert [(row.id, row.peer) for row in said.rows] == [
        ("Ethernet0", "spine01/Ethernet1"),
        ("Ethernet4", "spine02/Ethernet1"),
    ]


def test_an_indentation_taken_away_by_a_mail_changes_nothing() -> None:
    text = (SAMPLES / "lldp.txt").read_text().replace("                  ACME 6400\n", "")
    flat = "\n".join(line.strip() for line in text.split("\n"))
    assert [row.peer for row in read(flat).rows] == [row.peer for row in read(text).rows]
    assert read(flat).unparsed == []


def test_another_streams_line_is_handed_back() -> None:
    said = read("LLDP neighbors:\nWarning: no access to the agent\nInterface:    eth0, via: LLDP\n")
    assert said.unparsed == ["Warning: no access to the agent"]


def test_no_neighbour_at_all_is_said() -> None:
    assert FORMAT.read(Paste('{"lldp": {}}')).facts == {"neighbors": 0}
