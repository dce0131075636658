"""How far a machine goes before it falls silent: cut off, frozen and overloaded are told apart where we can know."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncssh
import pytest
from collector_rig import Keys, Sshd, eventually, free_port

from fabconsole.collector import unheard
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure
from fabconsole.collector.login import Login
from fabconsole.collector.options import Access
from fabconsole.collector.ramp import Entrance, Ramp

StartSshd = Callable[..., Sshd]


async def to(keys: Keys, port: int, through: Connection | None = None) -> Connection:
    dial = await Access(keys.ssh()).dial("127.0.0.1", user=None, port=port)
    return await Login(dial, through=through, deadline_s=0.5, clock=time.time).connected(Entrance(Ramp(), 0))


async def refused(keys: Keys, port: int, through: Connection | None = None) -> Failure:
    with pytest.raises(NotConnectedError) as caught:
        await to(keys, port, through)
    return caught.value.failure


@contextmanager
def listening(*, dropping: bool) -> Iterator[int]:
    """A port at which nobody takes a connection that the kernel has made; `dropping`: its queue is full, and what comes
    is dropped as behind a firewall.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0 if dropping else 16)
        queued = [socket.socket() for _ in range(2 if dropping else 0)]
        for one in queued:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for one in queued:
            one.close()


@asynccontextmanager
async def greeting() -> AsyncIterator[int]:
    """Says that it speaks SSH, and nothing more."""
    writers: list[asyncio.StreamWriter] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.close()


async def test_what_is_cut_off_sends_no_packet_back(keys: Keys) -> None:
    with listening(dropping=True) as port:
        assert (await refused(keys, port)).said == "no SSH connection within 0.5 s: no packet comes back"


async def test_a_frozen_machine_takes_connections_and_does_not_greet(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    sshd.stop()
    assert "within 0.5 s: connected, and no SSH banner comes; frozen" in (await refused(keys, sshd.port)).said


async def test_one_that_greets_and_then_falls_silent_is_told_so(keys: Keys) -> None:
    async with greeting() as port:
        assert "within 0.5 s: its SSH banner comes, and then it falls silent" in (await refused(keys, port)).said


async def test_a_login_that_hangs_is_no_machine_that_does(keys: Keys) -> None:
    class Pondering(asyncssh.SSHServer):
        async def begin_auth(self, username: str) -> bool:  # type: ignore[override]
            await asyncio.Event().wait()
            return True

    server = await asyncssh.listen("127.0.0.1", 0, server_factory=Pondering, server_host_keys=[str(keys.host_key)])
    async with server:
        keys.trust(server.get_port())
        assert "within 0.5 s: it does not come to the end of a login" in (await refused(keys, server.get_port())).said


async def test_a_jump_host_that_gets_no_answer_is_named(keys: Keys, start_sshd: StartSshd) -> None:
    jump = start_sshd()
    keys.trust(jump.port)
    through = await to(keys, jump.port)
    with listening(dropping=True) as port:
        failure = await refused(keys, port, through)
    assert failure.said.endswith(f"jump host root@127.0.0.1:{jump.port} gets no connection to it")
    assert failure.target == f"root@127.0.0.1:{port}"
    through.close()


async def test_a_jump_host_without_a_way_is_named_and_so_is_what_was_dialled(keys: Keys, start_sshd: StartSshd) -> None:
    jump, nowhere = start_sshd(), free_port()
    keys.trust(jump.port)
    through = await to(keys, jump.port)
    failure = await refused(keys, nowhere, through)
    assert failure.detail == (
        f"jump host root@127.0.0.1:{jump.port} has no way to it: Connection refused · root@127.0.0.1:{nowhere}"
    )
    through.close()


async def test_the_kernel_of_a_frozen_machine_goes_on_acknowledging(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    connection = await to(keys, sshd.port)
    sshd.stop()
    assert not await connection.answers()
    assert connection.unanswered == (
        "no answer to an echo within 0.5 s, though its kernel acknowledges our packets: frozen, or overloaded?"
    )
    connection.close()


async def test_behind_a_jump_host_nobody_knows_what_the_kernel_does(keys: Keys, start_sshd: StartSshd) -> None:
    jump, node = start_sshd(), start_sshd()
    keys.trust(jump.port)
    keys.trust(node.port)
    through = await to(keys, jump.port)
    connection = await to(keys, node.port, through)
    assert connection.unanswered == "no answer to an echo within 0.5 s"
    connection.close()
    through.close()


async def test_what_is_not_acknowledged_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        theirs, _ = server.accept()
        with theirs:
            ours.send(b"echo")
            await eventually(lambda: "acknowledges our packets" in str(unheard.why(ours)))
            ours.setblocking(False)
            with pytest.raises(BlockingIOError):  # its window is full: what is under way now waits for an answer
                while True:
                    ours.send(bytes(1 << 20))
            assert "cut off" in str(unheard.why(ours))
    assert unheard.why(ours) is None
