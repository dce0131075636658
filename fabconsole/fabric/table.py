"""One answer as a table: which ports or NVLinks, which counters, what they read, what state they are in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

ABSENT, PRESENT, UNSUPPORTED = 0, 1, 2
"""Quality of one value: the node has no such counter, it was read, the node says it cannot count it."""


class Kind(StrEnum):
    """What the rows of a table are."""

    PORTS = "ports"
    NVLINKS = "nvlinks"


class Width(StrEnum):
    """Where a value was read, which decides how many bits it has (see `counters.COUNTERS`)."""

    SYSFS = "sysfs"
    """mlx5 `counters/`: 4, 8, 16 and 32 bits as in the PMA, 64 for traffic."""
    HW_COUNTERS = "hw_counters"
    """mlx5 `hw_counters/`: 32-bit Q counters, 64-bit congestion counters."""
    PMA = "pma"
    """PortCounters, attribute 0x12."""
    PMA_EXTENDED = "pma-extended"
    """PortCountersExtended, attribute 0x1D, with 64-bit error fields."""
    NVIDIA_SMI = "nvidia-smi"
    """NVML through `nvidia-smi nvlink -e`: 64 bits."""
    NETDEV = "netdev"
    """A network interface's statistics, Linux's or a switch's: 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortState:
    """What a port says of itself besides its counters. None: not said."""

    state: str | None = None
    """Logical state as IBTA names it: Down, Initialize, Armed, Active, ActiveDefer."""
    phys_state: str | None = None
    """Sleep, Polling, Disabled, PortConfigurationTraining, LinkUp, LinkErrorRecovery, PhyTest."""
    rate_gbps: float | None = None
    """Active width times lane speed; None when the port is down (IBTA C14-24.2.1: stale then)."""
    width: str | None = None
    """Active lanes, "1X" to "12X"; None when the port is down."""
    generation: str | None = None
    """SDR, DDR, QDR, FDR10, FDR, EDR, HDR, NDR, XDR, where said."""
    link_layer: str | None = None
    """InfiniBand or Ethernet."""
    lid: int | None = None
    sm_lid: int | None = None
    port_guid: str | None = None
    """Sixteen lower-case hex digits, no 0x."""
    node_guid: str | None = None
    """As `port_guid`."""
    pci: str | None = None
    """PCI address of the device, `0000:18:00.0`."""
    firmware: str | None = None
    board: str | None = None
    could_be: str | None = None
    """What an in-band tool says the link could train to, such as "4X 106.25 Gbps": a hint, `expect` wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NvlinkState:
    """What `nvidia-smi nvlink -s` says of one link."""

    state: str
    """up, inactive, or unknown."""
    speed_gbs: float | None = None
    """Raw, one way, GB/s (26.562 on H100)."""
    gpu_uuid: str | None = None
    gpu_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Rows by columns of counters, with a state a row.

    Readers hand out the *same* `rows` and `columns` objects poll after poll while the shape stands,
    so that the fold can tell by identity that nothing moved.
    """

    kind: Kind
    source: Width
    rows: tuple[str, ...]
    """What is under the node: `mlx5_0/1`, `3` on a switch, `gpu3/nvl7`."""
    columns: tuple[str, ...]
    """Canonical counter names (see `counters`)."""
    values: NDArray[np.uint64]
    """(rows, columns); 0 where `quality` is not PRESENT. Never written to again: the fold keeps it as it is."""
    quality: NDArray[np.uint8]
    """(rows, columns) of ABSENT, PRESENT, UNSUPPORTED."""
    states: tuple[PortState, ...] | tuple[NvlinkState, ...]
    """One a row."""
    unread: tuple[str, ...] = ()
    """Rows that exist but whose answer was not understood this time: keep the last reading, call it stale.
    A row that is neither here nor in `rows` is gone."""
