"""smpquery and ibportstate: which record a field is of, which speed counts, what a down port's leftovers are."""

from __future__ import annotations

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

UP = "LinkState:.......................Active\nPhysLinkState:...................LinkUp\n"
WIDE = "LinkWidthActive:.................4X\n"
HEAD = "# Port info: Lid 101 port 1\n"


def read(text: str) -> Reading:
    return named("smpquery").read(Paste(text))


def only(text: str) -> Row:
    (row,) = read(text).rows
    return row


def test_the_last_extended_speed_that_is_one_is_the_speed() -> None:
    speeds = (
        "LinkSpeedActive:.................10.0 Gbps\n"
        "LinkSpeedExtActive:..............106.25 Gbps\n"
        "LinkSpeedExtActive2:.............No Extended Speed 2\n"
    )
    row = only(HEAD + UP + WIDE + speeds)
    assert (row.rate_gbps, row.extra["generation"]) == (400.0, "NDR")


def test_xdr_stands_in_a_field_of_its_own() -> None:
    row = only(
        HEAD
        + UP
        + WIDE
        + "LinkSpeedExtActive:..............No Extended Speed\nLinkSpeedExtActive2:.............212.5 Gbps\n"
    )
    assert row.rate_gbps == 800.0


def test_a_down_ports_width_and_speed_are_kept_as_printed_and_count_for_nothing() -> None:
    row = only(HEAD + UP.replace("Active", "Down") + WIDE + "LinkSpeedActive:.................2.5 Gbps\n")
    assert (row.state, row.width, row.rate_gbps) == ("Down", None, None)
    assert (row.extra["link_width_active"], row.extra["link_speed_active"]) == ("4X", "2.5 Gbps")


def test_names_of_a_masks_bits_stand_with_the_mask() -> None:
    row = only(HEAD + "CapMask:.........................0x48\n\t\t\t\tIsTrapSupported\n\t\t\t\tIsSLMappingSupported\n")
    assert (row.extra["cap_mask"], row.extra["cap_mask_bits"]) == ("0x48", ["IsTrapSupported", "IsSLMappingSupported"])


def test_a_violation_counter_at_its_end_is_saturated() -> None:
    row = only(HEAD + "PkeyViolations:..................65535\nMkeyViolations:..................2\n")
    assert (row.counters, row.marks) == ({"PkeyViolations": 65535, "MkeyViolations": 2}, ["saturated PkeyViolations"])


def test_a_key_that_is_not_displayed_is_not_known() -> None:
    assert only(HEAD + "Mkey:............................<not displayed>\n").extra["mkey"] is None


def test_a_field_of_another_kind_begins_a_record_without_a_heading() -> None:
    said = read(HEAD + UP + "BaseVers:........................1\nNumPorts:........................2\n")
    assert [(row.extra["record"], row.id, row.marks) for row in said.rows] == [
        ("Port info", "lid101/1", []),
        ("Node info", "?", ["heading missing"]),
    ]


def test_a_field_that_comes_again_begins_a_record_without_a_heading() -> None:
    said = read(HEAD + UP + UP.replace("Active", "Down"))
    assert [(row.id, row.state) for row in said.rows] == [("lid101/1", "Active"), ("?", "Down")]


def test_a_few_lines_that_were_picked_are_told_without_a_place() -> None:
    row = only(UP)
    assert (row.id, row.state, row.phys_state, row.marks) == ("?", "Active", "LinkUp", ["heading missing"])


def test_whoever_was_asked_by_direct_route_is_called_by_it() -> None:
    assert only("# Node info: DR path slid 0; dlid 0; 0,1,17\nNumPorts:........................2\n").id == "dr0,1,17"


def test_a_node_that_tells_its_guid_is_called_by_it() -> None:
    row = only("# Node info: Lid 7\nGuid:............................0x0c00000000bb0001\n")
    assert (row.id, row.extra["destination"], row.extra["lid"]) == ("0c00000000bb0001", "Lid 7", 7)


def test_a_node_is_told_in_the_words_of_every_other_tool() -> None:
    told = "NodeType:........................Channel Adapter\nSystemGuid:......................0x0C00000000bb0003\n"
    extra = only(f"# Node info: Lid 7\n{told}").extra
    assert (extra["node_type"], extra["system_image_guid"]) == ("ca", "0c00000000bb0003")


def test_a_field_nobody_knows_is_kept() -> None:
    assert only(HEAD + "NewThing:........................12\n").extra["new_thing"] == 12


def test_only_the_vendors_record_tells_fdr10() -> None:
    said = read(
        HEAD
        + UP
        + WIDE
        + "LinkSpeedSupported:..............2.5 Gbps or 5.0 Gbps or 10.0 Gbps\n"
        + "LinkSpeedActive:.................10.0 Gbps\n"
        + "# MLNX ext Port info: Lid 101 port 1\nLinkSpeedActive:.................0x01\n"
    )
    assert (said.rows[0].extra["generation"], said.rows[0].rate_gbps) == ("FDR10", 40.0)


def test_the_port_behind_the_link_is_the_peer() -> None:
    said = read(
        "Switch PortInfo:\n# Port info: Lid 12 port 17\n"
        + UP
        + "Peer PortInfo:\n# Port info: Lid 12 DR path slid 4; dlid 65535; 0,17 port 1\n"
        + UP
    )
    assert [(row.id, row.peer) for row in said.rows] == [
        ("lid12/17", "lid12+dr0,17/1"),
        ("lid12+dr0,17/1", "lid12/17"),
    ]


def test_what_a_peer_is_warned_of_is_an_event() -> None:
    said = read("ibwarn: [1] validate_width: Peer ports operating at active width 1 rather than 2 (4x)\n")
    assert [event.kind for event in said.events] == ["ibwarn"]


def test_a_table_of_partition_keys_has_what_is_set_and_what_fits() -> None:
    row = only("   0: 0xffff 0x0000\n   8: 0x7fff 0x0000\n128 pkeys capacity for this port\n")
    assert (row.extra["pkeys"], row.extra["capacity"], row.marks) == (["0xffff", "0x7fff"], 128, [])


def test_a_table_that_was_cut_says_so() -> None:
    row = only("   0: 0xffff 0x8001\n")
    assert (row.extra["pkeys"], row.extra["capacity"], row.marks) == (["0xffff", "0x8001"], None, ["incomplete"])


def test_arbitration_is_told_by_priority() -> None:
    row = only(
        "# VLArbitration tables: Lid 12 port 1 LowCap 2 HighCap 2\n# Low priority VL Arbitration Table:\n"
        "VL    : |0x0 |0x1 |\nWEIGHT: |0x40|0xA |\n"
    )
    assert (row.id, row.extra["low_vls"], row.extra["low_weights"]) == ("lid12/1", [0, 1], [64, 10])


def test_a_service_levels_lane_is_told_by_both_ports() -> None:
    row = only("# SL2VL table: Lid 12\nports: in  1, out  3: | 0| 1| 2|15|\n")
    assert (row.id, row.extra["in_port"], row.extra["sl_to_vl"]) == ("lid12/3", 1, [0, 1, 2, 15])


def test_a_query_that_failed_is_still_a_query() -> None:
    for tool in ("smpquery", "ibportstate"):
        text = f"ibwarn: [14220] mad_rpc: _do_madrpc failed; dport (Lid 7)\n{tool}: iberror: failed: smp query failed\n"
        (one, *_) = recognise(Paste(text))
        said = one.read(Paste(text))
        assert (one.name, [event.kind for event in said.events]) == (tool, ["ibwarn", "iberror"])


def test_what_was_typed_is_no_part_of_the_answer() -> None:
    said = read("# smpquery portinfo 8 1\n# Port info: Lid 8 port 1\nLinkState:.......................Active\n")
    assert ([row.id for row in said.rows], said.unparsed) == (["lid8/1"], [])


def test_a_speed_without_the_extended_one_is_none() -> None:
    lines = {
        "state": "LinkState:.......................Active\nLinkWidthActive:.................4X\n",
        "speeds": "LinkSpeedSupported:..............2.5 Gbps or 5.0 Gbps or 10.0 Gbps\n",
        "active": "LinkSpeedActive:.................10.0 Gbps\n",
        "extended": "LinkSpeedExtSupported:...........14.0625 Gbps or 25.78125 Gbps\n",
    }
    for said, rate, marks in (
        (("state", "speeds", "active"), 40.0, []),
        (("state", "active"), None, ["unknown rate_gbps"]),
        (("state", "speeds", "active", "extended"), None, ["unknown rate_gbps"]),
    ):
        (row,) = read("# Port info: Lid 8 port 1\n" + "".join(lines[line] for line in said)).rows
        assert (row.rate_gbps, row.marks) == (rate, marks)
