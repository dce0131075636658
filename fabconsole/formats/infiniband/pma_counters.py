"""What a port's performance agent counts, by the names that infiniband-diags prints, and where each stops.

Names and widths: rdma-core libibmad/fields.c. Every one of them stops at all-ones and never wraps (IBTA 16.1). A name
that ends in a lane's, a virtual lane's or a service level's number is one of a row of the same width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from fabconsole.fabric.counters import BY_PMA_NAME, COUNTERS
from fabconsole.fabric.table import Width

_BITS: Mapping[str, int] = {
    **dict.fromkeys(
        (
            "PortLocalPhysicalErrors",
            "PortMalformedPktErrors",
            "PortBufferOverrunErrors",
            "PortDLIDMappingErrors",
            "PortVLMappingErrors",
            "PortLoopingErrors",
            "PortInactiveDiscards",
            "PortNeighborMTUDiscards",
            "PortSwLifetimeLimitDiscards",
            "PortSwHOQLifetimeLimitDiscards",
            "SyncHeaderErrorCounter",
            "UnknownBlockCounter",
            "ErrorDetectionCounterLane",
            "PortVLOpPackets",
            "PortVLXmitWait",
            "SWPortVLCongestion",
        ),
        16,
    ),
    **dict.fromkeys(
        (
            "FECCorrectableBlockCtrLane",
            "FECUncorrectableBlockCtrLane",
            "FECCorrectableSymbolCtrLane",
            "PortFECCorrectableBlockCtr",
            "PortFECUncorrectableBlockCtr",
            "PortFECCorrectedSymbolCtr",
            "XmtDataSL",
            "RcvDataSL",
            "PortOpRcvPkts",
            "PortOpRcvData",
            "PortXmitFlowPkts",
            "PortRcvFlowPkts",
            "PortVLOpData",
            "PortPktRcvFECN",
            "PortPktRcvBECN",
            "PortSLRcvFECN",
            "PortSLRcvBECN",
            "PortXmitTimeCong",
            "PortVLXmitTimeCong",
        ),
        32,
    ),
    "PortVLXmitFlowCtlUpdateErrors": 2,
}
_SPELT = {
    "XmtBytes": "port_xmit_data",  # OFED 1.0's name for PortXmitData, in words of 4 octets all the same
    "RcvBytes": "port_rcv_data",
    "PortXmtDiscards": "port_xmit_discards",
    "PortXmtData": "port_xmit_data",
    "PortXmtPkts": "port_xmit_packets",
    "XmtWait": "port_xmit_wait",
}
MAXIMUM = (1 << 64) - 1


def name(printed: str) -> str:
    """The canonical name of a counter; the printed one where nobody has another for it."""
    return BY_PMA_NAME.get(printed) or _SPELT.get(printed) or printed


@lru_cache(maxsize=1024)
def known(printed: str) -> str | None:
    """The canonical name of a counter that a performance agent has by this printed name; None for any other."""
    canonical = name(printed)
    return canonical if canonical in COUNTERS or printed.rstrip("0123456789") in _BITS else None


@lru_cache(maxsize=1024)
def _maxima(counter: str) -> tuple[int, int | None]:
    """Where a counter, by canonical name, stops: in the wide attribute, and in the plain one."""
    known = COUNTERS.get(counter)
    if known is not None:
        return known.maximum(Width.PMA_EXTENDED) or MAXIMUM, known.maximum(Width.PMA)
    bits = _BITS.get(counter.rstrip("0123456789"))
    return (MAXIMUM, None) if bits is None else ((1 << bits) - 1, (1 << bits) - 1)


def saturated(counts: Iterable[tuple[str, int | None]], *, extended: bool) -> Iterator[str]:
    """The mark `saturated NAME` of each counter, by canonical name, that stands where it stops."""
    for counter, value in counts:
        if value and value == _maxima(counter)[not extended]:
            yield f"saturated {counter}"
