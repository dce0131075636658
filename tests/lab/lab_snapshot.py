"""`fabconsole snapshot --json` on the lab, with faults put in while it runs, and what stands out in its answer."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import Lab

QUIET = frozenset({"OK", "EXPECTED-DOWN", "NOT-SUPPORTED"})
PATIENCE_S = 45.0
POLLS, INTERVAL_S = 4, 0.5


@dataclass(frozen=True)
class Picture:
    """What a snapshot said, and its exit code."""

    document: dict[str, Any]
    code: int

    def port(self, end: str) -> dict[str, Any]:
        return next(port for port in self.document["ports"] if port["end"] == end)

    def nvlink(self, end: str) -> dict[str, Any]:
        return next(link for link in self.document["nvlinks"] if link["end"] == end)

    def node(self, name: str) -> dict[str, Any]:
        return next(node for node in self.document["nodes"] + self.document["switches"] if node["node"] == name)

    @property
    def sick(self) -> dict[str, str]:
        """Every port and NVLink that is not well, and its health."""
        links = [*self.document["ports"], *self.document["nvlinks"]]
        return {link["end"]: link["health"] for link in links if link["health"] not in QUIET}

    @property
    def sick_nodes(self) -> set[str]:
        """Every host and switch that is not well."""
        nodes = self.document["nodes"] + self.document["switches"]
        return {node["node"] for node in nodes if node["health"] not in QUIET}

    @property
    def events(self) -> list[tuple[str, str, int | None]]:
        """Node, kind and code of every event that is a fault."""
        return [
            (event["node"], event["kind"], event["code"])
            for event in self.document["events"]
            if event["severity"] in ("WARN", "CRIT")
        ]


def snapshot(
    lab: Lab, fault: Callable[[], object] | None = None, *, polls: int = POLLS, interval_s: float = INTERVAL_S
) -> Picture:
    """Run it. `fault` happens once every question has been asked twice, so that two polls are left to see it."""
    before = {name: host.gpus.asked("nvlink -e") for name, host in lab.hosts.items()}
    swept = next(host for host in lab.hosts.values() if host.number == 0)
    sweeps = swept.swept()
    words = ["snapshot", "-c", str(lab.inventory), "--polls", str(polls), "--interval", str(interval_s), "--json"]
    running = subprocess.Popen(
        [str(Path(sys.executable).with_name("fabconsole")), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    if fault is not None:
        while swept.swept() < sweeps + 2 or any(
            host.gpus.asked("nvlink -e") < before[name] + 2 for name, host in lab.hosts.items()
        ):
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < deadline, "not every host is asked"
            time.sleep(0.02)
        fault()
    out, error = running.communicate(timeout=PATIENCE_S)
    assert not error, error
    return Picture(json.loads(out), running.returncode)
