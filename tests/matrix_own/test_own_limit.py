"""Our own descriptor limit: what is connected goes on, the rest is not blamed for it, and it mends by itself."""

from __future__ import annotations

import json
import re
import resource
import subprocess
from collections import Counter
from collections.abc import Callable

from own_rig import FABCONSOLE, Seat, Site, environment

NODES, ALLOWED = 56, 64
POLL = "fast: 1s, slow: 30s, timeout: 60s"
"""All logins at once take a busy machine seconds each: no deadline is to be the reason that a node is not read."""
NO_GPU = ["nvidia-smi"]
LIMITED = ["sh", "-c", f'ulimit -n {ALLOWED}; exec "$@"', "sh"]
OURS = "our own limit: 64 open files are allowed here, one a node: raise `ulimit -n`"


def test_nodes_that_find_no_room_are_one_banner_and_the_others_are_well(start_site: Callable[..., Site]) -> None:
    site = start_site(nodes=NODES, poll=POLL, lacking=NO_GPU)
    done = subprocess.run(
        [*LIMITED, *FABCONSOLE, "snapshot", "-c", str(site.inventory), "--polls", "2", "--json"],
        capture_output=True,
        text=True,
        env=environment(site.home),
        timeout=100,
    )
    assert (done.returncode, done.stderr) == (3, "")
    said = json.loads(done.stdout)
    hca = Counter(node["questions"]["hca"]["reason"] for node in said["nodes"])
    assert set(hca) == {None, "our own limit"}
    assert hca[None] > 30
    assert said["banners"] == [f"{hca['our own limit']} of {NODES} nodes: {OURS}"]


def test_a_diagnostic_runs_and_is_written_down_at_the_limit_too(
    start_site: Callable[..., Site], take_seat: Callable[..., Seat]
) -> None:
    site = start_site(nodes=NODES, poll=POLL, lacking=NO_GPU)
    seat = take_seat([*LIMITED, *FABCONSOLE, "-c", str(site.inventory)], site.home)
    seat.shows(OURS)
    seat.press("d")
    seat.shows("A diagnostic that waits")
    seat.press("\r")
    seat.shows("begun")
    assert [entry["what"] for entry in site.entries()] == ["started"]


def test_once_more_are_allowed_the_others_are_connected_too(
    start_site: Callable[..., Site], take_seat: Callable[..., Seat]
) -> None:
    site = start_site(nodes=NODES, poll=POLL, lacking=NO_GPU)
    seat = take_seat([*FABCONSOLE, "-c", str(site.inventory)], site.home)
    all_read = re.compile(rf"hca {NODES} ")
    seat.until(lambda: all_read.search(seat.text))
    _, hard = resource.prlimit(seat.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(seat.pid, resource.RLIMIT_NOFILE, (ALLOWED, hard))
    site.cut()
    seat.until(lambda: OURS in seat.text and "nodes: unreachable" not in seat.text)
    resource.prlimit(seat.pid, resource.RLIMIT_NOFILE, (hard, hard))
    seat.until(lambda: all_read.search(seat.text) and "nodes: our own limit" not in seat.text)
