"""Lines of several tables about the same thing, read as one mapping: no dictionary is built for what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Joined(Mapping[str, Value], Generic[Value]):
    """Lines of several tables about the same thing, as one."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple[Mapping[str, Value], ...]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> Value:
        for part in self._parts:
            if name in part:
                return part[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for part in self._parts for name in part))

    def __len__(self) -> int:
        return len(dict.fromkeys(name for part in self._parts for name in part))

    def __repr__(self) -> str:
        return repr(dict(self))


def joined(parts: tuple[Mapping[str, Value], ...]) -> Mapping[str, Value]:
    """Several lines as one; a single one is itself."""
    return parts[0] if len(parts) == 1 else Joined(parts)
