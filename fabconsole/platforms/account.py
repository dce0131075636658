r"""What our account on a node is, and what a limit of it would be mended with: asked by `doctor` alone.

``fc_account`` prints `key=value` lines, and reads only:

    user=fabops                       groups=fabops adm        host=gpu00-00
    ID=ubuntu                         ID_LIKE=debian           clock=1763800000
    journal=/var/log/journal          log-group=systemd-journal (of /etc/group)
    tool iblinkinfo=/usr/sbin/iblinkinfo                       by `command -v`
    umad=crw------- 1 root root 231, 0 Nov 22 10:00 /dev/infiniband/umad0

What comes back goes into lines that an operator pastes as root: whatever is no plain name or path is left out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from fabconsole.fabric.inventory import Node
from fabconsole.fabric.printable import printable
from fabconsole.platforms import sudo
from fabconsole.platforms.question import Answer, Question, Reading, Rhythm
from fabconsole.platforms.tool import words

QUESTION = Question(name="account", rhythm=Rhythm.SLOW, lane="account", deadline_s=10.0, cap_bytes=1 << 16)

IN_BAND_TOOLS = ("iblinkinfo", "ibqueryerrors", "perfquery", "sminfo")
_TOOLS = {"gpu": ("nvidia-smi",), "nvlink": ("nvidia-smi",), "in-band": IN_BAND_TOOLS}
"""What each question runs through `become` or a `prefix`."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}\$?")
_PATH = re.compile(r"/[A-Za-z0-9_.+/-]{1,255}")
_PLAIN = re.compile(r"[A-Za-z0-9_.+/@-]+")
_MODE = re.compile(r"[-a-z][-rwxsStT]{9}")

_TEXT = (
    'fc_account() { echo "user=$(id -un)"; echo "groups=$(id -Gn)"; echo "host=$(uname -n)"; echo "clock=$(date +%s)"; '
    "grep -h -E '^ID(_LIKE)?=' /etc/os-release; "
    'for d in /var/log/journal /run/log/journal; do [ -d "$d" ] && echo "journal=$d"; done; '
    'for g in systemd-journal adm; do grep -q "^$g:" /etc/group && echo "log-group=$g" && break; done; '
    'for t in @TOOLS@; do p=$(command -v "$t") && echo "tool $t=$p"; done; '
    'for f in /dev/infiniband/umad*; do [ -e "$f" ] && echo "umad=$(ls -l "$f")"; done; true; }\n'
)


class AccountInquiry:
    """Asks one node who we are there. Facts `account.user`, `account.tool.iblinkinfo`, `account.root.in-band` …

    `account.root.QUESTION` is what a sudoers rule has to name for that question, where sudo stands before its tools.
    """

    def __init__(self, node: Node) -> None:
        self._commands = _commands(node)
        named = [command[0] for commands in self._commands.values() for command in commands]
        tools = dict.fromkeys(["sudo", "nvidia-smi", *(IN_BAND_TOOLS if node.in_band else ()), "dmesg", *named])
        self._text = _TEXT.replace("@TOOLS@", shlex.join(tools))
        self._sent = False

    def text(self) -> str:
        """The definition, once a shell."""
        text, self._sent = ("" if self._sent else self._text), True
        return text

    def call(self) -> str:
        """Always the same."""
        return "fc_account"

    def restart(self) -> None:
        """A new shell knows nothing."""
        self._sent = False

    def read(self, answer: Answer) -> Reading:
        """What was understood; what was not is not there."""
        said = list(_lines(answer.body))
        facts = dict(_facts(said))
        for key, value in said:
            if key == "clock" and value.isdigit() and len(value) < 12:
                facts["account.clock-ahead-s"] = f"{int(value) + 0.5 - (answer.asked_at + answer.at) / 2:.0f}"
        for question, commands in self._commands.items():
            rule = [one for command in commands if (one := _rule(command, facts)) is not None]
            facts[f"account.root.{question}"] = ", ".join(dict.fromkeys(rule))
        return Reading(facts={key: value for key, value in facts.items() if value})


def _commands(node: Node) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Question to the commands that sudo runs for it."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for question, tools in _TOOLS.items():
        become = node.become if question == "in-band" else None
        if question == "in-band" and node.in_band is None:
            continue
        whole = (shlex.split(f"{words(become)} {words(node.prefix.get(tool))} {tool}") for tool in tools)
        commands = tuple(tuple(behind) for one in whole if (behind := sudo.behind(one)))
        if commands:
            found[question] = commands
    return found


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    for line in body.decode("utf-8", "replace").splitlines():
        key, equals, value = line.partition("=")
        if equals:
            yield key, value.strip().strip("\"'")


def _facts(said: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    os: list[str] = []
    for key, value in said:
        if key in ("user", "log-group") and _NAME.fullmatch(value):
            yield f"account.{key}", value
        elif key == "groups":
            yield "account.groups", " ".join(filter(_NAME.fullmatch, value.split()))
        elif key == "host":
            yield "account.host", printable(value, 64)
        elif key in ("ID", "ID_LIKE"):
            os += filter(_NAME.fullmatch, value.split())
        elif key == "journal":
            yield "account.journal", "yes"
        elif key == "umad" and len(fields := value.split()) > 4 and _MODE.fullmatch(fields[0]):
            yield "account.umad.mode", fields[0]
            yield "account.umad.group", fields[3] if _NAME.fullmatch(fields[3]) else ""
        elif key.startswith("tool ") and _NAME.fullmatch(key[5:]) and _PATH.fullmatch(value):
            yield f"account.tool.{key[5:]}", value
    yield "account.os", " ".join(dict.fromkeys(os))


def _rule(command: tuple[str, ...], facts: Mapping[str, str]) -> str | None:
    """What sudoers calls this command: its path and, behind a `prefix` of several words, its arguments."""
    path = command[0] if command[0].startswith("/") else facts.get(f"account.tool.{command[0]}")
    if path is None or not all(map(_PLAIN.fullmatch, command)):
        return None
    return " ".join([path, *command[1:], "*"]) if len(command) > 1 else path
