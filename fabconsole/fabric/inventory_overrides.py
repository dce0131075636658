"""The `nodes:` part of an inventory file: what differs from the defaults, for sets of nodes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Section, Value
from fabconsole.fabric.inventory import InBand, Node
from fabconsole.fabric.inventory_ssh import ALGORITHMS, address, user
from fabconsole.fabric.node_sets import expanded, folded

_TOOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHELL = set("`$\\\"'|&;<>()*?[]{}#~!\n")
IN_BAND = "in-band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What one entry says. None: not said."""

    address: str | None = None
    platform: str | None = None
    user: str | None = None
    port: int | None = None
    algorithms: str | None = None
    become: str | None = None
    prefix: Mapping[str, str] | None = None
    in_band: InBand | None = None

    def over(self, node: Node) -> Node:
        """`node` with what is said here in place of what it had, key by key."""
        said = {key: value for key in self.__slots__ if (value := getattr(self, key)) is not None}
        return replace(node, **said)


def read_overrides(section: Section, nodes: dict[str, Node], platforms: Collection[str] | None) -> dict[str, Node]:
    """`nodes` with every entry applied, the later over the earlier. A name that is in no rack is a problem."""
    changed = dict(nodes)
    for text, value in section.entries():
        names = names_in(text, value)
        if strangers := [name for name in names if name not in nodes]:
            value.wrong(f"{folded(strangers)}: in no rack; put it in a rack's `nodes`, or take it out here")
        override = _override(value.section(), platforms, alone=len(names) <= 1)
        for name in names:
            if name in changed:
                changed[name] = override.over(changed[name])
    return changed


def names_in(text: str, value: Value) -> tuple[str, ...]:
    """The names that a node set stands for; none after writing down what is wrong with it."""
    try:
        return expanded(text)
    except ValueError as error:
        value.wrong(str(error))
        return ()


def _override(section: Section, platforms: Collection[str] | None, *, alone: bool) -> Override:
    dialled = section.read("address", "a host name or an IP address", address, None)
    if dialled is not None and not alone:
        section.wrong("one address cannot be that of several nodes: give each its own entry", "address")
    return Override(
        address=dialled,
        platform=section.text("platform", None)
        if platforms is None
        else section.choice("platform", tuple(platforms), None),
        user=section.read("user", "a user name", user, None),
        port=section.integer("port", None, least=1, most=65535),
        algorithms=section.choice("algorithms", ALGORITHMS, None),
        become=section.read("become", "a command such as sudo -n", _words, None),
        prefix=_prefix(section),
        in_band=_roles(section.get("roles")),
    )


def _words(text: str) -> str:
    """Plain words to put before a command: no quotes, no shell in them."""
    if _SHELL & set(scalars.line(text)) or text.startswith("-"):
        raise ValueError(f"{text!r} should be plain words, such as sudo -n: no quotes, variables or shell signs")
    return " ".join(shlex.split(text))


def _prefix(section: Section) -> Mapping[str, str] | None:
    if section.get("prefix") is None:
        return None
    said: dict[str, str] = {}
    for tool, value in section.section("prefix").entries():
        if not _TOOL.fullmatch(tool):
            value.wrong(f"{tool!r} is no tool's name: write one such as nvidia-smi")
        words = value.read("a command such as chroot /run/nvidia/driver", _words)
        if words is not None:
            said[tool] = words
    return said


def _roles(value: Value | None) -> InBand | None:
    """`in-band`, `[in-band]`, `{in-band: {ca: mlx5_0, port: 1, subnet: compute}}` or a list of such mappings."""
    if value is None:
        return None
    found: InBand | None = None
    for item in value.items():
        if not item.is_mapping:
            found = InBand() if item.choice((IN_BAND,)) else found
            continue
        section = item.section()
        section.require(IN_BAND)
        if section.get(IN_BAND) is not None:
            found = _in_band(section.section(IN_BAND))
    return found


def _in_band(section: Section) -> InBand:
    return InBand(
        ca=section.read("ca", "a device such as mlx5_0", _device, None),
        port=section.integer("port", None, least=1, most=254),
        subnet=section.text("subnet", InBand().subnet),
    )


def _device(text: str) -> str:
    if not _DEVICE.fullmatch(text):
        raise ValueError(f"{text!r} is no device: write one such as mlx5_0")
    return text
