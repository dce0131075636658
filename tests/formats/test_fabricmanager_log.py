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
