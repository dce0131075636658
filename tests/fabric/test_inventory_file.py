"""An inventory is understood whole, or refused with everything wrong with it: file, line, key, what would be right."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.fabric.errors import DocumentError
from fabconsole.fabric.inventory import Expect, InBand, Inventory
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.resources import shipped

Write = Callable[..., Path]
"""Writes an inventory file of the given lines."""
RACK = "racks: {r0: {nodes: 'gpu[0-3]'}}"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*lines: str) -> Path:
        path = tmp_path / "inventory.yaml"
        path.write_text("\n".join(lines) + "\n")
        return path

    return written


def read(path: Path) -> Inventory:
    return read_inventory(path, platforms=("linux-gpu", "nvos"))


def refused(path: Path) -> list[str]:
    with pytest.raises(DocumentError) as error:
        read(path)
    return [str(problem).replace(f"{path}", "f") for problem in error.value.problems]


def told(said: list[str], expected: list[str]) -> None:
    """Every problem of `said` begins as `expected` has it, in that order, and there is no other."""
    assert len(said) == len(expected)
    assert [one for one, start in zip(said, expected, strict=True) if not one.startswith(start)] == []


def test_the_least_that_can_be_said_has_sound_defaults(write: Write) -> None:
    inventory = read(write("fabric: east", RACK))
    node = inventory.nodes["gpu0"]
    assert (inventory.fabric, node.rack, node.address, node.platform) == ("east", "r0", "gpu0", "linux-gpu")
    assert (node.port, node.user, node.become, node.in_band) == (None, None, None, None)
    assert inventory.ssh.host_keys == "strict"
    assert (inventory.poll.fast_s, inventory.poll.timeout_s) == (5.0, 4.0)
    assert inventory.warnings == ()


def test_everything_that_can_be_said_is_understood(write: Write, tmp_path: Path) -> None:
    for name in ("key", "hosts", "config"):
        (tmp_path / name).touch(mode=0o600)
    inventory = read(
        write(
            "fabric: east-1",
            "ssh: {user: ops, identity: [key], known_hosts: hosts, jump: 'me@b1:2222', config: config,",
            "  algorithms: legacy}",
            "poll: {fast: 2s, slow: 20s, in_band: 1 min, rare: 1h, timeout: 3s}",
            "racks:",
            "  r1: {row: a, pod: p1, nodes: 'z9,gpu[0-1]'}",
            "  r0: {nodes: [leaf1, spine1]}",
            "nodes:",
            "  gpu[0-1]: {port: 2222, algorithms: modern, become: sudo  -n, prefix: {nvidia-smi: chroot /run/nvidia}}",
            "  gpu1: {address: 10.0.0.1, user: root, roles: {in-band: {ca: mlx5_0, port: 1, subnet: compute}}}",
            "  z9: {roles: [in-band]}",
            "  leaf1: {platform: nvos, roles: [{in-band: {ca: mlx5_3}}]}",
            "expect: {'gpu*': {hcas: 8, rate: 400 Gb/s, gpus: 8}, gpu1: {hcas: 4, width: 4X, nvlinks: 18}}",
        )
    )
    assert [rack.name for rack in inventory.racks] == ["r1", "r0"]
    assert (inventory.racks[0].row, inventory.racks[0].pod) == ("a", "p1")
    assert inventory.racks[0].nodes == ("z9", "gpu0", "gpu1")
    assert list(inventory.nodes) == ["z9", "gpu0", "gpu1", "leaf1", "spine1"]
    gpu0, gpu1 = inventory.nodes["gpu0"], inventory.nodes["gpu1"]
    assert (inventory.ssh.algorithms, gpu0.algorithms, inventory.nodes["z9"].algorithms) == ("legacy", "modern", None)
    assert (gpu0.address, gpu1.address, gpu1.user, gpu1.port) == ("gpu0", "10.0.0.1", "root", 2222)
    assert (gpu0.become, gpu0.prefix) == ("sudo -n", {"nvidia-smi": "chroot /run/nvidia"})
    assert gpu1.in_band == InBand(ca="mlx5_0", port=1, subnet="compute")
    assert inventory.nodes["z9"].in_band == InBand()
    assert inventory.nodes["leaf1"].in_band == InBand(ca="mlx5_3")
    assert gpu0.expect == Expect(hcas=8, rate_gbps=400.0, gpus=8)
    assert gpu1.expect == Expect(hcas=4, rate_gbps=400.0, gpus=8, width="4X", nvlinks=18)
    assert inventory.ssh.identity == (tmp_path / "key",)
    assert (inventory.ssh.known_hosts, inventory.ssh.config) == (tmp_path / "hosts", tmp_path / "config")
    assert (inventory.ssh.user, inventory.ssh.jump) == ("ops", "me@b1:2222")
    assert (inventory.poll.fast_s, inventory.poll.in_band_s, inventory.poll.rare_s) == (2.0, 60.0, 3600.0)


def test_a_later_entry_wins_key_by_key(write: Write) -> None:
    inventory = read(
        write(
            "fabric: e", RACK, "nodes:", "  gpu[0-3]: {user: a, port: 1}", "  gpu[1-2]: {user: b}", "  gpu2: {port: 3}"
        )
    )
    assert [(node.user, node.port) for node in inventory.nodes.values()] == [("a", 1), ("b", 1), ("b", 3), ("a", 1)]


def test_every_mistake_is_told_at_once_with_its_line_and_key(write: Write) -> None:
    said = refused(
        write(
            "fabrik: east",
            "ssh: {identity: nokey, host_keys: lax, user: -oProxyCommand=x}",
            "poll: {fast: 0s, timeout: 5}",
            "racks:",
            "  r0: {nodes: 'gpu[3-0]'}",
            "  r1: {nodes: 'a[0-3]', node: x}",
            "  r2: {nodes: 'a[3-5]'}",
            "  r3:",
            "nodes:",
            "  gpu9: {port: 70000}",
            "  a[0-1]: {platform: linux, address: 1.2.3.4, become: 'sudo; x', roles: [inband]}",
            "expect: {'a*': {rate: fast, widht: 4X}}",
        )
    )
    expected = [
        "f:1: fabric: is missing",
        "f:1: fabrik: unknown key: did you mean fabric?",
        "f:2: ssh.host_keys: 'lax' is not known",
        "f:2: ssh.identity: there is no file",
        "f:2: ssh.user: '-oProxyCommand=x' is no user name",
        "f:3: poll.fast: '0s' is too short",
        "f:3: poll.timeout: '5' is no duration",
        "f:5: racks.r0.nodes: [3-0] is reversed",
        "f:6: racks.r1.node: unknown key: did you mean nodes?",
        "f:7: racks.r2.nodes: a3 already in rack r1 (line 6)",
        "f:8: racks.r3.nodes: is missing",
        "f:10: nodes.gpu9: gpu9: in no rack",
        "f:10: nodes.gpu9.port: 70000 is out of range: 1 to 65535",
        "f:11: nodes.a[0-1].address: one address cannot be that of several nodes",
        "f:11: nodes.a[0-1].become: 'sudo; x' should be plain words",
        "f:11: nodes.a[0-1].platform: 'linux' is not known: did you mean linux-gpu?",
        "f:11: nodes.a[0-1].roles[0]: 'inband' is not known: did you mean in-band?",
        "f:12: expect.a*.rate: 'fast' is no link rate",
        "f:12: expect.a*.widht: unknown key: did you mean width?",
    ]
    told(said, expected)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["fabric: e", RACK, RACK], "racks: is written twice, first in line 2"),
        (["fabric: e", "racks: {r0: {nodes: a}, r0: {nodes: b}}"], "racks.r0: is written twice"),
        (["fabric: e", "racks: {r0: {nodes: 'a,a'}}"], "names a twice"),
        (["fabric: e", "racks: {r0: {nodes: [a, a]}}"], "names a twice in this rack"),
        (["fabric: e", "racks: {r0: {nodes: a}, r1: {nodes: a}}"], "a already in rack r0 (line 2)"),
        (["fabric: e", "racks: {r0: {nodes: 'gpu[]'}}"], "empty range"),
        (["fabric: e", "racks: {r0: {nodes: }}"], "racks.r0.nodes: is empty"),
        (["fabric: e", "racks: {}"], "holds no rack"),
        (["fabric: e", "racks: {r0: {nodes: '@all'}}"], "would run commands"),
        (["fabric: e", "racks: {r0: {nodes: gpu[0-3]}}"], "quote what holds [ or ,"),
        (["fabric: e", "racks: {r0: {nodes: 'gpu[0-999999]'}}"], "at most 100,000"),
        (["- east"], "is a list: the document should be a mapping"),
        (["fabric: e", RACK, "nodes: {gpu0: {address: 'a b'}}"], "is no address"),
        (["fabric: e", RACK, "nodes: {gpu0: {address: 'me@host'}}"], "is no address"),
        (["fabric: e", RACK, "nodes: {gpu0: {port: 0}}"], "out of range: 1 to 65535"),
        (["fabric: e", RACK, "nodes: {gpu0: {prefix: {nvidia-smi: 'a | b'}}}"], "plain words"),
        (["fabric: e", RACK, "nodes: {gpu0: {roles: {in-band: {ca: '-x'}}}}"], "is no device"),
        (["fabric: e", RACK, "ssh: {jump: 'a b'}"], "is no address"),
        (["fabric: e", RACK, "ssh: {jump: 'b1:99999'}"], "is no jump host"),
        (["fabric: e", RACK, "ssh: {known_hosts: none.such}"], "there is no file"),
        (["fabric: e", RACK, "ssh: {identity: ~no-such-user-here/key}"], "no such user"),
        (["fabric: e", RACK, "ssh: {config: .}"], "is no file"),
        (["fabric: e", RACK, "expect: {'gpu*': {hcas: -1}}"], "out of range"),
    ],
)
def test_what_cannot_be_meant_is_refused(write: Write, lines: list[str], said: str) -> None:
    assert any(said in one for one in refused(write(*lines)))


def test_a_key_written_twice_hides_no_other_mistake(write: Write) -> None:
    said = refused(
        write(
            "fabric: e",
            "racks: {r0: {nodes: a}}",
            "racks:",
            "  r1: {nodes: b}",
            "  r1: {nodes: 'c[3-1]', rwo: x}",
            "nodes: {b: {port: 70000}}",
        )
    )
    expected = [
        "f:3: racks: is written twice, first in line 2",
        "f:5: racks.r1: is written twice, first in line 4",
        "f:5: racks.r1.nodes: [3-1] is reversed",
        "f:5: racks.r1.rwo: unknown key: did you mean row?",
        "f:6: nodes.b.port: 70000 is out of range",
    ]
    told(said, expected)


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("400 GB/s", "'400 GB/s' is in bytes, a link's rate is in bits: write 400 Gb/s, or 3200 Gb/s"),
        ("50GBps", "is in bytes, a link's rate is in bits: write 50 Gb/s, or 400 Gb/s"),
        ("400000", "is no link rate in Gb/s, 1 to 10000"),
        ("0.4", "is no link rate in Gb/s, 1 to 10000"),
        ("400 Mb/s", "is no link rate: write it as 400 Gb/s"),
    ],
)
def test_a_rate_in_another_unit_is_refused(write: Write, rate: str, said: str) -> None:
    (one,) = refused(write("fabric: e", RACK, f"expect: {{'gpu*': {{rate: {rate}}}}}"))
    assert said in one


@pytest.mark.parametrize("rate", ["400", "400G", "400 Gb/s", "400 gbps", "400 Gbit/s"])
def test_a_rate_in_bits_is_read_however_it_is_written(write: Write, rate: str) -> None:
    inventory = read(write("fabric: e", RACK, f"expect: {{'gpu*': {{rate: {rate}}}}}"))
    assert inventory.nodes["gpu0"].expect.rate_gbps == 400.0


def test_a_known_hosts_file_may_still_be_missing_where_keys_are_learned(write: Write, tmp_path: Path) -> None:
    inventory = read(write("fabric: e", RACK, "ssh: {host_keys: accept-new, known_hosts: new}"))
    assert inventory.ssh.known_hosts == tmp_path / "new"


def test_an_expectation_that_matches_nothing_is_a_warning(write: Write) -> None:
    (warning,) = read(write("fabric: e", RACK, "expect: {'leaf*': {rate: 400}}")).warnings
    assert "inventory.yaml:3: expect.leaf*: matches no node" in warning


@pytest.mark.parametrize(
    ("glob", "said"),
    [
        ("gpx*", "did you mean gpu*?"),
        ("gqu1", "did you mean gpu1?"),
        ("*-storage", "is it a slip?"),
    ],
)
@pytest.mark.parametrize("expected", ["hcas: 8", "gpus: 8", "nvlinks: 18"])
def test_what_only_a_host_has_is_not_expected_of_switches_to_come(
    write: Write, glob: str, said: str, expected: str
) -> None:
    lines = ("fabric: e", RACK, "nodes: {gpu0: {roles: in-band}}", f"expect: {{'{glob}': {{{expected}}}}}")
    (warning,) = read(write(*lines)).warnings
    assert warning.endswith(f"expect.{glob}: matches no node, and no switch has HCAs, GPUs or NVLinks: {said}")


def test_an_expectation_may_be_of_switches_that_an_in_band_host_will_find(write: Write) -> None:
    assert not read(write("fabric: e", RACK, "nodes: {gpu0: {roles: in-band}}", "expect: {'leaf*': {}}")).warnings


def test_a_key_that_others_may_read_is_a_warning(write: Write, tmp_path: Path) -> None:
    (tmp_path / "key").touch(mode=0o600)
    (tmp_path / "key").chmod(0o644)
    (warning,) = read(write("fabric: e", RACK, "ssh: {identity: key}")).warnings
    assert "chmod 600" in warning


def test_two_names_for_one_place_are_a_warning(write: Write) -> None:
    lines = ["nodes:", "  gpu0: {address: 10.0.0.1}", "  gpu1: {address: 10.0.0.1}"]
    (warning,) = read(write("fabric: e", RACK, *lines)).warnings
    assert "gpu[0-1]: all are dialled at 10.0.0.1" in warning


def test_an_unknown_platform_is_judged_only_where_the_known_ones_are_given(write: Write) -> None:
    path = write("fabric: e", RACK, "nodes: {gpu0: {platform: other}}")
    assert read_inventory(path).nodes["gpu0"].platform == "other"
    assert "'other' is not known" in refused(path)[0]


def test_the_shipped_example_is_right() -> None:
    inventory = read(shipped() / "config" / "inventory.example.yaml")
    assert len(inventory.nodes) == 8
    assert inventory.nodes["gpu01-00"].in_band == InBand(ca="mlx5_0", port=1, subnet="compute")


def test_ten_thousand_nodes_are_understood_in_a_moment(write: Write) -> None:
    racks = (f"  r{n:03}: {{row: a, nodes: 'gpu{n:03}-[00-39]'}}" for n in range(250))
    path = write(
        "fabric: big", "racks:", *racks, "nodes: {'gpu[000-249]-[00-39]': {port: 22}}", "expect: {'gpu*': {hcas: 8}}"
    )
    began = time.process_time()
    assert len(read(path).nodes) == 10_000
    assert time.process_time() - began < 5.0


@settings(max_examples=150, deadline=None)
@given(data=st.text(alphabet="fabricksnode[]{}:-,'\"0123 \n*&!@~g", max_size=80))
def test_any_text_is_understood_or_refused_with_a_document_error(
    tmp_path_factory: pytest.TempPathFactory, data: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any-{os.getpid()}.yaml"
    path.write_text(f"fabric: e\nracks:\n  r0: {{nodes: {data}}}\n{data}\n")
    try:
        read(path)
    except DocumentError as error:
        assert error.problems
