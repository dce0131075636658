"""What of an ssh_config is not honoured, so that nobody has to find out in an incident."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fabconsole.fabric.printable import printable

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
}


def unhonoured(config: Path) -> tuple[str, ...]:
    """Lines of `config` that have no effect here, as `file:line: Keyword: what holds instead`.

    Looks at this file alone, not at what it includes. Raises OSError.
    """
    return tuple(_found(config))


def _found(config: Path) -> Iterator[str]:
    for number, line in enumerate(config.read_text("utf-8", "replace").splitlines(), 1):
        words = line.replace("=", " ", 1).split(None, 1)
        instead = _INSTEAD.get(words[0].lower()) if words else None
        if instead is not None:
            yield f"{config}:{number}: {printable(words[0])}: {instead}"
