"""What the captures of ibnetdiscover must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
P = "ibnetdiscover/treydock-p-ports.txt"
NDR = "ibnetdiscover/topograph-ndr-mqm9701-dgx.txt"
MIXED = "ibnetdiscover/ufm-small-mixed-generations.txt"
QDR = "ibnetdiscover/stage-sx6036-qdr-2014.txt"
PUTTY = "ibnetdiscover/ufm-director-putty-log-tabs-lost.txt"


def port(said: Reading, name: str) -> Row:
    (row,) = (row for row in said.rows if row.id == name)
    return row


def node(said: Reading, guid: str) -> dict[str, object]:
    nodes = said.facts["nodes"]
    assert isinstance(nodes, list)
    (one,) = (one for one in nodes if isinstance(one, dict) and one["guid"] == guid)
    return dict(one)


@facts(P, "9 port lines: 3 CA and 6 SW")
def _(said: Reading) -> None:
    assert [row.extra["node_type"] for row in said.rows].count("ca") == 3
    assert [row.extra["node_type"] for row in said.rows].count("switch") == 6
    assert (len(said.rows), said.facts["hca_ports"], said.facts["switch_ports"]) == (9, 3, 6)


@facts(P, "two ports have no peer: lid 2052 port 37 (4x ???, no speed) and lid 1781 port 80 (4x SDR)")
def _(said: Reading) -> None:
    alone = [row for row in said.rows if row.peer is None]
    assert [(row.extra["lid"], row.id.split("/")[1]) for row in alone] == [(2052, "37"), (1781, "80")]
    assert [row.extra["printed_rate"] for row in alone] == ["4x ???", "4x SDR"]
    assert [row.rate_gbps for row in alone] == [None, None]


@facts(P, "lid 134 port 1 (o0001 HCA-1) is linked to lid 1719 port 10 (ib-i1l1s01) at 4x EDR")
def _(said: Reading) -> None:
    row = port(said, "7cfe9003003b4bde/1")
    assert (row.extra["lid"], row.extra["node"]) == (134, "o0001 HCA-1")
    assert (row.peer, row.extra["peer_lid"], row.extra["peer_node"]) == ("7cfe9003009ce5b0/10", 1719, "ib-i1l1s01")
    assert (row.width, row.extra["generation"], row.rate_gbps) == ("4X", "EDR", 100.0)


@facts(NDR, "40 switches and 582 channel adapters")
def _(said: Reading) -> None:
    assert (said.facts["switches"], said.facts["hcas"], said.unparsed) == (40, 582, [])


@facts(NDR, "switch S-2c5eab0300b87b40 is 'MF0;A09-P1-IBLEAF-04-04:MQM9701/U1', 65 ports, lid 73")
def _(said: Reading) -> None:
    one = node(said, "2c5eab0300b87b40")
    assert (one["node"], one["ports"], one["lid"]) == ("MF0;A09-P1-IBLEAF-04-04:MQM9701/U1", 65, 73)
    assert one["node_type"] == "switch"


@facts(NDR, "its port 1 links H-e09d7303007a4bd8 port 1 (a08-p1-dgx-04-c01 mlx5_5), lid 647, 4xNDR")
def _(said: Reading) -> None:
    row = port(said, "2c5eab0300b87b40/1")
    assert (row.peer, row.extra["peer_node"]) == ("e09d7303007a4bd8/1", "a08-p1-dgx-04-c01 mlx5_5")
    assert (row.extra["peer_lid"], row.width, row.extra["generation"]) == (647, "4X", "NDR")
    assert row.rate_gbps == 400.0


@facts(NDR, "generated Wed Aug  6 16:11:23 2025")
def _(said: Reading) -> None:
    assert said.facts["generated"] == "2025-08-06T16:11:23"


@facts(MIXED, "switch MQM8700 lid 13 reaches SX6036 (lid 19) over port 3 at 4xFDR")
def _(said: Reading) -> None:
    row = port(said, "b8599f0300fc6de4/3")
    assert (row.extra["node"], row.extra["lid"]) == ("MF0;r-ufm-sw95:MQM8700/U1", 13)
    assert (row.extra["peer_node"], row.extra["peer_lid"]) == ("MF0;r-ufm-sw226:SX6036/U1", 19)
    assert (row.width, row.extra["generation"], row.rate_gbps) == ("4X", "FDR", 56.0)


@facts(MIXED, "port 41 of the MQM8700 is the Mellanox Technologies Aggregation Node (SHARP), lid 14")
def _(said: Reading) -> None:
    row = port(said, "b8599f0300fc6de4/41")
    assert (row.extra["peer_node"], row.extra["peer_lid"]) == ("Mellanox Technologies Aggregation Node", 14)


@facts(MIXED, "15 node records (vendid lines)")
def _(said: Reading) -> None:
    nodes = said.facts["nodes"]
    assert isinstance(nodes, list)
    assert len(nodes) == 15
    assert all(isinstance(one, dict) and one["vendid"] == "0x2c9" for one in nodes)


@facts(QDR, "8 switches and 144 channel adapters")
def _(said: Reading) -> None:
    assert (said.facts["switches"], said.facts["hcas"], said.unparsed) == (8, 144, [])


@facts(QDR, "generated Sun Oct  5 21:59:42 2014")
def _(said: Reading) -> None:
    assert said.facts["generated"] == "2014-10-05T21:59:42"


@facts(QDR, "S-f4521403001165a0 'MF0;ib5:SX6036/U1' has 36 ports, lid 128")
def _(said: Reading) -> None:
    one = node(said, "f4521403001165a0")
    assert (one["node"], one["ports"], one["lid"]) == ("MF0;ib5:SX6036/U1", 36, 128)


@facts(PUTTY, "first line is a PuTTY banner, to be skipped")
def _(said: Reading) -> None:
    assert said.unparsed == []


@facts(PUTTY, "tabs are gone: 'Switch41 \"S-0c42a10300a9b026\"# ...' still means a 41-port switch, lid 3894")
def _(said: Reading) -> None:
    one = node(said, "0c42a10300a9b026")
    assert (one["node_type"], one["ports"], one["lid"]) == ("switch", 41, 3894)


@facts(PUTTY, "its port 1 links H-1c34da03005503dc (SAT111092710053 ibp11s0f0) with lid 65535 (unset), 4xHDR")
def _(said: Reading) -> None:
    row = port(said, "0c42a10300a9b026/1")
    assert (row.extra["peer_node_guid"], row.extra["peer_node"]) == ("1c34da03005503dc", "SAT111092710053 ibp11s0f0")
    assert (row.extra["peer_lid"], row.marks, row.rate_gbps) == (65535, ["peer lid unset"], 200.0)
    assert (row.width, row.extra["generation"]) == ("4X", "HDR")


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
