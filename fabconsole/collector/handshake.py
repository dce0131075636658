"""What it means when a machine hangs up before there is anybody to log in to, which no exception of asyncssh says."""

from __future__ import annotations

from collections.abc import Sequence

import asyncssh

from fabconsole.collector.algorithms import unlike

TURNED_AWAY = "hung up before SSH began: its sshd may refuse more logins at once (MaxStartups) or our address (a ban)"
NO_PROXY = "ssh_config's ProxyCommand ended before SSH began; run it by hand to see why"
_KEXINIT = 20
"""SSH_MSG_KEXINIT of RFC 4253, section 7.1: its number, a cookie of 16 bytes, then lists of names."""


def began(ssh: asyncssh.SSHClientConnection) -> bool:
    """Whether the other side has said that it speaks SSH."""
    return bool(ssh.get_extra_info("server_version"))


def is_keyed(ssh: asyncssh.SSHClientConnection) -> bool:
    """Whether keys were agreed on: what comes after is about the login."""
    return ssh.get_extra_info("recv_cipher") is not None


def no_host_key(ssh: asyncssh.SSHClientConnection, asked: Sequence[str]) -> str | None:
    """What is said where the machine has no host key of the kinds `asked` for; None where it has, or did not tell.

    sshd hangs up then, and asyncssh does not look; its list is in a field of asyncssh's that has no public name.
    """
    offered = _host_keys(getattr(ssh, "_server_kexinit", b""))
    return None if not asked or not offered or set(offered) & set(asked) else unlike("host key", asked, offered)


def _host_keys(kexinit: bytes) -> list[str]:
    """The second list of names in a KEXINIT; empty where it is none."""
    at = 17 + 4 + int.from_bytes(kexinit[17:21], "big")
    size = int.from_bytes(kexinit[at : at + 4], "big")
    names = kexinit[at + 4 : at + 4 + size].decode("ascii", "replace")
    return names.split(",") if names and kexinit[0] == _KEXINIT else []
