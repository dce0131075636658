"""The kernel log of a simulated host, as its journal keeps it: every line with its time and its cursor."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fabconsole.sim.effects import Message
from fabconsole.sim.files import FIRMWARE
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.nvidia_details import DRIVER

ALWAYS = ("__CURSOR", "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "_BOOT_ID")
"""What `-o json` prints of a line whatever `--output-fields` says."""

HCA_AFTER_S, HCA_APART_S = 11.0, 1.5
"""From the kernel's start to its first HCA, and from one to the next."""


@dataclass(frozen=True)
class Journal:
    """All that a host's kernel will ever have said. Lines are numbered from 0, in order of time."""

    machine: Machine

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """Every line."""
        said = self.machine.fabric.effects.messages.get(self.machine.host.name, [])
        return tuple(sorted((*_boots(self.machine), *said)))

    @cached_property
    def _times(self) -> list[float]:
        return [message.at for message in self.messages]

    def first_of_boot(self, t: float) -> int:
        """The number of the first line of the boot that `t` is in."""
        clock = self.machine.clock
        return bisect_left(self._times, clock.boots[clock.booted(t)])

    def said_by(self, t: float) -> int:
        """How many lines there are at `t`."""
        return bisect_right(self._times, t)

    def cursor(self, number: int) -> str:
        """Where a line stands."""
        host, message = self.machine.host, self.messages[number]
        monotonic, realtime = self._stamps(message)
        boot = self.machine.clock.boot_id(message.at).replace("-", "")
        return f"s={host.machine_id};i={number + 1:x};b={boot};m={monotonic:x};t={realtime:x};x={number * 40503 + 1:x}"

    def after(self, cursor: str) -> int | None:
        """The number of the first line after `cursor`; None where it is none of ours."""
        if f"s={self.machine.host.machine_id};i=" not in cursor:
            return None
        number = int(cursor.partition(";i=")[2].partition(";")[0], 16)
        return number if number <= len(self.messages) and self.cursor(number - 1) == cursor else None

    def entry(self, number: int, fields: Sequence[str] | None) -> str:
        """A line as `journalctl -o json` prints it; `fields` are those of `--output-fields`."""
        host, message = self.machine.host, self.messages[number]
        monotonic, realtime = self._stamps(message)
        said = {
            "__CURSOR": self.cursor(number),
            "__REALTIME_TIMESTAMP": str(realtime),
            "__MONOTONIC_TIMESTAMP": str(monotonic),
            "_BOOT_ID": self.machine.clock.boot_id(message.at).replace("-", ""),
            "_MACHINE_ID": host.machine_id,
            "_HOSTNAME": host.name,
            "_RUNTIME_SCOPE": "system",
            "_TRANSPORT": "kernel",
            "SYSLOG_FACILITY": "0",
            "SYSLOG_IDENTIFIER": "kernel",
            "PRIORITY": str(message.priority),
            "_SOURCE_MONOTONIC_TIMESTAMP": str(monotonic),
            "MESSAGE": _as_json(message.text),
        }
        shown = {name: text for name, text in said.items() if fields is None or name in (*ALWAYS, *fields)}
        return json.dumps(shown, separators=(",", ":"))

    def _stamps(self, message: Message) -> tuple[int, int]:
        """Microseconds since boot, and since the epoch."""
        monotonic = max(0, round(self.machine.clock.uptime_s(message.at) * 1e6))
        return monotonic, round(self.machine.wall(message.at) * 1e6)


def _as_json(text: str) -> str | list[int]:
    """journalctl writes as a list of octets what holds characters that it will not print."""
    return text if text.replace("\t", "").isprintable() else list(text.encode())


def _boots(machine: Machine) -> Iterator[Message]:
    """What is said while a host boots, each time: all well."""
    for began in machine.clock.boots:
        yield Message(began, "Linux version 6.8.0-60-generic (buildd@lcy02-amd64-046)", 5)
        for number, hca in enumerate(machine.host.hcas):
            at = began + HCA_AFTER_S + HCA_APART_S * number
            device = f"mlx5_core {hca.pci}"
            yield Message(at, f"{device}: firmware version: {FIRMWARE}", 6)
            yield Message(at, f"{device}: 504.112 Gb/s available PCIe bandwidth (32.0 GT/s PCIe x16 link)", 6)
            yield Message(at, f"{device}: Port module event: module 0, Cable plugged", 6)
        loaded = f"NVRM: loading NVIDIA UNIX x86_64 Kernel Module  {DRIVER}  Tue Sep 23 10:11:16 UTC 2025"
        yield Message(began + HCA_AFTER_S, loaded, 6)
