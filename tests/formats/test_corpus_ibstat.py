"""What the captures of ibstat must yield."""

from __future__ import annotations

from collections import Counter

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
DOWN_DISABLED = "ibstat/gpud-h100-some-down-disabled.txt"
MIXED = "ibstat/gpud-a100-9ca-mixed-linklayer.txt"
PANIC = "ibstat/gpud-a100-ibpanic-exit255.txt"
SOCKET_DIRECT = "ibstat/linux-rdma-2020-connectx6-socket-direct.txt"
VPI = "ibstat/linux-rdma-2020-mlx4-vpi-two-linklayers.txt"
ROCE = "ibstat/linux-rdma-2023-mlx4-roce-2ports.txt"
FDR10 = "ibstat/fdr10-rate-suffix-masked.txt"


def layers(said: Reading) -> Counter[object]:
    return Counter(row.extra["link_layer"] for row in said.rows)


def states(said: Reading) -> Counter[str]:
    return Counter(f"{row.state}/{row.phys_state}" for row in said.rows)


def rates(said: Reading) -> Counter[object]:
    return Counter(row.rate_gbps or row.extra["printed_rate"] for row in said.rows)


@facts(DOWN_DISABLED, "12 CAs, one port each")
def _(said: Reading) -> None:
    assert said.facts["devices"] == said.facts["ports"] == len(said.rows) == 12
    assert {row.id.split("/")[1] for row in said.rows} == {"1"}


@facts(DOWN_DISABLED, "9 ports Active/LinkUp, 3 ports Down/Disabled")
def _(said: Reading) -> None:
    assert states(said) == {"Active/LinkUp": 9, "Down/Disabled": 3}


@facts(DOWN_DISABLED, "rates: 8 ports 400, 1 port 100, 3 ports 40")
def _(said: Reading) -> None:
    assert rates(said) == {400: 8, 100: 1, 40: 3}
    assert all(row.rate_gbps is None for row in said.rows if row.state == "Down")


@facts(DOWN_DISABLED, "link layer: 8 InfiniBand, 4 Ethernet")
def _(said: Reading) -> None:
    assert layers(said) == {"InfiniBand": 8, "Ethernet": 4}


@facts(MIXED, "9 CAs, all ports Active/LinkUp at rate 200")
def _(said: Reading) -> None:
    assert said.facts["devices"] == 9
    assert states(said) == {"Active/LinkUp": 9}
    assert {row.rate_gbps for row in said.rows} == {200}


@facts(MIXED, "8 InfiniBand ports and 1 Ethernet port")
def _(said: Reading) -> None:
    assert layers(said) == {"InfiniBand": 8, "Ethernet": 1}


@facts(PANIC, "8 CAs with Active/LinkUp ports at rate 200 are printed before the failure")
def _(said: Reading) -> None:
    assert states(said) == {"Active/LinkUp": 8}
    assert {row.rate_gbps for row in said.rows} == {200}


@facts(
    PANIC,
    "last line: ibpanic for device 'mlx5_8' (No such file or directory): the listing is incomplete, "
    "not an error-free 8-port host",
)
def _(said: Reading) -> None:
    assert said.facts["devices"] == len(said.rows) == 8
    assert said.facts["incomplete"] == "stat of IB device 'mlx5_8' failed: No such file or directory"


@facts(SOCKET_DIRECT, "4 CAs with predictable names ibp2s0f0, ibp3s0f0, ibp2s0f1, ibp3s0f1")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["ibp2s0f0/1", "ibp3s0f0/1", "ibp2s0f1/1", "ibp3s0f1/1"]


@facts(SOCKET_DIRECT, "ibp3s0f0: State Down although Physical state LinkUp, rate 100, base lid 65535 (unassigned)")
def _(said: Reading) -> None:
    row = said.rows[1]
    assert (row.state, row.phys_state, row.rate_gbps) == ("Down", "LinkUp", None)
    assert (row.extra["printed_rate"], row.extra["lid"], row.marks) == (100, 65535, ["lid unassigned"])


@facts(SOCKET_DIRECT, "ibp2s0f0: Active/LinkUp, base lid 2, SM lid 1")
def _(said: Reading) -> None:
    row = said.rows[0]
    assert (row.state, row.phys_state, row.extra["lid"], row.extra["sm_lid"]) == ("Active", "LinkUp", 2, 1)


@facts(SOCKET_DIRECT, "two ports Down/Disabled at rate 10")
def _(said: Reading) -> None:
    assert [row.extra["printed_rate"] for row in said.rows if row.phys_state == "Disabled"] == [10, 10]
    assert states(said)["Down/Disabled"] == 2


@facts(VPI, "one CA mlx4_0 (MT4099) with 2 ports")
def _(said: Reading) -> None:
    assert said.facts["devices"] == 1
    assert [(row.id, row.extra["hca_type"]) for row in said.rows] == [("mlx4_0/1", "MT4099"), ("mlx4_0/2", "MT4099")]


@facts(VPI, "both ports Down; port 1 InfiniBand at rate 10, port 2 Ethernet at rate 40")
def _(said: Reading) -> None:
    assert [(row.state, row.extra["link_layer"], row.extra["printed_rate"]) for row in said.rows] == [
        ("Down", "InfiniBand", 10),
        ("Down", "Ethernet", 40),
    ]


@facts(ROCE, "one CA mlx4_0 with 2 ports, both Active/LinkUp, Ethernet, rate 10")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["mlx4_0/1", "mlx4_0/2"]
    assert states(said) == {"Active/LinkUp": 2}
    assert layers(said) == {"Ethernet": 2}
    assert rates(said) == {10: 2}


@facts(ROCE, "base lid 0 and SM lid 0 on both (RoCE)")
def _(said: Reading) -> None:
    assert [(row.extra["lid"], row.extra["sm_lid"], row.marks) for row in said.rows] == [(0, 0, []), (0, 0, [])]


@facts(FDR10, "port 1: rate '10 (FDR10)' -- a number followed by a name")
def _(said: Reading) -> None:
    row = said.rows[0]
    assert (row.rate_gbps, row.extra["generation"], row.extra["printed_rate"]) == (10, "FDR10", "10 (FDR10)")


@facts(FDR10, "port 1 Active/LinkUp, port 2 Down/Polling")
def _(said: Reading) -> None:
    assert list(states(said)) == ["Active/LinkUp", "Down/Polling"]


@facts(FDR10, "GUIDs and capability mask are empty (masked by the author)")
def _(said: Reading) -> None:
    for row in said.rows:
        for key in ("node_guid", "system_image_guid", "port_guid", "capability_mask"):
            assert row.extra[key] is None


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
