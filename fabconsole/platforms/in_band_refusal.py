"""Why a host cannot see its subnet, or not its manager, each with its remedy.

Words: libibumad, libibmad, sudo, coreutils `timeout`.
"""

from __future__ import annotations

from collections.abc import Mapping

from fabconsole.fabric.inventory import InBand
from fabconsole.fabric.printable import printable
from fabconsole.platforms import sudo
from fabconsole.platforms.in_band_text import NOT_FOUND, NOTHING, SECONDS, TIMED_OUT, Part
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

_SUDO_REFUSED = (1, NOT_FOUND)
"""Exit statuses of sudo, and where there is none; of a tool that ran after a warning of sudo's it is the tool's."""


def refusal(parts: Mapping[str, Part], role: InBand, *, switches: int) -> Refusal | None:
    """What the run of `iblinkinfo` says against a sweep; None where there is one, of `switches` switches."""
    links = parts.get("links", NOTHING)
    if not_run := _not_run("iblinkinfo", "links", links):
        return not_run
    if _unopenable(links):
        return _unopened(parts.get("umad"), links.complaint, role)
    if switches == 0:
        said = links.complaint or f"iblinkinfo ended with status {links.status}"
        return Refusal(reason=Reason.FAILED, detail=f"saw no switch through {_hca(role)}: {said}; is that port up?")
    return None


def unasked(part: Part) -> str:
    """Why the run of `sminfo` tells nothing of the subnet manager; empty where it asked, even if nobody answered.

    rdma-core sminfo.c ends by `iberror: failed: query` where no manager answers.
    """
    if "iberror: " in part.error and not _unopenable(part):
        return ""
    not_run = _not_run("sminfo", "sminfo", part)
    return not_run.detail if not_run else part.complaint or f"sminfo ended with status {part.status}"


def _unopenable(part: Part) -> bool:
    return "can't open UMAD port" in part.error or "Failed to open" in part.error


def _not_run(tool: str, name: str, part: Part) -> Refusal | None:
    """Why `tool`, whose run is the part called `name`, could not ask; None where it could, whatever came of it."""
    if part.status is None:
        return Refusal(reason=Reason.GARBLED, detail=f"the answer broke off before {tool} had ended")
    if part.status in _SUDO_REFUSED and (denied := sudo.refusal(part.error)) is not None:
        return denied
    if part.status == NOT_FOUND or "command not found" in part.error:
        return Refusal(reason=Reason.NO_TOOL, detail=f"{tool} is not there: install infiniband-diags")
    if part.status in TIMED_OUT:
        return Refusal(reason=Reason.TIMEOUT, detail=f"{tool} took more than {SECONDS[name]} s")
    return None


def _unopened(umad: Part | None, said: str, role: InBand) -> Refusal:
    lines = umad.out.decode("utf-8", "replace").split("\n") if umad is not None else []
    there = [line for line in lines if line.startswith(("w ", "- ")) and "*" not in line]
    if lines and not there:
        return Refusal(reason=Reason.NO_UMAD, detail="no /dev/infiniband/umad*: load ib_umad (modprobe ib_umad)")
    if there and not any(line.startswith("w ") for line in there):
        path = printable(there[0][2:], 64)
        return Refusal(reason=Reason.NO_UMAD, detail=f"may not open {path}")
    return Refusal(reason=Reason.FAILED, detail=f"cannot open {_hca(role)}: {said}")


def _hca(role: InBand) -> str:
    port = f" port {role.port}" if role.port is not None else ""
    return f"{printable(role.ca)}{port}" if role.ca else f"its first HCA{port}"
