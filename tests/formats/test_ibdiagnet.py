"""ibdiagnet: stages and what they found, whose a counter is, what of two widths is which, what the fabric is."""

from __future__ import annotations

import pytest

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named
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
    assert (row.extra["link_speed"], row.extra["expected_speed"]) == ("25", "100")


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
    assert old.facts["stages"] == {"Link State Active Check": {"warnings": 3, "errors": 15, "comment": None}}


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
    assert (row.id, row.counters) == ("0000000000000c01/17", {"link_downed": 3, "SymbolErrorCounterExt": None})
    assert (row.marks, row.extra) == (
        ["unsupported SymbolErrorCounterExt"],
        {"cable_info": {"pn": "CAB,1", "length": 5}},
    )
    assert (said.facts["tables"], said.unparsed) == ({"PM_INFO": 1, "CABLE_INFO": 1}, ["odd,line"])
