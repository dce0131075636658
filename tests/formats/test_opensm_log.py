"""The subnet manager's log: whose line it is, what it is about, what goes on over several lines."""

from __future__ import annotations

import pytest

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading

STAMP = "Nov 23 03:21:28 922890 [4E8006C0] "


def read(text: str) -> Reading:
    return named("opensm-log").read(Paste(text))


def only(text: str) -> Entry:
    (event,) = read(text).events
    return event


def test_a_stamp_without_a_year_is_kept_as_it_stands() -> None:
    event = only(STAMP + "0x02 -> SUBNET UP")
    assert (event.at, event.stamp, event.kind) == (None, "Nov 23 03:21:28 922890", "sm")


def test_a_year_makes_a_moment_of_it() -> None:
    assert only("2026 " + STAMP + "0x02 -> SUBNET UP").at == "2026-11-23T03:21:28.922890"


@pytest.mark.parametrize("level", ["0x01", "0x02"])
def test_a_trap_has_its_number_its_name_and_who_sent_it(level: str) -> None:
    event = only(
        STAMP + level + " -> log_trap_info: Received Generic Notice type:1 num:128 (Link state change) "
        "Producer:2 (Switch) from LID:12 TID:0x00"
    )
    assert (event.kind, event.code, event.meaning, event.subject) == ("trap", 128, "Link state change", "lid12")
    assert event.severity is Severity.WARN


def test_a_trap_of_an_old_version_has_no_name_and_a_lid_in_hexadecimal() -> None:
    event = only(
        STAMP + "0x01 -> osm_trap_rcv_process_request: Received Generic Notice type:0x04 num:144 "
        "Producer:1 (Channel Adapter) from LID:0x0010 TID:0x01"
    )
    assert (event.code, event.meaning, event.subject, event.severity) == (144, None, "lid16", Severity.INFO)


def test_an_error_has_its_number_and_its_message() -> None:
    event = only(STAMP + "0x01 -> sm_mad_ctrl_send_err_cb: ERR 3113: MAD completed in error (IB_TIMEOUT)")
    assert (event.code, event.meaning, event.severity) == (
        3113,
        "MAD completed in error (IB_TIMEOUT)",
        Severity.CRIT,
    )


def test_a_number_with_letters_is_told_as_printed() -> None:
    event = only(STAMP + "0x01 -> vl15_send_mad: ERR 3E03: MAD send failed (IB_UNKNOWN_ERROR)")
    assert (event.code, event.meaning) == (None, "ERR 3E03: MAD send failed (IB_UNKNOWN_ERROR)")


def test_a_text_that_goes_on_is_one() -> None:
    event = only(STAMP + "0x01 -> log_send_error: ERR 5411: dropping\n\t\t\tMethod 0x1, Attr 0x20, TID 0x11f51\n")
    assert event.text == "log_send_error: ERR 5411: dropping Method 0x1, Attr 0x20, TID 0x11f51"
    assert (event.code, event.meaning) == (5411, "dropping")


def test_a_line_of_another_stream_goes_on_with_nothing() -> None:
    said = read(STAMP + "0x02 -> SUBNET UP\nConnection to head-01 closed.\n  really\n")
    assert [event.text for event in said.events] == ["SUBNET UP"]
    assert said.unparsed == ["Connection to head-01 closed.", "  really"]


def test_what_stands_in_a_box_is_the_line_aboves() -> None:
    said = read(STAMP + "0x02 -> do_sweep:\n\n******\n*** HEAVY SWEEP START ***\n******\n\n")
    assert [(event.text, event.kind) for event in said.events] == [("do_sweep: HEAVY SWEEP START", "sm")]
    assert said.facts["heavy_sweeps"] == 1


def test_a_ports_change_tells_which_port_of_whom() -> None:
    event = only(
        STAMP + "0x02 -> osm_pi_rcv_process: Switch 0xc00000000aa0010 leaf a01 port 3 changed state from ACTIVE to DOWN"
    )
    assert (event.kind, event.subject, event.node) == ("state", "0c00000000aa0010/3", "leaf a01")
    assert event.severity is Severity.WARN


def test_a_port_that_went_is_told_by_guid_and_name() -> None:
    event = only(
        STAMP + "0x01 -> drop_mgr_remove_port: Removed port with GUID:0x0c00000000bb0102 LID range [204, 204] "
        "of node: gpu-b01 mlx5_0"
    )
    assert (event.kind, event.subject, event.node) == ("state", "0c00000000bb0102", "gpu-b01 mlx5_0")


def test_the_last_state_that_the_manager_entered_is_a_fact() -> None:
    said = read(STAMP + "0x80 -> Entering MASTER state\n" + STAMP + "0x80 -> Entering STANDBY state\n")
    assert said.facts["sm_state"] == "STANDBY"


def test_a_state_in_a_box_is_entered_too() -> None:
    box = "\n\n******\n*** ENTERING SM STANDBY STATE ***\n******\n"
    said = read(STAMP + "0x80 -> Entering MASTER state\n" + STAMP + "0x04 -> osm_report_sm_state: " + box)
    assert said.facts["sm_state"] == "STANDBY"


def test_a_manager_that_stopped_is_no_master() -> None:
    assert (
        read(STAMP + "0x80 -> Entering MASTER state\n" + STAMP + "0x80 -> Exiting SM\n").facts["sm_state"] == "EXITED"
    )


def test_the_systems_log_names_the_host() -> None:
    event = only("2026-11-23T03:21:55+01:00 head-01 OpenSM[4711]: Entering STANDBY state")
    assert (event.at, event.node, event.kind) == ("2026-11-23T03:21:55+01:00", "head-01", "sm")


def test_what_it_was_started_with_stands_once() -> None:
    said = read("OpenSM 3.3.20\nCommand Line Arguments:\n Priority = 14\n Log File: -\n----------------------\n")
    assert said.facts == {"version": "3.3.20", "arguments": ["Priority = 14", "Log File: -"]}


def test_a_subnet_with_errors_is_no_remark() -> None:
    (event,) = read("Dec 27 10:11:17 000001 [7F1A2B3C] 0x80 -> Errors on subnet. Duplicate GUID found\n").events
    assert (event.kind, event.severity) == ("sm", Severity.CRIT)


def test_nvlinks_subnet_manager_writes_the_same_log_with_a_ports_use_beside_its_number() -> None:
    (event,) = read(
        "Nov 21 04:05:06 123456 [7F2A5700] 0x02 -> osm_spst_rcv_process: Switch 0xb0aa0e0300c0de40 "
        "MF0;rack-a-nvs01:N5110_LD/U1 port 73(fnm1) changed state from ACTIVE to DOWN\n"
    ).events
    assert (event.kind, event.subject, event.severity) == ("state", "b0aa0e0300c0de40/73", Severity.WARN)
    assert event.node == "MF0;rack-a-nvs01:N5110_LD/U1"


def test_a_line_of_the_log_in_a_journal_keeps_its_level() -> None:
    said = read("Nov 21 04:05:06 gpu1 nvlsm[29]: Nov 21 04:05:06 123456 [FFFF9C80] 0x80 -> Entering MASTER state\n")
    assert (said.facts["sm_state"], said.events[0].node, said.events[0].text) == (
        "MASTER",
        "gpu1",
        "Entering MASTER state",
    )


def test_version_and_options_that_it_prints_when_it_starts_are_facts() -> None:
    facts = read(
        "nvlsm: OpenSM 2025.06.5_ab3b4ba\n"
        "nvlsm:  Reading Cached Option File: /usr/share/nvidia/nvlsm/nvlsm.conf\n"
        "nvlsm:  Loading Cached Option:log_file = /var/log/nvlsm.log\n"
    ).facts
    assert (facts["version"], facts["options_file"]) == ("2025.06.5_ab3b4ba", "/usr/share/nvidia/nvlsm/nvlsm.conf")
    assert facts["options"] == {"log_file": "/var/log/nvlsm.log"}
