"""Where a fault is: the addresses of a scenario, read and found in the wiring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from fabconsole.fabric.document import Section
from fabconsole.sim.wiring import HOSTS_A_RACK, MOST_NODES, End, Wiring

_BEGINNING = ContextVar("beginning", default=0.0)
_RACKS = MOST_NODES // HOSTS_A_RACK
_SWITCHES = {"leaf": _RACKS, "spine": _RACKS, "core": _RACKS // 2}
"""Of the largest fabric: eight leaves and spines, and four cores, a scalable unit of eight racks."""

HOST = re.compile(r"gpu\d{2,4}-0[0-3]")
_SWITCH = re.compile(r"(?:leaf|spine|core)\d{2,4}")
_HCA = re.compile(rf"({HOST.pattern})/(mlx5_[0-7])")
_SWITCH_PORT = re.compile(rf"({_SWITCH.pattern})/([1-9]|[1-5]\d|6[0-4])")
_GPU = re.compile(rf"({HOST.pattern})/gpu([0-7])")
_RACK = re.compile(r"r\d{2,4}")
EVERYWHERE = "everything"
_NVLINK = re.compile(rf"({HOST.pattern})/gpu([0-7])/nvl(\d|1[0-7])")


def read_switch(section: Section) -> str:
    """`on: leaf05`."""
    return _matched(section, _SWITCH, "a switch such as leaf05")[0]


def read_end(section: Section) -> End:
    """`on: gpu03-02/mlx5_5` or `on: leaf05/12`: one end of a link."""
    wanted = re.compile(f"{_HCA.pattern}|{_SWITCH_PORT.pattern}")
    found = _matched(section, wanted, "a port such as gpu03-02/mlx5_5 or leaf05/12")
    node, _, port = found[0].partition("/")
    return End(node, port)


def read_hca(section: Section) -> End:
    """`on: gpu03-02/mlx5_5`."""
    found = _matched(section, _HCA, "an HCA such as gpu03-02/mlx5_5")
    return End(found[1], found[2])


def read_gpu(section: Section) -> tuple[str, int]:
    """`on: gpu03-02/gpu5`."""
    found = _matched(section, _GPU, "a GPU such as gpu03-02/gpu5")
    return found[1], int(found[2])


def read_nvlink(section: Section) -> tuple[str, int, int]:
    """`on: gpu03-02/gpu5/nvl7`."""
    found = _matched(section, _NVLINK, "an NVLink such as gpu03-02/gpu5/nvl7")
    return found[1], int(found[2]), int(found[3])


def read_rack(section: Section) -> str:
    """`on: r06`."""
    return _matched(section, _RACK, "a rack such as r06")[0]


def read_any(section: Section) -> str:
    """`on:` a port, a host, a switch, or `everything`."""
    wanted = re.compile(f"{_HCA.pattern}|{_SWITCH_PORT.pattern}|{HOST.pattern}|{_SWITCH.pattern}|{EVERYWHERE}")
    return _matched(section, wanted, f"a port, a host, a switch, or {EVERYWHERE}")[0]


@contextmanager
def beginning_at(t: float) -> Iterator[None]:
    """What is read within is of a scenario that begins at `t`: all its times are counted from then.

    Every fault has its times by `read_start`, or reckons them from that. The reader of a fault takes nothing but its
    section; this spares each of them the scenario's beginning.
    """
    before = _BEGINNING.set(t)
    try:
        yield
    finally:
        _BEGINNING.reset(before)


def read_start(section: Section) -> float:
    """`at: 8s` after the scenario begins, or `ago: 40m` before it; in seconds since the simulation began."""
    at = section.seconds("at", None, least=0)
    ago = section.seconds("ago", None)
    if at is not None and ago is not None:
        section.wrong("says both at and ago: keep one of them")
    return _BEGINNING.get() + (at if at is not None else -ago if ago is not None else 0.0)


def far_end(wiring: Wiring, end: End) -> End:
    """The other end of the link of `end`."""
    return wiring.links[wiring.link_of[end]].other(end)


def _matched(section: Section, pattern: re.Pattern[str], wanted: str) -> re.Match[str]:
    """The place at `on`. A placeholder stands in where it is wrong: the document is refused then."""
    section.require("on")

    def understood(text: str) -> re.Match[str]:
        found = pattern.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not {wanted}")
        if not _may_be(text):
            raise ValueError(f"{text!r} is in no fabric of up to {MOST_NODES:,} nodes")
        return found

    found = section.read("on", wanted, understood, None)
    if found is not None:
        return found
    for stand_in in ("gpu00-00", "leaf01", "r00", "gpu00-00/mlx5_0", "gpu00-00/gpu0", "gpu00-00/gpu0/nvl0"):
        if (placeholder := pattern.fullmatch(stand_in)) is not None:
            return placeholder
    raise AssertionError(pattern)


def _may_be(text: str) -> bool:
    """Whether the largest fabric has this node."""
    if text == EVERYWHERE:
        return True
    node = text.partition("/")[0].partition("-")[0]
    tier = node.rstrip("0123456789")
    number = int(node.removeprefix(tier))
    return number < _RACKS if tier in ("gpu", "r") else 1 <= number <= _SWITCHES[tier]
