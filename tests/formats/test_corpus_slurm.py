"""What the captures of Slurm must yield."""

from __future__ import annotations

from collections import Counter

from captures import CORPUS, Check, Facts, reading

from fabconsole.formats.reading import Reading, Row

facts = Facts()
SINFO = "slurm/sinfo-json-21.08.json"
SQUEUE = "slurm/squeue-json-21.08.json"
DRAINING = "slurm/node-draining-24.05.json"
JOBS = "slurm/jobs-24.05.json"
NODES = "slurm/nodes-rest-22.05.json"
CSV = "slurm/sinfo-node-state.csv"
JOBS_CSV = "slurm/squeue-id-state.csv"
PIPE = "slurm/sinfo-pipe-all-fields-gcm.txt"
PARTITIONS = "slurm/scontrol-show-partition-oneliner-gcm.txt"
SDIAG = "slurm/sdiag-17.txt"
TOPOLOGY = "slurm/scontrol-show-topology-soperator.txt"
TREE = "slurm/topology.conf-tree-topograph.conf"


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


@facts(SINFO, "4 nodes with states mixed, idle, allocated, down (state is one lower-case string)")
def _(said: Reading) -> None:
    assert [one.state for one in said.rows] == ["mixed", "idle", "allocated", "down"]


@facts(SINFO, "release 21.08.5, plugin openapi/v0.0.37")
def _(said: Reading) -> None:
    assert (said.facts["release"], said.facts["plugin"]) == ("21.08.5", "openapi/v0.0.37")


@facts(SQUEUE, "2 jobs: RUNNING in hw-l, PENDING in hw-m (job_state is a string)")
def _(said: Reading) -> None:
    told = [(one.extra["printed_state"], one.extra["partition"]) for one in said.rows]
    assert told == [("RUNNING", "hw-l"), ("PENDING", "hw-m")]
    assert [one.state for one in said.rows] == ["running", "pending"]


@facts(SQUEUE, "meta.Slurm.release 21.08.5")
def _(said: Reading) -> None:
    assert said.facts["release"] == "21.08.5"


@facts(DRAINING, "node cn1: state is a list ['MIXED', 'DRAIN'], reason 'ECC memory error'")
def _(said: Reading) -> None:
    node = row(said, "cn1")
    assert (node.state, node.extra["base_state"], node.extra["state_flags"]) == ("draining", "mixed", ["drain"])
    assert (node.extra["drain"], node.extra["reason"]) == ("draining", "ECC memory error")


@facts(DRAINING, "64 CPUs; meta key is lower case: meta.slurm.release 24.05.3")
def _(said: Reading) -> None:
    assert (row(said, "cn1").extra["cpus"], said.facts["release"]) == (64, "24.05.3")


@facts(JOBS, "14 jobs: 8 COMPLETED, 3 RUNNING, 1 TIMEOUT, 1 FAILED, 1 PENDING (job_state is a list)")
def _(said: Reading) -> None:
    assert len(said.rows) == said.facts["jobs"] == 14
    states = Counter(one.state for one in said.rows)
    assert states == {"completed": 8, "running": 3, "timeout": 1, "failed": 1, "pending": 1}


@facts(JOBS, "numbers are objects {set, infinite, number}: time_limit of the first job is 1")
def _(said: Reading) -> None:
    assert said.rows[0].extra["time_limit"] == 1


@facts(JOBS, "first job 649717 on cn001")
def _(said: Reading) -> None:
    assert (said.rows[0].id, said.rows[0].extra["nodes"]) == ("649717", "cn001")


@facts(
    NODES,
    "3 nodes naboo145-147; states idle, idle, allocated; the first two have state_flags ['DRAIN'] "
    "(so they are drained although state says idle)",
)
def _(said: Reading) -> None:
    assert [one.id for one in said.rows] == ["naboo145", "naboo146", "naboo147"]
    assert [one.extra.get("base_state", one.state) for one in said.rows] == ["idle", "idle", "allocated"]
    assert [one.state for one in said.rows] == ["drained", "drained", "allocated"]
    assert [one.extra.get("drain") for one in said.rows] == ["drained", "drained", None]


@facts(NODES, "naboo145 reason 'Kill task failed'")
def _(said: Reading) -> None:
    assert row(said, "naboo145").extra["reason"] == "Kill task failed"


@facts(
    CSV,
    "709 rows: 319 idle, 250 allocated, 66 down*, 44 mixed, 11 drained*, 10 draining, 7 drained, 1 down, 1 fail*",
)
def _(said: Reading) -> None:
    assert len(said.rows) == 709
    assert said.facts["node_states"] == {
        "idle": 319,
        "allocated": 250,
        "down*": 66,
        "mixed": 44,
        "drained*": 11,
        "draining": 10,
        "drained": 7,
        "down": 1,
        "fail*": 1,
    }


@facts(CSV, "a trailing * means not responding")
def _(said: Reading) -> None:
    node = row(said, "lxfoo0026")
    assert (node.state, node.extra["state_flags"]) == ("down", ["not responding"])
    starred = [one for one in said.rows if "not responding" in one.extra.get("state_flags", [])]  # type: ignore[operator]
    assert len(starred) == 66 + 11 + 1


@facts(
    JOBS_CSV,
    "42 jobs: 28 RUNNING, 4 PENDING, 2 COMPLETING, one each of CANCELLED, COMPLETED, CONFIGURING, FAILED, NODE_FAIL, "
    "PREEMPTED, SUSPENDED, TIMEOUT",
)
def _(said: Reading) -> None:
    assert len(said.rows) == 42
    each = ("CANCELLED", "COMPLETED", "CONFIGURING", "FAILED", "NODE_FAIL", "PREEMPTED", "SUSPENDED", "TIMEOUT")
    assert said.facts["job_states"] == {"RUNNING": 28, "PENDING": 4, "COMPLETING": 2, **dict.fromkeys(each, 1)}


@facts(JOBS_CSV, "first row 15451729,RUNNING")
def _(said: Reading) -> None:
    assert (said.rows[0].id, said.rows[0].extra["printed_state"]) == ("15451729", "RUNNING")
    assert said.rows[0].state == "running"


@facts(PIPE, "a heading and 4 rows; node0201 is drain* with reason replace, node1537 is alloc")
def _(said: Reading) -> None:
    assert len(said.rows) == 4
    drained = row(said, "node0201")
    assert (drained.extra["printed_state"], drained.extra["reason"]) == ("drain*", "replace")
    assert row(said, "node1537").extra["printed_state"] == "alloc"
    assert (drained.state, row(said, "node1537").state) == ("drained", "allocated")


@facts(PIPE, "fields may have trailing blanks; GRES gpu:gen:8(S:0-1) on node1537")
def _(said: Reading) -> None:
    assert row(said, "node1537").extra["gres"] == "gpu:gen:8(S:0-1)"


@facts(PARTITIONS, "3 partitions partition1-3, one a line")
def _(said: Reading) -> None:
    assert [one.id for one in said.rows] == ["partition1", "partition2", "partition3"]


@facts(PARTITIONS, "partition1 is the default with MaxTime 3-00:00:00")
def _(said: Reading) -> None:
    extra = row(said, "partition1").extra
    assert (extra["default"], extra["max_time"]) == ("YES", "3-00:00:00")


@facts(SDIAG, "taken Wed Apr 12 11:04:01 2017; server threads 3, jobs submitted 9706")
def _(said: Reading) -> None:
    assert said.facts["taken"] == "Wed Apr 12 11:04:01 2017"
    assert (said.facts["server_thread_count"], said.facts["jobs_submitted"]) == (3, 9706)


@facts(SDIAG, "main schedule last cycle 97209 us, max 1407590")
def _(said: Reading) -> None:
    cycles = said.facts["main_schedule_statistics"]
    assert isinstance(cycles, dict)
    assert (cycles["last_cycle"], cycles["max_cycle"]) == (97_209, 1_407_590)


@facts(TOPOLOGY, "6 switches; root is Level 2 with 3 child switches")
def _(said: Reading) -> None:
    root = row(said, "root").extra
    assert (said.facts["switches"], root["level"], root["switch_count"]) == (6, 2, 3)


@facts(TOPOLOGY, "leaf 185ccb815910fcd0a3d1693651b78d1d (Level 0) holds worker-1")
def _(said: Reading) -> None:
    leaf = row(said, "185ccb815910fcd0a3d1693651b78d1d").extra
    assert (leaf["level"], leaf["nodes"]) == (0, ["worker-1"])


@facts(TREE, "comment lines # switch.3.1=core precede each SwitchName line")
def _(said: Reading) -> None:
    assert row(said, "switch.3.1").extra["alias"] == "core"
    assert all("alias" in one.extra for one in said.rows)


@facts(TREE, "19 SwitchName lines; bracket ranges in Switches= and Nodes=")
def _(said: Reading) -> None:
    assert said.facts["switches"] == 19
    assert row(said, "switch.3.1").extra["switch_count"] == 6
    assert row(said, "switch.1.1").extra["node_count"] == 8


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    assert (CORPUS / path).is_file()
    check(reading(path))
