"""The HCAs of a Linux host: one listing, then values alone, a device at a time.

A device's values are taken only when reading it ended with exit status 0 and gave as many lines as the listing
counted. Else its rows are `Table.unread` this time and everything is listed anew at the next asking: a file that
fails never shifts the values after it. What the directory no longer names is not in the table.

What did not read while it was listed is in no answer, so everything is listed again now and then.

The first table is `counters/`, with the ports' states; a second one, `hw_counters/`, has the same rows and states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import PortState, Table, Width
from fabconsole.platforms import hca_text
from fabconsole.platforms.hca_mould import Mould
from fabconsole.platforms.hca_text import Listing, answering_order
from fabconsole.platforms.hca_values import DeviceReader, Layout, blocks_of, columns_of, layout_of, rows_of
from fabconsole.platforms.question import Again, Answer, Question, Reading, Refusal, Rhythm
from fabconsole.stream.records import Reason

QUESTION = Question(name="hca", rhythm=Rhythm.FAST, lane="fast", deadline_s=None, cap_bytes=1 << 19)
"""The cap: the listing of eight HCAs is 17 kB, so it lets 200 devices through, virtual functions among them."""

_BELIEVED = 60
"""Answers after which everything is listed again: five minutes' worth, as a listing costs as much as several polls."""
_NONE_READ = (b"", b"")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is the same poll after poll while the same devices answer."""

    readers: tuple[DeviceReader, ...]
    layouts: tuple[Layout, ...]
    """Of the counters that always move, then of those that seldom do, where there are any."""
    unread: tuple[str, ...]
    answered: Layout
    """The first of the layouts, its values in the order in which devices answer."""

    def tables(self, states: tuple[PortState, ...]) -> tuple[Table, ...]:
        """What the readers have read; `states` are `self.states()`."""
        return tuple(
            layout.table(*_values(self.readers, layout.source), states, self.unread) for layout in self.layouts
        )

    def states(self) -> tuple[PortState, ...]:
        """Of all rows."""
        return tuple(state for reader in self.readers for state in reader.states)


@dataclass(frozen=True, slots=True)
class _Usual:
    """The last answer that was read in full, and how to read one that differs in moving numbers alone."""

    mould: Mould
    layout: Layout
    states: tuple[PortState, ...]
    seldom: tuple[Table, ...]

    def taken(self, answer: bytes) -> tuple[Table, ...] | None:
        """The tables; None where the answer differs in more. What stands still is the same object."""
        numbers = self.mould.numbers(answer)
        if numbers is None:
            return None
        return (self.layout.table(numbers, None, self.states, ()), *self.seldom)


class HcaInquiry:
    """Asks one host for its HCAs. See `hca_text` for the words that travel.

    8 HCAs of 22 + 18 counters cost about 20 µs to read while only the 22 move, 80 µs otherwise.
    """

    def __init__(self, root: str = hca_text.CLASS) -> None:
        self._root = root
        self._unsent = [hca_text.listing_text(root)]
        self._listing: Listing | None = None
        self._said: int | None = None
        """Hash of the listing's text: 14 kB of eight devices, which take 0.8 ms to read."""
        self._left = 0
        """Answers for which the listing is still believed."""
        self._stands = False
        self._readers: tuple[DeviceReader, ...] = ()
        self._shapes: dict[tuple[bool | None, ...], _Shape] = {}
        self._usual: _Usual | None = None
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
        self._listing, self._said, self._stands = None, None, False

    def read(self, answer: Answer) -> Reading | Refusal | Again:
        """Understand a listing or values."""
        listing, self._stands = (self._listing if self._stands else None), False
        if answer.status == hca_text.NO_CLASS:
            return Reading(tables=_shape((), ()).tables(()), facts={"hcas": "0"})
        if answer.status != 0:
            return Refusal(reason=Reason.FAILED, detail=f"reading {self._root} ended with status {answer.status}")
        return self._listed(answer.body) if listing is None else self._polled(listing, answer.body)

    def _listed(self, body: bytes) -> Again | Refusal:
        said = hash(body)
        if said != self._said:
            listing = hca_text.read_listing(body)
            if listing.torn:
                detail = f"the listing of {self._root}: not understood: {printable(listing.names, 120)}"
                return Refusal(reason=Reason.GARBLED, detail=detail)
            self._said = said
            self._listing = listing
            self._unsent.append(hca_text.values_text(listing.devices, self._root))
            self._readers = tuple(DeviceReader(device) for device in listing.devices)
            self._shapes = {}
            self._usual = None
            self._facts = _facts(listing)
        self._stands, self._left = True, _BELIEVED
        return Again.NOW

    def _polled(self, listing: Listing, body: bytes) -> Reading:
        names, _, rest = body.partition(b"\n")
        tables = self._usual.taken(rest) if self._usual is not None and names == listing.names else None
        if tables is None:
            tables = self._read(listing, names, rest)
        else:
            self._stands = True
        self._left -= 1
        self._stands = self._stands and self._left > 0
        return Reading(tables=tables, facts=self._facts)

    def _read(self, listing: Listing, names: bytes, rest: bytes) -> tuple[Table, ...]:
        """Read a device at a time."""
        blocks = blocks_of(rest)
        read: tuple[bool | None, ...] = tuple(
            reader.read(*blocks.get(reader.device.name.encode(), _NONE_READ)) for reader in self._readers
        )
        self._stands = names == listing.names and all(read)
        if names != listing.names and hca_text.names_devices(names):
            there = {name.decode("utf-8", "replace") for name in names.split()}
            read = tuple(
                ok if reader.device.name in there else None for reader, ok in zip(self._readers, read, strict=True)
            )
        shape = self._shapes.get(read)
        if shape is None:
            shape = self._shapes[read] = _shape(self._readers, read)
        states = shape.states()
        tables = shape.tables(states)
        for reader in self._readers:
            reader.forget()
        self._usual = _usual(shape, states, tables) if self._stands else None
        return tables


def _usual(shape: _Shape, states: tuple[PortState, ...], tables: tuple[Table, ...]) -> _Usual | None:
    cavities = {reader.device.name: reader.cavity for reader in shape.readers}
    order = answering_order(reader.device for reader in shape.readers)
    fit = [cavity for device in order if (cavity := cavities[device.name]) is not None]
    if not fit or len(fit) < len(cavities):
        return None
    return _Usual(Mould(fit), shape.answered, states, tables[1:])


def _shape(readers: Sequence[DeviceReader], read: Sequence[bool | None]) -> _Shape:
    """`read` says of each device: understood, not understood (False), gone (None)."""
    good = tuple(reader for reader, ok in zip(readers, read, strict=True) if ok)
    bad = (reader.device for reader, ok in zip(readers, read, strict=True) if ok is False)
    devices = [reader.device for reader in good]
    rows = tuple(row for device in devices for row in rows_of(device))
    moving = columns_of(devices, Width.SYSFS)
    layouts = [layout_of(devices, Width.SYSFS, rows, moving)]
    if any(where is Width.HW_COUNTERS for reader in readers for _, _, where in reader.device.counters):
        layouts.append(layout_of(devices, Width.HW_COUNTERS, rows, columns_of(devices, Width.HW_COUNTERS)))
    answered = layout_of(answering_order(devices), Width.SYSFS, rows, moving)
    return _Shape(
        readers=good,
        layouts=tuple(layouts),
        unread=tuple(row for device in bad for row in rows_of(device)),
        answered=replace(layouts[0], places=answered.places),
    )


def _values(readers: Sequence[DeviceReader], source: Width) -> tuple[NDArray[np.uint64], NDArray[np.bool_] | None]:
    """One source's values of all devices, and which of them are no numbers (None: none)."""
    if not readers:
        return np.zeros(0, np.uint64), None
    parts = [slice(None, r.moving) if source is Width.SYSFS else slice(r.moving, None) for r in readers]
    vector = np.concatenate([reader.values[part] for reader, part in zip(readers, parts, strict=True)])
    if all(reader.unsupported is None for reader in readers):
        return vector, None
    marks = [np.zeros(len(r.values), np.bool_) if r.unsupported is None else r.unsupported for r in readers]
    return vector, np.concatenate([mark[part] for mark, part in zip(marks, parts, strict=True)])


def _facts(listing: Listing) -> dict[str, str]:
    own = [device for device in listing.devices if not device.virtual]
    facts = {"hcas": str(len(own))}
    for device in listing.devices:
        if device.virtual:
            facts[f"{device.name}.virtual"] = "yes"
    if listing.strange:
        facts["hcas.not-understood"] = printable(f"{listing.strange} lines of the listing")
    return facts
