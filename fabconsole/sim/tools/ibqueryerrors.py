"""`ibqueryerrors`: ports whose error counters are not zero, and what was looked at. 64-bit counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.fabric import COLUMNS
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.subnet import (
    adapters,
    answering,
    by_guid,
    could_be,
    drawn,
    lid,
    neighbour,
    shut_out,
    unopened,
)
from fabconsole.sim.wiring import SWITCH_PORTS, End, Hca, Host, Switch

_SWEEP_S = (0.8, 1.6)

_ERRORS = (
    ("SymbolErrorCounter", COLUMNS.index("symbol_error")),
    ("LinkErrorRecoveryCounter", COLUMNS.index("link_error_recovery")),
    ("LinkDownedCounter", COLUMNS.index("link_downed")),
    ("PortRcvErrors", COLUMNS.index("port_rcv_errors")),
    ("PortRcvRemotePhysicalErrors", COLUMNS.index("port_rcv_remote_physical_errors")),
    ("PortRcvSwitchRelayErrors", COLUMNS.index("port_rcv_switch_relay_errors")),
    ("PortXmitDiscards", COLUMNS.index("port_xmit_discards")),
    ("PortXmitConstraintErrors", COLUMNS.index("port_xmit_constraint_errors")),
    ("PortRcvConstraintErrors", COLUMNS.index("port_rcv_constraint_errors")),
    ("LocalLinkIntegrityErrors", COLUMNS.index("local_link_integrity_errors")),
    ("ExcessiveBufferOverrunErrors", COLUMNS.index("excessive_buffer_overrun_errors")),
    ("VL15Dropped", COLUMNS.index("VL15_dropped")),
    ("PortXmitWait", COLUMNS.index("port_xmit_wait")),
)
_DATA = (
    ("PortXmitData", COLUMNS.index("port_xmit_data")),
    ("PortRcvData", COLUMNS.index("port_rcv_data")),
    ("PortXmitPkts", COLUMNS.index("port_xmit_packets")),
    ("PortRcvPkts", COLUMNS.index("port_rcv_packets")),
    ("PortUnicastXmitPkts", COLUMNS.index("unicast_xmit_packets")),
    ("PortUnicastRcvPkts", COLUMNS.index("unicast_rcv_packets")),
    ("PortMulticastXmitPkts", COLUMNS.index("multicast_xmit_packets")),
    ("PortMulticastRcvPkts", COLUMNS.index("multicast_rcv_packets")),
)


class _Report:
    """One run: what to print, and what was counted while printing it."""

    def __init__(self, machine: Machine, words: list[str]) -> None:
        self._machine = machine
        self._with_links = "-r" in words
        self._with_data = "--data" in words
        self.nodes = self.bad_nodes = self.ports = self.bad_ports = 0

    def switch(self, switch: Switch) -> str:
        """What is printed of one switch: nothing where it has no errors."""
        counts = self._machine.fabric.switch_counts(switch, self._machine.now())
        rows = {port: row.tolist() for port, row in sorted(counts.items())}
        lines = list(self._ports(f"0x{switch.guid:x}", switch.name, rows, switch.links))
        self._count(SWITCH_PORTS, len(lines))
        if not lines:
            return ""
        total = [sum(column) for column in zip(*rows.values(), strict=True)]
        head = (
            f'Errors for 0x{switch.guid:x} "{switch.name}"\n   GUID 0x{switch.guid:x} port ALL:{self._items(total)}\n'
        )
        return head + "".join(lines)

    def adapter(self, host: Host, hca: Hca) -> str:
        """What is printed of one HCA."""
        fabric, t = self._machine.fabric, self._machine.now()
        counts = fabric.hca_counts([hca], t)[0].tolist()
        lines = list(self._ports(f"0x{hca.guid:x}", host.name, {1: counts}, {1: hca.link}, hca.name))
        self._count(1, len(lines))
        return f'Errors for "{fabric.described(End(host.name, hca.name), t)}"\n' + "".join(lines) if lines else ""

    def summary(self) -> str:
        """The last lines."""
        return (
            f"\n## Summary: {self.nodes} nodes checked, {self.bad_nodes} bad nodes found\n"
            f"##          {self.ports} ports checked, {self.bad_ports} ports have errors beyond threshold\n"
            "## Thresholds: \n## Suppressed:\n"
        )

    def _ports(
        self, guid: str, node: str, rows: Mapping[int, list[int]], links: Mapping[int, int], hca: str | None = None
    ) -> Iterator[str]:
        for port, row in rows.items():
            if any(row[column] for _, column in _ERRORS):
                yield f"   GUID {guid} port {port}:{self._items(row)}\n"
                if self._with_links:
                    yield self._link(End(node, hca or str(port)), port, links[port])

    def _items(self, row: list[int]) -> str:
        text = "".join(_item(name, row[column]) for name, column in _ERRORS if row[column])
        if self._with_data:
            text += "".join(_item(name, row[column], data=name.endswith("Data")) for name, column in _DATA)
        return text

    def _link(self, end: End, port: int, link: int) -> str:
        machine = self._machine
        line = machine.fabric.line(link, machine.now())
        start = f"       Link info: {lid(machine, end):>6} {port:>3}[  ] {drawn(line)}"
        if not line.up:
            return f'{start}             [  ] "" ( )\n'
        far = neighbour(machine, end, link)
        return f'{start}  0x{far.guid:016x} {far.lid:>6} {far.port:>4}[  ] "{far.description}" {could_be(line)}\n'

    def _count(self, ports: int, lines: int) -> None:
        self.nodes += 1
        self.ports += ports
        self.bad_nodes += lines > 0
        self.bad_ports += lines // 2 if self._with_links else lines


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: `--switch`, `-G GUID`, `-r`, `--data`; any threshold file is an empty one here. Ends with 1 on errors."""
    if shut_out(machine):
        return (yield from unopened("ibqueryerrors: iberror: failed: Failed to open port; (null):0\n", 255))
    report = _Report(machine, words)
    if "-G" in words:
        yield machine.takes(0.2, 0.5)
        guid = int(words[words.index("-G") + 1], 0)
        found = by_guid(machine, guid)
        if found is None:
            yield Complaint(f"ibwarn: [4711] main: Failed to resolve 0x{guid:x}; attempting full scan\n".encode())
            yield machine.takes(*_SWEEP_S)
            yield Complaint(f"Failed to find node: 0x{guid:x}\n".encode())
        else:
            yield (report.switch(found) if isinstance(found, Switch) else report.adapter(*found)).encode()
    else:
        switches = list(answering(machine))
        pause = machine.takes(*_SWEEP_S) / max(1, len(switches))
        for switch in switches:
            yield pause
            yield report.switch(switch).encode()
        if "--switch" not in words:
            yield "".join(report.adapter(host, hca) for host, hca in adapters(machine)).encode()
    yield report.summary().encode()
    return 1 if report.bad_nodes else 0


def _item(name: str, value: int, *, data: bool = False) -> str:
    shown, power = float(value) * (4 if data else 1), 0
    while shown >= 1024 and power < 5:
        shown /= 1024
        power += 1
    unit = " KMGTP"[power].strip() + ("B" if data else "")
    return f" [{name} == {value} ({shown:.3f}{unit})]"


TOOLS = {"ibqueryerrors": run}
