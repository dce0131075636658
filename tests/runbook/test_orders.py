"""From an address on the screen to the exact shell text, on the node that should run it."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from fabconsole.fabric.errors import CommandError
from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.inventory import Expect, InBand, Inventory, Node, Rack
from fabconsole.fabric.resources import shipped
from fabconsole.fabric.table import NvlinkState, PortState
from fabconsole.runbook.command import Command, Target, Where, read_command
from fabconsole.runbook.commands import fitting, order
from fabconsole.runbook.selection import selected
from fabconsole.runbook.template import template
from fabconsole.state.snapshot import Coverage, NodeView, NvlinkView, PortView, QuestionView, Snapshot

GUID = "0002c90300a1b2c3"
UUID = "GPU-0a1b2c3d-0000-1111-2222-333344445555"


def port(end: str, peer: str | None, **state: object) -> PortView:
    return PortView(
        end=end,
        node=end.partition("/")[0],
        state=PortState(**state),  # type: ignore[arg-type]
        health=Health.OK,
        reason="",
        peer=peer,
        counters={},
        rates={},
        marks={},
        age_s=1.0,
    )


def nvlink(end: str, gpu: int, link: int) -> NvlinkView:
    state = NvlinkState(state="up", gpu_uuid=UUID)
    return NvlinkView(
        end=end,
        node=end.partition("/")[0],
        gpu=gpu,
        link=link,
        state=state,
        health=Health.OK,
        reason="",
        counters={},
        rates={},
        marks={},
        age_s=1.0,
    )


def node(name: str, platform: str, *things: PortView | NvlinkView, in_band: Health | None = None) -> NodeView:
    asked = QuestionView(
        name="in-band", health=in_band or Health.OK, age_s=1.0, latency_s=0.1, interval_s=60, reason=None
    )
    return NodeView(
        name=name,
        rack="r0",
        platform=platform,
        health=Health.OK,
        reason="",
        age_s=1.0,
        error=None,
        uptime_s=1.0,
        facts={},
        questions=(asked,) if in_band else (),
        ports=tuple(thing for thing in things if isinstance(thing, PortView)),
        nvlinks=tuple(thing for thing in things if isinstance(thing, NvlinkView)),
        expect=Expect(),
    )


def picture(*nodes: NodeView) -> Snapshot:
    return Snapshot(
        fabric="east",
        at=0.0,
        interval_s=5.0,
        severity=Severity.OK,
        coverage=Coverage(nodes=1, polled=1, oldest_s=1.0, questions={}),
        racks=(),
        nodes={one.name: one for one in nodes},
        events=(),
        findings=(),
    )


SNAPSHOT = picture(
    node(
        "gpu1",
        "linux-gpu",
        port("gpu1/mlx5_3/1", "leaf1/3", lid=17, port_guid=GUID, pci="0000:18:00.0"),
        port("gpu1/mlx5_4/1", "somewhere else", lid=65535),
        nvlink("gpu1/gpu2/nvl7", 2, 7),
        in_band=Health.STALE,
    ),
    node("gpu2", "linux-gpu", in_band=Health.OK),
    node(
        "leaf1",
        "switch",
        port("leaf1/1", None, node_guid=GUID, lid=4),
        port("leaf1/3", "gpu1/mlx5_3/1", node_guid=GUID),
    ),
)
INVENTORY = Inventory(
    fabric="east",
    racks=(Rack(name="r0", nodes=("gpu1", "gpu2")),),
    nodes={
        "gpu1": Node(
            name="gpu1",
            rack="r0",
            address="gpu1",
            become="sudo -n",
            prefix={"nvidia-smi": "chroot /run/nv"},
            in_band=InBand(),
        ),
        "gpu2": Node(name="gpu2", rack="r0", address="gpu2", in_band=InBand(ca="mlx5_0", port=1)),
    },
)
COMMANDS = tuple(read_command(path) for path in sorted((shipped() / "config" / "commands").glob("*.yaml")))


def values(address: str) -> Mapping[str, str]:
    selection = selected(address, SNAPSHOT, INVENTORY)
    assert selection is not None
    return selection.values


def text(id_: str, address: str) -> tuple[str, str]:
    command = next(command for command in COMMANDS if command.id == id_)
    selection = selected(address, SNAPSHOT, INVENTORY)
    assert selection is not None
    ordered = order(command, selection, INVENTORY, run="d-1")
    return ordered.node, ordered.command


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("gpu1", Target.NODE),
        ("gpu1/mlx5_3/1", Target.PORT),
        ("gpu1/gpu2", Target.GPU),
        ("gpu1/gpu2/nvl7", Target.NVLINK),
        ("leaf1", Target.SWITCH),
        ("leaf1/3", Target.SWITCH_PORT),
    ],
)
def test_an_address_says_what_it_is(address: str, target: Target) -> None:
    selection = selected(address, SNAPSHOT, INVENTORY)
    assert selection is not None
    assert selection.target is target


@pytest.mark.parametrize("address", ["nowhere", "nowhere/mlx5_0/1", "gpu1/gpu2/x", "gpu1/a/b/c", ""])
def test_an_address_of_nothing_is_nothing(address: str) -> None:
    assert selected(address, SNAPSHOT, INVENTORY) is None


def test_a_port_is_known_with_both_its_ends() -> None:
    assert values("gpu1/mlx5_3/1") == {
        "device": "mlx5_3",
        "port": "1",
        "pci": "0000:18:00.0",
        "lid": "17",
        "guid": f"0x{GUID}",
        "peer_lid": "4",
        "peer_port": "3",
    }


def test_a_switch_has_one_lid_and_its_far_end_is_a_host_port() -> None:
    assert values("leaf1/3") == {"port": "3", "lid": "4", "guid": f"0x{GUID}", "peer_lid": "17", "peer_port": "1"}


def test_a_lid_that_no_subnet_manager_gave_and_a_peer_we_do_not_know_are_not_values() -> None:
    assert values("gpu1/mlx5_4/1") == {"device": "mlx5_4", "port": "1"}


def test_a_gpu_goes_by_its_uuid_because_its_number_moves() -> None:
    assert values("gpu1/gpu2/nvl7") == {"gpu": UUID, "link": "7"}


def test_commands_that_need_what_is_not_known_are_not_offered() -> None:
    near = selected("gpu1/mlx5_3/1", SNAPSHOT, INVENTORY)
    lost = selected("gpu1/mlx5_4/1", SNAPSHOT, INVENTORY)
    assert near is not None and lost is not None
    assert {"link-counters", "far-end-counters", "port-pcie"} <= {one.id for one in fitting(COMMANDS, near)}
    assert not {"link-counters", "far-end-counters", "port-pcie"} & {one.id for one in fitting(COMMANDS, lost)}


@pytest.mark.parametrize("address", ["gpu1", "gpu1/mlx5_3/1", "gpu1/gpu2", "gpu1/gpu2/nvl7", "leaf1", "leaf1/3"])
def test_everything_has_a_diagnostic_and_every_offer_becomes_an_order(address: str) -> None:
    selection = selected(address, SNAPSHOT, INVENTORY)
    assert selection is not None
    offered = fitting(COMMANDS, selection)
    assert offered
    for command in offered:
        ordered = order(command, selection, INVENTORY, run="d-2")
        assert ordered.deadline_s > command.timeout_s
        subprocess.run(["sh", "-n", "-c", ordered.command], check=True, timeout=10)


def test_without_a_host_that_asks_in_band_nothing_in_band_is_offered() -> None:
    alone = replace(INVENTORY, nodes={name: replace(one, in_band=None) for name, one in INVENTORY.nodes.items()})
    selection = selected("leaf1/3", SNAPSHOT, alone)
    assert selection is not None
    assert fitting(COMMANDS, selection) == ()


def test_a_command_runs_on_its_node_under_a_time_limit() -> None:
    assert text("port-ibstat", "gpu1/mlx5_3/1") == ("gpu1", "timeout -k 2 10 ibstat mlx5_3 1")


def test_root_comes_directly_before_the_tool_and_is_asked_to_end_not_killed() -> None:
    assert text("port-pcie", "gpu1/mlx5_3/1")[1] == "timeout 10 sudo -n lspci -vv -s 0000:18:00.0"
    assert text("nvlink-errors", "gpu1/gpu2")[1] == f"timeout 20 chroot /run/nv nvidia-smi nvlink -e -i {UUID}"


def test_a_gpu_is_looked_at_on_the_bus_where_its_address_is_known() -> None:
    def offered(snapshot: Snapshot) -> dict[str, Command]:
        selection = selected("gpu1/gpu2", snapshot, INVENTORY)
        assert selection is not None
        return {command.id: command for command in fitting(COMMANDS, selection)}

    assert "port-pcie" not in offered(SNAPSHOT)
    known = picture(replace(SNAPSHOT.nodes["gpu1"], facts={"gpu2.pci": "0000:9d:00.0"}))
    selection = selected("gpu1/gpu2", known, INVENTORY)
    assert selection is not None
    command = order(offered(known)["port-pcie"], selection, INVENTORY, run="d-5").command
    assert command == "timeout 10 sudo -n lspci -vv -s 0000:9d:00.0"


def test_a_switch_is_asked_about_from_the_host_whose_sweep_is_answered_by_its_own_device() -> None:
    assert text("far-end-counters", "gpu1/mlx5_3/1") == ("gpu2", "timeout -k 2 10 perfquery -x -C mlx5_0 -P 1 4 3")
    assert text("switch-links", "leaf1") == ("gpu2", f"timeout -k 2 30 iblinkinfo --line -C mlx5_0 -P 1 -G 0x{GUID}")


def test_a_second_command_is_tried_where_the_first_fails() -> None:
    assert " || timeout 15 sudo -n dmesg -T" in text("kernel-log", "gpu1")[1]


def test_a_command_for_another_platform_or_kind_of_thing_is_refused() -> None:
    selection = selected("gpu1", SNAPSHOT, INVENTORY)
    assert selection is not None
    for wrong in (
        Command(id="x", title="X", on=(Target.PORT,), runs=(template("uptime"),)),
        Command(id="x", title="X", on=(Target.NODE,), platforms=("nvos",), runs=(template("uptime"),)),
        Command(id="x", title="X", on=(Target.NODE,), runs=(template("ibstat {device}"),)),
        Command(id="x", title="X", on=(Target.PORT,), where=Where.IN_BAND, runs=(template("sminfo"),)),
    ):
        assert fitting([wrong], selection) == ()
        with pytest.raises(CommandError):
            order(wrong, selection, INVENTORY, run="d-3")


def test_a_switch_we_have_no_account_on_runs_nothing_itself() -> None:
    selection = selected("leaf1", SNAPSHOT, INVENTORY)
    assert selection is not None
    itself = Command(id="x", title="X", on=(Target.SWITCH,), runs=(template("uptime"),))
    with pytest.raises(CommandError, match="not a node of the inventory"):
        order(itself, selection, INVENTORY, run="d-4")


def test_an_order_runs_in_a_real_shell(tmp_path: Path) -> None:
    (tmp_path / "ibstat").write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    (tmp_path / "ibstat").chmod(0o755)
    command = text("port-ibstat", "gpu1/mlx5_3/1")[1]
    said = subprocess.run(
        ["sh", "-c", f"PATH={shlex.quote(str(tmp_path))}:$PATH; {command}"], capture_output=True, check=True, timeout=10
    )
    assert said.stdout == b"mlx5_3|1|"
