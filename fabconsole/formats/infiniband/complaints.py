"""What the tools of infiniband-diags say on standard error, which a paste has among their answers.

Shape: rdma-core libibmad/mad_internal.h and infiniband-diags/ibdiag_common.h (`IBWARN`, `IBPANIC`, `IBEXIT`).
"""

from __future__ import annotations

import re

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Entry

_SAID = re.compile(
    r"(?:(?:[\w./-]{1,64}: )?(ibwarn|ibpanic|iberror|ibdebug): "
    r"|libibverbs: Warning: |[\w./-]{1,64}: failed with status |src/query_smp\.c:\d{1,5}; ).*"
)
_TRACED = re.compile(r"ibwarn: \[\d{1,10}\] umad_\w{1,40}: (?!.{0,200}(?:fail|can't|no such))", re.IGNORECASE)
"""What `-d` has libibumad say of every call."""
_TOOLS = (
    r"ib(?:stat|status|netdiscover|linkinfo|queryerrors|portstate|swinfo|diagnet|tracert|nodes|hosts|switches|routers"
    r"|dev2netdev|v_devices|v_devinfo)|perfquery|sminfo|smpquery|saquery|opensm"
)
_TYPED = re.compile(
    r"\s{0,40}(?:(?:ba)?sh-[\d.]{1,8}|\+|\S{1,64}@\S{1,64})?[#$%>+❯]?\s{0,8}"
    r"(?:(?:sudo|time|timeout \S{1,8}|ib|ibsim-run|watch(?: -n ?\S{1,8})?)\s{1,8}){0,3}"
    rf"(?:\.{{0,2}}/(?:\S{{1,80}}/)?)?(?:{_TOOLS})(?:\.pl|\.sh)?"
    r"(?:\s[^:=\"\[\]]{0,200}|\s.{0,200}[|#].{0,200})?"
    r"|\s{0,40}Every \d{1,4}[.,]\d{1,2}s: .{0,400}"
)


def is_typed(line: str) -> bool:
    """Whether a line is what somebody typed, `# ibstat mlx5_0`, or the head of `watch`: no part of an answer."""
    return _TYPED.fullmatch(line) is not None


def complaint(line: str) -> Entry | None:
    """`ibwarn: [4211] mad_rpc: …` and the like as an event; None for any other line."""
    if ": " not in line and "; " not in line:
        return None
    text = line.strip().lstrip("# ")
    said = _SAID.fullmatch(text)
    if said is None:
        return None
    severity = Severity.CRIT if said[1] in ("ibpanic", "iberror") else Severity.WARN
    if said[1] == "ibdebug" or (said[1] == "ibwarn" and _TRACED.match(text)):
        severity = Severity.INFO
    return Entry(at=None, kind=said[1] or "failure", text=text, severity=severity)
