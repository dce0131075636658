"""Our own disk full: the console goes on, and says what it could not write down for as long as that is so."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
from own_rig import FABCONSOLE, Seat, Site, environment, need_namespaces

from fabconsole.collector.hostkeys import HostKeys
from fabconsole.collector.known_hosts import Name

FULL_DISK = 'mount -t tmpfs -o size=16k none "$0" && head -c 64k /dev/zero >"$0/full" 2>/dev/null; exec "$@"'


def test_a_diagnostic_runs_and_that_it_was_not_written_down_is_said_until_it_can_be(
    site: Site, take_seat: Callable[..., Seat]
) -> None:
    need_namespaces()
    state = site.home / ".local/state"
    state.mkdir(parents=True)
    words = ["unshare", "-m", "sh", "-c", FULL_DISK, str(state), *FABCONSOLE, "-c", str(site.inventory)]
    seat = take_seat(words, site.home)
    seat.shows("OWN", "hca 1")
    seat.press("d")
    seat.shows("A diagnostic that waits")
    seat.press("\r")
    seat.shows("begun", "run without being written down", "No space left on device; make room on that disk")
    Path(f"/proc/{seat.pid}/root{state}/full").unlink()
    seat.press("c")
    seat.until(lambda: "cancelled" in seat.text and "without being written down" not in seat.text)
    audit = Path(f"/proc/{seat.pid}/root{site.audit}")
    assert audit.read_text().count('"what": "finished"') == 1
    seat.press("q")
    assert seat.ended() == 0


def test_a_snapshot_is_none_the_worse_for_a_log_that_cannot_be_written(site: Site) -> None:
    need_namespaces()
    state = site.home / ".local/state"
    state.mkdir(parents=True)
    site.inventory.write_text("fabric: east\nracks: {r0: {nodes: a0}}\nnodes: {a0: {address: 127.0.0.1, port: 1}}\n")
    words = ["unshare", "-m", "sh", "-c", FULL_DISK, str(state), *FABCONSOLE, "--debug", "-c", str(site.inventory)]
    done = subprocess.run(
        [*words, "snapshot", "--polls", "1"], capture_output=True, text=True, env=environment(site.home), timeout=60
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "no sshd listens there" in done.stdout


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, as on a disk that is full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_host_key_that_was_written_in_part_is_no_other_key_later(tmp_path: Path) -> None:
    known_hosts, key = tmp_path / "known_hosts", asyncssh.generate_private_key("ssh-ed25519").convert_to_public()
    known_hosts.write_text("# mine\n")
    keys = HostKeys([known_hosts], accept_new=True)
    await keys.known(Name("gpu0"))
    with room_for(50):
        assert "No space left on device" in (keys.judge(Name("gpu0"), key) or "")
    assert known_hosts.read_text() == "# mine\n"
    await keys.known(Name("gpu0"))
    assert keys.judge(Name("gpu0"), key) is None
