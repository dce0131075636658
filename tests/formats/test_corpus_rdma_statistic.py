"""What the captures of rdma statistic must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
WRAPPED = "rdma-statistic/linux-rdma-2019-mlx5-wrapped.txt"
OPTIONAL = "rdma-statistic/linux-rdma-2021-optional-cc-proposal.txt"


@facts(WRAPPED, "2 links mlx5_2/1 and mlx5_3/1; each record is one logical line, wrapped here by the mail client")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["mlx5_2/1", "mlx5_3/1"]
    assert said.unparsed == []


@facts(WRAPPED, "every counter is 0; 23 name/value pairs in the first record")
def _(said: Reading) -> None:
    assert len(said.rows[0].counters) == 23
    assert {value for row in said.rows for value in row.counters.values()} == {0}


@facts(OPTIONAL, "one link rocep8s0f0/1")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["rocep8s0f0/1"]


@facts(
    OPTIONAL,
    "all values 0; the optional counters follow on an extra line: Optional-set: cc_rx_ce_pkts 0 cc_tx_cnp_pkts 0",
)
def _(said: Reading) -> None:
    (row,) = said.rows
    assert set(row.counters.values()) == {0}
    assert row.extra["optional_counters"] == ["cc_rx_ce_pkts", "cc_tx_cnp_pkts"]
    assert {"cc_rx_ce_pkts", "cc_tx_cnp_pkts"} <= set(row.counters)


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
