"""GPUs: an NVLink that recovers until it no longer does, and what the driver says of it all.

Message forms: NVIDIA's Xid catalogue, as the driver of H100 systems (NVLink 4) prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import FOREVER, Growth
from fabconsole.sim.effects import Effects, Message, NvlinkId, once
from fabconsole.sim.faults.places import read_gpu, read_nvlink, read_start
from fabconsole.sim.wiring import Gpu, Wiring

_TEXTS = {
    31: "pid=21840, name=python3, Ch 00000028, intr 00000000. MMU Fault: ENGINE GRAPHICS GPC2 "
    "faulted @ 0x7f3a_0a000000. Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_READ",
    48: "pid='<unknown>', name=<unknown>, DBE (double bit error) ECC Error",
    63: "pid='<unknown>', name=<unknown>, Row Remapper: New row marked for remapping, reset gpu to activate.",
    79: "pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
    94: "pid=21840, name=python3, Contained: SM (0x1). RST: No, D-RST: No",
    119: "pid=20243, name=nvidia-smi, Timeout after 6s of waiting for RPC response from GPU{gpu} GSP! "
    "Expected function 76 (GSP_RM_CONTROL) (0x20802a02 0x8).",
}
"""Xids that a scenario may have said, and their words; `{gpu}` is the GPU's index."""


@dataclass(frozen=True, slots=True)
class DyingNvlink:
    """An NVLink recovers now and then, each time with replays and CRC errors; in the end it stays inactive."""

    on: NvlinkId
    at: float
    every_s: float
    dies: float

    def clue(self) -> Clue:
        """See `Fault`."""
        end = "" if self.dies == FOREVER else ", then dies: Xid 74"
        return Clue(self.at, f"{self.on.host}/gpu{self.on.gpu}/nvl{self.on.link}", f"recovers over and over{end}")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        host = wiring.host.get(self.on.host)
        if host is None:
            return False
        times = []
        when = self.at
        while when < min(self.dies, self.at + 3600):
            times.append(when)
            when += self.every_s * dice.uniform(0.8, 1.2)
        growths = effects.nvlink_growth.setdefault(self.on, [])
        growths.append(Growth("recovery", self.at, steps=tuple((when, 1) for when in times)))
        growths.append(Growth("replay", self.at, steps=tuple((when, dice.randrange(1, 5)) for when in times)))
        growths.append(Growth("crc", self.at, steps=tuple((when, dice.randrange(3, 40)) for when in times)))
        if self.dies < FOREVER:
            effects.break_off(self.on, once(self.dies))
            effects.say(self.on.host, *_last_words(host.gpus[self.on.gpu], self.on.link, self.dies))
        return True


@dataclass(frozen=True, slots=True)
class Xid:
    """The driver says an Xid of one GPU; nothing else happens."""

    host: str
    gpu: int
    code: int
    at: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(self.at, f"{self.host}/gpu{self.gpu}", f"Xid {self.code} in its kernel log")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        host = wiring.host.get(self.host)
        if host is None:
            return False
        gpu = host.gpus[self.gpu]
        effects.say(
            self.host,
            Message(self.at, f"NVRM: GPU at PCI:{gpu.bus}: {gpu.uuid}"),
            Message(self.at, f"NVRM: GPU Board Serial Number: {gpu.serial}"),
            Message(self.at, f"NVRM: Xid (PCI:{gpu.bus}): {self.code}, {_TEXTS[self.code].format(gpu=self.gpu)}"),
        )
        return True


def _last_words(gpu: Gpu, link: int, at: float) -> tuple[Message, ...]:
    registers = "0x0, 0x0, 0x10000, 0x0, 0x0, 0x0, 0x0"
    return (
        Message(at, f"NVRM: GPU at PCI:{gpu.bus}: {gpu.uuid}"),
        Message(
            at,
            f"NVRM: Xid (PCI:{gpu.bus}): 74, pid='<unknown>', name=<unknown>, "
            f"NVLink: fatal error detected on link {link}({registers})",
        ),
        Message(at + 0.004, "nvidia-nvswitch2: SXid (PCI:0000:07:00.0): 20034, Fatal, Link 37 LTSSM Fault Up", 3),
        wants_reset(gpu, at + 0.09),
    )


def wants_reset(gpu: Gpu, at: float) -> Message:
    """Xid 154: what the driver wants done after a fault."""
    return Message(
        at,
        f"NVRM: Xid (PCI:{gpu.bus}): 154, pid='<unknown>', name=<unknown>, "
        "GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)",
    )


def _dying(section: Section) -> DyingNvlink:
    at = read_start(section)
    host, gpu, link = read_nvlink(section)
    dies = section.seconds("dies", None)
    every_s = section.seconds("every", 9.0, least=0.5)
    return DyingNvlink(NvlinkId(host, gpu, link), at, every_s, FOREVER if dies is None else at + dies)


def _xid(section: Section) -> Xid:
    host, gpu = read_gpu(section)
    section.require("code")
    code = section.integer("code", 0)
    if code not in _TEXTS:
        section.wrong(f"has no words for this Xid: one of {', '.join(map(str, _TEXTS))}", "code")
    return Xid(host, gpu, code, read_start(section))


FAULTS = {"dying-nvlink": _dying, "xid": _xid}
