"""What Slurm says of a node's or a job's state: `down*`, `MIXED+DRAIN`, `["IDLE", "DRAIN"]`, `idle~`.

Signs and names: slurm's sinfo(1) "NODE STATE CODES" and squeue(1) "JOB STATE CODES".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fabconsole.formats.reading import Row

_SIGNS = {
    "*": "not responding",
    "~": "powered down",
    "#": "powering up",
    "!": "power down pending",
    "%": "powering down",
    "$": "maintenance",
    "@": "reboot pending",
    "^": "reboot issued",
    "-": "planned",
}
_SHORT_NODES = {
    "alloc": "allocated",
    "comp": "completing",
    "drain": "drained",
    "drng": "draining",
    "failg": "failing",
    "futr": "future",
    "mix": "mixed",
    "npc": "perfctrs",
    "plnd": "planned",
    "pow_dn": "powering_down",
    "pow_up": "powering_up",
    "resv": "reserved",
    "boot": "reboot",
    "unk": "unknown",
}
_SHORT_JOBS = {
    "bf": "boot_fail",
    "ca": "cancelled",
    "cd": "completed",
    "cf": "configuring",
    "cg": "completing",
    "dl": "deadline",
    "f": "failed",
    "nf": "node_fail",
    "oom": "out_of_memory",
    "pd": "pending",
    "pr": "preempted",
    "r": "running",
    "rd": "resv_del_hold",
    "rf": "requeue_fed",
    "rh": "requeue_hold",
    "rq": "requeued",
    "rs": "resizing",
    "rv": "revoked",
    "si": "signaling",
    "se": "special_exit",
    "so": "stage_out",
    "st": "stopped",
    "s": "suspended",
    "to": "timeout",
}
_NODES = {*_SHORT_NODES, *_SHORT_NODES.values(), "down", "cloud", "fail", "idle", "inval", "maint", "powered_down"}
_NODES |= {"power_down", "power_up", "reboot_issued", "reboot_requested", "blocked", "error", "no_respond"}
_JOBS = {*_SHORT_JOBS, *_SHORT_JOBS.values(), "launch_failed", "reconfig_fail", "power_up_node"}
_WORD = re.compile(r"([A-Za-z_]{1,24})([*~#!%$@^-]{0,3})((?:\+[A-Za-z_]{1,24}[*~#!%$@^-]{0,3}){0,8})")


@lru_cache(maxsize=1024)
def is_node_state(text: str) -> bool:
    """Whether a text is a node's state, signs and flags among it."""
    found = _WORD.fullmatch(text.strip())
    return found is not None and found[1].lower() in _NODES


@lru_cache(maxsize=1024)
def is_job_state(text: str) -> bool:
    """Whether a text is a job's state, long or short."""
    found = _WORD.fullmatch(text.strip())
    return found is not None and found[1].lower() in _JOBS


def put(row: Row, text: str, flags: Sequence[str] = ()) -> None:
    """Put a state down: its base, what goes with it, and what stood there."""
    _put(row, text, row.extra.get("kind") == "job", flags)


def put_job(row: Row, text: str) -> None:
    """As `put`, of a job or a step of one."""
    _put(row, text, True, ())


def _put(row: Row, text: str, job: bool, flags: Sequence[str]) -> None:
    row.extra["printed_state"] = text
    state, told, drain = _parts(text, job)
    if state:
        row.state = state
    if flags:
        told = (*told, *(str(flag).lower() for flag in flags))
        drain = _drain(state, told)
    if told:
        row.extra["state_flags"] = list(dict.fromkeys(told))
    if drain:
        row.extra["drain"] = drain
    effective = "" if job else _effective(state, told, drain)
    if effective and effective != state:
        row.state, row.extra["base_state"] = effective, state


def _effective(state: str, told: Sequence[str], drain: str) -> str:
    """What keeps a node from work comes before what it does: down, fail, then drain (sinfo(1))."""
    if state == "down" or "down" in told:
        return "down"
    if "fail" in told:
        return "fail"
    return drain


@lru_cache(maxsize=1024)
def _parts(text: str, job: bool) -> tuple[str, tuple[str, ...], str]:
    """A state's base in its long spelling, what goes with it, and how far a node is drained."""
    short = _SHORT_JOBS if job else _SHORT_NODES
    state = ""
    told: list[str] = []
    for at, word in enumerate(word for word in re.split(r"[+|]", text) if word):
        name = word.rstrip("".join(_SIGNS)).lower()
        told += [_SIGNS[sign] for sign in word[len(name) :]]
        if at == 0:
            state = short.get(name, name)
        else:
            told.append(name)
    return state, tuple(told), _drain(state, told)


def _drain(state: str, told: Sequence[str]) -> str:
    """A node is drained where it takes no work and has none, draining while it still has some (sinfo(1))."""
    if state in {"drained", "draining"}:
        return state
    if "drain" in told:
        return "draining" if state in {"allocated", "mixed", "completing"} else "drained"
    return ""
