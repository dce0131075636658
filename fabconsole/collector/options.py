"""How one machine is dialled: the inventory, ssh_config, keys, agent and known_hosts, all resolved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import asyncssh

from fabconsole.collector.algorithms import IN_SSH_CONFIG, LEGACY, MODERN, Spoken, spoken
from fabconsole.collector.hostkeys import HostKeys, Known
from fabconsole.collector.known_hosts import Name
from fabconsole.collector.sealed_keys import SealedKey, sealed_key
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import SshAccess

NO_KEEPALIVE = 0
"""What is asked anyway shows whether a connection lives, and more often; a keepalive costs a timer every packet."""

USUAL_KEYS = (Path("~/.ssh/id_ed25519"), Path("~/.ssh/id_ecdsa"), Path("~/.ssh/id_rsa"))
"""What ssh, and asyncssh in the same order, tries where nothing names a key."""

SYSTEM_KNOWN_HOSTS = Path("/etc/ssh/ssh_known_hosts")


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
    jump: str | None
    """Hosts to go through, `[user@]host[:port][,…]`."""
    target: str
    """`user@host:port`, for an operator."""

    def host_key_kinds(self, known: Known) -> Sequence[str]:
        """Kinds of host key to ask for. Empty: ssh_config's HostKeyAlgorithms says."""
        if self.options.config.get("HostKeyAlgorithms") is not None:
            return ()
        return self.keys.kinds(known, old=self.old)


class _Identity(TypedDict, total=False):
    client_keys: list[asyncssh.SSHKeyPair]
    agent_path: str | None
    agent_identities: list[str | bytes]


class Access:
    """How this inventory's machines are reached. Options are built once a distinct setting.

    Raises SourceError where a key or configuration file cannot be used.
    """

    def __init__(self, ssh: SshAccess, *, default_config: Path | None = None) -> None:
        self._ssh = ssh
        self._config = _config_file(ssh, default_config or Path("~/.ssh/config").expanduser())
        self._identity, self._sealed = _identity(ssh.identity)
        self._seen: dict[tuple[Path, ...], tuple[SealedKey, ...]] = {}
        self._keys: dict[tuple[Path, ...], HostKeys] = {}
        self._options: dict[tuple[str, str | None, int | None, str], asyncssh.SSHClientConnectionOptions] = {}

    async def dial(
        self, address: str, *, user: str | None = None, port: int | None = None, algorithms: str | None = None
    ) -> Dial:
        """Resolve one machine. The inventory's user and port win over ssh_config's.

        Reads ssh_config in a thread the first time: 10 ms for a hundred Host blocks. Raises ValueError or OSError
        where ssh_config is wrong for this host.
        """
        algorithms = algorithms or self._ssh.algorithms
        key = (address if self._config else "", user or self._ssh.user, port, algorithms)
        options = self._options.get(key)
        if options is None:
            options = await self._resolve(address, key[1], port, algorithms)
            self._options[key] = options
        host = options.host if self._config else address
        return Dial(
            host=address,
            name=Name(host, options.port, options.host_key_alias),
            port=options.port,
            options=options,
            keys=self._host_keys(options),
            old=algorithms == LEGACY,
            sealed=self._sealed if self._ssh.identity else self._usual_sealed(options),
            jump=self._jump(options),
            target=f"{options.username}@{host}:{options.port}",
        )

    async def _resolve(
        self, address: str, user: str | None, port: int | None, algorithms: str
    ) -> asyncssh.SSHClientConnectionOptions:
        ours = spoken(algorithms)
        options = await self._construct(address, user, port, ours)
        said = [name for name, keyword in IN_SSH_CONFIG.items() if options.config.get(keyword) is not None]
        if said and algorithms == MODERN:
            own = Spoken(**{name: () if name in said else value for name, value in ours.items()})  # type: ignore[typeddict-item]
            return await self._construct(address, user, port, own)
        return options

    async def _construct(
        self, address: str, user: str | None, port: int | None, algorithms: Spoken
    ) -> asyncssh.SSHClientConnectionOptions:
        options: asyncssh.SSHClientConnectionOptions = await asyncssh.SSHClientConnectionOptions.construct(
            config=[str(self._config)] if self._config else None,
            host=address if self._config else "",
            username=() if user is None else user,
            port=() if port is None else port,
            compression_algs=None,
            encoding=None,
            preferred_auth="publickey,keyboard-interactive",
            gss_host=None,
            gss_kex=False,
            gss_auth=False,
            x509_trusted_certs=None,
            x509_trusted_cert_paths=[],
            agent_forwarding=False,
            command=None,
            request_pty=False,
            env=None,
            send_env=None,
            keepalive_interval=NO_KEEPALIVE,
            **algorithms,
            **self._identity,
        )
        return options

    def _usual_sealed(self, options: asyncssh.SSHClientConnectionOptions) -> tuple[SealedKey, ...]:
        """Those of ssh_config, else those that have the usual names; read once a set of files."""
        files = _paths(options.config.get("IdentityFile")) or USUAL_KEYS
        if files not in self._seen:
            self._seen[files] = tuple(key for file in files if (key := _sealed(file.expanduser())))
        return self._seen[files]

    def _jump(self, options: asyncssh.SSHClientConnectionOptions) -> str | None:
        """The inventory's, else ssh_config's ProxyJump: shared by us, where asyncssh would open one a node."""
        jump = self._ssh.jump if self._ssh.jump is not None else options.config.get("ProxyJump")
        return jump if isinstance(jump, str) and jump.lower() != "none" else None

    def _host_keys(self, options: asyncssh.SSHClientConnectionOptions) -> HostKeys:
        files = self._known_hosts(options)
        if files not in self._keys:
            self._keys[files] = HostKeys(files, accept_new=self._ssh.host_keys == "accept-new")
        return self._keys[files]

    def _known_hosts(self, options: asyncssh.SSHClientConnectionOptions) -> tuple[Path, ...]:
        if self._ssh.known_hosts is not None:
            return (self._ssh.known_hosts.expanduser(),)
        own = _paths(options.config.get("UserKnownHostsFile")) or (Path("~/.ssh/known_hosts").expanduser(),)
        return own + (_paths(options.config.get("GlobalKnownHostsFile")) or (SYSTEM_KNOWN_HOSTS,))


def _config_file(ssh: SshAccess, default: Path) -> Path | None:
    if ssh.config is not None:
        config = ssh.config.expanduser()
        if not os.access(config, os.R_OK):
            raise SourceError(f"{config}: ssh.config cannot be read")
        return config
    return default if os.access(default, os.R_OK) else None


def _identity(files: Sequence[Path]) -> tuple[_Identity, tuple[SealedKey, ...]]:
    """Key files, loaded once. One that is encrypted, or only public, is the agent's to sign with; an encrypted one
    that it does not hold is asked for where it is needed.

    Keys given and readable: the agent is left alone, since it would be asked by every connection and signs one
    at a time. None given: ssh_config's, the defaults and the agent, as for ssh.
    """
    if not files:
        return {}, ()
    pairs: list[asyncssh.SSHKeyPair] = []
    with_agent: list[str | bytes] = []
    found: list[SealedKey] = []
    for file in (file.expanduser() for file in files):
        try:
            if sealed := sealed_key(file):
                found.append(sealed)
                with_agent += [sealed.public] if sealed.public is not None else []
            else:
                pairs.extend(asyncssh.load_keypairs(str(file)))
        except asyncssh.KeyImportError:
            with_agent.append(str(_public_half(file)))
        except OSError as error:
            raise SourceError(f"{file}: ssh.identity cannot be read: {error.strerror}") from None
    if with_agent:
        return {"client_keys": pairs, "agent_identities": with_agent}, tuple(found)
    return {"client_keys": pairs, "agent_path": None}, tuple(found)


def _sealed(file: Path) -> SealedKey | None:
    try:
        return sealed_key(file)
    except OSError:
        return None  # a usual key that is not there


def _public_half(file: Path) -> Path:
    for half in (file.with_name(file.name + ".pub"), file):
        try:
            asyncssh.read_public_key(str(half))
        except (OSError, asyncssh.KeyImportError):
            continue
        return half
    raise SourceError(
        f"{file}: ssh.identity is no private key, and has no {file.name}.pub beside it; name a key, or put "
        "the public half of one that the agent holds there"
    )


def _paths(value: object) -> tuple[Path, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(Path(str(one)).expanduser() for one in value if str(one).lower() != "none")
