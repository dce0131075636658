"""As many connections as the system allows: a descriptor each."""

from __future__ import annotations

import resource


def raise_descriptor_limit() -> None:
    """Raise the soft limit to the hard one. Where that is too low as well, the nodes left without one say so."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
