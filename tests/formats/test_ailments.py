"""What is neither up nor down and yet sick bears a mark that names it, whatever tool tells it."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste

_SUPPLIES = "PSU    Status\n-----  -----------\nPSU 1  OK\nPSU 2  NOT PRESENT\n"
_HEALTH = "System status summary\n\n  System status LED  amber\n  Hardware:\n    Status: Not OK\n"
_STORM = "      QUEUE       STATUS    STORM DETECTED/RESTORED\n-----------  -----------  -------------------------\n"
_STORM += "Ethernet0:3      stormed                        4/3\nEthernet0:4  operational                        1/1\n"
_GPU = "==============NVSMI LOG==============\nAttached GPUs : 1\nGPU 00000000:1B:00.0\n"
_GPU += "    Retired Pages\n        Pending Page Blacklist : {}\n    Remapped Rows\n        Pending : {}\n"
_GPU += "        Remapping Failure Occurred : {}\n    Fabric\n        State : {}\n"
_XML = '<nvidia_smi_log><attached_gpus>1</attached_gpus><gpu id="00000000:1B:00.0"><remapped_rows>'
_XML += "<remapped_row_pending>Yes</remapped_row_pending><remapped_row_failure>Yes</remapped_row_failure>"
_XML += "</remapped_rows><fabric><state>In Progress</state></fabric></gpu></nvidia_smi_log>"
_OPTICS = "Ethernet1/1\n    transceiver is present\n"
_OPTICS += "  Temperature   41.00 C        75.00 C     -5.00 C     70.00 C        0.00 C\n"
_OPTICS += "  Rx Power    -19.20 dBm  --   5.50 dBm   -14.40 dBm    2.50 dBm   -10.40 dBm\n"
_OPTICS += "  Tx Power     -2.20 dBm  -    5.50 dBm   -14.40 dBm    2.50 dBm    -2.00 dBm\n"
_SWITCH = "psu0.status : OK\npsu0.fan : ERROR\npsu1.status : ERROR\npsu1.dc : OK\nfans : ERROR\n"
_LINK = "-E- Link: S0c00000000aa0010/N0c00000000aa0010/P20<-->gpu-a02/mlx5_0/P1 - Unexpected {}\n"
_SPEED = 'actual link speed 25 (enable_speed1="25 or 50", enable_speed2="25 or 50" therefore final speed should be 50)'


def marks(tool: str, text: str) -> dict[str, list[str]]:
    return {row.id: row.marks for row in named(tool).read(Paste(text)).rows if row.marks}


def test_a_supply_that_is_not_there_says_so() -> None:
    assert marks("sonic", _SUPPLIES) == {"PSU 2": ["NOT PRESENT"]}


def test_what_the_health_of_a_switch_lacks_is_a_row_of_its_own() -> None:
    assert marks("sonic", _HEALTH) == {"hardware": ["Not OK"]}


def test_a_stormed_queue_says_so() -> None:
    assert marks("sonic", _STORM) == {"Ethernet0:3": ["stormed"]}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("No", "No", "No", "Completed"), []),
        (("N/A", "N/A", "N/A", "N/A"), []),
        (("Yes", "No", "No", "Completed"), ["page retirement pending"]),
        (("No", "Yes", "Yes", "In Progress"), ["row remap pending", "row remap failed", "fabric In Progress"]),
    ],
)
def test_what_waits_for_a_gpus_reset_is_told(said: tuple[str, ...], told: list[str]) -> None:
    assert marks("nvidia-smi-q", _GPU.format(*said)).get("0000:1b:00.0", []) == told


def test_what_waits_for_a_gpus_reset_is_told_in_xml_too() -> None:
    told = ["row remap pending", "row remap failed", "fabric In Progress"]
    assert marks("nvidia-smi-qx", _XML) == {"0000:1b:00.0": told}


def test_an_optics_alarm_names_what_is_beyond_its_limit_and_a_warning_is_none() -> None:
    assert marks("nxos", _OPTICS) == {"Ethernet1/1": ["alarm rx_power_dbm"]}


def test_each_part_of_an_unmanaged_switch_that_is_not_ok_is_named() -> None:
    told = {"switch": ["fan ERROR"], "psu0": ["psu0 fan ERROR"], "psu1": ["psu1 ERROR"]}
    assert marks("ibswinfo", _SWITCH) == told


@pytest.mark.parametrize(
    ("finding", "could_be"),
    [(_SPEED, "50"), ("width, actual link width is 1x", None), ("actual link speed 25", None)],
)
def test_a_link_below_what_it_should_be_is_degraded(finding: str, could_be: str | None) -> None:
    (link,) = named("ibdiagnet").read(Paste(_LINK.format(finding))).rows
    assert "degraded" in link.marks
    assert link.extra.get("could_be") == could_be


@pytest.mark.parametrize(
    ("printed", "state", "base"),
    [
        ("IDLE+DRAIN", "drained", "idle"),
        ("MIXED+DRAIN", "draining", "mixed"),
        ("DOWN*+DRAIN", "down", None),
        ("ALLOCATED+FAIL", "fail", "allocated"),
        ("IDLE", "idle", None),
    ],
)
def test_a_nodes_state_is_the_one_that_keeps_it_from_work(printed: str, state: str, base: str | None) -> None:
    (node,) = named("slurm").read(Paste(f"NodeName=gpu001 Arch=x86_64 CPUTot=64\n   State={printed} Weight=1\n")).rows
    assert (node.state, node.extra.get("base_state")) == (state, base)
