"""`ibstatus`: what it knows, and what it calls unknown."""

from __future__ import annotations

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

HEAD = "Infiniband device 'mlx5_0' port {port} status:\n"
BODY = "\tbase lid:\t {lid}\n\tsm lid:\t\t 0x1\n\tstate:\t\t {state}\n\tphys state:\t 5: LinkUp\n\trate:\t\t {rate}\n"


def read(text: str) -> Reading:
    return named("ibstatus").read(Paste(text))


def port(number: int, state: str = "4: ACTIVE", rate: str = "400 Gb/sec (4X NDR)", lid: str = "0x12") -> str:
    return HEAD.format(port=number) + BODY.format(state=state, rate=rate, lid=lid) + "\tlink_layer:\t IB\n\n"


def test_ports_of_one_device_are_rows_of_one_device() -> None:
    said = read(port(1) + port(2))
    assert [row.id for row in said.rows] == ["mlx5_0/1", "mlx5_0/2"]
    assert (said.facts["devices"], said.facts["ports"]) == (1, 2)


def test_the_rate_of_a_port_that_is_down_is_from_before() -> None:
    (row,) = read(port(1, state="1: DOWN")).rows
    assert (row.state, row.rate_gbps, row.width) == ("Down", None, None)
    assert row.extra["printed_rate"] == "400 Gb/sec (4X NDR)"


def test_a_port_without_a_subnet_manager_has_no_lid() -> None:
    assert read(port(1, state="2: INIT", lid="0x0")).rows[0].marks == ["lid unassigned"]
    assert read(port(1, state="2: INIT")).rows[0].state == "Initialize"


def test_what_could_not_be_read_is_unknown_and_no_zero() -> None:
    (row,) = read(port(1, state="unknown", rate="unknown", lid="unknown")).rows
    assert (row.state, row.rate_gbps, row.extra["lid"]) == (None, None, None)


def test_a_rate_of_two_lanes_or_of_no_generation() -> None:
    assert read(port(1, rate="200 Gb/sec (2X NDR)")).rows[0].width == "2X"
    (row,) = read(port(1, rate="2.5 Gb/sec (1X)")).rows
    assert (row.rate_gbps, row.width) == (2.5, "1X")


def test_a_device_that_is_not_there_makes_it_incomplete() -> None:
    said = read(port(1) + "Fatal error:  device 'x': sys files not found (/sys/class/infiniband/x/ports)\n")
    assert said.facts["incomplete"] == "device 'x': sys files not found (/sys/class/infiniband/x/ports)"


def test_a_listing_cut_in_a_port_says_so() -> None:
    said = read(port(1) + port(2)[:-30])
    assert said.facts["incomplete"] == "the listing ends in the midst of mlx5_0/2"


def test_what_follows_a_lost_heading_is_nobodys() -> None:
    text = port(1) + port(2, state="1: DOWN").replace(HEAD.format(port=2), "")
    assert [(row.id, row.state) for row in read(text).rows] == [("mlx5_0/1", "Active"), ("?", "Down")]


def test_a_device_that_is_not_there_is_all_it_says() -> None:
    text = "# ibstatus mlx9\nFatal error:  device 'mlx9': sys files not found (/sys/class/infiniband/mlx9/ports)\n"
    said = read(text)
    assert (said.rows, said.unparsed) == ([], [])
    assert said.facts == {"incomplete": "device 'mlx9': sys files not found (/sys/class/infiniband/mlx9/ports)"}
    assert recognise(Paste(text))[0].name == "ibstatus"


def test_a_rate_beside_a_physical_state_that_is_down_is_stale() -> None:
    (row,) = read(
        "Infiniband device 'mlx5_0' port 1 status:\n\tphys state:\t 3: Disabled\n\trate:\t 40 Gb/sec (4X QDR)\n"
    ).rows
    assert (row.rate_gbps, row.width, row.extra["printed_rate"]) == (None, None, "40 Gb/sec (4X QDR)")
