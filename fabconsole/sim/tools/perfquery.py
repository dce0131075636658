"""`perfquery`: the counters of one port, of 64 bits with `-x`, else as PortCounters holds them."""

from __future__ import annotations

from numpy import int64, zeros
from numpy.typing import NDArray

from fabconsole.fabric.table import Width
from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.fabric import COLUMNS, capped
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.subnet import by_lid, shut_out, unopened
from fabconsole.sim.wiring import SWITCH_PORTS, Hca, Host, Switch

CAP_MASK, CAP_MASK2 = 0x5300, 0x2
"""All ports at once, wide counters, XmitWait, RS-FEC; and errors in 64 bits."""

_UNANSWERED_S = 3.0
"""A second for each of three tries."""
_FAILED = 255

_EXTENDED = (
    ("PortXmitData", "port_xmit_data"),
    ("PortRcvData", "port_rcv_data"),
    ("PortXmitPkts", "port_xmit_packets"),
    ("PortRcvPkts", "port_rcv_packets"),
    ("PortUnicastXmitPkts", "unicast_xmit_packets"),
    ("PortUnicastRcvPkts", "unicast_rcv_packets"),
    ("PortMulticastXmitPkts", "multicast_xmit_packets"),
    ("PortMulticastRcvPkts", "multicast_rcv_packets"),
    ("CounterSelect2", "0x00000000"),
    ("SymbolErrorCounter", "symbol_error"),
    ("LinkErrorRecoveryCounter", "link_error_recovery"),
    ("LinkDownedCounter", "link_downed"),
    ("PortRcvErrors", "port_rcv_errors"),
    ("PortRcvRemotePhysicalErrors", "port_rcv_remote_physical_errors"),
    ("PortRcvSwitchRelayErrors", "port_rcv_switch_relay_errors"),
    ("PortXmitDiscards", "port_xmit_discards"),
    ("PortXmitConstraintErrors", "port_xmit_constraint_errors"),
    ("PortRcvConstraintErrors", "port_rcv_constraint_errors"),
    ("LocalLinkIntegrityErrors", "local_link_integrity_errors"),
    ("ExcessiveBufferOverrunErrors", "excessive_buffer_overrun_errors"),
    ("VL15Dropped", "VL15_dropped"),
    ("PortXmitWait", "port_xmit_wait"),
    ("QP1Dropped", "0"),
)
"""What is printed, and the column it shows or the text that always stands there."""

_PLAIN = (
    *_EXTENDED[9:18],
    ("CounterSelect2", "0x00"),
    *_EXTENDED[18:20],
    ("QP1Dropped", "0"),
    ("VL15Dropped", "VL15_dropped"),
    *_EXTENDED[:4],
    ("PortXmitWait", "port_xmit_wait"),
)


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: `[-x] LID [PORT]`; `-C` and `-P` make no difference here."""
    if shut_out(machine):
        return (yield from unopened("perfquery: iberror: failed: Failed to open '(null)' port '0'", 255))
    extended = "-x" in words
    numbers = [int(word, 0) for word in _operands(words[1:]) if word[0].isdigit()]
    lid, port = (*numbers, 1)[:2] if numbers else (0, 1)
    found = by_lid(machine, lid)
    if found is None:
        yield _UNANSWERED_S
        yield Complaint(f"ibwarn: [4711] mad_rpc: _do_madrpc failed; dport (Lid {lid})\n".encode())
        yield Complaint(b"perfquery: iberror: failed: classportinfo query\n")
        return _FAILED
    yield machine.takes(0.01, 0.05)
    counts = _counts(machine, found, port)
    if counts is None:
        query = "perfextquery" if extended else "perfquery"
        yield Complaint(f"perfquery: iberror: failed: {query}\n".encode())
        return _FAILED
    yield _printed(counts, lid, port, extended=extended).encode()
    return 0


def _operands(words: list[str]) -> list[str]:
    taking = {"-C", "-P", "-t"}
    return [
        word for at, word in enumerate(words) if not word.startswith("-") and (at == 0 or words[at - 1] not in taking)
    ]


def _counts(machine: Machine, found: Switch | tuple[Host, Hca], port: int) -> NDArray[int64] | None:
    """Of one port; None where there is none of that number. One that was never cabled has counted nothing."""
    t = machine.now()
    if isinstance(found, Switch):
        nothing = zeros(len(COLUMNS), dtype=int64) if 1 <= port <= SWITCH_PORTS else None
        return machine.fabric.switch_counts(found, t).get(port, nothing)
    if port != 1:
        return None
    row: NDArray[int64] = machine.fabric.hca_counts([found[1]], t)[0]
    return row


def _printed(counts: NDArray[int64], lid: int, port: int, *, extended: bool) -> str:
    values = dict(zip(COLUMNS, capped(counts, Width.PMA_EXTENDED if extended else Width.PMA).tolist(), strict=True))
    kind = "Port extended" if extended else "Port"
    masks = f"CapMask: 0x{CAP_MASK:X}" + (f" CapMask2: 0x{CAP_MASK2:07X}" if extended else "")
    lines = [f"# {kind} counters: Lid {lid} port {port} ({masks})"]
    lines.append(_line("PortSelect", str(port)))
    lines.append(_line("CounterSelect", "0x0000"))
    for name, column in _EXTENDED if extended else _PLAIN:
        lines.append(_line(name, str(values.get(column, column))))
    return "\n".join((*lines, ""))


def _line(name: str, value: str) -> str:
    return f"{name + ':':.<33}{value}"


TOOLS = {"perfquery": run}
