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
