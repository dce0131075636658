"""A text as it came, out of a terminal, a ticket, a mail or a file, made into plain lines.

What the way here added is taken off: escapes and colours, carriage returns, a pager's `--More--`, marks of quoting,
fences of Markdown, prompts with the command typed at them. What the tool printed is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from copy import copy
from functools import cached_property

_NOT_PLAIN = re.compile(r"[^\n\t -~]")
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78cMDEH])"
)
_ENDED = re.compile(r"\r+\n")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_PAGER = re.compile(r"^(?:--\s?More\s?--|lines \d+-\d+.*|\(END\)|: *)\s*$|^ ?--More--[ \b]*", re.MULTILINE)
_FENCE = re.compile(r"^\s*(?:```|~~~)\w*\s*$\n?", re.MULTILINE)
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_PROMPT = re.compile(
    r"^[ \t]{0,16}(?:\([\w.-]{1,32}\) )?"
    r"(?:\[?[\w.-]{1,64}@[\w.-]{1,64}(?:[ :][^\]#$<>\n]{0,80})?\]?[#$>]"  # root@gpu1:~#, [root@gpu1 ~]#, admin@leaf$
    r"|[\w.-]{1,64} \[[^\]\n]{1,64}\] (?:\([^)\n]{1,40}\) )?[#>]"  # switch [standalone: master] #
    r"|(?:ba|z|k|da)?sh-\d\.\d{1,2}[#$]|[\w-]{1,64}\$(?= [a-z])"  # bash-5.1#, login1$
    r"|Every \d{1,4}[.,]\d{1,2}s:"  # the head of `watch`
    r"|[$❯]) ?(.{0,200})$",
    re.MULTILINE,
)

_IN_PROMPTS = ("@", "] ", "$", "❯", "sh-", "Every ")
"""One of these is in every prompt: looked for first, which costs next to nothing."""


class Paste:
    """A text made plain. Any bytes will do; nothing here raises."""

    def __init__(self, said: bytes | str) -> None:
        text = said if isinstance(said, str) else _decoded(said)
        self.ends_mid_line = bool(text) and not text.endswith(("\n", "\r"))
        """Whether the last line may have been cut: a paste often is not, an interrupted command's answer is."""
        self.ends_mid_number = text[-1:].isdigit()
        """Whether a number stands at the very end, which may have lost digits then."""
        text = _plain(text)
        text = _unquoted(text)
        prompts = any(sign in text for sign in _IN_PROMPTS)
        self.prompts: dict[int, str] = {}
        """Line, counted from 0, to the prompt that stood there: it may name a host, a mode, a directory."""
        self.typed = _typed(text, self.prompts) if prompts else {}
        """Line, counted from 0, to what was typed at the prompt that stood there."""
        self.commands = tuple(self.typed.values())
        """What was typed at the prompts that stood in it."""
        self.text = _PROMPT.sub("", text) if prompts else text

    @cached_property
    def lines(self) -> list[str]:
        """Every line, without its end; those that were taken off are blank."""
        return self.text.split("\n")

    def without(self, taken: Collection[int]) -> Paste:
        """The same with some lines blank, which are counted from 0."""
        if not taken:
            return self
        left = copy(self)
        left.__dict__.pop("lines", None)
        left.text = "\n".join("" if at in taken else line for at, line in enumerate(self.lines))
        return left


def _typed(text: str, prompts: dict[int, str]) -> dict[int, str]:
    typed: dict[int, str] = {}
    line = position = 0
    for said in _PROMPT.finditer(text):
        line += text.count("\n", position, said.start())
        position = said.start()
        prompts[line] = text[position : said.start(1)].strip()
        if command := said[1].strip().partition("   ")[0]:  # beyond it `watch` says where and when
            typed[line] = command
    return typed


def _decoded(said: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if said.startswith(mark):  # a file that Windows saved
            return said[len(mark) :].decode(encoding, "replace")
    return said.decode("utf-8", "replace")


def _plain(text: str) -> str:
    if _NOT_PLAIN.search(text) is None:
        return _without_pager(text)
    text = _ESCAPE.sub("", _ENDED.sub("\n", text))
    if "\x08" in text:
        text = "\n".join(_rubbed_out(line) for line in text.split("\n"))
    text = text.replace("\r", "\n").replace("\xa0", " ")
    return _without_pager(_CONTROL.sub("", text))


def _rubbed_out(line: str) -> str:
    """A line without the characters that backspaces took back."""
    left: list[str] = []
    for char in line:
        if char != "\x08":
            left.append(char)
        elif left:
            left.pop()
    return "".join(left)


def _without_pager(text: str) -> str:
    if "--More--" in text or "-- More --" in text:
        text = _PAGER.sub("", text)
    return _FENCE.sub("", text) if "```" in text or "~~~" in text else text


def _unquoted(text: str) -> str:
    """A mail's or an issue's `> ` before every line; where most lines have none, it is the tool's own."""
    if not text.startswith(">") and "\n>" not in text:
        return text
    said = [line for line in text.split("\n") if line.strip()]
    return _QUOTED.sub("", text) if 2 * sum(line.startswith(">") for line in said) > len(said) else text
