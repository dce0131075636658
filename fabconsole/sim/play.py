"""An act performed in real time: bytes are written, waits are waited, on the event loop's clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.machine import Machine


class Play:
    """One act on one channel. While its machine is frozen it stands still."""

    def __init__(
        self,
        machine: Machine,
        act: Act,
        *,
        write: Callable[[bytes], None],
        complain: Callable[[bytes], None],
        ended: Callable[[int], None],
    ) -> None:
        self._machine = machine
        self._act = act
        self._write = write
        self._complain = complain
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._held = False
        self._waits = False
        """For being released."""

    def go_on(self) -> None:
        """Perform up to the next wait. What is said without a wait between is one write: one packet."""
        self._timer = None
        self._waits = self._held
        if self._held or self._wait_for_thaw():
            return
        said: list[bytes] = []
        status: int | None = None
        wait_s = 0.0
        while wait_s <= 0:
            try:
                next_ = next(self._act)
            except StopIteration as end:
                status = end.value
                break
            if isinstance(next_, Complaint):
                self._complain(bytes(next_))
            elif isinstance(next_, bytes):
                said.append(next_)
            else:
                wait_s = next_
        if said:
            self._write(b"".join(said))
        if status is not None:
            self._ended(status)
        elif math.isfinite(wait_s):
            self._timer = self._loop.call_later(wait_s, self.go_on)

    def stop(self) -> None:
        """Its channel is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._act.close()

    def hold(self) -> None:
        """What was said is not taken: say no more for now."""
        self._held = True

    def release(self) -> None:
        """It is taken again."""
        self._held = False
        if self._waits:
            self.go_on()

    def _wait_for_thaw(self) -> bool:
        thaw = self._machine.silent_until()
        if thaw is None:
            return False
        if math.isfinite(thaw):
            self._timer = self._loop.call_later(thaw - self._machine.now() + 0.001, self.go_on)
        return True
