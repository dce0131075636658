"""ibdiagnet: stages and what they found, whose a counter is, what of two widths is which, what the fabric is."""

from __future__ import annotations

import pytest

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Ber, Reading, Row

RULE = "-" * 45 + "\n"
PORT = "S0c00000000aa0010/N0c00000000aa0011/P20"


def read(text: str) -> Reading:
    return named("ibdiagnet").read(Paste(text))


def only(text: str) -> Row:
    (row,) = read(text).rows
    return row


def test_a_finding_is_told_by_its_stage() -> None:
    said = read(RULE + "Port Counters\n-E- Ports counters Difference Check finished with errors\n-W- careful\n")
    assert [(event.kind, event.severity, event.text) for event in said.events] == [
        ("port_counters", Severity.CRIT, "Ports counters Difference Check finished with errors"),
        ("port_counters", Severity.WARN, "careful"),
    ]
    assert said.facts["checks"] == {"Ports counters Difference Check": "with errors"}


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (PORT, "0c00000000aa0011/20"),
        ("S0c00000000aa0010/N0c00000000aa0011/P1/27/2", "0c00000000aa0011/P1/27/2"),
        ("gpu-a01/mlx5_0/P1", "gpu-a01/mlx5_0/P1"),
    ],
)
def test_a_port_is_called_by_its_nodes_guid_or_as_its_owner_named_it(printed: str, told: str) -> None:
    said = read(f"-W- {printed} - No response for MAD SMPCableInfo\n")
    assert ([event.subject for event in said.events], said.rows) == ([told], [])


def test_growth_during_the_run_is_no_count() -> None:
    row = only(
        f'-E- {PORT} - "symbol_error_counter" increased during the run '
        "(difference value=27,difference allowed threshold=1)\n"
    )
    assert (row.counters, row.extra) == ({}, {"increased": {"symbol_error": 27}, "thresholds": {"symbol_error": 1}})


def test_counters_beyond_a_threshold_are_the_ports_named_above() -> None:
    row = only(
        f"-W- lid=0x0004 guid=0x0c00000000aa0011 dev=4129 {PORT}\n   Performance Monitor counter : Value\n"
        "   symbol_error_counter : 65535 (overflow)\n   port_xmit_discard : 12 (threshold=10)\n"
    )
    assert row.counters == {"symbol_error": 65535, "port_xmit_discards": 12}
    assert (row.marks, row.extra["thresholds"]) == (["saturated symbol_error"], {"port_xmit_discards": 10})
    assert (row.extra["lid"], row.extra["guid"], row.extra["dev"]) == (4, "0c00000000aa0011", 4129)


def test_a_table_whose_port_was_lost_is_nobodys() -> None:
    table = "   Performance Monitor counter : Value\n   symbol_error_counter : 7\n"
    said = read(f"-W- lid=0x0004 dev=4129 {PORT}\n" + table + table.replace("7", "9"))
    assert [row.counters for row in said.rows] == [{"symbol_error": 7}]
    assert said.unparsed == ["   symbol_error_counter : 9"]


def test_of_two_widths_the_narrow_is_the_counter_and_saturated() -> None:
    row = only(
        "Port=17 Lid=0x005f GUID=0x0c00000000aa0010 Device=54002 Port Name=leaf-a01/P17\n"
        "symbol_error_counter=0xffff\nsymbol_error_counter_extended=0x0000000000012345\nretransmission_per_sec=NA\n"
    )
    assert row.id == "0c00000000aa0010/17"
    assert row.counters == {
        "symbol_error": 0xFFFF,
        "symbol_error_counter_extended": 0x12345,
        "retransmission_per_sec": None,
    }
    assert row.marks == ["saturated symbol_error", "unsupported retransmission_per_sec"]


def test_a_link_that_is_slower_than_both_ends_can_names_them() -> None:
    row = only(
        f"-E- Link: {PORT}<-->gpu-a02/mlx5_0/P1 - Unexpected actual link speed 25 "
        '(enable_speed1="25 or 100", enable_speed2="25 or 100" therefore final speed should be 100)\n'
    )
    assert (row.id, row.peer) == ("0c00000000aa0011/20", "gpu-a02/mlx5_0/P1")
    assert (row.extra["link_speed"], row.extra["expected_speed"]) == (25, 100)


def test_an_error_ratio_is_read_where_it_is_named() -> None:
    row = only(f"-E- {PORT} - Effective BER: 3E-9 exceeds the threshold 1E-14\n")
    assert row.ber == Ber(effective=3e-9)


def test_old_firmware_is_told_with_the_newest() -> None:
    extra = only(
        "-W- gpu-a01/mlx5_0 - Node with Devid:4129(0x1021),PSID:MT_0000000838 has FW version 28.36.1010 "
        "while the latest FW version for the same Devid/PSID on this fabric is 28.43.2026\n"
    ).extra
    assert (extra["psid"], extra["firmware"], extra["latest_firmware"]) == ("MT_0000000838", "28.36.1010", "28.43.2026")


def test_the_order_of_warnings_and_errors_is_the_headings() -> None:
    new = read("-I- Stage     Warnings   Errors     Comment\n-I- Speed / Width checks    3    15   see log\n")
    old = read("    STAGE     Errors Warnings\n    Link State Active Check     15     3\n")
    assert new.facts["stages"] == {"Speed / Width checks": {"warnings": 3, "errors": 15, "comment": "see log"}}
    assert old.facts["stages"] == {"Link State Active Check": {"warnings": 3, "errors": 15}}


def test_a_line_of_the_table_without_its_heading_counts_for_nothing() -> None:
    said = read("-I- Discovery                 3          0\n")
    assert (said.facts, [event.text for event in said.events]) == ({}, ["Discovery                 3          0"])


def test_a_warning_that_goes_on_is_one() -> None:
    said = read("-W- Topology file is not specified.\n    Reports will use direct routes.\n")
    assert [event.text for event in said.events] == [
        "Topology file is not specified. Reports will use direct routes.",
    ]


def test_subnet_managers_are_told_with_their_roles() -> None:
    said = read(
        "Master SM: Port=1 LID=1 GUID=0x0c01 devid=4129 Priority:15 Node_Type=CA Node_Description=head-01 mlx5_0\n"
        "Standby SM :\n    Port=1 LID=2 GUID=0x0c02 devid=4129 Priority:0 Node_Type=CA Node_Description=head-02\n"
    )
    managers = said.facts["subnet_managers"]
    assert isinstance(managers, list)
    assert [(one["role"], one["lid"], one["node"]) for one in managers if isinstance(one, dict)] == [
        ("master", 1, "head-01 mlx5_0"),
        ("standby", 2, "head-02"),
    ]


def test_lines_of_another_stream_are_no_facts() -> None:
    said = read("Warning: Permanently added 'leaf' to the list of known hosts.\nibwarn: [1] mad_rpc: failed\n")
    assert (said.facts, len(said.unparsed), [event.kind for event in said.events]) == ({}, 1, ["ibwarn"])


def test_tables_tell_ports_what_their_columns_say() -> None:
    said = read(
        "START_PM_INFO\nNodeGUID,PortNumber,LinkDownedCounter,SymbolErrorCounterExt\n0x0c01,17,3,NA\nodd,line\n"
        'END_PM_INFO\nSTART_CABLE_INFO\nNodeGuid,PortNum,PN,Length\n0x0c01,17,"CAB,1",5\nEND_CABLE_INFO\n'
    )
    (row,) = said.rows
    assert (row.id, row.counters) == ("0000000000000c01/17", {"link_downed": 3, "symbol_error": None})
    assert (row.marks, row.extra) == (
        ["unsupported symbol_error"],
        {"cable_info": {"pn": "CAB,1", "length": 5}},
    )
    assert (said.facts["tables"], said.unparsed) == ({"PM_INFO": 1, "CABLE_INFO": 1}, ["odd,line"])


def test_what_was_discovered_stays_beside_what_it_turned_out_to_be() -> None:
    said = read(
        "-I- Discovering ... 42 nodes (6 Switches & 36 CA-s) discovered.\n"
        "Total Nodes : 42\nIB Switches : 6\nIB Channel Adapters : 31\nIB Aggregation Nodes : 5\n"
    )
    assert said.facts["discovered"] == {"nodes": 42, "switches": 6, "hcas": 36}
    assert (said.facts["hcas"], said.facts["aggregation_nodes"]) == (31, 5)


def test_a_name_with_several_values_keeps_all() -> None:
    said = read(
        "-I- Devid: 4129(0x1021), PSID: MT_0000000838, Latest FW Version:28.43.2026\n"
        "-I- Devid: 54002(0xd2f2), PSID: MT_0000000837, Latest FW Version:31.2012.1024\n"
        "-I- PKey:0x7fff Hosts:4\n-I- PKey:0x0a01 Hosts:2\n-I- PKey:0x0a02 Hosts:1\n"
    )
    assert said.facts["latest_firmware"] == [
        {"devid": 4129, "psid": "MT_0000000838", "firmware": "28.43.2026"},
        {"devid": 54002, "psid": "MT_0000000837", "firmware": "31.2012.1024"},
    ]
    assert said.facts["p_key"] == ["0x7fff Hosts:4", "0x0a01 Hosts:2", "0x0a02 Hosts:1"]


def test_levels_of_a_tree_have_their_switches() -> None:
    said = read(
        "-I- 2 level Fat-Tree was discovered:\n    rank: 0(Roots) #switches: 16\n    rank: 1 #switches: 32\n"
        "-E- Fat-Tree topology validation finished with errors\n"
    )
    assert (said.facts["fat_tree_levels"], said.unparsed) == (2, [])
    assert said.facts["ranks"] == [
        {"rank": 0, "name": "Roots", "switches": 16},
        {"rank": 1, "name": None, "switches": 32},
    ]


def test_a_step_that_is_done_is_nothing_to_tell_and_one_that_is_not_is_incomplete() -> None:
    steps = "-I- Retrieving ... {}/42 nodes ({}/6 Switches & 36/36 CA-s) retrieved.\n"
    done = read(steps.format(40, 4) + steps.format(42, 6) + "-I- Build VPort Info DB\n")
    torn = read(steps.format(42, 6) + steps.format(40, 4))
    assert (done.facts, done.events, done.unparsed) == ({}, [], [])
    assert torn.facts == {"incomplete": "Retrieving ... 40/42 nodes (4/6 Switches & 36/36 CA-s) retrieved."}


def test_the_rules_of_version_one_are_above_and_below_a_name() -> None:
    rule = "-I---------------------------------------------------\n"
    said = read(
        rule + "-I- Bad Guids/LIDs Info\n" + rule + "-I- No bad Guids were found\n" + rule + "-I- Next\n" + rule
    )
    assert [(event.kind, event.text) for event in said.events] == [("bad_guids_lids_info", "No bad Guids were found")]


def test_a_link_that_is_narrower_than_both_ends_can() -> None:
    row = only(
        f"-E- Link: gpu-a01/U1/P1<-->{PORT} - Unexpected width, actual link width is 2x "
        '(enable_width1="1x or 2x or 4x", enable_width2="1x or 2x or 4x" therefore final width should be 4x)\n'
    )
    assert (row.width, row.extra["expected_width"], row.peer) == ("2X", "4X", "0c00000000aa0011/20")


def test_old_firmware_in_older_words() -> None:
    extra = only(
        "-E- S0c00000000aa0010/U1 - Node has wrong FW version 2.11.1250. "
        "Maximum available FW version for this device in the fabric is 2.11.1262\n"
    ).extra
    assert (extra["firmware"], extra["latest_firmware"]) == ("2.11.1250", "2.11.1262")


def test_no_standby_is_said() -> None:
    assert read("Standby SM : No Standby SM\n").facts == {"standby_sm": "No Standby SM"}


def test_a_switchs_ports_have_links_cables_and_speeds() -> None:
    said = read(
        '"MF0;leaf-a01:MQM9700/U1", Mellanox, 0xc00000000aa0010, LID 17\n'
        "  #     : IB# : Sta  : PhysSta : MTU : LWA : LSA : FEC mode : Retran : Neighbor Guid   : N# : NLID : "
        "Neighbor Description\n"
        "  1/1/1 : 1   : ACT  : LINK UP : 5   : 4x  : 100 : RS       : NO-RTR : 0xc00000000bb0001 : 1 : 40 : "
        '"gpu-a01 mlx5_0"\n'
        "  1/1/2 : 2   : DOWN : POLLING : N/A : N/A : N/A : N/A      : N/A    :                 :    :      :\n"
    )
    up, down = said.rows
    assert (up.id, up.state, up.phys_state, up.rate_gbps, up.width) == (
        "0c00000000aa0010/1",
        "Active",
        "LinkUp",
        400.0,
        "4X",
    )
    assert (up.peer, up.extra["peer_node"], up.extra["peer_lid"]) == ("0c00000000bb0001/1", "gpu-a01 mlx5_0", 40)
    assert (up.extra["node"], up.extra["lid"], up.extra["mtu"]) == ("MF0;leaf-a01:MQM9700/U1", 17, 4096)
    assert (down.id, down.state, down.rate_gbps, down.width, down.peer) == (
        "0c00000000aa0010/2",
        "Down",
        None,
        None,
        None,
    )
    assert said.unparsed == []


def test_ports_under_columns_whose_switch_was_lost_are_nobodys() -> None:
    columns = "# : IB# : Sta : PhysSta : MTU : LWA : LSA : FEC mode : Retran\n"
    port = "{0} : {0} : ACT : LINK UP : 5 : 4x : 50 : RS : NO-RTR\n"
    said = read('"leaf-a01", Mellanox, 0xc01, LID 17\n' + columns + port.format(1) + columns + port.format(2))
    assert [row.id for row in said.rows] == ["0000000000000c01/1"]
    assert said.unparsed == [port.format(2).rstrip()]


def test_error_ratios_of_every_port() -> None:
    row = only(
        "Ty : # : #IB : GUID : LID : Sta : PhysSta : LWA : LSA : Conn LID(#) : FEC mode : RTR : Raw BER : "
        "Effective BER : Symbol BER : Symbol Err : Effective Err : Node Desc\n"
        "SW : sw1p1 : 1 : 0xc01 : 10 (0xa) : ACT : LINK_UP : 4x : 200 : 20 (0x14) : RS : NO-RTR : 1e-12 : 15E-255 : "
        '3e-14 : 4 : N/A : "MF0;leaf-a01:MQM9700/U1"\n'
    )
    assert (row.id, row.rate_gbps, row.extra["lid"], row.extra["peer_lid"]) == ("0000000000000c01/1", 800.0, 10, 20)
    assert (row.ber, row.counters) == (Ber(raw=1e-12, symbol=3e-14), {"symbol_errors": 4, "effective_errors": None})
    assert row.marks == ["none seen effective", "unsupported effective_errors"]


def test_a_line_with_both_ends_is_two_ports() -> None:
    end = (
        "{{ {} Ports:01 SystemGUID:{guid} NodeGUID:{guid} PortGUID:{guid} VenID:000002c9 DevID:1021 "
        "Rev:00000000 {{{}}} LID:0011 PN:{} }}"
    )
    ends = (
        end.format("CA", "gpu-a01 mlx5_0", "01", guid="0c00000000bb0001"),
        end.format("SW", "leaf-a01", "14", guid="0c00000000aa0010"),
    )
    hca, switch = read(" ".join(ends) + " PHY=4x LOG=ACT SPD=100\n").rows
    assert (hca.id, hca.peer, hca.rate_gbps, hca.extra["node"]) == (
        "0c00000000bb0001/1",
        "0c00000000aa0010/20",
        400.0,
        "gpu-a01 mlx5_0",
    )
    assert (switch.id, switch.extra["lid"], switch.extra["devid"]) == ("0c00000000aa0010/20", 17, 4129)


def test_a_ports_cable_is_its_own() -> None:
    rule = "-" * 55 + "\n"
    ports = [
        rule
        + f"Port={port} Lid=0x0011 GUID=0x0c00000000aa0010 Port Name=leaf-a01/P{port}\n"
        + rule
        + f"Vendor: NVIDIA\nSN: MT{port}\nTemperature: N/A\nLength: 2 m\n"
        for port in (1, 2)
    ]
    said = read("".join(ports))
    assert [(row.id, row.extra["cable"]) for row in said.rows] == [
        (
            f"0c00000000aa0010/{port}",
            {"vendor": "NVIDIA", "sn": f"MT{port}", "temperature": None, "length": "2 m"},
        )
        for port in (1, 2)
    ]
    assert (said.facts, said.unparsed) == ({}, [])


def test_tables_tell_links_states_and_firmware() -> None:
    said = read(
        'START_NODES\nNodeDesc,NumPorts,NodeGUID\n"gpu-a01, mlx5_0",1,0xc01\nEND_NODES\n'
        "START_NODES_INFO\nNodeGUID,FWInfo_Extended_Major,FWInfo_Extended_Minor,FWInfo_Extended_SubMinor\n"
        "0xc01,0x1c,0x27,0x3ea\nEND_NODES_INFO\n"
        "START_PORTS\nNodeGuid,PortGuid,PortNum,LinkWidthActv,PortPhyState,PortState\n0xc01,0xc02,1,2,5,4\nEND_PORTS\n"
        "START_LINKS\nNodeGuid1,PortNum1,NodeGuid2,PortNum2\n0xc01,1,0xd01,20\nEND_LINKS\n"
        "START_TEMP_SENSING\nNodeGUID,CurrentTemperature\n0xc01,61\n0xc01,63\nEND_TEMP_SENSING\n"
    )
    rows = {row.id: row for row in said.rows}
    node, port = rows["0000000000000c01"], rows["0000000000000c01/1"]
    assert (node.extra["node"], node.extra["firmware"]) == ("gpu-a01, mlx5_0", "28.39.1002")
    assert node.extra["temp_sensing"] == [{"current_temperature": 61}, {"current_temperature": 63}]
    assert (port.state, port.phys_state, port.width, port.peer) == ("Active", "LinkUp", "4X", "0000000000000d01/20")
    assert rows["0000000000000d01/20"].peer == "0000000000000c01/1"


def test_a_wide_count_alone_is_the_counter() -> None:
    row = only("START_PM_INFO\nNodeGUID,PortNumber,PortXmitDataExtended\n0xc01,1,5000000000\nEND_PM_INFO\n")
    assert row.counters == {"port_xmit_data": 5000000000}


def test_columns_said_again_and_lines_said_twice_are_nobodys() -> None:
    said = read(
        "START_NODES\nNodeGUID,NodeDesc\nNodeGUID,NodeDesc\n0xc01,gpu-a01\n0xc01,gpu-a01\nleaf,odd\nEND_NODES\n"
        "-I- Devid: 4129(0x1021), PSID: MT_0000000838, Latest FW Version:28.43.2026\n" * 2
    )
    assert [(row.id, row.extra["nodes"]) for row in said.rows] == [("0000000000000c01", {"node_desc": "gpu-a01"})]
    assert (len(str(said.facts["latest_firmware"]).split("devid")), said.unparsed) == (2, ["leaf,odd"] * 2)


def test_a_stage_that_was_skipped_has_no_counts() -> None:
    said = read(
        "-I- Stage     Warnings   Errors     Comment\n-I- Routing      NA         NA         Stage was skipped\n"
    )
    assert said.facts["stages"] == {"Routing": {"warnings": None, "errors": None, "comment": "Stage was skipped"}}


def test_whom_an_error_is_about_may_stand_within() -> None:
    said = read(
        f"-E- Symbol BER exceeds the threshold in port = {PORT}(Symbol BER value=1.5e-10, threshold=1e-14)\n"
        "-E- Node GUID = 0x0c00000000bb0001 is duplicated at:\n    Node = gpu-a01/U1, DR = 0,1,4\n"
    )
    assert [event.subject for event in said.events] == ["0c00000000aa0011/20", "0c00000000bb0001"]
    assert [(row.id, row.ber) for row in said.rows] == [("0c00000000aa0011/20", Ber(symbol=1.5e-10))]


def test_a_run_that_failed_before_its_first_stage() -> None:
    text = (
        'Running version:   "IBDIAGNET 2.13.0","IBDIAG 2.1.1"\n----------\nLoad Plugins from:\n'
        "-E- Failed to open port, Device Name=mlx5_4, port guid=0x0\n"
    )
    said = read(text)
    assert (recognise(Paste(text))[0].name, said.facts["version"]) == ("ibdiagnet", "2.13.0")
    assert [(event.kind, event.severity) for event in said.events] == [("ibdiagnet", Severity.CRIT)]


def test_a_log_that_was_indented_has_the_same_stages() -> None:
    text = RULE + "Lids Check\n-E- Lids Check finished with errors\n-E- LID 7 is not unique\n"
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    assert (read(indented).events, read(indented).unparsed) == (read(text).events, [])


def test_stages_that_found_nothing_are_only_named_so_that_the_others_stand_out() -> None:
    head = "-I- Stage                     Warnings   Errors     Comment\n"
    said = read(head + "-I- Discovery                 0          0\n-I- Lids Check                0          4\n")
    assert said.facts["stages_without_findings"] == ["Discovery"]
    assert said.facts["stages"] == {"Lids Check": {"warnings": 0, "errors": 4}}
