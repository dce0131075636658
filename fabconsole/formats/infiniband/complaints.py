"""What the tools of infiniband-diags say on standard error, which a paste has among their answers.

Shape: rdma-core libibmad/mad_internal.h and infiniband-diags/ibdiag_common.h (`IBWARN`, `IBPANIC`, `IBEXIT`).
"""

from __future__ import annotations

import re

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Entry

_SAID = re.compile(
    r"(?:(?:[\w./-]{1,64}: )?(ibwarn|ibpanic|iberror|ibdebug): "
    r"|[\w./-]{1,64}: failed with status |src/query_smp\.c:\d{1,5}; ).*"
)


def complaint(line: str) -> Entry | None:
    """`ibwarn: [4211] mad_rpc: …` and the like as an event; None for any other line."""
    if ": " not in line and "; " not in line:
        return None
    said = _SAID.fullmatch(line.strip())
    if said is None:
        return None
    severity = Severity.CRIT if said[1] in ("ibpanic", "iberror") else Severity.WARN
    return Entry(at=None, kind=said[1] or "failure", text=line.strip(), severity=severity)
