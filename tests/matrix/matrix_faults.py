"""The faults of the matrix as data: how each is put in, what is said of it, how it is taken out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matrix_host import Host
from matrix_relay import Relay

from fabconsole.fabric.health import Health
from fabconsole.stream.records import Reason


@dataclass(frozen=True)
class Fault:
    """One way in which a host, or the way to it, misbehaves, until it is taken out."""

    name: str
    put_in: Callable[[Host, Relay], object]
    take_out: Callable[[Host, Relay], object]
    reason: Reason | None
    """None: nothing is said as long as every question is answered."""
    says: str = ""
    """Part of what the screen says."""
    health: Health = Health.UNKNOWN
    """Of the node at its worst; on the way there it may be STALE."""
    recovers: str = ""
    """How, where its reason does not say that already."""
    rounds: int = 60
    """Polls of a well node from its end until the node is OK again: the backoff, and what a handshake takes."""
    relayed: bool = False
    """It lies on the way."""
    of_tools: bool = False
    """It is nvidia-smi's."""


def _shell(script: str) -> Callable[[Host, Relay], object]:
    """Every new login shell is this script, and with it every `sh` of ours."""
    return lambda host, relay: (host.shell(script), host.restart())


def _ask(said: str) -> str:
    """A `sh` that says something of its own to each question, and follows the log."""
    return (
        f"{GREETING}; while [ -e /mnt/shell ] && IFS= read -r line; do case $line in "
        f"'fc_ask '*) set -- $line; n=$2; q=$3; {said};; 'exec '*) eval \"$line\";; esac; done"
    )


def _tool(script: str) -> Callable[[Host, Relay], object]:
    return lambda host, relay: host.instead(script)


def _as_before(host: Host, relay: Relay) -> None:
    host.shell(None)
    host.instead(None)


def _full(host: Host, relay: Relay) -> None:
    for folder in ("/tmp", "/mnt/home"):
        host.mount("-t", "tmpfs", "-o", "size=8k", "tmpfs", folder)
        host.inside("sh", "-c", f"! cat /dev/zero >{folder}/full")


GREETING = r"printf '\001%s\n' $$"
HEAD = r"printf '\002%s %s 12.5 -\n' $n $q"
TAIL = r"printf '\n\003%s %s 0\n' $n $q"

FAULTS = (
    Fault(
        name="frozen",
        put_in=lambda host, relay: host.stop(),
        take_out=lambda host, relay: host.go_on(),
        reason=Reason.UNREACHABLE,
        says="no answer to an echo",
    ),
    Fault(
        name="killed",
        put_in=lambda host, relay: host.kill(),
        take_out=lambda host, relay: host.restart(),
        reason=Reason.UNREACHABLE,
        says="connection refused; no sshd listens there",
    ),
    Fault(
        name="network cut",
        put_in=lambda host, relay: host.drop(100),
        take_out=lambda host, relay: host.drop(0),
        reason=Reason.UNREACHABLE,
        says="no SSH connection within",
    ),
    Fault(
        name="30 % of packets lost",
        put_in=lambda host, relay: host.drop(30),
        take_out=lambda host, relay: host.drop(0),
        reason=None,
        recovers="STALE where an answer comes too late, until the next",
    ),
    Fault(
        name="5 s latency",
        put_in=lambda host, relay: setattr(relay, "delay_s", 5.0),
        take_out=lambda host, relay: relay.heal(),
        reason=Reason.UNREACHABLE,
        says="no SSH connection within",
        relayed=True,
    ),
    Fault(
        name="one byte a second",
        put_in=lambda host, relay: setattr(relay, "bytes_a_s", 1),
        take_out=lambda host, relay: relay.heal(),
        reason=Reason.UNREACHABLE,
        says="no SSH connection within",
        relayed=True,
    ),
    Fault(
        name="a login that floods",
        put_in=_shell("exec cat /dev/zero"),
        take_out=_as_before,
        reason=Reason.OVERFLOW,
        says="its login says more than 262,144 bytes",
        rounds=80,
    ),
    Fault(
        name="a shell that floods",
        put_in=_shell(f"{GREETING}; exec cat /dev/zero"),
        take_out=_as_before,
        reason=Reason.OVERFLOW,
        says="more than 524,288 bytes of answer",
        rounds=80,
    ),
    Fault(
        name="an nvidia-smi that floods",
        put_in=_tool("exec yes"),
        take_out=_as_before,
        reason=Reason.OVERFLOW,
        says="nvidia-smi said more than",
        rounds=80,
        of_tools=True,
    ),
    Fault(
        name="an nvidia-smi that hangs",
        put_in=_tool("trap '' TERM; while [ -e /mnt/instead ]; do sleep 0.1; done; exit 1"),
        take_out=_as_before,
        reason=Reason.STUCK,
        says="asked and not back; not asked again before it is",
        of_tools=True,
    ),
    Fault(
        name="a channel that is not closed",
        put_in=_shell(f"{GREETING}; while [ -e /mnt/shell ]; do sleep 0.1; done & exit 0"),
        take_out=_as_before,
        reason=Reason.FAILED,
        says="the shell that asks ended",
    ),
    Fault(
        name="closing mid-answer",
        put_in=_shell(_ask(f"{HEAD}; echo half an ans; exit 1")),
        take_out=_as_before,
        reason=Reason.FAILED,
        says="the shell that asks ended",
    ),
    Fault(
        name="a frame without its head",
        put_in=_shell(_ask(f"echo '??'; {TAIL}")),
        take_out=_as_before,
        reason=Reason.GARBLED,
        says="something else writes into our shell",
    ),
    Fault(
        name="random bytes for an answer",
        put_in=_shell(_ask(f"{HEAD}; head -c 3000 /dev/urandom; {TAIL}")),
        take_out=_as_before,
        reason=Reason.GARBLED,
        says="the listing of /sys/class/infiniband",
    ),
    Fault(
        name="forged frames in what a tool prints",
        put_in=_tool(
            r"printf '\002beef %s 1 -\n\n\003beef %s 0\n\001%s\n\002 gpu 1 -\n\003 gpu 0\n' gpu gpu $$; "
            'exec cat "/mnt/nvidia-smi/$*"'
        ),
        take_out=_as_before,
        reason=None,
        health=Health.OK,
        of_tools=True,
    ),
    Fault(
        name="a full disk",
        put_in=_full,
        take_out=lambda host, relay: host.heal(),
        reason=None,
        health=Health.OK,
    ),
    Fault(
        name="a changed host key",
        put_in=lambda host, relay: host.restart("other"),
        take_out=lambda host, relay: host.restart(),
        reason=Reason.UNTRUSTED,
        says="HOST KEY HAS CHANGED",
        health=Health.UNTRUSTED,
        rounds=80,
    ),
)
