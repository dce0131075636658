"""One SSH channel to a simulated host: a shell in dialogue, the log being followed, or one command."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import asyncssh

from fabconsole.platforms import kernel_log_text, shell
from fabconsole.sim import command, log_answers, misconduct
from fabconsole.sim.act import Act
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner
from fabconsole.sim.play import Play
from fabconsole.sim.shell import Shell


class Channel(asyncssh.SSHServerSession[bytes]):
    """asyncssh's callbacks for one session channel."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._chan: asyncssh.SSHServerChannel[bytes] | None = None
        self._command = ""
        self._shell: Shell | None = None
        self._lines: deque[str] = deque()
        self._rest = b""
        self._play: Play | None = None
        self._noise: Play | None = None
        self._closing = False
        self._listens = False
        self._reading = False

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """asyncssh: the channel is open."""
        self._chan = chan

    def exec_requested(self, command: str) -> bool:
        """asyncssh: a command is to be executed."""
        self._command = command
        return True

    def session_started(self) -> None:
        """asyncssh: it begins."""
        if self._machine.spells(Manner.NOISY) is not None:
            self._noise = self._begun(misconduct.noise(self._machine), lambda _: None)
            self._noise.go_on()
        if self._command == shell.COMMAND:
            self._listens = True
            self._shell = Shell(self._machine)
            self._perform(self._shell.begin(), last=False)
        elif self._command.startswith(shell.PRELUDE):
            self._shell = Shell(self._machine)
            self._closing = True
            self.data_received(self._command.encode(), None)
        else:
            self._execute(self._command)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """asyncssh: something on standard input."""
        if self._shell is None:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines += (line.decode("utf-8", "replace") for line in lines)
        self._next_line()

    def eof_received(self) -> bool:
        """asyncssh: standard input has ended, and with it what listens to it: a shell, the log's reader."""
        self._closing = True
        if self._listens and (self._play is None or self._shell is None):
            self._exit(0)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncssh: the channel is over."""
        self._chan = None
        for play in self._plays():
            play.stop()

    def pause_writing(self) -> None:
        """asyncssh: the other end does not take what was written."""
        for play in self._plays():
            play.hold()

    def resume_writing(self) -> None:
        """asyncssh: it takes it again."""
        for play in self._plays():
            play.release()

    def _next_line(self) -> None:
        """Perform lines while none is in progress. One that ends at once comes back here: a loop, no recursion."""
        if self._shell is None or self._reading:
            return
        self._reading = True
        while self._lines and self._play is None and self._shell is not None:
            line = self._lines.popleft()
            if line.startswith("exec sh "):
                self._execute(line)
            else:
                self._perform(misconduct.mannered(self._machine, self._shell.line(line)), last=False)
        self._reading = False

    def _execute(self, text: str) -> None:
        """What takes the place of the shell."""
        self._shell = None
        asked = kernel_log_text.asked(text)
        self._listens = asked is not None
        act = command.run(self._machine, text) if asked is None else log_answers.follow(self._machine, asked)
        self._perform(misconduct.mannered(self._machine, act), last=True)

    def _perform(self, act: Act, *, last: bool) -> None:
        def ended(status: int) -> None:
            self._play = None
            if last or (self._closing and not self._lines) or status == misconduct.BROKE_OFF:
                self._exit(status)
            else:
                self._next_line()

        self._play = self._begun(act, ended)
        self._play.go_on()

    def _begun(self, act: Act, ended: Callable[[int], None]) -> Play:
        return Play(self._machine, act, write=self._write, complain=self._complain, ended=ended)

    def _plays(self) -> list[Play]:
        return [play for play in (self._play, self._noise) if play is not None]

    @property
    def _open(self) -> asyncssh.SSHServerChannel[bytes] | None:
        """The channel; None once the other end has closed it, which is before it is lost."""
        return None if self._chan is None or self._chan.is_closing() else self._chan

    def _write(self, data: bytes) -> None:
        if (open_ := self._open) is not None:
            open_.write(data)

    def _complain(self, data: bytes) -> None:
        if (open_ := self._open) is not None:
            open_.write_stderr(data)

    def _exit(self, status: int) -> None:
        if (open_ := self._open) is not None and not self._machine.behaves(Manner.UNCLOSING):
            open_.exit(status & 0xFF)
