"""One file of `/sys/class/infiniband`, one line, understood."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.host import sysfs
from fabconsole.formats.host.sysfs import Rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("400 Gb/sec (4X NDR)", Rate(400.0, "4X", "NDR")),
        ("800 Gb/sec (4X XDR)", Rate(800.0, "4X", "XDR")),
        ("2.5 Gb/sec (1X SDR)", Rate(2.5, "1X", "SDR")),
        ("10 Gb/sec (4X)", Rate(10.0, "4X", None)),
        ("56 Gb/sec (4X FDR)", Rate(56.0, "4X", "FDR")),
        ("41.25 Gb/sec (4X FDR10)", Rate(41.25, "4X", "FDR10")),
        ("100 Gb/sec", Rate(100.0, None, None)),
        ("0 Gb/sec (4X SDR)", None),
        ("fast", None),
        ("", None),
        (". Gb/sec", None),
    ],
)
def test_a_rate_holds_speed_width_and_generation(text, rate):
    assert sysfs.rate(text) == rate


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("1: DOWN", "Down"),
        ("2: INIT", "Initialize"),
        ("3: ARMED", "Armed"),
        ("4: ACTIVE", "Active"),
        ("5: ACTIVE_DEFER", "ActiveDefer"),
        ("9: WEIRD\x1b[31m", "WEIRD·[31m"),
        ("", None),
    ],
)
def test_a_state_is_spelled_as_the_standard_does_and_a_strange_one_is_passed_on(text, state):
    assert sysfs.logical_state(text) == state


def test_a_physical_state_loses_its_number():
    assert sysfs.physical_state("5: LinkUp") == "LinkUp"
    assert sysfs.physical_state("7: Phy Test") == "PhyTest"
    assert sysfs.physical_state("") is None


@pytest.mark.parametrize(("text", "lid"), [("0x3a4", 0x3A4), ("12", 12), ("0x0", None), ("0xffff", None), ("x", None)])
def test_a_lid_that_is_not_assigned_is_none(text, lid):
    assert sysfs.lid(text) == lid


def test_guids_are_sixteen_digits_and_the_port_guid_is_the_lower_half_of_its_gid():
    assert sysfs.guid("0C42:a103:00b3:0001") == "0c42a10300b30001"
    assert sysfs.guid_of_gid("fe80:0000:0000:0000:0c42:a103:00b3:0011") == "0c42a10300b30011"
    assert sysfs.guid("0000:0000:0000:0000") is None
    assert sysfs.guid("(null)") is None
    assert sysfs.guid_of_gid("fe80::1") is None


def test_only_a_pci_function_is_an_address():
    assert sysfs.pci_address("0000:18:00.0") == "0000:18:00.0"
    assert sysfs.pci_address("mlx5_core.sf.4") is None


def test_counters_keep_64_bits_and_say_which_are_not_supported():
    found = sysfs.counters(b"0\n18446744073709551615\nN/A (no PMA)\n")
    assert found is not None
    values, unsupported = found
    assert values.tolist() == [0, 2**64 - 1, 0]
    assert unsupported is not None
    assert unsupported.tolist() == [False, False, True]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=60))
def test_any_numbers_come_back_as_they_are(numbers):
    found = sysfs.counters(b"".join(b"%d\n" % number for number in numbers))
    assert found is not None
    assert found[0].dtype == np.uint64
    assert found[0].tolist() == numbers


@given(st.binary(max_size=80))
def test_any_bytes_are_as_many_values_as_lines_or_nothing(block):
    found = sysfs.counters(block)
    if found is not None:
        assert len(found[0]) == block.count(b"\n")


@given(st.text(max_size=60))
def test_any_text_is_taken(text):
    sysfs.rate(text)
    sysfs.logical_state(text)
    sysfs.physical_state(text)
    sysfs.lid(text)
    sysfs.guid(text)
    sysfs.guid_of_gid(text)
    sysfs.pci_address(text)
