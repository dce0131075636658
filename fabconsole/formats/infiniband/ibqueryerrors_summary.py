"""What a run of `ibqueryerrors` looked at: the lines at its end, by which a port that is left out is known to be clean.

Shape: rdma-core infiniband-diags/ibqueryerrors.c (`print_summary`); versions of old print less of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fabconsole.fabric.printable import printable

_NODES = re.compile(rb"#{0,2}\s*Summary:\s{1,8}(\d{1,9}) nodes checked, (\d{1,9}) bad nodes found")
_PORTS = re.compile(rb"#{0,2}\s*(\d{1,9}) ports checked, (\d{1,9}) ports have errors beyond threshold")
_FAILED = re.compile(rb"#{0,2}\s*(\d{1,9}) PMA query failures")
_LISTED = re.compile(rb"#{0,2}\s*(?:(Thresholds|Suppress(?:ed|ing)):\s*(.*)|\(null\))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the run covered."""

    nodes: int
    bad_nodes: int
    ports: int
    bad_ports: int
    failures: int = 0
    """Queries to a node's performance agent that were not answered."""
    thresholds: str = ""
    suppressed: str = ""

    @property
    def hides_nothing(self) -> bool:
        """No threshold above zero and no counter suppressed: what is left out was read as zero."""
        return not self.thresholds and not self.suppressed


class Tally:
    """The summaries of a run, or of several in a row, as their lines come."""

    def __init__(self) -> None:
        self._counts: list[dict[str, int]] = [{}]
        self._lists: list[dict[str, str]] = [{}]

    @property
    def last(self) -> Summary | None:
        """Of the last run; None: it broke off before."""
        return _summary(self._counts[-1], self._lists[-1])

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Every run's that came to its end."""
        told = (_summary(*both) for both in zip(self._counts, self._lists, strict=True))
        return tuple(summary for summary in told if summary is not None)

    def take(self, line: bytes) -> bool:
        """Whether a line is part of one."""
        counts = self._counts[-1]
        if said := _NODES.fullmatch(line):
            if "nodes" in counts:
                counts = {}
                self._counts.append(counts)
                self._lists.append({})
            counts["nodes"], counts["bad_nodes"] = int(said[1]), int(said[2])
        elif said := _PORTS.fullmatch(line):
            counts["ports"], counts["bad_ports"] = int(said[1]), int(said[2])
        elif said := _FAILED.fullmatch(line):
            counts["failures"] = int(said[1])
        elif (said := _LISTED.fullmatch(line)) and said[1]:
            self._lists[-1]["thresholds" if said[1] == b"Thresholds" else "suppressed"] = printable(said[2], 2000)
        return said is not None


def _summary(counts: Mapping[str, int], lists: Mapping[str, str]) -> Summary | None:
    """Whole only with its second line: the failures come after it and before the end."""
    if "nodes" not in counts or "ports" not in counts:
        return None
    return Summary(
        nodes=counts["nodes"],
        bad_nodes=counts["bad_nodes"],
        ports=counts["ports"],
        bad_ports=counts["bad_ports"],
        failures=counts.get("failures", 0),
        thresholds=lists.get("thresholds", ""),
        suppressed=lists.get("suppressed", ""),
    )
