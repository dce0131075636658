"""An ssh_config comes to what it comes to for ssh: held against `ssh -G` of OpenSSH."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from pathlib import Path

import asyncssh
import pytest
from collector_rig import new_key, tool

from fabconsole.collector.options import Access, Dial
from fabconsole.collector.ssh_config import unhonoured
from fabconsole.collector.ssh_config_values import filled, tokens
from fabconsole.collector.ssh_keywords import unknown
from fabconsole.fabric.inventory import SshAccess

CONFIG = """
# a comment
Include {home}/inc/only-*
Host=gpu0 gpu1
    User "quoted user"
    Port=2201
Host gpu* !gpu3
    IdentityFile {home}/id_%r_%n
    IdentityFile ~/.ssh/id_fleet
    CertificateFile {home}/%u-cert.pub
Host gpu6
    ProxyCommand nc %h %p 2>/dev/null | cat
    UserKnownHostsFile {home}/kh_%h_%p ~/.ssh/known_two
    GlobalKnownHostsFile {home}/global
Match final host gpu7.example.com
    Port 2277
    IdentityFile {home}/id_final
    ProxyJump last
Host gpu7
    HostName %h.example.com
Host gpu10
    ProxyJump none
    ProxyCommand never
Host gpu* !gpu7
    ProxyJump me@bastion-a:2222,bastion-b
Match host gpu4,gpu5
    Port 2244
Match originalhost alias user nobody
    User somebody
Host alias
    HostName 10.0.0.7
    HostKeyAlias gpu7
    User nobody
    IdentitiesOnly yes
Match originalhost alias user nobody
    Port 77
    ProxyJump %r@bastion-%n
Match host 10.0.0.7
    IdentityFile {home}/by_address
Host gpu3
    UserKnownHostsFile none
    IdentityFile none
Match !localuser nobody exec "test -d {home}"
    ServerAliveInterval 5
Match all
    Port 22
    User ops
"""
INCLUDED = """
Host gpu9
    Port 1010
    User included
    Include {home}/nested
Match host gpu8
    HostName %h.example.com
"""
NESTED = """
Host gpu9
    HostKeyAlias nested
Host gpu5
    Port 1
"""
HOSTS = ("gpu0", "gpu1", "gpu3", "gpu4", "gpu5", "gpu6", "gpu7", "gpu8", "gpu9", "gpu10", "alias", "stranger")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "inc").mkdir()
    for place, text in (("config", CONFIG), ("inc/only-one", INCLUDED), ("nested", NESTED)):
        (tmp_path / place).write_text(text.format(home=tmp_path))
    return tmp_path / "config"


def as_ssh(config: Path, host: str) -> dict[str, list[str]]:
    said = subprocess.run([tool("ssh"), "-G", "-F", str(config), host], check=True, capture_output=True, text=True)
    found: dict[str, list[str]] = defaultdict(list)
    for line in said.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        found[keyword].append(value)
    return found


def letters(dial: Dial, written: str) -> dict[str, str]:
    name = dial.name
    return dict(tokens(written=written, host=name.host, port=dial.port, user=dial.options.username, alias=name.alias))


@pytest.mark.parametrize("host", HOSTS)
async def test_a_host_is_reached_as_ssh_would_reach_it(config: Path, host: str) -> None:
    dial = await Access(SshAccess(config=config)).dial(host)
    ssh = as_ssh(config, host)
    ours = {
        "user": [dial.options.username],
        "hostname": [dial.name.host],
        "port": [str(dial.port)],
        "hostkeyalias": [dial.name.alias] if dial.name.alias else [],
        "proxyjump": [dial.jump] if dial.jump else [],
        "proxycommand": [dial.command] if dial.command else [],
    }
    theirs = {keyword: [filled(value, letters(dial, host)) for value in ssh[keyword]] for keyword in ours}
    theirs["proxyjump"] = [value for value in theirs["proxyjump"] if value != "none"]
    assert ours == theirs
    names = " ".join(ssh["userknownhostsfile"] + ssh["globalknownhostsfile"]).split()
    assert list(dial.keys.files) == [Path(one).expanduser() for one in names if one != "none"]


@pytest.mark.parametrize("host", HOSTS)
async def test_a_host_is_shown_the_keys_that_ssh_would_show(config: Path, host: str) -> None:
    dial = await Access(SshAccess(config=config)).dial(host)
    theirs = [Path(filled(one, letters(dial, host))).expanduser() for one in as_ssh(config, host)["identityfile"]]
    named = [new_key(one) for one in theirs if one.is_relative_to(config.parent)]
    dial = await Access(SshAccess(config=config)).dial(host)
    shown = [pair.public_data for pair in dial.options.client_keys or ()]
    expected = [asyncssh.read_public_key(str(one.with_suffix(".pub"))).public_data for one in named]
    assert [one for one in shown if one in expected] == expected


async def test_identities_that_are_not_there_are_passed_over(config: Path) -> None:
    access = Access(SshAccess(config=config))
    dial = await access.dial("alias")
    assert not list(dial.options.client_keys or ())
    assert dial.options.agent_path == ""
    new_key(config.parent / "by_address")
    assert len((await Access(SshAccess(config=config)).dial("alias")).options.client_keys or ()) == 1


@pytest.mark.parametrize("line", ["Port 22 # usual", "IdentityFile ~/.ssh/%k", "Match sessiontype shell"])
async def test_what_check_says_is_not_understood_leaves_a_host_without_a_way(tmp_path: Path, line: str) -> None:
    (tmp_path / "config").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"(?i)extra data|token|condition"):
        await Access(SshAccess(config=tmp_path / "config")).dial("gpu0")


async def test_ssh_config_s_of_the_user_and_of_the_system_are_read_in_that_order(tmp_path: Path) -> None:
    own, system = tmp_path / "own", tmp_path / "system"
    own.write_text("Host gpu0\n  Port 1\n")
    system.write_text("Host *\n  Port 2\n  User fleet\n")
    access = Access(SshAccess(), usual=(own, tmp_path / "none", system))
    assert (await access.dial("gpu0")).target == "fleet@gpu0:1"
    assert (await access.dial("gpu1")).target == "fleet@gpu1:2"


def test_every_keyword_that_this_ssh_knows_is_known_here() -> None:
    said = subprocess.run([tool("ssh"), "-G", "-F", "/dev/null", "gpu0"], capture_output=True, text=True, check=True)
    keywords = {line.split()[0] for line in said.stdout.splitlines()}
    assert "stricthostkeychecking" in keywords
    assert not {keyword for keyword in keywords if unknown(keyword, "")}


def test_a_keyword_that_ssh_refuses_is_told_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("Host gpu0\n  Port 22\nHost other\n  Frobnicate yes\n")
    ssh = subprocess.run([tool("ssh"), "-G", "-F", str(config), "gpu0"], capture_output=True, text=True)
    assert "line 4: Bad configuration option: frobnicate" in ssh.stderr
    assert [line.startswith(f"{config}:4: Frobnicate: no keyword") for line in unhonoured(config)] == [True]
