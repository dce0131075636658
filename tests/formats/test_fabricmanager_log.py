"""The fabric manager's log: each error once, what it is about by name, and settings that stand once."""

from __future__ import annotations

from typing import Any

from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(said: str) -> Reading:
    return named("fabricmanager-log").read(Paste(said))


def sample(name: str) -> Reading:
    return read((SAMPLES / f"fabricmanager-log{name}.txt").read_text("utf-8"))


def test_an_nvswitch_error_is_an_event_by_its_sxid_and_where_it_was() -> None:
    switch, fatal, handle = sample("").events
    assert (switch.kind, switch.code, switch.subject, switch.link) == ("sxid", 12028, "0000:86:00.0", 61)
    assert (switch.at, switch.severity) == ("2026-11-21T05:10:02", Severity.WARN)
    assert (fatal.code, fatal.link, fatal.severity) == (20034, 33, Severity.CRIT)
    assert (handle.kind, handle.severity) == ("fabric-manager", Severity.WARN)


def test_an_error_that_is_logged_twice_is_told_once_and_counted() -> None:
    facts: Any = sample("").facts
    assert facts["levels"] == {"INFO": 9, "ERROR": 4}
    assert [(error["sxid"], error["physical_id"], error["port"], error["count"]) for error in facts["errors"]] == [
        (12028, 3, 61, 2),
        (20034, 1, 33, 1),
    ]
    assert [one["count"] for one in facts["logged_more_than_once"]] == [2]


def test_version_settings_and_counts_are_facts() -> None:
    facts = sample("").facts
    assert (facts["program"], facts["version"]) == ("Fabric Manager", "570.124.06")
    assert facts["settings"] == {
        "logging_level": 4,
        "logging_file_name_path": "/var/log/fabricmanager.log",
        "fabric_manager_communication_ports": None,
    }
    assert str(facts["configured"]).startswith("Successfully configured")
    assert facts["connected"] == "Connected to 1 node."
    assert facts["multicast_groups_allocated"] == 1
    assert (facts["records"], facts["first"], facts["last"]) == (13, "2026-11-21T04:05:06", "2026-11-21T05:11:12")


def test_an_nvlink_error_of_a_rack_names_gpu_and_port_over_several_lines() -> None:
    said = sample(".nvl72")
    event = said.events[0]
    assert (event.severity, event.subject, event.link) == (Severity.CRIT, "0x0A1B2C3D4E5F6071", 4)
    errors: Any = said.facts["errors"]
    assert (errors[0]["module_id"], errors[0]["node_id"], errors[0]["partition_id"]) == (3, 7, 4137)
    assert (errors[0]["error_code"], errors[0]["port_down_reason_code"]) == ("0x06", "0x0A")
    assert said.events[1].text == "partition 4137 is degraded"


def test_what_it_said_to_a_journal_is_read_with_its_host() -> None:
    said = sample(".journal")
    mismatch, switch, ended = said.events
    assert (mismatch.node, mismatch.severity, mismatch.stamp) == ("gpu-a01", Severity.CRIT, "Nov 21 04:05:06")
    assert (switch.code, switch.subject, switch.link) == (22013, "0000:08:00.0", 60)
    assert ended.text.endswith("Failed with result 'exit-code'.")
    service: Any = said.facts["service"]
    assert service["active"].startswith("failed (Result: exit-code)")


def test_nothing_to_do_is_no_failure_where_no_nvswitch_is() -> None:
    (event,) = read(
        "Nov 21 04:05:06 gpu1 nv-fabricmanager[4]: request to query NVSwitch device information from NVSwitch driver "
        "failed with error:WARNING Nothing to do [NV_WARN_NOTHING_TO_DO]\n"
    ).events
    assert event.severity is Severity.INFO


def test_the_log_of_imex_is_of_the_same_kind() -> None:
    said = read(
        "IMEX Log initializing at: 4/22/2026 00:14:21.228\n"
        "[Apr 22 2026 00:14:21] [INFO] [tid 43] IMEX version 570.133.20 is running with the following configuration "
        "options\n\n[Apr 22 2026 00:14:21] [ERROR] [tid 43] Failed to connect to node 2\n"
    )
    assert (said.facts["program"], said.facts["version"]) == ("IMEX", "570.133.20")
    assert [event.text for event in said.events] == ["Failed to connect to node 2"]


def test_a_line_of_another_stream_is_not_made_part_of_a_message() -> None:
    said = read(
        "[Nov 21 2026 04:05:06] [ERROR] [tid 1] failed to open a device\nConnection to gpu1 closed.\n"
        "Warning: Permanently added 'gpu1' to the list of known hosts.\n"
    )
    assert said.events[0].text == "failed to open a device"
    assert len(said.unparsed) == 2


def test_an_error_of_the_fabric_manager_in_a_hosts_log_is_told_there_too() -> None:
    said = named("kernel-log").read(
        Paste(
            "Nov 21 04:05:07 gpu1 nv-fabricmanager[5183]: detected NVSwitch fatal error 20034 on NodeId 0 on NVSwitch "
            "pci bus id 00000000:08:00.0 physical id 3 port 60\n"
        )
    )
    assert [(event.code, event.subject, event.node) for event in said.events] == [(20034, "0000:08:00.0", "gpu1")]


def test_a_record_without_a_level_is_judged_by_its_words() -> None:
    (event,) = read(
        "[2026-07-15T04:18:55.513286+00:00] nvidia-nvswitch0: SXid (PCI:0000:59:00.0): 23001, Fatal, Link 12 Always\n"
        "[2026-07-15T04:18:56.513286+00:00] Connected to 1 node.\n"
    ).events
    assert (event.code, event.subject, event.link) == (23001, "0000:59:00.0", 12)
    assert event.at == "2026-07-15T04:18:55.513286+00:00"


def test_an_error_that_is_not_fatal_is_no_fatal_one_however_it_is_spelt() -> None:
    fields = "moduleId : 1\ngpuGuid : 0x0A1B2C3D4E5F6071\nportNum : 12\n"
    said = read(
        f"[Nov 21 2026 05:10:02] [ERROR] [tid 2] Fabric Manager detected GPU NVL Non Fatal error on :\n{fields}"
        f"[Nov 21 2026 05:10:03] [ERROR] [tid 2] Fabric Manager detected stale GPU NVL Fatal error on :\n{fields}"
    )
    assert [(event.severity, event.link) for event in said.events] == [(Severity.WARN, 12), (Severity.CRIT, 12)]
    errors: Any = said.facts["errors"]
    assert (errors[0]["fatal"], errors[0]["module_id"], errors[1]["stale"]) == (False, 1, True)


def test_fields_of_an_error_that_lost_its_head_do_not_change_the_one_before() -> None:
    said = read(
        "[Nov 21 2026 05:10:02] [ERROR] [tid 2] Fabric Manager detected GPU NVL Fatal error on :\nportNum : 12\n"
        "portNum : 13\n"
    )
    errors: Any = said.facts["errors"]
    assert errors[0]["port_num"] == 12
    assert said.unparsed == ["portNum : 13"]


def test_a_port_a_gpu_or_a_node_of_the_rack_that_is_gone_is_told_though_only_at_level_info() -> None:
    head = "[Nov 21 2026 05:10:02] [INFO] [tid 181] "
    said = read(
        f"{head}fabric manager received port down event on switch with GUID 0xb0aa0e0300d1aa40, "
        "port GUID 0xb0aa0e0300d1aa42, and port num 22\n"
        f"{head}GPU Health for chassisId 1, slotNumber 4, hostId 1, gpuId 3 is set to UNHEALTHY\n"
        f"{head}GPU Health for chassisId 1, slotNumber 4, hostId 1, gpuId 2 is HEALTHY\n"
        f"{head}Lost connection to GPU on nodeId 7, systemGuid 0xb0aa0e0300d1bb00, gpuGUID 0xA0BB8727AFC3C6F9, "
        "port LID 0x12, GPU state DEGRADED\n"
    )
    port, health, lost = said.events
    assert (port.subject, port.link, port.severity) == ("b0aa0e0300d1aa40/22", 22, Severity.WARN)
    assert (health.severity, lost.subject) == (Severity.CRIT, "0xA0BB8727AFC3C6F9")
    errors: Any = said.facts["errors"]
    assert (errors[1]["slot_number"], errors[1]["gpu_id"], errors[2]["gpu_state"]) == (4, 3, "DEGRADED")


def test_a_trunk_port_is_called_by_its_switch_and_number() -> None:
    (event,) = read(
        "[Nov 21 2026 05:10:02] [WARNING] [tid 180] Trunk port failure detected for switch GUID 0xb0aa0e0300d1aa40 and "
        "switch chassis sn 1820625190999, slot 14 port number 73 port GUID 0xb0aa0e0300d1aa41 cage 3.\n"
    ).events
    assert (event.subject, event.link) == ("b0aa0e0300d1aa40/73", 73)


def test_what_it_says_to_a_terminal_when_it_cannot_start_is_an_event() -> None:
    said = read(
        "nv-fabricmanager[192]: request to query NVSwitch device information from NVSwitch driver failed with "
        "error:WARNING Nothing to do [NV_WARN_NOTHING_TO_DO]\n"
        "detected number of NVSwitches don't match with any supported system topology, aborting fabric manager\n"
    )
    assert [event.severity for event in said.events] == [Severity.INFO, Severity.CRIT]
    assert said.unparsed == []


def test_teams_that_gpus_ask_for_are_counted_with_their_size_and_the_last_message_stands() -> None:
    facts = read(
        "[Nov 21 2026 05:10:02] [INFO] [tid 1] Received an inband message:  Message header details: magic Id:adbc\n"
        "Message payload details:Team setup request: Allocation Size:60000000 Flags:0 Number of GPUs:8 GPU Handles:2a\n"
        "\n"
        "[Nov 21 2026 05:10:02] [INFO] [tid 1] multicast group 1 is allocated.\n"
    ).facts
    assert (facts["team_setup_requests"], facts["gpus_in_a_team"]) == (1, [8])
    assert facts["last_message"] == "multicast group 1 is allocated."


def test_versions_that_do_not_match_are_both_named() -> None:
    said = read(
        "Nov 21 04:05:06 gpu1 nv-fabricmanager[4]: fabric manager NVIDIA GPU driver interface version 550.127.05 don't "
        "match with driver version 550.120. Please update with matching NVIDIA driver package.\n"
    )
    errors: Any = said.facts["errors"]
    assert (errors[0]["version"], errors[0]["driver_version"]) == ("550.127.05", "550.120")
    assert said.events[0].severity is Severity.CRIT


def test_its_version_alone_is_a_fact() -> None:
    assert read("Fabric Manager version is : 535.161.08\n").facts["version"] == "535.161.08"
