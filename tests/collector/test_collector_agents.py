"""Certificates, of users and of hosts, and agents: on real sshd, made by ssh-keygen, held by ssh-agent."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from collector_rig import (
    FAST,
    Keys,
    Sshd,
    collector,
    echo,
    fabric,
    hashed,
    new_key,
    only,
    sample_of,
    tool,
    unanswered,
    watched,
)

from fabconsole.collector.agent import gone
from fabconsole.fabric.inventory import SshAccess
from fabconsole.stream.records import Reason

StartSshd = Callable[..., Sshd]


def keygen(*words: str | Path) -> None:
    subprocess.run([tool("ssh-keygen"), "-q", *map(str, words)], check=True, capture_output=True)


def public(key: Path) -> Path:
    return key.with_suffix(".pub")


def certify(authority: Path, key: Path, *, principals: str, host: bool = False) -> Path:
    keygen("-s", authority, "-I", key.name, "-n", principals, *(["-h"] if host else []), public(key))
    return key.with_name(key.name + "-cert.pub")


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return new_key(tmp_path / "authority")


@pytest.fixture
def certified(keys: Keys, start_sshd: StartSshd, authority: Path) -> Sshd:
    """An sshd that knows no key, only an authority."""
    sshd = start_sshd(TrustedUserCAKeys=str(public(authority)), AuthorizedKeysFile="none")
    keys.trust(sshd.port)
    return sshd


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """A real ssh-agent, which is given keys."""
    socket = tmp_path / "agent"
    process = subprocess.Popen([tool("ssh-agent"), "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    while not socket.exists():
        assert process.poll() is None
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))

    def add(*held: Path) -> Path:
        subprocess.run([tool("ssh-add"), "-q", *map(str, held)], check=True, env={**os.environ}, capture_output=True)
        return socket

    yield add
    process.terminate()
    process.wait()


async def reached(ssh: SshAccess, sshd: Sshd) -> None:
    async with watched(collector(fabric(ssh, {"gpu0": sshd.port}), {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))


async def refused(ssh: SshAccess, sshd: Sshd, *reasons: Reason) -> str:
    async with watched(collector(fabric(ssh, {"gpu0": sshd.port}), {FAST: echo})) as watching:
        return only(await watching.until(unanswered("gpu0", *reasons))).detail


async def test_a_certificate_beside_the_key_is_shown(keys: Keys, certified: Sshd, authority: Path) -> None:
    await refused(keys.ssh(), certified, Reason.REFUSED)
    certify(authority, keys.user_key, principals="root")
    await reached(keys.ssh(), certified)


async def test_a_certificate_that_ssh_config_names_is_shown_with_its_key(
    keys: Keys, certified: Sshd, authority: Path
) -> None:
    certify(authority, keys.user_key, principals="root").rename(keys.home / "elsewhere.pub")
    (keys.home / "ssh_config").write_text(
        f"Host *\n  IdentityFile {keys.home}/missing\n  IdentityFile {keys.user_key}\n"
        f"  CertificateFile {keys.home}/missing\n  CertificateFile {keys.home}/elsewhere.pub\n"
    )
    await reached(keys.ssh(identity=()), certified)


HOST_LINES = {
    "by a wildcard": lambda port: "127.0.0.*,!127.0.0.9",
    "by a wildcard with its port": lambda port: f"[127.0.0.*]:{port}",
    "by name": lambda port: f"[127.0.0.1]:{port}",
    "by a hashed name": lambda port: hashed(f"[127.0.0.1]:{port}"),
    "by a hashed name without its port": lambda port: hashed("127.0.0.1"),
}


@pytest.mark.parametrize("hosts", HOST_LINES.values(), ids=HOST_LINES.keys())
async def test_a_host_certificate_is_trusted_where_its_authority_is_known_for_the_host(
    keys: Keys, start_sshd: StartSshd, authority: Path, hosts: Callable[[int], str]
) -> None:
    certificate = certify(authority, keys.host_key, principals="127.0.0.1", host=True)
    sshd = start_sshd(HostCertificate=str(certificate))
    keys.known_hosts.write_text(f"@cert-authority {hosts(sshd.port)} {public(authority).read_text()}")
    await reached(keys.ssh(), sshd)


@pytest.mark.parametrize(("principals", "names"), [("gpu9", "127.0.0.1"), ("127.0.0.1", "10.0.0.1")])
async def test_a_host_certificate_for_another_host_or_of_another_s_authority_is_not_trusted(
    keys: Keys, start_sshd: StartSshd, authority: Path, principals: str, names: str
) -> None:
    certificate = certify(authority, keys.host_key, principals=principals, host=True)
    sshd = start_sshd(HostCertificate=str(certificate))
    keys.known_hosts.write_text(f"@cert-authority [{names}]:{sshd.port} {public(authority).read_text()}")
    await refused(keys.ssh(), sshd, Reason.UNTRUSTED)


async def test_a_host_that_has_lost_its_certificate_is_told_so(
    keys: Keys, start_sshd: StartSshd, authority: Path
) -> None:
    sshd = start_sshd()
    keys.known_hosts.write_text(f"@cert-authority * {public(authority).read_text()}")
    said = await refused(keys.ssh(host_keys="accept-new"), sshd, Reason.UNTRUSTED)
    assert "is signed by no authority that" in said


async def test_the_agent_s_keys_are_shown_where_none_is_named(
    keys: Keys, start_sshd: StartSshd, agent: Callable[..., Path]
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    agent(keys.user_key)
    await reached(keys.ssh(identity=()), sshd)


@pytest.mark.parametrize("named", ["user.pub", "user"])
async def test_a_named_key_that_only_the_agent_holds_is_signed_with_there(
    keys: Keys, start_sshd: StartSshd, agent: Callable[..., Path], tmp_path: Path, named: str
) -> None:
    sshd = start_sshd(MaxAuthTries="2")
    keys.trust(sshd.port)
    agent(*(new_key(tmp_path / f"other{number}") for number in range(4)), keys.user_key)
    keygen("-p", "-N", "secret", "-f", keys.user_key)
    await reached(keys.ssh(identity=(keys.home / named,)), sshd)
    (keys.home / "ssh_config").write_text(f"Host *\n  IdentitiesOnly yes\n  IdentityFile {keys.home}/{named}\n")
    await reached(keys.ssh(identity=()), sshd)


@pytest.mark.parametrize("named", ["user.pub", "user", None])
async def test_a_certificate_in_the_agent_is_shown(
    keys: Keys, certified: Sshd, authority: Path, agent: Callable[..., Path], named: str | None
) -> None:
    certify(authority, keys.user_key, principals="root")
    agent(keys.user_key)
    keygen("-p", "-N", "secret", "-f", keys.user_key)
    await reached(keys.ssh(identity=(keys.home / named,) if named else ()), certified)


async def test_an_agent_that_is_gone_is_told_as_that(
    keys: Keys, start_sshd: StartSshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(keys.home / "gone"))
    said = await refused(keys.ssh(identity=(public(keys.user_key),)), sshd, Reason.REFUSED)
    assert f"the agent at {keys.home}/gone is gone (No such file or directory)" in said
    assert "ssh-add" in said


async def test_an_agent_is_left_alone_where_a_readable_key_is_named(
    keys: Keys, start_sshd: StartSshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    asked: list[str] = []
    agent = await asyncio.start_unix_server(lambda reader, writer: asked.append("asked"), keys.home / "agent")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(keys.home / "agent"))
    await reached(keys.ssh(), sshd)
    (keys.home / "ssh_config").write_text(f"Host *\n  IdentitiesOnly yes\n  IdentityFile {keys.user_key}\n")
    await reached(keys.ssh(identity=()), sshd)
    agent.close()
    assert asked == []


def test_where_we_may_open_nothing_no_agent_is_called_gone(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, before[1]))
    try:
        said = gone(str(tmp_path / "gone"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert said is None
