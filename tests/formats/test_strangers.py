"""Whatever another tool printed below, no row of a reader changes by it."""

from __future__ import annotations

import pytest
from captures import samples

from fabconsole.formats.format import Format, named
from fabconsole.formats.paste import Paste

_READERS = (
    *("ibstat", "ibstatus", "ibv_devinfo", "ibswinfo", "nvidia-smi-nvlink", "nvidia-smi-q", "ethtool", "ethtool-s"),
    *("ip-link", "lldp", "lspci", "mlxlink", "sysfs", "smpquery", "ibportstate"),
    *("cnos", "eos", "mlnx-os", "nvue", "nxos", "sonic"),
)
"""Those that take values under names unknown to them."""
_STRANGERS = {
    "nvidia-smi-nvlink": (
        "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0c0c0c0c-1111-2222-3333-444455556666)\n"
        "\t Link 0: 25 GB/s\n\t Link 1: 26.562 GB/s\n\t Link 2: <inactive>\n"
    ),
    "dmesg": (
        "[ 4211.310000] NVRM: Xid (PCI:0000:53:00): 79, pid=4711, GPU has fallen off the bus.\n"
        "[Mon Nov  2 05:33:40 2026] mlx5_core 0000:5e:00.0: Port module event: module 0, Cable unplugged\n"
    ),
    "ibstat": (
        "CA 'mlx5_7'\n\tCA type: MT4129\n\tNumber of ports: 1\n\tFirmware version: 28.39.1002\n\tHardware version: 0\n"
        "\tNode GUID: 0x0c42a103000b0c0d\n\tSystem image GUID: 0x0c42a103000b0c0d\n\tPort 1:\n\t\tState: Active\n"
        "\t\tPhysical state: LinkUp\n\t\tRate: 400\n\t\tBase lid: 77\n\t\tLMC: 0\n\t\tSM lid: 1\n"
        "\t\tCapability mask: 0xa751e848\n\t\tPort GUID: 0x0c42a103000b0c0e\n\t\tLink layer: InfiniBand\n"
    ),
}


@pytest.mark.parametrize("between", ["", "\n"], ids=["at once", "after a blank line"])
@pytest.mark.parametrize("stranger", _STRANGERS)
@pytest.mark.parametrize("one", [named(name) for name in _READERS], ids=_READERS)
def test_what_another_tool_printed_below_is_nobodys(one: Format, stranger: str, between: str) -> None:
    if one.name == stranger:
        return
    for file in samples(one.name):
        text = file.read_text("utf-8").rstrip("\n") + "\n"
        said, alone = one.read(Paste(text + between + _STRANGERS[stranger])), one.read(Paste(text))
        assert (said.rows, said.facts) == (alone.rows, alone.facts), file.name
        assert len(said.unparsed) + len(said.events) > len(alone.unparsed) + len(alone.events)


def test_below_an_unknown_tool_ibstat_takes_nothing_that_it_does_not_know_until_its_next_heading() -> None:
    port = "\tPort {}:\n\t\tState: Active\n\t\tCable length: {}\n"
    text = f"CA 'mlx5_0'\n{port.format(1, 3)}GPU 0: Some\n\t\tLink 0: 25 GB/s\nCA 'mlx5_1'\n{port.format(1, 5)}"
    said = named("ibstat").read(Paste(text))
    assert [row.extra for row in said.rows] == [
        {"node_type": "ca", "cable_length": 3},
        {"node_type": "ca", "cable_length": 5},
    ]
    assert said.unparsed == ["GPU 0: Some", "\t\tLink 0: 25 GB/s"]
