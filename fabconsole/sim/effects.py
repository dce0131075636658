"""What the faults of a scenario do to the fabric, gathered so that its state can be read at any time."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field

from fabconsole.sim.course import FOREVER, Growth, Spells
from fabconsole.sim.manner import Manner
from fabconsole.sim.wiring import End


@dataclass(frozen=True, slots=True)
class Speed:
    """What a link runs at."""

    gbps: int
    width: int
    generation: str
    lane: str
    """Gbps of one lane, as iblinkinfo prints it."""


NDR = Speed(400, 4, "NDR", "106.25")
SPEEDS = {
    "NDR": NDR,
    "HDR": Speed(200, 4, "HDR", "53.125"),
    "EDR": Speed(100, 4, "EDR", "25.78125"),
    "NDR 2X": Speed(200, 2, "NDR", "106.25"),
    "NDR 1X": Speed(100, 1, "NDR", "106.25"),
}
"""What a scenario may train a link to. Lane speeds as rdma-core's libibmad prints them."""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One line that the kernel says."""

    at: float
    """Seconds since the simulation began; negative: before."""
    text: str
    priority: int = 4
    """syslog's: 3 error, 4 warning (as NVIDIA's driver says its Xids), 5 notice, 6 information."""


@dataclass(frozen=True, slots=True)
class NvlinkId:
    """One end of an NVLink: on a GPU."""

    host: str
    gpu: int
    link: int


@dataclass(frozen=True, slots=True)
class Hung:
    """A tool that does not come back when it is started in these spells."""

    spells: Spells
    unkillable: bool
    """In D state: no signal ends it, and it outlives who started it."""


@dataclass(slots=True)
class Effects:
    """All that is not as it should be, and when."""

    down: dict[int, Spells] = field(default_factory=dict)
    """Link number to when it is down."""
    slow: dict[int, tuple[float, Speed]] = field(default_factory=dict)
    """Link number to when it was trained anew, and to what."""
    growth: dict[End, list[Growth]] = field(default_factory=dict)
    """What an end's counters count besides traffic and its link's downs."""
    dead: dict[str, Spells] = field(default_factory=dict)
    """Switches that answer nothing."""
    lost: dict[End, Spells] = field(default_factory=dict)
    """HCAs that are off their host's bus."""
    manners: dict[str, dict[Manner, Spells]] = field(default_factory=dict)
    """Host to how it misbehaves towards who asks it, and when."""
    lateness: dict[str, float] = field(default_factory=dict)
    """Host to the seconds by which it is late where it is LATE."""
    renamed: dict[End, tuple[float, str]] = field(default_factory=dict)
    """HCAs that have another name on their host, from when on, and which."""
    cleared: dict[End | None, list[float]] = field(default_factory=dict)
    """When an end's counters, or under None those of all ends, began from zero, in order of time."""
    boots: dict[str, list[float]] = field(default_factory=dict)
    """Host to when its kernel started anew, in order of time."""
    jumps: dict[str, tuple[Spells, float]] = field(default_factory=dict)
    """Host to when its clocks are ahead, and by how many seconds."""
    hung: dict[tuple[str, str], Hung] = field(default_factory=dict)
    """(host, tool) that does not come back."""
    nvlink_growth: dict[NvlinkId, list[Growth]] = field(default_factory=dict)
    """Counters replay, recovery, crc."""
    nvlink_down: dict[NvlinkId, Spells] = field(default_factory=dict)
    messages: dict[str, list[Message]] = field(default_factory=dict)
    """Host to what its kernel says, in any order."""

    def take_down(self, link: int, spells: Spells) -> None:
        """A link is down in these spells, on top of what it has."""
        self.down[link] = _with(self.down.get(link), spells)

    def kill(self, switch: str, spells: Spells) -> None:
        """A switch answers nothing in these spells, on top of what it has."""
        self.dead[switch] = _with(self.dead.get(switch), spells)

    def break_off(self, link: NvlinkId, spells: Spells) -> None:
        """An NVLink is inactive in these spells, on top of what it is."""
        self.nvlink_down[link] = _with(self.nvlink_down.get(link), spells)

    def grow(self, end: End, *growths: Growth) -> None:
        """Counters of one end grow."""
        self.growth.setdefault(end, []).extend(growths)

    def clear(self, end: End | None, at: float) -> None:
        """Counters of one end, or of all, begin from zero."""
        insort(self.cleared.setdefault(end, []), at)

    def cleared_at(self, end: End, t: float) -> float | None:
        """When the counters of `end` last began from zero by `t`; None where they never did."""
        if not self.cleared:
            return None
        times = (self.cleared.get(either, ()) for either in (end, None))
        return max((each[last - 1] for each in times if (last := bisect_right(each, t))), default=None)

    def boot(self, host: str, at: float) -> None:
        """A host's kernel starts anew."""
        insort(self.boots.setdefault(host, []), at)

    def lose(self, hca: End, spells: Spells) -> None:
        """An HCA is off its bus in these spells, on top of what it is."""
        self.lost[hca] = _with(self.lost.get(hca), spells)

    def behave(self, host: str, manner: Manner, spells: Spells) -> None:
        """A host has this manner in these spells, on top of what it has."""
        manners = self.manners.setdefault(host, {})
        manners[manner] = _with(manners.get(manner), spells)

    def say(self, host: str, *messages: Message) -> None:
        """A host's kernel says something."""
        self.messages.setdefault(host, []).extend(messages)


def once(at: float, until: float = FOREVER) -> Spells:
    """One spell."""
    return Spells([(at, until)])


def _with(had: Spells | None, spells: Spells) -> Spells:
    return spells if had is None else spells.with_(had)
