"""Every platform there is, found by being a module of this package; and what a node is asked, its roles included.

A module is a platform when it has `PLATFORM`. The in-band role is a module too: `in_band`, with a `QUESTION` and
`inquiry(node)`, asked of the nodes whose inventory gives them that role.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import fabconsole.platforms as home
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.inventory import Node
from fabconsole.platforms.question import Follower, Inquiry, Platform, Question

_IN_BAND = "in_band"


@dataclass(frozen=True, slots=True)
class Role:
    """A question that a node is asked besides its platform's own."""

    question: Question
    inquiry: Callable[[Node], Inquiry]


def names() -> tuple[str, ...]:
    """Every platform's name, as the inventory's `platform:` spells it."""
    return tuple(sorted(_platforms()))


def platform(name: str) -> Platform:
    """The platform called `name`. Raises ResourceError, naming those there are."""
    found = _platforms().get(name)
    if found is None:
        raise ResourceError(f"no platform {name!r}; there are {', '.join(names())}")
    return found


def questions(node: Node) -> tuple[Question, ...]:
    """What `node` is asked: its platform's questions, then its roles'. Raises ResourceError."""
    return (*platform(node.platform).questions(node), *(role.question for role in _roles_of(node)))


def inquiry(question: Question, node: Node) -> Inquiry | Follower:
    """A fresh inquiry of one of `questions(node)`; a Follower for a followed one. Raises ResourceError."""
    for role in _roles_of(node):
        if role.question == question:
            return role.inquiry(node)
    return platform(node.platform).inquiry(question, node)


def forget() -> None:
    """Look again at the next call: a module was added since."""
    _modules.cache_clear()
    _platforms.cache_clear()


@cache
def _modules() -> Mapping[str, ModuleType]:
    """Imported once, about 10 ms; the shell texts and readers of every platform live in them."""
    found = (info.name for info in pkgutil.iter_modules(home.__path__))
    return {name: importlib.import_module(f"{home.__name__}.{name}") for name in found if name != "registry"}


@cache
def _platforms() -> Mapping[str, Platform]:
    found = (getattr(module, "PLATFORM", None) for module in _modules().values())
    return {one.name: one for one in found if one is not None}


def _roles_of(node: Node) -> tuple[Role, ...]:
    module = _modules().get(_IN_BAND)
    if node.in_band is None or module is None:
        return ()
    return (Role(module.QUESTION, module.inquiry),)
