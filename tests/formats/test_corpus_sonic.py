"""What the captures of SONiC must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
COUNTERS = "sonic/show-interfaces-counters.txt"
STATUS = "sonic/show-interfaces-status.txt"
FEC = "sonic/show-interfaces-counters-fec-stats.txt"
PERIOD = "sonic/show-interfaces-counters-period.txt"


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


@facts(COUNTERS, "7 ports Ethernet0 to Ethernet24, all state U")
def _(said: Reading) -> None:
    assert [one.id for one in said.rows] == [f"Ethernet{at}" for at in range(0, 28, 4)]
    assert {(one.state, one.extra["printed_state"]) for one in said.rows} == {("up", "U")}


@facts(COUNTERS, "thousands separators: Ethernet0 RX_OK 471,729,839,997; RX_DRP 18,682")
def _(said: Reading) -> None:
    counters = row(said, "Ethernet0").counters
    assert (counters["rx_packets"], counters["rx_dropped"]) == (471_729_839_997, 18_682)


@facts(COUNTERS, "RX_ERR 0 on all ports")
def _(said: Reading) -> None:
    assert [one.counters["rx_errors"] for one in said.rows] == [0] * 7


@facts(STATUS, "3 ports: oper down; admin up, up, down")
def _(said: Reading) -> None:
    assert [(one.state, one.extra["admin"]) for one in said.rows] == [("down", "up"), ("down", "up"), ("down", "down")]


@facts(STATUS, "Ethernet0: lanes 49,50,51,52, 100G, MTU 9100")
def _(said: Reading) -> None:
    extra = row(said, "Ethernet0").extra
    assert (extra["lanes"], extra["speed"], extra["mtu"]) == ("49,50,51,52", "100G", 9100)


@facts(FEC, "3 ports, FEC_UNCORR 0 on all")
def _(said: Reading) -> None:
    assert [one.counters["fec_uncorrected"] for one in said.rows] == [0, 0, 0]


@facts(FEC, "Ethernet0 FEC_PRE_BER 1.48e-20, max 1.78e-16, FLR(P) 7.81e-10 (89%)")
def _(said: Reading) -> None:
    port = row(said, "Ethernet0")
    assert port.ber is not None
    assert (port.ber.raw, port.extra["fec_pre_ber_max"]) == (1.48e-20, 1.78e-16)
    assert (port.extra["flr_p"], port.extra["flr_p_accuracy_percent"]) == (7.81e-10, 89)


@facts(PERIOD, "Ethernet20 TX_BPS 8758.25 B/s (unit changes between rows)")
def _(said: Reading) -> None:
    assert row(said, "Ethernet20").extra["tx_bytes_per_s"] == 8758.25
    assert row(said, "Ethernet24").extra["tx_bytes_per_s"] == 11390


@facts(PERIOD, "7 ports, state U, RX_UTIL 0.00%")
def _(said: Reading) -> None:
    assert [(one.state, one.extra["rx_util_percent"]) for one in said.rows] == [("up", 0.0)] * 7


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
