"""The keys: few, the same everywhere, each with an id; footer and help are made from these."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from textual.binding import Binding

from fabconsole.tui.trail import View

SHEET: tuple[Binding, ...] = (
    Binding(
        "left,h", "move(-1, 0)", "Left; sideways in an answer that is wider than the window", id="move.left", show=False
    ),
    Binding("down,j", "move(0, 1)", "Down", id="move.down", show=False),
    Binding("up,k", "move(0, -1)", "Up", id="move.up", show=False),
    Binding("right,l", "move(1, 0)", "Right; sideways likewise", id="move.right", show=False),
    Binding("pagedown,ctrl+d", "page(1)", "Page down", id="move.page-down", show=False),
    Binding("pageup,ctrl+u", "page(-1)", "Page up", id="move.page-up", show=False),
    Binding("home,g", "edge(-1)", "First", id="move.first", show=False),
    Binding("end,G", "edge(1)", "Last", id="move.last", show=False),
    Binding("enter", "choose", "Open what is selected", id="open"),
)
"""Keys of whatever holds a cursor."""

CONSOLE: tuple[Binding, ...] = (
    Binding(
        "escape",
        "leave",
        "Back out, to the very cell; on the fabric: marks, filter, z off",
        id="back",
    ),
    Binding("tab", "next_list(1)", "To the worst list, the events, and back", id="lists.next"),
    Binding("shift+tab", "next_list(-1)", "The other way round", id="lists.previous", show=False),
    Binding("d", "diagnose", "Diagnose what is selected", id="diagnose"),
    Binding("o", "output", "Output of the last diagnostic", id="output"),
    Binding("i", "whole", "In full: all that is known of what is selected", id="whole"),
    Binding("N", "far_end", "Far end of the link", id="far-end"),
    Binding("slash", "filter", "Filter the fabric by name", id="filter"),
    Binding("m", "metric", "Next metric", id="metric"),
    Binding("z", "faults", "Faults only: what is well is held back", id="faults-only"),
    Binding("space", "mark", "Mark the node", id="mark"),
    Binding("a", "answer", "Answer what a jump host or an encrypted key asks of you", id="answer"),
    Binding("ctrl+c", "interrupt", "Stop the diagnostic, not the console", id="interrupt", show=False),
    Binding(
        "ctrl+z", "app.stop", "To the shell, and back by its fg; nothing is asked meanwhile", id="stop", show=False
    ),
    Binding("question_mark", "help", "Every key", id="help"),
    Binding("q", "quit", "Quit", id="quit"),
)
"""Keys of the console itself."""

PANE: tuple[Binding, ...] = (
    Binding("escape", "fold", "Put the pane away; what runs goes on", id="pane.fold"),
    Binding("c", "cancel", "Stop what runs", id="pane.cancel"),
    Binding("space", "page_on", "A page further", id="pane.page"),
)
"""Keys of the diagnostics pane."""

OF_THE_PAGE = frozenset({"far_end", "filter", "metric", "faults", "mark"})
"""Actions of the console on the page; they do nothing while something in the pane is read."""

REPLY: tuple[Binding, ...] = (
    Binding("enter", "send", "Send it; the last of several sends all", id="reply.send"),
    Binding("escape,ctrl+c", "decline", "Not now: a has it asked again", id="reply.decline"),
    Binding("backspace,ctrl+h", "erase", "Take back a character", id="reply.erase", show=False),
    Binding("ctrl+u", "clear", "Take all of it back", id="reply.clear"),
)
"""Keys of the lines in which something is asked of the operator; every other key is typed."""

WHOLE: tuple[Binding, ...] = (
    Binding("enter", "go_on", "Go to it", id="whole.open", show=False),
    Binding("escape,i,q", "close", "Back to the very row", id="whole.close", show=False),
)
"""Keys of what is shown in full."""

HELP: tuple[Binding, ...] = (
    Binding("escape,question_mark,q,enter", "close", "Close the help", id="help.close", show=False),
)
"""Keys of the help."""

SECTIONS = (
    ("TO MOVE", SHEET),
    ("TO ASK", CONSOLE),
    ("IN A DIAGNOSTIC", PANE),
    ("WHERE YOU ARE ASKED", REPLY),
    ("ON WHAT IS SHOWN IN FULL", WHOLE),
    ("IN THIS HELP", HELP),
)
"""As the help shows them."""

SHORT = {
    "open": "open",
    "back": "back",
    "lists.next": "worst",
    "diagnose": "diagnose",
    "whole": "in full",
    "far-end": "far end",
    "filter": "filter",
    "metric": "metric",
    "faults-only": "faults",
    "mark": "mark",
    "help": "help",
    "quit": "quit",
    "output": "output",
    "answer": "answer",
    "reply.send": "send",
    "reply.decline": "not now",
    "reply.clear": "begin anew",
    "pane.fold": "close",
    "pane.cancel": "cancel",
    "move.page-down": "more",
    "move.right": "sideways",
    "whole.open": "go there",
    "whole.close": "back",
}
"""One or two words for the foot of the screen."""


class Doing(Enum):
    """What the keys are for while the place has them not."""

    LISTING = "a list has them"
    CHOOSING = "diagnostics are offered"
    WAITING = "one is running"
    READING = "one has ended"
    REPLYING = "something is asked of the operator"


_READ = ("pane.fold", "move.page-down", "move.right", "open", "diagnose", "lists.next", "whole")

USEFUL: Mapping[View | Doing, Sequence[str]] = {
    View.FABRIC: ("lists.next", "open", "diagnose", "whole", "filter", "faults-only", "far-end", "metric", "mark"),
    View.RACK: ("open", "back", "lists.next", "diagnose", "whole", "faults-only", "metric", "far-end", "mark"),
    View.NODE: ("open", "back", "lists.next", "diagnose", "whole", "faults-only", "far-end", "metric", "mark"),
    View.LINK: ("open", "back", "lists.next", "far-end", "diagnose", "whole", "faults-only"),
    Doing.LISTING: ("open", "whole", "back", "lists.next", "diagnose", "far-end", "mark"),
    Doing.CHOOSING: ("open", "pane.fold", "whole", "output", "lists.next"),
    Doing.WAITING: ("pane.cancel", *_READ),
    Doing.READING: _READ,
    Doing.REPLYING: ("reply.send", "reply.decline", "reply.clear"),
}
"""What the foot of the screen names, most useful first: the last is the first that goes."""
OTHERWISE: Mapping[View | Doing, Mapping[str, str]] = {
    View.RACK: {"lists.next": "pane"},
    View.NODE: {"lists.next": "pane"},
    View.LINK: {"lists.next": "pane"},
    Doing.LISTING: {"lists.next": "next list"},
    Doing.CHOOSING: {"open": "run", "lists.next": "page"},
    Doing.WAITING: {"open": "fold", "lists.next": "page"},
    Doing.READING: {"open": "fold", "lists.next": "page"},
}
"""What a key is called where it does something else than its short words say."""
ALWAYS = ("help", "quit")
"""What it names in every place and every window."""

_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "escape": "esc",
    "space": "space",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "ctrl+c": "ctrl-c",
    "ctrl+d": "ctrl-d",
    "ctrl+u": "ctrl-u",
    "ctrl+z": "ctrl-z",
    "shift+tab": "shift-tab",
}


def shown(key: str) -> str:
    """Keys as a person reads them: `←, h`."""
    return ", ".join(_NAMES.get(part.strip(), part.strip()) for part in key.split(","))


def every() -> tuple[Binding, ...]:
    """All of them, in the order of the help."""
    return tuple(binding for _, bindings in SECTIONS for binding in bindings)


class Hints(NamedTuple):
    """Keys worth naming, each with its short words."""

    here: Sequence[tuple[str, str]]
    """Most useful first."""
    always: Sequence[tuple[str, str]]


def useful(place: View | Doing, escape: str = "", idle: Container[str] = (), *, first: Sequence[str] = ()) -> Hints:
    """What to name in a place, or of what the keys are for while it has them not.

    `escape` is what Esc does there where that is not to go back, `idle` the ids that would do nothing just now,
    `first` those that come before all others now.
    """
    ids = [name for name in USEFUL[place] if name not in idle]
    words = {**SHORT, **OTHERWISE.get(place, {})}
    if escape:
        words["back"] = escape
        if "back" not in ids:
            ids.insert(1, "back")
    return Hints(named([*first, *ids], words), named(ALWAYS))


def replying(*, is_over: bool) -> Hints:
    """What to name while something is asked: nothing else, since every other key is typed."""
    ids = ("reply.decline",) if is_over else USEFUL[Doing.REPLYING]
    return Hints(named(ids, {**SHORT, "reply.decline": "close"} if is_over else SHORT), ())


def named(ids: Sequence[str], words: Mapping[str, str] = SHORT) -> Sequence[tuple[str, str]]:
    """The first key of each, and its short words."""
    by_id = {binding.id: binding for binding in every()}
    return [(shown(by_id[name].key.split(",")[0]), words[name]) for name in ids]
