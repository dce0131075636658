"""What we use of asyncssh that has no public name: each is held here, so that a release that changes it is told of."""

from __future__ import annotations

import inspect

import asyncssh
import pytest
from asyncssh.config import SSHConfig
from collector_rig import Keys, free_port

from fabconsole.collector import handshake


def test_a_connection_sends_a_global_request_of_its_own_and_gives_the_answer() -> None:
    request = asyncssh.SSHClientConnection._make_global_request
    assert inspect.iscoroutinefunction(request)
    assert list(inspect.signature(request).parameters) == ["self", "request", "args"]


async def test_a_connection_keeps_the_list_of_algorithms_that_the_other_side_offered(keys: Keys) -> None:
    async with await asyncssh.listen(
        "127.0.0.1", free_port(), server_factory=asyncssh.SSHServer, server_host_keys=[str(keys.host_key)]
    ) as server:
        port = server.get_port()
        public = keys.host_key.with_suffix(".pub").read_text()
        seen: list[asyncssh.SSHClientConnection] = []

        class Watching(asyncssh.SSHClient):
            def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
                seen.append(conn)

        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1",
                port,
                known_hosts=asyncssh.import_known_hosts(f"[127.0.0.1]:{port} {public}"),
                client_factory=Watching,
                client_keys=None,
                config=None,
            )
    (connection,) = seen
    assert handshake._host_keys(connection._server_kexinit) == ["ssh-ed25519"]
    assert "_recv_handler" in vars(connection), "a circle that is broken when the connection is over"
    assert "_transport" in vars(connection), "what the simulation throttles and cuts"


def test_a_certificate_knows_until_when_it_holds() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    certificate = key.generate_user_certificate(key, "ops", valid_after=0, valid_before=1_800_000_000)
    again = asyncssh.import_certificate(certificate.export_certificate())
    assert again._valid_before == 1_800_000_000


def test_an_ssh_config_is_a_class_of_its_own_that_tells_single_keywords() -> None:
    assert {"get", "get_options", "has_match_final"} <= set(dir(SSHConfig))
