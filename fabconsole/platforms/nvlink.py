"""The NVLinks of a host: `nvidia-smi nvlink -s` for their state, `nvlink -e` for their errors. See `nvlink_text`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from fabconsole.fabric.inventory import Node
from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED, Kind, NvlinkState, Table, Width
from fabconsole.formats.nvidia import nvidia_smi, nvlink_errors
from fabconsole.formats.nvidia.nvidia_smi import Gpu, Gpus, NoLinks
from fabconsole.formats.nvidia.nvlink_errors import Errors
from fabconsole.platforms import adopted, tool
from fabconsole.platforms.nvlink_text import TEXT, Kept, Section, sections
from fabconsole.platforms.question import Answer, Question, Reading, Refusal, Rhythm
from fabconsole.stream.records import Reason

LIMIT_S = 15
"""For each of the two runs."""

QUESTION = Question(name="nvlink", rhythm=Rhythm.SLOW, lane="slow", deadline_s=2 * LIMIT_S + 8.0, cap_bytes=1 << 20)
"""The cap: on eight Hoppers 16 kB, on Blackwells, which count twenty things a link, 200 kB."""

COLUMNS = ("replay", "recovery", "crc")
"""Of every GPU; behind them stands what a driver counts besides, in the order in which it was first said."""


class NvlinkInquiry:
    """Asks one host for its NVLinks: one table, rows `gpu0/nvl0` …"""

    def __init__(self, node: Node) -> None:
        self._definition = adopted.definition() + tool.runner("fc_smi", node, "nvidia-smi", LIMIT_S) + TEXT
        self._sent = False
        self._expected = node.expect.nvlinks or 0
        self._gpus = node.expect.gpus
        self._states_said, self._errors_said = Kept(), Kept()
        self._columns: tuple[str, ...] = COLUMNS
        self._known: dict[int, tuple[int, ...]] = {}
        self._table: Table | None = None
        self._reading: Reading | None = None
        """Of both texts as they are kept, where both were printed in full."""

    def text(self) -> str:
        """The definitions, once a shell."""
        text, self._sent = ("" if self._sent else self._definition), True
        return text

    def call(self) -> str:
        """Carries the sums of what is known, so that only what is new comes back."""
        return f"fc_nvl {self._states_said.sum} {self._errors_said.sum}"

    def restart(self) -> None:
        """A new shell knows nothing; what was read stands, its sum says whether it still does."""
        self._sent = False

    def read(self, answer: Answer) -> Reading | Refusal:
        """States and errors, or why there are none."""
        job, body = adopted.job(answer.body)
        said_by = sections(body.decode("utf-8", "replace"))
        state, error = said_by.get("-s"), said_by.get("-e")
        if state is None:
            return Refusal(reason=Reason.GARBLED, detail="no answer to nvidia-smi nvlink -s")
        if any(tool.flooded(section.status, len(section.text or "")) for section in said_by.values()):
            return tool.flood("nvidia-smi")
        stands = error is not None and self._states_said.stands(state) and self._errors_said.stands(error)
        if self._reading is not None and stands and answer.status == 0 and job is None:
            return self._reading
        self._reading = None
        said = self._states_said.text(state)
        if said is None:
            return Refusal(reason=Reason.GARBLED, detail="nvlink -s is said to be unchanged, but was never seen")
        found = nvidia_smi.links(said)
        if not found.gpus and not found.none_there and (state.status != 0 or found.lost is not None):
            return tool.refusal("nvidia-smi", state.status, "\n".join(found.strange), LIMIT_S)
        if found.torn:
            return _torn("-s", found.torn)
        if job is not None and (hidden := job.hides(len(found.gpus), self._gpus)) is not None:
            return hidden
        errors = self._errors_of(error, found, state)
        if isinstance(errors, Refusal):
            return errors
        self._states_said.keep(state)
        whole = answer.status == 0 and found.lost is None and errors.lost is None
        self._table = self._tabled(found, errors, broken=not whole)
        reading = Reading(tables=(self._table,), facts=_facts(found, errors, self._table))
        self._reading = reading if whole and error is not None else None
        return reading

    def _errors_of(self, section: Section | None, found: Gpus, state: Section) -> Errors | Refusal:
        """What -e said, unless there is no link to have errors."""
        wanted = any(gpu.links for gpu in found.gpus.values())
        if section is None:
            if wanted and state.status == 0:
                return Refusal(reason=Reason.GARBLED, detail="no answer to nvidia-smi nvlink -e")
            return Errors({}, (), ())
        said = self._errors_said.text(section)
        if said is None:
            return Refusal(reason=Reason.GARBLED, detail="nvlink -e is said to be unchanged, but was never seen")
        errors = nvlink_errors.errors(said)
        if wanted and section.status != 0 and not errors.counts:
            return tool.refusal("nvidia-smi", section.status, "\n".join(errors.strange), LIMIT_S)
        if errors.torn:
            return _torn("-e", errors.torn)
        self._errors_said.keep(section)
        return errors

    def _tabled(self, found: Gpus, errors: Errors, *, broken: bool) -> Table:
        rows: list[str] = []
        states: list[NvlinkState] = []
        counts: list[dict[str, int | None]] = []
        unread: list[str] = []
        most = max((len(gpu.links) for gpu in found.gpus.values()), default=0)
        likely = max(most, self._expected)
        for gpu in sorted(found.gpus.values(), key=lambda gpu: gpu.index):
            if found.strange and gpu.links:
                known = self._known.get(gpu.index, range(likely))
                unread.extend(f"gpu{gpu.index}/nvl{link}" for link in known if link not in gpu.links)
            for link, state in self._states(gpu, likely, whole=not found.strange):
                row = f"gpu{gpu.index}/nvl{link}"
                errors_of_link = errors.counts.get((gpu.index, link))
                if broken and errors_of_link is None and state.state == "up":
                    unread.append(row)
                    continue
                rows.append(row)
                states.append(state)
                counts.append(dict(errors_of_link or {}))
        if broken:
            lost = (index for index in self._known if index not in found.gpus)
            unread.extend(f"gpu{index}/nvl{link}" for index in lost for link in self._known[index])
        more = dict.fromkeys(name for said in counts for name in said)
        if not more.keys() <= set(self._columns):
            self._columns = tuple(dict.fromkeys((*self._columns, *more)))
        return _table(self._table, self._columns, rows, states, counts, unread)

    def _states(self, gpu: Gpu, likely: int, *, whole: bool) -> Iterator[tuple[int, NvlinkState]]:
        """Each link of a GPU; of one that lists none, those it is known or likely to have. `whole`: all was read."""
        if gpu.links:
            known = () if whole else self._known.get(gpu.index, ())
            self._known[gpu.index] = _numbered(tuple(sorted({*known, *gpu.links})))
            for number, link in sorted(gpu.links.items()):
                yield number, _state(link.state, link.speed_gbs, gpu.uuid, gpu.name)
        elif gpu.none is not NoLinks.NOT_SUPPORTED:
            down = gpu.none is NoLinks.ALL_INACTIVE
            numbers: Iterable[int] = self._known.get(gpu.index, range(likely or int(down)))
            for number in numbers:
                state = "inactive" if down else "unknown"
                yield number, _state(state, None, gpu.uuid, gpu.name)


def _torn(option: str, line: str) -> Refusal:
    return Refusal(reason=Reason.GARBLED, detail=f"nvlink {option}: what follows belongs to no GPU: {line}")


@lru_cache(maxsize=4096)  # a GPU's links mostly say the same: 9 kB a host if each said it for itself
def _state(state: str, speed_gbs: float | None, uuid: str | None, name: str) -> NvlinkState:
    return NvlinkState(state=state, speed_gbs=speed_gbs, gpu_uuid=uuid, gpu_name=name)


@lru_cache(maxsize=256)  # GPUs of one model have the same
def _numbered(links: tuple[int, ...]) -> tuple[int, ...]:
    return links


@lru_cache(maxsize=256)  # hosts of one model list the same: 10 kB each if every one had its own
def _listed(rows: tuple[str, ...]) -> tuple[str, ...]:
    return rows


def _table(
    last: Table | None,
    columns: tuple[str, ...],
    rows: list[str],
    states: list[NvlinkState],
    counts: list[dict[str, int | None]],
    unread: list[str],
) -> Table:
    values = np.zeros((len(rows), len(columns)), dtype=np.uint64)
    quality = np.full(values.shape, ABSENT, dtype=np.uint8)
    for index, said in enumerate(counts):
        for column, name in enumerate(columns):
            value = said.get(name)
            if value is not None and value < 1 << 64:
                values[index, column], quality[index, column] = value, PRESENT
            elif name in said:
                quality[index, column] = UNSUPPORTED
    names = tuple(rows)
    return Table(
        kind=Kind.NVLINKS,
        source=Width.NVIDIA_SMI,
        rows=last.rows if last is not None and last.rows == names else _listed(names),
        columns=columns,
        values=values,
        quality=quality,
        states=tuple(states),
        unread=tuple(unread),
    )


def _facts(found: Gpus, errors: Errors, table: Table) -> dict[str, str]:
    facts: dict[str, str] = {}
    bare = {gpu.index: gpu.none.value for gpu in found.gpus.values() if not gpu.links}
    for index, reason in bare.items():
        facts[f"gpu{index}.nvlink.none"] = reason
    if not any(gpu.links for gpu in found.gpus.values()):
        facts["nvlink.none"] = ", ".join(dict.fromkeys(bare.values())) or "no GPUs"
    if errors.other:
        facts["nvlink.other-counters"] = ", ".join(errors.other)
    if strange := (*found.strange, *errors.strange):
        facts["nvlink.not-understood"] = " | ".join(strange)
    return facts
