"""The GPUs of a host, by `nvidia-smi -L`: how many there are, and which.

``fc_gpu`` prints what the tool prints, its complaints too, and ends with its exit status.
"""

from __future__ import annotations

from fabconsole.fabric.inventory import Node
from fabconsole.formats import nvidia_smi
from fabconsole.platforms import tool
from fabconsole.platforms.question import Answer, Question, Reading, Refusal, Rhythm

LIMIT_S = 15
"""nvidia-smi takes 1 to 3 s, and hangs on a sick GPU."""

QUESTION = Question(name="gpu", rhythm=Rhythm.SLOW, lane="slow", deadline_s=LIMIT_S + 5.0, cap_bytes=1 << 18)


class GpuInquiry:
    """Asks one host for its GPUs; facts `gpus`, `gpu0.uuid`, `gpu0.name` …"""

    def __init__(self, node: Node) -> None:
        self._definition = tool.runner("fc_smi", node, "nvidia-smi", LIMIT_S) + "fc_gpu() { fc_smi -L; }\n"
        self._sent = False

    def text(self) -> str:
        """The definition, once a shell."""
        text, self._sent = ("" if self._sent else self._definition), True
        return text

    def call(self) -> str:
        """Always the same."""
        return "fc_gpu"

    def restart(self) -> None:
        """A new shell knows nothing."""
        self._sent = False

    def read(self, answer: Answer) -> Reading | Refusal:
        """The list, or why there is none. A list that broke off is none: how many are missing is not known."""
        text = answer.body.decode("utf-8", "replace")
        said = nvidia_smi.gpus(text)
        none_there = not said.gpus and "no devices found" in text.lower()
        if answer.status != 0 and not none_there:
            return tool.refusal("nvidia-smi", answer.status, "\n".join(said.strange) or text, LIMIT_S)
        facts = {"gpus": str(len(said.gpus))}
        for gpu in said.gpus.values():
            facts[f"gpu{gpu.index}.name"] = gpu.name
            if gpu.uuid:
                facts[f"gpu{gpu.index}.uuid"] = gpu.uuid
        if said.strange and not none_there:
            facts["gpus.not-understood"] = " | ".join(said.strange)
        return Reading(facts=facts)
