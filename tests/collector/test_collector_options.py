"""What the inventory, ssh_config, keys and agent come to."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest
from collector_rig import Keys, new_key

from fabconsole.collector.known_hosts import Name
from fabconsole.collector.options import Access
from fabconsole.collector.sealed_keys import SealedKey
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import SshAccess


async def test_ssh_config_fills_what_the_inventory_leaves_open(keys: Keys) -> None:
    (keys.home / "ssh_config").write_text(
        f"Host leaf*\n  HostName 10.0.0.9\n  Port 2022\n  User admin\n  IdentityFile {keys.user_key}\n"
        f"  UserKnownHostsFile {keys.home}/other_hosts\n  RemoteCommand tmux\n  SetEnv A=B\n  RequestTTY force\n"
    )
    access = Access(SshAccess(config=keys.home / "ssh_config"))
    dial = await access.dial("leaf01", user=None, port=None)
    assert (dial.target, dial.port, dial.name) == ("admin@10.0.0.9:2022", 2022, Name("10.0.0.9", 2022))
    assert dial.keys.files[0] == keys.home / "other_hosts"
    assert dial.options.command is None
    assert not dial.options.request_pty
    assert dial.options.env is None
    assert dial.options.client_keys


async def test_the_inventory_wins_over_ssh_config(keys: Keys) -> None:
    (keys.home / "ssh_config").write_text("Host *\n  Port 2022\n  User admin\n  ProxyJump bastion\n")
    dial = await Access(keys.ssh(jump="other:2200")).dial("gpu0", user="fabops", port=2222)
    assert (dial.target, dial.jump) == ("fabops@gpu0:2222", "other:2200")
    assert (await Access(keys.ssh(jump="none")).dial("gpu0", user=None, port=None)).jump is None
    assert (await Access(keys.ssh(jump=None)).dial("gpu0", user=None, port=None)).jump == "bastion"
    assert dial.keys.files == (keys.known_hosts,)


async def test_our_ciphers_go_first_and_ssh_config_s_go_before_ours(keys: Keys) -> None:
    dial = await Access(keys.ssh()).dial("gpu0", user=None, port=None)
    assert dial.options.encryption_algs[0] == b"aes128-gcm@openssh.com"
    assert len(dial.options.encryption_algs) > 4
    (keys.home / "ssh_config").write_text("Host old\n  Ciphers aes256-ctr\n")
    old = await Access(keys.ssh()).dial("old", user=None, port=None)
    assert list(old.options.encryption_algs) == [b"aes256-ctr"]


async def test_options_are_built_once_a_distinct_setting(keys: Keys, tmp_path: Path) -> None:
    plain = Access(SshAccess(identity=(keys.user_key,)), usual=())
    one, two = await plain.dial("gpu0", user="a", port=None), await plain.dial("gpu1", user="a", port=None)
    assert one.options is two.options
    assert one.keys is two.keys
    assert (one.target, two.target) == ("a@gpu0:22", "a@gpu1:22")
    configured = Access(keys.ssh())
    first, again = (
        await configured.dial("gpu0", user=None, port=None),
        await configured.dial("gpu0", user=None, port=None),
    )
    assert first.options is again.options


def test_a_missing_file_stops_the_start_and_is_named(keys: Keys) -> None:
    with pytest.raises(SourceError, match=r"missing: ssh\.identity cannot be read"):
        Access(keys.ssh(identity=(keys.home / "missing",)))
    with pytest.raises(SourceError, match=r"missing: ssh\.config cannot be read"):
        Access(keys.ssh(config=keys.home / "missing"))


async def test_an_encrypted_key_is_the_agent_s_to_sign_with(keys: Keys) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    locked = keys.home / "locked"
    key.write_private_key(str(locked), "pkcs8-pem", passphrase="secret")  # noqa: S106 - locks nothing
    alone = await Access(keys.ssh(identity=(locked,))).dial("gpu0", user=None, port=None)
    assert alone.sealed == (SealedKey(locked, None),)
    key.write_public_key(str(locked.with_name("locked.pub")))
    dial = await Access(keys.ssh(identity=(locked,))).dial("gpu0", user=None, port=None)
    assert dial.sealed == (SealedKey(locked, key.public_data),)
    assert dial.options.agent_identities == [key.public_data]
    assert not dial.options.client_keys


async def test_a_readable_key_leaves_the_agent_alone(keys: Keys) -> None:
    new_key(keys.home / "second")
    dial = await Access(keys.ssh(identity=(keys.user_key, keys.home / "second"))).dial("gpu0", user=None, port=None)
    assert not dial.options.agent_path
    assert dial.options.client_keys is not None
    assert len(dial.options.client_keys) == 2


async def test_a_mistake_in_ssh_config_names_its_line(keys: Keys) -> None:
    (keys.home / "ssh_config").write_text("Host *\n  Port many\n")
    with pytest.raises(ValueError, match="line 2"):
        await Access(keys.ssh()).dial("gpu0", user=None, port=None)
