"""A pseudo-terminal whose screen can be read, and nodes behind a real sshd whose processes can be counted."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pyte
import pytest

SSHD = Path("/usr/sbin/sshd")
PATIENCE_S = 30.0
"""Of a machine that does other things too."""


def eventually(holds: Callable[[], object], otherwise: Callable[[], object] = lambda: "") -> None:
    """Wait until a thing is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"never so: {otherwise()}"
        time.sleep(0.02)


def environment(home: Path) -> dict[str, str]:
    """Of an operator whose every own file is under `home`."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("XDG_", "SSH_", "COLUMNS"))}
    return kept | {"HOME": str(home), "TERM": "xterm-256color"}


def processes_with(mark: str) -> list[tuple[int, str]]:
    """Number and command line of the processes that have `mark` in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (place / "environ").read_bytes():
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                found.append((int(place.name), line))
        except OSError:
            continue
    return found


@dataclass
class Site:
    """A fabric of nodes that are all one real sshd, and the operator's home."""

    home: Path
    inventory: Path
    mark: str
    """In the environment of every process that runs on a node."""
    process: subprocess.Popen[bytes]

    @property
    def left_behind(self) -> list[str]:
        """What runs on the nodes."""
        return [line for _, line in processes_with(self.mark)]

    @property
    def audit(self) -> Path:
        return self.home / ".local/state/fabconsole/audit.jsonl"

    @property
    def log(self) -> Path:
        return self.home / ".local/state/fabconsole/log/fabconsole.log"

    def cut(self) -> None:
        """Lose every connection at once."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in map(int, children.read_text().split()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """End the sshd, and what it left if it did."""
        for pid in (self.process.pid, *(pid for pid, _ in processes_with(self.mark))):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def entries(self) -> list[dict[str, Any]]:
        """The audit log."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()] if self.audit.exists() else []


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def new_key(path: Path) -> str:
    """A key pair; the public half, as a line of known_hosts has it."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(path))
    path.chmod(0o600)
    public = key.export_public_key().decode()
    path.with_suffix(".pub").write_text(public)
    return " ".join(public.split()[:2])


DMESG = """#!/bin/sh
[ "$1" = -w ] && exec tail -f /dev/null
[ "$1" = --help ] && echo ' -w, --follow'
exit 0
"""

TOOLS = {
    "fc-waits": "#!/bin/sh\necho begun\nexec sleep 600\n",
    "nvidia-smi": "#!/bin/sh\nexec sleep 600\n",
    "journalctl": "#!/bin/sh\nexit 1\n",
    "dmesg": DMESG,
}
"""A diagnostic that does not end, a tool that every poll of it waits for, and a kernel log that says nothing."""

COMMAND = "title: A diagnostic that waits\non: [node]\nvouched_by: the test\nrun: fc-waits\ntimeout: 10m\n"


def site_of(
    folder: Path, nodes: int = 1, poll: str = "fast: 1s, slow: 2s, timeout: 2s", lacking: Sequence[str] = ()
) -> Site:
    """Started, and to be closed. `lacking` are tools that its nodes do not have."""
    home, tools, port = folder / "home", folder / "bin", free_port()
    for place in (home / ".config/fabconsole/config/commands", tools):
        place.mkdir(parents=True)
    for name, text in ((name, text) for name, text in TOOLS.items() if name not in lacking):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    (home / ".config/fabconsole/config/commands/waits.yaml").write_text(COMMAND)
    host = new_key(folder / "host")
    new_key(folder / "user")
    mark = f"FC_OWN={folder.name}-{port}"
    options = {
        "ListenAddress": f"0.0.0.0:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "PidFile": "none",
        "UsePAM": "no",
        "StrictModes": "no",
        "PermitRootLogin": "yes",
        "MaxStartups": "1000",
        "SetEnv": f"{mark} HOME={folder} PATH={tools}:/usr/bin:/bin",
    }
    (folder / "sshd.conf").write_text("".join(f"{name} {value}\n" for name, value in options.items()))
    addresses = [f"127.84.{number // 250}.{number % 250 + 1}" for number in range(nodes)]
    (folder / "known_hosts").write_text("".join(f"[{address}]:{port} {host}\n" for address in addresses))
    inventory = folder / "inventory.yaml"
    inventory.write_text(
        f"fabric: own\nssh: {{user: root, identity: {folder}/user, known_hosts: {folder}/known_hosts, jump: none}}\n"
        f"poll: {{{poll}}}\nracks: {{r0: {{nodes: 'a[0-{nodes - 1}]'}}}}\nnodes:\n"
        + "".join(f"  a{number}: {{address: {address}, port: {port}}}\n" for number, address in enumerate(addresses))
        + 'expect: {"a*": {hcas: 0}}\n'
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(folder / "sshd.conf")], stderr=subprocess.DEVNULL)
    site = Site(home, inventory, mark, process)
    eventually(lambda: _listens(port))
    return site


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


ALTERNATE = b"\x1b[?1049"
"""Begins what takes up the second screen of a terminal, and what leaves it."""


@dataclass
class Seat:
    """A program in a pseudo-terminal of its own: what it says, the screen that makes, and how it ends."""

    pid: int
    terminal: int
    screen: pyte.Screen
    raw: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    @classmethod
    def taken(cls, words: Sequence[str], home: Path, size: tuple[int, int] = (120, 40)) -> Seat:
        """Start `words` as the leader of the terminal's session, as a login would."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe(words[0], list(words), environment(home))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        return cls(pid, terminal, pyte.Screen(*size))

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def hear(self, seconds: float = 0.05) -> bool:
        """Take what is said within so long; False where nothing is."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            said = os.read(self.terminal, 1 << 16)
        except OSError:
            return False
        self.raw += said
        before, switch, after = said.rpartition(ALTERNATE)
        self._stream.feed(before)
        if switch:
            self.screen.reset()  # the emulator has no second screen
        self._stream.feed(switch + after)
        return True

    def until(self, holds: Callable[[], object]) -> None:
        """Read until a thing is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"never so: {self.text}"
            if self.terminal >= 0:
                self.hear()
            else:
                time.sleep(0.02)

    def shows(self, *texts: str) -> None:
        self.until(lambda: all(text in self.text for text in texts))

    def press(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def is_over(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def ended(self) -> int:
        """Wait for its end; its exit code, a negative signal where one ended it."""
        self.until(self.is_over)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def hang_up(self) -> None:
        """The terminal is gone: its window was closed, or the connection that it came by."""
        os.close(self.terminal)
        self.terminal = -1

    def leave(self) -> None:
        """Whatever it does."""
        with suppress(ProcessLookupError, ChildProcessError):  # it left by itself
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.terminal >= 0:
            os.close(self.terminal)


FABCONSOLE = (sys.executable, "-m", "fabconsole")


def need_sshd() -> None:
    if not SSHD.exists():
        pytest.skip("needs openssh-server")
    if os.geteuid() != 0:
        pytest.skip("needs root, to run openssh-server")


def need_tmux() -> None:
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux")


def need_namespaces() -> None:
    done = subprocess.run(["unshare", "-m", "mount", "--make-rprivate", "/"], capture_output=True)
    if done.returncode:
        pytest.skip("may not mount in a namespace of its own")
