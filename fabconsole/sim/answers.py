"""The shell functions that fabconsole defines on a node, and who answers them in the simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fabconsole.platforms import hca_text, in_band_text
from fabconsole.sim import account_answers, hca_answers, in_band_answers, nvidia_answers
from fabconsole.sim.act import Act
from fabconsole.sim.machine import Machine

Answerer = Callable[[Machine, list[str], Mapping[str, str]], Act]
"""Called with the call's words and every definition the shell has had, by name."""

FUNCTIONS: Mapping[str, Answerer] = {
    hca_text.LIST_CALL: lambda machine, words, defined: hca_answers.listing(machine, words),
    hca_text.VALUES_CALL: lambda machine, words, defined: hca_answers.values(machine, words, defined[words[0]]),
    "fc_gpu": lambda machine, words, defined: nvidia_answers.gpus(machine, words),
    "fc_nvl": lambda machine, words, defined: nvidia_answers.nvlinks(machine, words),
    "fc_account": lambda machine, words, defined: account_answers.account(machine, defined[words[0]]),
    in_band_text.SWEEP: lambda machine, words, defined: in_band_answers.sweep(machine, words),
    in_band_text.CAPS: lambda machine, words, defined: in_band_answers.caps(machine, words),
}
