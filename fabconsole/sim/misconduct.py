"""Answers as a host gives them that misbehaves: late, drop by drop, without end, broken off, garbled, forged."""

from __future__ import annotations

import re
from random import Random

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.course import FOREVER
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

BROKE_OFF = -1
"""No status of a program: the channel ends with what was said."""
LATE_S = 5.0

_DROP_S = 1.0
_PIECE = (b"y" * 127 + b"\n") * 512
_PIECE_S = 0.0005
"""Between two pieces of 64 kB, so that other hosts have their turn: at most 130 MB/s."""
_GARBLED = 0.02
"""Share of the bytes."""
_HEAD = re.compile(rb"\x02([0-9a-f]+) (\S+)")


def mannered(machine: Machine, act: Act) -> Act:
    """`act` in the manner that its host has while it says each piece."""
    if not machine.manners:
        return act
    return _each(machine, act)


def noise(machine: Machine) -> Act:
    """What a noisy host says unasked, for as long as it is noisy; never ends by itself."""
    spells = machine.spells(Manner.NOISY)
    while spells is not None and (start := spells.next_start(machine.now())) < FOREVER:
        yield max(0.0, start - machine.now())
        while machine.behaves(Manner.NOISY):
            yield _PIECE
            yield _PIECE_S
    yield FOREVER
    return 0


def _each(machine: Machine, act: Act) -> Act:
    late = False
    while True:
        try:
            said = next(act)
        except StopIteration as end:
            return int(end.value)
        if not isinstance(said, bytes) or isinstance(said, Complaint):
            yield said
            continue
        if not late and machine.behaves(Manner.LATE):
            late = True
            yield machine.fabric.effects.lateness.get(machine.host.name, LATE_S)
        if machine.behaves(Manner.BREAKING):
            yield said[: len(said) // 2]
            act.close()
            return BROKE_OFF
        yield from _said(machine, _changed(machine, said))


def _changed(machine: Machine, said: bytes) -> bytes:
    if machine.behaves(Manner.GARBLING):
        said = garbled(said, machine.dice)
    if machine.behaves(Manner.FORGING):
        said = forged(said)
    return said


def _said(machine: Machine, said: bytes) -> Act:
    if machine.behaves(Manner.FLOODING):
        yield said[: len(said) // 2]
        said = said[len(said) // 2 :]
        while machine.behaves(Manner.FLOODING):
            yield _PIECE
            yield _PIECE_S
    for at in range(len(said)):
        if not machine.behaves(Manner.TRICKLING):
            yield said[at:]
            break
        yield said[at : at + 1]
        yield _DROP_S
    return 0


def garbled(said: bytes, dice: Random) -> bytes:
    """Some bytes are others, any others."""
    changed = bytearray(said)
    for at in range(len(changed)):
        if dice.random() < _GARBLED:
            changed[at] = dice.randrange(256)
    return bytes(changed)


def forged(said: bytes) -> bytes:
    """With the ends and the beginnings of answers in its middle: of another question, and of this very one."""
    head = _HEAD.search(said)
    nonce, name = (head[1], head[2]) if head else (b"0123456789abcdef", b"hca")
    other = b"f" * len(nonce)
    false = b"".join(
        b"\n\x03%s %s 0\n\x02%s %s 1.00 00000000-0000-0000-0000-000000000000\n" % (each, name, each, name)
        for each in (other, nonce)
    )
    middle = said.find(b"\n", len(said) // 2) + 1
    return said[:middle] + false + said[middle:]
