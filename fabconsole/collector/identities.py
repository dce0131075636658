"""Which keys of ours are shown to a machine: the inventory's, else those of ssh_config, else the usual ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import asyncssh
from asyncssh.config import SSHConfig

from fabconsole.collector import certificates
from fabconsole.collector.certificates import Certificate
from fabconsole.collector.sealed_keys import SealedKey, sealed_key
from fabconsole.fabric.errors import SourceError

USUAL_KEYS = (Path("~/.ssh/id_ed25519"), Path("~/.ssh/id_ecdsa"), Path("~/.ssh/id_rsa"))
"""What ssh, and asyncssh in the same order, tries where nothing names a key."""


class Shown(TypedDict, total=False):
    """As asyncssh takes them."""

    client_keys: Sequence[asyncssh.SSHKeyPair] | tuple[()]
    client_certs: list[str]
    """Never the empty tuple, which asyncssh takes for ssh_config's, there or not."""
    agent_path: str | None
    agent_identities: Sequence[str | bytes]


class _NoneButTheAgents(list[asyncssh.SSHKeyPair]):
    """asyncssh takes an empty list for the usual keys, and None for no agent either."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Identity:
    """Keys for one machine."""

    shown: Shown
    sealed: tuple[SealedKey, ...]
    """Encrypted keys that may be meant for it."""
    certificates: tuple[Certificate, ...] = ()
    """Those that lie in files, and run out."""


@dataclass(slots=True)
class _Sorted:
    """Key files by what can be done with them."""

    certificates: Sequence[str] = ()
    """Files that ssh_config names, beside those that lie beside their keys."""
    pairs: list[asyncssh.SSHKeyPair] = field(default_factory=_NoneButTheAgents)
    with_agent: list[str | bytes] = field(default_factory=list)
    """Public keys that only the agent can sign with."""
    sealed: list[SealedKey] = field(default_factory=list)
    expiring: tuple[Certificate, ...] = ()

    def add(self, file: Path) -> None:
        """Raises OSError where it cannot be read, SourceError where it is no key."""
        if sealed := sealed_key(file):
            self.sealed.append(sealed)
            self.with_agent += _in_agent(file, sealed)
            return
        try:
            self.pairs.extend(asyncssh.load_keypairs(str(file), certlist=list(self.certificates)))
        except asyncssh.KeyImportError:
            self.with_agent += _public_halves(file)


class Identities:
    """Keys by where they are named, each file read once."""

    def __init__(self, files: Sequence[Path]) -> None:
        """`files` are the inventory's. Raises SourceError where one cannot be used."""
        self._files: dict[Path, None] = dict.fromkeys(file.expanduser() for file in files)
        self._written = certificates.written(self._files)
        self._own = _own(files) if files else None
        self._found: dict[tuple[object, ...], Identity] = {}

    @property
    def renewed(self) -> bool:
        """Whether a file is another than the one that was read. Costs two stats a key."""
        return certificates.written(self._files) != self._written

    def of(self, config: SSHConfig) -> Identity:
        """The keys for a machine that ssh_config says this of."""
        if self._own is not None:
            return self._own
        files, signed = config.get("IdentityFile"), config.get("CertificateFile")
        only = bool(config.get("IdentitiesOnly"))
        key = (_texts(files), _texts(signed), only)
        if key not in self._found:
            named, theirs = _files(files), _files(signed) or ()
            self._files |= dict.fromkeys(file.expanduser() for file in (*(named or USUAL_KEYS), *theirs))
            self._written = certificates.written(self._files)
            self._found[key] = _configured(named, theirs, only=only)
        return self._found[key]


def _own(files: Sequence[Path]) -> Identity:
    """One that is encrypted, or only public, is the agent's to sign with; an encrypted one that it does not hold is
    asked for where it is needed.

    Keys given and readable: the agent is left alone. Every connection would ask it, and it signs one at a time, 0.8 ms
    a login; one that wants each signature confirmed would ask a person thousands of times.
    """
    found = _Sorted()
    found.expiring = certificates.read(file.expanduser() for file in files)
    for file in (file.expanduser() for file in files):
        try:
            found.add(file)
        except OSError as error:
            raise SourceError(f"{file}: ssh.identity cannot be read: {error.strerror}") from None
    return _only(found)


def _configured(files: Sequence[Path] | None, signed: Sequence[Path], *, only: bool) -> Identity:
    """As for ssh: a file that is not there is passed over, and the agent may show all it holds unless `only`."""
    there = [str(one) for one in signed if one.is_file()]
    found = _Sorted(there)
    found.expiring = certificates.read(file.expanduser() for file in (*(files or USUAL_KEYS), *signed))
    for file in USUAL_KEYS if files is None else files:
        try:
            found.add(file.expanduser())
        except (OSError, SourceError):
            continue  # ssh passes it over too; that no key was accepted is told then
    if only:
        return _only(found)
    if files is None:
        return Identity(Shown(client_keys=(), client_certs=there), tuple(found.sealed), found.expiring)
    return Identity(Shown(client_keys=found.pairs, client_certs=[]), tuple(found.sealed), found.expiring)


def _only(found: _Sorted) -> Identity:
    """None but these: the agent is asked for those that it alone can sign with, if there are any."""
    held = [*found.with_agent, *found.certificates] if found.with_agent else []
    agent = Shown(agent_identities=held) if held else Shown(agent_path=None)
    return Identity(Shown(client_keys=found.pairs, client_certs=[], **agent), tuple(found.sealed), found.expiring)


def _in_agent(file: Path, sealed: SealedKey) -> Iterator[str | bytes]:
    """An encrypted key as the agent may hold it: by its certificate, and plain."""
    yield from _certificate(file)
    if sealed.public is not None:
        yield sealed.public


def _public_halves(file: Path) -> Iterator[str | bytes]:
    """What an agent may show for a file that is no private key. Raises SourceError where that is nothing."""
    found = [*_certificate(file.with_suffix("") if file.suffix == ".pub" else file)]
    for half in (file.with_name(file.name + ".pub"), file):
        try:
            found.append(asyncssh.read_public_key(str(half)).public_data)
            break
        except (OSError, asyncssh.KeyImportError):
            continue
    if not found:
        raise SourceError(
            f"{file}: ssh.identity is no private key, and has no {file.name}.pub beside it; name a key, or put "
            "the public half of one that the agent holds there"
        )
    yield from found


def _certificate(file: Path) -> Iterator[bytes]:
    """That which lies beside a key, or the file itself where it is one."""
    for place in (file.with_name(file.name + "-cert.pub"), file):
        try:
            yield asyncssh.read_certificate(str(place)).public_data
        except (OSError, asyncssh.KeyImportError):
            continue


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list) else None


def _files(value: object) -> tuple[Path, ...] | None:
    texts = _texts(value)
    return None if texts is None else tuple(dict.fromkeys(Path(one).expanduser() for one in texts))
