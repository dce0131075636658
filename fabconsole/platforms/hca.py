"""The HCAs of a Linux host: one listing, then values alone, a device at a time.

A device's values are taken only when reading it ended with exit status 0 and gave as many lines as the listing
counted. Else its rows are `Table.unread` this time and everything is listed anew at the next asking: a file that
fails never shifts the values after it. What the directory no longer names is not in the table.

The first table is `counters/`, with the ports' states; a second one, `hw_counters/`, has the same rows and states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import PortState, Table, Width
from fabconsole.platforms import hca_text
from fabconsole.platforms.hca_text import Listing
from fabconsole.platforms.hca_values import DeviceReader, Layout, blocks_of, layouts_of, rows_of
from fabconsole.platforms.question import Again, Answer, Question, Reading, Refusal, Rhythm
from fabconsole.stream.records import Reason

QUESTION = Question(name="hca", rhythm=Rhythm.FAST, lane="fast", deadline_s=None, cap_bytes=1 << 20)

_NONE_READ = (b"", b"")


@dataclass(slots=True, eq=False)
class _Shape:
    """What is the same poll after poll while the same devices answer."""

    readers: tuple[DeviceReader, ...]
    layouts: tuple[Layout, ...]
    unread: tuple[str, ...]
    resting: tuple[tuple[int, ...], Table] | None = None
    """The last table of the counters that seldom move, and the readers' tail versions it is of."""
    parts: tuple[tuple[PortState, ...], ...] = ()
    states: tuple[PortState, ...] = ()
    """Of all devices; the same object while every device's are."""

    def gathered(self) -> tuple[PortState, ...]:
        """The states of all rows."""
        parts = tuple(reader.states for reader in self.readers)
        if len(parts) != len(self.parts) or any(new is not old for new, old in zip(parts, self.parts, strict=True)):
            self.parts, self.states = parts, tuple(state for part in parts for state in part)
        return self.states


class HcaInquiry:
    """Asks one host for its HCAs. See `hca_text` for the words that travel.

    8 HCAs of 22 + 18 counters cost about 50 µs to read, every counter moved and no state changed.
    """

    def __init__(self, root: str = hca_text.CLASS) -> None:
        self._root = root
        self._unsent = [hca_text.listing_text(root)]
        self._listing: Listing | None = None
        self._stands = False
        self._readers: tuple[DeviceReader, ...] = ()
        self._shapes: dict[tuple[bool | None, ...], _Shape] = {}
        self._facts: dict[str, str] = {"hcas": "0"}

    def text(self) -> str:
        """Definitions this shell has not had yet."""
        text = "".join(self._unsent)
        self._unsent.clear()
        return text

    def call(self) -> str:
        """List where no listing stands, else read values."""
        return hca_text.VALUES_CALL if self._stands else hca_text.LIST_CALL

    def restart(self) -> None:
        """A new shell: it may be another boot, so list again."""
        self._unsent = [hca_text.listing_text(self._root)]
        self._listing, self._stands = None, False

    def read(self, answer: Answer) -> Reading | Refusal | Again:
        """Understand a listing or values."""
        listing, self._stands = (self._listing if self._stands else None), False
        if answer.status == hca_text.NO_CLASS:
            return self._table(_shape((), ()), {"hcas": "0"})
        if answer.status != 0:
            return Refusal(reason=Reason.FAILED, detail=f"reading {self._root} ended with status {answer.status}")
        return self._listed(answer.body) if listing is None else self._polled(listing, answer.body)

    def _listed(self, body: bytes) -> Again:
        listing = hca_text.read_listing(body)
        if listing != self._listing:
            self._listing = listing
            self._unsent.append(hca_text.values_text(listing.devices, self._root))
            self._readers = tuple(DeviceReader(device) for device in listing.devices)
            self._shapes = {}
            self._facts = _facts(listing)
        self._stands = True
        return Again.NOW

    def _polled(self, listing: Listing, body: bytes) -> Reading:
        names, _, rest = body.partition(b"\n")
        blocks = blocks_of(rest)
        read: tuple[bool | None, ...] = tuple(
            reader.read(*blocks.get(reader.device.name.encode(), _NONE_READ)) for reader in self._readers
        )
        self._stands = names == listing.names and all(read)
        if names != listing.names:
            there = {name.decode("utf-8", "replace") for name in names.split()}
            read = tuple(
                ok if reader.device.name in there else None for reader, ok in zip(self._readers, read, strict=True)
            )
        shape = self._shapes.get(read)
        if shape is None:
            shape = self._shapes[read] = _shape(self._readers, read)
        return self._table(shape, self._facts)

    def _table(self, shape: _Shape, facts: dict[str, str]) -> Reading:
        readers = shape.readers
        vector: NDArray[np.uint64] = (
            np.concatenate([reader.values for reader in readers]) if readers else np.zeros(0, np.uint64)
        )
        unsupported = _unsupported(readers)
        states = shape.gathered()
        moving, *seldom = shape.layouts
        tables = [moving.table(vector, unsupported, states, shape.unread)]
        if seldom:
            tables.append(_resting(shape, seldom[0], vector, unsupported, states))
        return Reading(tables=tuple(tables), facts=facts)


def _resting(
    shape: _Shape,
    layout: Layout,
    vector: NDArray[np.uint64],
    unsupported: NDArray[np.bool_] | None,
    states: tuple[PortState, ...],
) -> Table:
    """The table of the counters that seldom move: the same object, quick to fold, until one of them does."""
    versions = tuple(reader.tail_version for reader in shape.readers)
    if shape.resting is not None and shape.resting[0] == versions and shape.resting[1].states is states:
        return shape.resting[1]
    table = layout.table(vector, unsupported, states, shape.unread)
    shape.resting = versions, table
    return table


def _shape(readers: Sequence[DeviceReader], read: Sequence[bool | None]) -> _Shape:
    """`read` says of each device: understood, not understood (False), gone (None)."""
    good = tuple(reader for reader, ok in zip(readers, read, strict=True) if ok)
    bad = (reader.device for reader, ok in zip(readers, read, strict=True) if ok is False)
    sources = [Width.SYSFS]
    if any(where is Width.HW_COUNTERS for reader in readers for _, _, where in reader.device.counters):
        sources.append(Width.HW_COUNTERS)
    return _Shape(
        readers=good,
        layouts=layouts_of([reader.device for reader in good], sources),
        unread=tuple(row for device in bad for row in rows_of(device)),
    )


def _unsupported(readers: Sequence[DeviceReader]) -> NDArray[np.bool_] | None:
    if all(reader.unsupported is None for reader in readers):
        return None
    return np.concatenate(
        [
            np.zeros(len(reader.values), np.bool_) if reader.unsupported is None else reader.unsupported
            for reader in readers
        ]
    )


def _facts(listing: Listing) -> dict[str, str]:
    own = [device for device in listing.devices if not device.virtual]
    facts = {"hcas": str(len(own))}
    for device in listing.devices:
        if device.virtual:
            facts[f"{device.name}.virtual"] = "yes"
    if listing.strange:
        facts["hcas.not-understood"] = printable(f"{listing.strange} lines of the listing")
    return facts
