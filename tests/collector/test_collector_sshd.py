"""The collector against real OpenSSH servers."""

from __future__ import annotations

from collections.abc import Callable

from collector_rig import FAST, Echo, Keys, Sshd, collector, fabric, watched

from fabconsole.stream.records import Opening, Sample


async def test_the_first_record_says_what_is_asked_and_samples_follow(
    keys: Keys, start_sshd: Callable[..., Sshd]
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    inventory = fabric(keys.ssh(), {"gpu0": sshd.port})
    async with watched(collector(inventory, {FAST: lambda: Echo("echo hello")})) as watching:
        samples = await watching.until(lambda record: isinstance(record, Sample), times=3)
    opening = watching.seen[0]
    assert isinstance(opening, Opening)
    assert [(asked.question, asked.interval_s) for asked in opening.asked["gpu0"]] == [("hca", 0.3)]
    assert all(isinstance(sample, Sample) and sample.facts["said"] == "hello\n" for sample in samples)
