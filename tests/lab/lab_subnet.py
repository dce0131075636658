"""The lab's InfiniBand subnet: `ibsim` from a generated netfile, and a real `opensm` that sweeps it.

Rails: HCAs 0 to 3 of every host hang on leaf01, 4 to 7 on leaf02, in host order; each leaf has two links to each spine,
and two ports that never had a peer. ibsim trains every link to 4X SDR. Its console takes the faults.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LIBRARIES = ("/usr/lib/x86_64-linux-gnu/umad2sim/libumad2sim.so", "/usr/lib/umad2sim/libumad2sim.so")
TOOLS = {name: f"/usr/sbin/{name}" for name in ("iblinkinfo", "ibqueryerrors", "perfquery", "sminfo")}
SPINES = ("spine01", "spine02")
RAILS_A_LEAF = 4
UPLINKS = 2
SPARE = 2


def hca_guid(host: int, hca: int, hcas: int) -> int:
    """Node GUID that ibsim gives to the HCA, by its place in the netfile; its only port's is one more."""
    return 0x100000 + 2 * (host * hcas + hca)


def sim_host(host: str) -> str:
    """Name of a host's HCAs in the netfile, without their number."""
    return f"H-{host}"


def library() -> str | None:
    """Where libumad2sim is."""
    places = [*LIBRARIES, *map(str, Path("/usr/lib").glob("*/umad2sim/libumad2sim.so"))]
    return next((place for place in places if Path(place).exists()), None)


@dataclass
class Switch:
    """One switch, faults by ibsim's console."""

    subnet: Subnet
    name: str

    def set(self, port: int, **counters: int) -> None:
        """Counters, by their PMA names, read this from now on: `set(3, SymbolErrorCounter=77)`."""
        for counter, value in counters.items():
            self.subnet.touched.add((self.name, port, counter))
            self.subnet.say(f'PerformanceSet "{self.name}"[{port}] PortCounters.{counter}={value}')

    def unlink(self, port: int) -> None:
        """Pull the cable of a port."""
        self.subnet.unlinked.append(f'"{self.name}"[{port}]')
        self.subnet.say(f"Unlink {self.subnet.unlinked[-1]}")

    def mute(self, *, attribute: int) -> None:
        """It stops answering requests for an attribute (29: PortCountersExtended)."""
        self.subnet.muted.add((self.name, attribute))
        self.subnet.say(f'Error "{self.name}" 100 {attribute}')

    def vanish(self) -> None:
        """Pull all its cables: to the subnet it is gone."""
        self.subnet.unlinked.append(f'"{self.name}"')
        self.subnet.say(f"Unlink {self.subnet.unlinked[-1]}")


@dataclass
class Subnet:
    """ibsim and opensm. `start`, faults through `Switch`, `heal`, `close`."""

    hosts: tuple[str, ...]
    hcas: int
    root: Path
    socket: str
    environment: dict[str, str]
    umad_library: str
    touched: set[tuple[str, int, str]] = field(default_factory=set)
    unlinked: list[str] = field(default_factory=list)
    muted: set[tuple[str, int]] = field(default_factory=set)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _said: bytearray = field(default_factory=bytearray)

    @property
    def leaves(self) -> tuple[str, ...]:
        """As many as the rails need."""
        return tuple(f"leaf{number + 1:02}" for number in range(-(-self.hcas // RAILS_A_LEAF)))

    def port(self, host: int, hca: int) -> tuple[str, int]:
        """The leaf and the port on it that an HCA hangs on."""
        return self.leaves[hca // RAILS_A_LEAF], host * RAILS_A_LEAF + hca % RAILS_A_LEAF + 1

    def netfile(self) -> str:
        """Switches and HCAs, linked."""
        below = len(self.hosts) * RAILS_A_LEAF
        ports = below + UPLINKS * len(SPINES) + SPARE
        blocks = []
        for number, leaf in enumerate(self.leaves):
            down = [
                f'[{port}]\t"{sim_host(name)}-{hca}"[1]'
                for host, name in enumerate(self.hosts)
                for hca in range(self.hcas)
                for at, port in [self.port(host, hca)]
                if at == leaf
            ]
            up = [
                f'[{below + 1 + spine * UPLINKS + link}]\t"{name}"[{number * UPLINKS + link + 1}]'
                for spine, name in enumerate(SPINES)
                for link in range(UPLINKS)
            ]
            blocks.append("\n".join([f'Switch\t{ports} "{leaf}"\t# "{leaf}"', *down, *up]))
        for spine, name in enumerate(SPINES):
            down = [
                f'[{number * UPLINKS + link + 1}]\t"{leaf}"[{below + 1 + spine * UPLINKS + link}]'
                for number, leaf in enumerate(self.leaves)
                for link in range(UPLINKS)
            ]
            blocks.append("\n".join([f'Switch\t{UPLINKS * len(self.leaves) + SPARE} "{name}"\t# "{name}"', *down]))
        for host, name in enumerate(self.hosts):
            for hca in range(self.hcas):
                leaf, port = self.port(host, hca)
                blocks.append(f'Hca\t1 "{sim_host(name)}-{hca}"\t# "{name} mlx5_{hca}"\n[1]\t"{leaf}"[{port}]')
        return "\n\n".join(blocks) + "\n"

    def start(self, deadline: float) -> None:
        """Run the simulator, then the subnet manager; returns when every link is Active. Raises RuntimeError."""
        netfile = self.root / "netfile"
        netfile.write_text(self.netfile())
        simulator = self._run(["ibsim", "-s", str(netfile)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, args=(simulator,), daemon=True).start()
        self._until(lambda: b"sim>" in self._said, deadline, "ibsim does not start")
        with (self.root / "opensm.out").open("wb") as out:
            words = ["opensm", "-f", str(self.root / "opensm.log"), "-s", "2"]
            self._run(words, stdin=subprocess.DEVNULL, stdout=out, **self._preloaded())
        self.settle(deadline)

    def settle(self, deadline: float) -> None:
        """Until the manager has made every linked port Active. Raises RuntimeError."""
        self._until(self._active, deadline, "opensm does not bring the links up")

    def say(self, command: str) -> None:
        """One line to ibsim's console; returns when it has been carried out."""
        prompts = self._said.count(b"sim>")
        stdin = self.processes[0].stdin
        if stdin is None:
            raise RuntimeError("ibsim has no console")
        stdin.write(command.encode() + b"\n")
        stdin.flush()
        self._until(lambda: self._said.count(b"sim>") > prompts, time.monotonic() + 5, f"ibsim hangs at {command}")

    def heal(self) -> None:
        """Take every fault back; returns when the links are up again."""
        for name, port, counter in self.touched:
            self.say(f'PerformanceSet "{name}"[{port}] PortCounters.{counter}=0')
        for name, attribute in self.muted:
            self.say(f'Error "{name}" 0 {attribute}')
        for place in self.unlinked:
            self.say(f"ReLink {place}")
        if self.unlinked or self.muted:
            self.settle(time.monotonic() + 30)
        self.touched.clear()
        self.muted.clear()
        self.unlinked.clear()

    def close(self) -> None:
        """End both."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self.processes.clear()

    def _active(self) -> bool:
        done = subprocess.run(
            [TOOLS["iblinkinfo"], "--line", "--switches-only"],
            capture_output=True,
            text=True,
            timeout=30,
            **self._preloaded(),
        )
        lines = done.stdout.splitlines()
        up = [line for line in lines if "LinkUp" in line]
        expected = len(self.hosts) * self.hcas + 2 * UPLINKS * len(SPINES) * len(self.leaves)
        return len(up) == expected and all("Active" in line for line in up)

    def _preloaded(self) -> dict[str, dict[str, str]]:
        places = {"OSM_CACHE_DIR": str(self.root), "OSM_TMP_DIR": str(self.root)}
        simulated = {"LD_PRELOAD": self.umad_library, "SIM_HOST": f"{sim_host(self.hosts[0])}-0"}
        return {"env": {**self.environment, **places, **simulated, "IBSIM_SOCKNAME": self.socket}}

    def _run(self, words: list[str], **how: object) -> subprocess.Popen[bytes]:
        how.setdefault("env", {**self.environment, "IBSIM_SOCKNAME": self.socket})
        process = subprocess.Popen(  # type: ignore[call-overload]
            ["setpriv", "--pdeathsig", "KILL", *words], stderr=subprocess.STDOUT, cwd=self.root, **how
        )
        self.processes.append(process)
        return process

    def _listen(self, simulator: subprocess.Popen[bytes]) -> None:
        if simulator.stdout is not None:
            while piece := os.read(simulator.stdout.fileno(), 65536):
                self._said += piece

    def _until(self, true: Callable[[], bool], deadline: float, words: str) -> None:
        while not true():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{words}: {bytes(self._said[-800:]).decode('utf-8', 'replace')}")
            time.sleep(0.05)
