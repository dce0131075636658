"""`rdma link`, `dev` and `res`: the same records as text, of old and of late, and as JSON."""

from __future__ import annotations

import pytest
from captures import SAMPLES

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return named("rdma-link").read(Paste(text))


@pytest.mark.parametrize(
    "text",
    [
        "link mlx5_0/1 subnet_prefix fe80:0000:0000:0000 lid 7 sm_lid 3 lmc 0 state INIT physical_state LINK_UP \n",
        "link mlx5_0/1: subnet_prefix fe80:0000:0000:0000 lid 7 sm_lid 3 lmc 0 state INIT physical_state LINK_UP \n",
        "0/1: mlx5_0/1: subnet_prefix fe80:0000:0000:0000 lid 7 sm_lid 3 lmc 0 state INIT physical_state LINK_UP \n",
        "  link mlx5_0/1 subnet_prefix fe80:0000:0000:0000 lid\n7 sm_lid 3 lmc 0 state INIT\nphysical_state LINK_UP\n",
        '[{"ifname":"mlx5_0","port":1,"subnet_prefix":"fe80:0000:0000:0000","lid":7,"sm_lid":3,"lmc":0,'
        '"state":"INIT","physical_state":"LINK_UP"}]',
        '[{"ifname":"mlx5_0/1","port":1,"subnet_prefix":"fe80:0000:0000:0000","lid":7,"sm_lid":3,"lmc":0,'
        '"state":"INIT","physical_state":"LINK_UP"}]',
    ],
)
def test_a_link_is_the_same_in_every_form(text: str) -> None:
    said = read(text)
    assert [(row.id, row.state, row.phys_state) for row in said.rows] == [("mlx5_0/1", "Initialize", "LinkUp")]
    assert said.rows[0].extra == {"subnet_prefix": "fe80:0000:0000:0000", "lid": 7, "sm_lid": 3, "lmc": 0}
    assert said.unparsed == []
    assert recognise(Paste(text))[0].name == "rdma-link"


def test_words_of_states() -> None:
    said = read(
        "link a/1 state ACTIVE_DEFER physical_state LINK_ERROR_RECOVER\nlink a/2 state UNKNOWN physical_state UNKNOWN\n"
        "link a/3 state ARMED physical_state ARMED\n"
    )
    assert [(row.state, row.phys_state) for row in said.rows] == [
        ("ActiveDefer", "LinkErrorRecovery"),
        ("unknown", "unknown"),
        ("Armed", "PortConfigurationTraining"),
    ]


def test_an_infiniband_port_without_a_lid_is_marked() -> None:
    said = read((SAMPLES / "rdma-link.txt").read_text())
    assert [row.marks for row in said.rows] == [[], ["lid unassigned"], []]
    assert said.rows[2].extra["caps"] == ["CM", "IP_BASED_GIDS"]
    assert said.rows[2].extra["netdev_index"] == 9


def test_devices_and_resources_are_rows_too() -> None:
    device, port, used, queue = read((SAMPLES / "rdma-link.devices-of-old.txt").read_text()).rows
    assert (device.id, device.extra["firmware"], device.extra["node_guid"]) == (
        "mlx5_0",
        "28.43.1014",
        "5c2573030011a0c0",
    )
    assert (port.id, port.state) == ("mlx5_0/1", "Active")
    assert used.extra == {"qp": 7, "cq": 10, "pd": 3, "cm_id": 0, "mr": 4, "ctx": 1}
    assert (queue.state, queue.extra["state"], queue.extra["lqpn"]) == (None, "RTS", 178)


def test_a_connections_state_is_no_ports() -> None:
    (row,) = read("link mlx5_0/- cm-idn 0 state LISTEN ps TCP comm [nvmet_rdma] src-addr 0.0.0.0:4420\n").rows
    assert (row.state, row.extra["state"]) == (None, "LISTEN")


def test_a_value_of_another_record_is_not_taken() -> None:
    said = read("link mlx5_0/1 state ACTIVE physical_state LINK_UP\nl#nk x\nstate DOWN physical_state DISABLED\n")
    assert [(row.id, row.state) for row in said.rows] == [("mlx5_0/1", "Active")]
    assert said.unparsed == ["l#nk x", "state DOWN physical_state DISABLED"]


def test_json_without_its_end_says_so() -> None:
    said = read('[{"ifname":"mlx5_0","port":1,"state":"ACTIVE"},{"ifname":"mlx5_1","port":1,"lid":1')
    assert [row.id for row in said.rows] == ["mlx5_0/1", "mlx5_1/1"]
    assert "lid" not in said.rows[1].extra
    assert said.facts["incomplete"] == "the JSON ends before its end"
