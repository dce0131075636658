"""Why a question has no answer."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a question has no answer. The value is the word shown; each is its own remedy."""

    OURS = "our own limit"
    """This machine lets us open no more connections. What is connected stays connected."""
    TIMEOUT = "timed out"
    STUCK = "stuck"
    """An earlier asking has not come back; not asked again (a process in D state survives a kill)."""
    UNREACHABLE = "unreachable"
    """No TCP connection, or it was lost."""
    JUMP = "jump host"
    """The way there failed, not the node."""
    WAITING = "waiting"
    """A person is asked for what opens the way: a passphrase, a second factor. Nothing has failed yet."""
    REFUSED = "refused"
    """The node knows no key of ours, or no way of talking that we know."""
    LOCKED = "locked"
    """The key fits, the account may not log in: locked, expired, its password to be changed, an access rule."""
    EXPIRED = "certificate expired"
    """Ours, by which we log in. What is connected stays connected."""
    CLOSED = "closed for logins"
    """It lets nobody in just now: it boots, goes down, or is being worked on (`pam_nologin`)."""
    NO_JOB = "no job"
    """It lets in who has a job there (`pam_slurm_adopt`)."""
    NO_SHELL = "no shell"
    """Let in, but what the account logs in to starts no `sh`: nologin, a restricted shell, a ForceCommand."""
    UNTRUSTED = "untrusted"
    """Its host key is unknown or has changed; not connected to."""
    GARBLED = "not understood"
    OVERFLOW = "too long"
    """Said more than a question may; cut off."""
    NO_TOOL = "no such tool"
    NO_PERMISSION = "not permitted"
    NO_LOG = "no right to the log"
    NO_UMAD = "no umad"
    """The device files through which a subnet is asked may not be opened."""
    NO_SUDO = "no sudo"
    """What should be run as root may not be, or not without a password or a terminal."""
    ADOPTED = "adopted by a job"
    """We are inside a job's control group and see its devices alone: what is missing there may be well."""
    FAILED = "failed"
    """The tool ran and said it could not."""


FAR_SIDE = frozenset(
    {
        Reason.OURS,
        Reason.UNREACHABLE,
        Reason.JUMP,
        Reason.WAITING,
        Reason.REFUSED,
        Reason.LOCKED,
        Reason.EXPIRED,
        Reason.CLOSED,
        Reason.NO_JOB,
        Reason.NO_SHELL,
        Reason.UNTRUSTED,
    }
)
"""Failures of the connection: every question has the same one."""
