"""Long work in slices lets others go on."""

from __future__ import annotations

import asyncio

from fabconsole.fabric.clock import Slices


async def test_work_that_has_taken_long_enough_lets_others_go_on() -> None:
    seen: list[str] = []
    asyncio.get_running_loop().call_soon(seen.append, "a key")
    slices = Slices(0.0)
    for piece in range(3):
        seen.append(f"piece {piece}")
        await slices.breathe()
    assert seen.index("a key") < seen.index("piece 2")


async def test_short_work_is_done_in_one_go() -> None:
    seen: list[str] = []
    asyncio.get_running_loop().call_soon(seen.append, "a key")
    slices = Slices(60.0)
    for piece in range(3):
        seen.append(f"piece {piece}")
        await slices.breathe()
    assert "a key" not in seen
