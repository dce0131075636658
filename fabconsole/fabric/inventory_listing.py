"""What `fabconsole check` prints: the inventory as it was understood, so that a person sees what they wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fabconsole.fabric.inventory import Expect, Inventory, Node, Poll, SshAccess
from fabconsole.fabric.node_sets import folded


def listing(inventory: Inventory) -> RenderableType:
    """The whole inventory: racks, nodes that are alike folded into one row, how they are reached, warnings."""
    parts: list[RenderableType] = [_title(inventory), _racks(inventory), _nodes(inventory), _settings(inventory)]
    if inventory.warnings:
        parts.append(Text(""))
        parts += [Text(f"▲ {warning}", style="yellow") for warning in inventory.warnings]
    return Group(*parts)


def _title(inventory: Inventory) -> Text:
    title = Text(inventory.fabric, style="bold")
    asking = sum(node.in_band is not None for node in inventory.nodes.values())
    said = [_many(len(inventory.racks), "rack"), _many(len(inventory.nodes), "node")]
    said.append(f"{_many(asking, 'host')} to ask in-band" if asking else "no host to ask in-band")
    return title.append("   " + " · ".join(said), style="not bold")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style="bold", expand=False)
    for name in columns:
        table.add_column(Text(name), overflow="fold", min_width=len(name))
    return table


def _racks(inventory: Inventory) -> Table:
    table = _table("rack", "row", "pod", "count", "nodes, from the top down")
    table.columns[3].justify = "right"
    for rack in inventory.racks:
        place = (rack.name, rack.row or "", rack.pod or "", str(len(rack.nodes)))
        table.add_row(*map(Text, place), Text(_as_they_hang(rack.nodes)))
    return table


def _as_they_hang(names: Sequence[str]) -> str:
    """Folded where that keeps their order, else in runs that do."""
    runs: list[list[str]] = []
    for name in names:
        if runs and name > runs[-1][-1] and _stem(name) == _stem(runs[-1][-1]):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(folded(run) for run in runs)


def _stem(name: str) -> str:
    return name.rstrip("0123456789")


def _nodes(inventory: Inventory) -> Table:
    table = _table("nodes", "understood as")
    alike: dict[str, list[str]] = {}
    for node in inventory.nodes.values():
        alike.setdefault("\n".join(_understood(node, inventory.ssh)), []).append(node.name)
    for understood, names in alike.items():
        table.add_row(Text(folded(names).replace(",", ", ")), Text(understood))
    return table


def _understood(node: Node, ssh: SshAccess) -> Iterable[str]:
    who, port = node.user or ssh.user, node.port
    reached = [f"as {who}" if who else "", f"at {node.address}" if node.address != node.name else "by name"]
    reached.append(f"port {port}" if port is not None else "")
    reached.append("with old algorithms" if (node.algorithms or ssh.algorithms) == "legacy" else "")
    yield f"{node.platform} · " + " ".join(part for part in reached if part)
    if node.in_band is not None:
        ca = node.in_band.ca or "any device"
        exact = f" port {node.in_band.port}" if node.in_band.port is not None else ""
        yield f"asks in-band: {node.in_band.subnet}, by {ca}{exact}"
    means = [f"root by {node.become}"] if node.become else []
    means += [f"{tool} by {words}" for tool, words in node.prefix.items()]
    if means:
        yield " · ".join(means)
    yield f"expects {_expected(node.expect) or 'nothing'}"


def _expected(expect: Expect) -> str:
    rate = "" if expect.rate_gbps is None else f"{expect.rate_gbps:g} Gb/s"
    said = (
        "" if expect.hcas is None else _many(expect.hcas, "HCA"),
        " ".join(part for part in (rate, expect.width) if part),
        "" if expect.gpus is None else _many(expect.gpus, "GPU"),
        "" if expect.nvlinks is None else f"{_many(expect.nvlinks, 'NVLink')} a GPU",
    )
    return ", ".join(part for part in said if part)


def _settings(inventory: Inventory) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, said in (("ssh", _ssh(inventory.ssh)), ("poll", _poll(inventory.poll))):
        table.add_row(Text(name), Text(" · ".join(said)))
    for glob, expect in inventory.expects:
        if not any(fnmatchcase(name, glob) for name in inventory.nodes):
            whose = "" if expect.is_of_hosts else ": for switches found in-band"
            said = f"{glob}: {_expected(expect) or 'nothing'} (no node of this file{whose})"
            table.add_row(Text("expect"), Text(said))
    return table


def _ssh(ssh: SshAccess) -> Iterable[str]:
    yield f"user {ssh.user}" if ssh.user else "user as ssh_config says, else yours"
    yield "keys " + ", ".join(map(str, ssh.identity)) if ssh.identity else "keys of your agent and ~/.ssh"
    yield f"host keys {ssh.host_keys}, {ssh.known_hosts or 'your known_hosts'}"
    if ssh.jump:
        yield "no jump host" if ssh.jump == "none" else f"through {ssh.jump}"
    if ssh.config:
        yield f"config {ssh.config}"


def _poll(poll: Poll) -> Iterable[str]:
    yield f"fast {_span(poll.fast_s)}"
    yield f"slow {_span(poll.slow_s)}"
    yield f"in-band {_span(poll.in_band_s)}"
    yield f"rare {_span(poll.rare_s)}"
    yield f"timeout {_span(poll.timeout_s)}"


def _span(seconds: float) -> str:
    if seconds >= 60 and seconds % 60 == 0:
        return f"{seconds / 60:g} min"
    return f"{seconds:g} s"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
