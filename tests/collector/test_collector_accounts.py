"""An account that a real sshd with PAM does not let in, or not to any use: each limit by its own name."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from collector_rig import (
    FAST,
    SSHD,
    Echo,
    Keys,
    Sshd,
    collector,
    fabric,
    free_port,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector import door
from fabconsole.stream.records import Reason

MODULES = ("pam_nologin", "pam_access", "pam_echo", "pam_exec", "pam_unix")
BOOTING = "System is booting up. Unprivileged users are not permitted to log in yet. Please come back later."
NO_JOB = "Access denied by pam_slurm_adopt: you have no active jobs on this node"
USER, UID = "fabops", 64712
TODAY = int(time.time() // 86400)
MUST_CHANGE, FITS = f"{USER}:*:0:0:99999:7:::", f"{USER}:*:{TODAY}:0:99999:7:::"
EXPIRED = f"{USER}:*:{TODAY}:0:99999:7::1:"
LOCKED = f"{USER}:!*:{TODAY}:0:99999:7:::"


def lacking() -> str:
    if os.geteuid() != 0:
        return "needs root, for a mount namespace"
    if not SSHD.exists():
        return "needs the Debian package openssh-server"
    modules = (next(Path("/usr/lib").glob(f"*/security/{module}.so"), None) for module in MODULES)
    return "" if all(modules) else "needs the Debian package libpam-modules"


Door = Callable[..., Sshd]


@pytest.fixture
def pam_sshd(keys: Keys, tmp_path: Path) -> Iterator[Door]:
    """An sshd whose PAM service and accounts are its own: files of its mount namespace hide the machine's."""
    if missing := lacking():
        pytest.skip(missing)
    Path("/run/sshd").mkdir(exist_ok=True)
    tmp_path.chmod(0o755)
    started: list[Sshd] = []

    def start(*account: str, shadow: str = FITS, **options: str) -> Sshd:
        port = free_port()
        said = {
            "ListenAddress": f"127.0.0.1:{port}",
            "HostKey": str(keys.host_key),
            "AuthorizedKeysCommand": f"/bin/cat {keys.user_key.with_suffix('.pub')}",
            "AuthorizedKeysCommandUser": "root",
            "PidFile": "none",
            "UsePAM": "yes",
            "PasswordAuthentication": "no",
        } | options
        files = {
            "sshd_config": "".join(f"{name} {value}\n" for name, value in said.items()),
            "passwd": f"{Path('/etc/passwd').read_text()}{USER}:x:{UID}:{UID}::/:/bin/sh\n",
            "shadow": f"{Path('/etc/shadow').read_text()}{shadow}\n",
            "sshd": "".join(
                f"{line}\n" for line in ("auth required pam_permit.so", *account, "session required pam_permit.so")
            ),
        }
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        (tmp_path / "shadow").chmod(0o600)
        hidden = {"passwd": "/etc/passwd", "shadow": "/etc/shadow", "sshd": "/etc/pam.d/sshd"}
        mounts = [f"mount --bind {shlex.quote(str(tmp_path / name))} {over}" for name, over in hidden.items()]
        script = " && ".join([*mounts, f"exec {SSHD} -D -e -f {shlex.quote(str(tmp_path / 'sshd_config'))}"])
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", "-m", "--propagation", "private", "sh", "-c", script],
            stderr=(tmp_path / "sshd.log").open("ab"),
        )
        started.append(Sshd(process, port))
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, (tmp_path / "sshd.log").read_text()
                time.sleep(0.02)
        keys.trust(port)
        return started[-1]

    yield start
    for one in started:
        one.kill()


async def failure(keys: Keys, sshd: Sshd) -> tuple[Reason, str]:
    source = collector(fabric(keys.ssh(user=USER), {"gpu0": sshd.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        record = only(await watching.until(unanswered("gpu0")))
        return record.reason, record.detail.partition(" · ")[0]


async def test_an_account_that_pam_lets_in_is_let_in(keys: Keys, pam_sshd: Door) -> None:
    sshd = pam_sshd("account required pam_unix.so")
    source = collector(fabric(keys.ssh(user=USER), {"gpu0": sshd.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        await watching.until(sample_of("gpu0"))


@pytest.mark.parametrize(
    ("shadow", "said"),
    [
        (EXPIRED, "Your account has expired; please contact your system administrator."),
        (MUST_CHANGE, "You are required to change your password immediately (administrator enforced)."),
    ],
    ids=["expired", "password to be changed"],
)
async def test_an_expired_account_is_locked_and_its_words_are_shown(
    keys: Keys, pam_sshd: Door, shadow: str, said: str
) -> None:
    sshd = pam_sshd("account required pam_unix.so", shadow=shadow)
    assert await failure(keys, sshd) == (Reason.LOCKED, said)


async def test_a_node_that_boots_is_closed_and_not_unreachable(keys: Keys, pam_sshd: Door, tmp_path: Path) -> None:
    (tmp_path / "nologin").write_text(f"{BOOTING}\n")
    sshd = pam_sshd(f"account required pam_nologin.so file={tmp_path}/nologin")
    assert await failure(keys, sshd) == (Reason.CLOSED, BOOTING)


async def test_a_node_that_wants_a_job_of_ours_says_so(keys: Keys, pam_sshd: Door, tmp_path: Path) -> None:
    (tmp_path / "adopt").write_text(f"#!/bin/sh\necho '{NO_JOB}'\nexit 1\n")
    (tmp_path / "adopt").chmod(0o755)
    sshd = pam_sshd(f"account requisite pam_exec.so quiet stdout {tmp_path}/adopt")
    assert await failure(keys, sshd) == (Reason.NO_JOB, NO_JOB)


async def test_an_access_rule_that_says_nothing_is_told_apart_from_a_dead_connection(
    keys: Keys, pam_sshd: Door, tmp_path: Path
) -> None:
    (tmp_path / "access.conf").write_text(f"-:{USER}:ALL\n")
    sshd = pam_sshd(f"account required pam_access.so accessfile={tmp_path}/access.conf")
    assert await failure(keys, sshd) == (Reason.LOCKED, door.SILENT)


async def test_what_is_said_at_the_door_is_made_safe_to_show(keys: Keys, pam_sshd: Door, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("\x1b]0;owned\x07Down for\x1b[31m [red]repair\n")
    sshd = pam_sshd(f"account requisite pam_echo.so file={tmp_path}/words", "account requisite pam_deny.so")
    reason, detail = await failure(keys, sshd)
    assert reason is Reason.LOCKED
    assert detail.startswith("turned away at login: ")
    assert "[red]repair" in detail
    assert detail.isprintable()


async def test_a_locked_account_where_sshd_asks_no_pam_looks_like_a_refused_key(keys: Keys, pam_sshd: Door) -> None:
    sshd = pam_sshd(shadow=LOCKED, UsePAM="no")
    reason, detail = await failure(keys, sshd)
    assert reason is Reason.REFUSED
    assert "locked" in detail


async def test_too_many_keys_are_refused_and_not_a_dead_connection(keys: Keys, pam_sshd: Door) -> None:
    sshd = pam_sshd("account required pam_unix.so", MaxAuthTries="1", AuthorizedKeysCommand="/bin/true")
    reason, detail = await failure(keys, sshd)
    assert reason is Reason.REFUSED
    assert "MaxAuthTries" in detail


@pytest.mark.parametrize(
    ("banner", "reason"),
    [
        ("The account is locked due to 3 failed logins.\n(10 minutes left to unlock)", Reason.LOCKED),
        ("Account locked due to 4 failed logins", Reason.LOCKED),
        ("Access denied: user x (uid=7) has no active jobs on this node.", Reason.NO_JOB),
        ("System is going down. Unprivileged users are not permitted to log in anymore.", Reason.CLOSED),
        ("Authorised use only\nPasswords expire; Your account has expired; please contact", Reason.LOCKED),
        ("Maintenance until noon", Reason.LOCKED),
    ],
)
def test_pams_words_are_known(banner: str, reason: Reason) -> None:
    assert door.turned_away(banner)[0] is reason


def test_a_greeting_is_no_reason_to_turn_away_from_a_node_that_lets_us_in() -> None:
    assert door.of_no_use("Your password will expire in 5 days\nAll accounts locked down for audit") is None
