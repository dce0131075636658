"""Terminal escapes and markup in every field that a host has a say in: none of it reaches a terminal or a parser."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

from lab_files import write
from matrix_host import PORT, Host
from matrix_watch import SICK, Fabric, question_of
from textual.pilot import Pilot

from fabconsole.fabric.inventory import Inventory
from fabconsole.runbook.audit import Audit
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import Reason
from fabconsole.tui.app import FabConsole

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u200b[bold red]x[/][/nothing]$(id)`id`"
"""Clears the screen, names the window, turns the text around, speaks markup and shell."""
SHOWN = "[bold red]x[/][/nothing]$(id)`id`"
"""What of it is text like any other."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def hidden(text: str) -> set[str]:
    """Characters that are no text."""
    return {char for char in text if unicodedata.category(char) in _HIDDEN}


def texts(thing: object) -> Iterator[str]:
    """Every text in a snapshot, however deep."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Enum | int | float | None):
        return
    elif isinstance(thing, Mapping):
        for pair in thing.items():
            yield from texts(pair)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts(getattr(thing, field.name))
    elif isinstance(thing, list | tuple | frozenset) or hasattr(thing, "__getitem__"):
        for one in thing:  # type: ignore[attr-defined]
            yield from texts(one)


def speak(host: Host) -> None:
    """Say it in every place there is."""
    device = host.devices / "mlx5_0"
    for file in ("fw_ver", "board_id", "node_guid", "ports/1/link_layer"):
        write(device / file, f"{EVIL}\n")
    for file in ("state", "phys_state", "rate", "lid"):
        write(device / "ports" / "1" / file, f"9: {EVIL}\n")
    write(device / "ports" / "1" / "counters" / "symbol_error", f"{EVIL}\n")
    (host.devices / EVIL.replace("/", "") / "ports").mkdir(parents=True)
    for text in (host.gpus.tool / "-L", host.gpus.tool / "nvlink -s", host.gpus.tool / "nvlink -e"):
        said = text.read_text().replace("NVIDIA H100 80GB HBM3", f"NVIDIA {EVIL}")
        write(text, said.replace("GPU 1:", f"{EVIL}\nGPU 1:", 1))
    host.journal.say(f"NVRM: Xid (PCI:0000:1b:00): 74, pid={EVIL}, name={EVIL}, {EVIL}")
    host.journal.say(f"mlx5_core 0000:18:00.0: Port module event[error]: module 0, Cable error, {EVIL}")
    (host.root / "banner").write_text(EVIL)
    host.shell('cat /mnt/banner; cat /mnt/banner >&2; eval "$SSH_ORIGINAL_COMMAND"')


def has_spoken(picture: Snapshot) -> bool:
    xids = [view for view in picture.events if view.event.code == 74]
    return bool(xids) and all(question_of(picture, name).age_s is not None for name in ("hca", "gpu", "nvlink"))


async def test_a_snapshot_holds_nothing_but_text_of_it(fabric: Fabric) -> None:
    await asyncio.to_thread(speak, fabric.host)
    await asyncio.to_thread(fabric.host.restart)
    async with fabric.watched() as watch:
        picture = await watch.until(has_spoken)
        every = list(texts(picture))
        assert any(SHOWN in text for text in every)
        assert [text for text in every if hidden(text)] == []
        fabric.host.instead("cat /mnt/banner; cat /mnt/banner >&2; exit 1")
        picture = await watch.until(lambda picture: question_of(picture, "gpu").reason is Reason.FAILED)
        assert SHOWN in question_of(picture, "gpu").detail
        fabric.host.shell("cat /mnt/banner >&2; exit 3")
        await asyncio.to_thread(fabric.host.restart)
        picture = await watch.until(lambda picture: "status 3" in question_of(picture, "hca").detail)
        assert [text for text in texts(picture) if hidden(text)] == []
        watch.the_well_missed_nothing()


async def test_the_console_draws_nothing_but_text_of_it(fabric: Fabric, tmp_path: Path) -> None:
    await asyncio.to_thread(speak, fabric.host)
    await asyncio.to_thread(fabric.host.restart)
    watch = fabric.watched()
    app = FabConsole(
        source_of=lambda: watch.source,
        picture=watch.state,
        apply=watch.state.apply,
        audit=Audit(tmp_path / "audit.jsonl", clock=time.time),
    )
    drawn: list[str] = []
    async with app.run_test(size=(200, 50)) as pilot:

        async def draw() -> None:
            app.console_screen.tick()
            await pilot.pause()
            drawn.extend(strip.text for strip in app.screen._compositor.render_strips())

        await until(pilot, lambda: has_spoken(watch.state.snapshot(time.time())))
        await draw()
        for end in (f"{SICK}/mlx5_0/1", f"{SICK}/gpu0"):
            app.console_screen.stage.place.select(end)
            for _ in range(3):
                await pilot.press("enter")
                await draw()
            await pilot.press("i")
            await draw()
            await pilot.press("escape", "escape", "escape", "escape")
        await pilot.press("tab", "tab")
        await draw()
        await pilot.press("enter")
        await draw()
        assert app.console_screen.defects.told == ()
    assert any(SHOWN in line for line in drawn), "as it stands, and not as markup"
    assert [line for line in drawn if hidden(line)] == []


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not true():
        assert time.monotonic() < limit
        await pilot.pause()
        await asyncio.sleep(0.05)


async def test_the_command_line_prints_nothing_but_text_of_it(fabric: Fabric, tmp_path: Path) -> None:
    await asyncio.to_thread(speak, fabric.host)
    await asyncio.to_thread(fabric.host.restart)
    wide = {**os.environ, "COLUMNS": "1000"}
    path = tmp_path / "inventory.yaml"
    path.write_text(written(fabric.inventory()))
    for more in ((), ("--json",)):
        words = [sys.executable, "-m", "fabconsole", "snapshot", "-c", str(path), "--polls", "2", "--interval", "0.5"]
        running = await asyncio.create_subprocess_exec(
            *words, *more, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=wide
        )
        out, error = await asyncio.wait_for(running.communicate(), 60)
        assert not error
        said = out.decode()
        shown = json.dumps(json.loads(said), ensure_ascii=False) if more else said
        assert SHOWN in shown
        assert hidden(shown) <= {"\n"}


def written(inventory: Inventory) -> str:
    """An inventory as a file."""
    ssh = inventory.ssh
    nodes = "".join(f"  {node.name}: {{address: {node.address}, port: {PORT}}}\n" for node in inventory.nodes.values())
    return (
        f"fabric: matrix\n"
        f"ssh: {{user: root, identity: {ssh.identity[0]}, known_hosts: {ssh.known_hosts}, jump: none}}\n"
        f'racks:\n  r00: {{nodes: "{",".join(inventory.nodes)}"}}\nnodes:\n{nodes}'
    )
