"""What was out when its shell was lost, decided without a node."""

from __future__ import annotations

from collector_rig import NVLINK, SLOW

from fabconsole.collector.asking import Asking
from fabconsole.collector.leftovers import MOST, Leftovers
from fabconsole.platforms.question import Again
from fabconsole.platforms.shell import STILL_RUNNING, Frame
from fabconsole.stream.records import Reason, Unanswered

ASKING = Asking(node="gpu0", question=SLOW, interval_s=30.0, deadline_s=20.0)
OTHER = Asking(node="gpu0", question=NVLINK, interval_s=30.0, deadline_s=20.0)


def frame(status: int = 0, body: bytes = b"", boot_id: str = "boot-1") -> Frame:
    return Frame(body=body, status=status, clock_s=1.0, boot_id=boot_id, end=0)


def test_where_no_shell_was_lost_the_words_go_as_they_are() -> None:
    leftovers = Leftovers()
    assert leftovers.call("fc_smi") == "fc_smi"
    assert leftovers.met(ASKING, frame(STILL_RUNNING), 5.0) is None, "then it is a status like any other"


def test_what_was_out_is_asked_again_only_where_nothing_of_its_session_runs() -> None:
    leftovers = Leftovers()
    leftovers.lost(ASKING, 100, 1.0)
    assert leftovers.call("fc_smi") == "fc_unless 100 fc_smi"
    stuck = leftovers.met(ASKING, frame(STILL_RUNNING), 5.0)
    assert isinstance(stuck, Unanswered)
    assert (stuck.reason, stuck.since) == (Reason.STUCK, 1.0)
    assert leftovers.met(ASKING, frame(body=b"answer"), 6.0) is None
    assert leftovers.call("fc_smi") == "fc_smi"


def test_nothing_else_of_its_lane_is_asked_beside_it() -> None:
    leftovers = Leftovers()
    leftovers.lost(ASKING, 100, 1.0)
    stuck = leftovers.met(OTHER, frame(STILL_RUNNING), 5.0)
    assert isinstance(stuck, Unanswered)
    assert (stuck.question, stuck.since) == ("nvlink", 1.0)
    assert stuck.detail.startswith("waits behind gpu, which was asked before its shell was lost")
    assert leftovers.call("fc_nvl - -") == "fc_unless 100 fc_nvl - -"
    assert leftovers.met(OTHER, frame(), 6.0) is None, "nothing of it runs there any more"
    assert leftovers.call("fc_smi") == "fc_smi"


def test_the_fast_lanes_answers_end_in_a_newline_of_their_own() -> None:
    leftovers = Leftovers()
    leftovers.lost(ASKING, 100, 1.0)
    assert isinstance(leftovers.met(ASKING, frame(STILL_RUNNING, body=b"\n"), 5.0), Unanswered)


def test_a_connection_lost_again_before_that_was_known_forgets_neither_shell() -> None:
    leftovers = Leftovers()
    leftovers.lost(ASKING, 100, 1.0)
    leftovers.lost(ASKING, 200, 2.0)
    assert leftovers.call("fc_smi") == "fc_unless 200 fc_unless 100 fc_smi"
    stuck = leftovers.met(ASKING, frame(STILL_RUNNING), 5.0)
    assert isinstance(stuck, Unanswered)
    assert stuck.since == 1.0


def test_of_many_lost_shells_the_first_and_the_last_ones_are_remembered() -> None:
    leftovers = Leftovers()
    for session in range(100, 120):
        leftovers.lost(ASKING, session, 1.0)
    words = leftovers.call("fc_smi").split()
    assert words.count("fc_unless") == MOST
    assert words[-2:] == ["100", "fc_smi"]
    assert words[1] == "119"


def test_a_session_number_from_before_a_boot_is_somebody_elses() -> None:
    leftovers = Leftovers()
    leftovers.met(ASKING, frame(), 0.0)
    leftovers.lost(ASKING, 100, 1.0)
    assert leftovers.met(ASKING, frame(STILL_RUNNING, boot_id="boot-2"), 5.0) is Again.NOW
    assert leftovers.call("fc_smi") == "fc_smi"
