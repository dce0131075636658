"""How connections are begun."""

from __future__ import annotations

import asyncio
from random import Random

from fabconsole.collector.bell import Bell, patience
from fabconsole.collector.outbox import Outbox
from fabconsole.collector.ramp import Ramp, backoff_s, racks_first
from fabconsole.fabric.inventory import Inventory, Node, Rack
from fabconsole.stream.records import Happened, Reason


def test_one_node_of_every_rack_is_connected_first() -> None:
    racks = (
        Rack(name="r0", nodes=("a0", "a1", "a2")),
        Rack(name="r1", nodes=("b0",)),
        Rack(name="r2", nodes=("c0", "c1")),
    )
    nodes = {name: Node(name=name, rack=rack.name, address=name) for rack in racks for name in rack.nodes}
    assert racks_first(Inventory(fabric="f", racks=racks, nodes=nodes)) == ["a0", "b0", "c0", "a1", "c1", "a2"]


def test_backoff_doubles_to_a_cap_and_is_never_in_step() -> None:
    random = Random(1)
    waits = [[backoff_s(attempt, Reason.UNREACHABLE, random) for _ in range(50)] for attempt in range(1, 12)]
    assert all(0.5 <= wait <= 1.0 for wait in waits[0])
    assert all(15 <= wait <= 30.0 for wait in waits[-1])
    assert len(set(waits[3])) > 40


def test_a_refused_key_and_a_changed_identity_are_tried_again_slowly() -> None:
    for reason, first, cap in ((Reason.REFUSED, 30, 300), (Reason.UNTRUSTED, 10, 60)):
        assert first / 2 <= backoff_s(1, reason, Random(1)) <= first
        assert cap / 2 <= backoff_s(99, reason, Random(1)) <= cap


async def test_a_handshake_that_hangs_gives_its_place_back() -> None:
    ramp = Ramp(at_once=1, hold_s=0.05)
    hanging = asyncio.Event()

    async def sick() -> None:
        async with ramp.place():
            await hanging.wait()

    task = asyncio.create_task(sick())
    async with asyncio.timeout(5):
        for _ in range(3):
            async with ramp.place():
                pass
    hanging.set()
    await task
    async with asyncio.timeout(5), ramp.place():
        pass


async def test_records_are_handed_out_in_order_and_in_company() -> None:
    outbox = Outbox()
    records = [Happened(node=str(number), at=0.0, events=()) for number in range(3)]
    for record in records[:2]:
        outbox.put(record)
    assert await outbox.batch() == records[:2]
    outbox.put_now(records[2])
    assert await outbox.batch() == records[2:]
    outbox.put(records[0])
    outbox.close()
    assert await outbox.batch() == records[:1]
    assert await outbox.batch() == []


def test_thousands_behind_one_jump_host_do_not_look_every_second_whether_it_is_there() -> None:
    assert backoff_s(1, Reason.JUMP, Random(1)) >= 15.0
    assert backoff_s(1, Reason.WAITING, Random(1)) >= 5.0


async def test_whoever_waits_is_woken_by_any_of_its_bells_and_one_of_all_by_a_single_ring() -> None:
    tunnel, key = Bell(), Bell()
    woken: list[str] = []

    async def wait(name: str) -> None:
        await patience(60.0, tunnel, key)
        woken.append(name)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        for name in ("first", "second", "third"):
            tasks.create_task(wait(name))
        await asyncio.sleep(0)
        tunnel.ring_one()
        while not woken:
            await asyncio.sleep(0)
        assert woken == ["first"]
        key.ring()
    assert woken == ["first", "second", "third"]


async def test_where_no_bell_rings_patience_ends() -> None:
    async with asyncio.timeout(10):
        await patience(0.01, Bell())
