"""A host's log as it was pasted: stamps of every kind, what is an event, and what is of no concern."""

from __future__ import annotations

from typing import Any

import pytest
from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named
from fabconsole.formats.logs import dmesg
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading

XID = "NVRM: Xid (PCI:0000:05:00): 79, pid=7, name=x, GPU has fallen off the bus."


def read(said: str) -> Reading:
    return named("kernel-log").read(Paste(said))


def sample(name: str) -> Reading:
    return read((SAMPLES / f"kernel-log{name}.txt").read_text("utf-8"))


def only(said: str) -> Entry:
    (event,) = read(said).events
    return event


@pytest.mark.parametrize(
    ("before", "at", "stamp", "since_boot_s", "node"),
    [
        ("[ 1234.567890] ", None, None, 1234.56789, None),
        ("[1234.567890] ", None, None, 1234.56789, None),
        ("<4>[ 1234.567890] ", None, None, 1234.56789, None),
        ("[ 1234.567890][  T812] ", None, None, 1234.56789, None),
        ("[ 1234.567890 <    0.000012>] ", None, None, 1234.56789, None),
        ("kern  :warn  : [ 1234.567890] ", None, None, 1234.56789, None),
        ("kern :warn : [ 1234.567890] ", None, None, 1234.56789, None),
        ("4,812,1234567890,-;", None, None, 1234.56789, None),
        ("4,812,1234567890,-,caller=T1;", None, None, 1234.56789, None),
        ("[Sat Nov 21 04:05:06 2026] ", "2026-11-21T04:05:06", None, None, None),
        ("[Sat Nov  1 04:05:06 2026] ", "2026-11-01T04:05:06", None, None, None),
        ("kern  :warn  : [Sat Nov 21 04:05:06 2026] ", "2026-11-21T04:05:06", None, None, None),
        ("[Sa Nov 21 04:05:06 2026] ", None, "Sa Nov 21 04:05:06 2026", None, None),
        ("[Nov21 04:05] ", None, "Nov21 04:05", None, None),
        ("[  +0.000123] ", None, "  +0.000123", None, None),
        ("2026-11-21T04:05:06,123456+00:00 ", "2026-11-21T04:05:06.123456+00:00", None, None, None),
        ("kern  :warn  : 2026-11-21T04:05:06.123456+02:00 ", "2026-11-21T04:05:06.123456+02:00", None, None, None),
        ("Nov 21 04:05:06 gpu1 kernel: ", None, "Nov 21 04:05:06", None, "gpu1"),
        ("Nov  1 04:05:06 gpu1 kernel: ", None, "Nov  1 04:05:06", None, "gpu1"),
        ("Okt 21 04:05:06 gpu1 kernel: ", None, "Okt 21 04:05:06", None, "gpu1"),
        ("11月 21 04:05:06 gpu1 kernel: ", None, "11月 21 04:05:06", None, "gpu1"),
        ("Nov 21 04:05:06.123456 gpu1 kernel: ", None, "Nov 21 04:05:06.123456", None, "gpu1"),
        ("Nov 21 04:05:06 gpu1 kernel: [ 1234.567890] ", None, "Nov 21 04:05:06", 1234.56789, "gpu1"),
        ("/var/log/syslog.1:Nov 21 04:05:06 gpu1 kernel: ", None, "Nov 21 04:05:06", None, "gpu1"),
        ("2026-11-21T04:05:06.123456+02:00 gpu1 kernel: ", "2026-11-21T04:05:06.123456+02:00", None, None, "gpu1"),
        ("2026-11-21T04:05:06+0200 gpu1 kernel: ", "2026-11-21T04:05:06+02:00", None, None, "gpu1"),
        ("Sat 2026-11-21 04:05:06 UTC gpu1 kernel: ", "2026-11-21T04:05:06+00:00", None, None, "gpu1"),
        ("1795233906.250000 gpu1 kernel: ", "2026-11-21T04:05:06.250000+00:00", None, None, "gpu1"),
        ("[ 1234.567890] gpu1 kernel: ", None, None, 1234.56789, "gpu1"),
        ("<4>1 2026-11-21T04:05:06Z gpu1 kernel - - - ", "2026-11-21T04:05:06+00:00", None, None, "gpu1"),
        ("kernel: ", None, None, None, None),
        ("kernel: [ 1234.567890] ", None, None, 1234.56789, None),
        ("1701 [ 1234.567890] ", None, None, 1234.56789, None),
        ("1701:[ 1234.567890] ", None, None, 1234.56789, None),
        ("> [ 1234.567890] ", None, None, 1234.56789, None),
        ("    [ 1234.567890] ", None, None, 1234.56789, None),
        ("", None, None, None, None),
    ],
)
def test_an_xid_is_found_behind_every_stamp(
    before: str, at: str | None, stamp: str | None, since_boot_s: float | None, node: str | None
) -> None:
    event = only(before + XID)
    assert (event.kind, event.code, event.subject, event.severity) == ("xid", 79, "0000:05:00.0", Severity.CRIT)
    assert (event.at, event.stamp, event.since_boot_s, event.node) == (at, stamp, since_boot_s, node)
    assert event.text == XID


@pytest.mark.parametrize(
    ("message", "kind", "subject", "severity"),
    [
        ("systemd-networkd[5]: ib6: lost carrier", "carrier", "ib6", Severity.WARN),
        ("systemd-networkd[5]: ib6: Gained carrier", "carrier", "ib6", Severity.INFO),
        ("NetworkManager[8]: <info>  [1.2] device (ib6): carrier: link disconnected", "carrier", "ib6", Severity.WARN),
        ("kernel: ixgbe 0000:01:00.0 ens1f0: NIC Link is Down", "carrier", "ens1f0", Severity.WARN),
        ("kernel: ixgbe 0000:01:00.0 ens1f0: NIC Link is Up 10 Gbps", "carrier", "ens1f0", Severity.INFO),
        ("kernel: tg3 0000:01:00.0 eno1: Link is down", "carrier", "eno1", Severity.WARN),
        ("kernel: IPv6: ADDRCONF(NETDEV_CHANGE): ens1: link becomes ready", "carrier", "ens1", Severity.INFO),
        ("kernel: bond0: (slave ens1): link status definitely down, disabling slave", "carrier", "ens1", Severity.WARN),
        (
            "kernel: bonding: bond0: link status definitely down for interface ens1, disabling it",
            *("carrier", "ens1", Severity.WARN),
        ),
        ("kernel: bond0: now running without any active interface!", "carrier", "bond0", Severity.CRIT),
        ("kernel: bond0: link status up for interface ens1, enabling it in 0 ms", "carrier", "ens1", Severity.INFO),
        ("kernel: mlx5_core 0000:ab:00.0 mlx5_5: Port: 1 Link DOWN", "mlx5", "mlx5_5", Severity.WARN),
        ("kernel: mlx5_core 0000:ab:00.0 mlx5_5: Port: 1 Link ACTIVE", "mlx5", "mlx5_5", Severity.INFO),
        ("kernel: NETDEV WATCHDOG: ens1 (ixgbe): transmit queue 3 timed out", "netdev", "ens1", Severity.WARN),
        ("kernel: nvidia-peermem nv_get_p2p_free_callback:127 ERROR detected", "peermem", None, Severity.WARN),
        ("kernel: pcieport 0000:00:06.0: pciehp: Slot(41): Link Up", "aer", "0000:00:06.0", Severity.INFO),
        ("kernel: mlx5_core 0000:01:00.0 ib0: Link up", "mlx5", "0000:01:00.0", Severity.INFO),
        (
            "kernel: mlx5_core 0000:01:00.0: wait_func:1100:(pid 7): MANAGE_PAGES(0x108) timeout",
            *("mlx5", "0000:01:00.0", Severity.WARN),
        ),
        ("kernel: NVRM: API mismatch: the client has the version 1", "driver", None, Severity.CRIT),
    ],
)
def test_what_a_host_says_of_its_links_is_an_event(
    message: str, kind: str, subject: str | None, severity: Severity
) -> None:
    event = only(f"Nov 21 04:05:06 gpu1 {message}")
    assert (event.kind, event.subject, event.severity, event.node) == (kind, subject, severity, "gpu1")


@pytest.mark.parametrize(
    "message",
    [
        "acpi PNP0A08:29: _OSC: platform does not support [SHPCHotplug AER DPC]",
        "ata6: SATA link down (SStatus 4 SControl 300)",
        "pcieport 0000:00:06.0: AER: enabled with IRQ 24",
        "NVRM: GPU4 RPC history (CPU -> GSP):",
        "NVRM:     -1    103  GSP_RM_ALLOC          0x0000000000002080",
        "nvidia-nvswitch0: SXid (PCI:0000:85:00.0): 20034, Data {0x00000000, 0x1}",
        "mlx5_core 0000:01:00.0: mlx5_error_sw_reset:231:(pid 1618): start",
        "RAS: Correctable Errors collector initialized.",
    ],
)
def test_what_is_of_no_concern_is_counted_and_understood(message: str) -> None:
    said = read(f"[    1.000000] {message}\n")
    assert (said.events, said.unparsed) == ([], [])
    assert (said.facts["lines"], said.facts["ordinary_lines"]) == (1, 1)


def test_what_stands_once_is_a_fact() -> None:
    facts: Any = sample("").facts
    assert facts["driver_version"] == "570.124.06"
    assert facts["kernel"] == "6.8.0-51-generic"
    assert facts["mlx5_firmware"] == {"0000:1a:00.0": "28.43.2026"}
    assert facts["insufficient_slot_power_w"] == {"0000:1a:00.0": 27}
    assert facts["pcie_bandwidth_gbps"] == {"0000:1a:00.0": 252.048}
    assert facts["pcie_limited"]["0000:1a:00.0"].startswith("limited by 32.0 GT/s PCIe x8 link")
    assert facts["gpus"] == {"0000:5d:00.0": "GPU-0a1b2c3d-0001-0002-0003-0a1b2c3d4e5f"}
    assert facts["xids"] == {"74": 1}
    assert facts["sxids"] == {"12028": 1}
    assert facts["carriers"] == {"ens1f0": {"lost": 2, "gained": 1}}
    assert facts["first"]["since_boot_s"] == 0.0


def test_levels_are_counted_where_they_are_printed() -> None:
    assert sample(".kmsg").facts["levels"] == {"info": 1, "warn": 1}
    assert sample(".decoded-iso").facts["levels"] == {"warn": 1, "err": 1, "info": 1}
    assert sample(".journal-json").facts["levels"] == {"warn": 1, "info": 1}


def test_further_lines_of_a_pcie_error_stand_in_its_text() -> None:
    (event,) = (one for one in sample("").events if one.kind == "aer")
    assert event.subject == "0000:1a:00.0"
    assert event.text.endswith("; device [15b3:1021] error status/mask=00000001/0000e000; [ 0] RxErr (First)")


def test_the_link_of_an_nvlink_error_is_told() -> None:
    assert [(one.kind, one.code, one.link) for one in sample("").events if one.link is not None] == [
        ("xid", 74, 7),
        ("sxid", 12028, 61),
    ]


def test_a_journal_in_json_tells_host_time_and_program() -> None:
    xid, carrier = sample(".journal-json").events
    assert (xid.at, xid.node, xid.code, xid.link) == ("2026-11-21T04:05:06.250000+00:00", "gpu-a01", 149, 8)
    assert (carrier.kind, carrier.subject) == ("carrier", "ib3")


def test_a_journal_in_pretty_json_is_read_too() -> None:
    said = read('{\n\t"__REALTIME_TIMESTAMP" : "1795233906250000",\n\t"MESSAGE" : "' + XID + '"\n}\n')
    assert [event.code for event in said.events] == [79]


def test_a_journal_for_export_is_read_entry_by_entry() -> None:
    said = sample(".journal-export")
    assert [(event.code, event.node) for event in said.events] == [(94, "gpu-a01")]
    assert said.facts["lines"] == 2


def test_a_line_of_another_stream_among_stamped_ones_is_not_understood() -> None:
    said = read(f"[    1.000000] {XID}\nConnection to gpu1 closed.\n")
    assert said.unparsed == ["Connection to gpu1 closed."]
    assert said.facts["lines"] == 1


def test_a_message_of_several_lines_goes_on_where_they_are_set_in() -> None:
    said = read("Nov 21 04:05:06 gpu1 kernel: one\n                             two\n")
    assert (said.unparsed, said.facts["lines"], said.facts["continued_lines"]) == ([], 1, 1)


def test_dmesg_takes_every_stamp_too() -> None:
    assert dmesg.line("[Sat Nov 21 04:05:06 2026] NVRM: x").wall(0.0) == 1795233906.0
    assert dmesg.line("[ 12.345678][ T7] NVRM: x").since_boot_s == 12.345678
    assert dmesg.line("[Nov21 04:05] NVRM: x").wall(0.0) is None


def test_a_gpu_that_fell_off_the_bus_is_named_by_the_line_before() -> None:
    event = only(
        "[ 1.000001] NVRM: The NVIDIA GPU 0000:04:00.0\n[ 1.000002] NVRM: (PCI ID: 10de:2901) installed in this "
        "system has\n[ 1.000003] NVRM: fallen off the bus and is not responding to commands.\n"
    )
    assert (event.subject, event.severity) == ("0000:04:00.0", Severity.CRIT)


def test_xids_are_counted_by_number_by_gpu_and_by_process() -> None:
    xid = "[ 1.000001] NVRM: Xid (PCI:0000:05:00): {}, pid={}, name=python3, Ch 00000008\n"
    facts: Any = read(xid.format(43, 7) + xid.format(45, 7) + xid.format(43, 8)).facts
    assert facts["events"] == {"xid": 3}
    assert facts["xids"] == {"43": 2, "45": 1}
    assert facts["xids_by_gpu"] == {"0000:05:00.0": {"43": 2, "45": 1}}
    assert facts["xid_processes"] == [
        {"pid": 7, "name": "python3", "gpu": "0000:05:00.0", "xids": {"43": 1, "45": 1}},
        {"pid": 8, "name": "python3", "gpu": "0000:05:00.0", "xids": {"43": 1}},
    ]


@pytest.mark.parametrize(
    ("before", "at", "node"),
    [
        ("gpu017: [Sat Nov 21 04:05:06 2026] ", "2026-11-21T04:05:06", "gpu017"),
        ("gpu017: Nov 21 04:05:06 gpu3 kernel: ", None, "gpu3"),
        ("gpu017: ", None, "gpu017"),
        ("var/log/dmesg.0:12:[Sat Nov 21 04:05:06 2026] ", "2026-11-21T04:05:06", None),
    ],
)
def test_a_host_or_a_file_before_the_stamp_is_no_part_of_the_message(
    before: str, at: str | None, node: str | None
) -> None:
    event = only(before + XID)
    assert (event.at, event.node, event.text) == (at, node, XID)


def test_an_error_that_came_in_is_told_where_its_own_line_does_not_follow() -> None:
    came = "[    1.000000] pcieport 0000:e8:00.4: AER: Multiple Uncorrected (Non-Fatal) error received: 0000:e9:00.1\n"
    alone = only(came)
    assert (alone.kind, alone.subject, alone.severity) == ("aer", "0000:e9:00.1", Severity.WARN)
    bus = (
        "[    1.100000] mlx5_core 0000:e9:00.1: AER: PCIe Bus Error: severity=Uncorrected (Non-Fatal), type=Physical\n"
    )
    assert "PCIe Bus Error" in only(came + bus).text
    xid = f"[    1.050000] {XID}\n"
    assert [event.kind for event in read(came + xid + came).events] == ["aer", "xid", "aer"]


def test_a_slot_whose_link_change_is_expected_is_no_alarm() -> None:
    event = only("[    1.000000] pcieport 0015:00:00.0: pciehp: Slot(21): Link Down/Up ignored\n")
    assert event.severity is Severity.INFO
    assert only("[    1.000000] pcieport 0015:00:00.0: pciehp: Slot(21): Link Down\n").severity is Severity.CRIT


def test_a_link_is_named_also_where_the_fault_is_an_applications() -> None:
    event = only("NVRM: Xid (PCI:0000:04:00): 137, pid=4, name=x, NVLink: RLW_RXPIPE interrupt hit on link 11\n")
    assert (event.code, event.link) == (137, 11)


@pytest.mark.parametrize(
    "message",
    [
        "NVRM: knvlinkUpdatePostRxDetectLinkMask_IMPL: Failed to update Rx Detect Link mask!",
        "NVRM: RmInitAdapter: Cannot initialize GSP firmware RM",
        "mlx5_core 0000:17:00.0: mlx5_health_try_recover:335:(pid 4120): handling bad device here",
        "mlx5_core 0000:3b:00.0: Skipping wait for vf pages stage",
    ],
)
def test_a_driver_that_gives_up_is_heard(message: str) -> None:
    assert only(f"[    1.000000] {message}\n").severity is Severity.WARN


def test_a_thread_behind_the_stamp_is_no_part_of_the_message_with_a_blank_before_it_either() -> None:
    assert only(f"[  130.456250] [ T1946] {XID}\n").text == XID


def test_a_gpu_that_is_lost_is_told_though_a_message_goes_on_over_several_lines() -> None:
    said = read(
        "[14387.209961] NVRM: The NVIDIA GPU 0000:5d:00.0\n"
        "               NVRM: (PCI ID: 10de:2330) installed in this system has\n"
        "               NVRM: fallen off the bus and is not responding to commands.\n"
        "[14387.210134] nvidia: probe of 0000:5d:00.0 failed with error -1\n"
    )
    lost, probe = said.events
    assert (lost.subject, lost.severity, lost.since_boot_s) == ("0000:5d:00.0", Severity.CRIT, 14387.209961)
    assert (probe.subject, probe.severity) == ("0000:5d:00.0", Severity.WARN)
    assert (said.facts["lines"], said.facts["ordinary_lines"], said.facts["continued_lines"]) == (2, 1, 2)


def test_serials_of_several_gpus_are_all_kept() -> None:
    facts = read(
        "[    1.000000] NVRM: GPU Board Serial Number: 0320000000001\n"
        "[    1.000001] NVRM: GPU 0000:05:00.0: GPU serial number is 0320000000001.\n"
        "[    1.000002] NVRM: GPU Board Serial Number: 0320000000002\n"
    ).facts
    assert facts["gpu_board_serial"] == ["0320000000001", "0320000000002"]
    assert facts["gpu_serials"] == {"0000:05:00.0": "0320000000001"}


def test_a_switchs_syslog_has_the_level_between_host_and_program() -> None:
    said = read("Nov 21 04:05:06.106121 leaf1 INFO kernel: [10601.214044] igb 0000:00:14.0 eth0: NIC Link is Down\n")
    (event,) = said.events
    assert (event.node, event.since_boot_s, event.subject) == ("leaf1", 10601.214044, "eth0")
    assert said.facts["levels"] == {"info": 1}


def test_one_quoted_line_among_others_is_read_like_them() -> None:
    event = read(f"kernel: {XID}\n{XID}\n> [Sat Nov 21 04:05:06 2026] {XID}\n").events[2]
    assert (event.at, event.text) == ("2026-11-21T04:05:06", XID)


def test_a_slow_bus_of_another_card_is_none_of_mlx5s() -> None:
    said = "pci 000f:01:00.0: 0.000 Gb/s available PCIe bandwidth, limited by Unknown x0 link at 000f:00:00.0\n"
    assert only(said).kind == "log"


@pytest.mark.parametrize(
    ("message", "kind", "severity"),
    [
        ("EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#0_DIMM#0 (channel:0)", "hardware", Severity.INFO),
        ("EDAC MC1: 1 UE memory read error on CPU_SrcID#1_Ha#0_Chan#0_DIMM#0 (channel:0)", "hardware", Severity.WARN),
        ("ib0: multicast join failed for ff12:401b:ffff::1, status -22", "netdev", Severity.WARN),
        ("pt_main_thread[25]: segfault at 7f ip 7f sp 7f error 4 in libnccl.so.2[7f+d3d3000]", "log", Severity.WARN),
    ],
)
def test_what_stops_a_job_beside_its_links_is_told_too(message: str, kind: str, severity: Severity) -> None:
    event = only(f"[    1.000000] {message}\n")
    assert (event.kind, event.severity) == (kind, severity)


def test_a_recovery_action_keeps_its_abbreviations() -> None:
    event = only("NVRM: Xid (PCI:0000:0d:00): 154, GPU recovery action changed from 0x0 (None) to 0x3 (Drain P2P)\n")
    assert (event.action, event.meaning) == ("drain P2P", "GPU recovery: drain P2P")
