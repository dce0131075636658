"""Reading the inventory: one YAML file, understood whole or refused with everything that is wrong with it.

    fabric: east-1
    ssh: {user: fabops, identity: ~/.ssh/id_ed25519, known_hosts: ~/.ssh/known_hosts, jump: bastion1}
    poll: {fast: 5s, slow: 30s, in_band: 60s, rare: 15m, timeout: 4s}
    racks:
      r00: {row: a, pod: p1, nodes: "gpu00-[00-03]"}
    nodes:                                          # what differs, later entries over earlier ones
      "gpu00-[00-03]": {become: sudo -n, prefix: {nvidia-smi: chroot /run/nvidia/driver}}
      gpu00-00: {address: 10.0.0.10, roles: [in-band]}
    expect: {"gpu*": {hcas: 8, rate: 400 Gb/s, gpus: 8, nvlinks: 18}}

`config/inventory.example.yaml` says what every key means.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Section, Value
from fabconsole.fabric.errors import Problem
from fabconsole.fabric.inventory import Expect, Inventory, Node, Rack
from fabconsole.fabric.inventory_overrides import names_in, read_overrides
from fabconsole.fabric.inventory_ssh import read_poll, read_ssh
from fabconsole.fabric.node_sets import MAX_NODES, folded
from fabconsole.fabric.printable import printable

_BEGINNING = re.compile(r"\D*")
_WIDTHS = ("1X", "2X", "4X", "8X", "12X")


def read_inventory(path: Path, *, platforms: Collection[str] | None = None) -> Inventory:
    """Understand the inventory at `path`.

    `platforms` are the names that `platform:` may have; None leaves that unjudged. Raises DocumentError with every
    problem; what is right but probably not meant is in `Inventory.warnings`.
    """
    document = Document.read(path)
    root = document.root
    warnings = Warnings(document.file)
    root.require("fabric", "racks")
    fabric = root.text("fabric", "")
    ssh = read_ssh(root.section("ssh"), path.expanduser().absolute().parent, warnings.add)
    poll = read_poll(root.section("poll"))
    floor = _Floor()
    for name, value in root.section("racks").entries():
        floor.add(name, value)
    racks = root.get("racks")
    if racks and not floor.racks and (racks.is_mapping or racks.is_empty):
        racks.wrong('holds no rack: write at least one, such as `r00: {nodes: "gpu[00-03]"}`')
    nodes = read_overrides(root.section("nodes"), floor.nodes, platforms)
    expects = tuple(_expects(root.section("expect"), nodes, warnings))
    document.finish()
    _warn_of_twins(nodes, warnings)
    inventory = Inventory(
        fabric=fabric,
        ssh=ssh,
        poll=poll,
        racks=tuple(floor.racks),
        nodes=nodes,
        expects=expects,
        warnings=tuple(warnings.said),
    )
    expecting = {name: replace(node, expect=inventory.expected_of(name)) for name, node in nodes.items()}
    return replace(inventory, nodes=expecting)


@dataclass(slots=True)
class Warnings:
    """What is true, but probably not meant."""

    file: str
    said: list[str] = field(default_factory=list)

    def add(self, value: Value, message: str) -> None:
        """Say it of one value."""
        self.said.append(str(Problem(self.file, value.line, value.key, printable(message))))


@dataclass(slots=True)
class _Floor:
    """Racks and nodes read so far; a name has one place."""

    racks: list[Rack] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, value: Value) -> None:
        """Understand one rack."""
        section = value.section()
        if not name.isprintable() or not name:
            value.wrong("is no name for a rack: write plain characters")
        section.require("nodes")
        row, pod = section.text("row", None), section.text("pod", None)
        here: dict[str, None] = {}
        for item in section.items("nodes"):
            text = item.text()
            names = names_in(text, item) if text is not None else ()
            self._refuse_taken(names, here, item)
            here.update(dict.fromkeys(one for one in names if one not in self.nodes))
        if len(self.nodes) + len(here) > MAX_NODES:
            section.wrong(f"brings the fabric over {MAX_NODES:,} nodes", "nodes")
            return
        if section.get("nodes") and not here and not section.items("nodes"):
            section.wrong("is empty: write the nodes as they hang, such as gpu[00-03]", "nodes")
        for one in here:
            self.nodes[one] = Node(name=one, rack=name, address=one)
            self.lines[one] = value.line
        self.racks.append(Rack(name=name, row=row, pod=pod, nodes=tuple(here)))

    def _refuse_taken(self, names: tuple[str, ...], here: Mapping[str, None], item: Value) -> None:
        if again := [name for name in names if name in here]:
            item.wrong(f"names {folded(again)} twice in this rack: once is right")
        if taken := [name for name in names if name in self.nodes]:
            first = self.nodes[taken[0]].rack
            item.wrong(f"{folded(taken)} already in rack {first} (line {self.lines[taken[0]]}): a node has one rack")


def _expects(section: Section, nodes: Mapping[str, Node], warnings: Warnings) -> list[tuple[str, Expect]]:
    said = []
    asks_in_band = any(node.in_band for node in nodes.values())
    for glob, value in section.entries():
        expect = _expect(value.section())
        said.append((glob, expect))
        if any(fnmatchcase(name, glob) for name in nodes):
            continue
        if expect.is_of_hosts:
            meant = scalars.nearest(glob, _globs_of(nodes)) or " is it a slip?"
            warnings.add(value, f"matches no node, and no switch has HCAs, GPUs or NVLinks:{meant}")
        elif not asks_in_band:
            warnings.add(value, "matches no node, and no host is asked in-band, so no switch will be found for it")
    return said


def _globs_of(nodes: Mapping[str, Node]) -> list[str]:
    """What one may have meant: a name, or all names that begin alike."""
    stems = {_BEGINNING.match(name)[0] for name in nodes}  # type: ignore[index]  # it matches the empty text too
    return [*sorted(f"{stem}*" for stem in stems), *nodes]


def _expect(section: Section) -> Expect:
    return Expect(
        hcas=section.integer("hcas", None, most=256),
        rate_gbps=section.read("rate", "a link rate such as 400 Gb/s", scalars.gbps, None),
        width=section.choice("width", _WIDTHS, None),
        gpus=section.integer("gpus", None, most=256),
        nvlinks=section.integer("nvlinks", None, most=256),
    )


def _warn_of_twins(nodes: Mapping[str, Node], warnings: Warnings) -> None:
    """Two names that dial the same place are one machine seen twice."""
    places: dict[tuple[str, int | None], list[str]] = {}
    for node in nodes.values():
        places.setdefault((node.address, node.port), []).append(node.name)
    for (address, port), names in places.items():
        if len(names) > 1:
            place = address if port is None else f"{address} port {port}"
            warnings.said.append(
                f"{warnings.file}: {folded(names)}: all are dialled at {place}: one machine, or a slip?"
            )
