"""What the tools of infiniband-diags say beside their answers: on standard error, or where they end.

Shapes: rdma-core infiniband-diags/ibdiag_common.c (`ibexit`), libibmad and libibumad (`IBWARN`, `IBPANIC`), and what
libibnetdisc prints of a query that was not answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fabconsole.fabric.printable import printable
from fabconsole.formats.reading import Said

_MESSAGE = re.compile(
    r"\s*(?:(ibwarn: ?\[\d{1,10}\]|WARN: |[\w./-]{1,64}\.c:\d{1,6};)|\S{1,64}: iberror: |ibpanic: ?\[|ibdebug: ?\["
    r"|(?:Failed to (?:open|reopen|find|get|query|resolve|reset)|discover failed|loading cached fabric)\b)",
)
_TYPED = re.compile(
    r"\s{0,40}[#$%>]?\s{0,8}(?:(?:sudo|time|ib|ibsim-run|watch(?: -n ?\S{1,8})?)\s{1,8}){0,3}(?:/\S{1,80}/)?"
    r"(?:perfquery|ibqueryerrors|iblinkinfo|sminfo)(?:\.pl)?(?:\s[^:=\"\[\]]{0,200})?"
)


def is_typed(line: str) -> bool:
    """Whether a line is the command itself, behind a prompt that nothing else is known of."""
    return _TYPED.fullmatch(line) is not None


def sorted_out(lines: Iterable[str]) -> tuple[dict[str, Said], list[str]]:
    """Lines that are no part of an answer, as facts (`errors`, `warnings`: lists of words) and what is left."""
    kept: dict[str, list[str]] = {}
    rest = []
    for line in lines:
        if said := _MESSAGE.match(line):
            kept.setdefault("warnings" if said[1] else "errors", []).append(printable(line.strip(), 400))
        elif not is_typed(line):
            rest.append(line)
    facts: dict[str, Said] = {}
    for name, words in kept.items():
        facts[name] = list[Said](words)
    return facts, rest
