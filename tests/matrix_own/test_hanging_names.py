"""A name server that does not answer holds up neither the nodes that have an address nor the end of the console."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from own_rig import FABCONSOLE, Seat, Site, environment, eventually, need_namespaces

SILENT = "127.84.53.53"
HEAR = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


@pytest.fixture
def words(site: Site, tmp_path: Path) -> Iterator[list[str]]:
    """To run fabconsole where names are looked up at a server that says nothing, most nodes having a name alone."""
    need_namespaces()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((SILENT, 53))
        (tmp_path / "resolv.conf").write_text(f"nameserver {SILENT}\noptions timeout:30\n")
        text = site.inventory.read_text().replace("a[0-0]", "a0,named[0-9]")
        site.inventory.write_text(text)
        yield ["unshare", "-m", "sh", "-c", HEAR, str(tmp_path / "resolv.conf"), *FABCONSOLE]


def test_left_by_its_key_the_console_waits_for_no_name(
    site: Site, take_seat: Callable[..., Seat], words: list[str]
) -> None:
    seat = take_seat([*words, "-c", str(site.inventory)], site.home)
    seat.shows("OWN", "hca 1/11")
    seat.press("q")
    assert seat.ended() == 0


def test_interrupted_snapshot_waits_for_no_name(site: Site, words: list[str]) -> None:
    running = subprocess.Popen([*words, "snapshot", "-c", str(site.inventory)], env=environment(site.home))
    eventually(lambda: site.left_behind)
    os.kill(running.pid, signal.SIGINT)
    assert running.wait(15) == 130
