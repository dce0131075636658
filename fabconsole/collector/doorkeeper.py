"""What asyncssh asks us, and tells us, while a connection is made and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncssh

from fabconsole.collector import door, handshake
from fabconsole.collector.failure import Failure
from fabconsole.collector.options import Dial
from fabconsole.collector.second_factor import SecondFactor
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason


class Doorkeeper(asyncssh.SSHClient):
    """asyncssh's callbacks for one connection: judges the host key, shows ours, hears what is said at login, and the
    end.
    """

    def __init__(
        self,
        dial: Dial,
        asked: Sequence[str],
        opened: Sequence[asyncssh.SSHKeyPair],
        factor: SecondFactor | None,
    ) -> None:
        """`asked` are the kinds of host key that are asked for, `opened` keys of ours to show after all others."""
        self._dial = dial
        self._asked = asked
        self._opened = list(opened)
        self._factor = factor
        self.keys_refused = False
        """Every key was shown, and none is known there."""
        self.wants_more = False
        """It took a key and wants more than that, for which nobody is asked."""
        self.refusal: str | None = None
        """Why the host key was not accepted."""
        self.closed = asyncio.Event()
        self.error: Exception | None = None
        """What ended the connection; None: nothing, or we did."""
        self.banner = ""
        """What was said before we were let in, as it came."""
        self.let_in = False
        self._ssh: asyncssh.SSHClientConnection | None = None

    @property
    def ssh(self) -> asyncssh.SSHClientConnection | None:
        """The connection, as far as it came; None: not even that."""
        return self._ssh

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """asyncssh: there is a connection, not a login yet."""
        self._ssh = conn

    def auth_banner_received(self, msg: str, lang: str) -> None:
        """asyncssh: a greeting, or why the account is turned away."""
        self.banner = (self.banner + msg)[-door.MOST :]

    def auth_completed(self) -> None:
        """asyncssh: we are let in."""
        self.let_in = True

    def let_go(self) -> None:
        """The connection is over: break the circles in it, so that it is freed now. Some thousand objects of as many
        connections would wait for a full collection else, in which the event loop stands still for a second.
        """
        if self._ssh is not None:
            self._ssh.__dict__.pop("_recv_handler", None)  # asyncssh's: a method of the connection that it is kept in
            self._ssh.__dict__.pop("data_received", None)  # a meter's
        if self.error is not None:
            self.error.__traceback__ = None  # what it was raised through has the connection, which has it
        self._ssh = None

    @property
    def turned_away(self) -> bool:
        """True where the node hung up on a login: after the keys were agreed on, before it let us in."""
        return self._ssh is not None and handshake.is_keyed(self._ssh) and not self.let_in

    def cut_short(self) -> Failure | None:
        """What it means that the machine hung up before there was a login; None: there was one, or nothing special."""
        if self._ssh is None or handshake.is_keyed(self._ssh):
            return None
        if not handshake.began(self._ssh) and self._dial.command is not None:
            return Failure(Reason.UNREACHABLE, handshake.NO_PROXY, self._dial.target)
        if not handshake.began(self._ssh):
            return Failure(Reason.UNREACHABLE, handshake.TURNED_AWAY, self._dial.target, crowded=True)
        said = handshake.no_host_key(self._ssh, self._asked)
        return None if said is None else Failure(Reason.REFUSED, printable(said), self._dial.target)

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """asyncssh: this key is not among the known ones."""
        self.refusal = self._dial.keys.judge(self._dial.name, key)
        return self.refusal is None

    def public_key_auth_requested(self) -> list[asyncssh.SSHKeyPair] | None:
        """asyncssh: the agent's keys and those of the options are used up."""
        opened, self._opened = self._opened, []
        self.keys_refused = not opened
        return opened or None

    def kbdint_auth_requested(self) -> str | None:
        """asyncssh: it wants to ask something; an empty text lets it."""
        if self._factor is not None and self._factor.begin():
            return ""
        self.wants_more = not self.keys_refused
        return None

    async def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        """asyncssh: it asks."""
        if self._factor is None:
            return None
        return await self._factor.answers(name, instructions, prompts, keys_refused=self.keys_refused)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncssh: the connection is over."""
        if self._factor is not None:
            self._factor.over()
        self.error = exc
        self.closed.set()
