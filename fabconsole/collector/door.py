"""What a node says at its door: sshd lets a banner through before it turns an account away, and then hangs up.

The words are PAM's modules' own (Linux-PAM 1.5, Slurm's pam_slurm_adopt and pam_slurm, systemd-user-sessions for
`pam_nologin`). sshd itself says "Access denied for user … by PAM account configuration" to its own log alone.
"""

from __future__ import annotations

import re

from fabconsole.stream.records import Reason

MOST = 4096
"""Characters of banners that are kept; sshd sends the site's `Banner` first, PAM's words after it."""

SILENT = "its account rules (PAM: pam_access, pam_faillock …) turn us away without a word; its sshd log says by which"
"""Of a login that ends after the key exchange, before we are let in, and nothing was said."""

_TO_CHANGE = re.compile(r"required to change your password|password change required", re.I)
_SAYINGS = (
    (Reason.NO_JOB, re.compile(r"pam_slurm|no active jobs", re.I)),
    (
        Reason.CLOSED,
        re.compile(r"system is (?:booting|going down)|pam_nologin|unprivileged users are not permitted", re.I),
    ),
    (
        Reason.LOCKED,
        re.compile(
            r"account (?:has |is |has been )?(?:temporarily |permanently )?(?:expired|locked|disabled)"
            r"|required to change your password|password has expired|password change required",
            re.I,
        ),
    ),
)


def turned_away(banner: str) -> tuple[Reason, str]:
    """Why a login ended before we were let in, where `banner` is all that was said. Its text is as it came."""
    lines = [line.strip() for line in banner.splitlines() if line.strip()]
    for reason, words in _SAYINGS:
        if told := next(filter(words.search, lines), None):
            return reason, told
    return Reason.LOCKED, f"turned away at login: {lines[-1]}" if lines else SILENT


def of_no_use(banner: str) -> tuple[Reason, str] | None:
    """Why nothing can be run though we are let in: sshd starts nothing but `passwd` then; None where it can."""
    told = next(filter(_TO_CHANGE.search, banner.splitlines()), None)
    return None if told is None else (Reason.LOCKED, told.strip())
