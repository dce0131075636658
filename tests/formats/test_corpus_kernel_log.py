"""What the captures of kernel logs must yield."""

from __future__ import annotations

from typing import Any

from captures import Check, Facts, reading

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Entry, Reading

facts = Facts()


def of(said: Reading, kind: str) -> list[Entry]:
    return [event for event in said.events if event.kind == kind]


def about(said: Reading, subject: str, words: str) -> list[Entry]:
    return [event for event in said.events if event.subject == subject and words in event.text]


DPC = "kernel-log/mlx5-dpc-surprise-down-2025.txt"


@facts(DPC, "device 0004:01:00.1 logs print_health: Fatal error detected")
def _(said: Reading) -> None:
    (event,) = about(said, "0004:01:00.1", "Fatal error detected")
    assert "print_health" in event.text
    assert event.severity is Severity.CRIT


@facts(DPC, "pcieport 0004:00:00.0: AER: device recovery failed")
def _(said: Reading) -> None:
    (event,) = about(said, "0004:00:00.0", "AER: device recovery failed")
    assert event.kind == "aer"


@facts(DPC, "pciehp Slot(41): Link Down on 0004:00:00.0")
def _(said: Reading) -> None:
    assert len(about(said, "0004:00:00.0", "Slot(41): Link Down")) == 1


@facts(DPC, "one PCIe Bus Error: Uncorrected (Non-Fatal), Transaction Layer")
def _(said: Reading) -> None:
    (event,) = [event for event in said.events if "PCIe Bus Error" in event.text]
    assert (event.kind, event.subject, event.severity) == ("aer", "0004:00:00.0", Severity.WARN)
    assert "severity=Uncorrected (Non-Fatal), type=Transaction Layer" in event.text
    assert event.since_boot_s == 81.029598


CMD = "kernel-log/mlx5-cmd-alloc-failed-journal-2020.txt"


@facts(CMD, "journal prefix: Nov 17 01:25:23 store01 kernel:")
def _(said: Reading) -> None:
    assert {(event.at, event.stamp, event.node) for event in said.events} == {(None, "Nov 17 01:25:23", "store01")}
    assert said.facts["hosts"] == ["store01"]


@facts(CMD, "two error lines: failed to allocate command entry; async reg mr failed. status -11")
def _(said: Reading) -> None:
    first, second = (event.text for event in said.events if event.severity is Severity.WARN)
    assert first.endswith("failed to allocate command entry")
    assert second.endswith("async reg mr failed. status -11")


@facts(CMD, "Port module event: module 0, Cable plugged (an event, not a failure)")
def _(said: Reading) -> None:
    (event,) = about(said, "0000:01:00.0", "Port module event: module 0, Cable plugged")
    assert event.severity is Severity.INFO
    assert sum(event.severity is not Severity.INFO for event in said.events) == 2


SMC = "kernel-log/mlx5-link-up-smc-s390-2022.txt"


@facts(SMC, "4 Link up messages: ens1296 twice, ens2076 twice")
def _(said: Reading) -> None:
    up = [event.text for event in said.events if "Link up" in event.text]
    assert len(up) == 4
    assert sum("ens1296" in text for text in up) == 2
    assert sum("ens2076" in text for text in up) == 2


@facts(SMC, "no Link down message")
def _(said: Reading) -> None:
    assert not [event for event in said.events if "Link down" in event.text]
    assert said.unparsed == []


AER = "kernel-log/aer-corrected-rxerr-ctime-2024.txt"


@facts(AER, "4 events on 0000:00:06.0, all Corrected / Physical Layer / RxErr")
def _(said: Reading) -> None:
    assert [event.subject for event in said.events] == ["0000:00:06.0"] * 4
    for event in said.events:
        assert "severity=Corrected, type=Physical Layer" in event.text
        assert "RxErr (First)" in event.text


@facts(AER, "timestamps as [Thu Feb 29 13:47:22 2024]")
def _(said: Reading) -> None:
    times = ("13:47:22", "14:46:56", "15:04:33", "15:27:56")
    assert [event.at for event in said.events] == [f"2024-02-29T{time}" for time in times]


@facts(AER, "device [8086:a74d] error status/mask=00000001/00002000")
def _(said: Reading) -> None:
    assert all("device [8086:a74d] error status/mask=00000001/00002000" in event.text for event in said.events)


GSP = "kernel-log/xid119-gsp-timeout-ctime.log"


@facts(GSP, "5 Xid lines")
def _(said: Reading) -> None:
    assert len(of(said, "xid")) == 5
    assert said.facts["xids"] == {"119": 5}


@facts(GSP, "first: Xid 119 on PCI 0000:9b:00, pid 2024380, process nvidia-smi, Sun Feb 23 16:24:18 2025")
def _(said: Reading) -> None:
    event = said.events[0]
    assert (event.code, event.subject, event.at) == (119, "0000:9b:00.0", "2025-02-23T16:24:18")
    assert "pid=2024380, name=nvidia-smi" in event.text
    processes: Any = said.facts["xid_processes"]
    assert (processes[0]["pid"], processes[0]["name"]) == (2024380, "nvidia-smi")


@facts(GSP, "RPC history lines after it are continuation text, not further Xids")
def _(said: Reading) -> None:
    assert {(event.kind, event.code) for event in said.events} == {("xid", 119)}
    assert len(said.events) == 5
    assert said.unparsed == []


SM = "kernel-log/xid13-43-decoded-iso.log"


@facts(SM, "17 Xid lines: 16 of Xid 13, 1 of Xid 43, all on PCI 0000:38:00")
def _(said: Reading) -> None:
    assert said.facts["xids"] == {"13": 16, "43": 1}
    assert [event.subject for event in of(said, "xid")] == ["0000:38:00.0"] * 17


@facts(
    SM,
    "first Xid line: 'kern  :warn  : 2025-01-21T04:41:44,283302+00:00 NVRM: Xid ...' (comma before microseconds)",
)
def _(said: Reading) -> None:
    assert of(said, "xid")[0].at == "2025-01-21T04:41:44.283302+00:00"
    assert said.facts["levels"] == {"warn": 24}


@facts(SM, "pid='<unknown>' in the Xid 13 lines, pid=2924364, name=pt_main_thread in the Xid 43 line")
def _(said: Reading) -> None:
    for event in of(said, "xid"):
        assert ("pid='<unknown>'" if event.code == 13 else "pid=2924364, name=pt_main_thread") in event.text


BOOT = "kernel-log/dmesg-boot-h100-mlx5-nvswitch-iso.log"


@facts(
    BOOT,
    "93 mlx5_core lines; Link down on 0000:9d:00.1 enp157s0f1np1 and 0000:1b:00.1 enp27s0f1np1; "
    "Link up on 0000:1b:00.0 bootnet",
)
def _(said: Reading) -> None:
    assert said.facts["mlx5_core_lines"] == 93
    assert about(said, "0000:9d:00.1", "enp157s0f1np1: Link down")
    assert about(said, "0000:1b:00.1", "enp27s0f1np1: Link down")
    assert about(said, "0000:1b:00.0", "bootnet: Link up")


@facts(BOOT, "'Detected insufficient power on the PCIe slot (27W)' warnings from mlx5_core")
def _(said: Reading) -> None:
    warnings = [event for event in said.events if "Detected insufficient power on the PCIe slot (27W)" in event.text]
    assert warnings
    assert {(event.kind, event.severity) for event in warnings} == {("mlx5", Severity.WARN)}
    watts: Any = said.facts["insufficient_slot_power_w"]
    assert set(watts.values()) == {27}


@facts(
    BOOT,
    "lines with AER in '_OSC: platform does not support [SHPCHotplug AER DPC]' are no AER errors; no Xid in the file",
)
def _(said: Reading) -> None:
    assert of(said, "aer") == of(said, "xid") == []
    assert not [event for event in said.events if "AER" in event.text]
    assert "xids" not in said.facts
    assert said.unparsed == []


@facts(BOOT, "Cable unplugged event on 0000:1b:00.1 module 1")
def _(said: Reading) -> None:
    assert about(said, "0000:1b:00.1", "module 1, Cable unplugged")


OPEN = "kernel-log/kmsg-nvswitch-open.log"


@facts(
    OPEN, "records as 'priority,seq,usec,flags;text': first is 6,3964,206764307,-;nvidia-nvswitch2: open (major=510)"
)
def _(said: Reading) -> None:
    assert said.facts["first"] == {
        "since_boot_s": 206.764307,
        "sequence": 3964,
        "level": "info",
        "text": "nvidia-nvswitch2: open (major=510)",
    }


@facts(OPEN, "no Xid or SXid")
def _(said: Reading) -> None:
    assert of(said, "xid") == of(said, "sxid") == []


PEER = "kernel-log/kmsg-peermem-error.log"


@facts(PEER, "nvidia-peermem nv_get_p2p_free_callback:127 ERROR detected invalid context, 7 or more times")
def _(said: Reading) -> None:
    assert len(of(said, "peermem")) == 7
    assert all("nv_get_p2p_free_callback:127 ERROR detected invalid context" in one.text for one in said.events)


@facts(PEER, "priority field 6 (info) although the text says ERROR")
def _(said: Reading) -> None:
    assert said.facts["levels"] == {"info": 8}
    assert {event.severity for event in said.events} == {Severity.WARN}


DGX = "kernel-log/xid79-sxid20034-dgx.txt"


@facts(DGX, "1 Xid (79, PCI 0000:91:00) and 8 SXid lines, all 20034")
def _(said: Reading) -> None:
    assert [(event.code, event.subject) for event in of(said, "xid")] == [(79, "0000:91:00.0")]
    assert said.facts["sxid_lines"] == 8
    assert {event.code for event in of(said, "sxid")} == {20034}


@facts(DGX, "4 SXid lines name a link and Fatal: links 48, 63, 37, 62; the others are Severity or Data lines")
def _(said: Reading) -> None:
    assert [event.link for event in of(said, "sxid")] == [48, 63, 37, 62]
    assert all("Fatal" in event.text for event in of(said, "sxid"))


@facts(DGX, "SXid lines carry the NVSwitch instance: nvidia-nvswitch0, 1, 2")
def _(said: Reading) -> None:
    assert said.facts["nvswitches"] == [0, 1, 2]
    assert [event.text[:16] for event in of(said, "sxid")] == [f"nvidia-nvswitch{n}" for n in (1, 0, 2, 0)]


FLAP = "kernel-log/syslog-ib-flap-azure.log"


@facts(FLAP, "systemd-networkd lines 'ib6: lost carrier' and 'ib6: Gained carrier'")
def _(said: Reading) -> None:
    texts = [event.text for event in of(said, "carrier")]
    assert [sum(text.endswith(f"ib6: {word} carrier") for text in texts) for word in ("lost", "Gained")] == [6, 6]
    assert {event.node for event in said.events} == {"jplc7eb7-vm-0"}


@facts(FLAP, "only ib6 flaps")
def _(said: Reading) -> None:
    assert {event.subject for event in of(said, "carrier")} == {"ib6"}
    assert said.facts["carriers"] == {"ib6": {"lost": 6, "gained": 6}}


LAB = "kernel-log/dmesg-nvidia-580-homelab.txt"


@facts(LAB, "no Xid; driver 580.95.05 loaded")
def _(said: Reading) -> None:
    assert of(said, "xid") == of(said, "sxid") == []
    assert "xids" not in said.facts
    assert said.facts["driver_version"] == "580.95.05"


@facts(LAB, "nvidia-nvlink: Nvlink Core is being initialized")
def _(said: Reading) -> None:
    assert str(said.facts["nvlink_core"]).startswith("Nvlink Core is being initialized")


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
