"""What the captures of rdma link must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
ROCE = "rdma-link/linux-rdma-2022-roce-netdev.txt"
INFINIBAND = "rdma-link/linux-rdma-2023-ib-subnet-prefix.txt"


@facts(ROCE, "3 links, device names without mlx5_: roceo12409/1, rocep202s0f0/1, rocep202s0f1/1")
def _(said: Reading) -> None:
    assert said.facts["links"] == 3
    assert [row.id for row in said.rows] == ["roceo12409/1", "rocep202s0f0/1", "rocep202s0f1/1"]


@facts(ROCE, "only rocep202s0f1/1 is ACTIVE, physical LINK_UP, netdev ens7f1")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows if row.state == "Active"] == ["rocep202s0f1/1"]
    last = said.rows[2]
    assert (last.phys_state, last.extra["netdev"]) == ("LinkUp", "ens7f1")
    assert {(row.state, row.phys_state) for row in said.rows[:2]} == {("Down", "Disabled")}


@facts(INFINIBAND, "InfiniBand form: subnet_prefix fe80:0000:0000:0000, lid 66, sm_lid 3, lmc 0")
def _(said: Reading) -> None:
    extra = said.rows[0].extra
    assert extra["subnet_prefix"] == "fe80:0000:0000:0000"
    assert (extra["lid"], extra["sm_lid"], extra["lmc"]) == (66, 3, 0)


@facts(
    INFINIBAND,
    "state ACTIVE, physical_state LINK_UP, netdev ibp196s0f0 (the mail wraps the record onto a second line)",
)
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.state, row.phys_state, row.extra["netdev"]) == ("Active", "LinkUp", "ibp196s0f0")
    assert said.unparsed == []


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
