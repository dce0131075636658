"""What the counters of `show interface` are called, as EOS, NX-OS and CNOS say them, to their canonical names.

One word (`discards`) is used for both directions, so that some stand here with their side before them.
"""

from __future__ import annotations

COUNTERS = {
    "packets input": "rx_packets",
    "input packets": "rx_packets",
    "packets output": "tx_packets",
    "output packets": "tx_packets",
    "input errors": "rx_errors",
    "input error": "rx_errors",
    "output errors": "tx_errors",
    "output error": "tx_errors",
    "input discards": "rx_dropped",
    "input discard": "rx_dropped",
    "output discards": "tx_dropped",
    "output discard": "tx_dropped",
    "PAUSE input": "rx_pause",
    "Rx pause": "rx_pause",
    "PAUSE output": "tx_pause",
    "Tx pause": "tx_pause",
    "collision": "collisions",
    "collisions": "collisions",
    "CRC": "rx_crc_errors",
    "CRC/FCS": "rx_crc_errors",
    "alignment": "rx_frame_errors",
    "rx_multicast": "multicast",
    "rx_multicast packets": "multicast",
    "overrun": "rx_over_errors",
    "rx_dropped": "rx_dropped",
    "tx_dropped": "tx_dropped",
    "rx_length": "rx_length_errors",
    "rx_frame": "rx_frame_errors",
    "rx_fifo": "rx_fifo_errors",
    "tx_fifo": "tx_fifo_errors",
    "rx_missed": "rx_missed_errors",
    "tx_carrier": "tx_carrier_errors",
    "interface resets": "interface_resets",
    "link status changes since last clear": "carrier_changes",
}
