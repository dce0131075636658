"""What each reason is, what to do about it and what it costs in sight: the one place for these words.

A reason's own word is its value. The screen, the snapshot and `doctor` take the rest from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fabconsole.stream.records import Reason


@dataclass(frozen=True, slots=True)
class Remedy:
    """One reason, for an operator."""

    glyph: str
    """One column wide, and no other reason's."""
    advice: str
    """What to do, in a line."""


PRINTED = "; `fabconsole doctor` prints it"
"""Ends advice that doctor has the very lines for."""

REMEDIES: Mapping[Reason, Remedy] = {
    Reason.OURS: Remedy("⌂", "nothing is wrong there: raise `ulimit -n` here, or watch fewer nodes"),
    Reason.UNREACHABLE: Remedy("↛", "is it up, does sshd run, do address and port fit? `ssh -v` says how far it comes"),
    Reason.JUMP: Remedy("↷", "mend the way there: what is behind it cannot be told yet"),
    Reason.WAITING: Remedy("…", "answer what is asked of you: a key's passphrase, a jump host's second factor"),
    Reason.REFUSED: Remedy("⊘", "ssh-add an encrypted key; put its public half into authorized_keys; passwd -u"),
    Reason.LOCKED: Remedy("⊠", "let the account in again, as root: chage -l, faillock --user and the sshd log say why"),
    Reason.EXPIRED: Remedy("◷", "get a new certificate beside the key; new connections take it"),
    Reason.CLOSED: Remedy("⊟", "wait for its boot to end; if it has ended, remove /etc/nologin or /run/nologin"),
    Reason.NO_JOB: Remedy("∌", "let the account in without a job: pam_access before pam_slurm_adopt in pam.d/sshd"),
    Reason.NO_SHELL: Remedy("$", "give the account a login shell that starts others: usermod -s /bin/sh"),
    Reason.UNTRUSTED: Remedy(
        "⚷",
        "hold the key that it offers against its own console's (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), "
        "never connect to find out",
    ),
    Reason.TIMEOUT: Remedy("◔", "it answers, but too late: look at its load; `poll.timeout` gives it longer"),
    Reason.STUCK: Remedy("∞", "slow or hanging: `ps -eo stat,cmd` there; what is in state D wants a reboot"),
    Reason.GARBLED: Remedy("¿", "something else writes into our shell: look for a profile or a banner that prints"),
    Reason.OVERFLOW: Remedy("»", "look at what floods it: such an answer is not read"),
    Reason.NO_TOOL: Remedy("∄", "install the tool, or say by `prefix` how it is reached"),
    Reason.NO_PERMISSION: Remedy("⊖", "let the account run the tool"),
    Reason.NO_LOG: Remedy("≢", "add the account to group systemd-journal or adm" + PRINTED),
    Reason.NO_UMAD: Remedy("↮", "give the account the umad devices by a udev rule" + PRINTED),
    Reason.NO_SUDO: Remedy("#", "name the tools in a sudoers line with NOPASSWD" + PRINTED),
    Reason.ADOPTED: Remedy("⊂", "exempt the account from pam_slurm_adopt, or wait for the job's end"),
    Reason.FAILED: Remedy("×", "the tool says why; run it there by hand"),
}  # fmt: skip

UNSEEN: Mapping[str, str] = {
    "hca": "the InfiniBand ports, their states and their error counters",
    "gpu": "how many GPUs there are, and which",
    "nvlink": "NVLink states and errors",
    "log": "the kernel log: Xid, SXid, PCIe AER, mlx5 events",
    "in-band": "the subnet's switches: port states, error counters, the subnet manager",
}
"""What of a node is out of sight while a question has no answer."""

EVERYTHING = "everything"


SLOWER_LOG = "its log is asked for when that is due and not followed, so an Xid comes that late"
"""Of a node with one SSH session for all its questions."""


def said(reason: Reason) -> str:
    """A reason as it is shown: its glyph and its word."""
    return f"{REMEDIES[reason].glyph} {reason.value}"


def unseen(questions: tuple[str, ...]) -> str:
    """What it costs in sight that these are not answered."""
    return "; ".join(UNSEEN.get(name, name) for name in questions)
