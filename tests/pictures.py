"""The README's pictures, drawn by the console itself on the demo: `themes/pictures/*.png`.

    python tests/pictures.py [--into FOLDER] [--settle 66] [--only NAME ...]

Starts the simulated fabric, the collector on it and the console without a terminal, goes where each picture is taken
by the keys that a person would press, and has Chromium turn what Textual exports into a picture; of `doctor` what it
prints, on accounts that are limited, and of `parse` what it makes of a paste. Without Chromium the exported SVGs are
left.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from textual.pilot import Pilot

from fabconsole.cli.doctor import examine, lines
from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.formats.format import recognise
from fabconsole.formats.listing.page import render
from fabconsole.formats.paste import Paste
from fabconsole.platforms.registry import names
from fabconsole.runbook.audit import Audit
from fabconsole.sim.launch import launch
from fabconsole.state.fabric import FabricState
from fabconsole.tui.app import FabConsole

PICTURES = Path(__file__).resolve().parents[1] / "themes" / "pictures"
_FONT = "DejaVu Sans Mono"
"""A font that has every glyph of ours and that every Linux has."""
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Shot:
    """One picture: how large, on what, by which keys, how long to wait for an answer, and keys once it is there."""

    name: str
    columns: int
    rows: int
    cursor: str
    keys: Sequence[str] = ()
    wait_s: float = 0.0
    then: Sequence[str] = ()


SHOTS = (
    Shot("fabric", 150, 38, "gpu03-02/mlx5_5/1"),
    Shot("node", 150, 36, "gpu05-01/gpu3", ("enter", "enter")),
    Shot("link", 130, 46, "gpu03-02/mlx5_5/1", ("enter", "enter", "enter")),
    Shot("diagnose", 150, 44, "gpu03-02/mlx5_5/1", ("d", "enter"), 6.0),
)

DOCTOR, DOCTOR_COLUMNS = "doctor", 110
LIMITS, LIMITED_S = "account-limits", 16.0
"""A scenario, and seconds until all of it has come."""


PARSE, PARSE_COLUMNS = "parse", 120
PASTE = Path(__file__).resolve().parent / "formats" / "samples" / "iblinkinfo.txt"
"""What is read in its picture."""


async def take(shots: Sequence[Shot], settle_s: float, into: Path) -> list[Path]:
    """Every picture as an SVG, all of one fabric, `settle_s` after its start."""
    found: list[Path] = []
    with launch() as path, tempfile.TemporaryDirectory() as scratch:
        inventory = read_inventory(path, platforms=names())
        state = FabricState()
        app = FabConsole(
            source_of=lambda: Collector(inventory, read_thresholds()),
            picture=state,
            apply=state.apply,
            audit=Audit(path=Path(scratch) / "audit.jsonl", clock=time.time),
        )
        async with app.run_test(size=(shots[0].columns, shots[0].rows)) as pilot:
            await asyncio.sleep(settle_s)
            for shot in shots:
                await _pose(app, pilot, shot)
                target = into / f"{shot.name}.svg"
                target.write_text(_readable(app.export_screenshot(title=f"fabconsole · {shot.name}")))
                found.append(target)
                while len(app.console_screen.desk.trail.places) > 1 or app.console_screen.pane.display:
                    await pilot.press("escape")
    return found


def print_doctor(into: Path) -> Path:
    """What `doctor` prints, as an SVG."""
    with launch(scenario=LIMITS) as path:
        time.sleep(LIMITED_S)
        found = asyncio.run(examine(path, None))
    paper = _paper(DOCTOR_COLUMNS)
    for line in lines(found, paper.width):
        paper.print(line, soft_wrap=True)
    return _printed(paper, DOCTOR, into)


def print_parse(into: Path) -> Path:
    """What `parse` prints of a paste, as an SVG."""
    paper = _paper(PARSE_COLUMNS)
    one, *_ = recognise(paste := Paste(PASTE.read_bytes()))
    paper.print(render(one.name, one.read(paste), paper.width))
    return _printed(paper, PARSE, into)


def _paper(columns: int) -> Console:
    return Console(
        record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )


def _printed(paper: Console, name: str, into: Path) -> Path:
    target = into / f"{name}.svg"
    target.write_text(_readable(paper.export_svg(title=f"fabconsole {name}")))
    return target


async def _pose(app: FabConsole, pilot: Pilot[None], shot: Shot) -> None:
    await pilot.resize_terminal(shot.columns, shot.rows)
    await pilot.pause()
    app.console_screen.stage.place.select(shot.cursor)
    await pilot.press(*shot.keys)
    await asyncio.sleep(shot.wait_s)
    await pilot.press(*shot.then)
    app.console_screen.tick()
    await pilot.pause()


def _readable(svg: str) -> str:
    """With a font of this machine, not one from the network."""
    svg = re.sub(r"@font-face\s*{.*?}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", _FONT)


def pictured(svg: Path, chromium: str) -> Path:
    """A PNG beside an SVG, as large as the drawing says."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text())
    if box is None:
        raise SystemExit(f"{svg} says nothing of its size")
    width, height = (round(float(side)) for side in box.groups())
    target = svg.with_suffix(".png")
    subprocess.run(
        [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--default-background-color=00000000", f"--window-size={width},{height}"),
            *(f"--screenshot={target}", svg.as_uri()),
        ],
        check=True,
        capture_output=True,
    )
    return target


def main() -> None:
    """Take them."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--into", type=Path, default=PICTURES)
    arguments.add_argument("--settle", type=float, default=66.0, help="seconds of the demo before the first picture")
    arguments.add_argument("--only", nargs="*", choices=[*(shot.name for shot in SHOTS), DOCTOR, PARSE])
    options = arguments.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not options.only or shot.name in options.only]
    chromium = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    svgs = asyncio.run(take(shots, options.settle, options.into.resolve())) if shots else []
    if not options.only or DOCTOR in options.only:
        svgs.append(print_doctor(options.into.resolve()))
    if not options.only or PARSE in options.only:
        svgs.append(print_parse(options.into.resolve()))
    for svg in svgs:
        if chromium is None:
            print(f"{svg}: no Chromium here to make a PNG of it", file=sys.stderr)
            continue
        png = pictured(svg, chromium)
        svg.unlink()
        print(f"{png}: {png.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
