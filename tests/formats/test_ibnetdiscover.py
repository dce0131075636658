"""ibnetdiscover and the node lists: whose port a line is, what a line of old says, what was torn."""

from __future__ import annotations

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

LEAF = """vendid=0x2c9
devid=0xd2f2
sysimgguid=0xc00000000aa0010
switchguid=0xc00000000aa0010(c00000000aa0010)
Switch\t65 "S-0c00000000aa0010"\t\t# "leaf-a01" enhanced port 0 lid 12 lmc 0
"""
ONE = '[1]\t"H-0c00000000bb0001"[1](c00000000bb0002) \t\t# "gpu-a01 mlx5_0" lid 101 4xNDR\n'
TWO = '[2]\t"S-0c00000000aa0020"[5]\t\t# "spine-01" lid 3 4xHDR\n'
CA = """vendid=0x2c9
devid=0x1021
sysimgguid=0xc00000000bb0001
caguid=0xc00000000bb0001
Ca\t1 "H-0c00000000bb0001"\t\t# "gpu-a01 mlx5_0"
[1](c00000000bb0002) \t"S-0c00000000aa0010"[1]\t\t# lid 101 lmc 0 "leaf-a01" lid 12 4xNDR
"""


def read(text: str, name: str = "ibnetdiscover") -> Reading:
    return named(name).read(Paste(text))


def only(text: str) -> Row:
    (row,) = read(text).rows
    return row


def test_both_ends_of_a_link_name_each_other_by_port_guid() -> None:
    said = {row.id: row.peer for row in read(LEAF + ONE + "\n" + CA).rows}
    assert said == {"0c00000000aa0010/1": "0c00000000bb0002/1", "0c00000000bb0002/1": "0c00000000aa0010/1"}


def test_a_rate_is_the_whole_links() -> None:
    rates = [row.rate_gbps for row in read(LEAF + ONE + TWO).rows]
    assert rates == [400.0, 200.0]


def test_a_generation_that_the_tool_does_not_know_leaves_the_rate_unknown() -> None:
    row = only(LEAF + ONE.replace("4xNDR", "4x???"))
    assert (row.rate_gbps, row.width, row.extra["generation"]) == (None, "4X", None)


def test_a_quotation_mark_and_a_lid_in_a_name_are_the_names() -> None:
    row = only(LEAF + ONE.replace("gpu-a01 mlx5_0", 'odd " lid 9 4xSDR "name'))
    assert (row.extra["peer_node"], row.extra["peer_lid"]) == ('odd " lid 9 4xSDR "name', 101)


def test_a_line_below_another_kind_of_node_is_nobodys() -> None:
    row = read(CA + ONE).rows[1]
    assert (row.id, row.marks, row.peer) == ("?/1", ["unknown node"], "0c00000000bb0002/1")


def test_an_adapters_line_says_itself_whose_it_is() -> None:
    assert only(CA.splitlines()[-1]).id == "0c00000000bb0002/1"


def test_a_port_that_comes_again_is_anothers_whose_heading_was_lost() -> None:
    assert [row.id for row in read(LEAF + ONE + TWO + TWO).rows] == ["0c00000000aa0010/1", "0c00000000aa0010/2", "?/2"]


def test_a_port_beyond_the_nodes_number_of_ports_is_not_its() -> None:
    assert only(LEAF + TWO.replace("[2]", "[66]")).id == "?/66"


def test_a_new_node_begins_where_its_ids_do() -> None:
    assert only(LEAF + "vendid=0x2c9\n" + TWO).id == "?/2"


def test_before_2007_there_were_neither_port_guids_nor_rates() -> None:
    said = read(
        "# Max of 2 hops discovered\nswitchguid=0xb8cffff002347\n"
        'Switch\t24 "S-000b8cffff002347"\t\t# "MT47396" base port 0 lid 1 lmc 0\n'
        '[24]\t"H-0002c90200267924"[1]\t\t# "node24 HCA-1" lid 18\n'
        '[23]\t"H-0002c9020026771c"[1]\t\t# "node23 HCA-1" lid 17\n'
    )
    assert [(row.id, row.peer) for row in said.rows] == [
        ("000b8cffff002347/24", "0002c90200267924/1"),
        ("000b8cffff002347/23", "0002c9020026771c/1"),
    ]
    assert (said.facts["max_hops"], said.unparsed) == (2, [])


def test_a_line_whose_end_is_missing_keeps_no_lid() -> None:
    said = read(LEAF + ONE + TWO.removesuffix(" 4xHDR\n"))
    assert (said.rows[1].peer, said.rows[1].extra["peer_lid"]) == ("0c00000000aa0020/5", None)
    assert said.unparsed == [TWO.removesuffix(" 4xHDR\n")]


def test_a_topology_that_lacks_the_nodes_it_leads_to_says_so() -> None:
    assert read(LEAF + ONE + TWO).facts["incomplete"] == "2 nodes that links lead to are not listed themselves"
    assert "incomplete" not in read(LEAF + ONE + "\n" + CA).facts


def test_full_information_stands_beside_the_port() -> None:
    extra = only(LEAF + ONE.replace("NDR\n", "NDR s=4 w=2 v=4 e=8\n")).extra
    assert [extra[name] for name in ("link_speed_active", "link_width_active", "vl_cap")] == [4, 2, 4]
    assert extra["link_speed_ext_active"] == 8


def test_a_difference_tells_which_side_has_the_link() -> None:
    said = read(LEAF + "< " + ONE + "> " + ONE.replace("gpu-a01", "gpu-a09"))
    assert [row.extra["diff"] for row in said.rows] == ["<", ">"]


def test_nodes_are_told_with_their_ids() -> None:
    assert read(LEAF).facts["nodes"] == [
        {
            "guid": "0c00000000aa0010",
            "node": "leaf-a01",
            "node_type": "switch",
            "ports": 65,
            "port0": "enhanced",
            "lid": 12,
            "lmc": 0,
            "vendid": "0x2c9",
            "devid": "0xd2f2",
            "sysimgguid": "0c00000000aa0010",
            "port_guid": "0c00000000aa0010",
        }
    ]


def test_what_a_port_without_peer_prints_is_stale() -> None:
    row = only("SW    12  3 0x0c00000000aa0010 4x SDR                                    'leaf-a01'")
    assert (row.rate_gbps, row.peer, row.marks, row.extra["printed_rate"]) == (None, None, ["no peer"], "4x SDR")


def test_a_name_with_a_dash_is_one_name() -> None:
    row = only("CA 7 1 0x0c1 4x EDR - SW 3 5 0x0c2 ( 'gpu - a' - 'SwitchX -  Mellanox Technologies' )")
    assert (row.extra["node"], row.extra["peer_node"]) == ("gpu - a", "SwitchX -  Mellanox Technologies")


def test_warnings_among_the_lines_are_events() -> None:
    said = read("ibwarn: [77] mad_rpc: _do_madrpc failed; dport (DR path slid 0; dlid 0; 0,1)\n" + LEAF)
    assert [event.kind for event in said.events] == ["ibwarn"]


def test_a_list_counts_a_node_once_and_keeps_what_it_does_not_understand() -> None:
    line = 'Ca\t: 0x0c00000000bb0001 ports 1 "gpu-a01 mlx5_0"\n'
    said = read(line + line + "Ca : 0x0c00\n", "ibhosts")
    assert said.facts == {"switches": 0, "hcas": 1, "routers": 0}
    assert said.unparsed == ["Ca : 0x0c00"]


def test_guids_with_hidden_digits_are_kept_as_shown() -> None:
    masked = LEAF.replace("0c00000000aa0010", "0c<redacted>").replace("c00000000aa0010", "c0xxxx")
    said = read(masked + ONE.replace("0c00000000bb0001", "0c<redacted>").replace("c00000000bb0002", "0c<redacted>"))
    (row,) = said.rows
    assert (row.id, row.peer) == ("0c<redacted>/1", "0c<redacted>/1")
    assert (said.facts["switches"], said.unparsed) == (1, [])
    assert "incomplete" not in said.facts


def test_nodes_whose_guids_are_hidden_are_told_apart_by_name() -> None:
    said = read('Ca : 0x0c4… ports 1 "gpu-a01 mlx5_0"\nCa : 0x0c4… ports 1 "gpu-a02 mlx5_0"\n', "ibhosts")
    assert said.facts["hcas"] == 2


def test_lines_of_links_alone_are_counted_as_such() -> None:
    assert read(ONE + TWO).facts == {"links": 2}


def test_what_the_search_came_by_is_told_as_events() -> None:
    said = read('DR path slid 0; dlid 0; 0,1 -> new Switch {0c00000000aa0010} portnum 0 lid 12-12"leaf-a01"\n' + LEAF)
    assert ([event.kind for event in said.events], said.unparsed) == (["discovered"], [])


def test_an_error_of_the_library_is_a_complaint_wherever_it_was_built() -> None:
    text = "./libibnetdisc/query_smp.c:186; umad (DR path slid 0; dlid 0; 0,1 Attr 0x12:0) bad status 110; timed out\n"
    for name in ("ibnetdiscover", "ibswitches", "ibtracert"):
        assert (len(read(text, name).events), read(text, name).unparsed) == (1, [])


def test_a_command_among_the_answers_is_no_answer() -> None:
    for typed in ("#ibswitches", 'ibnetdiscover | grep "lid 64"', "  ops@h1:~# ib ibhosts 2>/dev/null"):
        assert read(typed + "\n").unparsed == []


def test_an_adapters_port_that_comes_again_is_another_adapters() -> None:
    other = CA.splitlines()[-1].replace("c00000000bb0002", "c00000000bb0012").replace("lid 101", "lid 102")
    own, lost = read(CA + other + "\n").rows
    assert (own.extra["node"], lost.id) == ("gpu-a01 mlx5_0", "0c00000000bb0012/1")
    assert "node" not in lost.extra
