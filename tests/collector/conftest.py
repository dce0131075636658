"""The fixtures that every test of the collector shares."""

from __future__ import annotations

from asked_rig import start_bastion
from collector_rig import keys, start_sshd

__all__ = ["keys", "start_bastion", "start_sshd"]
