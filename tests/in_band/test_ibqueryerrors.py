"""`ibqueryerrors`: ports with errors, sums that are no ports, and a summary that says what was looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.infiniband import ibqueryerrors
from fabconsole.formats.infiniband.ibqueryerrors import Failure

PLAIN = b"""Errors for "host-a mlx5_0"
   GUID 0xc42a10300bb0001 port 1: [VL15Dropped == 14] [PortXmitWait == 4294967295]
Errors for 0xc42a10300aa0001 "MF0;leaf:07/U1"
   GUID 0xc42a10300aa0001 port ALL: [SymbolErrorCounter == 65535] [LinkDownedCounter == 48]
   GUID 0xc42a10300aa0001 port 0: [PortXmitWait == 7]
   GUID 0xc42a10300aa0001 port 5: [SymbolErrorCounter == 65535] [LinkDownedCounter == 2]

## Summary: 4 nodes checked, 2 bad nodes found
##          43 ports checked, 3 ports have errors beyond threshold
## Thresholds:
## Suppressed:
"""
EXTENDED = b"""Errors for 0xc42a10300aa0001 "leaf07"
   GUID 0xc42a10300aa0001 port 3: [SymbolErrorCounter == 70000 (70.000K)] [PortXmitWait == 9 (9.000)]
       Link info:     17    3[  ] ==( 4X 106.25 Gbps Active/  LinkUp)==>  0x0c42a10300bb0001 1 1[  ] "gpu mlx5_0" ( )

## Summary: 1 nodes checked, 1 bad nodes found
##          64 ports checked, 1 ports have errors beyond threshold
## Thresholds: [SymbolErrorCounter = 10]
##          9 PMA query failures
## Suppressed: PortRcvSwitchRelayErrors
"""


def test_port_all_is_a_sum_and_no_port() -> None:
    switch = ibqueryerrors.read(PLAIN).nodes[1]
    assert sorted(switch.ports) == [0, 5]
    assert switch.total == {"symbol_error": 65535, "link_downed": 48}


def test_counters_have_the_names_that_sysfs_gives_them() -> None:
    switch = ibqueryerrors.read(PLAIN).nodes[1]
    assert switch.ports[5].counts == {"symbol_error": 65535, "link_downed": 2}


def test_an_hca_is_headed_by_its_name_alone() -> None:
    host = ibqueryerrors.read(PLAIN).nodes[0]
    assert (host.guid, host.description) == (None, "host-a mlx5_0")
    assert host.ports[1].guid == "0c42a10300bb0001"


def test_guids_are_padded() -> None:
    assert ibqueryerrors.read(PLAIN).nodes[1].guid == "0c42a10300aa0001"


def test_sixty_four_bit_counters_are_told_by_their_parentheses() -> None:
    assert ibqueryerrors.read(EXTENDED).nodes[0].ports[3].extended
    assert not ibqueryerrors.read(PLAIN).nodes[1].ports[5].extended


def test_the_summary_tells_what_was_looked_at() -> None:
    summary = ibqueryerrors.read(PLAIN).summary
    assert summary is not None
    assert (summary.nodes, summary.bad_nodes, summary.ports, summary.bad_ports) == (4, 2, 43, 3)
    assert summary.failures == 0
    assert summary.hides_nothing


def test_thresholds_suppression_and_failed_queries_are_known() -> None:
    summary = ibqueryerrors.read(EXTENDED).summary
    assert summary is not None
    assert summary.failures == 9
    assert not summary.hides_nothing
    assert summary.suppressed == "PortRcvSwitchRelayErrors"


def test_a_counter_that_nobody_knows_stays_as_printed() -> None:
    text = PLAIN.replace(b"LinkDownedCounter == 2", b"PortFrobnications == 2")
    assert ibqueryerrors.read(text).nodes[1].ports[5].counts["PortFrobnications"] == 2


def test_spellings_of_the_ofed_age_are_the_same_counters() -> None:
    text = PLAIN.replace(b"SymbolErrorCounter == 65535", b"SymbolErrors == 3")
    assert ibqueryerrors.read(text).nodes[1].ports[5].counts["symbol_error"] == 3


def test_an_item_that_is_no_number_makes_its_line_strange_not_zero() -> None:
    read = ibqueryerrors.read(
        PLAIN.replace(b"== 65535] [LinkDownedCounter == 2]", b"== many] [LinkDownedCounter == 2]")
    )
    assert 5 not in read.nodes[1].ports
    assert len(read.strange) == 1


def test_a_value_beyond_sixty_four_bits_is_not_believed() -> None:
    read = ibqueryerrors.read(PLAIN.replace(b"LinkDownedCounter == 2]", b"LinkDownedCounter == 99999999999999999999]"))
    assert 5 not in read.nodes[1].ports


def test_the_end_of_a_port_is_the_end_of_its_line() -> None:
    port = ibqueryerrors.read(PLAIN).nodes[1].ports[5]
    assert PLAIN[: port.end].endswith(b"[LinkDownedCounter == 2]\n")


def test_failed_queries_name_their_switch_and_port() -> None:
    stderr = (
        "ibwarn: [7] mad_rpc: _do_madrpc failed; dport (Lid 3)\n"
        "ibwarn: [7] query_cap_mask: classportinfo query failed on MF0;spine, the first, Lid 3 port 0\n"
        "ibwarn: [7] print_errors: IB_GSI_PORT_COUNTERS_EXT query failed on leaf 7, Lid 12 port 255\n"
    )
    assert ibqueryerrors.failures(stderr) == (Failure("MF0;spine, the first", 3, 0), Failure("leaf 7", 12, 255))


@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    ibqueryerrors.read(data)
    ibqueryerrors.failures(data.decode("utf-8", "replace"))


@given(st.integers(0, len(PLAIN)))
def test_a_run_that_broke_off_before_its_counts_has_no_summary(cut: int) -> None:
    read = ibqueryerrors.read(PLAIN[:cut])
    if b"ports have errors beyond threshold" not in PLAIN[:cut]:
        assert read.summary is None
