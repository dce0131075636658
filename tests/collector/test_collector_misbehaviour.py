"""Sick and hostile servers: each costs its own cell and deadline, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import MSG_CHANNEL_CLOSE, MSG_CHANNEL_DATA, MSG_CHANNEL_OPEN_CONFIRMATION, MSG_KEXINIT
from asyncssh.packet import String, UInt32
from collector_rig import (
    FAST,
    LOG,
    SLOW,
    Echo,
    Keys,
    collector,
    fabric,
    free_port,
    only,
    sample_of,
    unanswered,
    watched,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.collector.connection import MOST_CHANNELS
from fabconsole.collector.flight import ROUNDS
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import Poll
from fabconsole.platforms.shell import unframe
from fabconsole.stream.records import Finished, NotBegun, Reason, Unanswered
from fabconsole.stream.source import Order

Process = asyncssh.SSHServerProcess[bytes]
Handler = Callable[[Process], Coroutine[Any, Any, None]]


class Anyone(asyncssh.SSHServer):
    """Lets everybody in."""

    def begin_auth(self, username: str) -> bool:
        return False


class Nobody(asyncssh.SSHServer):
    """Lets nobody in."""

    def public_key_auth_supported(self) -> bool:
        return True


def after_first_words(handler: Handler) -> Handler:
    """A shell that begins as every `sh` of ours does."""

    async def begun(process: Process) -> None:
        process.stdout.write(b"\x014711\n")
        await handler(process)

    return begun


@asynccontextmanager
async def serving(keys: Keys, handler: Handler | None, server: type[asyncssh.SSHServer] = Anyone) -> AsyncIterator[int]:
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=server,
        server_host_keys=[str(keys.host_key)],
        process_factory=handler and after_first_words(handler),
        line_editor=False,
        encoding=None,
    )
    port = acceptor.get_port()
    keys.trust(port)
    try:
        yield port
    finally:
        acceptor.close()


async def honest(process: Process) -> None:
    """Answers every framed question with its name."""
    async for line in process.stdin:
        if line.startswith(b"fc_ask "):
            _, nonce, name, *_ = line.split()
            process.stdout.write(b"\x02%b %b 12.5 boot\n%b\n\x03%b %b 0\n" % (nonce, name, name, nonce, name))
    process.exit(0)


async def silent(process: Process) -> None:
    await asyncio.Event().wait()


async def closing(process: Process) -> None:
    """Goes away in the middle of an answer."""
    async for line in process.stdin:
        if line.startswith(b"fc_ask "):
            _, nonce, name, *_ = line.split()
            process.stdout.write(b"\x02%b %b 12.5 boot\nhalf an ans" % (nonce, name))
            process.exit(1)
            return


async def garbling(process: Process) -> None:
    """Repeats the nonce in a trailer without a head."""
    async for line in process.stdin:
        if line.startswith(b"fc_ask "):
            _, nonce, name, *_ = line.split()
            process.stdout.write(b"??\n\x03%b %b 0\n" % (nonce, name))


async def flooding(process: Process) -> None:
    """Talks without being asked, and never stops."""
    try:
        while True:
            process.stdout.write(b"\x1b[2Jspam" * 4096)
            await process.stdout.drain()
    except (BrokenPipeError, ConnectionError):
        process.exit(0)


async def slow_frames(process: Process) -> None:
    """Gives its answer in pieces, some time apart."""
    async for line in process.stdin:
        if line.startswith(b"fc_ask "):
            _, nonce, name, *_ = line.split()
            for piece in (b"\x02%b %b 12.5 boot\none\n" % (nonce, name), b"two\n", b"\n\x03%b %b 0\n" % (nonce, name)):
                process.stdout.write(piece)
                await process.stdout.drain()
                await asyncio.sleep(0.05)


class Breaking(Anyone):
    """Begins half a key exchange instead of saying whether a command runs, and says nothing more."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return HalfExchange(self._conn)


class Refusing(Anyone):
    """Opens sessions, and executes nothing in them."""

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return asyncssh.SSHServerSession()


class Superfluous(Anyone):
    """Opens sessions by a word that has more behind it than any has."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        send = conn.send_packet

        def longer(number: int, *said: bytes, **how: Any) -> None:
            send(number, *said, *((b"more",) if number == MSG_CHANNEL_OPEN_CONFIRMATION else ()), **how)

        conn.send_packet = longer  # type: ignore[method-assign]

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return asyncssh.SSHServerSession()


class HalfExchange(asyncssh.SSHServerSession[bytes]):
    """A session of `Breaking`."""

    def __init__(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn

    def exec_requested(self, command: str) -> bool:
        self._conn.send_packet(MSG_KEXINIT, bytes(20))
        self._conn.send_packet = lambda *said, **how: None  # type: ignore[method-assign]
        return True


class Cable:
    """TCP connections passed on to a server, until they are forgotten."""

    def __init__(self) -> None:
        self.port = 0
        self._ends: list[asyncio.StreamWriter] = []
        self._forgotten: set[asyncio.StreamWriter] = set()

    def forget(self) -> None:
        """Nothing passes on the present connections any more, and they stay open."""
        self._forgotten.update(self._ends)

    def close(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def join(self, to: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
        self._ends += (writer, far_writer)
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            if writer not in self._forgotten:
                writer.write(data)
        if writer not in self._forgotten:
            writer.close()


@asynccontextmanager
async def wire(to: int) -> AsyncIterator[Cable]:
    cable = Cable()
    server = await asyncio.start_server(lambda reader, writer: cable.join(to, reader, writer), "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    try:
        yield cable
    finally:
        server.close()
        cable.close()


def echo() -> Echo:
    return Echo("true")


async def test_a_server_that_breaks_the_protocol_costs_its_own_node(keys: Keys) -> None:
    async with serving(keys, None, Breaking) as sick, serving(keys, honest) as healthy:
        inventory = fabric(keys.ssh(), {"gpu0": sick, "gpu1": healthy}, Poll(fast_s=0.3, slow_s=1.0, timeout_s=0.6))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            (record, _) = await watching.until(unanswered("gpu0"), times=2)
            await watching.until(sample_of("gpu1"), times=5)
    assert isinstance(record, Unanswered)
    assert "PacketDecodeError" in record.detail


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (silent, Reason.STUCK),
        (closing, Reason.FAILED),
        (garbling, Reason.GARBLED),
        (flooding, Reason.OVERFLOW),
    ],
)
async def test_a_sick_server_costs_its_own_question(keys: Keys, handler: Handler, reason: Reason) -> None:
    async with serving(keys, handler) as sick, serving(keys, honest) as healthy:
        inventory = fabric(keys.ssh(), {"gpu0": sick, "gpu1": healthy}, Poll(fast_s=0.3, slow_s=1.0, timeout_s=0.6))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            await watching.until(unanswered("gpu0", reason), times=2)
            await watching.until(sample_of("gpu1"), times=5)
        assert not [record for record in watching.seen if unanswered("gpu1")(record)]
        assert not [record for record in watching.seen if sample_of("gpu0")(record)]
        for record in watching.seen:
            assert not isinstance(record, Unanswered) or record.detail.isprintable()


async def test_a_shell_that_is_over_as_soon_as_it_has_begun_is_not_begun_without_end(keys: Keys) -> None:
    begun: list[Process] = []

    async def vanishing(process: Process) -> None:
        begun.append(process)
        process.exit(0)

    async with serving(keys, vanishing) as port:
        inventory = fabric(keys.ssh(), {"gpu0": port}, Poll(fast_s=30, timeout_s=1.0))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.FAILED
    assert len(begun) <= ROUNDS


async def test_a_command_that_a_server_will_not_execute_was_not_begun(keys: Keys) -> None:
    async with (
        serving(keys, None, Refusing) as port,
        watched(collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: echo})) as watching,
    ):
        await watching.until(unanswered("gpu0", Reason.FAILED))
        await watching.collector.run(Order(run="r1", node="gpu0", command="true", deadline_s=5))
        (record,) = await watching.until(lambda one: isinstance(one, Finished))
    assert isinstance(record, Finished)
    assert isinstance(record.end, NotBegun)


async def test_a_session_that_opens_in_no_known_way_is_told_and_tried_again(keys: Keys) -> None:
    async with (
        serving(keys, None, Superfluous) as port,
        watched(collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: echo})) as watching,
    ):
        record, *_ = await watching.until(unanswered("gpu0", Reason.FAILED), times=2)
    assert isinstance(record, Unanswered)
    assert "opens no session: " in record.detail


async def test_a_server_that_closes_no_channel_loses_its_connection_before_they_pile_up(keys: Keys) -> None:
    async def clinging(process: Process) -> None:
        handlers = {**process.channel._packet_handlers, MSG_CHANNEL_CLOSE: lambda *packet: None}
        process.channel._packet_handlers = handlers  # type: ignore[misc]
        await garbling(process)

    async with serving(keys, clinging) as port:
        inventory = fabric(keys.ssh(), {"gpu0": port}, Poll(fast_s=0.1, timeout_s=1.0))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            await watching.until(unanswered("gpu0", Reason.GARBLED), times=MOST_CHANNELS)
            record = only(await watching.until(unanswered("gpu0", Reason.UNREACHABLE)))
    assert "it closes none" in record.detail


async def test_who_goes_on_flooding_a_closed_channel_is_hung_up_on(keys: Keys) -> None:
    hung_up = asyncio.Event()

    async def hounding(process: Process) -> None:
        closed = asyncio.Event()
        channel, connection = process.channel, process.channel.get_connection()
        handlers = {**channel._packet_handlers, MSG_CHANNEL_CLOSE: lambda *packet: closed.set()}
        channel._packet_handlers = handlers  # type: ignore[misc]
        theirs = channel._send_chan
        process.stdout.write(bytes(200_000))
        await closed.wait()
        while (transport := connection._transport) is not None:
            if transport.get_write_buffer_size() < 1 << 20:
                connection.send_packet(MSG_CHANNEL_DATA, UInt32(theirs), String(bytes(32_000)))
            await asyncio.sleep(0)
        hung_up.set()

    async with serving(keys, hounding) as port:
        inventory = fabric(keys.ssh(), {"gpu0": port}, Poll(fast_s=0.2, timeout_s=5.0))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            await watching.until(lambda one: isinstance(one, Unanswered) and "goes on flooding" in one.detail)
            await asyncio.wait_for(hung_up.wait(), 5)
    assert {one.reason for one in watching.seen if isinstance(one, Unanswered)} == {Reason.OVERFLOW}


async def test_a_half_open_connection_is_given_up_and_made_anew(keys: Keys) -> None:
    """As after a firewall forgot it: nothing comes, nobody says that it is over."""
    async with serving(keys, honest) as port, wire(port) as cable:
        keys.trust(cable.port)
        inventory = fabric(keys.ssh(), {"gpu0": cable.port}, Poll(fast_s=0.2, slow_s=1.0, timeout_s=0.5))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            await watching.until(sample_of("gpu0"), times=2)
            cable.forget()
            seen = len(watching.seen)
            await watching.until(unanswered("gpu0", Reason.TIMEOUT), after=seen)
            record = only(await watching.until(unanswered("gpu0", Reason.UNREACHABLE), after=seen))
            await watching.until(sample_of("gpu0"), times=2, after=seen)
    assert "no answer to an echo" in record.detail


async def test_a_refused_key_says_what_to_check(keys: Keys) -> None:
    async with (
        serving(keys, honest, Nobody) as port,
        watched(collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: echo})) as watching,
    ):
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.REFUSED
    assert "ssh.identity" in record.detail


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff\x1b[2J" * 100])
async def test_what_does_not_speak_ssh_is_unreachable(keys: Keys, greeting: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        if greeting:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        inventory = fabric(keys.ssh(), {"gpu0": port}, Poll(fast_s=0.3, timeout_s=0.4))
        async with watched(collector(inventory, {FAST: echo})) as watching:
            record = only(await watching.until(unanswered("gpu0")))
    finally:
        server.close()
    assert record.reason is Reason.UNREACHABLE
    assert record.detail.isprintable()


async def test_a_name_that_does_not_resolve_says_what_to_write(keys: Keys) -> None:
    inventory = fabric(keys.ssh(), {"gpu0": 22})
    node = inventory.nodes["gpu0"]
    inventory.nodes["gpu0"] = type(node)(name="gpu0", rack="r00", address="gpu0.invalid")  # type: ignore[index]
    async with watched(collector(inventory, {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNREACHABLE
    assert "address:" in record.detail or "within 1 s" in record.detail


async def test_a_server_that_comes_up_later_is_found(keys: Keys) -> None:
    port = free_port()
    keys.trust(port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: echo})) as watching:
        await watching.until(unanswered("gpu0", Reason.UNREACHABLE))
        acceptor = await asyncssh.listen(
            "127.0.0.1",
            port,
            server_factory=Anyone,
            server_host_keys=[str(keys.host_key)],
            process_factory=after_first_words(honest),
            encoding=None,
        )
        await watching.until(sample_of("gpu0"), times=2)
        acceptor.close()


async def test_pieces_of_a_long_answer_carry_the_time_they_came(keys: Keys) -> None:
    asked: list[Echo] = []

    def remember() -> Echo:
        asked.append(Echo("true"))
        return asked[-1]

    async with (
        serving(keys, slow_frames) as port,
        watched(collector(fabric(keys.ssh(), {"gpu0": port}), {SLOW: remember})) as watching,
    ):
        await watching.until(sample_of("gpu0", "gpu"))
    answer = asked[0].answers[0]
    assert answer.body == b"one\ntwo\n"
    assert [offset for offset, _ in answer.stamps] == [0, 4, 8]
    times = [at for _, at in answer.stamps]
    assert times == sorted(times)
    assert times[1] - times[0] > 0.02


async def test_closing_leaves_no_task_behind(keys: Keys) -> None:
    before = asyncio.all_tasks()
    async with serving(keys, honest) as healthy, serving(keys, silent) as sick:
        inventory = fabric(keys.ssh(), {"gpu0": healthy, "gpu1": sick, "gpu2": 1, "gpu3": 2})
        async with watched(collector(inventory, {FAST: echo, SLOW: echo})) as watching:
            await watching.until(sample_of("gpu0"), times=2)
        names = [task.get_name() for task in asyncio.all_tasks() - before]
        assert not [name for name in names if name.startswith(("collector", "session", "run"))]


class Broken(Echo):
    """Breaks its contract the second time, where nobody can tell whose question it was."""

    def call(self) -> str:
        if self.answers:
            raise RuntimeError("our own mistake")
        return super().call()


async def test_a_collector_that_broke_says_so_to_its_reader_and_is_left_in_peace(keys: Keys) -> None:
    async with serving(keys, honest) as port:
        source = collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: lambda: Broken("true")})
        with pytest.raises(SourceError, match="the collector broke: RuntimeError: our own mistake"):
            async for _ in source.records():
                pass
        await source.aclose()


async def test_closing_before_starting_and_twice_is_harmless(keys: Keys) -> None:
    source = collector(fabric(keys.ssh(), {"gpu0": 1}), {FAST: echo, LOG: echo})
    await source.aclose()
    await source.aclose()


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=200))
@settings(max_examples=200)
def test_any_bytes_are_a_frame_or_none_or_garbled(data: bytes, searched: int) -> None:
    for around in (
        data,
        b"\x02ab q 1 -\n" + data,
        data + b"\n\x03ab q 0\n",
        b"\x02ab q 1 -\n" + data + b"\n\x03ab q 0\n",
    ):
        try:
            frame = unframe(around, "ab", "q", min(searched, len(data)))
        except ValueError:
            continue
        assert frame is None or frame.end <= len(around)
