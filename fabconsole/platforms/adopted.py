r"""A session inside a job: pam_slurm_adopt puts it into the job's control group, and only the job's GPUs are seen.

``fc_job`` prints `@job NUMBER GPUS` where its shell is in one, else nothing; GPUS is how many folders the driver has
under /proc, which no control group hides. Paths: Slurm 22 to 25, `/slurm/uid_1000/job_77/step_extern` (cgroup v1),
`/system.slice/slurmstepd.scope/job_77/step_extern/user` (v2).

nvidia-smi then numbers the job's GPUs from 0 and says nothing of the others: they are not gone, and `gpu0` is not the
node's first. So an answer from inside a job that does not show all of a node is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from shlex import quote

from fabconsole.formats.nvidia import nvidia_proc
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

CGROUP = "/proc/self/cgroup"

_LINE = re.compile(rb"@job (\d{1,12}) (\d{1,4})\n")


@dataclass(frozen=True, slots=True)
class Job:
    """The job that our session is in."""

    number: str
    gpus: int
    """Of the node, by the driver's files; 0 where there are none."""

    def hides(self, seen: int, expected: int | None) -> Refusal | None:
        """That the job hides GPUs, or that nobody knows whether it does; None where all of the node are `seen`."""
        there = self.gpus or expected
        if there is not None and seen >= there:
            return None
        of = f" of {there}" if there else ""
        detail = f"inside the control group of job {self.number}: {seen}{of} GPUs are shown to us"
        return Refusal(reason=Reason.ADOPTED, detail=detail)


def definition(cgroup: str = CGROUP, folder: str = nvidia_proc.FOLDER) -> str:
    """One line that defines ``fc_job``."""
    return (
        "fc_job() { while read -r l; do case $l in *slurm*/job_[0-9]*) l=${l##*/job_}; "
        f'set -- {quote(folder)}/*; [ -e "$1" ] || shift; echo "@job ${{l%%/*}} $#"; break;; '
        f"esac; done <{quote(cgroup)}; }}\n"
    )


def job(body: bytes) -> tuple[Job | None, bytes]:
    """The job an answer came from, and the rest of the answer."""
    told = _LINE.match(body)
    return (None, body) if told is None else (Job(told[1].decode(), int(told[2])), body[told.end() :])
