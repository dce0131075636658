"""Something holds us up: a stop, a machine asleep. What came meanwhile is not taken for a reading of now."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from collector_rig import SLOW, Echo, Keys, Sshd, eventually, fabric, watched

from fabconsole.collector.collector import Collector
from fabconsole.fabric.clock import elapsed
from fabconsole.fabric.inventory import Poll
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.stream.records import Sample, Unanswered

StartSshd = Callable[..., Sshd]


async def test_an_answer_that_came_while_we_were_held_up_is_asked_for_again_and_nobody_is_blamed(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    asked, slept_s = tmp_path / "asked", 0.0
    echo = Echo(f"echo x >>{asked}; sleep 0.2; wc -l <{asked}")
    poll = Poll(fast_s=0.2, slow_s=60.0, timeout_s=1.0)
    source = Collector(
        fabric(keys.ssh(), {"gpu0": sshd.port}, poll),
        Thresholds(),
        monotonic=lambda: elapsed() + slept_s,
        questions=lambda node: (SLOW,),
        inquiry=lambda question, node: echo,
    )
    async with watched(source) as watching:
        await eventually(asked.exists)
        time.sleep(0.4)  # nothing of ours runs meanwhile, and an hour passes
        slept_s = 3600.0
        first = (await watching.until(lambda record: isinstance(record, Sample)))[0]
    assert isinstance(first, Sample)
    assert first.facts["said"].strip() == "2"
    assert not [record for record in watching.seen if isinstance(record, Unanswered)]
