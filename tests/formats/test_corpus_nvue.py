"""What the captures of NVUE switches must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()


def row(said: Reading, name: str) -> Row:
    return next(row for row in said.rows if row.id == name)


@facts("nvue-cumulus/link-swp-json.json", "oper-status up, admin-status up, speed 100G, mtu 9000")
def _(said: Reading) -> None:
    (port,) = said.rows
    assert (port.state, port.rate_gbps) == ("up", 100.0)
    assert (port.extra["oper_status"], port.extra["admin_status"], port.extra["mtu"]) == ("up", "up", 9000)


@facts(
    "nvue-cumulus/link-swp-json.json",
    "stats: in-drops 35994, out-drops 59144287, in-errors 0, carrier-down-count 5",
)
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["rx_dropped"], counters["tx_dropped"]) == (35994, 59144287)
    assert (counters["rx_errors"], counters["carrier_down_count"]) == (0, 5)


@facts(
    "nvue-cumulus/link-swp-json.json",
    "state and flag are objects with empty objects as values; oper-status-last-change 2025/11/10 17:07:52.187",
)
def _(said: Reading) -> None:
    extra = said.rows[0].extra
    assert extra["link_state"] == "up"
    assert extra["flag"] == ["broadcast", "lower-up", "master", "multicast", "up"]
    assert extra["oper_status_last_change"] == "2025/11/10 17:07:52.187"


@facts("nvue-cumulus/link-stats.json", "in-pkts 23730476, in-drops 35992, out-drops 59141989")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["rx_packets"], counters["rx_dropped"], counters["tx_dropped"]) == (23730476, 35992, 59141989)


@facts("nvue-cumulus/link-stats.json", "carrier-down-count 5, carrier-up-count 6")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["carrier_down_count"], counters["carrier_up_count"]) == (5, 6)


@facts("nvue-cumulus/bond-members.json", "2 members: swp3 (oper up, bond3), swp4 (oper down, bond4)")
def _(said: Reading) -> None:
    assert [(port.id, port.state, port.extra["parent"]) for port in said.rows] == [
        ("swp3", "up", "bond3"),
        ("swp4", "down", "bond4"),
    ]


@facts("nvue-cumulus/bond-members.json", "a down port has no speed key")
def _(said: Reading) -> None:
    assert row(said, "swp4").rate_gbps is None
    assert "speed" not in row(said, "swp4").extra


@facts(
    "nvue-cumulus/view-counters-cl56.txt",
    "31 interfaces; br_default RX_DRP 10, vlan10 RX_DRP 20, BLUE TX_DRP 4",
)
def _(said: Reading) -> None:
    assert len(said.rows) == 31
    assert row(said, "br_default").counters["rx_dropped"] == 10
    assert row(said, "vlan10").counters["rx_dropped"] == 20
    assert row(said, "BLUE").counters["tx_dropped"] == 4


@facts("nvue-cumulus/view-counters-cl56.txt", "no RX_ERR or TX_ERR")
def _(said: Reading) -> None:
    assert [row.counters[name] for row in said.rows for name in ("rx_errors", "tx_errors")] == [0] * 62


@facts("nvue-cumulus/view-counters-cl56.txt", "swp1: RX_OK 721, TX_OK 1091, flags BMsRU")
def _(said: Reading) -> None:
    port = row(said, "swp1")
    assert (port.counters["rx_packets"], port.counters["tx_packets"], port.extra["flg"]) == (721, 1091, "BMsRU")


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
