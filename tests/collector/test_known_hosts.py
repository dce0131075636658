"""The index of known_hosts: what ssh-keygen hashes is found, whoever's it is, in whatever order."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import asyncssh
import pytest
from collector_rig import Keys, hashed, new_key, tool

from fabconsole.collector.hostkeys import HostKeys
from fabconsole.collector.known_hosts import SLICE, KnownHosts, Name, lines_in


def index(lines: Sequence[str]) -> KnownHosts:
    return KnownHosts(lines_in("file", "\n".join(lines)))


def found(known: KnownHosts, name: str) -> list[str]:
    for _ in known.search(name):
        pass
    return [line.key for line in known.lines_of(name)]


def test_what_a_line_names_is_found_as_ssh_finds_it() -> None:
    known = index(["gpu0,10.0.0.1 k one", "GPU0 k two", "gpu*,!gpu1 k three", "g?u1 k four", "[gpu0]:2222 k five"])
    assert [line.key for line in known.lines_of("gpu0")] == ["k one", "k two", "k three"]
    assert [line.key for line in known.lines_of("gpu1")] == ["k four"]
    assert [line.key for line in known.lines_of("[gpu0]:2222")] == ["k five"]
    assert not known.lines_of("xgpu0")


def test_a_line_without_the_port_counts_only_where_none_has_it() -> None:
    assert Name("GPU0", 2222).spoken_for == ("[gpu0]:2222", "gpu0")
    assert Name("gpu0").spoken_for == ("gpu0",)
    assert Name("10.0.0.1", 2222, alias="gpu0").spoken_for == ("gpu0",)


def test_hashed_lines_are_found_in_the_files_order_with_a_try_or_two_each() -> None:
    names = [f"gpu{number}" for number in range(2000)]
    known = index([f"{hashed(name, number)} k {number}" for number, name in enumerate(names)])
    tried = 0
    for number, name in sorted(enumerate(names), key=lambda one: one[0] ^ 7):  # nearly the file's order
        tried += sum(1 for _ in known.search(name))
        assert [line.key for line in known.lines_of(name)] == [f"k {number}"]
    assert tried == 0, "none took as much as a slice"


def test_a_search_rests_after_every_slice_and_is_not_repeated() -> None:
    known = index([f"{hashed(f'gpu{number}', number)} k {number}" for number in range(4 * SLICE)])
    assert sum(1 for _ in known.search("stranger")) == 4
    assert sum(1 for _ in known.search("stranger")) == 0


def test_every_key_of_a_host_is_found_where_they_stand_together() -> None:
    known = index([f"{hashed(name, salt)} k {salt}" for salt, name in enumerate(["a", "b", "b", "b", "c"])])
    assert found(known, "b") == ["k 1", "k 2", "k 3"]
    assert found(known, "a") == ["k 0"]
    assert found(known, "c") == ["k 4"]


def test_a_hashed_key_that_stands_apart_is_known_too_when_the_host_offers_it() -> None:
    known = index([f"{hashed(name, salt)} k {salt}" for salt, name in enumerate(["a", "b", "a"])])
    assert found(known, "a") == ["k 0"]
    assert known.has(["a"], "k 2")
    assert not known.has(["a"], "k 1")
    assert [known.host_of(line) for line in known.others(["a"], "k 1")] == ["a hashed name"]


def test_marked_lines_are_looked_at_always_hashed_or_not() -> None:
    known = index([f"@revoked {hashed('a')} k bad", "@cert-authority * k ca", "a k good"])
    assert [(line.marker, line.key) for line in known.lines_of("a")] == [
        ("", "k good"),
        ("@cert-authority", "k ca"),
        ("@revoked", "k bad"),
    ]


def test_whose_a_hashed_line_is_outlives_a_change_of_the_file() -> None:
    lines = [f"{hashed(f'gpu{number}', number)} k {number}" for number in range(3)]
    before = index(lines)
    found(before, "gpu1")
    after = KnownHosts(lines_in("file", "\n".join(lines[1:])), found=before)
    assert [line.key for line in after.lines_of("gpu1")] == ["k 1"]
    assert not after.lines_of("gpu2")


async def test_the_hashes_of_ssh_keygen_are_found_and_agree_with_asyncssh(keys: Keys, tmp_path: Path) -> None:
    names = [Name("gpu0"), Name("gpu1", 2222), Name("10.0.0.1"), Name("fe80::1", 22)]
    public = {name: new_key(tmp_path / f"key{number}").with_suffix(".pub") for number, name in enumerate(names)}
    keys.known_hosts.write_text("".join(f"{name.written} {public[name].read_text()}" for name in names))
    subprocess.run([tool("ssh-keygen"), "-H", "-f", str(keys.known_hosts)], check=True, capture_output=True)
    assert "gpu" not in "".join(line.split()[0] for line in keys.known_hosts.read_text().splitlines())
    judge = HostKeys([keys.known_hosts], accept_new=False)
    peer = asyncssh.read_known_hosts(str(keys.known_hosts))
    for name in reversed(names):
        known = await judge.known(name)
        assert known.keys == [asyncssh.read_public_key(str(public[name]))]
        port = None if name.port == 22 else name.port
        assert known.keys == list(peer.match(name.host, "", port)[0])


@pytest.mark.parametrize("port", [22, 2222])
async def test_what_is_revoked_without_a_port_is_revoked_with_one(keys: Keys, port: int) -> None:
    public = keys.host_key.with_suffix(".pub").read_text()
    keys.known_hosts.write_text(f"gpu0 {public}@revoked gpu0 {public}[gpu0]:2222 {public}")
    known = await HostKeys([keys.known_hosts], accept_new=False).known(Name("gpu0", port))
    assert len(known.revoked) == 1
