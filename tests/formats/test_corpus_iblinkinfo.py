"""What the captures of iblinkinfo must yield."""

from __future__ import annotations

from collections import Counter

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
QDR = "iblinkinfo/infiniscale-qdr-36p.txt"
IBSIM = "iblinkinfo/line-switches-only-down-port-ibsim.txt"
FDR = "iblinkinfo/line-fdr-mlx4.txt"


@facts(QDR, "1 switch (0x0002c9020046c588) with 36 ports: 4 Active/LinkUp, 32 Down/Polling; 4 CA blocks")
def _(said: Reading) -> None:
    switch = [row for row in said.rows if row.id.startswith("0002c9020046c588/")]
    assert Counter((row.state, row.phys_state) for row in switch) == {("Active", "LinkUp"): 4, ("Down", "Polling"): 32}
    assert (said.facts["switches"], said.facts["hcas"]) == (1, 4)
    assert sum(row.extra["node_type"] == "ca" for row in said.rows) == 4


@facts(QDR, "port 1 links lid 3 port 1 (centos-data-202 HCA-1) at 4X 10.0 Gbps a lane")
def _(said: Reading) -> None:
    (row,) = [row for row in said.rows if row.id == "0002c9020046c588/1"]
    assert (row.extra["peer_lid"], row.extra["peer_port"]) == (3, 1)
    assert (row.peer, row.extra["peer_node"]) == ("0002c903000cc89b/1", "centos-data-202 HCA-1")
    assert (row.width, row.extra["lane_gbps"], row.rate_gbps) == ("4X", 10.0, 40.0)


@facts(QDR, "CA lines print 'Active/ LinkUp' (one space), switch lines 'Active/  LinkUp' (two)")
def _(said: Reading) -> None:
    (row,) = [row for row in said.rows if row.id == "0002c903000cc89b/1"]
    assert (row.extra["node_type"], row.state, row.phys_state) == ("ca", "Active", "LinkUp")
    assert said.unparsed == []


@facts(QDR, 'Down ports have an empty remote: [  ] "" ( )')
def _(said: Reading) -> None:
    down = [row for row in said.rows if row.state == "Down"]
    assert len(down) == 32
    assert {row.peer for row in down} == {None}
    assert not any(name.startswith("peer") for row in down for name in row.extra)


@facts(IBSIM, "port 33 Active/LinkUp to hxa-spine01 lid 2 port 4; port 34 Down/Polling with an empty remote")
def _(said: Reading) -> None:
    up, down = said.rows
    assert (up.id, up.state, up.phys_state) == ("0000000000200005/33", "Active", "LinkUp")
    assert (up.peer, up.extra["peer_node"], up.extra["peer_lid"]) == ("0000000000200000/4", "hxa-spine01", 2)
    assert (down.id, down.state, down.phys_state, down.peer) == ("0000000000200005/34", "Down", "Polling", None)
    assert down.rate_gbps is None


@facts(IBSIM, "switch name is right-aligned inside the quotes (leading blanks)")
def _(said: Reading) -> None:
    assert {row.extra["node"] for row in said.rows} == {"hxa-su2-leaf-r2"}


@facts(FDR, "lid 37 port 1 (ib-test-7 mlx4_0) at 4X 14.0625 Gbps, Active/LinkUp")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.id, row.extra["lid"], row.extra["node"]) == ("f452140300f55051/1", 37, "ib-test-7 mlx4_0")
    assert (row.width, row.extra["lane_gbps"], row.rate_gbps) == ("4X", 14.0625, 56.0)
    assert (row.state, row.phys_state) == ("Active", "LinkUp")


@facts(FDR, "remote 0xf45214030067c630 lid 5 port 16, name MF0;switch-e1be74:SX6036/U1")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.peer, row.extra["peer_lid"]) == ("f45214030067c630/16", 5)
    assert row.extra["peer_node"] == "MF0;switch-e1be74:SX6036/U1"


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
