"""Certificates of ours that run out: said before, since what is connected stays and only new logins would tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from fabconsole.state.snapshot import Banner
from fabconsole.stream.records import Credential, Reason

WARN_S = 1800.0
"""How long before: time to get a new one without haste."""


class Credentials:
    """Until when each is accepted, as last read."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def learn(self, credential: Credential) -> None:
        """Take in what was read; a new certificate in the place of an old one stands for it."""
        self._until[credential.name] = credential.until

    def banners(self, now: float, others: Iterable[Banner]) -> Iterator[Banner]:
        """One for each that runs out soon or has; none where the nodes that refuse it have theirs already."""
        if any(banner.reason is Reason.EXPIRED for banner in others):
            return
        for name, until in self._until.items():
            if until - now <= WARN_S:
                yield Banner(text=_text(name, until, now), reason=Reason.EXPIRED, nodes=())


def _text(name: str, until: float, now: float) -> str:
    at = f"{datetime.fromtimestamp(until, UTC):%H:%M} UTC"
    if until <= now:
        return (
            f"{name} expired at {at}: new connections are refused, what is connected stays; get a new one in its place"
        )
    minutes = max(1, int((until - now) // 60))
    return f"{name} expires in {minutes} min, at {at}: new connections will be refused; get a new one in its place"
