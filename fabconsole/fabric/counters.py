"""The counter registry: one entry a counter, one spelling everywhere, its width by where it was read.

Widths and names: Linux `Documentation/ABI/stable/sysfs-class-infiniband` and drivers/infiniband/hw/mlx5/mad.c
for sysfs; rdma-core libibmad/fields.c for the PMA attributes. IBTA counters stop at all-ones and never wrap.
mlx5 Q counters (`hw_counters/`) are 32 bits in firmware; whether they stop or wrap is not documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fabconsole.fabric.table import Width


class Class(StrEnum):
    """What growth of a counter means."""

    ERROR = "error"
    STATE = "state"
    """The link itself went away or retrained."""
    CONGESTION = "congestion"
    TRAFFIC = "traffic"
    INFO = "info"
    """Worth showing, judged by nobody."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One thing that is counted."""

    name: str
    """The sysfs name, whatever tool it came from."""
    kind: Class
    label: str
    """Short words for a column head."""
    bits: Mapping[Width, int]
    wraps: bool = False
    """True: counts on from zero after its maximum. False: stops there, and is saturated."""
    unit: str = "count"
    """count, words (4 octets), packets, ticks."""
    pma: str = ""
    """The name that perfquery and ibqueryerrors print."""

    def maximum(self, source: Width) -> int | None:
        """The largest value that can be read from `source`; None where the width is not known."""
        bits = self.bits.get(source)
        return None if bits is None else (1 << bits) - 1


def _ib(
    name: str,
    kind: Class,
    label: str,
    pma: str,
    bits: int,
    sysfs: int | None = None,
    unit: str = "count",
) -> Counter:
    widths = {Width.SYSFS: bits if sysfs is None else sysfs, Width.PMA: bits, Width.PMA_EXTENDED: 64}
    return Counter(name, kind, label, widths, unit=unit, pma=pma)


def _hw(name: str, kind: Class, label: str, bits: int = 32) -> Counter:
    return Counter(name, kind, label, {Width.HW_COUNTERS: bits}, wraps=True)


def _nvlink(name: str, kind: Class, label: str) -> Counter:
    return Counter(name, kind, label, {Width.NVIDIA_SMI: 64})


def _net(name: str, kind: Class, label: str, unit: str = "count") -> Counter:
    """Names: Linux `Documentation/ABI/testing/sysfs-class-net-statistics` and `sysfs-class-net`."""
    return Counter(name, kind, label, {Width.NETDEV: 64}, unit=unit)


_E, _S, _C, _T, _I = Class.ERROR, Class.STATE, Class.CONGESTION, Class.TRAFFIC, Class.INFO

_ALL: Iterable[Counter] = (
    _ib("symbol_error", _E, "symbol", "SymbolErrorCounter", 16),
    _ib("link_error_recovery", _S, "recovery", "LinkErrorRecoveryCounter", 8),
    _ib("link_downed", _S, "downs", "LinkDownedCounter", 8),
    _ib("port_rcv_errors", _E, "rcv err", "PortRcvErrors", 16),
    _ib("port_rcv_remote_physical_errors", _I, "remote phys", "PortRcvRemotePhysicalErrors", 16),
    _ib("port_rcv_switch_relay_errors", _I, "relay", "PortRcvSwitchRelayErrors", 16),
    _ib("port_xmit_discards", _C, "discards", "PortXmitDiscards", 16),
    _ib("port_xmit_constraint_errors", _E, "xmit constr", "PortXmitConstraintErrors", 8),
    _ib("port_rcv_constraint_errors", _E, "rcv constr", "PortRcvConstraintErrors", 8),
    _ib("local_link_integrity_errors", _E, "integrity", "LocalLinkIntegrityErrors", 4),
    _ib("excessive_buffer_overrun_errors", _E, "overrun", "ExcessiveBufferOverrunErrors", 4),
    _ib("VL15_dropped", _I, "VL15 drop", "VL15Dropped", 16),
    Counter("qp1_dropped", _I, "QP1 drop", {Width.PMA: 16, Width.PMA_EXTENDED: 64}, pma="QP1Dropped"),
    _ib("port_xmit_wait", _C, "wait", "PortXmitWait", 32, unit="ticks"),
    _ib("port_xmit_data", _T, "xmit data", "PortXmitData", 32, 64, "words"),
    _ib("port_rcv_data", _T, "rcv data", "PortRcvData", 32, 64, "words"),
    _ib("port_xmit_packets", _T, "xmit pkts", "PortXmitPkts", 32, 64, "packets"),
    _ib("port_rcv_packets", _T, "rcv pkts", "PortRcvPkts", 32, 64, "packets"),
    _ib("unicast_xmit_packets", _T, "uc xmit", "PortUnicastXmitPkts", 64, 64, "packets"),
    _ib("unicast_rcv_packets", _T, "uc rcv", "PortUnicastRcvPkts", 64, 64, "packets"),
    _ib("multicast_xmit_packets", _T, "mc xmit", "PortMulticastXmitPkts", 64, 64, "packets"),
    _ib("multicast_rcv_packets", _T, "mc rcv", "PortMulticastRcvPkts", 64, 64, "packets"),
    _hw("out_of_sequence", _I, "out of seq"),
    _hw("packet_seq_err", _I, "seq err"),
    _hw("local_ack_timeout_err", _I, "ack timeout"),
    _hw("implied_nak_seq_err", _I, "implied nak"),
    _hw("rnr_nak_retry_err", _I, "rnr nak"),
    _hw("out_of_buffer", _I, "no buffer"),
    _hw("duplicate_request", _I, "dup req"),
    _hw("req_transport_retries_exceeded", _E, "retries exceeded"),
    _hw("req_rnr_retries_exceeded", _E, "rnr exceeded"),
    _hw("roce_adp_retrans", _I, "adp retrans"),
    _hw("roce_adp_retrans_to", _I, "adp retrans to"),
    _hw("roce_slow_restart", _I, "slow restart"),
    _hw("rx_icrc_encapsulated", _E, "icrc", 64),
    _hw("np_ecn_marked_roce_packets", _I, "ecn marked", 64),
    _hw("np_cnp_sent", _I, "cnp sent", 64),
    _hw("rp_cnp_handled", _I, "cnp handled", 64),
    _hw("rp_cnp_ignored", _I, "cnp ignored", 64),
    _nvlink("replay", _E, "replay"),
    _nvlink("recovery", _S, "recovery"),
    _nvlink("crc", _E, "crc"),
    _nvlink("recovery_failed", _S, "recovery failed"),
    _nvlink("malformed_packets", _E, "malformed"),
    _nvlink("buffer_overruns", _E, "buf overrun"),
    _nvlink("rcv_general_errors", _E, "rcv general"),
    _nvlink("xmit_error_discards", _E, "xmit err disc"),
    _nvlink("effective_errors", _E, "effective"),
    _nvlink("crc_flit", _E, "crc flit"),
    _nvlink("crc_data", _E, "crc data"),
    Counter("pcie_replay", _I, "pcie replay", {Width.NVIDIA_SMI: 64}),
    _net("rx_packets", _T, "rx pkts", "packets"),
    _net("tx_packets", _T, "tx pkts", "packets"),
    _net("rx_bytes", _T, "rx bytes", "octets"),
    _net("tx_bytes", _T, "tx bytes", "octets"),
    _net("rx_errors", _E, "rx err"),
    _net("tx_errors", _E, "tx err"),
    _net("rx_dropped", _C, "rx drop"),
    _net("tx_dropped", _C, "tx drop"),
    _net("rx_crc_errors", _E, "rx crc"),
    _net("rx_frame_errors", _E, "rx frame"),
    _net("rx_length_errors", _E, "rx length"),
    _net("rx_over_errors", _C, "rx over"),
    _net("rx_fifo_errors", _C, "rx fifo"),
    _net("tx_fifo_errors", _C, "tx fifo"),
    _net("rx_missed_errors", _C, "rx missed"),
    _net("tx_carrier_errors", _E, "tx carrier"),
    _net("collisions", _E, "collisions"),
    _net("multicast", _T, "rx mcast", "packets"),
    _net("carrier_changes", _S, "carrier chg"),
    _net("carrier_up_count", _I, "carrier up"),
    _net("carrier_down_count", _S, "carrier down"),
    _net("rx_pause", _C, "rx pause"),
    _net("tx_pause", _C, "tx pause"),
    _net("rx_ecn_mark", _C, "ecn mark"),
    _net("fec_corrected", _I, "fec corr"),
    _net("fec_uncorrected", _E, "fec uncorr"),
    _net("fec_symbol_errors", _E, "fec symbol"),
)

COUNTERS: Mapping[str, Counter] = {counter.name: counter for counter in _ALL}
"""Canonical name to counter."""

# The spelling that infiniband-diags of the OFED age printed is kept beside today's.
_OLD_SPELLINGS = {
    "SymbolErrors": "symbol_error",
    "LinkRecovers": "link_error_recovery",
    "LinkDowned": "link_downed",
    "RcvErrors": "port_rcv_errors",
    "RcvRemotePhysErrors": "port_rcv_remote_physical_errors",
    "RcvSwRelayErrors": "port_rcv_switch_relay_errors",
    "XmtDiscards": "port_xmit_discards",
    "XmtConstraintErrors": "port_xmit_constraint_errors",
    "RcvConstraintErrors": "port_rcv_constraint_errors",
    "LinkIntegrityErrors": "local_link_integrity_errors",
    "ExcBufOverrunErrors": "excessive_buffer_overrun_errors",
    "XmtData": "port_xmit_data",
    "RcvData": "port_rcv_data",
    "XmtPkts": "port_xmit_packets",
    "RcvPkts": "port_rcv_packets",
}

BY_PMA_NAME: Mapping[str, str] = {
    **{counter.pma: counter.name for counter in COUNTERS.values() if counter.pma},
    **_OLD_SPELLINGS,
}
"""What perfquery and ibqueryerrors print, to the canonical name."""


def known(name: str) -> Counter:
    """The registry's entry, or one for a counter nobody has described: shown, never judged."""
    return COUNTERS.get(name) or Counter(name, Class.INFO, name, {})
