"""What `nvidia-smi -q` tells of each GPU, read from its text or its XML, as one shape.

A report is a tree of names and values. All of it stands in a row's `extra`, under the same names from either form;
what is counted stands in `counters` too. A unit is part of a name, `gpu_current_temp_c`, `used_mib`; a value without
one is a count, or text as printed: `16x`, a serial with its leading zeros. `N/A` is None, other words stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from fabconsole.formats.logs.stamps import iso
from fabconsole.formats.nvidia.complaints import is_loss
from fabconsole.formats.nvidia.pci import address as pci_address
from fabconsole.formats.reading import Entry, Reading, Row
from fabconsole.formats.values import number

Tree: TypeAlias = dict[str, Any]

_QUANTITY = re.compile(
    r"([+-]?\d{1,15}(?:\.\d{1,6})?)(?: |(?=%))"
    r"(C|W|MHz|MiB|KB/s|MB/s|GB/s|us|ms|s|sec|seconds|mV|mJ|J|%|RPM|[a-z]{3,8}\(s\))"
)
_UNITS = {"%": "percent", "KB/s": "kb_s", "MB/s": "mb_s", "GB/s": "gb_s", "sec": "s", "seconds": "s"}
_COUNT = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
_NOTHING = frozenset({"N/A", "[N/A]", ""})
_TEXT = frozenset(
    {"serial", "chassis_serial_number", "bus", "device", "domain", "base_classcode", "sub_classcode", "device_id"}
    | {"sub_system_id", "board_id", "name", "process_name", "driver_version", "kmd_version"}
)
"""Names whose value is no count though it may look like one."""
_UNIT_OF_SECTION = (
    (re.compile(r"^temperature$|_temp$"), re.compile(""), "c"),
    (re.compile(r"power_readings$|_power$|_limit$"), re.compile(r"_(?:draw|limit|power)$"), "w"),
    (re.compile(r"clocks$"), re.compile(""), "mhz"),
    (re.compile(r"memory_usage$"), re.compile(""), "mib"),
    (re.compile(r"^utilization$"), re.compile(""), "percent"),
    (re.compile(r"^clocks_event_reasons_counters$"), re.compile(""), "us"),
    (re.compile(r"^voltage$"), re.compile(""), "mv"),
    (re.compile(""), re.compile(r"^[tr]x_throughput$"), "kb_s"),
    (re.compile(""), re.compile(r"^fan_speed$|^edpp_multiplier$"), "percent"),
    (re.compile(""), re.compile(r"^used_gpu_memory$"), "mib"),
    (re.compile(""), re.compile(r"^latest_duration$"), "us"),
)
"""Section and name of what has a unit, to give `N/A` the same name as a number."""

_ALONE = re.compile(r" (?:-i|--id)(?:[ =](\d{1,3})\b|\b)")
"""In a command: one GPU alone is asked for, by its number or otherwise."""
_UNNAMED = "which GPU is not said"

_OF_RUN = ("timestamp", "driver_version", "cuda_version")

DEEPEST = 16
"""Sections within sections; the deepest report has six."""

LISTS = frozenset(
    {"processes", "accounted_processes", "mig_devices", "supported_clocks", "encoder_sessions", "cliques"}
)
"""Sections of which there may be several of a kind, or none."""

_COUNTERS = {
    ("pci", "replays_since_reset"): "pcie_replay",
    ("pci", "replay_number_rollovers"): "pcie_replay_rollover",
    ("remapped_rows", "correctable_error"): "remapped_rows_correctable",
    ("remapped_rows", "uncorrectable_error"): "remapped_rows_uncorrectable",
    ("remapped_rows", "correctable_error_inactive"): "remapped_rows_correctable_inactive",
    ("remapped_rows", "uncorrectable_error_inactive"): "remapped_rows_uncorrectable_inactive",
    ("remapped_banks", "active_remappings"): "remapped_banks_active",
    ("remapped_banks", "inactive_remappings"): "remapped_banks_inactive",
    ("retired_pages", "single_bit_ecc"): "retired_pages_single_bit_ecc",
    ("retired_pages", "double_bit_ecc"): "retired_pages_double_bit_ecc",
}
_PENDING = (
    ("retired_pages", "pending_page_blacklist", "page retirement pending"),
    ("retired_pages", "pending_retirement", "page retirement pending"),
    ("remapped_rows", "pending", "row remap pending"),
    ("remapped_rows", "remapping_failure_occurred", "row remap failed"),
)
_ECC = ("volatile", "aggregate", "aggregate_uncorrectable_sram_sources")


@lru_cache(maxsize=8192)
def said(section: str, name: str, text: str) -> tuple[str, Any]:
    """A name with its unit, and the value, of what stands as `text` under `name` in `section`."""
    if text in _NOTHING:
        unit = next((unit for first, last, unit in _UNIT_OF_SECTION if first.search(section) and last.search(name)), "")
        return f"{name}_{unit}" if unit else name, None
    if name in _TEXT:
        return name, text
    if quantity := _QUANTITY.fullmatch(text):
        unit = "" if quantity[2].endswith("(s)") else _UNITS.get(quantity[2], quantity[2].lower())
        return f"{name}_{unit}" if unit else name, number(quantity[1])
    return name, int(text) if _COUNT.fullmatch(text) else text


def put(tree: Tree, name: str, value: Any) -> None:
    """Keep a value; what is said twice differently is a list of both."""
    if name not in tree:
        tree[name] = value
    elif isinstance(tree[name], list):
        tree[name].append(value)
    elif tree[name] != value:
        tree[name] = [tree[name], value]


def branch(tree: Tree, name: str) -> Tree:
    """The section `name` of a tree, begun if it is not there; of a list, a new element of it."""
    if name in LISTS:
        several = tree.get(name)
        tree[name] = several = several if isinstance(several, list) else []
        several.append({})
        found: Tree = several[-1]
        return found
    there = tree.get(name)
    if not isinstance(there, dict):
        there = {}
        if name in tree:  # a value of the same name came first: both are kept
            put(tree, name, there)
        else:
            tree[name] = there
    return there


@dataclass(slots=True)
class Report:
    """One run's: what stands once, and its GPUs."""

    facts: Tree = field(default_factory=dict)
    gpus: list[tuple[str | None, Tree]] = field(default_factory=list)
    """PCI address as it heads the GPU's part, None where that line is missing; and the tree."""
    ended: bool = True
    """False: the document has no end."""
    complaints: list[Entry] = field(default_factory=list)
    """What the tool said where it should have answered."""

    def complain(self, said: Entry) -> None:
        """Keep what the tool complains of; a GPU that it cannot reach is a row all the same."""
        self.complaints.append(said)
        if is_loss(said) and said.subject is not None:
            self.gpus.append((said.subject, {"error": said.text}))
        else:
            put(self.facts, "error", said.text)


def reading(reports: list[Report], unparsed: list[str], typed: tuple[str, ...] = ()) -> Reading:
    """Several runs' reports as one reading. `typed`: the commands, which may ask for one GPU alone."""
    whole = Reading(unparsed=unparsed)
    alone = next((said for command in typed if (said := _ALONE.search(command))), None)
    missing = []
    own = _differing(reports)
    for report in reports:
        whole.events.extend(report.complaints)
        for name, value in report.facts.items():
            put(whole.facts, name, value)
        told, announced = sum("error" not in tree for _, tree in report.gpus), report.facts.get("attached_gpus")
        if isinstance(announced, int) and announced != told and not (alone and told < announced):
            missing.append(f"{announced} attached GPUs are announced, {told} told")
        if not report.ended:
            missing.append("the document has no end")
        for index, (address, tree) in enumerate(report.gpus):
            row = _row(address, tree, index if announced == told == len(report.gpus) else None, len(whole.rows))
            row.extra = {**row.extra, **{name: report.facts[name] for name in own if name in report.facts}}
            whole.rows.append(row)
    if alone is not None and alone[1] and len(whole.rows) == 1:
        _numbered(whole.rows[0], int(alone[1]))
    if whole.rows:
        whole.facts["gpus"] = len({row.id for row in whole.rows})
    if isinstance(stamp := whole.facts.get("timestamp"), str) and (at := iso(stamp)):
        whole.facts["at"] = at
    if missing:
        whole.facts["incomplete"] = "; ".join(missing)
    return whole


def _differing(reports: list[Report]) -> tuple[str, ...]:
    """Of what stands once for a run, what is another one's: a row of several runs must say which it is of."""
    return tuple(name for name in _OF_RUN if len({str(report.facts.get(name)) for report in reports}) > 1)


def _numbered(row: Row, index: int) -> None:
    """The command asked for this GPU by its number."""
    row.extra = {"gpu_index": index, **row.extra}
    if row.marks[:1] == [_UNNAMED]:
        row.id = f"gpu{index}"
        del row.marks[0]


def _row(address: str | None, tree: Tree, index: int | None, nth: int) -> Row:
    tree = {"name" if key == "product_name" else key: value for key, value in tree.items()}  # as in every other output
    pci = tree.get("pci")
    bus_id = pci.get("bus_id") if isinstance(pci, dict) else None
    known = address or (pci_address(bus_id) if isinstance(bus_id, str) else None)
    row = Row(id=known or str(tree.get("uuid") or f"gpu?{nth + 1}"), extra=tree)
    if known is None:
        row.marks.append(_UNNAMED)
    if index is not None:
        row.extra = {"gpu_index": index, **tree}
    row.marks += _sick(tree)
    for name, value in _counted(tree):
        if isinstance(value, int) and not isinstance(value, bool):
            row.counters[name] = value
        elif isinstance(value, str | list) or value is None:
            row.counters[name] = None
            row.marks.append(f"{'unsupported' if value is None else 'unknown'} {name}")
    return row


def _sick(tree: Tree) -> Iterator[str]:
    """What waits for a reset or has failed: nothing that is counted tells it."""
    for section, name, mark in _PENDING:
        there = tree.get(section) or tree
        if isinstance(there, dict) and there.get(name) == "Yes":
            yield mark
    fabric = tree.get("fabric")
    state = fabric.get("state") if isinstance(fabric, dict) else None
    if isinstance(state, str) and state != "Completed":
        yield f"fabric {state}"


def _counted(tree: Tree) -> Iterator[tuple[str, Any]]:
    for (section, name), counter in _COUNTERS.items():
        there = tree.get(section) or tree  # of lines that were picked out, the section's head is missing
        if isinstance(there, dict) and name in there:
            yield counter, there[name]
    errors = tree.get("ecc_errors")
    if isinstance(errors, dict):
        for section in _ECC:
            if isinstance(there := errors.get(section), dict):
                yield from _ecc(section, there)


def _ecc(section: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Counts of a section, by cell or by both kinds of errors; what stands here for want of its own head is none."""
    for name, value in tree.items():
        if name in ("single_bit", "double_bit") and isinstance(value, dict):
            yield from ((f"ecc_{section}_{name}_{leaf}", count) for leaf, count in value.items())
        elif not isinstance(value, dict) and ("correctable" in name or section == _ECC[-1]):
            yield f"ecc_{section}_{name}", value
