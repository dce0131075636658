"""What the captures of ibqueryerrors must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
SX6036 = "ibqueryerrors/linux-rdma-2021-sx6036-connectx3.txt"
RETYPED = "ibqueryerrors/qdr-switch-retyped-quiz.txt"


def named(said: Reading, id_: str) -> Row:
    (row,) = [row for row in said.rows if row.id == id_]
    return row


def ports(said: Reading) -> list[Row]:
    return [row for row in said.rows if "sum" not in row.marks]


@facts(
    SX6036,
    "4 nodes have errors; the summary line agrees: 4 nodes checked, 4 bad nodes found; 43 ports checked, 14 beyond"
    " threshold",
)
def _(said: Reading) -> None:
    assert len({row.extra["node"] for row in said.rows}) == 4
    assert (said.facts["nodes_checked"], said.facts["bad_nodes"]) == (4, 4)
    assert (said.facts["ports_checked"], said.facts["bad_ports"]) == (43, 14)
    assert len(ports(said)) == 14
    assert "incomplete" not in said.facts


@facts(
    SX6036,
    "switch GUID 0x2c903006e29b0 port 5: SymbolErrorCounter 65535 (saturated), LinkErrorRecoveryCounter 8,"
    " LinkDownedCounter 2, PortXmitDiscards 649",
)
def _(said: Reading) -> None:
    row = named(said, "0002c903006e29b0/5")
    assert row.counters["symbol_error"] == 65535
    assert "saturated symbol_error" in row.marks
    assert (row.counters["link_error_recovery"], row.counters["link_downed"]) == (8, 2)
    assert row.counters["port_xmit_discards"] == 649


@facts(
    SX6036,
    "the switch also has an aggregate row 'port ALL' (LinkDownedCounter 48) that must not be counted as a port",
)
def _(said: Reading) -> None:
    row = named(said, "0002c903006e29b0/ALL")
    assert (row.counters["link_downed"], row.marks[0]) == (48, "sum")


@facts(
    SX6036,
    "node description with ';' and ':' : MF0;ys23ib4:SX6036/U1 (GUID form: Errors for 0x2c903006e29b0 \"...\"), HCAs"
    " print the description alone",
)
def _(said: Reading) -> None:
    assert named(said, "0002c903006e29b0/0").extra["node"] == "MF0;ys23ib4:SX6036/U1"
    assert named(said, "7cfe900300179b32/2").extra["node"] == "dl380g7 mlx4_0"


@facts(SX6036, "PortXmitWait is 4294967295 (32-bit saturation) in 8 rows, on the HCA dl380g7 port 1 among them")
def _(said: Reading) -> None:
    full = [row.id for row in said.rows if row.counters.get("port_xmit_wait") == 4294967295]
    assert full == [row.id for row in said.rows if "saturated port_xmit_wait" in row.marks]
    assert len(full) == 8
    assert "7cfe900300179b31/1" in full


@facts(RETYPED, "HCA c015 HCA-1 port 1: PortRcvErrors 52")
def _(said: Reading) -> None:
    row = named(said, "0800380001389e62/1")
    assert (row.extra["node"], row.counters) == ("c015 HCA-1", {"port_rcv_errors": 52})


@facts(
    RETYPED,
    "switch 'BC36-Port QDR IB Switch' ports 17, 29, 31: PortRcvSwitchRelayErrors 29 / none / 2, PortXmitDiscards none"
    " / 1 / 1",
)
def _(said: Reading) -> None:
    rows = [row for row in ports(said) if row.extra["node"] == "BC36-Port QDR IB Switch"]
    assert [row.id for row in rows] == [f"080038000235b96d/{port}" for port in (17, 29, 31)]
    assert [row.counters.get("port_rcv_switch_relay_errors") for row in rows] == [29, None, 2]
    assert [row.counters.get("port_xmit_discards") for row in rows] == [None, 1, 1]


@facts(RETYPED, "the 'port ALL' row has a damaged GUID (0x80038000235b9)")
def _(said: Reading) -> None:
    (row,) = [row for row in said.rows if "sum" in row.marks]
    assert "damaged guid" in row.marks
    assert (row.id, row.extra["printed_guid"]) == ("080038000235b96d/ALL", "0x80038000235b9")


@facts(RETYPED, "summary: 5 nodes checked, 2 bad; 42 ports checked, 6 beyond threshold")
def _(said: Reading) -> None:
    assert (said.facts["nodes_checked"], said.facts["bad_nodes"]) == (5, 2)
    assert (said.facts["ports_checked"], said.facts["bad_ports"]) == (42, 6)


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
