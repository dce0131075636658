"""`fabconsole snapshot` asks on its terminal, without showing what is typed; without one it says what to do."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from asked_rig import CODE, sealed
from collector_rig import Keys, Sshd

Start = Callable[..., Sshd]
WORD = "a word for this key"


@pytest.fixture
def inventory(keys: Keys, start_sshd: Start, start_bastion: Start, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node behind a jump host that asks, reached by an encrypted key."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(keys.home))
    key, bastion, far = sealed(keys, WORD), start_bastion(), start_sshd()
    keys.trust(far.port)
    file = keys.home / "inventory.yaml"
    file.write_text(
        f"fabric: east\nssh: {{user: root, identity: {key}, known_hosts: {keys.known_hosts}, "
        f"config: {keys.home / 'ssh_config'}, jump: 'root@127.0.0.1:{bastion.port}'}}\n"
        f"poll: {{fast: 500ms, slow: 500ms, timeout: 2s}}\n"
        f"racks:\n  r0: {{nodes: gpu0}}\nnodes:\n  gpu0: {{address: 127.0.0.1, port: {far.port}}}\n"
    )
    return file


def heard(terminal: int, words: str, said: str = "") -> str:
    """What stands on the terminal once `words` are there."""
    deadline = time.monotonic() + 20
    while words not in said:
        assert time.monotonic() < deadline, said
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 4096).decode()
    return said


def test_on_a_terminal_it_asks_and_shows_nothing_of_the_answers(inventory: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fabconsole", "snapshot", "--polls", "1", "-c", str(inventory)]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True)
    said = heard(ours, "passphrase: ")
    os.write(ours, b"not it\n")
    said = heard(ours, "that was not its passphrase", said)
    said = heard(ours, "passphrase: ", said.rpartition("not its")[2])
    os.write(ours, WORD.encode() + b"\n")
    rest = heard(ours, "Password: ")
    assert "wants a second factor" in rest
    os.write(ours, CODE.encode() + b"\n")
    out, _ = process.communicate(timeout=40)
    os.close(theirs)
    while select.select([ours], [], [], 0)[0]:
        try:
            rest += os.read(ours, 4096).decode()
        except OSError:
            break
    os.close(ours)
    assert "1/1 nodes" in out
    assert WORD not in said + rest and CODE not in said + rest + out
    assert (tmp_path / "asked").read_text().split() == ["asked"]


def test_without_a_terminal_it_says_what_to_do_and_exits_as_incomplete(inventory: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fabconsole", "snapshot", "--polls", "1", "-c", str(inventory)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert done.returncode == 3
    assert "is encrypted, and standard input is no terminal: ssh-add " in done.stderr
    assert "or run this from a terminal" in done.stderr
    assert "its passphrase not given" in done.stdout.replace("\n", " ")
