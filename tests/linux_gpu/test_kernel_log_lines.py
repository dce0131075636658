"""One line of the kernel log: its stamp, and what it tells."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.formats.logs import dmesg, journal, kernel_log


def event(message: str) -> Event:
    found = kernel_log.event(message, "gpu1", 5.0)
    assert found is not None, message
    return found


@pytest.mark.parametrize(
    ("message", "kind", "code", "subject", "link", "severity"),
    [
        (
            "NVRM: Xid (PCI:0000:05:00): 79, pid=1234, name=python, GPU has fallen off the bus.",
            *("xid", 79, "0000:05:00.0", None, Severity.CRIT),
        ),
        ("NVRM: Xid (0000:03:00): 13, Graphics Exception: Link 3", "xid", 13, "0000:03:00.0", None, Severity.INFO),
        (
            "NVRM: Xid (PCI:0018:01:00): 149, NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6 0x1)",
            *("xid", 149, "0018:01:00.0", 8, Severity.CRIT),
        ),
        (
            "NVRM: Xid (PCI:0000:1b:00): 74, pid='<unknown>', name=Link 9, NVLink: fatal error on link 14(0x0, 0x0)",
            *("xid", 74, "0000:1b:00.0", 14, Severity.CRIT),
        ),
        (
            "NVRM: Xid (PCI:0000:1b:00): 154, GPU recovery action changed from 0x0 (None) to 0x2 (Node Reboot)",
            *("xid", 154, "0000:1b:00.0", None, Severity.CRIT),
        ),
        (
            "nvidia-nvswitch0: SXid (PCI:0000:85:00.0): 20034, Fatal, Link 30 LTSSM Fault Up",
            *("sxid", 20034, "0000:85:00.0", 30, Severity.CRIT),
        ),
        (
            "NVRM: Xid (PCI:0000:01:00 GPU-I:05): 94, pid=7194, Contained: CE User Channel (0x9). RST: No, D-RST: No",
            *("xid", 94, "0000:01:00.0", None, Severity.WARN),
        ),
        (
            "NVRM: Xid (PCI:0000:3b:00 GPU-I:01 GPU-CI:02): 13, pid=9, name=a, Graphics Exception",
            *("xid", 13, "0000:3b:00.0", None, Severity.INFO),
        ),
        ("NVRM: Xid (GPU-3e1c): seventy-nine, it is off the bus", "log", None, None, None, Severity.WARN),
        ("NVRM: GPU 0000:18:00.0: GPU has fallen off the bus.", "log", None, "0000:18:00.0", None, Severity.CRIT),
        (
            "mlx5_core 0000:9d:00.1: Port module event: module 1, Cable unplugged",
            *("mlx5", None, "0000:9d:00.1", None, Severity.WARN),
        ),
        (
            "mlx5_core 0000:9d:00.1: Port module event[error]: module 1, Cable error, High Temperature",
            *("mlx5", None, "0000:9d:00.1", None, Severity.CRIT),
        ),
        (
            "mlx5_core 0000:9d:00.0: poll_health:873:(pid 0): device's health compromised - reached miss count",
            *("mlx5", None, "0000:9d:00.0", None, Severity.CRIT),
        ),
        (
            "mlx5_core 0000:9d:00.0: poll_health:800:(pid 0): Fatal error 3 detected",
            *("mlx5", None, "0000:9d:00.0", None, Severity.CRIT),
        ),
        (
            "mlx5_core 0000:08:00.0: print_health_info:425:(pid 912): Health issue observed, firmware internal error, "
            "severity(3) ERROR:",
            *("mlx5", None, "0000:08:00.0", None, Severity.CRIT),
        ),
        (
            "mlx5_core 0000:08:00.0: print_health_info:425:(pid 0): Health issue observed, High temperature, "
            "severity(4) WARNING:",
            *("mlx5", None, "0000:08:00.0", None, Severity.WARN),
        ),
        (
            "mlx5_core 0004:01:00.1: mlx5_health_try_recover:338:(pid 2239): health recovery flow aborted, "
            "PCI reads still not working",
            *("mlx5", None, "0004:01:00.1", None, Severity.CRIT),
        ),
        (
            "mlx5_core 0000:9d:00.1 enp157s0f1np1: Link down",
            *("mlx5", None, "0000:9d:00.1", None, Severity.WARN),
        ),
        (
            "infiniband mlx5_0: reg_mr_callback:104:(pid 376): async reg mr failed. status -11",
            *("mlx5", None, "mlx5_0", None, Severity.WARN),
        ),
        (
            "pcieport 0000:00:06.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)",
            *("aer", None, "0000:00:06.0", None, Severity.INFO),
        ),
        (
            "pcieport 0004:00:00.0: PCIe Bus Error: severity=Uncorrected (Non-Fatal), type=Transaction Layer",
            *("aer", None, "0004:00:00.0", None, Severity.WARN),
        ),
        (
            "pcieport 0004:00:00.0: PCIe Bus Error: severity=Uncorrected (Fatal), type=Transaction Layer",
            *("aer", None, "0004:00:00.0", None, Severity.CRIT),
        ),
        (
            "pcieport 0000:c9:02.0: AER: aer_status: 0x00200000, aer_mask: 0x00100020",
            *("aer", None, "0000:c9:02.0", None, Severity.WARN),
        ),
        (
            "pcieport 0000:00:06.0: PCIe Bus Error: severity=Uncorrectable (Fatal), type=Inaccessible, "
            "(Unregistered Agent ID)",
            *("aer", None, "0000:00:06.0", None, Severity.CRIT),
        ),
        (
            "pcieport 0000:00:06.0: PCIe Bus Error: severity=Correctable, type=Physical Layer, (Receiver ID)",
            *("aer", None, "0000:00:06.0", None, Severity.INFO),
        ),
        ("pcieport 0004:00:00.0: AER: device recovery failed", "aer", None, "0004:00:00.0", None, Severity.CRIT),
        ("Missed 812 kernel messages", "log", None, None, None, Severity.WARN),
    ],
)
def test_a_message_we_know_is_an_event(message, kind, code, subject, link, severity):
    found = event(message)
    assert (found.kind, found.code, found.subject, found.link) == (kind, code, subject, link)
    assert found.severity is severity
    assert (found.node, found.at, found.text) == ("gpu1", 5.0, message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "acpi PNP0A08:29: _OSC: platform does not support [SHPCHotplug AER DPC]",
        "pcieport 0000:00:06.0: AER: Corrected error message received from 0000:00:06.0",
        "pcieport 0000:00:06.0:   device [8086:a74d] error status/mask=00000001/00002000",
        "nvidia-nvswitch0: SXid (PCI:0000:85:00.0): 20034, Severity 1 Engine instance 30 Sub-engine instance 00",
        "nvidia-nvswitch0: SXid (PCI:0000:85:00.0): 20034, Data {0x00000000, 0x1}",
        "mlx5_core 0000:01:00.0: firmware version: 12.28.1002",
        "NVRM: GPU at PCI:0000:91:00: GPU-b6c3b2be-c55b-d076-fa0e-d464e4c7e08b",
    ],
)
def test_what_is_none_of_ours_is_no_event(message):
    assert kernel_log.event(message, "gpu1", 0.0) is None


def test_an_event_shows_no_control_character():
    found = event("NVRM: Xid (PCI:0000:05:00): 43, pid=7, name=\x1b[2J\x07evil, Ch 00000008")
    assert found.text.isprintable()
    assert "evil" in found.text


@pytest.mark.parametrize("pattern", [kernel_log.XID_ERE, kernel_log.OTHER_ERE])
def test_the_nodes_grep_finds_what_we_find(pattern):
    lines = [
        "NVRM: Xid (PCI:0000:05:00): 79, GPU has fallen off the bus.",
        "nvidia-nvswitch0: SXid (PCI:0000:85:00.0): 20034, Fatal, Link 30",
        "mlx5_core 0000:9d:00.1: Port module event: module 1, Cable unplugged",
        "pcieport 0004:00:00.0: pciehp: Slot(41): Link Down",
        "pcieport 0000:00:06.0: PCIe Bus Error: severity=Corrected, type=Physical Layer",
        "Missed 3 kernel messages",
        "NVRM: Xid (PCI:0000:01:00 GPU-I:05): 94, pid=7194, Contained: CE User Channel (0x9)",
        "mlx5_core 0000:9d:00.0: poll_health:800:(pid 0): Fatal error 3 detected",
        "mlx5_core 0000:08:00.0: Health issue observed, firmware internal error, severity(3) ERROR:",
        "pcieport 0000:c9:02.0: AER: aer_status: 0x00200000, aer_mask: 0x00100020",
        "NVRM: the driver is loaded",
    ]
    found = subprocess.run(["grep", "-E", pattern], input="\n".join(lines), capture_output=True, text=True, check=False)
    assert found.stdout.splitlines() == [line for line in lines if re.search(pattern, line)]


@given(st.text(max_size=200))
def test_any_message_is_taken(text):
    for prefix in ("", "NVRM: Xid (PCI:", "NVRM: Xid (PCI:0000:05:00): 154, ", "PCIe Bus Error: severity=Uncorrected"):
        found = kernel_log.event(prefix + text, "n", 0.0)
        assert found is None or found.text.isprintable()


# journalctl -o json ------------------------------------------------------------------------------------------

CURSOR = "s=22ab581c;i=158;b=f45efe83;m=9a3942c0;t=660da874eefd3;x=7bac0c07ab2a9914"


def line(**fields: object) -> str:
    said = {"__CURSOR": CURSOR, "__REALTIME_TIMESTAMP": "1700000000500000", "_BOOT_ID": "f45e", "MESSAGE": "hello"}
    return json.dumps(said | fields)


def test_a_journal_line_has_its_cursor_its_time_and_its_message():
    entry = journal.entry(line())
    assert entry is not None
    assert (entry.cursor, entry.at, entry.boot_id, entry.message) == (CURSOR, 1700000000.5, "f45e", "hello")


def test_a_message_that_is_no_plain_text_comes_as_bytes():
    assert journal.entry(line(MESSAGE=list(b"NVRM: \xff\x1b"))).message == "NVRM: �\x1b"
    assert journal.entry(line(MESSAGE=["first", "second"])).message == "first"


def test_an_identifier_that_journald_split_off_is_put_back():
    assert journal.entry(line(SYSLOG_IDENTIFIER="NVRM", MESSAGE="Xid (PCI:…")).message == "NVRM: Xid (PCI:…"
    assert journal.entry(line(SYSLOG_IDENTIFIER="kernel")).message == "hello"


def test_what_journald_read_late_has_the_kernels_time():
    late = {"__MONOTONIC_TIMESTAMP": "50000000", "_SOURCE_MONOTONIC_TIMESTAMP": "20000000"}
    assert journal.entry(line(**late)).at == 1700000000.5 - 30
    drifted = {"__MONOTONIC_TIMESTAMP": "5000000000000", "_SOURCE_MONOTONIC_TIMESTAMP": "4999900000000"}
    assert journal.entry(line(**drifted)).at == 1700000000.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-- No entries --",
        "[]",
        "{}",
        "[" * 60_000,
        line()[:-2],
        line(MESSAGE=None),
        line(MESSAGE=[300]),
        line(__CURSOR="$(reboot)"),
        line(__CURSOR="s=1;x=2' -- '"),
        line(__REALTIME_TIMESTAMP="soon"),
        line(__REALTIME_TIMESTAMP="9" * 40),
        line(MESSAGE="x" * 100_000),
    ],
    ids=lambda text: text[:24],
)
def test_what_is_no_entry_is_none(text):
    assert journal.entry(text) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_as_a_journal_line(data):
    assert journal.entry(data) is None


# dmesg -------------------------------------------------------------------------------------------------------


def test_a_raw_stamp_counts_from_boot():
    said = dmesg.line("[   12.345678] NVRM: x")
    assert (said.since_boot_s, said.message) == (12.345678, "NVRM: x")
    assert said.wall(1000.0) == 1012.345678
    assert dmesg.line("kern  :warn  : [   12.345678] NVRM: x").since_boot_s == 12.345678
    assert dmesg.line("<4>[   12.345678] NVRM: x").message == "NVRM: x"


def test_an_iso_stamp_is_the_time_of_day_itself():
    said = dmesg.line("kern  :warn  : 2025-01-21T04:41:44,283302+00:00 NVRM: Xid")
    assert (said.wall(0.0), said.message) == (1737434504.283302, "NVRM: Xid")
    assert dmesg.line("2025-01-21T05:41:44,283302+01:00 NVRM: Xid").at == 1737434504.283302


def test_a_line_without_a_stamp_is_all_message():
    said = dmesg.line("NVRM: Xid")
    assert (said.wall(0.0), said.message) == (None, "NVRM: Xid")


@given(st.text(max_size=80))
def test_any_text_is_taken_as_a_line_of_the_ring(text):
    dmesg.line(text)
    dmesg.line("2025-13-41T29:61:44,283302+99:99 " + text)
