"""NVUE's names of counters, made the registry's.

Names: Cumulus Linux guide, "Monitoring Interfaces and Transceivers with NVUE"; NVOS manuals for NVLink and for
InfiniBand switches, interface commands. Octets stay octets: `in-bytes` is never put under a name that counts words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.values import snake

_BOTH = {
    "in_bytes": "rx_bytes",
    "out_bytes": "tx_bytes",
    "carrier_transitions": "carrier_changes",
    "total_state_changes": "carrier_changes",
    "up_count": "carrier_up_count",
    "down_count": "carrier_down_count",
    "carrier_up_count": "carrier_up_count",
    "carrier_down_count": "carrier_down_count",
    "in_symbol_errors": "symbol_error",
    "out_wait": "port_xmit_wait",
    "link_error_recovery": "link_error_recovery",
    "error_recovery": "link_error_recovery",
    "link_downed": "link_downed",
    "port_rcv_remote_physical_errors": "port_rcv_remote_physical_errors",
    "port_rcv_switch_relay_errors": "port_rcv_switch_relay_errors",
    "port_rcv_constraint_errors": "port_rcv_constraint_errors",
    "port_xmit_constraint_errors": "port_xmit_constraint_errors",
    "local_link_integrity_errors": "local_link_integrity_errors",
    "local_integrity_errors": "local_link_integrity_errors",
    "qp1_drops": "qp1_dropped",
    "buffer_overrun_errors": "excessive_buffer_overrun_errors",
    "vl15_dropped": "VL15_dropped",
    "vl15_drops": "VL15_dropped",
    "total_octets.receive": "rx_bytes",
    "total_octets.transmit": "tx_bytes",
}
_ETHERNET = {
    "in_pkts": "rx_packets",
    "out_pkts": "tx_packets",
    "in_errors": "rx_errors",
    "out_errors": "tx_errors",
    "in_drops": "rx_dropped",
    "out_drops": "tx_dropped",
    "in_multicast_pkts": "multicast",
    "multicast_in_pkts": "multicast",
    "rx_ok": "rx_packets",
    "rx_err": "rx_errors",
    "rx_drp": "rx_dropped",
    "tx_ok": "tx_packets",
    "tx_err": "tx_errors",
    "tx_drp": "tx_dropped",
    "total_packets.receive": "rx_packets",
    "total_packets.transmit": "tx_packets",
    "total_errors.receive": "rx_errors",
    "total_errors.transmit": "tx_errors",
    "total_drops.receive": "rx_dropped",
    "total_drops.transmit": "tx_dropped",
    "multicast_packets.receive": "multicast",
    "fcs_errors.receive": "rx_crc_errors",
    "length_errors.receive": "rx_length_errors",
    "pause_packets.receive": "rx_pause",
    "pause_packets.transmit": "tx_pause",
}
_INFINIBAND = {
    "in_pkts": "port_rcv_packets",
    "out_pkts": "port_xmit_packets",
    "in_errors": "port_rcv_errors",
    "out_drops": "port_xmit_discards",
    "in_drops": "rx_dropped",
    "out_errors": "tx_errors",
    "unicast_in_pkts": "unicast_rcv_packets",
    "unicast_out_pkts": "unicast_xmit_packets",
    "multicast_in_pkts": "multicast_rcv_packets",
    "multicast_out_pkts": "multicast_xmit_packets",
    "in_unicast_pkts": "unicast_rcv_packets",
    "out_unicast_pkts": "unicast_xmit_packets",
    "in_multicast_pkts": "multicast_rcv_packets",
    "out_multicast_pkts": "multicast_xmit_packets",
    "symbol_errors.receive": "symbol_error",
    "qp1_drops.receive": "qp1_dropped",
    "vl15_drops.receive": "VL15_dropped",
}
_HOLDERS = frozenset(
    {
        "link",
        "stats",
        "counters",
        "phy",
        "phy_detail",
        "phy_health",
        "health",
        "nvl",
        "ib",
        "errors",
        "drops",
        "netstat",
    }
    | {"detailed_counters", "drop_counters", "error_counters", "packet_size_statistics", "detailed", "operational"}
    | {"pktdist", "eth", "ethernet", "iface_obj"}
)
"""What holds the counters of the whole port."""
_DIRECTIONS = ("receive", "transmit", "rx", "tx")
_COUNTS = re.compile(
    r"(?:errors?|err|drops?|drp|pkts|packets|octets|bytes|frames|counts?|events|transitions|wait|downed|recovery|ovr|ok"
    r"|bits|discards?|overruns?|cells|codes|err_bin\d{1,2}|histogram_\d{1,2}|bin_?\d{1,2}|\d{2,5}(?:_\d{2,5})?)"
    r"(?:_lane_?\d{1,2})?"
)


@lru_cache(maxsize=4096)
def is_count(path: tuple[str, ...]) -> bool:
    """Whether a name tells of something counted, wherever it stands."""
    leaf = snake(path[-1])
    if leaf in _DIRECTIONS and len(path) > 1:
        leaf = snake(path[-2])
    return leaf in _BOTH or leaf in _ETHERNET or _COUNTS.fullmatch(leaf[_last_word(leaf) :]) is not None


def _last_word(leaf: str) -> int:
    """Where the words begin that tell what is counted: the last, or more where it ends in a lane or a bin."""
    found = re.search(r"[a-z0-9]+(?:_bin\d{1,2}|_\d{2,5})?(?:_lane_?\d{1,2})?$", leaf)
    return found.start() if found else 0


@lru_cache(maxsize=4096)
def counter(path: tuple[str, ...], infiniband: bool) -> str:
    """The registry's name for a counter, or the printed one: `errors`, `jabber-errors`, `receive` is the latter's
    `jabber-errors.receive`."""
    leaf, printed, above = snake(path[-1]), path[-1], path[:-1]
    if leaf in _DIRECTIONS and above:
        leaf = f"{snake(path[-2])}.{leaf.replace('rx', 'receive').replace('tx', 'transmit')}"
        printed, above = f"{path[-2]}.{path[-1].lower()}", path[:-2]
    within = [name for name in above if snake(name) not in _HOLDERS]
    if within:
        return ".".join((*within, printed))  # a lane's, a bin's, a queue's: not the port's
    kind = _INFINIBAND if infiniband else _ETHERNET
    return kind.get(leaf) or _BOTH.get(leaf) or printed
