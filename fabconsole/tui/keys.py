"""The keys: few, the same everywhere, each with an id; footer and help are made from these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding

from fabconsole.tui.trail import View

CONSOLE: tuple[Binding, ...] = (
    Binding("escape", "leave", "Back out, to the very cell", id="back"),
    Binding("tab", "next_list(1)", "To the worst list, the events, and back", id="lists.next"),
    Binding("shift+tab", "next_list(-1)", "The other way round", id="lists.previous", show=False),
    Binding("d", "diagnose", "Diagnose what is selected", id="diagnose"),
    Binding("N", "far_end", "Far end of the link", id="far-end"),
    Binding("slash", "filter", "Filter by name", id="filter"),
    Binding("m", "metric", "Next metric", id="metric"),
    Binding("z", "faults", "Faults only", id="faults-only"),
    Binding("space", "mark", "Mark the node", id="mark"),
    Binding("question_mark", "help", "Every key", id="help"),
    Binding("q", "quit", "Quit", id="quit"),
)
"""Keys of the console itself."""

SHORT = {
    "open": "open",
    "back": "back",
    "lists.next": "lists",
    "diagnose": "diagnose",
    "far-end": "far end",
    "filter": "filter",
    "metric": "metric",
    "faults-only": "faults only",
    "mark": "mark",
    "help": "help",
    "quit": "quit",
    "pane.run": "run",
    "pane.fold": "fold",
    "pane.cancel": "cancel",
    "pane.close": "close",
}
"""One or two words for the foot of the screen."""

USEFUL: dict[View, Sequence[str]] = {
    View.FABRIC: (
        *("open", "diagnose", "far-end", "metric", "faults-only", "filter", "mark", "lists.next", "help", "quit"),
    ),
    View.RACK: ("open", "back", "diagnose", "far-end", "metric", "faults-only", "mark", "help"),
    View.NODE: ("open", "back", "diagnose", "far-end", "metric", "mark", "help"),
    View.LINK: ("back", "far-end", "diagnose", "help"),
}
"""What the foot of the screen names, most useful first."""

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
    "shift+tab": "shift-tab",
}


def shown(key: str) -> str:
    """Keys as a person reads them: `←, h`."""
    return ", ".join(_NAMES.get(part.strip(), part.strip()) for part in key.split(","))


def hints(ids: Iterable[str], bindings: Iterable[Binding]) -> list[tuple[str, str]]:
    """The first key of each id with its short words."""
    by_id = {binding.id: binding for binding in bindings}
    return [(shown(by_id[name].key.split(",")[0]), SHORT[name]) for name in ids if name in by_id]
