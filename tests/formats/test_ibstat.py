"""`ibstat` in its forms, old and new, whole and cut."""

from __future__ import annotations

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

TWO_PORTS = """CA 'mlx4_0'
\tCA type: MT26428
\tNumber of ports: 2
\tFirmware version: 2.9.1000
\tHardware version: b0
\tNode GUID: 0x0002c9030010a0b0
\tSystem image GUID: 0x0002c9030010a0b3
\tPort 1:
\t\tState: Initializing
\t\tPhysical state: LinkUp
\t\tRate: 40
\t\tBase lid: 0
\t\tLMC: 0
\t\tSM lid: 0
\t\tCapability mask: 0x02510868
\t\tPort GUID: 0x0002c9030010a0b1
\tPort 2:
\t\tState: Armed
\t\tPhysical state: PortConfigurationTraining
\t\tRate: 2.5
\t\tBase lid: 4
\t\tLMC: 2
\t\tSM lid: 1
\t\tCapability mask: 0x02510868
\t\tPort GUID: 0x0002c9030010a0b2
"""


def read(text: str) -> Reading:
    return named("ibstat").read(Paste(text))


def test_a_listing_of_old_has_no_link_layer() -> None:
    first, second = read(TWO_PORTS).rows
    assert (first.id, first.state, first.rate_gbps) == ("mlx4_0/1", "Initialize", 40)
    assert (second.state, second.phys_state, second.rate_gbps) == ("Armed", "PortConfigurationTraining", 2.5)
    assert second.extra["lmc"] == 2
    assert second.extra["hardware_version"] == "b0"
    assert second.extra["port_guid"] == "0002c9030010a0b2"


def test_indentation_that_a_mail_took_off_changes_nothing() -> None:
    flat = "\n".join(line.strip() for line in TWO_PORTS.split("\n"))
    assert read(flat) == read(TWO_PORTS)


def test_a_single_port_is_printed_without_indentation() -> None:
    said = read("CA: 'mlx5_2'\nPort 1:\nState: Down\nPhysical state: Polling\nRate: 10\nLink layer: InfiniBand\n")
    assert [(row.id, row.state, row.rate_gbps) for row in said.rows] == [("mlx5_2/1", "Down", None)]
    assert said.rows[0].extra["printed_rate"] == 10


def test_short_listings_have_a_row_an_adapter() -> None:
    said = read("CA 'mlx5_0'\n\tCA type: MT4129\n\tNumber of ports: 1\n\tFirmware version: 28.39.1002\n")
    assert [(row.id, row.extra["firmware"]) for row in said.rows] == [("mlx5_0", "28.39.1002")]
    assert "incomplete" not in said.facts


def test_names_and_port_guids_alone() -> None:
    assert [row.id for row in read("mlx5_0\nmlx5_bond_0\n").rows] == ["mlx5_0", "mlx5_bond_0"]
    assert [row.extra["port_guid"] for row in read("0x0c42a103000000A1\n0x0c42a103000000a2\n").rows] == [
        "0c42a103000000a1",
        "0c42a103000000a2",
    ]
    assert recognise(Paste("mlx5_0\nmlx5_1\n"))[0].name == "ibstat"


def test_lines_that_grep_left_name_their_adapter_where_it_stands() -> None:
    said = read("CA 'mlx5_0'\n\tNumber of ports: 1\n\t\tState: Active\nCA 'mlx5_1'\n\t\tState: Down\n")
    assert [(row.id, row.state) for row in said.rows] == [("mlx5_0/1", "Active"), ("mlx5_1", "Down")]
    said = read("\t\tRate: 400\n\t\tRate: 200\n")
    assert [(row.id, row.rate_gbps) for row in said.rows] == [("?", 400), ("?", 200)]


def test_what_follows_a_lost_heading_is_not_put_to_the_port_before() -> None:
    said = read(TWO_PORTS.replace("\tPort 2:\n", "\tP#rt 2\n"))
    assert [(row.id, row.extra["lid"]) for row in said.rows] == [("mlx4_0/1", 0), ("mlx4_0", 4)]
    assert said.unparsed == ["\tP#rt 2"]
    said = read(TWO_PORTS + TWO_PORTS.replace("CA 'mlx4_0'\n", ""))
    assert [row.id for row in said.rows] == ["mlx4_0/1", "mlx4_0/2", "?/1", "?/2"]


def test_a_listing_that_ends_early_says_so() -> None:
    assert read(TWO_PORTS[: TWO_PORTS.index("\tPort 2:")]).facts["incomplete"] == "mlx4_0 announces 2 ports, 1 listed"
    end = TWO_PORTS.rindex("\t\tBase lid")
    assert read(TWO_PORTS[:end]).facts["incomplete"] == "the listing ends in the midst of mlx4_0/2"
    assert "incomplete" not in read(TWO_PORTS).facts


def test_an_adapter_that_cannot_be_asked_makes_it_incomplete() -> None:
    for word in ("ibpanic", "ibwarn"):
        said = read(f"{TWO_PORTS}{word}: [77] main: stat of IB device 'mlx5_1' failed: Invalid argument\n")
        assert said.facts["incomplete"] == "stat of IB device 'mlx5_1' failed: Invalid argument"
        assert len(said.rows) == 2
    said = read("ibpanic: [9] main: can't list IB device names: (No such file or directory)\n")
    assert said.facts["incomplete"] == "can't list IB device names: (No such file or directory)"


def test_traces_of_debugging_are_no_failure_and_other_streams_are_not_understood() -> None:
    said = read(f"ibwarn: [1] umad_init: umad_init\nibwarn: [1] main: umad_get_ca: opened mlx4_0\n{TWO_PORTS}")
    assert "incomplete" not in said.facts
    assert read(f"Warning: Permanently added 'x'\n{TWO_PORTS}").unparsed == ["Warning: Permanently added 'x'"]


def test_a_key_that_is_new_is_kept() -> None:
    said = read(TWO_PORTS.replace("\t\tLMC: 2\n", "\t\tLMC: 2\n\t\tPlane count: 4\n"))
    assert said.rows[1].extra["plane_count"] == 4


def test_a_rate_that_is_not_understood_is_no_rate() -> None:
    row = read(TWO_PORTS.replace("Rate: 40", "Rate: 4O")).rows[0]
    assert (row.rate_gbps, row.extra["rate"]) == (None, "4O")


def test_names_and_guids_among_listings_are_told_once() -> None:
    said = read(
        "# ibstat -s mlx5_0\nCA 'mlx5_0'\n\tNumber of ports: 1\n+ ibstat -l\nmlx5_0\nmlx5_1\n0x0c00000000aa0001\n"
    )
    assert [row.id for row in said.rows] == ["mlx5_0", "mlx5_1", "0c00000000aa0001"]
    assert said.unparsed == []


def test_what_debugging_says_is_no_warning() -> None:
    said = read("ibwarn: [168988] umad_get_ca: opened mlx4_0\nCA 'mlx4_0'\n")
    assert [event.severity for event in said.events] == [Severity.INFO]


def test_a_rate_beside_a_physical_state_that_is_down_is_stale() -> None:
    (row,) = read("CA 'mlx5_0'\n\tPort 1:\n\t\tPhysical state: Polling\n\t\tRate: 40\n").rows
    assert (row.rate_gbps, row.extra["printed_rate"]) == (None, 40)
