"""What the captures of ibv_devinfo must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
IWARP = "ibv_devinfo/linux-rdma-2021-i40iw-mlx5.txt"
ROCE = "ibv_devinfo/linux-rdma-2024-connectx5-roce.txt"


@facts(IWARP, "3 devices: i40iw0, i40iw1 (transport iWARP (1)), mlx5_0 (transport InfiniBand (0))")
def _(said: Reading) -> None:
    assert said.facts["devices"] == 3
    assert [(row.id, row.extra["transport"]) for row in said.rows] == [
        ("i40iw0/1", "iWARP"),
        ("i40iw1/1", "iWARP"),
        ("mlx5_0/1", "InfiniBand"),
    ]


@facts(IWARP, "mlx5_0: fw 16.29.2002, link_layer InfiniBand; the others Ethernet")
def _(said: Reading) -> None:
    assert [row.extra["link_layer"] for row in said.rows] == ["Ethernet", "Ethernet", "InfiniBand"]
    assert said.rows[2].extra["firmware"] == "16.29.2002"


@facts(ROCE, "2 devices mlx5_0, mlx5_1, fw 16.31.1014")
def _(said: Reading) -> None:
    assert [(row.id, row.extra["firmware"]) for row in said.rows] == [
        ("mlx5_0/1", "16.31.1014"),
        ("mlx5_1/1", "16.31.1014"),
    ]


@facts(ROCE, "both ports PORT_ACTIVE (4), max_mtu 4096 (5), link_layer Ethernet")
def _(said: Reading) -> None:
    assert {(row.state, row.extra["max_mtu"], row.extra["link_layer"]) for row in said.rows} == {
        ("Active", 4096, "Ethernet")
    }


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
