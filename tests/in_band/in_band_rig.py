"""A subnet of our own making, and the answer that a host with the in-band role would give of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fabconsole.platforms.question import Answer

NONCE = "0123456789abcdef"
SMINFO = "sminfo: sm lid 1 sm guid 0x100001, activity count {activity} priority 5 state 3 SMINFO_MASTER\n"
UP, DOWN = "Active/  LinkUp", "Down/ Polling"


@dataclass
class Switch:
    """A switch as the tools would print it."""

    guid: int
    name: str
    lid: int
    ports: int = 3
    down: set[int] = field(default_factory=set)
    errors: dict[int, str] = field(default_factory=dict)

    def links(self) -> str:
        return "".join(self._link(port) for port in range(1, self.ports + 1))

    def _link(self, port: int) -> str:
        near = f'0x{self.guid:016x} "{self.name:>30}" {self.lid:6} {port:4}[  ] =='
        if port in self.down:
            return f'{near}({"":14}{DOWN})==>             [  ] "" ( )\n'
        far = f'0x{0x500000 + self.lid * 256 + port:016x} {900 + port:6}    1[  ] "host{port:02} mlx5_0" ( )'
        return f"{near}( 4X {'106.25 Gbps':>18} {UP})==>  {far}\n"

    def bad(self) -> str:
        if not self.errors:
            return ""
        lines = "".join(f"   GUID 0x{self.guid:x} port {port}:{text}\n" for port, text in self.errors.items())
        total = f"   GUID 0x{self.guid:x} port ALL: [LinkDownedCounter == 1]\n"
        return f'Errors for 0x{self.guid:x} "{self.name}"\n{total}{lines}'


def part(name: str, out: str, *, status: int = 0, error: str = "") -> bytes:
    return f"\x04{NONCE} {name}\n{out}\n\x05{NONCE} {status}\n{error}\n".encode()


def errors(switches: Iterable[Switch], *, failures: int = 0, checked: int | None = None) -> str:
    switches = list(switches)
    nodes = len(switches) if checked is None else checked
    bad = sum(len(switch.errors) for switch in switches)
    failed = f"##          {failures} PMA query failures\n" if failures else ""
    return (
        "".join(switch.bad() for switch in switches)
        + f"\n## Summary: {nodes} nodes checked, 1 bad nodes found\n"
        + f"##          9 ports checked, {bad} ports have errors beyond threshold\n"
        + f"## Thresholds: \n{failed}## Suppressed:\n"
    )


def sweep(switches: list[Switch], *, activity: int = 1, failures: int = 0, stderr: str = "", **how: int) -> bytes:
    return (
        part("sminfo", SMINFO.format(activity=activity))
        + part("links", "".join(switch.links() for switch in switches))
        + part("errors", errors(switches, failures=failures, **how), status=1, error=stderr)
    )


def caps(lids: Iterable[int], masks: str = "(CapMask: 0x5300 CapMask2: 0x0000002)") -> bytes:
    return b"".join(
        part(f"caps-{lid}", f"# Port extended counters: Lid {lid} port 1 {masks}\nPortSelect:....1\n") for lid in lids
    )


def answer(body: bytes, *, asked_at: float = 1000.0, stamps: tuple[tuple[int, float], ...] = ()) -> Answer:
    return Answer(body=body, status=0, asked_at=asked_at, at=asked_at + 0.5, clock_s=50.0, boot_id="b", stamps=stamps)
