"""The Xids of each GPU of a node, as short as a matrix has room for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from fabconsole.fabric.health import Severity
from fabconsole.state.snapshot import EventView

_GPU = re.compile(r"gpu(\d{1,3})")


def gpu_number(subject: str | None) -> int | None:
    """The number of the GPU that an event is about; None where it is about something else."""
    gpu = _GPU.fullmatch(subject or "")
    return int(gpu[1]) if gpu else None


def xids_of_gpus(recent: Iterable[EventView]) -> Mapping[int, str]:
    """`Xid 94 ×2, 31` by GPU number, the worst first, then the newest; those that ask for nothing are left out."""
    told: dict[int, dict[int, list[EventView]]] = {}
    for view in recent:
        event = view.event
        gpu = gpu_number(event.subject)
        if gpu is not None and event.kind == "xid" and event.code is not None and event.severity >= Severity.WARN:
            told.setdefault(gpu, {}).setdefault(event.code, []).append(view)
    return {gpu: f"Xid {', '.join(_numbers(codes))}" for gpu, codes in sorted(told.items())}


def _numbers(codes: Mapping[int, list[EventView]]) -> Iterable[str]:
    for code, views in sorted(codes.items(), key=lambda item: max(map(_weight, item[1])), reverse=True):
        times = sum(view.count for view in views)
        yield f"{code} ×{times}" if times > 1 else f"{code}"


def _weight(view: EventView) -> tuple[Severity, float]:
    return view.event.severity, view.event.at
