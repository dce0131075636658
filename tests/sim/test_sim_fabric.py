"""The simulated fabric: how it is wired, and its state over time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sim_rig import Clock, machine, scenario

from fabconsole.fabric.counters import COUNTERS, Class
from fabconsole.fabric.table import Width
from fabconsole.sim.effects import NvlinkId
from fabconsole.sim.fabric import COLUMNS, Fabric, capped
from fabconsole.sim.scenario import read_scenario
from fabconsole.sim.scenarios import find_scenario
from fabconsole.sim.trunks import tiers
from fabconsole.sim.wiring import SWITCH_PORTS, End, subnets, wired

_TRAFFIC = [column for column, name in enumerate(COLUMNS) if COUNTERS[name].kind is Class.TRAFFIC]
_DOWNED, _SYMBOLS = COLUMNS.index("link_downed"), COLUMNS.index("symbol_error")

QUIET = read_scenario(find_scenario("quiet"))
SMALL = wired(8, 1)
HEALTHY = Fabric(SMALL, QUIET.befall((SMALL,), 1)[0], 1)


def fabric(faults: str, folder: Path) -> Fabric:
    return Fabric(SMALL, scenario(faults, folder).befall((SMALL,), 1)[0], 1)


def test_sixty_four_hosts_are_two_scalable_units() -> None:
    wiring = wired(64, 1)
    assert len(wiring.hosts) == 64
    assert [switch.name for switch in wiring.switches].count("leaf16") == 1
    assert len(wiring.switches) == 16 + 8
    assert len(wiring.links) == 512 + 512


@pytest.mark.parametrize(
    ("units", "leaves", "spines", "cores"), [(1, 8, 4, 0), (4, 32, 16, 0), (32, 256, 256, 128), (64, 512, 512, 256)]
)
def test_a_subnet_has_as_many_switches_as_the_reference_architecture(
    units: int, leaves: int, spines: int, cores: int
) -> None:
    made = tiers(units)
    assert (len(made.leaves), len(made.spines), len(made.cores)) == (leaves, spines, cores)


@pytest.mark.parametrize("units", [1, 8, 9, 33, 64])
def test_every_leaf_reaches_every_other_and_no_switch_has_a_port_too_many(units: int) -> None:
    made = tiers(units)
    cables: dict[str, set[str]] = {}
    for trunk in made.trunks:
        cables.setdefault(trunk.near, set()).add(trunk.far)
        cables.setdefault(trunk.far, set()).add(trunk.near)
    reached, edge = {made.leaves[0]}, {made.leaves[0]}
    while edge:
        edge = {there for here in edge for there in cables[here]} - reached
        reached |= edge
    assert reached == {*made.leaves, *made.spines, *made.cores}
    used = Counter(end for trunk in made.trunks for end in (trunk[:2], trunk[2:]))
    assert set(used.values()) == {1}
    assert {used_ports for _, used_ports in used} <= set(range(1, SWITCH_PORTS + 1))
    full = Counter(name for name, _ in used)
    assert {full[name] for name in made.cores} | {full[name] for name in made.spines} == {SWITCH_PORTS}


def test_a_fabric_too_large_for_one_subnet_has_several_of_which_nothing_is_the_same_but_lids() -> None:
    both = subnets(2080, 1)
    assert [len(subnet.hosts) for subnet in both] == [2048, 32]
    assert max(hca.lid for host in both[0].hosts for hca in host.hcas) <= 49151
    for each in (
        [switch.name for subnet in both for switch in subnet.switches],
        [switch.guid for subnet in both for switch in subnet.switches]
        + [hca.guid for subnet in both for host in subnet.hosts for hca in host.hcas],
        [gpu.uuid for subnet in both for host in subnet.hosts for gpu in host.gpus],
        [host.name for subnet in both for host in subnet.hosts],
    ):
        assert len(set(each)) == len(each)
    assert both[1].hosts[0].name == "gpu512-00"
    assert both[1].links[both[1].hosts[0].hcas[3].link].far == End("leaf516", "1")


@pytest.mark.parametrize("nodes", [1, 8, 64, 100, 500])
def test_no_port_has_two_cables_and_no_number_is_given_twice(nodes: int) -> None:
    wiring = wired(nodes, 1)
    ends = [end for link in wiring.links for end in link.ends]
    assert len(set(ends)) == len(ends)
    lids = [hca.lid for host in wiring.hosts for hca in host.hcas] + [switch.lid for switch in wiring.switches]
    guids = [hca.guid for host in wiring.hosts for hca in host.hcas] + [switch.guid for switch in wiring.switches]
    assert len(set(lids)) == len(lids)
    assert len(set(guids)) == len(guids)
    assert all(1 <= port <= SWITCH_PORTS for switch in wiring.switches for port in switch.links)


def test_a_rail_hangs_on_one_leaf_of_its_unit() -> None:
    wiring = wired(64, 1)
    leaves = {wiring.links[wiring.host[f"gpu03-0{slot}"].hcas[5].link].far.node for slot in range(4)}
    assert leaves == {"leaf06"}
    assert wiring.links[wiring.host["gpu08-00"].hcas[5].link].far.node == "leaf14"


@settings(max_examples=60)
@given(t=st.floats(0, 1e7), step=st.floats(0.2, 100))
def test_every_traffic_counter_of_a_host_moves_at_every_reading(t: float, step: float) -> None:
    host = SMALL.hosts[3]
    before, after = HEALTHY.hca_counts(host.hcas, t), HEALTHY.hca_counts(host.hcas, t + step)
    assert np.all(after[:, _TRAFFIC] > before[:, _TRAFFIC])
    assert np.all(after >= before)


def test_what_one_end_sends_the_other_receives() -> None:
    host = SMALL.hosts[1]
    sent = HEALTHY.hca_counts(host.hcas, 50.0)[2, COLUMNS.index("port_xmit_data")]
    far = SMALL.links[host.hcas[2].link].far
    received = HEALTHY.switch_counts(SMALL.switch[far.node], 50.0)[int(far.port)][COLUMNS.index("port_rcv_data")]
    assert sent == received


def test_the_same_seed_is_the_same_fabric_and_another_is_another() -> None:
    again = Fabric(wired(8, 1), QUIET.befall((SMALL,), 1)[0], 1)
    other = Fabric(wired(8, 2), QUIET.befall((SMALL,), 2)[0], 2)
    assert np.array_equal(again.hca_counts(SMALL.hosts[0].hcas, 77.0), HEALTHY.hca_counts(SMALL.hosts[0].hcas, 77.0))
    assert not np.array_equal(
        other.hca_counts(SMALL.hosts[0].hcas, 77.0), HEALTHY.hca_counts(SMALL.hosts[0].hcas, 77.0)
    )
    assert again.wiring.hosts[0].gpus == SMALL.hosts[0].gpus != other.wiring.hosts[0].gpus


def test_a_flapping_cable_is_counted_at_both_ends_and_carries_nothing_while_down(tmp_path: Path) -> None:
    sick = fabric(
        "  - {fault: flapping-cable, on: gpu00-01/mlx5_5, at: 10s, every: 40s, down: 20s, times: 1}", tmp_path
    )
    host = SMALL.host["gpu00-01"]
    link = host.hcas[5].link
    assert sick.line(link, 5.0).state == "ACTIVE"
    assert (sick.line(link, 19.0).state, sick.line(link, 19.0).phys) == ("DOWN", "Polling")
    assert sick.line(link, 60.0).state == "ACTIVE"
    for counts in (
        lambda t: sick.hca_counts(host.hcas, t)[5],
        lambda t: sick.switch_counts(SMALL.switch["leaf06"], t)[2],
    ):
        assert counts(60.0)[_DOWNED] - counts(5.0)[_DOWNED] == 1
        assert counts(60.0)[_SYMBOLS] > counts(5.0)[_SYMBOLS]
        assert np.array_equal(counts(25.0)[_TRAFFIC], counts(19.0)[_TRAFFIC])
        assert np.all(counts(60.0)[_TRAFFIC] > counts(19.0)[_TRAFFIC])


def test_a_link_that_came_back_is_linkup_before_it_is_active(tmp_path: Path) -> None:
    sick = fabric("  - {fault: dead-switch, on: leaf02, at: 10s, lasts: 10s}", tmp_path)
    link = SMALL.host["gpu00-01"].hcas[1].link
    stop = sick.effects.down[link].spells[0][1]
    assert (sick.line(link, stop + 0.1).state, sick.line(link, stop + 0.1).phys) == ("INIT", "LinkUp")
    assert sick.line(link, stop + 2.0).state == "ACTIVE"


def test_a_dead_leaf_takes_one_rail_of_every_host_of_its_unit_with_it(tmp_path: Path) -> None:
    sick = fabric("  - {fault: dead-switch, on: leaf02, at: 10s}", tmp_path)
    assert sick.is_dead("leaf02", 11.0)
    for host in SMALL.hosts:
        states = [sick.line(hca.link, 11.0).state for hca in host.hcas]
        assert states == ["ACTIVE", "DOWN", *["ACTIVE"] * 6]


def test_symbol_errors_grow_at_one_end_only(tmp_path: Path) -> None:
    sick = fabric("  - {fault: symbol-errors, on: gpu00-02/mlx5_0, at: 10s, per_s: 3}", tmp_path)
    host = SMALL.host["gpu00-02"]
    assert sick.hca_counts(host.hcas, 20.0)[0, _SYMBOLS] == 30
    far = SMALL.links[host.hcas[0].link].far
    assert sick.switch_counts(SMALL.switch[far.node], 20.0)[int(far.port)][_SYMBOLS] == 0


def test_a_counter_stops_where_its_register_does(tmp_path: Path) -> None:
    sick = fabric("  - {fault: old-errors, on: gpu00-00/mlx5_0, counter: link_downed, count: 700}", tmp_path)
    counts = sick.hca_counts(SMALL.hosts[0].hcas, 1.0)
    assert capped(counts, Width.SYSFS)[0, _DOWNED] == 255
    assert capped(counts, Width.PMA_EXTENDED)[0, _DOWNED] >= 700


def test_an_nvlink_recovers_until_it_stays_inactive_and_the_driver_says_so(tmp_path: Path) -> None:
    sick = fabric("  - {fault: dying-nvlink, on: gpu00-01/gpu3/nvl7, at: 1s, every: 4s, dies: 20s}", tmp_path)
    link = NvlinkId("gpu00-01", 3, 7)
    assert sick.nvlink_up(link, 20.0)
    assert sick.nvlink_counts(link, 20.0)[1] >= 3
    assert not sick.nvlink_up(link, 22.0)
    said = [message for message in sick.effects.messages["gpu00-01"] if ": 74, " in message.text]
    assert [message.at for message in said] == [21.0]


def test_the_far_end_of_a_far_end_is_the_end() -> None:
    end, far = End("gpu00-01", "mlx5_5"), End("leaf06", "2")
    link = SMALL.links[SMALL.link_of[end]]
    assert (link.other(end), link.other(far)) == (far, end)


def test_a_machine_renders_again_only_what_has_changed() -> None:
    host = machine("gpu00-00", Clock())
    made = []
    for state in (1, 1, 2):
        host.once("text", state, lambda: made.append(1))
    assert len(made) == 2


def test_a_lost_hca_is_gone_from_its_host_and_its_link_is_down(tmp_path: Path) -> None:
    faults = "  - {fault: lost-hca, on: gpu00-01/mlx5_1, at: 10s, lasts: 30s}"
    clock = Clock(5.0)
    host = machine("gpu00-01", clock, plan=scenario(faults, tmp_path))
    assert len(host.hcas) == 8
    clock.t = 15.0
    assert [hca.name for hca in host.hcas] == ["mlx5_0", *(f"mlx5_{rail}" for rail in range(2, 8))]
    assert not host.fabric.line(host.host.hcas[1].link, 15.0).up
    clock.t = 45.0
    assert len(host.hcas) == 8


def test_another_switch_is_master_when_the_first_is_dead(tmp_path: Path) -> None:
    sick = fabric("  - {fault: dead-switch, on: spine01, at: 10s, lasts: 10s}", tmp_path)
    assert [sick.master(t).name for t in (5.0, 15.0, 25.0)] == ["spine01", "spine02", "spine01"]
