"""What the captures of perfquery must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
TWO_PORTS = "perfquery/treydock-switch-2ports-x.txt"
ERRORS = "perfquery/treydock-switch-errors-x.txt"
DETAILS = "perfquery/treydock-rcv-error-details.txt"
OF_2010 = "perfquery/extended-2010-no-errors-section.txt"


@facts(TWO_PORTS, "two records: lid 1719 port 1 and lid 1719 port 2")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["lid1719/1", "lid1719/2"]


@facts(TWO_PORTS, "port 1: PortXmitData 36298026860928, PortRcvData 12279028775751")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["port_xmit_data"], counters["port_rcv_data"]) == (36298026860928, 12279028775751)


@facts(TWO_PORTS, "port 2: PortXmitWait 36510964; port 1: 22730501")
def _(said: Reading) -> None:
    assert [row.counters["port_xmit_wait"] for row in said.rows] == [22730501, 36510964]


@facts(TWO_PORTS, "all symbol, link-downed and receive error counters are 0")
def _(said: Reading) -> None:
    for row in said.rows:
        named = [name for name in row.counters if name.startswith("port_rcv_") and name.endswith("errors")]
        assert len(named) == 4
        assert {row.counters[name] for name in ("symbol_error", "link_downed", *named)} == {0}


@facts(ERRORS, "one record: lid 2052 port 1")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["lid2052/1"]


@facts(ERRORS, "LinkDownedCounter 1, PortXmitDiscards 20046, PortRcvSwitchRelayErrors 7")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["link_downed"], counters["port_xmit_discards"]) == (1, 20046)
    assert counters["port_rcv_switch_relay_errors"] == 7


@facts(ERRORS, "PortXmitWait 41864608; SymbolErrorCounter 0")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["port_xmit_wait"], counters["symbol_error"]) == (41864608, 0)


@facts(DETAILS, "a different record type: PortRcvErrorDetails counters, lid 1719 port 1")
def _(said: Reading) -> None:
    assert [(row.id, row.extra["kind"]) for row in said.rows] == [("lid1719/1", "PortRcvErrorDetails")]


@facts(DETAILS, "six detail counters, all 0 (PortLocalPhysicalErrors ... PortLoopingErrors)")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert list(counters.values()) == [0] * 6
    assert said.rows[0].marks == []
    assert list(counters)[::5] == ["PortLocalPhysicalErrors", "PortLoopingErrors"]


@facts(OF_2010, "header says 'Port counters' although the record holds 64-bit counters: lid 214 port 35")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.id, row.extra["kind"], row.extra["extended"]) == ("lid214/35", "Port", True)


@facts(OF_2010, "PortXmitData 196508288843, PortRcvData 550793773496")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["port_xmit_data"], counters["port_rcv_data"]) == (196508288843, 550793773496)


@facts(OF_2010, "no error counters in this form; CounterSelect 0x1b01")
def _(said: Reading) -> None:
    (row,) = said.rows
    packets = {f"{kind}_{way}_packets" for kind in ("port", "unicast", "multicast") for way in ("xmit", "rcv")}
    assert set(row.counters) - {"port_xmit_data", "port_rcv_data"} == packets
    assert row.extra["counter_select"] == "0x1b01"


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
