"""`sinfo` and `squeue` as tables: in columns, or with `-o "%n,%T"` and the like, with a heading or without one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.site import slurm_states
from fabconsole.formats.values import snake

_HEADS = frozenset(
    {"NODELIST", "HOSTNAMES", "STATE", "JOBID", "PARTITION", "AVAIL", "NODES", "ST", "REASON", "NODELIST(REASON)"}
    | {"TIMELIMIT", "CPUS", "USER", "GRES"}
)
_HEADING_CELL = re.compile(r"[A-Z][A-Z0-9_:/()%-]{0,24}(?: [A-Z]{2,16})?", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?", re.ASCII)
_JOB = re.compile(r"\d{1,12}(?:_(?:\d{1,9}|\[[^\]]{1,80}\]))?(?:\+\d{1,6})?")
_NAME = re.compile(r"[A-Za-z][\w.\[\],-]{0,200}\*?")
_SHARES = re.compile(r"\s*(?:([A-Za-z][\w.-]{0,60}\*?)[,| ] *)?(\d{1,9})/(\d{1,9})/(\d{1,9})/(\d{1,9})\s*")
_DEVICES = re.compile(r"\s*([A-Za-z][\w.\[\],-]{0,100}) +(gpu:\S{1,200})\s*")
_NODE_COLUMNS = ("HOSTNAMES", "NODELIST", "NODEHOST", "NODE_ADDR")
_SHARED = {"NODES(A/I/O/T)": "nodes", "CPUS(A/I/O/T)": "cpus"}
_FOUR = re.compile(r"(\d{1,9})/(\d{1,9})/(\d{1,9})/(\d{1,9})")
_STATES = ("allocated", "idle", "other", "total")
_STATE_COLUMNS = ("STATE", "STATECOMPACT", "STATELONG", "ST")


class Heading:
    """A heading, and how the lines under it are cut."""

    def __init__(self, names: Sequence[str], separator: str) -> None:
        self.names = tuple(names)
        self._separator = separator
        first = self.names[0]
        self._kind = "job" if "JOBID" in self.names else "group" if first in {"PARTITION", "REASON"} else "node"
        if self._kind == "group" and any(name in self.names for name in ("HOSTNAMES", "NODEHOST")):
            self._kind = "node"

    def row(self, line: str) -> Row | None:
        """One line; None: it is none of these."""
        cells = self._cells(line)
        if cells is None:
            return None
        said = dict(zip(reversed(self.names), reversed(cells), strict=True))
        row = Row(id=self._id(said), extra={"kind": self._kind})
        for name, text in zip(self.names, cells, strict=True):
            _put(row, name, text)
        return row if row.id else None

    def _id(self, said: dict[str, str]) -> str:
        if self._kind == "job":
            return said["JOBID"]
        if self._kind == "node":
            found = next((said[name] for name in _NODE_COLUMNS if said.get(name)), "")
            return found or said[self.names[0]]
        return (said.get("PARTITION") or said.get("NODELIST") or "").rstrip("*")

    def _cells(self, line: str) -> list[str] | None:
        wanted = len(self.names)
        if self._separator:
            cells = [cell.strip() for cell in line.split(self._separator)]
            if len(cells) == wanted + 1 and not cells[-1]:
                cells.pop()
            if len(cells) == wanted - 1:  # the last one was blank and was trimmed
                cells.append("")
            return cells if len(cells) == wanted else None
        words = line.split()
        if len(words) > wanted and self.names[0] == "REASON":
            cells = line.strip().rsplit(maxsplit=wanted - 1)
        else:
            cells = line.split(maxsplit=wanted - 1)
        cells = [cell.strip() for cell in cells]
        if len(words) > wanted and "NAME" in self.names and not self._plausible(cells):
            return self._named(words)
        if len(cells) == wanted - 1 and self.names[-1] in {"NODELIST", "REASON", "NODELIST(REASON)"}:
            cells.append("")
        return cells if len(cells) == wanted and self._plausible(cells) else None

    def _named(self, words: list[str]) -> list[str] | None:
        """A job's name holds blanks: the shortest one with which a state stands where states do."""
        at, wanted = self.names.index("NAME"), len(self.names)
        for end in range(at + 2, len(words) - wanted + at + 2):
            cells = [*words[:at], " ".join(words[at:end]), *words[end:]]
            cells = [*cells[: wanted - 1], " ".join(cells[wanted - 1 :])]
            if len(cells) == wanted and cells[-1] and self._plausible(cells):
                return cells
        return None

    def _plausible(self, cells: list[str]) -> bool:
        """Whether states stand where states do."""
        at = next((self.names.index(name) for name in _STATE_COLUMNS if name in self.names), None)
        if at is not None:
            known = slurm_states.is_job_state if self._kind == "job" else slurm_states.is_node_state
            return known(cells[at]) or cells[at] == "n/a"
        return not cells[0].endswith(":")


def heading(line: str) -> Heading | None:
    """A heading of sinfo's or squeue's; None: it is none."""
    if line != line.upper():
        return None
    for separator in ("|", ",", ""):
        if separator and separator not in line:
            continue
        names = [name.strip() for name in line.split(separator)] if separator else line.split()
        while names and not names[-1]:
            names.pop()
        known = [name for name in names if name in _HEADS]
        if len(names) > 1 and known and all(_HEADING_CELL.fullmatch(name) for name in names):
            return Heading(names, separator)
    return None


def bare(line: str) -> Row | None:
    """A line of `-h -o "%n,%T"`: no heading tells what is what, but states are known words."""
    separator = "|" if "|" in line else "," if "," in line else None
    cells = line.strip().split(separator)
    if separator and " " in line:
        cells = [cell.strip() for cell in cells]
    if not 2 <= len(cells) <= (24 if separator else 2):
        return _counted(line)
    first = cells[0]
    job = first[:1].isdigit() and _JOB.fullmatch(first) is not None
    named = job or (_NAME.fullmatch(first) is not None)
    known = slurm_states.is_job_state if job else slurm_states.is_node_state
    at = 1 if known(cells[1]) else _first(cells, known)
    if not job and (at < 0 or not named):  # a job's account and user, say
        at = _first(cells, _is_long_job_state, 0)
        job = named = at >= 0 and separator is not None and len(cells[at]) > 2
    if at < 0 or not named:
        return _counted(line)
    row = Row(id=first, extra={"kind": "job" if job else "node"})
    slurm_states.put(row, cells[at])
    if len(cells) > 2 or at != 1:
        for index, cell in enumerate(cells[1:], 1):
            if index != at and cell:
                row.extra[f"field_{index + 1}"] = _typed(cell)
    return row


def _first(cells: list[str], known: Callable[[str], bool], start: int = 1) -> int:
    """The first cell from `start` on that is known; -1: none is."""
    return next((at for at in range(start, len(cells)) if known(cells[at])), -1)


def _is_long_job_state(text: str) -> bool:
    return text.isupper() and slurm_states.is_job_state(text)


def _counted(line: str) -> Row | None:
    """`%P,%C`: a partition's processors by what they do; `%n %G`: a node's devices."""
    if "/" in line and (shares := _SHARES.fullmatch(line)):
        numbers = dict(zip(("allocated", "idle", "other", "total"), map(int, shares.groups()[1:]), strict=True))
        return Row(id=shares[1] or "all", extra={"kind": "partition", **numbers})
    if "gpu:" in line and (devices := _DEVICES.fullmatch(line)):
        return Row(id=devices[1], extra={"kind": "node", "gres": devices[2]})
    return None


def _put(row: Row, name: str, text: str) -> None:
    if name in _STATE_COLUMNS and row.state is None and text and text != "n/a":
        slurm_states.put(row, text)
        return
    if name in _SHARED and (shares := _FOUR.fullmatch(text)):
        row.extra |= dict(zip((f"{_SHARED[name]}_{word}" for word in _STATES), map(int, shares.groups()), strict=True))
    key = {"NODELIST(REASON)": "nodelist_reason"}.get(name) or snake(name.lower())
    while key in row.extra:
        key = f"{key}_2"
    row.extra[key] = _typed(text)
    if name == "PARTITION" and text.endswith("*"):
        row.extra["default"] = True
    if name == "NODELIST(REASON)":
        row.extra["reason" if text.startswith("(") else "nodelist"] = text.strip("()") if text[:1] == "(" else text


def _typed(text: str) -> Said:
    if text in {"", "N/A", "n/a", "(null)"}:
        return None
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
