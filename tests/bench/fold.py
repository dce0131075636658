"""What one answer costs between the wire and the screen: parsing it, folding it, and a picture of all.

    python tests/bench/fold.py

A host of 8 HCAs with 22 counters and 4 hardware counters each, all traffic moving between two answers; a host's 144
NVLinks, moving and standing still; a snapshot of 64 such hosts of which six have news.
"""

from __future__ import annotations

import timeit

from fabconsole.fabric.counters import COUNTERS, Class, known
from fabconsole.fabric.inventory import Expect, Inventory, Node, Rack
from fabconsole.fabric.table import Width
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms import hca_text
from fabconsole.platforms.hca import HcaInquiry
from fabconsole.platforms.question import Again, Answer, Reading
from fabconsole.state.fabric import FabricState
from fabconsole.stream.records import Asked, Opening, Sample

_DEVICES = [f"mlx5_{index}" for index in range(8)]
_COUNTERS = [f"ports/1/counters/{c.name}" for c in COUNTERS.values() if Width.SYSFS in c.bits]
_HARDWARE = [f"ports/1/hw_counters/{name}" for name in ("out_of_sequence", "out_of_buffer", "np_cnp_sent")]
_HOSTS = [f"gpu{rack:02}-{place:02}" for rack in range(16) for place in range(4)]


def answer(body: str, at: float) -> Answer:
    """As the collector hands it over."""
    return Answer(body=body.encode(), status=0, asked_at=at, at=at, clock_s=at, boot_id="b")


def listing() -> str:
    """What the first asking finds."""
    files = ["ports/1", *(f"ports/1/{name}" for name in hca_text.STATE_FILES), *_COUNTERS, *_HARDWARE]
    return "\n".join([" ".join(_DEVICES), *(line for name in _DEVICES for line in (f"@{name}", *files)), ""])


def _moves(path: str) -> bool:
    return known(path.rpartition("/")[2]).kind in (Class.TRAFFIC, Class.CONGESTION)


def values(base: int) -> str:
    """What a poll finds: all traffic moved; errors stand still, as they nearly always do."""
    head = "4: ACTIVE\n5: LinkUp\n400 Gb/sec (4X NDR)\n0x1a\n0x1\n"
    numbers = "".join(f"{base * _moves(path) + index * 10**3}\n" for index, path in enumerate(_COUNTERS + _HARDWARE))
    return " ".join(_DEVICES) + "\n" + "".join(f"{head}{numbers}@{name} 0\n" for name in _DEVICES)


def asked(inquiry: HcaInquiry, body: Answer) -> Reading:
    """One poll; `body` answers it, and our listing where it lists first, as it does now and then."""
    if inquiry.call() == hca_text.LIST_CALL:
        assert inquiry.read(_LISTED) is Again.NOW
    reading = inquiry.read(body)
    assert isinstance(reading, Reading)
    return reading


def sample(node: str, reading: Reading, at: float) -> Sample:
    """As the collector puts it on the stream."""
    return Sample(node=node, question="hca", at=at, latency_s=0.01, clock_s=at, boot_id="b", tables=reading.tables)


def opened() -> FabricState:
    """A state that knows its hosts and has no answer yet."""
    nodes = {name: Node(name=name, rack=name[:5], address=name, expect=Expect(hcas=8)) for name in _HOSTS}
    members: dict[str, list[str]] = {}
    for name in _HOSTS:
        members.setdefault(name[:5], []).append(name)
    racks = tuple(Rack(name=rack, nodes=tuple(names)) for rack, names in members.items())
    inventory = Inventory(fabric="f", racks=racks, nodes=nodes)
    state = FabricState()
    asked = {name: (Asked("hca", 5.0),) for name in _HOSTS}
    state.apply(Opening(at=0.0, inventory=inventory, thresholds=read_thresholds(), asked=asked))
    return state


_LISTED = answer(listing(), 1.0)


def best_us(call: object, number: int) -> float:
    """Best of several rounds: on a shared machine the least disturbed one."""
    return min(timeit.repeat(call, number=number, repeat=7)) / number * 1e6  # type: ignore[arg-type]


def main() -> None:
    """Measure and print."""
    inquiry = HcaInquiry()
    bodies = [answer(values(0), 2.0), answer(values(1), 7.0)]

    def parse() -> None:
        for body in bodies:
            asked(inquiry, body)

    print(f"parse 8 HCAs, all traffic moved      {best_us(parse, 50) / 2:7.1f} us")
    state = opened()
    moment = 10.0

    def fold() -> None:
        nonlocal moment
        moment += 5.0
        for name in _HOSTS:
            reading = asked(inquiry, answer(values(int(moment)), moment))
            state.apply(sample(name, reading, moment))

    def parse_only() -> None:
        for _ in _HOSTS:
            asked(inquiry, answer(values(int(moment)), moment))

    both, one = best_us(fold, 3) / len(_HOSTS), best_us(parse_only, 3) / len(_HOSTS)
    print(f"fold one host's answer               {both - one:7.1f} us")

    def picture() -> None:
        nonlocal moment
        moment += 0.25
        for name in _HOSTS[:6]:
            reading = asked(inquiry, answer(values(int(moment * 4)), moment))
            state.apply(sample(name, reading, moment))
        state.snapshot(moment)

    print(f"snapshot of 64 hosts, six with news  {best_us(picture, 5) - 6 * both:7.1f} us")


if __name__ == "__main__":
    main()
