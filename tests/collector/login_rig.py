"""A real sshd with an account for every login shell: its passwd, its homes and its journal are its own."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from collector_rig import SSHD, Keys, Sshd, free_port, new_key

XID = "NVRM: Xid (PCI:0000:1b:00): 79, pid=4711, name=python3, GPU has fallen off the bus."
_JOURNALCTL = """#!/bin/sh
# journalctl [-f], of one line
case " $* " in *" -f "*) exec sleep 600;; esac
printf '{"__CURSOR":"s=0123456789abcdef;i=1","__REALTIME_TIMESTAMP":"%s","MESSAGE":"@"}\\n' $(date +%s)000000
"""
ASH = "/usr/local/bin/ash"
"""Busybox, under the name by which it is a shell."""


@dataclass(frozen=True)
class Login:
    """An account: what it logs in to, and what is in its home."""

    shell: str
    files: Mapping[str, str] = field(default_factory=dict)
    forced: str = ""
    """A ForceCommand."""


@dataclass
class Logins:
    """The running sshd."""

    keys: Keys
    sshd: Sshd
    mark: str


def lacking(shell: str) -> str:
    """What is missing for a login shell; empty: nothing."""
    if os.geteuid() != 0:
        return "needs root, for a mount namespace"
    if not SSHD.exists():
        return "needs the Debian package openssh-server"
    there = Path("/bin/busybox" if shell == ASH else shell)
    return "" if there.exists() else f"needs the Debian package {there.name}"


def running(logins: Mapping[str, Login]) -> Iterator[Logins]:
    """An sshd at which all of `logins` are known by their names."""
    Path("/run/sshd").mkdir(exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix="fabconsole-logins-"))
    root.chmod(0o711)
    (root / "banner").write_text("Authorised use only!\n")
    (root / "ssh_config").touch()
    (root / "known_hosts").touch()
    keys = Keys(root, new_key(root / "host"), new_key(root / "user"), root / "known_hosts")
    port = free_port()
    mark = f"FC_TEST={root.name}"
    hidden = {Path("/etc/passwd"): root / "passwd", Path("/etc/shadow"): root / "shadow"}
    hidden[Path("/usr/local/bin")] = root / "bin"
    _write(root, logins, mark)
    config = [
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {keys.host_key}",
        f"AuthorizedKeysFile {keys.user_key.with_suffix('.pub')}",
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        f"Banner {root}/banner",
        "PrintMotd yes",
        f"SetEnv {mark}",
        *(f"Match User {name}\n  ForceCommand {login.forced}" for name, login in logins.items() if login.forced),
    ]
    (root / "sshd_config").write_text("\n".join(config) + "\n")
    mounts = [f"mount --bind {shlex.quote(str(shown))} {over}" for over, shown in hidden.items()]
    script = " && ".join([*mounts, f"exec {SSHD} -D -e -f {root}/sshd_config"])
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "unshare", "-m", "--propagation", "private", "sh", "-c", script],
        stderr=(root / "sshd.log").open("ab"),
    )
    _wait(port, root / "sshd.log")
    keys.trust(port)
    sshd = Sshd(process, port)
    try:
        yield Logins(keys, sshd, mark)
    finally:
        sshd.kill()
        shutil.rmtree(root, ignore_errors=True)


def _write(root: Path, logins: Mapping[str, Login], mark: str) -> None:
    passwd, shadow = Path("/etc/passwd").read_text(), Path("/etc/shadow").read_text()
    for number, (name, login) in enumerate(logins.items()):
        home = root / "home" / name
        home.mkdir(parents=True)
        for file, text in login.files.items():
            (home / file).parent.mkdir(parents=True, exist_ok=True)
            (home / file).write_text(text)
        for place in (home, *home.rglob("*")):  # fish writes into its own
            os.chown(place, 64800 + number, 64800 + number)
        passwd += f"{name}:x:{64800 + number}:{64800 + number}::{home}:{login.shell}\n"
        shadow += f"{name}:*:19000:0:99999:7:::\n"
    (root / "passwd").write_text(passwd)
    (root / "shadow").write_text(shadow)
    (root / "shadow").chmod(0o600)
    (root / "bin").mkdir()
    (root / "bin" / "ash").symlink_to("/bin/busybox")
    (root / "bin" / "journalctl").write_text(_JOURNALCTL.replace("@", XID))
    (root / "bin" / "journalctl").chmod(0o755)


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)


def needs(login: Login) -> None:
    """Skip where a login shell is not there."""
    if missing := lacking(login.shell):
        pytest.skip(missing)
