"""The counters in one line of `ibqueryerrors`: `[SymbolErrorCounter == 7]`, of 64 bits `[PortRcvErrors == 7 (7.000)]`.

Shape: rdma-core infiniband-diags/ibqueryerrors.c (`print_results`, `print_data_cnts`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.infiniband import pma_counters

_ITEM = re.compile(rb"\[(\w{1,64}) ?={1,2} ?(\d{1,20})( ?\([^\[\]]*\))?\]")
_BEGUN = re.compile(rb"\[\s{0,8}(\w{1,64})\s{0,8}==?")
_DATA = frozenset({"port_xmit_data", "port_rcv_data", "port_xmit_packets", "port_rcv_packets"})


@lru_cache(maxsize=1024)
def _name(printed: bytes) -> str:
    return pma_counters.name(printed.decode("ascii", "replace"))


def _nothing_else(text: bytes, items: int) -> bool:
    """Whether so many counters, one behind the other, are certainly all of it."""
    text = text.strip()
    return (
        items == text.count(b"[") == text.count(b"]") == text.count(b"] [") + 1
        and text.startswith(b"[")
        and text.endswith(b"]")
    )


def counters(text: bytes) -> tuple[dict[str, int], bool, tuple[str, ...], bool]:
    """Counters of one line, whether those of errors have 64 bits, which are none, and whether all was understood."""
    counts: dict[str, int] = {}
    human = [False, False]
    items = _ITEM.findall(text)
    unknown = []
    for printed, value, meant in items:
        name, count = _name(printed), int(value)
        if count <= pma_counters.MAXIMUM and name not in counts:
            counts[name] = count
        else:
            unknown.append(name)
        if meant:
            human[name in _DATA] = True
    rest = b"" if _nothing_else(text, len(items)) else _ITEM.sub(b"", text).strip()
    unknown += [_name(printed) for printed in _BEGUN.findall(rest)]
    return counts, human[0] or (human[1] and not counts.keys() - _DATA), tuple(unknown), not rest and not unknown
