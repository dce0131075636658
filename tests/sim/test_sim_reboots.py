"""A host's boots, clocks and counters: what begins anew, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sim_rig import Clock, machine, played, scenario

from fabconsole.fabric.errors import DocumentError
from fabconsole.sim import files, log_answers, tools
from fabconsole.sim.fabric import COLUMNS
from fabconsole.sim.journal import Journal
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

REBOOT = "  - {fault: reboot, on: gpu00-01, at: 100s, lasts: 60s}\n"
STARTED, FIRST_HCA, LAST_HCA = 148.0, 159.0, 169.5
DOWNED, SYMBOLS = COLUMNS.index("link_downed"), COLUMNS.index("symbol_error")


def host_at(clock: Clock, folder: Path, text: str) -> Machine:
    return machine("gpu00-01", clock, plan=scenario(text, folder))


def test_a_rebooted_host_is_refused_and_then_another_boot_that_is_young(tmp_path: Path) -> None:
    clock = Clock(99.0)
    host = host_at(clock, tmp_path, REBOOT)
    boot, uptime_s = host.boot_id, host.uptime_s
    assert not host.behaves(Manner.REFUSING)
    clock.t = 101.0
    assert host.behaves(Manner.REFUSING)
    clock.t = 161.0
    assert not host.behaves(Manner.REFUSING)
    assert host.boot_id != boot == host.host.boot_id
    assert host.uptime_s == 161.0 - STARTED < uptime_s


def test_its_hcas_come_back_one_after_the_other_and_their_links_after_them(tmp_path: Path) -> None:
    clock = Clock()
    host = host_at(clock, tmp_path, REBOOT)
    there, up = [], []
    for clock.t in (99.0, 110.0, FIRST_HCA, FIRST_HCA + 4.0, LAST_HCA, LAST_HCA + 4.0):
        there.append(len(host.hcas))
        up.append(sum(host.fabric.line(hca.link, clock.t).up for hca in host.host.hcas))
    assert there == [8, 0, 1, 3, 8, 8]
    assert up == [8, 0, 0, 2, 6, 8]


def test_its_counters_begin_from_zero_and_those_of_its_leaves_count_a_link_that_went_down(tmp_path: Path) -> None:
    clock = Clock(99.0)
    errors = "  - {fault: symbol-errors, on: gpu00-01/mlx5_0, at: 0s, per_s: 4}\n"
    host = host_at(clock, tmp_path, REBOOT + errors)
    fabric, leaf = host.fabric, host.fabric.wiring.switch["leaf01"]
    downs = fabric.switch_counts(leaf, 99.0)[2][DOWNED]
    assert fabric.hca_counts(host.host.hcas, 99.0)[0, SYMBOLS] == 396
    after = fabric.hca_counts(host.host.hcas, FIRST_HCA + 10.0)[0]
    assert after[SYMBOLS] == 40
    assert after[DOWNED] == 0
    assert fabric.switch_counts(leaf, FIRST_HCA + 10.0)[2][DOWNED] == downs + 1
    clock.t = FIRST_HCA + 10.0
    values = dict(zip(files.POLLED, files.polled(host)[0], strict=True))
    assert values["1/hw_counters/out_of_sequence"] == "0"
    assert values["1/hw_counters/lifespan"] == "10"


def test_the_log_of_this_boot_is_this_boots_and_a_cursor_leads_over_the_reboot(tmp_path: Path) -> None:
    clock = Clock(99.0)
    host = host_at(clock, tmp_path, REBOOT + "  - {fault: xid, on: gpu00-01/gpu6, code: 94, at: 90s}\n")
    journal = Journal(host)
    cursor = journal.cursor(journal.said_by(95.0) - 2)
    clock.t = 165.0
    said = journal.said_by(clock.t)
    this_boot = log_answers.history(host, journal, None, said)
    assert not [line for line in this_boot if "): 94, " in line]
    assert {json.loads(line)["_BOOT_ID"] for line in this_boot} == {host.boot_id.replace("-", "")}
    resumed = log_answers.history(host, journal, cursor, said)
    assert [line for line in resumed if "): 94, " in line]
    dmesg = played(tools.run(host, ["dmesg"])).out.decode()
    assert dmesg.startswith("[    0.000000] Linux version")
    assert "): 94, " not in dmesg, "the ring of the boot before is gone, its journal is not"
    assert "): 94, " in played(tools.run(host, ["journalctl", "-n100"])).out.decode()


def test_a_reboot_shorter_than_a_kernels_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"lasts: is too short: a kernel alone takes 12 s"):
        scenario("  - {fault: reboot, on: gpu00-01, lasts: 5s}\n", tmp_path)


def test_a_clock_that_jumps_is_ahead_for_a_while_in_both_of_its_faces(tmp_path: Path) -> None:
    clock = Clock()
    host = host_at(clock, tmp_path, "  - {fault: jumping-clock, on: gpu00-01, at: 5s, lasts: 2s, every: 10s, by: 1h}\n")
    ahead = []
    for clock.t in (4.0, 6.0, 8.0, 16.0):
        assert host.wall(clock.t) - host.began_at - clock.t == pytest.approx(
            host.uptime_s - host.host.uptime_s - clock.t
        )
        ahead.append(round(host.uptime_s - host.host.uptime_s - clock.t))
    assert ahead == [0, 3600, 0, 3600]


@pytest.mark.parametrize(
    ("place", "cleared"),
    [
        ("gpu00-01/mlx5_3", {"gpu00-01/3"}),
        ("gpu00-01", {"gpu00-01/3", "gpu00-01/4"}),
        ("leaf04", {"leaf04/2"}),
        ("leaf04/2", {"leaf04/2"}),
        ("everything", {"gpu00-01/3", "gpu00-01/4", "leaf04/2"}),
    ],
)
def test_counters_are_cleared_where_it_is_said_and_go_on_from_zero(
    tmp_path: Path, place: str, cleared: set[str]
) -> None:
    errors = "".join(
        f"  - {{fault: symbol-errors, on: {end}, at: 0s, per_s: 10}}\n"
        for end in ("gpu00-01/mlx5_3", "gpu00-01/mlx5_4", "leaf04/2")
    )
    host = host_at(Clock(), tmp_path, f"{errors}  - {{fault: cleared-counters, on: {place}, at: 20s}}\n")
    fabric = host.fabric

    def counted(t: float) -> dict[str, int]:
        of_host = fabric.hca_counts(host.host.hcas, t)[:, SYMBOLS]
        of_leaf = fabric.switch_counts(fabric.wiring.switch["leaf04"], t)[2][SYMBOLS]
        return {"gpu00-01/3": int(of_host[3]), "gpu00-01/4": int(of_host[4]), "leaf04/2": int(of_leaf)}

    assert set(counted(19.0).values()) == {190}
    assert counted(25.0) == {end: 50 if end in cleared else 250 for end in counted(25.0)}


def test_an_hca_that_comes_back_under_another_number_is_the_same_one(tmp_path: Path) -> None:
    clock = Clock()
    lost = "  - {fault: lost-hca, on: gpu00-01/mlx5_1, at: 10s, lasts: 20s, back_as: mlx5_8}\n"
    host = host_at(clock, tmp_path, lost)
    guid = host.hcas[1].guid
    clock.t = 33.0
    assert [hca.name for hca in host.hcas] == ["mlx5_0", *(f"mlx5_{number}" for number in range(2, 9))]
    assert host.hcas[-1].guid == guid
    assert "gpu00-01 mlx5_8" in files.tree(host)["mlx5_8/node_desc"]
    assert f"0x{guid:016x}" in played(tools.run(host, ["ibstat", "mlx5_8"])).out.decode()
    assert '"gpu00-01 mlx5_8"' in played(tools.run(host, ["iblinkinfo", "--line", "--switches-only"])).out.decode()


def test_a_new_number_for_what_never_comes_back_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"back_as: needs `lasts`"):
        scenario("  - {fault: lost-hca, on: gpu00-01/mlx5_1, back_as: mlx5_8}\n", tmp_path)
