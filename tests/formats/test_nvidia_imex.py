"""`nvidia-imex-ctl`: the domain's nodes and who is connected to whom."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.nvidia.imex import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def test_a_node_has_its_state_address_and_version() -> None:
    row = sample("nvidia-imex.txt").rows[0]
    assert (row.id, row.state) == ("node0", "READY")
    assert row.extra["host"] == "10.7.0.11"
    assert (row.extra["hostname"], row.extra["version"]) == ("tray-a01", "580.95.05")


def test_the_table_tells_each_direction_by_the_words_of_its_legend() -> None:
    rows = sample("nvidia-imex.txt").rows
    assert rows[0].extra["connections"] == {
        "node0": "connected",
        "node1": "connected",
        "node2": "never connected",
        "node3": "version mismatch",
    }
    assert rows[2].extra["connections"] == dict.fromkeys(("node0", "node1", "node2", "node3"), "invalid")


def test_the_domain_is_counted() -> None:
    facts = sample("nvidia-imex.txt").facts
    assert (facts["domain_state"], facts["nodes"], facts["ready"]) == ("DEGRADED", 4, 3)
    assert facts["connections"] == {"connected": 5, "never connected": 3, "version mismatch": 4, "invalid": 4}
    assert facts["versions"] == ["575.57.08", "580.95.05"]


def test_a_star_marks_the_node_that_was_asked() -> None:
    assert [row.id for row in sample("nvidia-imex.txt").rows if row.extra.get("local")] == ["node1"]


def test_a_version_that_is_not_known_is_none() -> None:
    assert sample("nvidia-imex.txt").rows[2].extra["version"] is None


def test_json_tells_the_same() -> None:
    said = sample("nvidia-imex.json-form.txt")
    assert [(row.id, row.state, row.extra["hostname"]) for row in said.rows] == [
        ("node0", "READY", "tray-a01"),
        ("node1", "UNAVAILABLE", None),
    ]
    assert said.rows[0].extra["connections"] == {"node0": "connected", "node1": "never connected"}
    assert (said.facts["domain_state"], said.facts["timestamp"]) == ("DOWN", "11/3/2026 09:14:07.101")


def test_host_names_stand_beside_the_addresses() -> None:
    row = read("Node #4   - 10.7.0.15 (tray-a05)  - READY    - Version: 580.95.05\n").rows[0]
    assert (row.extra["host"], row.extra["hostname"]) == ("10.7.0.15", "tray-a05")
    row = read("Node #4   - 10.7.0.15 - tray-a05  - READY    - Version: 580.95.05\n").rows[0]
    assert (row.extra["host"], row.extra["hostname"]) == ("10.7.0.15", "tray-a05")


def test_versions_before_570_are_not_told() -> None:
    row = read("Node #0   - 10.136.206.48   - READY\n").rows[0]
    assert (row.state, "version" in row.extra) == ("READY", False)


def test_a_line_of_the_table_with_a_cell_missing_is_not_understood() -> None:
    said = read(" Nodes From\\To  0   1\n       0        C\n")
    assert (said.rows, said.unparsed) == ([], ["0        C"])


def test_one_daemon_says_only_its_state() -> None:
    assert read("WAITING_FOR_RECOVERY\n").facts == {"daemon_state": "WAITING_FOR_RECOVERY"}


def test_json_that_was_cut_is_said() -> None:
    assert "incomplete" in read('{"nodes": {"0": {"status": "READY", "host": "10.7.0.11"').facts


def test_daemons_that_a_cluster_shell_asked_are_a_row_each() -> None:
    said = read("gb1: READY\ngb2: WAITING_FOR_PEERS\n")
    assert [(row.id, row.state) for row in said.rows] == [("gb1", "READY"), ("gb2", "WAITING_FOR_PEERS")]
    assert (said.facts["nodes"], said.facts["ready"], said.unparsed) == (2, 1, [])


def test_a_daemon_that_cannot_be_reached_is_an_event() -> None:
    (event,) = read("Failed to connect to the nvidia-imex daemon: Connection refused\n").events
    assert event.severity is Severity.UNKNOWN
