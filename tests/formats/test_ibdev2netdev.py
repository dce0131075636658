"""`ibdev2netdev`: whose interface is whose port's."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return named("ibdev2netdev").read(Paste(text))


def test_a_port_has_its_interface_and_that_ones_state() -> None:
    said = read("mlx4_0 port 1 ==> ib0 (Up)\n  mlx4_0 port 2 ==> eth2 (Down)\n")
    assert [(row.id, row.state, row.extra) for row in said.rows] == [
        ("mlx4_0/1", "up", {"netdev": "ib0"}),
        ("mlx4_0/2", "down", {"netdev": "eth2"}),
    ]
    assert said.facts["devices"] == 1


def test_a_port_without_an_interface_has_none() -> None:
    (row,) = read("mlx5_3 port 1 ==>\n").rows
    assert (row.id, row.state, row.extra) == ("mlx5_3/1", None, {})


def test_the_verbose_form_tells_the_adapter_too() -> None:
    first, second = read((SAMPLES / "ibdev2netdev.verbose.txt").read_text()).rows
    assert first.extra == {
        "netdev": "ib0",
        "pci": "0000:18:00.0",
        "hca_type": "MT4129",
        "part_number": "MCX75310AAS-NEAT",
        "description": "ConnectX-7 HHHL Adapter card, 400GbE / NDR IB",
        "firmware": "28.43.1014",
        "port_state": "Active",
    }
    assert (second.state, second.extra["port_state"], second.extra["firmware"]) == ("down", "Down", "22.41.1000")


def test_it_is_told_from_the_tools_beside_it() -> None:
    assert recognise(Paste("mlx5_0 port 1 ==> ib0 (Up)\n"))[0].name == "ibdev2netdev"
    assert read("Warning: x ==> y\n").unparsed == ["Warning: x ==> y"]


def test_columns_that_were_aligned_and_remarked_upon() -> None:
    said = read(
        "mlx5_0   port  1  ==>  ibp26s0       (Down)  # rail 1\nmlx5_10  port  1  ==>  enp27s0f0np0  (Up)\n"
        "mlx5_2 port 1 ==> <not found>\n"
    )
    assert [(row.id, row.state, row.extra) for row in said.rows] == [
        ("mlx5_0/1", "down", {"netdev": "ibp26s0", "note": "rail 1"}),
        ("mlx5_10/1", "up", {"netdev": "enp27s0f0np0"}),
        ("mlx5_2/1", None, {}),
    ]
    assert said.unparsed == []
