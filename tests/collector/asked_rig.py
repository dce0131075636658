"""Jump hosts that want a second factor by PAM, encrypted keys, and a person who answers."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from collector_rig import SSHD, Keys, Sshd, Watching, free_port, listening, tool

from fabconsole.stream.records import Record
from fabconsole.stream.wanted import Answers, Settled, Wanted

CODE = "246810"
"""The second factor of every jump host here."""


@pytest.fixture
def start_bastion(keys: Keys, tmp_path: Path) -> Iterator[Callable[..., Sshd]]:
    """An OpenSSH server that wants a key, then a code by PAM: in a mount namespace, where PAM's file is our own."""
    if not SSHD.exists():
        pytest.skip("needs openssh-server")
    if os.geteuid() != 0:
        pytest.skip("needs root, to run openssh-server")
    unshare = tool("unshare")
    Path("/run/sshd").mkdir(exist_ok=True)
    check = tmp_path / "check"
    check.write_text(
        f'#!/bin/sh\nread -r code; echo asked >>{tmp_path}/asked; [ "$code" = "$(cat {tmp_path}/code)" ]\n'
    )
    check.chmod(0o755)
    (tmp_path / "code").write_text(CODE)
    service = tmp_path / "pam"
    service.write_text(
        f"auth requisite pam_exec.so expose_authtok quiet {check}\nauth required pam_permit.so\n"
        "account required pam_permit.so\nsession required pam_permit.so\n"
    )
    started: list[Sshd] = []

    def start(port: int | None = None, address: str = "127.0.0.1", **options: str) -> Sshd:
        port = port or free_port()
        said = {
            "ListenAddress": f"{address}:{port}",
            "HostKey": str(keys.host_key),
            "AuthorizedKeysFile": str(keys.user_key.with_suffix(".pub")),
            "AuthenticationMethods": "publickey,keyboard-interactive",
            "KbdInteractiveAuthentication": "yes",
            "PidFile": "none",
            "UsePAM": "yes",
            "StrictModes": "no",
            "PermitRootLogin": "yes",
            "PrintMotd": "no",
        }
        conf = tmp_path / f"bastion-{port}.conf"
        conf.write_text("".join(f"{name} {value}\n" for name, value in (said | options).items()))
        hide = f"mount --bind {shlex.quote(str(service))} /etc/pam.d/sshd"
        script = f"{hide} && exec {SSHD} -D -e -f {shlex.quote(str(conf))}"
        log = tmp_path / "bastion.log"
        process = subprocess.Popen(
            [unshare, "-m", "--propagation", "private", "sh", "-c", script], stderr=log.open("ab")
        )
        started.append(Sshd(process, port))
        listening(port, log, address)
        keys.trust(port, host=address)
        return started[-1]

    yield start
    for one in started:
        one.kill()


class Person:
    """Reads what is wanted of them, and answers."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._seen = 0

    async def asked(self, wanted: Callable[[Wanted], bool] = lambda one: bool(one.prompts)) -> Wanted:
        """The next thing that is wanted, and was not seen yet."""

        def is_next(record: Record) -> bool:
            return isinstance(record, Wanted) and wanted(record)

        (found,) = await self._watching.until(is_next, after=self._seen)
        self._seen = self._watching.seen.index(found) + 1
        assert isinstance(found, Wanted)
        return found

    async def says(self, wanted: Wanted, *texts: str) -> None:
        await self._watching.collector.tell(wanted.id, Answers(texts))

    async def declines(self, wanted: Wanted) -> None:
        await self._watching.collector.tell(wanted.id, None)

    async def settled(self, wanted: Wanted) -> str:
        """Why it is over."""
        (found,) = await self._watching.until(lambda one: isinstance(one, Settled) and one.id == wanted.id)
        assert isinstance(found, Settled)
        return found.said

    def times_asked(self) -> int:
        """How often something was to be typed."""
        return sum(isinstance(one, Wanted) and bool(one.prompts) for one in self._watching.seen)


def is_put_off(wanted: Wanted) -> bool:
    return wanted.is_put_off


def sealed(keys: Keys, passphrase: str, name: str = "sealed", *extra: str) -> Path:
    """An encrypted key as ssh-keygen makes it, that the servers take."""
    file = keys.home / name
    subprocess.run(
        [tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", passphrase, "-f", str(file), *extra],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    with keys.user_key.with_suffix(".pub").open("a") as authorized:
        authorized.write(file.with_suffix(".pub").read_text())
    return file
