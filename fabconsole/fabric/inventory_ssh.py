"""The `ssh:` and `poll:` parts of an inventory file: how nodes are reached, and how often they are asked."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from fabconsole.fabric.document import Section, Value
from fabconsole.fabric.inventory import Poll, SshAccess

_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,63}")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,45}(%[A-Za-z0-9._-]{1,16})?")
_HOP = re.compile(r"(?:(?P<user>[^@]+)@)?(?P<host>\[[^\]]+\]|[^:\[\]]+)(?::(?P<port>\d{1,5}))?")
ALGORITHMS = ("modern", "legacy")
_LEAST_S = 0.05
"""A rhythm below this only heats the nodes."""


def user(text: str) -> str:
    """An account's name. Raises ValueError for what could be taken for an option or another host."""
    if not _USER.fullmatch(text):
        raise ValueError(f"{text!r} is no user name: letters, digits, _ . @ + - and no dash first")
    return text


def address(text: str) -> str:
    """A host name or an IP address. Raises ValueError for anything else, a port or a user in it too."""
    if not _HOST.fullmatch(text):
        raise ValueError(f"{text!r} is no address: a host name or an IP address; `port` and `user` have their own keys")
    return text


def jump(text: str) -> str:
    """`[user@]host[:port]`, several separated by commas, or `none`. Raises ValueError for anything else."""
    for hop in text.split(","):
        match = _HOP.fullmatch(hop.strip())
        if match is None or (match["port"] and not 0 < int(match["port"]) < 65536):
            raise ValueError(f"{hop!r} is no jump host: write [user@]host[:port]")
        address(match["host"].strip("[]"))
        if match["user"]:
            user(match["user"])
    return text


def read_ssh(section: Section, beside: Path, warn: Callable[[Value, str], None]) -> SshAccess:
    """Understand `ssh:`; a relative path is relative to `beside`. A file that is not there is a problem."""
    strictness = section.choice("host_keys", ("strict", "accept-new"), "strict")
    return SshAccess(
        user=section.read("user", "a user name", user, None),
        identity=tuple(key for item in section.items("identity") if (key := _identity(item, beside, warn))),
        known_hosts=_known_hosts(section.get("known_hosts"), beside, learning=strictness == "accept-new"),
        host_keys=strictness,
        jump=section.read("jump", "a jump host", jump, None),
        config=_file(section.get("config"), beside),
        algorithms=section.choice("algorithms", ALGORITHMS, ALGORITHMS[0]),
    )


def read_poll(section: Section) -> Poll:
    """Understand `poll:`. A timeout may exceed its interval."""
    usual = Poll()
    return Poll(
        fast_s=section.seconds("fast", usual.fast_s, least=_LEAST_S),
        slow_s=section.seconds("slow", usual.slow_s, least=_LEAST_S),
        in_band_s=section.seconds("in_band", usual.in_band_s, least=_LEAST_S),
        rare_s=section.seconds("rare", usual.rare_s, least=_LEAST_S),
        timeout_s=section.seconds("timeout", usual.timeout_s, least=_LEAST_S, most=3600),
    )


def _path(value: Value, beside: Path) -> Path | None:
    text = value.text()
    if text is None:
        return None
    try:
        return beside / Path(text).expanduser()
    except RuntimeError:
        value.wrong(f"{text!r}: there is no such user, so no such home directory")
        return None


def _file(value: Value | None, beside: Path) -> Path | None:
    """A file that is there and may be read, or None after saying why it is not."""
    path = _path(value, beside) if value else None
    if value is None or path is None:
        return None
    if not path.exists():
        value.wrong(f"there is no file {path}: name one that is there")
    elif not path.is_file():
        value.wrong(f"{path} is no file: name one")
    elif not os.access(path, os.R_OK):
        value.wrong(f"{path} may not be read: give yourself read permission")
    else:
        return path
    return None


def _identity(value: Value, beside: Path, warn: Callable[[Value, str], None]) -> Path | None:
    path = _file(value, beside)
    if path and path.suffix != ".pub" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        warn(value, f"{path} may be read by others: chmod 600 {path}")
    return path


def _known_hosts(value: Value | None, beside: Path, *, learning: bool) -> Path | None:
    if value is None or not learning:
        return _file(value, beside)
    path = _path(value, beside)
    if path is None or path.is_file():
        return path
    if path.exists() or not path.parent.is_dir():
        value.wrong(f"{path} cannot be written: name a file in a directory that is there")
        return None
    return path
