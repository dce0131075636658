"""What to type, as root on a node, so that a limit of our account is lifted: exact, to be pasted as it stands.

Paths, groups and the account's name are those that the node itself said; without them a remedy is told in words. Each
gives what is missing and nothing more: for the log the group and not sudo, since a journalctl that is root's can start
a pager, and the pager a shell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from textwrap import TextWrapper

from fabconsole.stream.records import Reason

SUDOERS = "/etc/sudoers.d/fabconsole"
UDEV = "/etc/udev/rules.d/99-fabconsole-umad.rules"
UMAD_GROUP = "rdma"
CHECK, ACCEPT = "; if its own console", "; if it does: "
"""What stands, in what is said of a changed host key, before how to judge it and before the words to type."""
_WRAP = TextWrapper(76, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)

Facts = Mapping[str, str]
Steps = tuple[str, ...]


def accepted(detail: str) -> str:
    """What to type here, not there, so that a changed host key is taken for its own; empty where that is no remedy."""
    words = detail.partition(ACCEPT)[2].partition(" · ")[0]
    return "" if words.endswith("…") else words  # cut off, it would write something else


def steps(reason: Reason, questions: Sequence[str], detail: str, facts: Facts) -> Steps:
    """Shell lines, some of them with a here-document; none where only words help."""
    write = _WRITERS.get(reason)
    return write(questions, detail, facts) if write is not None and "account.user" in facts else ()


def _log(questions: Sequence[str], detail: str, facts: Facts) -> Steps:
    group = facts.get("account.log-group")
    if "account.journal" in facts and group is not None:
        return (_join(group, facts),)
    dmesg = facts.get("account.tool.dmesg")
    return () if dmesg is None else _sudoers([f'{dmesg} ""'], facts)


def _umad(questions: Sequence[str], detail: str, facts: Facts) -> Steps:
    mode, group = facts.get("account.umad.mode"), facts.get("account.umad.group", "root")
    if mode is None:
        return ("modprobe ib_umad", "echo ib_umad >/etc/modules-load.d/ib_umad.conf")
    if mode[4:6] == "rw" and group != "root":
        return (_join(group, facts),)
    rule = f'SUBSYSTEM=="infiniband_mad", KERNEL=="umad*", GROUP="{UMAD_GROUP}", MODE="0660"'
    return (
        f"groupadd -f {UMAD_GROUP}",
        _join(UMAD_GROUP, facts),
        _file(UDEV, rule),
        "udevadm control --reload",
        "udevadm trigger --subsystem-match=infiniband_mad",
    )


def _sudo(questions: Sequence[str], detail: str, facts: Facts) -> Steps:
    told = ", ".join(facts.get(f"account.root.{question}", "") for question in questions)
    commands = [command for command in dict.fromkeys(told.split(", ")) if command]
    rule = _sudoers(commands, facts, without_terminal="tty" in detail) if commands else ()
    return (*(() if "account.tool.sudo" in facts else (_install("sudo", facts),)), *rule)


def _tool(questions: Sequence[str], detail: str, facts: Facts) -> Steps:
    return (_install("infiniband-diags", facts),) if "in-band" in questions else ()


_WRITERS: Mapping[Reason, Callable[[Sequence[str], str, Facts], Steps]] = {
    Reason.NO_LOG: _log,
    Reason.NO_UMAD: _umad,
    Reason.NO_SUDO: _sudo,
    Reason.NO_TOOL: _tool,
}


def _join(group: str, facts: Facts) -> str:
    return f"usermod -aG {group} {facts['account.user']}"


def _install(package: str, facts: Facts) -> str:
    """The same names for Debian and for RPM."""
    families = facts.get("account.os", "").split()
    if "debian" in families:
        return f"apt-get install {package}"
    return f"zypper install {package}" if "suse" in families else f"dnf install {package}"


def _sudoers(commands: Sequence[str], facts: Facts, *, without_terminal: bool = False) -> Steps:
    user = facts["account.user"]
    rule = " \\\n".join(_WRAP.wrap(f"{user} ALL=(root) NOPASSWD: {', '.join(commands)}"))
    lines = [f"Defaults:{user} !requiretty", rule] if without_terminal else [rule]
    return (_file(SUDOERS, *lines), f"chmod 440 {SUDOERS}")


def _file(path: str, *lines: str) -> str:
    text = "\n".join(lines)
    return f"cat >{path} <<'END'\n{text}\nEND"
