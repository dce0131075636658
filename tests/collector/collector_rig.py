"""Real and misbehaving SSH servers on loopback, a platform of three questions, and patience with a limit."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import pytest

from fabconsole.collector.collector import Collector
from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.inventory import Inventory, Node, Poll, Rack, SshAccess
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.platforms.question import Again, Answer, Question, Reading, Refusal, Rhythm
from fabconsole.stream.records import Reason, Record, Sample, Unanswered

SSHD = Path("/usr/sbin/sshd")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@dataclass
class Keys:
    """A user's key, a host's key and the known_hosts that knows it."""

    home: Path
    host_key: Path
    user_key: Path
    known_hosts: Path

    def ssh(self, **over: object) -> SshAccess:
        said: dict[str, object] = {
            "user": "root",
            "identity": (self.user_key,),
            "known_hosts": self.known_hosts,
            "jump": "none",
            "config": self.home / "ssh_config",
        }
        return SshAccess(**(said | over))  # type: ignore[arg-type]

    def trust(self, port: int, key: Path | None = None, host: str = "127.0.0.1") -> None:
        public = (key or self.host_key).with_suffix(".pub").read_text().split()
        with self.known_hosts.open("a") as known_hosts:
            known_hosts.write(f"[{host}]:{port} {public[0]} {public[1]}\n")


def hashed(name: str, salt: int = 7) -> str:
    """A name as `ssh-keygen -H` writes it."""
    said = salt.to_bytes(20, "big")
    digest = hmac.new(said, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(said).decode()}|{base64.b64encode(digest).decode()}"


def new_key(path: Path) -> Path:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(path))
    path.chmod(0o600)
    key.write_public_key(str(path.with_suffix(".pub")))
    return path


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    (tmp_path / "ssh_config").touch()
    known_hosts = tmp_path / "known_hosts"
    known_hosts.touch()
    return Keys(tmp_path, new_key(tmp_path / "host"), new_key(tmp_path / "user"), known_hosts)


@dataclass
class Sshd:
    """A running OpenSSH server and whatever it has forked."""

    process: subprocess.Popen[bytes]
    port: int

    def pids(self) -> list[int]:
        return [self.process.pid, *descendants(self.process.pid)]

    def cut(self) -> None:
        """End its connections as a power cut would: no process of theirs is told."""
        signalled(direct_children(self.process.pid), signal.SIGKILL)

    def stop(self) -> None:
        signalled(self.pids(), signal.SIGSTOP)

    def go_on(self) -> None:
        signalled(self.pids(), signal.SIGCONT)

    def kill(self) -> None:
        signalled(self.pids(), signal.SIGKILL)
        self.process.wait()


def signalled(pids: Iterable[int], number: signal.Signals) -> None:
    """Whichever of them is still there has the signal."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def direct_children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it ends while it is looked at
        return []


def descendants(pid: int) -> list[int]:
    return [one for child in direct_children(pid) for one in (child, *descendants(child))]


def marked(mark: str) -> list[str]:
    """Command lines of processes that have `mark` in their environment or arguments."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in words and place.name != str(os.getpid()):
            found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


def listening(port: int, log: Path, address: str = "127.0.0.1") -> None:
    """Wait until somebody listens there."""
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
            break
        except OSError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)


@pytest.fixture
def start_sshd(keys: Keys, tmp_path: Path) -> Iterator[Callable[..., Sshd]]:
    if not SSHD.exists():
        pytest.skip("needs openssh-server")
    if os.geteuid() != 0:
        pytest.skip("needs root, to run openssh-server")
    Path("/run/sshd").mkdir(exist_ok=True)
    started: list[Sshd] = []

    def start(port: int | None = None, host_key: Path | None = None, **options: str) -> Sshd:
        port = port or free_port()
        said = {
            "ListenAddress": f"127.0.0.1:{port}",
            "HostKey": str(host_key or keys.host_key),
            "AuthorizedKeysFile": str(keys.user_key.with_suffix(".pub")),
            "PidFile": "none",
            "UsePAM": "no",
            "StrictModes": "no",
            "PermitRootLogin": "yes",
            "SetEnv": f"FC_TEST={tmp_path.name}-{port} HOME={tmp_path}",
        }
        conf = tmp_path / f"sshd-{port}.conf"
        conf.write_text("".join(f"{name} {value}\n" for name, value in (said | options).items()))
        process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(conf)], stderr=(tmp_path / "sshd.log").open("ab"))
        listening(port, tmp_path / "sshd.log")
        started.append(Sshd(process, port))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def hanging(gate: Path) -> str:
    """A `ForceCommand` after which, while `gate` is there, nothing begins, as where a profile hangs."""
    return f'while [ -e {gate} ]; do sleep 0.05; done; eval "$SSH_ORIGINAL_COMMAND"'


@dataclass
class Echo:
    """An inquiry that runs shell text and gives what it printed as facts, with its state in the open."""

    definition: str
    rounds: int = 0
    """How often each asking wants to ask again."""
    sent: bool = False
    restarts: int = 0
    answers: list[Answer] = field(default_factory=list)
    again: int = 0
    name: str = "fc_test"

    def text(self) -> str:
        text, self.sent = "" if self.sent else f"{self.name}() {{ {self.definition}; }}\n", True
        return text

    def call(self) -> str:
        return self.name

    def read(self, answer: Answer) -> Reading | Refusal | Again:
        self.answers.append(answer)
        if self.again < self.rounds:
            self.again += 1
            return Again.NOW
        self.again = 0
        return Reading(facts={"said": answer.body.decode("utf-8", "replace"), "status": str(answer.status)})

    def restart(self) -> None:
        self.sent = False
        self.restarts += 1


@dataclass
class Lines:
    """A follower of lines: `live` says that history is over, every other line is an event."""

    text: str
    refusal: Refusal | None = None
    caught_up: bool = False
    scripts: int = 0
    rest: bytes = b""
    ends: list[int | None] = field(default_factory=list)
    new: str = "false"
    """Says what is new and ends, where the lines are not followed."""

    def script(self) -> str:
        self.scripts += 1
        return self.text

    def look(self) -> str:
        return self.new

    def feed(self, data: bytes, at: float) -> tuple[Event, ...]:
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.caught_up = self.caught_up or b"live" in lines
        return tuple(
            Event(at=at, node="gpu0", kind="log", severity=Severity.INFO, text=line.decode())
            for line in lines
            if line != b"live"
        )

    def ended(self, status: int | None, at: float) -> Refusal | None:
        self.ends.append(status)
        return self.refusal


FAST = Question(name="hca", rhythm=Rhythm.FAST, lane="fast", deadline_s=None, cap_bytes=100_000)
SLOW = Question(name="gpu", rhythm=Rhythm.SLOW, lane="slow", deadline_s=0.7, cap_bytes=100_000)
NVLINK = Question(name="nvlink", rhythm=Rhythm.SLOW, lane="slow", deadline_s=0.7, cap_bytes=100_000)
LOG = Question(name="log", rhythm=Rhythm.FOLLOW, lane="log", deadline_s=2.0, cap_bytes=100_000)


class Watching:
    """A collector with all it has said so far."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.seen: list[Record] = []
        self._news = asyncio.Condition()

    async def follow(self) -> None:
        async for batch in self.collector.records():
            async with self._news:
                self.seen += batch
                self._news.notify_all()

    async def until(
        self, wanted: Callable[[Record], bool], *, times: int = 1, within_s: float = 20, after: int = 0
    ) -> list[Record]:
        """The first `times` records that are wanted, once they are there."""

        def found() -> list[Record]:
            return [record for record in self.seen[after:] if wanted(record)]

        try:
            async with asyncio.timeout(within_s), self._news:
                await self._news.wait_for(lambda: len(found()) >= times)
        except TimeoutError:
            raise AssertionError(f"{len(found())} of {times} wanted; last: {self.seen[-6:]}") from None
        return found()[:times]


@asynccontextmanager
async def watched(collector: Collector) -> AsyncIterator[Watching]:
    watching = Watching(collector)
    task = asyncio.create_task(watching.follow())
    try:
        yield watching
    finally:
        await collector.aclose()
        await task


async def eventually(holds: Callable[[], object], within_s: float = 10) -> None:
    """Wait until a thing that no record tells is so."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s} s: {holds()!r}"
        await asyncio.sleep(0.02)


def fabric(ssh: SshAccess, ports: dict[str, int], poll: Poll | None = None) -> Inventory:
    """Nodes on loopback, one a port, in one rack."""
    nodes = {name: Node(name=name, rack="r00", address="127.0.0.1", port=port) for name, port in ports.items()}
    return Inventory(
        fabric="test",
        ssh=ssh,
        poll=poll or Poll(fast_s=0.2, slow_s=0.4, timeout_s=1.0),
        racks=(Rack(name="r00", nodes=tuple(nodes)),),
        nodes=nodes,
    )


def sample_of(node: str, question: str = "hca") -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Sample) and (record.node, record.question) == (node, question)


def unanswered(node: str, *reasons: Reason, question: str = "hca") -> Callable[[Record], bool]:
    return lambda record: (
        isinstance(record, Unanswered)
        and (record.node, record.question) == (node, question)
        and (not reasons or record.reason in reasons)
    )


def only(records: list[Record]) -> Unanswered:
    (record,) = records
    assert isinstance(record, Unanswered)
    return record


def collector(inventory: Inventory, asked: Mapping[Question, Callable[[], object]]) -> Collector:
    """A collector that asks every node the same questions."""
    return Collector(
        inventory,
        Thresholds(),
        questions=lambda node: tuple(asked),
        inquiry=lambda question, node: asked[question](),  # type: ignore[return-value,arg-type]
    )


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"needs {name}")
    return path


def echo() -> Echo:
    """A question with one answer."""
    return Echo("echo hello")
