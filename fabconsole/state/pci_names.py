"""What on a node has which PCI address: a log names an address, an operator looks for `gpu3` or `mlx5_5`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from fabconsole.fabric.table import PortState
from fabconsole.state.block import Block

_GPU = re.compile(r"(gpu\d{1,3})\.pci")
_FUNCTION = re.compile(r"(.{4,8}:..:..)\.[0-7]")


class PciNames:
    """Names of one node's GPUs and HCAs by address; an address that two of them have names neither."""

    __slots__ = ("_functions", "_slots")

    def __init__(self, named: Iterable[tuple[str, str]] = ()) -> None:
        functions: dict[str, set[str]] = {}
        slots: dict[str, set[str]] = {}
        for address, name in named:
            functions.setdefault(address, set()).add(name)
            slots.setdefault(_slot(address), set()).add(name)
        self._functions = _sole(functions)
        self._slots = _sole(slots)

    def name(self, subject: str | None) -> str | None:
        """What has the address `subject`; where nothing has, or it is no address, `subject` itself.

        An Xid tells no function, so where no function has the very address, the slot's only device is meant.
        """
        if subject is None:
            return None
        return self._functions.get(subject) or self._slots.get(_slot(subject), subject)


def is_name(subject: str | None) -> bool:
    """True for `mlx5_5` or `gpu3`, False for an address that nothing is known to have."""
    return subject is not None and _FUNCTION.fullmatch(subject) is None


def named(facts: Mapping[str, str], ports: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """(address, name) of the GPUs in a node's facts, and of the HCAs whose ports are in its tables, gone ones too."""
    for fact, address in facts.items():
        if gpu := _GPU.fullmatch(fact):
            yield address, gpu[1]
    for block in ports:
        for row, state in zip(block.rows, block.states, strict=True):
            if isinstance(state, PortState) and state.pci:
                yield state.pci, row.partition("/")[0]


def _slot(address: str) -> str:
    function = _FUNCTION.fullmatch(address)
    return function[1] if function else address


def _sole(names: Mapping[str, set[str]]) -> dict[str, str]:
    return {address: next(iter(those)) for address, those in names.items() if len(those) == 1}
