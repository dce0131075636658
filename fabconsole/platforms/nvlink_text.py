r"""What a host is asked about its NVLinks, as shell text, and the two texts that come back in one answer.

``fc_nvl STATE_SUM ERROR_SUM`` prints whose job it is in (see `adopted`); for -s and then, unless that failed, for -e,

    @-s 0 2317640182-5120       option, exit status, `cksum` of the text (checksum and bytes; - without cksum)
    GPU 0: NVIDIA H100 ...      the text, ending in a newline
    @-e 0 91842113-12288 same   ... and no text where the sum is the one that was asked with

so that 12 kB (200 on Blackwell) travel only when something changed. A sum of `-` asks for the text.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_HEAD = re.compile(r"^@(-[se]) (\d+) (\S+)( same)?\n", re.MULTILINE)
_SUM = re.compile(r"\d{1,20}-\d{1,20}")


TEXT = (
    r"""fc_nv() { x=$(fc_smi nvlink "$1"); s=$?; """
    r"""if c=$(printf '%s\n' "$x" | cksum); then c=${c% *}-${c#* }; else c=; fi; """
    r"""if [ "$c" = "$2" ]; then echo "@$1 $s $c same"; """
    r"""else echo "@$1 $s ${c:--}"; printf '%s\n' "$x"; fi; return $s; }"""
    "\n"
    r"""fc_nvl() { fc_job; fc_nv -s "$1" && fc_nv -e "$2"; }"""
    "\n"
)


@dataclass(frozen=True, slots=True)
class Section:
    """What one run printed."""

    status: int
    sum: str
    text: str | None
    """None: the same as last time."""


class Kept:
    """What one run last printed, packed (12 kB are 1 kB then), and the sum by which the node says that it stands."""

    __slots__ = ("_packed", "sum")

    def __init__(self) -> None:
        self._packed = b""
        self.sum = "-"

    def text(self, section: Section) -> str | None:
        """All that a run printed; None where that is said to be known, and is not."""
        if section.text is not None:
            return section.text
        return zlib.decompress(self._packed).decode() if self._packed and self.stands(section) else None

    def stands(self, section: Section) -> bool:
        """Whether the run printed what it did the last time."""
        return section.text is None and section.sum == self.sum

    def keep(self, section: Section) -> None:
        """This was read."""
        if section.text is not None:
            self._packed = zlib.compress(section.text.encode(), level=1)
            self.sum = section.sum if _SUM.fullmatch(section.sum) else "-"


def sections(text: str) -> dict[str, Section]:
    """The runs of one answer, by option."""
    heads = list(_HEAD.finditer(text))
    stops = [head.start() for head in heads[1:]] + [len(text)]
    return {
        head[1]: Section(int(head[2][:4]), head[3], None if head[4] else text[head.end() : stop])
        for head, stop in zip(heads, stops, strict=False)
    }
