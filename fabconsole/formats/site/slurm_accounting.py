"""`sacct`: jobs and their steps in columns of fixed width, each with a rule of its own, or parted by bars (`-P`).

A text wider than its column is cut, and a `+` stands for the rest (sacct(1), --format).
"""

from __future__ import annotations

import re

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.site import slurm_states
from fabconsole.formats.values import snake

_RULE = re.compile(r"-+")
_NAMES = re.compile(r"\s*JobID(?:Raw)?\b.*")
_JOB = re.compile(r"\d{1,12}(?:[_+]\S{1,40})?(?:\.\S{1,40})?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?", re.ASCII)
_KEYS = {"JobID": "jobid", "JobIDRaw": "jobid_raw", "NCPUS": "ncpus", "NNodes": "nnodes", "AllocCPUS": "alloc_cpus"}


class Jobs:
    """A heading with its rule, and the lines under it."""

    def __init__(self, names: list[str], spans: list[tuple[int, int]]) -> None:
        self._names = names
        self._spans = spans

    def row(self, line: str) -> Row | None:
        """A job or one of its steps; None: the line is none, or does not keep to the columns."""
        edges = [end for _, end in self._spans[:-1]]
        if any(line[edge : edge + 1].strip() for edge in edges):
            return None
        cells = [line[start:end].strip() for start, end in self._spans]
        if not _JOB.fullmatch(cells[0]):
            return None
        row = Row(id=cells[0], extra={"kind": "step" if "." in cells[0] else "job"})
        for name, text in zip(self._names[1:], cells[1:], strict=True):
            if name == "State":
                _put_state(row, text)
            else:
                row.extra[_KEYS.get(name, snake(name))] = _typed(text)
        return row


def under(heading: str, rule: str) -> Jobs | None:
    """The table that a rule opens; None: it is none of accounting's."""
    if not _NAMES.fullmatch(heading) or rule.strip("- "):
        return None
    spans = [found.span() for found in _RULE.finditer(rule)]
    names = [heading[start:end].strip() for start, end in spans]
    return Jobs(names, spans) if len(names) > 1 and all(names) and " ".join(names).split() == names else None


def _put_state(row: Row, text: str) -> None:
    word, _, by = text.partition(" by ")
    if word:
        slurm_states.put_job(row, word.removesuffix("+"))
        row.extra["printed_state"] = text
    if by:
        row.extra["cancelled_by"] = by


def _typed(text: str) -> Said:
    if text in {"", "Unknown", "None"}:
        return None
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
