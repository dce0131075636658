"""Keys that need a passphrase: asked for once a file, where it is needed, and kept decrypted in memory alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import asyncssh

from fabconsole.collector import certificates
from fabconsole.collector.bell import Bell
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure
from fabconsole.collector.login import Login
from fabconsole.collector.options import Dial
from fabconsole.collector.prompts import Prompts, WithheldError
from fabconsole.collector.ramp import Entrance
from fabconsole.collector.sealed_keys import SealedKey, paired, unsealed
from fabconsole.collector.second_factor import SecondFactor
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason
from fabconsole.stream.wanted import Prompt

TRIES = 3
"""Passphrases that are tried before it is left alone, as for ssh."""
LOOK_S = 3.0
"""How often an agent is looked into while a key is asked for: ssh-add in another window is an answer too."""

AGENT_S = 2.0
"""What an agent may take to name its keys."""


@dataclass(slots=True, eq=False)
class _Asked:
    """A key that was needed once."""

    sealed: SealedKey
    opened: tuple[asyncssh.SSHKey, ...] = ()
    pairs: tuple[asyncssh.SSHKeyPair, ...] = ()
    """The same with the certificate that was last read."""
    written: object = None
    """When that was."""
    in_agent: bool = False
    is_put_off: bool = False

    @property
    def is_usable(self) -> bool:
        return bool(self.opened) or self.in_agent

    def shown(self) -> tuple[asyncssh.SSHKeyPair, ...]:
        """What it is shown as; a certificate that is put in the place of an old one is taken up. Costs two stats."""
        file = self.sealed.file
        if self.opened and (written := certificates.written((file,))) != self.written:
            self.pairs, self.written = paired(file, self.opened), written
        return self.pairs


class Keyring:
    """What has been opened, and what is asked for. Belongs to one event loop; `tasks` owns the asking."""

    def __init__(self, prompts: Prompts, tasks: asyncio.TaskGroup, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._prompts = prompts
        self._tasks = tasks
        self._asked: dict[Path, _Asked] = {}
        self._agents: dict[str, tuple[float, frozenset[bytes]]] = {}
        self._looking = asyncio.Lock()
        self.news = Bell()
        """Rings when a key is opened, put off or asked for again."""
        self.version = 0
        """Grows then."""

    async def connected(
        self,
        dial: Dial,
        *,
        through: Connection | None,
        deadline_s: float,
        factor: SecondFactor | None = None,
        entrance: Entrance | None = None,
    ) -> Connection:
        """As `Login.connected`. Where a sealed key may open it and none that is usable does, a person is asked.

        Nothing is dialled meanwhile: a thousand logins that wait for one person would each hold a place of their
        sshd's MaxStartups.
        """
        if dial.sealed and not self._opened(dial) and not await self._has_another(dial):
            raise NotConnectedError(self._wanting(dial))
        opened = self._opened(dial)
        login = Login(dial, through=through, deadline_s=deadline_s, clock=self._clock, opened=opened, factor=factor)
        try:
            return await login.connected(entrance)
        except NotConnectedError as error:
            if error.keys_refused and not all(self._is_usable(key) for key in dial.sealed):
                raise NotConnectedError(self._wanting(dial)) from None
            raise

    def _opened(self, dial: Dial) -> Sequence[asyncssh.SSHKeyPair]:
        return [pair for key in dial.sealed if key.file in self._asked for pair in self._asked[key.file].shown()]

    def _is_usable(self, key: SealedKey) -> bool:
        return key.file in self._asked and self._asked[key.file].is_usable

    async def _has_another(self, dial: Dial) -> bool:
        """Whether there is something to be shown without a passphrase: an open key, or what the agent holds."""
        if dial.options.client_keys:
            return True
        held = await self._held(dial.options.agent_path)
        wanted = dial.options.agent_identities
        return bool(held if wanted is None else held.intersection(wanted))

    def _wanting(self, dial: Dial) -> Failure:
        """Have the first key that may help asked for; what its nodes say until it is there."""
        missing = [key for key in dial.sealed if not self._is_usable(key)]
        for key in missing:
            if key.file not in self._asked:
                asked = self._asked[key.file] = _Asked(key)
                self._tasks.create_task(self._ask(asked), name=f"key {key.file}")
                self._tasks.create_task(self._look(asked, dial.options.agent_path), name=f"agent {key.file}")
            if not self._asked[key.file].is_put_off:
                said = f"waiting for the passphrase of {_name(key)}, or for ssh-add"
                return Failure(Reason.WAITING, said)
        names = " and ".join(_name(key) for key in missing)
        said = f"{names} encrypted and its passphrase not given: ssh-add it, or answer when it is asked again"
        return Failure(Reason.REFUSED, said)

    async def _ask(self, key: _Asked) -> None:
        """Ask until it is open; put off after each refusal."""
        while not key.is_usable:
            why = await self._passphrase(key)
            if not key.is_usable:
                key.is_put_off = True
                self._changed()
                await self._prompts.put_off(_name(key.sealed), why)
                key.is_put_off = False
            self._changed()

    async def _passphrase(self, key: _Asked) -> str:
        """Ask a few times; why it is not open then."""
        title = "is encrypted"
        for _ in range(TRIES):
            try:
                answers = await self._prompts.ask(_name(key.sealed), title, (Prompt("passphrase:", echo=False),))
                (passphrase,) = answers.reveal()
                key.opened = await asyncio.to_thread(unsealed, key.sealed.file, passphrase)
            except WithheldError as error:
                return str(error)
            except OSError as error:
                return f"cannot be read: {error.strerror}"
            if key.opened:
                return ""
            title = "is encrypted; that was not its passphrase"
        return f"none of {TRIES} passphrases was right"

    async def _look(self, key: _Asked, agent: str | None) -> None:
        """Notice that the agent has got it."""
        while agent and key.sealed.public is not None and not key.is_usable:
            await asyncio.sleep(LOOK_S)
            if key.sealed.public in await self._held(agent):
                key.in_agent = True
                self._prompts.withdraw(_name(key.sealed), "the agent holds it now")

    async def _held(self, agent: str | None) -> frozenset[bytes]:
        """What an agent holds, looked into once for all who want to know just now."""
        if not agent:
            return frozenset()
        async with self._looking:
            at, held = self._agents.get(agent, (-inf, frozenset()))
            now = asyncio.get_running_loop().time()
            if now - at >= LOOK_S / 2:
                held = await _held(agent)
                self._agents[agent] = (now, held)
            return held

    def _changed(self) -> None:
        self.version += 1
        self.news.ring()


async def _held(agent: str) -> frozenset[bytes]:
    """Public keys that an agent holds; none where it does not answer."""
    try:
        async with asyncio.timeout(AGENT_S), asyncssh.connect_agent(agent) as client:
            return frozenset(pair.public_data for pair in await client.get_keys())
    except (OSError, ValueError, asyncssh.Error):
        return frozenset()


def _name(key: SealedKey) -> str:
    """As an operator writes it."""
    home, file = str(Path.home()), str(key.file)
    return printable(f"key {'~' + file.removeprefix(home) if file.startswith(home + '/') else file}")
