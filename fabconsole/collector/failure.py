"""What went wrong on the way to a node, as one of our reasons and one line that says what to do."""

from __future__ import annotations

import errno
import os
import re
import resource
import socket
from dataclasses import dataclass

import asyncssh

from fabconsole.collector.algorithms import none_common
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

NOT_BEGUN = "logged in, but no shell begins: a start-up file that asks or hangs, or the home directory (NFS?)?"
"""Why there is no answer where sshd has let us in and what it then started has not come to our first words. Without an
age, so that many nodes which hang on one file server are one failure."""

MOST_SAID = 1000
"""Characters of what is said of a failure: two fingerprints, and the line to type."""

_CONNECTING = "Connect call failed"
"""asyncio's word for connect(2) refused; it has the address after it, as Python prints one."""
_ERRNO = re.compile(r"\[Errno (\d{1,4})\]", re.ASCII)
_NONE_LEFT = frozenset({errno.EMFILE, errno.ENFILE})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a node, or its jump host, cannot be asked."""

    reason: Reason
    said: str
    """One sanitised line for the operator."""
    target: str = ""
    """What was dialled, as an operator would write it (`user@host:port`); empty where that is not in question."""
    crowded: bool = False
    """Whether it hung up before SSH began, as one does that has too many logins under way: soon it may have fewer."""

    silent: bool = False
    """Whether it hung up on a login without a word: its account rules do so, and so does a machine that dies."""

    @property
    def detail(self) -> str:
        """What is said, then of whom, since a narrow list cuts the end; a node's name and its address may differ."""
        return f"{self.said} · {self.target}" if self.target else self.said


def hanging(what: str, deadline_s: float) -> Failure:
    """Something of this machine, which is needed before any node is dialled, does not come to an end."""
    said = f"{what} is not read within {deadline_s:g} s: the home directory (NFS?) or a `Match exec` hangs here"
    return Failure(Reason.FAILED, said)


def undialled(error: Exception, address: str, deadline_s: float) -> Failure:
    """Why it is not known how to dial a node."""
    if isinstance(error, TimeoutError):
        return hanging("ssh_config", deadline_s)
    return Failure(Reason.FAILED, printable(f"{address}: {error}"))


def failure_of(error: BaseException, target: str, deadline_s: float) -> Failure:
    """The failure that an exception of asyncssh or the sockets stands for, on the way to `target`."""
    if isinstance(error, OSError) and not _NONE_LEFT.isdisjoint(_numbers(error)):
        return none_left()
    reason, said = _meaning(error, deadline_s)
    return Failure(reason, printable(said), target)


def none_left() -> Failure:
    """This process may open no more: the same for every node that is left without a connection."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Failure(Reason.OURS, f"{allowed:,} open files are allowed here, one a node: raise `ulimit -n`")


def _meaning(error: BaseException, deadline_s: float) -> tuple[Reason, str]:
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return Reason.UNTRUSTED, f"{error.reason}; not connected to"
    if isinstance(error, asyncssh.PermissionDenied):
        said = "check ssh.identity, the agent, authorized_keys, and whether the account is locked"
        return Reason.REFUSED, f"no key of ours is accepted; {said}"
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return Reason.REFUSED, none_common(error.reason)
    if isinstance(error, TimeoutError) and error.errno is None:
        return Reason.UNREACHABLE, f"no SSH connection within {deadline_s:g} s"
    if isinstance(error, socket.gaierror):
        return Reason.UNREACHABLE, f"name not found ({error.strerror}); give the node an `address:`"
    if isinstance(error, ConnectionRefusedError):
        return Reason.UNREACHABLE, "connection refused; no sshd listens there"
    if isinstance(error, asyncssh.ConnectionLost):
        return Reason.UNREACHABLE, "connection lost"
    if isinstance(error, asyncssh.DisconnectError) and "oo many authentication failures" in error.reason:
        return Reason.REFUSED, "it hears no more keys of ours (MaxAuthTries): name the one that fits in ssh.identity"
    if isinstance(error, asyncssh.DisconnectError):
        return Reason.UNREACHABLE, f"disconnected: {error.reason}"
    if isinstance(error, OSError):
        return Reason.UNREACHABLE, _said_by_system(error)
    return Reason.FAILED, f"{type(error).__name__}: {error}"


def _said_by_system(error: OSError) -> str:
    """The system's words. asyncio puts its own in their place, and those of several addresses into one text."""
    said = ", ".join(os.strerror(number) for number in sorted(_numbers(error))) or type(error).__name__
    return f"cannot connect: {said}" if _CONNECTING in str(error) else said


def _numbers(error: OSError) -> set[int]:
    return {error.errno} if error.errno else {int(number) for number in _ERRNO.findall(str(error))}
