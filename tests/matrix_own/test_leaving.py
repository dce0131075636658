"""However the console is ended, nothing stays on a node, what it cut short is written down, and no process is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from own_rig import FABCONSOLE, Seat, Site, environment, eventually, need_tmux

Take = Callable[..., Seat]


def busy(site: Site, take_seat: Take) -> Seat:
    """A console with a diagnostic running, a tool of a poll running and the log followed."""
    seat = take_seat([*FABCONSOLE, "-c", str(site.inventory)], site.home)
    seat.shows("OWN", "hca 1")
    seat.press("d")
    seat.shows("A diagnostic that waits")
    seat.press("\r")
    seat.shows("begun")
    seat.until(lambda: sum("sleep 600" in line for line in site.left_behind) == 2)
    return seat


def ends(site: Site) -> list[tuple[str, str | None]]:
    return [(entry["what"], entry.get("error")) for entry in site.entries()]


CUT_SHORT = [("started", None), ("finished", "fabconsole is closing")]


def test_asked_to_end_it_cuts_short_what_runs_and_that_is_written_down(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    os.kill(seat.pid, signal.SIGTERM)
    assert seat.ended() == 128 + signal.SIGTERM
    assert ends(site) == CUT_SHORT
    eventually(lambda: not site.left_behind, lambda: site.left_behind)
    assert b"Traceback" not in seat.raw


def test_a_closed_terminal_ends_it_as_a_hangup_does(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    seat.hang_up()
    assert seat.ended() == 128 + signal.SIGHUP
    assert ends(site) == CUT_SHORT
    eventually(lambda: not site.left_behind, lambda: site.left_behind)


def test_left_by_its_key_it_writes_down_what_that_cut_short(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    seat.press("q")
    seat.shows("q again cuts it short")
    seat.press("q")
    assert seat.ended() == 0
    assert ends(site) == CUT_SHORT
    eventually(lambda: not site.left_behind, lambda: site.left_behind)


def test_a_killed_console_leaves_nothing_on_a_node(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    os.kill(seat.pid, signal.SIGKILL)
    assert seat.ended() == -signal.SIGKILL
    eventually(lambda: not site.left_behind, lambda: site.left_behind)
    assert ends(site) == [("started", None)]


def test_after_a_kill_the_next_console_starts_and_writes_on(site: Site, take_seat: Take) -> None:
    os.kill(busy(site, take_seat).pid, signal.SIGKILL)
    eventually(lambda: not site.left_behind, lambda: site.left_behind)
    with site.audit.open("ab") as audit:
        audit.write(b'{"at": "2026-')
    busy(site, take_seat)
    *_, cut, started = site.audit.read_text().splitlines()
    assert cut == '{"at": "2026-'
    assert '"what": "started"' in started


def hold_up(seat: Seat) -> None:
    """Make it say more than its terminal, which nobody reads any more, has room for."""
    for _ in range(60):
        seat.press("?\x1b[C?")
        time.sleep(0.01)  # each key a page of its own


def test_a_terminal_that_reads_again_shows_what_is_so_now(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    hold_up(seat)
    seat.press("q")
    seat.shows("q again cuts it short", "WORST", "c cancel")


def test_a_terminal_that_does_not_read_keeps_no_signal_from_it(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    hold_up(seat)
    os.kill(seat.pid, signal.SIGTERM)
    eventually(seat.is_over)
    assert seat.ended() == 128 + signal.SIGTERM
    assert ends(site) == CUT_SHORT
    eventually(lambda: not site.left_behind, lambda: site.left_behind)


def test_a_terminal_that_did_not_read_and_is_closed_leaves_no_process_behind(site: Site, take_seat: Take) -> None:
    seat = busy(site, take_seat)
    hold_up(seat)
    seat.hang_up()
    assert seat.ended() == 128 + signal.SIGHUP
    assert ends(site) == CUT_SHORT


def test_a_killed_tmux_session_ends_the_console_in_it(site: Site, tmp_path: Path) -> None:
    need_tmux()
    tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]

    def on_screen(text: str) -> bool:
        return text in subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True).stdout

    command = ["new-session", "-d", "-x", "120", "-y", "40", *FABCONSOLE, "-c", str(site.inventory)]
    subprocess.run([*tmux, *command], check=True, env=environment(site.home))
    try:
        eventually(lambda: on_screen("hca 1"))
        pid = int(subprocess.check_output([*tmux, "display-message", "-p", "#{pane_pid}"]))
        for keys, text in (("d", "A diagnostic that waits"), ("Enter", "begun")):
            subprocess.run([*tmux, "send-keys", keys], check=True)
            eventually(lambda text=text: on_screen(text))
        subprocess.run([*tmux, "kill-session"], check=True)
        eventually(lambda: not Path(f"/proc/{pid}").exists())
        assert ends(site) == CUT_SHORT
        eventually(lambda: not site.left_behind, lambda: site.left_behind)
    finally:
        subprocess.run([*tmux, "kill-server"], capture_output=True)


def test_the_terminal_of_a_killed_console_is_mended_by_the_next_one(site: Site, take_seat: Take) -> None:
    seat = take_seat(["bash", "--norc", "--noprofile", "-i"], site.home)
    command = f"{' '.join(FABCONSOLE)} -c {site.inventory}\n"
    seat.press(f"PS1='sh> '; {command}")
    seat.shows("OWN", "hca 1")
    children = Path(f"/proc/{seat.pid}/task/{seat.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    seat.shows("Killed")
    seat.press(command)
    seat.shows("OWN", "hca 1")
    seat.press("q")
    seat.until(lambda: "OWN" not in seat.text and "sh> " in seat.text)
    seat.press("echo end=$((40 + 2))\n")
    seat.shows("end=42")
    on = set[bytes]()
    for modes, to in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", bytes(seat.raw)):
        for mode in modes.split(b";"):
            (on.add if to == b"h" else on.discard)(mode)
    assert on - {b"2004"} == {b"25", b"7"}
