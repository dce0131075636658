"""The tools of a simulated host: what they print is read by our own formats, and every diagnostic has an answer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim_rig import Clock, machine, played, scenario

from fabconsole.fabric.resources import every
from fabconsole.formats.infiniband import iblinkinfo, ibqueryerrors, perfquery, sminfo
from fabconsole.formats.nvidia import nvidia_smi, nvlink_errors
from fabconsole.platforms.shell import guarded
from fabconsole.runbook.command import read_command
from fabconsole.sim import command
from fabconsole.sim.checksum import cksum
from fabconsole.sim.journal import Journal
from fabconsole.sim.machine import Machine

VALUES = {
    "device": "mlx5_5",
    "port": "1",
    "gpu": "3",
    "link": "7",
    "pci": "0000:9b:00.0",
    "lid": "18",
    "guid": "0xfc6a1c0300b00200",
    "peer_lid": "10",
    "peer_port": "2",
}


def answer(host: Machine, text: str) -> tuple[int, str, str]:
    done = played(command.run(host, text))
    return done.status, done.out.decode(), done.err.decode()


@pytest.fixture
def host(tmp_path: Path) -> Machine:
    faults = "  - {fault: dying-nvlink, on: gpu00-01/gpu3/nvl7, at: 1s, every: 4s, dies: 20s}\n"
    faults += "  - {fault: slow-link, on: leaf03/40, speed: HDR}\n"
    faults += "  - {fault: xid, on: gpu00-01/gpu6, code: 94, ago: 37m}\n"
    return machine("gpu00-01", Clock(60.0), plan=scenario(faults, tmp_path))


@pytest.mark.parametrize("name", sorted(every("config/commands")))
def test_every_diagnostic_has_a_plausible_answer(name: str, host: Machine) -> None:
    diagnostic = read_command(every("config/commands")[name])
    for run in diagnostic.runs:
        words = run.filled(VALUES, [])
        status, out, err = answer(host, guarded(" ".join(["timeout", "-k", "2", "10", *words])))
        there_are_errors = 1 if words[0] == "ibqueryerrors" else 0  # that tool's own way to say so
        assert (status, err) == (there_are_errors, ""), f"{words}: {err}"
        assert len(out) > 60, f"{words} said only {out!r}"


def test_an_unknown_command_is_not_found_as_a_shell_would_say() -> None:
    status, out, err = answer(machine("gpu00-00", Clock()), "frobnicate --all")
    assert (status, out) == (127, "")
    assert "frobnicate: not found" in err


def test_what_stands_after_two_bars_runs_only_where_the_first_failed(host: Machine) -> None:
    assert answer(host, "cat /nowhere || hostname")[:2] == (0, "gpu00-01\n")
    assert answer(host, "hostname || echo no")[:2] == (0, "gpu00-01\n")
    assert answer(host, "hostname && echo 'a || b'")[:2] == (0, "gpu00-01\na || b\n")


def test_a_hung_nvidia_smi_is_ended_by_its_time_limit(tmp_path: Path) -> None:
    sick = machine("gpu00-01", Clock(9.0), plan=scenario("  - {fault: hung-tool, on: gpu00-01, at: 1s}", tmp_path))
    done = played(command.run(sick, "timeout -k 2 15 nvidia-smi -L"))
    assert (done.status, done.out) == (124, b"")
    assert done.took_s == 15.0


@pytest.mark.parametrize("words", ["-L", "nvlink -s", "nvlink -e", "-q", "topo -m"])
def test_nvidia_smi_takes_its_one_to_three_seconds(host: Machine, words: str) -> None:
    assert 1.0 <= played(command.run(host, f"nvidia-smi {words}")).took_s <= 3.0


def test_details_stand_in_the_tools_columns_and_name_what_the_driver_wants(host: Machine) -> None:
    lines = answer(host, "nvidia-smi -q")[1].splitlines()
    assert lines[:2] == ["", "==============NVSMI LOG=============="]
    assert {line.index(": ") for line in lines if ": " in line} == {55}
    gpus = [number for number, line in enumerate(lines) if line.startswith("GPU 00000000:")]
    assert len(gpus) == 8
    assert all(lines[number - 1] == "" for number in gpus[1:])
    wanted = [line.rpartition(": ")[2] for line in lines if "GPU Recovery Action" in line]
    assert wanted == ["None"] * 3 + ["Reset"] + ["None"] * 4
    assert "        State                                          : Completed" in lines


def test_details_of_one_gpu_count_all_and_tell_of_one(host: Machine) -> None:
    out = answer(host, "nvidia-smi -q -i 3")[1]
    assert re.search(r"^Attached GPUs +: 8$", out, re.MULTILINE)
    assert out.count("Product Name") == 1
    assert host.host.gpus[3].uuid in out


def test_the_topology_is_underlined_and_has_one_link_less_where_one_is_down(host: Machine) -> None:
    lines = answer(host, "nvidia-smi topo -m")[1].splitlines()
    assert lines[0].startswith("\t\x1b[4mGPU0\tGPU1\t")
    assert lines[0].endswith("\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\x1b[0m")
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in lines[1:17]}
    assert rows["GPU0"][:5] == [" X ", "NV18", "NV18", "NV17", "NV18"]
    assert rows["GPU0"][16:] == ["0-55", "0", "", "N/A"]
    assert (rows["GPU3"][3 + 8], rows["GPU3"][0 + 8], rows["GPU3"][7 + 8]) == ("PIX", "NODE", "SYS")


def test_nvlinks_are_read_by_our_format(host: Machine) -> None:
    states = nvidia_smi.links(answer(host, "nvidia-smi nvlink -s")[1])
    assert not states.strange
    assert len(states.gpus) == 8
    assert states.gpus[3].links[7].state == "inactive"
    assert sum(link.state == "up" for gpu in states.gpus.values() for link in gpu.links.values()) == 143
    errors = nvlink_errors.errors(answer(host, "nvidia-smi nvlink -e")[1])
    assert not errors.strange
    assert errors.counts[3, 7]["recovery"] in (4, 5)


def test_links_of_the_subnet_are_read_by_our_format(host: Machine) -> None:
    said = iblinkinfo.read(answer(host, "iblinkinfo --line --switches-only")[1])
    assert not said.strange
    assert len(said.links) == 12 * 64
    slow = [link for link in said.links if link.state.could_be]
    assert [link.state.rate_gbps for link in slow] == [200.0, 200.0]


# Lines as infiniband-diags 44 prints them, names and numbers put in.


def test_links_stand_in_the_tools_columns(host: Machine) -> None:
    out = answer(host, "iblinkinfo --line --switches-only")[1]
    (slow,) = [line for line in out.splitlines() if '"                        leaf03"' in line and " 40[" in line]
    assert slow == (
        '0xfc6a1c0300b00180 "                        leaf03"      7   40[  ] ==( 4X        53.125 Gbps Active/  LinkUp)'
        '==>  0xfc6a1c0300b000c0      4   18[  ] "spine04" ( Could be 106.25 Gbps)'
    )
    unused = next(line for line in out.splitlines() if '"                        leaf03"' in line and " 12[" in line)
    assert unused == (
        '0xfc6a1c0300b00180 "                        leaf03"      7   12[  ] ==(                Down/ Polling)==>'
        '             [  ] "" ( )'
    )


def test_errors_are_told_by_the_status_too_and_name_both_ends(host: Machine) -> None:
    status, out, _ = answer(host, "ibqueryerrors -r --data --threshold-file /dev/null")
    assert status == 1
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith('Errors for "gpu00-01 mlx5_'))
    lid = next(hca.lid for hca in host.host.hcas if f'"gpu00-01 {hca.name}"' in lines[at])
    assert lines[at + 2].startswith(
        f"       Link info: {lid:>6}   1[  ] ==( 4X        106.25 Gbps Active/  LinkUp)==>  0x"
    )


def test_a_sweep_finds_no_hca_without_a_link_and_calls_one_that_is_back_by_its_new_name(tmp_path: Path) -> None:
    faults = "  - {fault: lost-hca, on: gpu00-01/mlx5_1, at: 10s, lasts: 20s, back_as: mlx5_8}\n"
    faults += "  - {fault: symbol-errors, on: gpu00-01/mlx5_1, at: 0s}\n"
    clock = Clock(5.0)
    host = machine("gpu00-01", clock, plan=scenario(faults, tmp_path))
    guid = f"0x{host.hcas[1].guid:016x}"
    found = []
    for clock.t in (5.0, 15.0, 40.0):
        links, errors = (answer(host, f"{tool} --line")[1] for tool in ("iblinkinfo", "ibqueryerrors"))
        names = re.findall(rf'^{guid} "\s*(\S.*?)"', links, re.MULTILINE)
        nodes = ibqueryerrors.read(errors.encode()).summary
        assert nodes is not None
        found.append((names, nodes.nodes, 'Errors for "gpu00-01 mlx5_8"' in errors))
    assert found == [(["gpu00-01 mlx5_1"], 12 + 64, False), ([], 12 + 63, False), (["gpu00-01 mlx5_8"], 12 + 64, True)]


def test_an_hca_says_that_no_subnet_manager_runs_on_it(host: Machine) -> None:
    said = re.findall(r"Capability mask: (\S+)", answer(host, "ibstat")[1])
    assert [int(mask, 0) & 1 << 1 for mask in said] == [0] * 8  # PortInfo:CapabilityMask.IsSM


@pytest.mark.parametrize(
    ("tool", "last"),
    [
        ("iblinkinfo --line -G 0xdead", "Failed to find port: 0xdead"),
        ("ibqueryerrors -G 0xdead --threshold-file /dev/null", "Failed to find node: 0xdead"),
    ],
)
def test_who_is_not_there_is_looked_for_everywhere(host: Machine, tool: str, last: str) -> None:
    status, _, err = answer(host, tool)
    assert status == 0
    assert err.splitlines() == ["ibwarn: [4711] main: Failed to resolve 0xdead; attempting full scan", last]


def test_nobody_at_a_lid_is_three_seconds_of_silence(host: Machine) -> None:
    done = played(command.run(host, "perfquery -x 999 1"))
    assert (done.status, done.took_s) == (255, 3.0)
    assert b"_do_madrpc failed; dport (Lid 999)" in done.err


def test_a_port_that_was_never_cabled_has_counted_nothing_and_port_65_is_none(host: Machine) -> None:
    (port,) = perfquery.read(answer(host, "perfquery -x 7 12")[1]).ports
    assert set(port.counts.values()) == {0}
    assert answer(host, "perfquery -x 7 65")[0] == 255


def test_errors_of_the_subnet_are_read_by_our_format(host: Machine) -> None:
    said = ibqueryerrors.read(answer(host, "ibqueryerrors --switch --threshold-file /dev/null")[1].encode())
    assert not said.strange
    assert said.summary is not None
    assert said.summary.nodes == 12
    assert all(port.extended for node in said.nodes for port in node.ports.values())


def test_a_port_is_read_by_our_format_in_both_widths(host: Machine) -> None:
    for option in ("-x", ""):
        said = perfquery.read(answer(host, f"perfquery {option} 5 1")[1])
        assert not said.strange
        assert said.ports[0].counts["port_xmit_wait"] > 0


def test_the_subnet_manager_is_read_by_our_format(host: Machine) -> None:
    manager = sminfo.read(answer(host, "sminfo")[1])
    assert manager is not None
    assert manager.state == "Master"


def test_a_module_is_told_as_json(host: Machine) -> None:
    said = json.loads(answer(host, "mlxlink -d mlx5_0 -m -c --json")[1])
    assert said["status"]["code"] == 0
    assert said["result"]["output"]["Operational Info"]["State"] == "Active"


def test_a_module_is_told_as_text_with_the_verdict_before_the_details(host: Machine) -> None:
    lines = answer(host, "mlxlink -d mlx5_0 -m -c")[1].splitlines()
    assert lines[:4] == ["", "Operational Info", "----------------", "State                              : Active"]
    assert lines.index("Status Opcode                      : 0") < lines.index("Module Info")


def test_the_journal_is_written_without_blanks_as_the_nodes_filter_expects(host: Machine) -> None:
    line = answer(host, "journalctl -k -n 1 -o json")[1]
    assert '"_TRANSPORT":"kernel"' in line
    assert '","' in line


def test_only_a_place_in_its_own_journal_is_a_place_to_go_on_from(host: Machine) -> None:
    journal = Journal(host)
    place = journal.cursor(3)
    assert journal.after(place) == 4
    for other in (place.replace("i=4", "i=5"), place.replace("i=4", "i=fff"), place.replace("s=", "s=0"), "i=4"):
        assert journal.after(other) is None


def test_an_infiniband_host_says_nothing_of_a_link_that_flaps(tmp_path: Path) -> None:
    faults = "  - {fault: flapping-cable, on: gpu00-01/mlx5_5, at: 1s, every: 20s, down: 6s}\n"
    host = machine("gpu00-01", Clock(60.0), plan=scenario(faults, tmp_path))
    assert "ink down" not in answer(host, "dmesg")[1]


def test_the_kernel_log_has_the_old_xid_and_the_new_one(host: Machine) -> None:
    out = answer(host, "journalctl -k -b --no-pager -n 200 -o short-iso")[1]
    assert "): 94, " in out
    assert "): 74, " in out
    assert "): 94, " in answer(host, "dmesg -T")[1]


@pytest.mark.skipif(shutil.which("cksum") is None, reason="needs cksum")
@pytest.mark.parametrize("data", [b"", b"a", b"123456789", bytes(range(256)) * 300])
def test_the_checksum_is_that_of_the_tool(data: bytes) -> None:
    done = subprocess.run(["cksum"], input=data, capture_output=True, check=True)
    assert cksum(data) == int(done.stdout.split()[0])


@given(st.binary(max_size=400))
def test_the_checksum_of_anything_is_32_bits(data: bytes) -> None:
    assert 0 <= cksum(data) < 1 << 32
