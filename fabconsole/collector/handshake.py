"""What it means when a machine hangs up, or falls silent, before there is anybody to log in to: no exception of
asyncssh's tells how far it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import asyncssh

from fabconsole.collector.algorithms import unlike

TURNED_AWAY = "hung up before SSH began: its sshd may refuse more logins at once (MaxStartups) or our address (a ban)"
NO_PROXY = "ssh_config's ProxyCommand ended before SSH began; run it by hand to see why"
NO_BANNER = "connected, and no SSH banner comes; frozen, or its sshd overloaded?"
_KEXINIT = 20
"""SSH_MSG_KEXINIT of RFC 4253, section 7.1: its number, a cookie of 16 bytes, then lists of names."""


def began(ssh: asyncssh.SSHClientConnection) -> bool:
    """Whether the other side has said that it speaks SSH."""
    return bool(ssh.get_extra_info("server_version"))


def is_keyed(ssh: asyncssh.SSHClientConnection) -> bool:
    """Whether keys were agreed on: what comes after is about the login."""
    return ssh.get_extra_info("recv_cipher") is not None


def not_begun(host: str, through: str | None, *, is_taken: bool) -> str:
    """Why SSH with `host` has not begun in time: what is cut off and what is frozen look different from here.
    `through` is the jump host; `is_taken`: there was a connection.
    """
    if is_taken:
        return NO_BANNER
    if through is not None:
        return f"jump host {through} gets no connection to it"
    return "no packet comes back" + ("" if _is_address(host) else ", or no name server answers")


def silence(ssh: asyncssh.SSHClientConnection) -> str:
    """How far a connection came that was too slow."""
    if not began(ssh):
        return NO_BANNER
    if not is_keyed(ssh):
        return "its SSH banner comes, and then it falls silent; overloaded, or large packets lost (MTU)?"
    return "it does not come to the end of a login; does its PAM wait for a directory server, or a disk?"


def no_host_key(ssh: asyncssh.SSHClientConnection, asked: Sequence[str]) -> str | None:
    """What is said where the machine has no host key of the kinds `asked` for; None where it has, or did not tell.

    sshd hangs up then, and asyncssh does not look; its list is in a field of asyncssh's that has no public name.
    """
    offered = _host_keys(getattr(ssh, "_server_kexinit", b""))
    return None if not asked or not offered or set(offered) & set(asked) else unlike("host key", asked, offered)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _host_keys(kexinit: bytes) -> list[str]:
    """The second list of names in a KEXINIT; empty where it is none."""
    at = 17 + 4 + int.from_bytes(kexinit[17:21], "big")
    size = int.from_bytes(kexinit[at : at + 4], "big")
    names = kexinit[at + 4 : at + 4 + size].decode("ascii", "replace")
    return names.split(",") if names and kexinit[0] == _KEXINIT else []
