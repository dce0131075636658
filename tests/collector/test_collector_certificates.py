"""Certificates of ours on a real sshd: one that has run out is named, and the one in its place is taken up."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import pytest
from asked_rig import Person
from collector_rig import FAST, Echo, Keys, Sshd, collector, fabric, only, sample_of, tool, unanswered, watched

from fabconsole.collector import certificates, options, session
from fabconsole.collector.certificates import beside
from fabconsole.stream.records import Credential, Reason, Record

Start = Callable[..., Sshd]
WORD = "open sesame"


class Authority:
    """Signs the user's key, as `ssh-keygen -s` does."""

    def __init__(self, keys: Keys, home: Path) -> None:
        self._keys = keys
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self.public = home / "authority.pub"
        self._key.write_public_key(str(self.public))

    def sign(self, until_s: float) -> int:
        """A certificate that is valid so many seconds from now, beside the key; when it runs out."""
        return self.sign_until(int(time.time() + until_s))

    def sign_until(self, until: int) -> int:
        public = asyncssh.read_public_key(str(self._keys.user_key.with_suffix(".pub")))
        signed = self._key.generate_user_certificate(
            public, "ops", principals=["root"], valid_after=0, valid_before=until
        )
        signed.write_certificate(str(beside(self._keys.user_key)))
        return until


@pytest.fixture
def authority(keys: Keys, tmp_path: Path) -> Authority:
    return Authority(keys, tmp_path)


@pytest.fixture
def trusting(authority: Authority, start_sshd: Start, keys: Keys) -> Sshd:
    """An sshd that lets in who the authority has signed, and no plain key."""
    sshd = start_sshd(AuthorizedKeysFile="none", TrustedUserCAKeys=str(authority.public))
    keys.trust(sshd.port)
    return sshd


async def test_a_certificate_that_has_run_out_is_named_with_its_hour(
    keys: Keys, authority: Authority, trusting: Sshd
) -> None:
    authority.sign(-60)
    source = collector(fabric(keys.ssh(), {"gpu0": trusting.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        record = only(await watching.until(unanswered("gpu0")))
        assert record.reason is Reason.EXPIRED
        assert "user-cert.pub expired at " in record.detail
        assert record.detail.endswith(f" UTC · root@127.0.0.1:{trusting.port}")


async def test_a_new_certificate_in_its_place_is_taken_up_without_a_restart(
    keys: Keys, authority: Authority, trusting: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "backoff_s", lambda *_: 0.1)
    old = authority.sign(-60)
    source = collector(fabric(keys.ssh(), {"gpu0": trusting.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        await watching.until(unanswered("gpu0", Reason.EXPIRED))
        new = authority.sign(600)
        await watching.until(sample_of("gpu0"))
        told = await watching.until(is_credential, times=2)
        assert [one.until for one in told if isinstance(one, Credential)] == [old, new]


async def test_a_new_certificate_of_an_encrypted_key_is_taken_up_and_nobody_is_asked_again(
    keys: Keys, authority: Authority, trusting: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "backoff_s", lambda *_: 0.1)
    asyncssh.read_private_key(str(keys.user_key)).write_private_key(str(keys.user_key), passphrase=WORD)
    authority.sign(-60)
    source = collector(fabric(keys.ssh(), {"gpu0": trusting.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        person = Person(watching)
        await person.says(await person.asked(), WORD)
        await watching.until(unanswered("gpu0", Reason.EXPIRED))
        authority.sign(600)
        await watching.until(sample_of("gpu0"))
        assert person.times_asked() == 1


async def test_until_when_it_is_accepted_is_told_while_all_is_well(
    keys: Keys, authority: Authority, trusting: Sshd
) -> None:
    until = authority.sign(600)
    source = collector(fabric(keys.ssh(), {"gpu0": trusting.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        (told,) = await watching.until(is_credential)
        await watching.until(sample_of("gpu0"))
        assert isinstance(told, Credential)
        assert told.until == until
        assert told.name == f"certificate {beside(keys.user_key)}"


async def test_a_refused_key_is_not_called_an_expired_certificate_where_one_is_valid(
    keys: Keys, authority: Authority, start_sshd: Start
) -> None:
    authority.sign(600)
    sshd = start_sshd(AuthorizedKeysFile="none")
    keys.trust(sshd.port)
    source = collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        assert only(await watching.until(unanswered("gpu0"))).reason is Reason.REFUSED


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A real ssh-agent and its ssh-add."""
    socket = tmp_path / "agent"
    process = subprocess.Popen([tool("ssh-agent"), "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    while not socket.exists():
        assert process.poll() is None
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    yield lambda *words: subprocess.run([tool("ssh-add"), "-q", *map(str, words)], check=True, capture_output=True)
    process.terminate()
    process.wait()


async def test_a_certificate_that_an_agent_alone_holds_is_watched_and_one_that_it_lets_go_is_not(
    keys: Keys, authority: Authority, trusting: Sshd, agent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "AGENTS_S", 0.1)
    first = authority.sign(600)
    agent(keys.user_key)
    beside(keys.user_key).unlink()
    (keys.home / "ssh_config").write_text(f"Host *\n  IdentityFile {keys.home}/none\n")
    source = collector(fabric(keys.ssh(identity=()), {"gpu0": trusting.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        await watching.until(sample_of("gpu0"))
        second = authority.sign(1200)
        agent("-D")
        agent(keys.user_key)
        await watching.until(lambda one: isinstance(one, Credential) and one.until == second)
        seen = len(watching.seen)
        agent("-D")
        await watching.until(lambda one: isinstance(one, Credential) and one.until == math.inf, after=seen)
        told = [one for one in watching.seen if isinstance(one, Credential)]
    assert [one.until for one in told if one.until < math.inf] == [first, second]
    assert all(one.name.startswith("certificate ") and one.name.endswith(" of the agent") for one in told)


async def test_a_certificate_of_the_agents_that_has_run_out_is_named(
    keys: Keys, authority: Authority, trusting: Sshd, agent: Callable[..., None]
) -> None:
    authority.sign(-60)
    agent(keys.user_key)
    beside(keys.user_key).unlink()
    (keys.home / "ssh_config").write_text(f"Host *\n  IdentityFile {keys.home}/none\n")
    source = collector(fabric(keys.ssh(identity=()), {"gpu0": trusting.port}), {FAST: lambda: Echo("echo hi")})
    async with watched(source) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.EXPIRED
    assert " of the agent expired at " in record.detail


def test_one_that_never_runs_out_and_what_is_none_are_not_watched(keys: Keys, authority: Authority) -> None:
    authority.sign_until(0xFFFF_FFFF_FFFF_FFFF)
    assert certificates.read([keys.user_key, keys.home / "not there"]) == ()
    beside(keys.user_key).write_text("no certificate")
    assert certificates.read([keys.user_key]) == ()


def is_credential(record: Record) -> bool:
    return isinstance(record, Credential)
