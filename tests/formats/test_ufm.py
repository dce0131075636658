"""What is easily got wrong in UFM's words."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.site.ufm import FORMAT


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def test_a_port_and_its_peer_are_spelt_as_in_band() -> None:
    port = sample("ufm.ports.txt").rows[0]
    assert (port.id, port.peer) == ("0c42a10300b31234/17", "0c42a10300b35678/4")
    assert (port.state, port.phys_state, port.rate_gbps, port.width) == ("Active", "LinkUp", 400.0, "4X")


def test_a_port_that_is_down_keeps_its_speed_as_printed_only() -> None:
    port = sample("ufm.ports.txt").rows[1]
    assert (port.state, port.phys_state, port.rate_gbps, port.width) == ("Down", "Polling", None, None)
    assert port.extra["printed_rate"] == "4x NDR"


def test_no_error_seen_is_no_ratio() -> None:
    port = sample("ufm.ports.txt").rows[0]
    assert port.ber is not None
    assert (port.ber.effective, port.ber.symbol) == (None, 3e-15)
    assert "none seen effective" in port.marks


def test_a_counter_that_is_not_available_is_no_zero() -> None:
    port = sample("ufm.ports.txt").rows[0]
    assert port.counters == {"symbol_error": 3, "link_downed": None}
    assert "unsupported link_downed" in port.marks


def test_a_link_has_two_ends() -> None:
    link = sample("ufm.ports.txt").rows[2]
    assert (link.id, link.peer) == ("0c42a10300b31234/17", "0c42a10300b35678/4")


def test_a_system_is_known_by_its_guid() -> None:
    system = sample("ufm.ports.txt").rows[3]
    assert (system.id, system.extra["node"]) == ("0c42a10300b31234", "leaf-a01")


def test_an_event_of_the_interface_and_one_of_the_log_are_one_shape() -> None:
    asked = sample("ufm.ports.txt").events[0]
    logged = sample("ufm.txt").events[0]
    assert (asked.at, asked.code, asked.severity, asked.node) == (
        "2026-07-11T04:11:56",
        329,
        Severity.WARN,
        "leaf-a01",
    )
    assert (logged.at, logged.code, logged.severity, logged.node) == (
        "2026-07-11T04:11:56.442",
        329,
        Severity.WARN,
        "leaf-a01",
    )


def test_the_port_of_a_link_that_went_down_is_found_in_the_message() -> None:
    assert sample("ufm.txt").events[0].subject == "0c42a10300b31234/17"


def test_a_line_that_came_by_syslog_keeps_its_stamp() -> None:
    event = sample("ufm.txt").events[4]
    assert (event.at, event.stamp) == (None, "Jul 11 04:12:11 ufm-01 ufm[911]:")
    assert (event.severity, event.subject, event.node) == (Severity.CRIT, "0c42a10300b39999", "leaf-a07")


def test_a_link_that_goes_elsewhere_tells_both() -> None:
    link = sample("ufm.report.txt").rows[0]
    assert (link.id, link.peer, link.marks) == ("leaf-a01/17", "spine-02/4", ["miss_wired"])
    assert link.extra["actual"] == "leaf-a01/17 - spine-02/5"


def test_a_line_of_another_stream_is_no_event() -> None:
    said = read("Connection to ufm-01 closed.\n" + (SAMPLES / "ufm.txt").read_text("utf-8"))
    assert said.unparsed == ["Connection to ufm-01 closed."]
    assert len(said.events) == 5


def test_an_alarm_tells_its_reason_and_how_often() -> None:
    old, new = sample("ufm.alarms.txt").events
    assert old.text == "Module status FAULT: Module PS 2 on leaf-a07 status is fatal"
    assert (old.code, old.node, old.severity, old.subject) == (394, "leaf-a07", Severity.CRIT, "0c42a10300b35678")
    assert new.subject == "0c42a10300a00001/1"
    assert new.meaning == "Link HW Error [id 8, event_count 3, counter Infiniband_LinkDowned, duration 0 s]"


def test_an_unhealthy_port_is_named_by_its_guid_and_number() -> None:
    (port,) = sample("ufm.unhealthy.txt").rows
    assert (port.id, port.peer) == ("0c42a10300a00001/1", "0c42a10300b35678/6")
    assert (port.state, port.extra["severity"], port.extra["condition"]) == (None, "Warning", "FLAPPING")


def test_one_unhealthy_port_by_itself_is_a_row() -> None:
    said = read('{"UnhealthyGUID": "0c42a10300a00001", "UnhealthyPortNumber": 1, "Condition": ["MANUAL"]}')
    assert [row.id for row in said.rows] == ["0c42a10300a00001/1"]
    assert said.rows[0].extra["condition"] == ["MANUAL"]


def test_a_virtual_port_goes_by_its_own_guid() -> None:
    text = (
        '[{"virtual_port_state": "Active", "port_name": "0c42a10300a00001_1", "virtual_port_guid": "0c42a10300aa0017"}]'
    )
    (port,) = read(text).rows
    assert (port.id, port.state, port.extra["port"]) == ("0c42a10300aa0017", "Active", "0c42a10300a00001/1")


def test_a_port_without_a_logical_state_is_a_port_all_the_same() -> None:
    text = '[{"active_speed": "QDR", "active_width": "4x", "guid": "0c42a10300a00001", "name": "0c42a10300a00001_2"}]'
    (port,) = read(text).rows
    assert (port.id, port.state, port.rate_gbps) == ("0c42a10300a00001/2", None, 40.0)


def test_a_systems_temperature_is_a_number_or_null() -> None:
    text = '[{"guid": "0c42a10300b35678", "temperature": "56", "modules": [{"type": "PS", "temperature": "N/A"}]}]'
    (system,) = read(text).rows
    assert system.extra["temperature_c"] == 56
    assert system.extra["modules"] == [{"type": "PS", "temperature_c": None}]


def test_a_far_port_may_stand_behind_its_switchs_name() -> None:
    text = '{"UnhealthyGUID": "0c42a10300a00001", "PeerGUID": "0c42a10300b35678", "PeerPort": "leaf-a07 / 35"}'
    assert read(text).rows[0].peer == "0c42a10300b35678/35"
