"""Three well hosts and one to make sick, for all of the matrix; healed between its tests. And the ward."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from matrix_faults import FAULTS
from matrix_host import Host
from matrix_namespaces import lacking
from matrix_ward import Ward
from matrix_watch import SICK, WELL, Fabric


@pytest.fixture(scope="session")
def start_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Host]]:
    if missing := lacking():
        pytest.skip(f"the matrix {missing}")
    Path("/run/sshd").mkdir(exist_ok=True)
    root = tmp_path_factory.mktemp("matrix")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(root / "client")], check=True)
    pid = os.getpid()
    net = f"198.{18 + pid // 256 % 2}.{pid % 256}"  # set aside for benchmarks; workers have pids of their own
    hosts: list[Host] = []

    def start(name: str) -> Host:
        number = len(hosts)
        hosts.append(Host.made(name, number, net, root / f"{number}", root / "client.pub"))
        hosts[-1].start()
        return hosts[-1]

    yield start
    for host in hosts:
        host.down()


@pytest.fixture(scope="session")
def _fabric(start_host: Callable[[str], Host]) -> Fabric:
    well = tuple(start_host(name) for name in WELL)
    return Fabric(well=well, sick=(start_host(SICK),), root=well[0].root.parent)


@pytest.fixture
def fabric(_fabric: Fabric) -> Iterator[Fabric]:
    """Three well hosts and one that will be sick."""
    yield _fabric
    _fabric.host.heal()


@pytest.fixture(scope="session")
def ward(_fabric: Fabric, start_host: Callable[[str], Host]) -> Ward:
    """What became of every fault of the table; all are put in at once, beside the three well hosts."""
    sick = {fault.name: start_host(f"sick{number}") for number, fault in enumerate(FAULTS)}
    ward = Ward(_fabric.well, sick, _fabric.root)
    asyncio.run(ward.live())
    for host in sick.values():
        host.down()
    return ward
