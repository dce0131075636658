"""What it costs to find a host among hashed known_hosts lines, against asyncssh's own match of the same lines.

    python tests/bench/known_hosts.py [--hosts 5000] [--asked 200]

A fabric's known_hosts with a hashed line a host, in the order of the inventory and shuffled; every host is looked up
once, as at the start. asyncssh tries every line for each, so it is asked for `--asked` hosts only. What the event
loop is kept for is what other connections wait.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hmac
import os
import tempfile
import time
from pathlib import Path
from random import Random

import asyncssh

from fabconsole.collector.hostkeys import HostKeys
from fabconsole.collector.known_hosts import Name


def hashed_line(host: str, key: str) -> str:
    """As `ssh-keygen -H` writes it."""
    salt = os.urandom(20)
    digest = hmac.digest(salt, host.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()} {key}\n"


async def ours(file: Path, hosts: list[str]) -> float:
    """CPU milliseconds a host, reading included."""
    keys = HostKeys([file], accept_new=False)
    started = time.process_time()
    for host in hosts:
        assert len((await keys.known(Name(host))).keys) == 1
        await asyncio.sleep(0)  # as sessions do, each with a task of its own
    return (time.process_time() - started) / len(hosts) * 1000


async def kept(file: Path, hosts: list[str]) -> float:
    """CPU milliseconds that the loop's thread spent at most between two turns of somebody else."""
    longest, before = 0.0, time.thread_time()
    asking = asyncio.create_task(ours(file, hosts))
    while not asking.done():
        await asyncio.sleep(0)
        now = time.thread_time()
        longest, before = max(longest, now - before), now
    return longest * 1000


def theirs(file: Path, hosts: list[str]) -> float:
    """Milliseconds a host of asyncssh's match; its reading is not counted."""
    known = asyncssh.read_known_hosts(str(file))
    started = time.process_time()
    for host in hosts:
        assert len(known.match(host, "10.0.0.1", None)[0]) == 1
    return (time.process_time() - started) / len(hosts) * 1000


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--hosts", type=int, default=5000)
    arguments.add_argument("--asked", type=int, default=200)
    options = arguments.parse_args()
    hosts = [f"gpu{number:05}" for number in range(options.hosts)]
    lines = [
        hashed_line(host, asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip())
        for host in hosts
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "known_hosts")
        for order in ("in the inventory's order", "shuffled"):
            file.write_text("".join(lines))
            peer = theirs(file, Random(1).sample(hosts, options.asked))
            spent, longest = asyncio.run(ours(file, hosts)), asyncio.run(kept(file, hosts[: options.asked]))
            print(
                f"{order}: {spent:.3f} ms a host, the loop kept for {longest:.1f} ms at most; "
                f"asyncssh's match {peer:.1f} ms a host: {peer / spent:.0f} x"
            )
            Random(2).shuffle(lines)


if __name__ == "__main__":
    main()
