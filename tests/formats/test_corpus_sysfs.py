"""What the captured trees of sysfs must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
NODE_EXPORTER = "sysfs/node_exporter-i40iw0-mlx4_0/"
H100 = "sysfs/gpud-h100-connectx7/"
FDR = "sysfs/hwloc-mlx4_0-fdr/"


def row(said: Reading, id: str) -> Row:
    (found,) = [row for row in said.rows if row.id == id]
    return found


@facts(NODE_EXPORTER, "two devices: i40iw0 (1 port) and mlx4_0 (2 ports)")
def _(said: Reading) -> None:
    assert said.facts["devices"] == 2
    assert [row.id for row in said.rows] == ["i40iw0/1", "mlx4_0/1", "mlx4_0/2"]


@facts(NODE_EXPORTER, "every counter of i40iw0 port 1 reads 'N/A (no PMA)' and must become 'unavailable', never 0")
def _(said: Reading) -> None:
    port = row(said, "i40iw0/1")
    assert len(port.counters) == 17
    assert set(port.counters.values()) == {None}
    assert port.marks == [f"unsupported {name}" for name in port.counters]


@facts(
    NODE_EXPORTER,
    "mlx4_0 port 1: port_xmit_wait = 4294967295 (32-bit counter stuck at its maximum), port_xmit_discards = 5",
)
def _(said: Reading) -> None:
    port = row(said, "mlx4_0/1")
    assert (port.counters["port_xmit_wait"], port.counters["port_xmit_discards"]) == (4294967295, 5)
    assert port.marks == ["saturated port_xmit_wait"]


@facts(NODE_EXPORTER, "mlx4_0 rate 40 Gb/sec (4X QDR), state 4: ACTIVE, phys_state 5: LinkUp on both ports")
def _(said: Reading) -> None:
    for port in (row(said, "mlx4_0/1"), row(said, "mlx4_0/2")):
        assert (port.rate_gbps, port.width, port.extra["generation"]) == (40, "4X", "QDR")
        assert (port.state, port.phys_state) == ("Active", "LinkUp")


@facts(
    NODE_EXPORTER,
    "mlx4_0 has legacy counters_ext/ next to counters/ (port_rcv_data_64 = 4631917 on port 1); "
    "port 2 lacks symbol_error and port_rcv_errors files",
)
def _(said: Reading) -> None:
    assert row(said, "mlx4_0/1").counters["port_rcv_data_64"] == 4631917
    assert not {"symbol_error", "port_rcv_errors"} & set(row(said, "mlx4_0/2").counters)


@facts(H100, "9 devices: mlx5_0, mlx5_1, mlx5_4 to mlx5_9, mlx5_bond_0 (numbers are not contiguous)")
def _(said: Reading) -> None:
    names = ["mlx5_0", "mlx5_1", *(f"mlx5_{number}" for number in range(4, 10)), "mlx5_bond_0"]
    assert [row.id for row in said.rows] == [f"{name}/1" for name in names]
    assert said.facts["devices"] == 9


@facts(
    H100,
    "mlx5_bond_0: link_layer Ethernet, rate 200 Gb/sec (2X NDR), fw 32.38.3056, hca_type MT41692 (BlueField-3)",
)
def _(said: Reading) -> None:
    port = row(said, "mlx5_bond_0/1")
    assert (port.rate_gbps, port.width, port.extra["generation"]) == (200, "2X", "NDR")
    assert (port.extra["link_layer"], port.extra["firmware"], port.extra["hca_type"]) == (
        "Ethernet",
        "32.38.3056",
        "MT41692",
    )


@facts(H100, "mlx5_0: link_layer InfiniBand, rate 400 Gb/sec (4X NDR), fw 28.41.1000, hca_type MT4129")
def _(said: Reading) -> None:
    port = row(said, "mlx5_0/1")
    assert (port.rate_gbps, port.width, port.extra["generation"]) == (400, "4X", "NDR")
    assert (port.extra["link_layer"], port.extra["firmware"], port.extra["hca_type"]) == (
        "InfiniBand",
        "28.41.1000",
        "MT4129",
    )


@facts(H100, "mlx5_1 port 1: link_downed = 255 (8-bit counter saturated); mlx5_0 port 1: link_downed = 0")
def _(said: Reading) -> None:
    port = row(said, "mlx5_1/1")
    assert port.counters["link_downed"] == 255
    assert "saturated link_downed" in port.marks
    assert row(said, "mlx5_0/1").counters["link_downed"] == 0


@facts(H100, "mlx5_0 port 1: port_xmit_data 230442669431839, port_xmit_wait 2489603687")
def _(said: Reading) -> None:
    counters = row(said, "mlx5_0/1").counters
    assert (counters["port_xmit_data"], counters["port_xmit_wait"]) == (230442669431839, 2489603687)


@facts(FDR, "one device mlx4_0 (MT4099, board DEL0A30000019, fw 2.11.500), one port")
def _(said: Reading) -> None:
    (port,) = said.rows
    assert (port.id, port.extra["hca_type"]) == ("mlx4_0/1", "MT4099")
    assert (port.extra["board"], port.extra["firmware"]) == ("DEL0A30000019", "2.11.500")


@facts(FDR, "port 1: 4: ACTIVE, 5: LinkUp, 56 Gb/sec (4X FDR), lid 0x3a4, sm_lid 0x1")
def _(said: Reading) -> None:
    (port,) = said.rows
    assert (port.state, port.phys_state, port.rate_gbps, port.width) == ("Active", "LinkUp", 56, "4X")
    assert (port.extra["generation"], port.extra["lid"], port.extra["sm_lid"]) == ("FDR", 0x3A4, 1)


@facts(FDR, "port_xmit_wait 21833, port_xmit_data 8039908, symbol_error 0")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["port_xmit_wait"], counters["port_xmit_data"], counters["symbol_error"]) == (21833, 8039908, 0)


@facts(FDR, "diag_counters/clear_diag is an empty file and must not be read as a counter")
def _(said: Reading) -> None:
    (port,) = said.rows
    assert port.extra["empty_files"] == ["diag_counters/clear_diag"]
    assert isinstance(counters := port.extra["diag_counters"], dict)
    assert "clear_diag" not in {*port.counters, *counters}
    assert counters["sq_num_rnr"] == 148


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
