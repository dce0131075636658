"""What is easily got wrong in Slurm's words."""

from __future__ import annotations

import pytest
from captures import SAMPLES

from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.site import hostlist
from fabconsole.formats.site.slurm import FORMAT


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def row(said: Reading, name: str, kind: str = "") -> Row:
    return next(one for one in said.rows if one.id == name and one.extra["kind"] == (kind or one.extra["kind"]))


@pytest.mark.parametrize(
    ("text", "count"),
    [("gpu001", 1), ("gpu[001-064],big1", 65), ("a[1-2]b[1-3]", 6), ("n[1,3-5]", 4), ("(null)", 0), ("", 0)],
)
def test_a_list_of_nodes_is_counted(text: str, count: int) -> None:
    assert hostlist.size(text) == count


def test_idle_with_the_flag_drain_is_drained_and_mixed_is_still_draining() -> None:
    said = sample("slurm.json.txt")
    assert [row(said, name).extra["drain"] for name in ("gpu001", "gpu002")] == ["draining", "drained"]


def test_the_sign_at_a_state_is_no_part_of_its_name() -> None:
    node = row(sample("slurm.csv.txt"), "gpu003")
    assert (node.state, node.extra["state_flags"]) == ("down", ["not responding"])


def test_short_and_long_names_of_a_state_are_one() -> None:
    said = sample("slurm.txt")
    assert [one.state for one in said.rows if one.extra["kind"] == "job"] == ["pending", "running"]
    assert [one.state for one in said.rows[:2]] == ["drained", "mixed"]


def test_a_reason_keeps_its_blanks_wherever_its_column_stands() -> None:
    said = sample("slurm.txt")
    assert row(said, "gpu003", "node").extra["reason"] == "IB link mlx5_3 down"
    assert row(said, "gpu003", "group").extra["reason"] == "IB link mlx5_3 down"


def test_why_a_job_waits_is_told_from_where_it_runs() -> None:
    said = sample("slurm.txt")
    assert row(said, "649_[3-8]").extra["reason"] == "Resources"
    assert row(said, "1201").extra["nodelist"] == "gpu[005-016]"


def test_a_column_printed_twice_is_kept_twice() -> None:
    node = row(sample("slurm.pipe.txt"), "gpu003")
    assert (node.extra["printed_state"], node.extra["state"]) == ("drain*", "drained*")


def test_a_record_of_many_lines_and_values_with_blanks() -> None:
    node = row(sample("slurm.control.txt"), "gpu001").extra
    assert (node["cpu_tot"], node["reason"], node["reason_user"]) == (192, "ECC memory error", "root")
    assert str(node["os"]).startswith("Linux 6.8.0-60-generic #63-Ubuntu SMP")
    assert node["cfg_tres"] == "cpu=192,mem=2063000M,billing=192,gres/gpu=8"


def test_a_job_of_scontrol() -> None:
    job = row(sample("slurm.control.txt"), "1201")
    assert (job.state, job.extra["job_name"], job.extra["num_nodes"]) == ("running", "train step 2", 12)
    assert job.extra["command"] == "/home/anna/train.sh --steps=200 --seed 4"


def test_one_record_a_line_is_the_same() -> None:
    text = (SAMPLES / "slurm.control.txt").read_text("utf-8")
    blocks = [" ".join(block.split()) for block in text.split("\n\n")]
    assert [one.extra for one in read("\n".join(blocks)).rows] == [one.extra for one in read(text).rows]


def test_blocks_of_a_topology() -> None:
    said = sample("slurm.topology.txt")
    assert row(said, "b1").extra["node_count"] == 18
    assert row(said, "switch.1.1").extra["alias"] == "leaf a"
    assert said.facts["block_sizes"] == "18,36"


def test_the_same_name_in_two_sections_of_sdiag_is_told_apart() -> None:
    said = sample("slurm.sdiag.txt")
    assert said.facts["main_schedule_statistics"] == {
        "last_cycle": 97_209,
        "max_cycle": 1_407_590,
        "mean_depth_cycle": 103,
    }
    assert said.facts["main_scheduler_exit"] == {"end_of_job_queue": 34, "hit_default_queue_depth": 0}
    assert row(said, "REQUEST_NODE_INFO").counters["count"] == 52_011


def test_a_number_that_was_not_set_is_nothing_and_one_without_end_says_so() -> None:
    said = sample("slurm.json.txt")
    assert row(said, "gpu001").extra["resume_after"] is None
    assert row(said, "1201").extra["time_limit"] == "infinite"


def test_nodes_that_sinfo_tells_together_are_a_row() -> None:
    group = row(sample("slurm.json.txt"), "gpu007,gpu008")
    assert (group.state, group.extra["nodelist"]) == ("idle", ["gpu007", "gpu008"])


def test_a_line_of_another_stream_is_no_node() -> None:
    said = read("gpu001,idle\nslurm_load_node error: Unable to contact slurm controller\ngpu002,idle\n")
    assert [one.id for one in said.rows] == ["gpu001", "gpu002"]
    assert said.unparsed == ["slurm_load_node error: Unable to contact slurm controller"]


def test_a_partitions_state_stands_a_level_deeper() -> None:
    said = read('{"partitions": [{"name": "batch", "partition": {"state": ["UP"]}, "nodes": {"total": 4}}]}')
    assert (said.rows[0].id, said.rows[0].state) == ("batch", "up")


def test_a_jobs_state_in_the_accounting() -> None:
    said = read('{"jobs": [{"job_id": 7, "state": {"current": ["TIMEOUT"], "reason": "None"}}]}')
    assert (said.rows[0].id, said.rows[0].state) == ("7", "timeout")


def test_a_controller_that_was_asked() -> None:
    said = read('{"pings": [{"hostname": "ctl-01", "pinged": "UP", "latency": 11, "mode": "primary"}]}')
    assert (said.rows[0].id, said.rows[0].state, said.rows[0].extra["kind"]) == ("ctl-01", "up", "ping")


def test_words_without_a_heading_are_told_by_the_state() -> None:
    said = read("gpu001 mix\ngpu002|drained*|gpu:h200:8|IB link mlx5_3 down, see INC17\n(null)|anna|RUNNING|14\n")
    assert [(one.state, one.extra["kind"]) for one in said.rows] == [
        ("mixed", "node"),
        ("drained", "node"),
        ("running", "job"),
    ]


def test_processors_of_a_partition_by_what_they_do() -> None:
    said = read("gpu,986/454/0/1440\n")
    assert said.rows[0].extra == {"kind": "partition", "allocated": 986, "idle": 454, "other": 0, "total": 1440}


def test_a_partition_without_nodes_has_no_state() -> None:
    said = read("PARTITION AVAIL  TIMELIMIT  NODES  STATE NODELIST\ndebug        up    1:00:00      0    n/a \n")
    assert (said.rows[0].id, said.rows[0].extra["nodes"], said.unparsed) == ("debug", 0, [])


def test_flags_that_are_no_words_are_kept_all_the_same() -> None:
    said = read('{"nodes": [{"name": "gpu001", "state": "idle", "state_flags": [["DRAIN"], 7]}]}')
    assert said.rows[0].state == "idle"


def test_a_reason_after_a_blank_line_is_the_nodes() -> None:
    one = "NodeName=gpu007 Arch=x86_64 CoresPerSocket=1\n   State=IDLE+DRAIN\n   \n"
    two = "   Reason=Xid 79 [root@2024-12-19T11:03:34]\n\nNodeName=gpu008 Arch=x86_64\n   State=IDLE\n"
    said = read(one + two)
    assert [one.extra.get("reason") for one in said.rows] == ["Xid 79", None]
    assert said.rows[0].extra["reason_at"] == "2024-12-19T11:03:34"
    assert "reason" not in said.facts


def test_a_second_reason_is_not_the_first_nodes() -> None:
    text = "NodeName=gpu007 Arch=x86_64\n   State=DOWN\n   Reason=one [root@2024-12-19T11:03:34]\n\n"
    assert read(text + "   Reason=two [root@2024]\n").rows[0].extra["reason"] == "one"


def test_blocks_of_blocks_are_rows() -> None:
    said = read(
        "BlockName=b1 BlockIndex=0 Nodes=n[01-18] BlockSize=18\nAggregatedBlock=b[1-2] BlockIndex=2 Nodes=n[01-36]\n"
    )
    assert [(one.extra["kind"], one.extra["node_count"]) for one in said.rows] == [
        ("block", 18),
        ("aggregated_block", 36),
    ]
    assert "nodes" not in said.facts


def test_a_jobs_name_may_hold_blanks() -> None:
    head = "JOBID PARTITION NAME USER ST TIME NODES NODELIST(REASON)\n"
    (job,) = read(head + "77 gpu my long job carol CG 12:34 2 gpu[018-019]").rows
    assert (job.extra["name"], job.extra["user"], job.state) == ("my long job", "carol", "completing")
    (job,) = read(head + "78 gpu run carol PD 0:00 2 (ReqNodeNotAvail, UnavailableNodes:gpu[1-2])").rows
    assert job.extra["reason"] == "ReqNodeNotAvail, UnavailableNodes:gpu[1-2]"


def test_nodes_by_what_they_do_are_four_numbers() -> None:
    (one,) = read(
        "PARTITION AVAIL  TIMELIMIT   NODES(A/I/O/T) NODELIST\ngpu*  up 3-00:00:00  20/3/1/24 gpu[001-024]"
    ).rows
    assert (one.extra["nodes_allocated"], one.extra["nodes_other"], one.extra["nodes_total"]) == (20, 1, 24)


def test_accounted_jobs_stand_in_columns_of_fixed_width() -> None:
    said = sample("slurm.accounting.txt")
    assert row(said, "71").extra["account"] is None
    assert (row(said, "72.batch").state, row(said, "72.batch").extra["kind"]) == ("failed", "step")
    assert (row(said, "73").state, row(said, "73").extra["printed_state"]) == ("cancelled", "CANCELLED+")
    assert row(said, "72").extra["exit_code"] == "1:0"
    assert said.facts["job_states"] == {"PENDING": 1, "FAILED": 1, "CANCELLED+": 1}
