"""A GPU host under Linux: its HCAs, its GPUs and their NVLinks, its kernel log. Everything else may be missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fabconsole.fabric.inventory import Node
from fabconsole.platforms import gpu, hca, kernel_log, nvlink
from fabconsole.platforms.question import Follower, Inquiry, Question

_INQUIRIES: Mapping[str, Callable[[Node], Inquiry | Follower]] = {
    hca.QUESTION.name: lambda node: hca.HcaInquiry(),
    gpu.QUESTION.name: gpu.GpuInquiry,
    nvlink.QUESTION.name: nvlink.NvlinkInquiry,
    kernel_log.QUESTION.name: kernel_log.KernelLog,
}


class LinuxGpu:
    """See `question.Platform`."""

    name = "linux-gpu"

    def questions(self, node: Node) -> tuple[Question, ...]:
        """The same for every node: what a host has not got answers that it has not."""
        return (hca.QUESTION, gpu.QUESTION, nvlink.QUESTION, kernel_log.QUESTION)

    def inquiry(self, question: Question, node: Node) -> Inquiry | Follower:
        """A fresh one. Raises KeyError for a question this platform does not ask."""
        return _INQUIRIES[question.name](node)


PLATFORM = LinuxGpu()
