"""The machines that stand between us and a node, in order: a jump host may have a jump host of its own."""

from __future__ import annotations

from typing import NamedTuple

from fabconsole.collector.hops import Hop, hops
from fabconsole.collector.options import Access, Dial


class Stage(NamedTuple):
    """One of them."""

    hop: Hop
    dial: Dial


async def route(access: Access, jump: str) -> list[Stage]:
    """Every machine to go through for `jump`, as ssh would: the first one's own ProxyJump goes before it.

    One that names itself, as under `Host *`, is dialled at once, where ssh refuses. Raises ValueError where they go
    round in a circle, or ssh_config is wrong for one of them; OSError where a file of ours cannot be read.
    """
    way = await _stages(access, jump)
    met = {stage.dial.target for stage in way}
    while (own := way[0].dial.jump) is not None:
        before = await _stages(access, own)
        if before[-1].dial.target == way[0].dial.target:
            break
        if again := [stage.dial.target for stage in before if stage.dial.target in met]:
            raise ValueError(f"jump hosts go round in a circle, by {again[0]}: give one `ProxyJump none` in ssh_config")
        met |= {stage.dial.target for stage in before}
        way = [*before, *way]
    return way


async def _stages(access: Access, jump: str) -> list[Stage]:
    return [Stage(hop, await access.dial_jump(hop.host, user=hop.user, port=hop.port)) for hop in hops(jump)]
