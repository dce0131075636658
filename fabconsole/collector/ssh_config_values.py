"""Values of an ssh_config that asyncssh leaves as they are written, or reads in a way of its own."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping
from pathlib import Path

from asyncssh.config import SSHConfig

OWN_CONFIG, SYSTEM_CONFIG = Path("~/.ssh/config"), Path("/etc/ssh/ssh_config")
_OWN_KNOWN_HOSTS = (Path("~/.ssh/known_hosts"), Path("~/.ssh/known_hosts2"))
_SYSTEM_KNOWN_HOSTS = (Path("/etc/ssh/ssh_known_hosts"), Path("/etc/ssh/ssh_known_hosts2"))

_TOKEN = re.compile(r"%(.?)")
_VARIABLE = re.compile(r"\$\{(.*?)\}")


def tokens(*, written: str, host: str, port: int, user: str, alias: str | None) -> Mapping[str, str]:
    """What `%` and a letter stand for, for one machine; `written` is its name before HostName."""
    return {
        "%": "%",
        "d": str(Path.home()),
        "h": host,
        "i": str(os.getuid()),
        "k": alias or written,
        "n": written,
        "p": str(port),
        "r": user,
        "u": getpass.getuser(),
    }


def filled(text: str, letters: Mapping[str, str]) -> str:
    """`text` with its tokens and `${VARIABLES}` filled in. Raises ValueError for one that stands for nothing."""
    try:
        known = _TOKEN.sub(lambda match: letters[match[1]], text)
        return _VARIABLE.sub(lambda match: os.environ[match[1]], known)
    except KeyError as error:
        raise ValueError(f"ssh_config: {text}: nothing is known for {error.args[0]!r}") from None


def way(config: SSHConfig, letters: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ProxyJump and ProxyCommand; what stands first puts the other out of force, as does `ProxyCommand none`."""
    for keyword in config.get_options(reload=False):
        value = config.get(keyword)
        if keyword == "ProxyCommand":
            return None, None if value is None else str(value).lstrip("= ")
        if keyword == "ProxyJump" and value is not None:
            return filled(str(value), letters), None
    return None, None


def known_hosts(config: SSHConfig, letters: Mapping[str, str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The user's files, the first of which is written to, and the system's. None at all where it says `none`."""
    return (
        _files(config.get("UserKnownHostsFile"), _OWN_KNOWN_HOSTS, letters),
        _files(config.get("GlobalKnownHostsFile"), _SYSTEM_KNOWN_HOSTS, letters),
    )


def _files(value: object, usual: tuple[Path, ...], letters: Mapping[str, str]) -> tuple[Path, ...]:
    named = [filled(str(one), letters) for one in value] if isinstance(value, list) else usual
    return tuple(Path(one).expanduser() for one in named)
