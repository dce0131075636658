"""What is printed: the JSON document, the exit code, the table; banners and the worst list."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console
from state_records import ASKED, CLEAN, DOWN, QUIET, Lab, active, xid

from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.inventory import Expect
from fabconsole.state.listing import render
from fabconsole.state.remedies import REMEDIES
from fabconsole.state.report import document, exit_code, moment
from fabconsole.stream.records import Reason


def printed(lab: Lab, width: int = 120) -> str:
    console = Console(width=width, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(render(lab.state.snapshot(lab.now)))
    return capture.get()


def test_the_document_has_the_agreed_keys_and_is_json() -> None:
    lab = Lab("h0", in_band=["h0"])
    lab.all_well("h0")
    lab.log("h0", xid("h0", lab.now))
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    told = json.loads(json.dumps(document(lab.state.snapshot(lab.now))))
    assert {"fabric", "at", "interval_s", "severity", "coverage", "nodes", "ports", "nvlinks", "events"} <= set(told)
    assert (told["fabric"], told["at"], told["interval_s"]) == ("east-1", "1970-01-12T13:46:45Z", 5.0)
    assert told["severity"] == "CRIT"
    assert told["coverage"]["questions"]["hca"] == {"asked": 1, "answered": 1, "oldest_s": 0.0}
    assert [node["node"] for node in told["nodes"]] == ["h0"]
    assert {"node", "rack", "platform", "health", "age_s", "error"} <= set(told["nodes"][0])
    assert [port["end"] for port in told["ports"]] == ["h0/mlx5_0/1", "leaf01/1"]
    assert {"end", "peer", "state", "phys_state", "rate_gbps", "width", "health", "counters", "rates", "marks"} <= set(
        told["ports"][0]
    )
    link = told["nvlinks"][0]
    assert (link["end"], link["state"], link["speed_gbs"], link["counters"]) == ("h0/gpu0/nvl0", "up", 26.562, QUIET)
    event = told["events"][0]
    assert (event["at"], event["node"], event["kind"], event["code"], event["severity"]) == (
        told["at"],
        "h0",
        "xid",
        74,
        "CRIT",
    )


def test_a_down_port_has_no_rate_and_an_unread_counter_is_absent() -> None:
    lab = Lab("h0")
    lab.ports("h0", {"mlx5_0/1": {"symbol_error": 3}}, {"mlx5_0/1": DOWN})
    port = document(lab.state.snapshot(lab.now))["ports"][0]
    assert (port["rate_gbps"], port["width"], port["state"], port["health"]) == (None, None, "Down", "DOWN")
    assert port["counters"] == {"symbol_error": 3}
    assert port["rates"] == {}


def test_what_is_gone_or_long_unread_is_in_no_state_that_a_script_could_count_as_up() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5).ports("h0", {"mlx5_1/1": CLEAN})
    lab.wait(600)
    said = document(lab.state.snapshot(lab.now))
    gone, unread, link = (*said["ports"], *said["nvlinks"])
    assert [row["health"] for row in (gone, unread, link)] == ["UNKNOWN"] * 3
    assert (gone["state"], unread["state"], unread["rate_gbps"]) == (None, None, None)
    assert (link["state"], link["speed_gbs"]) == ("unknown", None)
    assert unread["guid"] == "h0-mlx5_1/1"


def test_links_that_expect_alone_counts_are_not_told_as_read_of_a_host_that_never_answered() -> None:
    lab = Lab("h0", expect=Expect(gpus=2, nvlinks=2))
    lab.silent("h0", "nvlink", Reason.NO_TOOL)
    assert document(lab.state.snapshot(lab.now))["nvlinks"] == []
    assert "0 of 4 read" in printed(lab)
    lab.nvlinks("h0", {"gpu0/nvl0": QUIET})
    assert len(document(lab.state.snapshot(lab.now))["nvlinks"]) == 4
    assert "of 4 read" not in printed(lab)


def test_moments_are_utc() -> None:
    assert moment(1767225600.0) == "2026-01-01T00:00:00Z"
    assert moment(1767225600.25) == "2026-01-01T00:00:00.250Z"


@pytest.mark.parametrize(
    ("fault", "code", "severity"),
    [
        (lambda lab: None, 0, "OK"),
        (lambda lab: lab.ports("h0", states={"mlx5_0/1": active("h0-mlx5_0/1", rate=200.0)}), 1, "WARN"),
        (lambda lab: lab.silent("h0", "log"), 3, "UNKNOWN"),
        (lambda lab: lab.ports("h0", states={"mlx5_0/1": DOWN}), 2, "CRIT"),
        (lambda lab: (lab.ports("h0", states={"mlx5_0/1": DOWN}), lab.silent("h0", "log")), 2, "CRIT"),
    ],
)
def test_the_exit_code_is_the_worst(fault: object, code: int, severity: str) -> None:
    lab = Lab("h0", expect=Expect(rate_gbps=400.0))
    lab.all_well("h0")
    fault(lab)  # type: ignore[operator]
    snapshot = lab.state.snapshot(lab.now)
    assert (exit_code(snapshot), document(snapshot)["severity"]) == (code, severity)


def test_incomplete_coverage_outranks_a_warning() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    snapshot = lab.state.snapshot(lab.now)
    blind = replace(snapshot, severity=Severity.WARN, coverage=replace(snapshot.coverage, polled=0))
    assert exit_code(blind) == 3


def test_the_table_shows_the_worst_first_and_folds_what_is_well() -> None:
    hosts = [f"gpu{number:02}" for number in range(8)]
    lab = Lab(*hosts)
    lab.all_well(*hosts)
    lab.ports("gpu03", states={"mlx5_0/1": DOWN})
    lines = printed(lab).splitlines()
    assert "CRIT" in lines[0]
    assert "hca 8/8" in lines[0]
    assert "gpu03/mlx5_0/1" in next(line for line in lines if "DOWN" in line)
    assert any("gpu[00-02,04-07]" in line and "7 nodes" in line for line in lines)


def test_the_table_says_in_which_rack_to_look() -> None:
    lab = Lab("gpu00", "gpu01", "gpu02", "gpu03")
    lab.all_well("gpu00", "gpu01", "gpu02", "gpu03")
    lab.ports("gpu03", states={"mlx5_0/1": DOWN})
    rows = [line.split() for line in printed(lab).splitlines() if line.startswith("▼")]
    rack = lab.state.snapshot(lab.now).nodes["gpu03"].rack
    assert [row[1:4] for row in rows] == [["gpu03/mlx5_0/1", rack, "DOWN"], ["gpu03", rack, "DOWN"]]


def test_that_a_node_does_not_answer_is_no_event_of_the_table_as_well() -> None:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    lab.silent("h0", "hca", Reason.UNREACHABLE, "no route to h0")
    lab.log("h1", xid("h1", lab.now))
    events = printed(lab, width=200).partition("events")[2]
    assert "Xid 74" in events
    assert "no route" not in events


def test_what_a_node_says_is_no_markup_in_the_table() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.log("h0", replace(xid("h0", lab.now), code=None, text="[red]not[/red] markup [/]"))
    assert "[red]not[/red] markup [/]" in printed(lab, width=300)


def test_many_nodes_failing_alike_are_one_banner_and_no_findings() -> None:
    hosts = [f"h{number}" for number in range(10)]
    lab = Lab(*hosts)
    lab.all_well(*hosts)
    for host in hosts[:4]:
        for one in ASKED:
            lab.silent(host, one.question, Reason.UNREACHABLE, f"no route to {host}")
    snapshot = lab.state.snapshot(lab.now)
    assert [(banner.text, banner.nodes) for banner in snapshot.banners] == [
        ("4 of 10 nodes: unreachable: no route to …", ("h0", "h1", "h2", "h3"))
    ]
    assert snapshot.findings == ()


def without_logs(*hosts: str) -> Lab:
    """A fabric that is well, but for its kernel logs, which none of its hosts may read."""
    lab = Lab(*hosts)
    lab.all_well(*hosts)
    for host in hosts:
        lab.silent(host, "log", Reason.NO_PERMISSION, "not in group adm")
    assert (len(lab.state.snapshot(lab.now).banners), lab.state.snapshot(lab.now).findings) == (1, ())
    return lab


def test_a_banner_hides_no_other_question_that_one_of_its_nodes_leaves_unanswered() -> None:
    lab = without_logs("h0", "h1", "h2", "h3")
    lab.silent("h1", "nvlink", Reason.TIMEOUT, "no answer within 38 s")
    (finding,) = lab.state.snapshot(lab.now).findings
    assert (finding.end, "nvlink: timed out" in finding.reason) == ("h1", True)


def test_a_lost_node_is_in_the_banner_with_the_questions_that_had_failed_for_their_own_reasons() -> None:
    hosts = ("h0", "h1", "h2", "h3")
    lab = Lab(*hosts)
    lab.all_well(*hosts)
    lab.silent("h0", "log", Reason.NO_PERMISSION, "not in group adm")
    for host in hosts:
        lab.silent(host, "hca", Reason.JUMP, "bastion1 does not answer")
    assert lab.state.snapshot(lab.now).findings == ()


def test_two_nodes_failing_alike_are_no_banner_but_for_their_jump_host() -> None:
    for reason, banners in ((Reason.TIMEOUT, 0), (Reason.JUMP, 1)):
        lab = Lab("h0", "h1", "h2")
        lab.all_well("h0", "h1", "h2")
        for host in ("h0", "h1"):
            lab.silent(host, "hca", reason, "bastion1 does not answer")
        assert len(lab.state.snapshot(lab.now).banners) == banners


def test_the_worst_list_keeps_the_onset_while_a_fault_lasts() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5).ports("h0", states={"mlx5_0/1": DOWN})
    began = lab.now
    for _ in range(3):
        lab.state.snapshot(lab.now)
        lab.wait(5).ports("h0", states={"mlx5_0/1": DOWN})
    found = lab.state.snapshot(lab.now).findings
    assert [(finding.end, finding.health, finding.since) for finding in found] == [("h0/mlx5_0/1", Health.DOWN, began)]
    lab.wait(5).ports("h0")
    assert lab.state.snapshot(lab.now).findings == ()


def test_a_node_with_several_troubles_has_each_on_the_worst_list() -> None:
    lab = Lab("h0", expect=Expect(gpus=8))
    lab.all_well("h0")
    lab.ports("h0", states={"mlx5_0/1": DOWN})
    lab.rest("h0", gpus=7)
    lab.log("h0", xid("h0", lab.now - 60))
    lab.silent("h0", "nvlink")
    found = {(f.end, f.health): f.reason for f in lab.state.snapshot(lab.now).findings}
    assert found == {
        ("h0/mlx5_0/1", Health.DOWN): "Down, Polling",
        ("h0", Health.MISSING): "7 of 8 GPUs",
        ("h0/gpu3", Health.CRIT): "Xid 74 NVLink error · gpu3 link 3: see the peer",
        ("h0", Health.STALE): "nvlink: timed out",
    }


def test_what_is_not_answered_has_its_remedy_in_the_table_and_in_the_document() -> None:
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    for host in ("h0", "h1"):
        lab.silent(host, "log", Reason.NO_LOG, "neither the journal nor dmesg may be read")
    remedy = REMEDIES[Reason.NO_LOG]
    (line,) = [line for line in printed(lab).splitlines() if remedy.glyph in line]
    assert " ".join(line.split()) == f"{remedy.glyph} no right to the log h[0-1] {remedy.advice}"
    told = document(lab.state.snapshot(lab.now))["nodes"][0]["questions"]
    assert (told["log"]["reason"], told["log"]["remedy"]) == ("no right to the log", remedy.advice)
    assert told["hca"]["remedy"] is None
