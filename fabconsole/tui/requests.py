"""What is asked of the operator and not settled yet: told by one banner each, answered by one key."""

from __future__ import annotations

from collections.abc import Iterable

from fabconsole.stream.source import Source
from fabconsole.stream.wanted import Answers, Settled, Wanted


class Requests:
    """In the order in which they came. An answer goes straight to the source and is kept nowhere."""

    def __init__(self) -> None:
        self.source: Source | None = None
        """None until the stream has started."""
        self._open: dict[str, Wanted] = {}

    def hear(self, record: Wanted | Settled) -> None:
        """Take in what is wanted, or no more."""
        if isinstance(record, Wanted):
            self._open[record.id] = record
        else:
            self._open.pop(record.id, None)

    @property
    def first(self) -> Wanted | None:
        """What the key answers: the first that waits for words, else the first that was put off; None: nothing."""
        waiting = [one for one in self._open.values() if one.prompts] or [
            one for one in self._open.values() if one.is_put_off
        ]
        return waiting[0] if waiting else None

    async def tell(self, wanted: Wanted, answers: Answers | None) -> None:
        """Answer, or decline."""
        if wanted.prompts:
            self._open.pop(wanted.id, None)  # its `Settled` is on its way, and nobody is to answer it twice
        if self.source is not None:
            await self.source.tell(wanted.id, answers)

    def banners(self, shown: Iterable[str], key: str, but: Wanted | None = None) -> list[str]:
        """Banners with the key that does something about them, and one for each request that none of them tells of.

        The key stands first, since a banner is cut at its end. What was put off has a banner where many nodes want
        it; where one does, its own line tells. Of `but`, which is being answered, there is nothing more to say.
        """
        texts = list(shown)
        for one in self._open.values():
            if one is but:
                continue
            told = f"press {key} · " if one.prompts or one.is_put_off else ""
            at = next((number for number, text in enumerate(texts) if one.of in text), None)
            if at is not None:
                texts[at] = told + texts[at]
            elif one.prompts:
                texts.append(f"{told}{one.of} {one.title}")
            if one.instructions and not one.prompts:
                texts.append(f"{one.of} says: {' '.join(one.instructions)}")
        return texts
