"""What of an ssh_config is not honoured, so that nobody has to find out in an incident."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fabconsole.collector.ssh_config_values import SYSTEM_CONFIG
from fabconsole.collector.ssh_keywords import unknown
from fabconsole.fabric.printable import printable

_KEYWORD = re.compile(r"([^\s=]+)[\s=]*(.*)", re.DOTALL)
_WHOLE_LINE = frozenset({"proxycommand", "remotecommand"})
"""Keywords whose value is all that follows."""
_WITH_TOKENS = frozenset({"certificatefile", "forwardagent", "identityagent", "identityfile", "proxycommand"})

_INSTEAD = {
    "compression": "answers are small and always sent plain",
    "connecttimeout": "poll.timeout holds",
    "serveraliveinterval": "a silent node is asked for an echo",
    "serveralivecountmax": "a silent node is asked for an echo",
    "preferredauthentications": "public keys and certificates alone are offered",
    "remotecommand": "a shell is opened",
    "requesttty": "no terminal is asked for",
    "sendenv": "no environment is sent",
    "setenv": "no environment is sent",
    "forwardagent": "no agent is forwarded",
    "forwardx11": "no display is forwarded",
    "stricthostkeychecking": "ssh.host_keys in the inventory holds",
    "gssapiauthentication": "public keys and certificates alone are offered",
    "controlmaster": "connections are our own, one a node",
    "controlpath": "connections are our own, one a node",
    "controlpersist": "connections are our own, one a node",
    "checkhostip": "names alone are looked up in known_hosts, what they lead to is not",
    "verifyhostkeydns": "known_hosts alone decides",
    "updatehostkeys": "only a host without a key is learned, with accept-new",
    "hashknownhosts": "learned keys are written plain",
    "knownhostscommand": "known_hosts files alone decide",
    "localforward": "nothing is forwarded",
    "remoteforward": "nothing is forwarded",
    "dynamicforward": "nothing is forwarded",
    "localcommand": "no local command is run",
    "addkeystoagent": "keys are not added",
    "securitykeyprovider": "hardware keys work through the agent",
    "proxyusefdpass": "ProxyCommand is spoken to through its pipes",
    "pubkeyacceptedalgorithms": "asyncssh's own list holds",
    "revokedhostkeys": "only @revoked lines of known_hosts are looked at",
    "nohostauthenticationforlocalhost": "host keys are always verified",
    "requiredrsasize": "keys of any length are used",
    "canonicalizehostname": "names are dialled as they are written",
    "hostbasedauthentication": "public keys and certificates alone are offered",
    "pkcs11provider": "hardware keys work through the agent",
    "connectionattempts": "a lost node is dialled again for as long as the console runs",
    "bindinterface": "BindAddress works",
    "tunnel": "nothing is forwarded",
}


_MATCHES = frozenset({"all", "exec", "final", "host", "localuser", "originalhost", "tagged", "user"})
_NO_MATCH = {
    "canonical": "never holds: names are dialled as they are written",
    "localnetwork": "needs the Python package ifaddr, else no host can be resolved",
}
_TOKENS = re.compile(r"%[fHIjkKtT]")
_SHIPPED = frozenset({"sendenv", "hashknownhosts", "gssapiauthentication"})
"""What Debian and others ship in the system's own file: nobody there has meant it for us."""
_DEEP = 16
"""Includes within includes, as ssh allows them."""


@dataclass(frozen=True, slots=True)
class ConfigLine:
    """One line that is no comment."""

    file: Path
    number: int
    keyword: str
    words: tuple[str, ...]


def unhonoured(*configs: Path) -> tuple[str, ...]:
    """What of these files, and of those they include, has no effect here or not ssh's.

    Each as `file:line: Keyword: what holds instead`; what is to be said of several lines is said at the first of
    them. Raises OSError where a file cannot be read.
    """
    first: dict[tuple[str, str], ConfigLine] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for config in configs:
        ignored = ""
        for line in config_lines(config):
            if line.keyword.lower() == "ignoreunknown":
                ignored = ",".join((ignored, *line.words))
            if line.file == SYSTEM_CONFIG and line.keyword.lower() in _SHIPPED:
                continue
            for said in _said(line, ignored):
                first.setdefault((line.keyword.lower(), said), line)
                counts[line.keyword.lower(), said] += 1
    return tuple(
        f"{line.file}:{line.number}: {printable(line.keyword)}: {printable(said)}{_and(counts[keyword, said] - 1)}"
        for (keyword, said), line in first.items()
    )


def config_lines(config: Path, *, depth: int = 0) -> Iterator[ConfigLine]:
    """Every line of a file and, in their places, of what it includes. Raises OSError."""
    for number, raw in enumerate(config.read_text("utf-8", "replace").splitlines(), 1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        keyword, rest = _KEYWORD.match(text).groups()  # type: ignore[union-attr]  # it matches whatever is there
        line = ConfigLine(config, number, keyword, _words(rest))
        yield line
        if keyword.lower() == "include" and depth < _DEEP:
            for included in _included(line):
                yield from config_lines(included, depth=depth + 1)


def _included(line: ConfigLine) -> Iterator[Path]:
    """In the order in which ssh reads them. A relative one is of ~/.ssh, whoever includes it."""
    for word in line.words:
        with suppress(RuntimeError):  # no such user's home directory: asyncssh says so at the first host
            place = Path("~/.ssh").expanduser() / Path(word).expanduser()
            found = Path(place.anchor).glob(str(place.relative_to(place.anchor)))
            yield from (file for file in sorted(found) if file.is_file())


def _said(line: ConfigLine, ignored: str) -> Iterator[str]:
    keyword = line.keyword.lower()
    if strange := unknown(keyword, ignored):
        yield strange
    if instead := _INSTEAD.get(keyword):
        yield instead
    if keyword == "match":
        yield from _unmatched(line.words)
    if keyword == "include" and any("[" in word or "?" in word or "*" in word for word in line.words):
        yield from _disorder(line)
    if any(word.startswith("#") for word in line.words) and keyword not in _WHOLE_LINE:
        yield "a comment behind a value is not understood, and no host of its block can be resolved; give it a line"
    if keyword in _WITH_TOKENS and (token := _TOKENS.search(" ".join(line.words))):
        yield f"{token[0]} is not understood, and no host of its block can be resolved"


def _unmatched(words: Sequence[str]) -> Iterator[str]:
    rest = list(words)
    while rest:
        criterion = rest.pop(0).lower().removeprefix("!")
        criterion, equals, value = criterion.partition("=")
        if criterion not in ("all", "canonical", "final") and not equals and rest:
            value = rest.pop(0)
        if criterion in _NO_MATCH:
            yield f"{criterion} {_NO_MATCH[criterion]}"
        elif criterion not in _MATCHES:
            yield f"{criterion} is not understood, and no host can be resolved"
        elif criterion == "exec" and "%" in value:
            yield "exec gets its command with % as it is written: no token is filled in"


def _disorder(line: ConfigLine) -> Iterator[str]:
    """asyncssh reads what a pattern finds in the order of the directory, and the first value wins."""
    if len(list(_included(line))) > 1:
        yield "the files are read in no order; where two speak of the same host, include them one by one"


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def _and(more: int) -> str:
    return f" (and {more:,} lines more)" if more > 1 else " (and one line more)" if more else ""
