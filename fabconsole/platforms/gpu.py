r"""The GPUs of a host, by `nvidia-smi -L`: how many there are, and which; by the driver's files: where each is.

``fc_gpu`` prints whose job it is in (see `adopted`), what the tool prints, its complaints too, and ends with its exit
status. Where that is 0 there follow

    @pci
    0000:18:00.0/information:GPU UUID: \t GPU-5d3c...   one line a GPU, or nothing where there are no such files

Reading these files takes locks of the driver: a host whose nvidia-smi hangs or fails is not asked for them.
"""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from sys import intern

from fabconsole.fabric.inventory import Node
from fabconsole.formats.nvidia import nvidia_proc, nvidia_smi
from fabconsole.platforms import adopted, tool
from fabconsole.platforms.question import Answer, Question, Reading, Refusal, Rhythm
from fabconsole.stream.records import Reason

LIMIT_S = 15
"""nvidia-smi takes 1 to 3 s, and hangs on a sick GPU."""

FILES_LIMIT_S = 1
"""For the driver's files, which take milliseconds."""

QUESTION = Question(
    name="gpu", rhythm=Rhythm.SLOW, lane="slow", deadline_s=LIMIT_S + 5.0, cap_bytes=tool.MOST_BYTES + (1 << 16)
)
"""The cap: what is said of eight GPUs is 1 kB; a tool that says too much is named for it."""

_MARK = "@pci"


class GpuInquiry:
    """Asks one host for its GPUs; facts `gpus`, `gpu0.name`, `gpu0.uuid`, `gpu0.pci` (`0000:18:00.0`) …"""

    def __init__(self, node: Node, folder: str = nvidia_proc.FOLDER, cgroup: str = adopted.CGROUP) -> None:
        self._expected = node.expect.gpus
        self._definition = (
            adopted.definition(cgroup, folder)
            + tool.runner("fc_smi", node, "nvidia-smi", LIMIT_S)
            # The kernel's files are where the shell is, whatever the tool's prefix leads into.
            + tool.runner("fc_grep", replace(node, prefix={}), "grep", FILES_LIMIT_S)
            + f"fc_gpu() {{ fc_job; fc_smi -L || return; echo {_MARK}; "
            f"(cd {quote(folder)} && fc_grep -H {quote(nvidia_proc.UUID_BRE)} */information); true; }}\n"
        )
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
        if tool.flooded(answer.status, len(answer.body)):
            return tool.flood("nvidia-smi")
        job, body = adopted.job(answer.body)
        text, _, files = f"\n{body.decode('utf-8', 'replace')}".partition(f"\n{_MARK}\n")
        said = nvidia_smi.gpus(text)
        if said.lost is not None or (answer.status != 0 and not said.none_there):
            return tool.refusal("nvidia-smi", answer.status, said.lost or "\n".join(said.strange) or text, LIMIT_S)
        if said.torn:
            return Refusal(reason=Reason.GARBLED, detail=f"nvidia-smi -L: not understood: {said.torn}")
        if job is not None and (hidden := job.hides(len(said.gpus), self._expected)) is not None:
            return hidden
        facts = {"gpus": str(len(said.gpus))} | ({"job": job.number} if job is not None else {})
        where = nvidia_proc.addresses(files)
        # Interned: every host has facts of these names, and most have their GPUs at the same addresses.
        for gpu in said.gpus.values():
            facts[intern(f"gpu{gpu.index}.name")] = gpu.name
            if gpu.uuid:
                facts[intern(f"gpu{gpu.index}.uuid")] = gpu.uuid
            if gpu.uuid in where:
                facts[intern(f"gpu{gpu.index}.pci")] = intern(where[gpu.uuid])
        if said.strange and not said.none_there:
            facts["gpus.not-understood"] = " | ".join(said.strange)
        return Reading(facts=facts)
