"""How one machine is dialled: the inventory, ssh_config, keys, agent and known_hosts, all resolved."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import asyncssh

from fabconsole.collector import certificates
from fabconsole.collector.agent import keys as held_by
from fabconsole.collector.algorithms import IN_SSH_CONFIG, LEGACY, MODERN, Spoken, spoken
from fabconsole.collector.certificates import Certificate
from fabconsole.collector.hostkeys import HostKeys, Known
from fabconsole.collector.identities import Identities
from fabconsole.collector.joined import Joined, Made
from fabconsole.collector.known_hosts import Name
from fabconsole.collector.sealed_keys import SealedKey
from fabconsole.collector.ssh_config_values import OWN_CONFIG, SYSTEM_CONFIG, known_hosts, tokens, way
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import SshAccess

AGENTS_S = 60.0
"""Between two looks at what an agent holds: nothing tells that somebody gave it a new certificate."""

NO_KEEPALIVE = 0
"""What is asked anyway shows whether a connection lives, and more often; a keepalive costs a timer every packet."""

_OURS: Mapping[str, object] = {
    "compression_algs": None,
    "encoding": None,
    "preferred_auth": "publickey,keyboard-interactive",
    "canonicalize_hostname": False,
    "gss_host": None,
    "gss_kex": False,
    "gss_auth": False,
    "x509_trusted_certs": None,
    "x509_trusted_cert_paths": [],
    "pkcs11_provider": None,
    "agent_forwarding": False,
    "command": None,
    "request_pty": False,
    "env": None,
    "send_env": None,
    "keepalive_interval": NO_KEEPALIVE,
}
"""What no ssh_config changes; `ssh_config.unhonoured` says so."""

READERS = 8
"""Machines whose ssh_config is read at a time. A `Match exec` that hangs keeps its thread, of 32 that all share."""

_Machine = tuple[str, str | None, int | None, str]
"""Its address, user, port and algorithms, as far as they matter."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Everything needed to connect to one machine."""

    host: str
    """As asyncssh gets it; ssh_config's HostName is in `options`."""
    name: Name
    """What its host key is looked up by."""
    port: int
    options: asyncssh.SSHClientConnectionOptions
    keys: HostKeys
    old: bool
    """Whether algorithms that nobody should use any more are offered to it too."""
    sealed: tuple[SealedKey, ...]
    """Encrypted keys that may be meant for it."""
    certificates: tuple[Certificate, ...]
    """Of ours that run out."""
    jump: str | None
    """Hosts to go through, `[user@]host[:port][,…]`."""
    command: str | None
    """ssh_config's ProxyCommand, run by `sh`, where there is no way but that."""
    target: str
    """`user@host:port`, for an operator."""

    def host_key_kinds(self, known: Known) -> Sequence[str]:
        """Kinds of host key to ask for. Empty: ssh_config's HostKeyAlgorithms says."""
        if self.options.config.get("HostKeyAlgorithms") is not None:
            return ()
        return self.keys.kinds(known, old=self.old)


class _Agent(NamedTuple):
    """One in use."""

    path: str
    shown: frozenset[bytes] | None
    """What of it is shown; None: all."""


class Access:
    """How this inventory's machines are reached. Options are built once a distinct setting.

    Raises SourceError where a key or configuration file cannot be used.
    """

    def __init__(self, ssh: SshAccess, *, usual: Sequence[Path] = (OWN_CONFIG, SYSTEM_CONFIG)) -> None:
        """`usual` are the ssh_configs that are read where the inventory names none."""
        self._ssh = ssh
        self._configs = _configs(ssh, usual)
        self._identities = Identities(ssh.identity)
        self._keys: dict[tuple[Path, ...], HostKeys] = {}
        self._options = Made(self._built, READERS)
        self._look = Joined(self._renewed)
        self._in_files: dict[str, float] = {}
        self._in_agents: dict[_Agent, tuple[Certificate, ...]] = {}

    @property
    def certificates(self) -> dict[str, float]:
        """Those of ours that run out, and when, as last read."""
        return self._in_files | {one.name: one.until for held in self._in_agents.values() for one in held}

    async def watch_agents(self) -> None:
        """See from time to time what those that are in use hold; ends only by being cancelled."""
        while True:
            await asyncio.sleep(AGENTS_S)
            for agent in tuple(self._in_agents):
                await self._look_into(agent)

    async def _look_into(self, agent: _Agent) -> None:
        if (keys := await held_by(agent.path)) is not None:
            self._in_agents[agent] = certificates.held(keys, agent.shown)

    async def dial(
        self, address: str, *, user: str | None = None, port: int | None = None, algorithms: str | None = None
    ) -> Dial:
        """Resolve one machine. The inventory's user, port and way win over ssh_config's.

        Reads ssh_config in a thread the first time: 10 ms for a hundred Host blocks. Raises ValueError or OSError
        where ssh_config is wrong for this host.
        """
        algorithms = algorithms or self._ssh.algorithms
        options = await self._resolved(address, user or self._ssh.user, port, algorithms)
        return await self._dial(address, options, algorithms, self._ssh.jump)

    async def dial_jump(self, host: str, *, user: str | None = None, port: int | None = None) -> Dial:
        """Resolve a jump host: its user is ssh_config's before it is the inventory's, its way is ssh_config's alone."""
        algorithms = self._ssh.algorithms
        options = await self._resolved(host, user, port, algorithms)
        if user is None and options.config.get("User") is None:
            options = await self._resolved(host, self._ssh.user, port, algorithms)
        return await self._dial(host, options, algorithms, None)

    async def _dial(
        self, address: str, options: asyncssh.SSHClientConnectionOptions, algorithms: str, jump: str | None
    ) -> Dial:
        host = options.host if self._configs else address
        letters = tokens(
            written=address, host=host, port=options.port, user=options.username, alias=options.host_key_alias
        )
        identity = self._identities.of(options.config)
        self._in_files |= {one.name: one.until for one in identity.certificates}
        agent = _agent_of(options)
        if agent is not None and agent not in self._in_agents:
            self._in_agents[agent] = ()
            await self._look_into(agent)
        in_agent = () if agent is None else self._in_agents[agent]
        own_jump, command = way(options.config, letters) if jump is None else (jump, None)
        return Dial(
            host=address,
            name=Name(host, options.port, options.host_key_alias),
            port=options.port,
            options=options,
            keys=self._host_keys(options, letters),
            old=algorithms == LEGACY,
            sealed=identity.sealed,
            certificates=(*identity.certificates, *in_agent),
            jump=own_jump if own_jump and own_jump.lower() != "none" else None,
            command=command,
            target=f"{options.username}@{host}:{options.port}",
        )

    async def _resolved(
        self, address: str, user: str | None, port: int | None, algorithms: str
    ) -> asyncssh.SSHClientConnectionOptions:
        if (identities := await self._look()) is not None:
            self._identities = identities
            self._options.forget()
        return await self._options.of((address if self._configs else "", user, port, algorithms))

    def _renewed(self) -> Identities | None:
        """A key or certificate that was put in the place of another one is taken up; one half written is not yet."""
        with suppress(SourceError):
            return Identities(self._ssh.identity) if self._identities.renewed else None
        return None

    async def _built(self, machine: _Machine) -> asyncssh.SSHClientConnectionOptions:
        """First what ssh_config says; then, by that, the keys and algorithms."""
        address, user, port, algorithms = machine
        construct = asyncssh.SSHClientConnectionOptions.construct
        files = [str(config) for config in self._configs] or None
        said = await construct(
            config=files,
            host=address,
            username=() if user is None else user,
            port=() if port is None else port,
            client_keys=None,
            **_OURS,
        )
        if said.config.has_match_final():  # read again: what is said for good fills the gaps that are left
            said = await construct(said, config=files, final=True)
        identity = await asyncio.to_thread(self._identities.of, said.config)
        options: asyncssh.SSHClientConnectionOptions = await construct(
            said, config=None, **_algorithms(said, algorithms), **identity.shown
        )
        return options

    def _host_keys(self, options: asyncssh.SSHClientConnectionOptions, letters: Mapping[str, str]) -> HostKeys:
        own, system = known_hosts(options.config, letters)
        if self._ssh.known_hosts is not None:
            own, system = (self._ssh.known_hosts.expanduser(),), ()
        files = (*own, *system) or (Path(os.devnull),)
        if files not in self._keys:
            learns = bool(own) and self._ssh.host_keys == "accept-new"
            self._keys[files] = HostKeys(files, accept_new=learns)
        return self._keys[files]


def _agent_of(options: asyncssh.SSHClientConnectionOptions) -> _Agent | None:
    if not isinstance(options.agent_path, str) or not options.agent_path:
        return None
    shown = options.agent_identities
    return _Agent(options.agent_path, None if shown is None else frozenset(shown))


def _configs(ssh: SshAccess, usual: Sequence[Path]) -> tuple[Path, ...]:
    if ssh.config is not None:
        config = ssh.config.expanduser()
        if not os.access(config, os.R_OK):
            raise SourceError(f"{config}: ssh.config cannot be read")
        return (config,)
    return tuple(config for one in usual if os.access(config := one.expanduser(), os.R_OK))


def _algorithms(options: asyncssh.SSHClientConnectionOptions, algorithms: str) -> Spoken:
    """Ours, but what ssh_config says holds in place of the usual ones."""
    ours = spoken(algorithms)
    if algorithms != MODERN:
        return ours
    said = {name for name, keyword in IN_SSH_CONFIG.items() if options.config.get(keyword) is not None}
    return Spoken(**{name: () if name in said else value for name, value in ours.items()})  # type: ignore[typeddict-item,no-any-return]
