"""`perfquery`: counters by their canonical names, and the masks that tell which of its zeros mean anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.infiniband import perfquery

EXTENDED = """# Port extended counters: Lid 17 port 1 (CapMask: 0x5300 CapMask2: 0x0000002)
PortSelect:......................1
CounterSelect:...................0x0000
PortXmitData:....................36298026860928
CounterSelect2:..................0x00000000
SymbolErrorCounter:..............70000
PortXmitWait:....................22730501
# Port extended counters: Lid 17 port 2 (CapMask: 0x5300 CapMask2: 0x0000002)
PortSelect:......................2
PortXmitData:....................26006570014026
"""
PLAIN = """# Port counters: Lid 2 port 255 (CapMask: 0x1300)
PortSelect:......................255
SymbolErrorCounter:..............0
PortFrobnications:...............4
"""
OLD = "# Port counters: Lid 214 port 35\nPortSelect:......................35\nXmtData:....................5\n"


def test_several_records_in_a_row_are_several_ports() -> None:
    ports = perfquery.read(EXTENDED).ports
    assert [(port.lid, port.port) for port in ports] == [(17, 1), (17, 2)]
    assert ports[0].counts == {"port_xmit_data": 36298026860928, "symbol_error": 70000, "port_xmit_wait": 22730501}
    assert ports[1].counts == {"port_xmit_data": 26006570014026}


def test_the_masks_tell_what_the_agent_can_count() -> None:
    extended, plain, old = (perfquery.read(text).ports[0] for text in (EXTENDED, PLAIN, OLD))
    assert (extended.extended_errors, extended.xmit_wait) == (True, True)
    assert (plain.extended_errors, plain.xmit_wait) == (None, True)
    assert (old.extended_errors, old.xmit_wait) == (None, None)
    without = perfquery.read(EXTENDED.replace("0x5300 CapMask2: 0x0000002", "0x0300 CapMask2: 0x0000000")).ports[0]
    assert (without.extended_errors, without.xmit_wait) == (False, False)


def test_other_attributes_keep_their_kind_and_names() -> None:
    text = "# PortRcvErrorDetails counters: Lid 9 port 1\nPortSelect:......1\nPortLocalPhysicalErrors:.........3\n"
    (port,) = perfquery.read(text).ports
    assert (port.kind, port.counts) == ("PortRcvErrorDetails", {"PortLocalPhysicalErrors": 3})


def test_unknown_counters_and_old_spellings() -> None:
    assert perfquery.read(PLAIN).ports[0].counts["PortFrobnications"] == 4
    assert perfquery.read(OLD).ports[0].counts == {"port_xmit_data": 5}


def test_what_is_not_understood_is_said() -> None:
    read = perfquery.read("ibwarn: [3] oops\n" + PLAIN + "SymbolErrorCounter:..............N/A\n")
    assert read.strange == ("ibwarn: [3] oops", "SymbolErrorCounter:..............N/A")


@given(st.text(), st.integers(0, len(EXTENDED)))
def test_any_text_and_any_truncation_is_read(text: str, cut: int) -> None:
    perfquery.read(text)
    perfquery.read(EXTENDED[:cut])
