"""The records: everything a console knows arrived as one of these, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fabconsole.fabric.event import Event
from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.table import Table
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.stream.reason import FAR_SIDE as FAR_SIDE
from fabconsole.stream.reason import Reason as Reason
from fabconsole.stream.wanted import Settled, Wanted


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that a node is asked, and how often."""

    question: str
    interval_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first record, and every reload: what the fabric should be and how it is judged."""

    at: float
    inventory: Inventory
    thresholds: Thresholds
    asked: Mapping[str, tuple[Asked, ...]] = field(default_factory=dict)
    """Node to the questions it will be asked: what coverage counts against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one node answered to one question, once."""

    node: str
    question: str
    at: float
    """When the answer was complete, seconds since the epoch, by our clock."""
    latency_s: float
    clock_s: float
    """Seconds on the node's own steady clock (uptime) when it read; ours where it has none."""
    boot_id: str | None = None
    tables: tuple[Table, ...] = ()
    events: tuple[Event, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    """What stands once: `gpu0.uuid`, `gpus` ("8"), `driver`, why the log is only asked for now and then (`log.polled`);
    sanitised.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A question that was due and has no answer."""

    node: str
    question: str
    at: float
    reason: Reason
    detail: str
    """One sanitised line for the operator: what was tried and what was said."""
    since: float | None = None
    """For STUCK: when the asking that hangs was started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Events outside any answer: the followed kernel log, the session itself."""

    node: str
    at: float
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The far end of a switch port, as the subnet tells it."""

    port_guid: str
    """Port GUID of a host port, node GUID of a switch."""
    port: int
    description: str
    """Its node description, sanitised."""
    lid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SwitchReading:
    """One switch as the in-band sweep read it."""

    guid: str
    description: str
    lid: int | None
    clock_s: float
    """Host clock when its lines arrived."""
    table: Table
    """Kind PORTS, rows are port numbers as text. `PortState.could_be` where the tool said so."""
    peers: tuple[Peer | None, ...]
    """One a row; None: no peer, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetManager:
    """What `sminfo` says."""

    lid: int
    guid: str
    activity: int
    priority: int
    state: str
    """Master, Standby, Discovering, Not active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The whole subnet, once, from a host with the in-band role. Answers question `in-band`."""

    node: str
    """The host that asked."""
    at: float
    latency_s: float
    boot_id: str | None
    subnet: str
    switches: tuple[SwitchReading, ...]
    sm: SubnetManager | None
    """None: it did not answer, or was not asked."""
    sm_unasked: str = ""
    """Why the subnet manager was not asked, where it was not: then it is unknown, and not silent. Sanitised."""
    complete: bool
    """False: the error query broke off or had failures, so a port it left out is not known to be clean."""
    remark: str = ""
    """Why not complete, for the operator; sanitised."""
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A piece of what a command prints, at most 64 kB."""

    run: str
    node: str
    data: bytes
    """Raw: whoever shows it sanitises it."""


@dataclass(frozen=True, slots=True)
class Exited:
    """It ran to its own end."""

    status: int


@dataclass(frozen=True, slots=True)
class CutShort:
    """It has no exit status: a signal, its deadline, an operator or the end of its connection came before.

    How far it came is not known; where the connection was lost at once, not even that it began.
    """

    why: str
    """Sanitised."""


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Nothing of it was executed: there was no way to its node, no session to be had there, or it was cancelled."""

    why: str
    """Sanitised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command is over on one node."""

    run: str
    node: str
    at: float
    elapsed_s: float
    """Since it was ordered."""
    end: Exited | CutShort | NotBegun
    truncated: bool = False
    """More was said than the byte cap lets through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Something of ours that opens nodes until a moment: told when it is read, and when another is in its place."""

    at: float
    name: str
    """`certificate ~/.ssh/id_ed25519-cert.pub`, sanitised; the same for what takes its place."""
    until: float
    """Seconds since the epoch; infinite where it is ours no more."""


Record = Opening | Sample | Unanswered | Happened | Sweep | Output | Finished | Credential | Wanted | Settled
