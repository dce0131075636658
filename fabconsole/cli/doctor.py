"""`doctor`: reach every node, ask each question once, and say what is in the way of those that have no answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from fabconsole.cli.limits import raise_descriptor_limit
from fabconsole.cli.paper import Paper
from fabconsole.cli.prompting import Prompting
from fabconsole.collector.collector import Collector
from fabconsole.fabric.clock import SteadyClock
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.inventory import Inventory, Node
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.node_sets import expanded, folded
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms import account, registry
from fabconsole.platforms.question import Follower, Inquiry, Question
from fabconsole.state.doctor import Diagnosis, Limit, diagnosis, named
from fabconsole.state.fabric import FabricState
from fabconsole.state.polling import observed
from fabconsole.state.prescription import CHECK
from fabconsole.state.report import moment

_RHYTHM_S = 10.0
"""Between the askings of a question, of which one is wanted."""

_TRIES = 2
"""How often a question may come too late before that is told: all nodes are asked everything at once here."""

_TEXTS = 16
"""Texts shown of a limit that every node words in its own way, as host keys do."""

_RULER = Console(force_terminal=False)
"""What measures how wide a text is; nothing is printed by it."""


async def examine(path: Path, only: str | None) -> Diagnosis:
    """Ask the nodes of an inventory, or those of it that `only` names, everything once.

    Raises DocumentError where the inventory or the thresholds are wrong, ResourceError for a node it does not have.
    """
    inventory = _each_sweeping(_of(read_inventory(path, platforms=registry.names()), only))
    raise_descriptor_limit()
    if sys.stderr.isatty():
        click.echo(f"asking {len(inventory.nodes)} nodes …", err=True)
    clock = SteadyClock()
    source = Prompting(Collector(inventory, read_thresholds(), clock=clock, questions=_questions, inquiry=_inquiry))
    state = FabricState()
    try:
        await observed(source, state, 1, source.clock, tries=_TRIES)
    finally:
        await source.aclose()
    return diagnosis(state.snapshot(clock()))


def show(found: Diagnosis, *, as_json: bool) -> int:
    """Print a diagnosis and return its exit code."""
    if as_json:
        click.echo(json.dumps(_document(found), indent=1, ensure_ascii=False))
    else:
        paper = Paper()
        for line in lines(found, paper.width):
            paper.print(line, soft_wrap=True)
    return found.exit_code


def _of(inventory: Inventory, only: str | None) -> Inventory:
    if only is None:
        return inventory
    try:
        wanted = expanded(only)
    except ValueError as error:
        raise click.UsageError(f"NODES {error}") from None
    if strange := [name for name in wanted if name not in inventory.nodes]:
        raise ResourceError(f"no node {strange[0]!r} in {inventory.fabric}; `fabconsole check` lists what it has")
    nodes = {name: node for name, node in inventory.nodes.items() if name in set(wanted)}
    return replace(inventory, nodes=nodes)


def _each_sweeping(inventory: Inventory) -> Inventory:
    """Short rhythms, and every host with the in-band role alone in its subnet: else all but one would rest."""
    poll = replace(inventory.poll, fast_s=_RHYTHM_S, slow_s=_RHYTHM_S, in_band_s=_RHYTHM_S)
    nodes = {
        name: node if node.in_band is None else replace(node, in_band=replace(node.in_band, subnet=name))
        for name, node in inventory.nodes.items()
    }
    return replace(inventory, poll=poll, nodes=nodes)


def _questions(node: Node) -> tuple[Question, ...]:
    return (*registry.questions(node), account.QUESTION)


def _inquiry(question: Question, node: Node) -> Inquiry | Follower:
    return account.AccountInquiry(node) if question is account.QUESTION else registry.inquiry(question, node)


def lines(found: Diagnosis, width: int) -> Iterator[Text]:
    """What is printed. A step stands at the margin and is never folded: it is to be copied."""
    reached = f"{found.reached}/{found.nodes} nodes reached"
    yield Text.assemble((found.fabric, "bold"), f"  {moment(int(found.at))}  {reached}")
    counts = (f"{name} {answered}/{asked}" for name, (answered, asked) in found.answered.items())
    yield from _under(Text(" · ".join(counts)), width)
    for limit in found.limits:
        yield Text()
        yield from _limit(limit, width)
    if not found.limits:
        yield Text("· everything can be asked", style="green")
    for number, remark in enumerate(found.remarks):
        yield from [Text()] * (number == 0)
        yield from _under(Text(f"note: {remark}", style="dim"), width)


def _limit(limit: Limit, width: int) -> Iterator[Text]:
    """A set of nodes that does not fit stands on a line of its own, never folded: it is for `clush -w`."""
    names = folded(limit.nodes)
    is_long = len(names) > width // 2
    whose = f"{len(limit.nodes)} nodes" if is_long else named(limit.nodes)
    head = Text.assemble((f"{limit.glyph} {limit.reason.value}", "bold magenta"), f": {', '.join(limit.questions)} of ")
    yield from head.append(whose, "bold").wrap(_RULER, width)
    if is_long:
        yield Text(names, "bold")
    for text in _said(limit):
        yield from _under(text, width)
    yield from _under(Text.assemble(("unseen: ", "dim"), limit.unseen), width)
    if limit.here:
        yield from _under(Text.assemble(("do: ", "dim"), limit.advice), width)
        yield from _under(Text("here, for each whose console shows what it offers:", "dim"), width)
        yield from (Text(step, "cyan") for step in limit.here)
        return
    if not limit.steps:
        yield from _under(Text.assemble(("do: ", "dim"), limit.advice), width)
        return
    yield from _under(Text("as root there:" if len(limit.nodes) == 1 else "as root on each of them:", "dim"), width)
    yield from (Text(step, "cyan") for step in limit.steps)


def _said(limit: Limit) -> Iterator[Text]:
    """What was said, and where not all of them said the same, by whom."""
    if len(limit.said) == 1:
        yield Text(next(iter(limit.said)).partition(CHECK)[0])
        return
    for text, nodes in islice(limit.said.items(), _TEXTS):
        text = text.partition(CHECK)[0]
        yield Text.assemble((f"{named(nodes)}: ", "bold"), text)
    if (more := len(limit.said) - _TEXTS) > 0:
        yield Text(f"and {more} more, each in its own words: `doctor NODE`", "dim")


def _under(text: Text, width: int) -> Iterator[Text]:
    for line in text.wrap(_RULER, width - 2):
        line.rstrip()
        yield Text("  ").append_text(line)


def _document(found: Diagnosis) -> dict[str, Any]:
    return {
        "fabric": found.fabric,
        "at": moment(found.at),
        "nodes": found.nodes,
        "reached": found.reached,
        "questions": {
            name: {"asked": asked, "answered": answered} for name, (answered, asked) in found.answered.items()
        },
        "limits": [
            {
                "reason": limit.reason.value,
                "glyph": limit.glyph,
                "nodes": list(limit.nodes),
                "questions": list(limit.questions),
                "said": [{"text": text, "nodes": list(nodes)} for text, nodes in limit.said.items()],
                "unseen": limit.unseen,
                "advice": limit.advice,
                "steps": list(limit.steps),
                "here": list(limit.here),
            }
            for limit in found.limits
        ],
        "notes": list(found.remarks),
    }
