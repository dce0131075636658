"""Old servers: never met half way unasked, told what is not common, and reached where the inventory says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from collector_rig import FAST, Keys, Sshd, collector, echo, fabric, only, sample_of, unanswered, watched

from fabconsole.collector.algorithms import none_common
from fabconsole.collector.hostkeys import HostKeys
from fabconsole.collector.options import Access
from fabconsole.stream.records import Reason

StartSshd = Callable[..., Sshd]

OLD = {
    "key exchange": {"KexAlgorithms": "diffie-hellman-group1-sha1"},
    "encryption": {"Ciphers": "aes128-cbc"},
    "MAC": {"Ciphers": "aes128-ctr", "MACs": "hmac-sha1"},
    "host key": {"HostKeyAlgorithms": "ssh-rsa"},
}


@pytest.fixture
def rsa(keys: Keys, tmp_path: Path) -> Path:
    path = tmp_path / "rsa"
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    key.write_private_key(str(path))
    path.chmod(0o600)
    key.write_public_key(str(path.with_suffix(".pub")))
    return path


@pytest.mark.parametrize("kind", OLD)
async def test_an_old_server_is_refused_with_the_kind_and_the_key_that_mends_it(
    keys: Keys, start_sshd: StartSshd, rsa: Path, kind: str
) -> None:
    sshd = start_sshd(host_key=rsa, **OLD[kind])
    keys.trust(sshd.port, rsa)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        # Where sshd resets the connection at once, its list may be lost with it, until the next dial.
        record = only(await watching.until(unanswered("gpu0", Reason.REFUSED)))
    last = list(OLD[kind].values())[-1]
    assert f"no {kind} algorithm in common: it has {last}; `algorithms: legacy`, for the node" in record.detail
    assert f"offers {last} too" in record.detail


async def test_a_server_that_is_old_in_every_way_is_reached_where_the_node_says_so(
    keys: Keys, start_sshd: StartSshd, rsa: Path
) -> None:
    old = {name: text for options in OLD.values() for name, text in options.items()} | {"Ciphers": "aes128-cbc"}
    sshd = start_sshd(host_key=rsa, **old)
    keys.trust(sshd.port, rsa)
    inventory = fabric(keys.ssh(), {"gpu0": sshd.port, "gpu1": sshd.port})
    marked = replace(inventory.nodes["gpu0"], algorithms="legacy")
    inventory = replace(inventory, nodes={**inventory.nodes, "gpu0": marked})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))
        await watching.until(unanswered("gpu1", Reason.REFUSED))


async def test_old_algorithms_stand_after_all_others(keys: Keys) -> None:
    known_rsa = asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_public_key().decode()
    keys.known_hosts.write_text(f"gpu0 {known_rsa}")
    access = Access(keys.ssh(algorithms="legacy"))
    legacy, modern = await access.dial("gpu0"), await access.dial("gpu0", algorithms="modern")
    for name in ("kex_algs", "encryption_algs", "mac_algs"):
        ours, theirs = getattr(legacy.options, name), getattr(modern.options, name)
        assert not [one for one in theirs if b"sha1" in one or b"cbc" in one or b"md5" in one]
        old = [one for one in ours if one not in theirs]
        usual = [one for one in ours if not one.startswith((b"gss-", b"rsa")) and not one.endswith(b"@ssh.com")]
        assert [one in old for one in usual] == sorted(one in old for one in usual), usual
        assert usual[-1] in old
    judge = HostKeys([keys.known_hosts], accept_new=False)
    known = await judge.known(legacy.name)
    assert legacy.host_key_kinds(known)[0] == "rsa-sha2-256"
    assert legacy.host_key_kinds(known)[-2:] == ("ssh-rsa", "ssh-dss")
    assert "ssh-rsa" not in modern.host_key_kinds(known)


async def test_what_ssh_config_says_of_algorithms_holds_in_place_of_ours(keys: Keys) -> None:
    (keys.home / "ssh_config").write_text(
        "Host old\n  KexAlgorithms +diffie-hellman-group1-sha1\n  MACs hmac-sha1\n  HostKeyAlgorithms ssh-rsa\n"
    )
    dial = await Access(keys.ssh()).dial("old")
    assert dial.options.kex_algs[-1] == b"diffie-hellman-group1-sha1"
    assert list(dial.options.mac_algs) == [b"hmac-sha1"]
    assert dial.options.encryption_algs[0] == b"aes128-gcm@openssh.com"
    assert dial.host_key_kinds(await dial.keys.known(dial.name)) == ()


def test_a_server_that_nothing_of_ours_fits_is_not_promised_a_cure() -> None:
    said = none_common("No matching encryption algorithm found, sent a,b and received arcfour,des,x,y")
    assert said == "no encryption algorithm in common: it has arcfour, des, x …; it takes a newer sshd"
