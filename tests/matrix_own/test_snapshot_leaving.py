"""`snapshot` cut short exits as any tool does, and never by a code that says something of the fabric."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator

import pytest
from own_rig import FABCONSOLE, Site, environment, eventually


@pytest.fixture
def asking(site: Site) -> Iterator[subprocess.Popen[str]]:
    """A snapshot in the middle of its polls."""
    words = [*FABCONSOLE, "snapshot", "-c", str(site.inventory), "--polls", "1000"]
    running = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(site.home)
    )
    eventually(lambda: any("sleep 600" in line for line in site.left_behind))
    yield running
    running.kill()
    running.wait()


def test_interrupted_it_says_so_in_a_word(site: Site, asking: subprocess.Popen[str]) -> None:
    asking.send_signal(signal.SIGINT)
    out, complaint = asking.communicate(timeout=30)
    assert (asking.returncode, out, complaint) == (130, "", "fabconsole: interrupted\n")
    eventually(lambda: not site.left_behind, lambda: site.left_behind)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_ended_by_a_signal_it_leaves_nothing_on_a_node(
    site: Site, asking: subprocess.Popen[str], number: signal.Signals
) -> None:
    asking.send_signal(number)
    _, complaint = asking.communicate(timeout=30)
    assert (asking.returncode, complaint) == (-number, "")
    eventually(lambda: not site.left_behind, lambda: site.left_behind)


@pytest.mark.parametrize("words", [["check"], ["snapshot", "--polls", "1"], ["snapshot", "--polls", "1", "--json"]])
def test_a_reader_that_has_enough_is_no_fault_of_the_fabric(site: Site, words: list[str]) -> None:
    site.inventory.write_text("fabric: east\nracks: {r0: {nodes: a0}}\nnodes: {a0: {address: 127.0.0.1, port: 1}}\n")
    running = subprocess.Popen(
        [*FABCONSOLE, "-c", str(site.inventory), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(site.home),
    )
    assert running.stdout is not None
    running.stdout.close()
    _, complaint = running.communicate(timeout=30)
    assert (running.returncode, complaint) == (141, b"")
