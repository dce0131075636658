"""Where records come from: the one seam between the screen and whatever is behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fabconsole.stream.records import Record
from fabconsole.stream.wanted import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command for one node, resolved and quoted: ready to run."""

    run: str
    """Id that its `Output` and `Finished` records carry."""
    node: str
    command: str
    """Shell text, every value quoted."""
    deadline_s: float
    cap_bytes: int = 1 << 20
    """Output beyond this is dropped and `Finished.truncated` says so."""


class Source(Protocol):
    """A stream of records that can also run a command and ask a person. Live, simulated, replayed: the same."""

    def records(self) -> AsyncIterator[Sequence[Record]]:
        """Batches, in order, the first starting with `Opening`; ends after `aclose`.

        Raises SourceError where it cannot start.
        """
        ...

    async def run(self, order: Order) -> None:
        """Start a command on its node's open connection; its records follow, one `Finished` the last of them."""
        ...

    async def cancel(self, run: str) -> None:
        """Stop a running command; its `Finished` follows. Unknown ids are already over."""
        ...

    async def tell(self, id: str, answers: Answers | None) -> None:
        """What a person says to a `Wanted`; None: they will not. Its `Settled` follows. Unknown ids are over."""
        ...

    async def aclose(self) -> None:
        """Stop asking and leave every node as it was found."""
        ...
