"""The pane at the foot of the screen: what can be asked of the selection, then what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fabconsole.fabric.node_sets import folded
from fabconsole.stream.records import Finished, NotBegun
from fabconsole.tui.diagnosis import Choice, Group, Job
from fabconsole.tui.drawing import Line, Span, cut, fit, length, spread, wrapped

_CHOICE = "choice"
_TITLE = 11


def choice_lines(choices: Sequence[Choice], width: int) -> tuple[Line, ...]:
    """One line a command: its title and its class."""
    lines: list[Line] = []
    for number, choice in enumerate(choices):
        address = f"{_CHOICE}/{number}"
        kind = Span(f"{choice.command.kind} ", "dim" if choice.command.kind == "read-only" else "degraded", address)
        line = spread([Span(" "), Span(choice.command.title, "text")], [kind], width)
        lines.append(tuple(span._replace(address=address) for span in line))
    return tuple(lines)


def chosen(address: str | None) -> int:
    """Number of the choice at an address of `choice_lines`."""
    number = (address or "").removeprefix(f"{_CHOICE}/")
    return int(number) if number.isdigit() else 0


def choice_head(choices: Sequence[Choice], at: int, width: int, height: int, *, least: int) -> tuple[Line, ...]:
    """The exact command and what to look for in its answer; of that as much as leaves room for all `choices` in
    `height` lines, of the command as much as leaves room for `least` of them.

    As high as the highest of `choices`, so that the list under it does not jump.
    """
    room, wish = max(1, height - least), height - len(choices)
    heads = [_within(room, _head(choice, width, wish), width) for choice in choices]
    return (*heads[at], *[()] * (max(map(len, heads)) - len(heads[at])))


def _head(choice: Choice, width: int, wish: int) -> Sequence[Line]:
    command = (Span(fit(" DIAGNOSE", _TITLE), "title"), Span(choice.preview(), "accent"))
    about = (Span(" " * _TITLE), Span(" ".join(choice.command.about.split()), "dim"))
    targets = wrapped((Span(" " * _TITLE), Span(choice.targets, "warn")), width, _TITLE) if choice.targets else ()
    named = (*_within(2, targets, width), *wrapped(command, width, _TITLE))
    return (*named, *_within(max(1, wish - len(named)), wrapped(about, width, _TITLE), width))


def _within(room: int, lines: Sequence[Line], width: int) -> Sequence[Line]:
    """So many lines at most, the last one saying that there is more: what stands under them must be seen."""
    if len(lines) <= room:
        return lines
    last = lines[room - 1]
    said = "".join(span.text for span in last).rstrip()
    return (*lines[: room - 1], (Span(cut(f"{said} …", width), last[-1].role),))


def job_head(job: Job, width: int, room: int) -> Sequence[Line]:
    """What ran, and how it stands, in `room` lines at most."""
    runs = list(job.runs.values())
    if len(runs) == 1:
        state, text = runs[0].outcome, f"{runs[0].order.node} $ {runs[0].order.command}"
        role = "dim" if runs[0].is_well or runs[0].finished is None else "warn"
    else:
        ended = sum(run.finished is not None for run in runs)
        failed = sum(run.finished is not None and not run.is_well for run in runs)
        state = f"{ended}/{len(runs)} ended" + (f", {failed} failed" if failed else "")
        asked = folded(run.order.node for run in runs)
        text, role = f"{len(runs)} nodes: {asked} $ {runs[0].order.command}", "warn" if failed else "dim"
    first = spread([Span(" "), Span(job.command.title, "strong")], [Span(f"{state}  {job.command.kind} ", role)], width)
    return _within(room, (first, *wrapped((Span(f" {text}", "accent"),), width, 1)), width)


def job_lines(job: Job, width: int) -> tuple[Line, ...]:
    """What was said: as it is for one run, folded by equal answers for many."""
    groups = job.groups()
    if len(job.runs) == 1:
        return tuple(_output(groups[0], width))
    lines: list[Line] = []
    for group in groups:
        first = group.runs[0]
        is_folded = group.key in job.folded
        sign = "▸" if is_folded else "▾"
        many = f"{len(group.runs)} × " if len(group.runs) > 1 else ""
        role = "dim" if first.is_well or first.finished is None else "warn"
        said = [Span(f" {sign} ", "key"), Span(f"{many}{group.title}", "strong"), Span(f"   {first.outcome}", role)]
        lines.append(tuple(span._replace(address=group.key) for span in (*said, Span(" " * (width - length(said))))))
        if not is_folded:
            lines += _output(group, width)
    return tuple(lines)


def _output(group: Group, width: int) -> Iterator[Line]:
    """Lines as long as they are, with no address: they are read, not chosen."""
    run = group.runs[0]
    if run.transcript.dropped:
        yield (Span(f" … {run.transcript.dropped} lines before these", "dim"),)
    for line in run.lines:
        yield (Span(f" {line}"),)
    match run.finished:
        case Finished(end=NotBegun(why)):
            yield from wrapped([Span(f" not run: {why}", "warn")], width, 1)
        case Finished() if not run.lines:
            yield (Span(" it said nothing", "dim"),)
