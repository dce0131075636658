"""What the fabric should be: racks, nodes, how to reach them and what to expect of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SshAccess:
    """How nodes are reached, as `ssh:` says. Empty tuples and None leave it to ssh_config and agents."""

    user: str | None = None
    identity: tuple[Path, ...] = ()
    known_hosts: Path | None = None
    host_keys: str = "strict"
    """strict, or accept-new: an unknown key is learned, a changed one is refused in both."""
    jump: str | None = None
    """`[user@]host[:port]`, or several separated by commas; "none" turns ssh_config's off."""
    config: Path | None = None
    algorithms: str = "modern"
    """modern, or legacy: old ones too, last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Rhythms, in seconds."""

    fast_s: float = 5.0
    slow_s: float = 30.0
    in_band_s: float = 60.0
    rare_s: float = 900.0
    timeout_s: float = 4.0
    """Deadline of a fast question and of connecting; slower questions bring their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InBand:
    """The role of asking the whole subnet's switches over InfiniBand itself."""

    ca: str | None = None
    port: int | None = None
    subnet: str = "subnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What should be there. None: not said, so not judged."""

    hcas: int | None = None
    rate_gbps: float | None = None
    width: str | None = None
    gpus: int | None = None
    nvlinks: int | None = None
    """NVLinks a GPU."""

    @property
    def is_of_hosts(self) -> bool:
        """Whether some of it can only be of a host: a switch has no HCAs, GPUs or NVLinks of GPUs."""
        return (self.hcas, self.gpus, self.nvlinks) != (None, None, None)

    def over(self, other: Expect) -> Expect:
        """This, with gaps filled from `other`."""
        return Expect(
            hcas=other.hcas if self.hcas is None else self.hcas,
            rate_gbps=other.rate_gbps if self.rate_gbps is None else self.rate_gbps,
            width=other.width if self.width is None else self.width,
            gpus=other.gpus if self.gpus is None else self.gpus,
            nvlinks=other.nvlinks if self.nvlinks is None else self.nvlinks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One machine we have an account on."""

    name: str
    rack: str
    address: str
    """What is dialled: `address:` where given, else the name (which ssh_config may translate)."""
    platform: str = "linux-gpu"
    user: str | None = None
    port: int | None = None
    """None: ssh_config's, else 22."""
    algorithms: str | None = None
    """None: as `ssh:` says."""
    become: str | None = None
    """Put before commands that need root, such as `sudo -n`."""
    prefix: Mapping[str, str] = field(default_factory=dict)
    """Tool name to what is put before it: `nvidia-smi: chroot /run/nvidia/driver`."""
    in_band: InBand | None = None
    expect: Expect = Expect()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    """A place on the floor, and what hangs in it from the top down."""

    name: str
    row: str | None = None
    pod: str | None = None
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """One inventory file, understood. Orders are the file's."""

    fabric: str
    ssh: SshAccess = SshAccess()
    poll: Poll = Poll()
    racks: tuple[Rack, ...] = ()
    nodes: Mapping[str, Node] = field(default_factory=dict)
    expects: tuple[tuple[str, Expect], ...] = ()
    """Globs over node names, in file order; later ones win where both speak. Switches found in-band match too."""
    warnings: tuple[str, ...] = ()
    """True, but probably not meant: shown by `check` and on the console once."""

    def expected_of(self, name: str) -> Expect:
        """What every glob that matches `name` says, the later over the earlier."""
        expect = Expect()
        for glob, said in self.expects:
            if fnmatchcase(name, glob):
                expect = said.over(expect)
        return expect

    def unmet(self, names: Collection[str]) -> tuple[str, ...]:
        """The globs of `expects` that none of these names match."""
        return tuple(glob for glob, _ in self.expects if not any(fnmatchcase(name, glob) for name in names))
