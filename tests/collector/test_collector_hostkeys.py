"""Who a node is: verified always, learned on request, refused when it changed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from collector_rig import (
    FAST,
    Keys,
    Sshd,
    collector,
    echo,
    fabric,
    new_key,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector.hostkeys import HostKeys
from fabconsole.collector.known_hosts import Name
from fabconsole.state.prescription import accepted
from fabconsole.stream.records import Reason

StartSshd = Callable[..., Sshd]


def fingerprint(key: Path) -> str:
    return asyncssh.read_public_key(str(key.with_suffix(".pub"))).get_fingerprint()


async def test_strict_refuses_an_unknown_key_and_says_how_to_add_it(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNTRUSTED
    assert fingerprint(keys.host_key) in record.detail
    assert f"ssh-keyscan -p {sshd.port} 127.0.0.1" in record.detail
    assert keys.known_hosts.read_text() == ""


async def test_accept_new_learns_an_unknown_key_beside_what_was_there(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.known_hosts.write_text("# mine, without a last newline")
    async with watched(
        collector(fabric(keys.ssh(host_keys="accept-new"), {"gpu0": sshd.port}), {FAST: echo})
    ) as watching:
        await watching.until(sample_of("gpu0"))
    kind, data = keys.host_key.with_suffix(".pub").read_text().split()[:2]
    comment, line = keys.known_hosts.read_text().splitlines()
    assert comment == "# mine, without a last newline"
    assert line == f"[127.0.0.1]:{sshd.port} {kind} {data}"
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))


@pytest.mark.parametrize("host_keys", ["strict", "accept-new"])
async def test_a_changed_key_is_not_connected_to_either_way(
    keys: Keys, start_sshd: StartSshd, host_keys: str, tmp_path: Path
) -> None:
    other = new_key(tmp_path / "other")
    sshd = start_sshd(host_key=other)
    keys.known_hosts.write_text("# a comment\n")
    keys.trust(sshd.port, keys.host_key)
    before = keys.known_hosts.read_text()
    async with watched(collector(fabric(keys.ssh(host_keys=host_keys), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        records = await watching.until(unanswered("gpu0"), times=4)
    record = only(records[:1])
    assert record.reason is Reason.UNTRUSTED
    assert fingerprint(other) in record.detail
    assert fingerprint(keys.host_key) in record.detail
    assert f"{keys.known_hosts}:2" in record.detail
    assert keys.known_hosts.read_text() == before
    log = (tmp_path / "sshd.log").read_text()
    assert "Accepted publickey" not in log
    assert log.count("Connection") <= 2, "tried once, then slowly"


@pytest.mark.parametrize("host_keys", ["strict", "accept-new"])
async def test_what_is_printed_for_a_reinstalled_host_lets_it_in_by_that_very_key(
    keys: Keys, start_sshd: StartSshd, host_keys: str, tmp_path: Path
) -> None:
    other = new_key(tmp_path / "other")
    sshd = start_sshd(host_key=other)
    keys.trust(sshd.port, keys.host_key)
    keys.trust(sshd.port + 1, keys.host_key)
    async with watched(collector(fabric(keys.ssh(host_keys=host_keys), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    typed = accepted(record.detail)
    subprocess.run(["sh", "-c", typed], check=True, capture_output=True)
    public = " ".join(other.with_suffix(".pub").read_text().split()[:2])
    assert f"[127.0.0.1]:{sshd.port} {public}" in keys.known_hosts.read_text().splitlines()
    assert len(keys.known_hosts.read_text().splitlines()) == 2
    async with watched(collector(fabric(keys.ssh(host_keys=host_keys), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))


async def test_a_key_of_another_kind_than_the_known_one_is_a_changed_key(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    ecdsa = tmp_path / "ecdsa"
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    key.write_private_key(str(ecdsa))
    ecdsa.chmod(0o600)
    key.write_public_key(str(ecdsa.with_suffix(".pub")))
    sshd = start_sshd(host_key=ecdsa)
    keys.trust(sshd.port, keys.host_key)
    async with watched(
        collector(fabric(keys.ssh(host_keys="accept-new"), {"gpu0": sshd.port}), {FAST: echo})
    ) as watching:
        assert only(await watching.until(unanswered("gpu0"))).reason is Reason.UNTRUSTED


async def test_a_revoked_key_is_not_connected_to(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    keys.known_hosts.write_text(
        keys.known_hosts.read_text() + "@revoked * " + keys.host_key.with_suffix(".pub").read_text()
    )
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        assert only(await watching.until(unanswered("gpu0"))).reason is Reason.UNTRUSTED


async def test_a_host_certificate_of_a_known_authority_is_trusted(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    authority = asyncssh.generate_private_key("ssh-ed25519")
    host = asyncssh.read_private_key(str(keys.host_key))
    certificate = authority.generate_host_certificate(host, "gpu0", principals=["127.0.0.1"])
    certificate.write_certificate(str(tmp_path / "host-cert.pub"))
    sshd = start_sshd(HostCertificate=str(tmp_path / "host-cert.pub"))
    keys.known_hosts.write_text("@cert-authority * " + authority.export_public_key("openssh").decode())
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))


async def test_a_line_that_is_not_understood_hides_no_other(keys: Keys) -> None:
    public = keys.host_key.with_suffix(".pub").read_text()
    keys.known_hosts.write_text(f"rubbish\n|1|bad|hash {public}\n@odd * {public}\ngood ssh-rsa AAAA\ngood {public}")
    known = await HostKeys([keys.known_hosts], accept_new=False).known(Name("good"))
    assert len(known.keys) == 1


async def test_a_changed_file_is_read_again(keys: Keys) -> None:
    judge = HostKeys([keys.known_hosts, keys.home / "missing"], accept_new=False)
    assert (await judge.known(Name("gpu0"))).keys == []
    keys.known_hosts.write_text("gpu0 " + keys.host_key.with_suffix(".pub").read_text())
    assert len((await judge.known(Name("gpu0"))).keys) == 1


async def test_a_new_key_that_cannot_be_written_is_refused(keys: Keys) -> None:
    key = asyncssh.read_public_key(str(keys.host_key.with_suffix(".pub")))
    judge = HostKeys([Path("/proc/known_hosts")], accept_new=True)
    await judge.known(Name("gpu0"))
    refusal = judge.judge(Name("gpu0"), key)
    assert refusal is not None
    assert "cannot be written" in refusal


async def test_a_known_hosts_that_cannot_be_read_is_told_at_the_node(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.known_hosts.unlink()
    keys.known_hosts.mkdir()
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNTRUSTED
    assert f"{keys.known_hosts}: known_hosts cannot be read: Is a directory" in record.detail


@pytest.mark.parametrize("host_keys", ["strict", "accept-new"])
async def test_a_name_that_leads_to_another_known_host_is_not_connected_to_and_told_whose_key_it_met(
    keys: Keys, start_sshd: StartSshd, host_keys: str, tmp_path: Path
) -> None:
    other = new_key(tmp_path / "other")
    astray = start_sshd(host_key=other)
    keys.trust(astray.port)  # what gpu0 was known by
    with keys.known_hosts.open("a") as known_hosts:
        known_hosts.write("gpu1,10.0.0.1 " + other.with_suffix(".pub").read_text())
    async with watched(
        collector(fabric(keys.ssh(host_keys=host_keys), {"gpu0": astray.port}), {FAST: echo})
    ) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNTRUSTED
    assert "which is the key of gpu1,10.0.0.1 (does the name lead to another host?)" in record.detail


async def test_the_address_that_a_name_leads_to_lends_it_no_key(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)  # 127.0.0.1 is known, and is not what was dialled
    inventory = fabric(keys.ssh(), {"gpu0": sshd.port})
    inventory = replace(inventory, nodes={"gpu0": replace(inventory.nodes["gpu0"], address="localhost")})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNTRUSTED
    assert f"which is the key of [127.0.0.1]:{sshd.port}" in record.detail
