"""Each fault put into a fabric of real sshds and a real subnet manager is on the snapshot, and nothing else is."""

from __future__ import annotations

import time
from datetime import datetime

from lab import Lab
from lab_snapshot import snapshot

LOUD = ("WARN", "CRIT")


def test_a_healthy_fabric_is_ok_complete_and_every_link_has_its_two_ends(lab: Lab) -> None:
    picture = snapshot(lab, polls=3)
    coverage = picture.document["coverage"]
    assert (picture.sick, picture.sick_nodes, picture.events) == ({}, set(), [])
    assert picture.code == 0
    assert (coverage["nodes"], coverage["polled"]) == (8, 8)
    assert all(question["asked"] == question["answered"] for question in coverage["questions"].values())
    for number, name in enumerate(lab.hosts):
        for hca in range(8):
            leaf, port = lab.subnet.port(number, hca)
            assert picture.port(f"{name}/mlx5_{hca}/1")["peer"] == f"{leaf}/{port}"
            assert picture.port(f"{leaf}/{port}")["peer"] == f"{name}/mlx5_{hca}/1"
    assert picture.port("leaf01/33")["peer"] == "spine01/1"
    assert picture.port("spine01/1")["peer"] == "leaf01/33"


def test_symbol_errors_on_one_hca(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.host("gpu00-01").hca("mlx5_2").set(symbol_error=40))
    port = picture.port("gpu00-01/mlx5_2/1")
    assert list(picture.sick) == ["gpu00-01/mlx5_2/1"]
    assert port["health"] in LOUD
    assert port["counters"]["symbol_error"] == 40
    assert port["rates"]["symbol_error"] > 0
    assert picture.sick_nodes == {"gpu00-01"}
    assert picture.events == []


def test_a_port_down_is_down_at_both_ends(lab: Lab) -> None:
    leaf, at = lab.subnet.port(4, 5)

    def pull() -> None:
        lab.host("gpu01-00").hca("mlx5_5").port_down()
        lab.switch(leaf).unlink(at)

    picture = snapshot(lab, pull)
    assert picture.sick == {"gpu01-00/mlx5_5/1": "DOWN", f"{leaf}/{at}": "DOWN"}
    assert picture.sick_nodes == {"gpu01-00", leaf}
    port = picture.port("gpu01-00/mlx5_5/1")
    assert (port["state"], port["phys_state"], port["rate_gbps"]) == ("Down", "Polling", None)
    assert picture.code == 2


def test_a_degraded_rate(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.host("gpu00-03").hca("mlx5_0").rate("200 Gb/sec (2X NDR)"))
    port = picture.port("gpu00-03/mlx5_0/1")
    assert picture.sick == {"gpu00-03/mlx5_0/1": "DEGRADED"}
    assert (port["rate_gbps"], port["width"]) == (200.0, "2X")
    assert picture.code == 1


def test_an_inactive_nvlink(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.host("gpu00-02").nvlink(3, 7).inactive())
    assert list(picture.sick) == ["gpu00-02/gpu3/nvl7"]
    assert picture.nvlink("gpu00-02/gpu3/nvl7")["state"] == "inactive"
    assert picture.nvlink("gpu00-02/gpu3/nvl7")["health"] in ("DOWN", "CRIT")
    assert picture.sick_nodes == {"gpu00-02"}


def test_a_moving_recovery_counter(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.host("gpu01-02").nvlink(6, 17).set(recovery=3))
    link = picture.nvlink("gpu01-02/gpu6/nvl17")
    assert list(picture.sick) == ["gpu01-02/gpu6/nvl17"]
    assert link["health"] in LOUD
    assert link["counters"] == {"replay": 0, "recovery": 3, "crc": 0}
    assert link["rates"]["recovery"] > 0


def test_an_xid_74_as_it_happens(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.host("gpu00-02").xid(74, "NVLink: fatal error detected on link 7", gpu=3))
    assert picture.events == [("gpu00-02", "xid", 74)]
    assert picture.sick == {}
    assert picture.sick_nodes == {"gpu00-02"}


def test_an_xid_from_before_start_up_has_its_true_onset(lab: Lab) -> None:
    began = time.time() - 600
    lab.host("gpu00-02").xid(74, "NVLink: fatal error detected on link 7", gpu=3, ago_s=600)
    picture = snapshot(lab, polls=3)
    (event,) = (event for event in picture.document["events"] if event["code"] == 74)
    assert abs(datetime.fromisoformat(event["at"]).timestamp() - began) < 2
    assert picture.sick_nodes == {"gpu00-02"}


def test_a_saturated_counter_is_marked_and_has_no_rate(lab: Lab) -> None:
    lab.host("gpu01-03").hca("mlx5_7").set(link_downed=255)
    lab.switch("spine02").set(2, LinkDownedCounter=255, SymbolErrorCounter=255)
    picture = snapshot(lab, polls=3)
    for end in ("gpu01-03/mlx5_7/1", "spine02/2"):
        port = picture.port(end)
        assert port["marks"] == {"link_downed": "saturated"}
        assert port["counters"]["link_downed"] == 255
        assert "link_downed" not in port["rates"]
    assert set(picture.sick) == {"gpu01-03/mlx5_7/1", "spine02/2"}


def test_switch_side_counters(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.switch("leaf01").set(3, SymbolErrorCounter=77))
    port = picture.port("leaf01/3")
    assert list(picture.sick) == ["leaf01/3"]
    assert port["health"] in LOUD
    assert port["counters"]["symbol_error"] == 77
    assert port["rates"]["symbol_error"] > 0
    assert picture.sick_nodes == {"leaf01"}


def test_a_spine_that_dies_is_missing_and_its_links_are_down(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.switch("spine02").vanish())
    assert {end: health for end, health in picture.sick.items() if end.startswith("leaf")} == {
        "leaf01/35": "DOWN",
        "leaf01/36": "DOWN",
        "leaf02/35": "DOWN",
        "leaf02/36": "DOWN",
    }
    assert picture.node("spine02")["health"] == "MISSING"
    assert picture.sick_nodes == {"leaf01", "leaf02", "spine02"}


def test_a_switch_whose_counters_cannot_be_read_is_not_ok(lab: Lab) -> None:
    lab.switch("spine01").mute(attribute=29)
    picture = snapshot(lab, polls=3)
    assert picture.node("spine01")["health"] not in ("OK", *LOUD)
    assert picture.sick_nodes == {"spine01"}
    assert picture.code == 3


def test_an_hca_that_is_not_there_is_missing(lab: Lab) -> None:
    picture = snapshot(lab, lambda: lab.host("gpu01-01").hca("mlx5_4").vanish())
    assert picture.sick == {"gpu01-01/mlx5_4/1": "MISSING"}
    assert picture.sick_nodes == {"gpu01-01"}
