"""The peer: parallel-ssh's SSHClient (libssh2 under gevent), connections kept, the same text asked, paced alike.

It only carries the bytes: nothing is parsed and nothing folded. A channel a poll, as its API has it.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import gevent
from collect import cpu_s, raise_descriptor_limit
from gevent.pool import Pool
from pssh.clients import SSHClient

from fabconsole.fabric.inventory import Inventory, Node
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.platforms.question import Again, Answer, Inquiry
from fabconsole.platforms.registry import inquiry, names, questions
from fabconsole.platforms.shell import PRELUDE, WHOLE, framed, unframe

_CONNECTING = 16


def connected(node: Node, inventory: Inventory) -> SSHClient:
    """An open connection that stays open."""
    return SSHClient(
        node.address,
        user=node.user or inventory.ssh.user,
        port=node.port or 22,
        pkey=str(inventory.ssh.identity[0]),
        allow_agent=False,
        identity_auth=False,
        timeout=60,
    )


def carried(client: SSHClient, text: str) -> bytes:
    """What the node prints when it runs `text`."""
    return "\n".join(client.run_command(text).stdout).encode() + b"\n"


def asking(about: Inquiry, nonce: str) -> str:
    """One asking as one command: the prelude, the definitions not sent yet, the call."""
    return PRELUDE + WHOLE + about.text() + framed(nonce, "hca", about.call())


def poll_text(client: SSHClient, node: Node) -> str:
    """The text of a values-only poll, learnt from one listing."""
    question = next(question for question in questions(node) if question.name == "hca")
    about = inquiry(question, node)
    assert not hasattr(about, "feed")
    nonce = secrets.token_hex(8)
    frame = unframe(carried(client, asking(about, nonce)), nonce, "hca")
    assert frame is not None
    now = time.time()
    again = about.read(Answer(body=frame.body, status=frame.status, asked_at=now, at=now, clock_s=1.0, boot_id=None))
    assert again is Again.NOW
    return asking(about, secrets.token_hex(8))


def due(started: float, interval_s: float, clients: int) -> Iterator[tuple[float, int]]:
    """When to poll which client: spread over the interval, forever."""
    turn = 0
    while True:
        for index in range(clients):
            yield started + (turn + index / clients) * interval_s, index
        turn += 1


def main(path: Path, interval_s: float, seconds: float) -> dict[str, float]:
    """Connect to all, learn what to ask, then poll each every `interval_s`."""
    inventory = read_inventory(path, platforms=names())
    nodes = list(inventory.nodes.values())
    clients = Pool(_CONNECTING).map(lambda node: connected(node, inventory), nodes)
    texts = Pool(_CONNECTING).map(lambda pair: poll_text(*pair), list(zip(clients, nodes, strict=True)))
    polls, sizes = 0, 0

    def poll(index: int) -> None:
        nonlocal polls, sizes
        answer = carried(clients[index], texts[index])
        sizes += len(answer)
        polls += 1

    started, cpu_started = time.monotonic(), cpu_s()
    running = Pool(len(clients))
    for at, index in due(started, interval_s, len(clients)):
        if at - started >= seconds:
            break
        wait_s = at - time.monotonic()
        if wait_s > 0.02:
            gevent.sleep(wait_s)
        running.spawn(poll, index)
    running.join()
    return {
        "polls": polls,
        "cpu_s": cpu_s() - cpu_started,
        "wall_s": time.monotonic() - started,
        "bytes": sizes / max(1, polls),
    }


if __name__ == "__main__":
    raise_descriptor_limit()
    print(json.dumps(main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))))
