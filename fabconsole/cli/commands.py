"""The command line: one function a command, no logic; imports wait until a command needs them."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import NamedTuple

import click

from fabconsole import __version__
from fabconsole.cli.demo import MOST_NODES
from fabconsole.cli.plainly import EXIT_USAGE, Commands, leave, speak_utf8, speaking_plainly
from fabconsole.fabric.errors import ResourceError

click.UsageError.exit_code = EXIT_USAGE

_inventory = click.option(
    "-c",
    "--config",
    "path",
    type=click.Path(path_type=Path),
    help="The inventory; without it, inventory.yaml in your own config directory.",
)


def _a_number(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    """`nan` is within every range, by the letter of it."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value


class Said(NamedTuple):
    """What was said before the command."""

    theme: str
    path: Path | None


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="fabconsole %(version)s")
@click.option("--debug", is_flag=True, help="Say more in the log file.")
@click.option("--theme", default="dark", show_default=True, help="A theme's name.")
@_inventory
@click.pass_context
def fabconsole(context: click.Context, path: Path | None, theme: str, debug: bool) -> None:
    """A live console for the InfiniBand and NVLink fabric of an AI supercomputer.

    Without a command: the console on the fabric of an inventory.
    """
    from fabconsole.cli.log import start_log

    start_log(debug=debug)
    context.obj = Said(theme, path)
    if context.invoked_subcommand is None:
        sys.exit(_console(_inventory_at(path), theme))


@fabconsole.command()
@click.option(
    "--scenario",
    multiple=True,
    help="A name from --list, or a path that ends in .yaml; several by commas or again, each from its time on "
    "(dead-leaf@40s). Else first-page, or dead-leaf on fewer nodes than that takes.",
)
@click.option("--list", "listed", is_flag=True, help="What each scenario teaches and where to look, and leave.")
@click.option("--nodes", default=64, show_default=True, type=click.IntRange(1, MOST_NODES), help="Hosts to simulate.")
@click.option("--seed", default=1, show_default=True, help="The same seed is the same fabric.")
@click.pass_obj
def demo(said: Said, scenario: tuple[str, ...], listed: bool, nodes: int, seed: int) -> None:
    """The console on a simulated fabric, over real SSH on loopback, with faults to find."""
    from importlib import import_module

    from fabconsole.cli.demo import meant, scenarios, to_be_found
    from fabconsole.sim.launch import launch

    if listed:
        click.echo(scenarios())
        return
    played = meant(scenario, nodes)
    _need_a_terminal()

    def meanwhile() -> None:
        import_module("fabconsole.cli.console")

    with launch(nodes=nodes, seed=seed, scenario=played, meanwhile=meanwhile) as path:
        code = _console(path, said.theme)
    if code == 0:  # who was asked to end may have nobody to tell
        click.echo(to_be_found(played))
    sys.exit(code)


@fabconsole.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def check(said: Said, path: Path | None) -> None:
    """Print what an inventory says, or everything that is wrong with it and with your own files."""
    from fabconsole.cli.dialled import dialled
    from fabconsole.cli.own_files import read_own_files
    from fabconsole.cli.paper import Paper
    from fabconsole.collector.ssh_config import unhonoured
    from fabconsole.collector.ssh_config_values import OWN_CONFIG, SYSTEM_CONFIG
    from fabconsole.fabric.inventory_file import read_inventory
    from fabconsole.fabric.inventory_listing import listing
    from fabconsole.platforms.registry import names

    inventory = read_inventory(_inventory_at(path or said.path), platforms=names())
    paper = Paper()
    paper.print(listing(inventory))
    configs = (inventory.ssh.config,) if inventory.ssh.config else (OWN_CONFIG.expanduser(), SYSTEM_CONFIG)
    for line in dialled(inventory):
        paper.print(line, soft_wrap=True)
    for line in unhonoured(*filter(Path.is_file, configs)):
        paper.print(f"▲ {line}", soft_wrap=True)
    if own := read_own_files():
        paper.print(f"your own files, understood: {', '.join(map(str, own))}")


@fabconsole.command()
@_inventory
@click.option("--polls", default=3, show_default=True, type=click.IntRange(min=1), help="Ask every question so often.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 86_400),
    callback=_a_number,
    help="Seconds between polls, in place of every rhythm.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON in place of a table.")
@click.pass_obj
def snapshot(said: Said, path: Path | None, polls: int, interval: float | None, as_json: bool) -> None:
    """Poll, print, and exit by the worst: 2 critical, 3 unknown or incomplete, 1 warning, 0 well."""
    from fabconsole.cli.loop import run
    from fabconsole.cli.polling import observe, show

    picture = run(observe(_inventory_at(path or said.path), polls=polls, interval_s=interval))
    sys.exit(show(picture, as_json=as_json))


@fabconsole.command()
@_inventory
@click.argument("nodes", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON in place of text.")
@click.pass_obj
def doctor(said: Said, path: Path | None, nodes: str | None, as_json: bool) -> None:
    """Reach every node, or NODES of them, and say what cannot be asked there, what that hides and what mends it.

    Exits 0 where everything can be asked, else 3.
    """
    from fabconsole.cli.doctor import examine, show
    from fabconsole.cli.loop import run

    sys.exit(show(run(examine(_inventory_at(path or said.path), nodes)), as_json=as_json))


@fabconsole.command()
@click.argument("name", metavar="FORMAT", required=False)
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="JSON in place of a table.")
@click.option("--all", "every", is_flag=True, help="Of a hundred rows and more those too that are up without an error.")
@click.option("--list", "list_them", is_flag=True, help="Tell every format there is.")
def parse(name: str | None, file: str, as_json: bool, every: bool, list_them: bool) -> None:
    """Read what a tool printed, out of FILE or standard input, and tell what it says.

    FORMAT is a tool's name or its command; `auto` recognises it from the text. Exits 65 where nothing was understood.
    """
    from fabconsole.cli import parse as parsing

    if list_them:
        parsing.listing(as_json=as_json)
    elif name is None:
        raise click.UsageError("name a FORMAT, or `auto`; `fabconsole parse --list` tells them")
    else:
        sys.exit(parsing.parse(name, file, as_json=as_json, every=every))


def _console(path: Path, theme: str) -> int:
    from fabconsole.cli.console import run
    from fabconsole.fabric.resources import every

    _need_a_terminal()
    if theme not in (known := every("themes")):
        raise click.UsageError(f"no theme {theme!r}; there are {', '.join(known)}")
    return run(path, theme)


def _need_a_terminal() -> None:
    """The console reads keys from standard input and draws through standard error."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise click.UsageError("the console needs a terminal; `fabconsole snapshot` prints without one")


def _inventory_at(path: Path | None) -> Path:
    from platformdirs import user_config_path

    own = user_config_path("fabconsole") / "inventory.yaml"
    if path is None and not own.is_file():
        raise ResourceError(f"no inventory: name one by -c FILE, write {own}, or look around in `fabconsole demo`")
    return path or own


def main() -> None:
    """Entry point of the `fabconsole` command."""
    speak_utf8()
    try:
        with speaking_plainly():
            fabconsole(prog_name="fabconsole")
    except SystemExit as end:
        leave(end.code)
