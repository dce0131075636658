"""NVLinks: inactive, missing, unsupported, growing."""

from __future__ import annotations

import pytest
from state_records import CANNOT_COUNT, INACTIVE, QUIET, UP, Lab, table

from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import Kind, NvlinkState, Width
from fabconsole.stream.records import Reason

LINK = "h0/gpu0/nvl0"
TWO = {"gpu0/nvl0": QUIET, "gpu0/nvl1": QUIET}


def test_up_and_quiet_is_ok_after_the_second_reading() -> None:
    lab = Lab("h0")
    lab.nvlinks("h0")
    assert lab.nvlink(LINK).health is Health.UNKNOWN
    lab.wait(30).nvlinks("h0")
    link = lab.nvlink(LINK)
    assert (link.health, link.state.speed_gbs, dict(link.rates)) == (Health.OK, 26.562, dict.fromkeys(QUIET, 0.0))


def test_a_moving_recovery_counter_warns_and_the_others_stay_well() -> None:
    lab = Lab("h0")
    lab.nvlinks("h0", TWO)
    lab.wait(30).nvlinks("h0", {**TWO, "gpu0/nvl1": {**QUIET, "recovery": 3}})
    assert lab.nvlink("h0/gpu0/nvl1").reason == "recovery grows 6/min, any growth is too much"
    assert lab.nvlink("h0/gpu0/nvl1").health is Health.WARN
    assert lab.nvlink(LINK).health is Health.OK


def test_an_inactive_link_that_expect_covers_is_down_on_the_first_reading() -> None:
    lab = Lab("h0", expect=Expect(gpus=1, nvlinks=2))
    lab.nvlinks("h0", TWO, {"gpu0/nvl1": INACTIVE})
    assert (lab.nvlink("h0/gpu0/nvl1").health, lab.nvlink("h0/gpu0/nvl1").reason) == (Health.DOWN, "inactive")


def test_without_expect_an_inactive_link_is_judged_by_what_was_seen() -> None:
    lab = Lab("h0")
    lab.nvlinks("h0", TWO, {"gpu0/nvl0": INACTIVE, "gpu0/nvl1": INACTIVE})
    assert lab.nvlink(LINK).health is Health.NOT_SUPPORTED
    lab.wait(30).nvlinks("h0", TWO, {"gpu0/nvl0": UP, "gpu0/nvl1": INACTIVE})
    assert lab.nvlink("h0/gpu0/nvl1").health is Health.UNKNOWN
    lab.wait(30).nvlinks("h0", TWO, {"gpu0/nvl0": INACTIVE, "gpu0/nvl1": INACTIVE})
    assert lab.nvlink(LINK).health is Health.DOWN
    assert lab.state.snapshot(lab.now).events[0].event.text == "gpu0/nvl0 NVLink inactive"


@pytest.mark.parametrize(("then", "told"), [(INACTIVE, ["gpu0/nvl0 NVLink inactive"]), (UP, [])])
def test_a_link_whose_state_was_not_told_for_a_while_is_held_against_what_it_told_before(
    then: NvlinkState, told: list[str]
) -> None:
    lab = Lab("h0")
    lab.nvlinks("h0")
    for state in (NvlinkState(state="unknown"), NvlinkState(state="unknown"), then):
        lab.wait(30).nvlinks("h0", states={"gpu0/nvl0": state})
    assert [line.event.text for line in lab.state.snapshot(lab.now).events] == told


def test_what_expect_names_and_is_not_listed_is_missing_in_its_place() -> None:
    lab = Lab("h0", expect=Expect(gpus=2, nvlinks=2))
    lab.nvlinks("h0", {"gpu0/nvl1": QUIET, "gpu1/nvl0": QUIET, "gpu1/nvl1": QUIET})
    links = lab.node("h0").nvlinks
    assert [link.end for link in links] == [f"h0/gpu{gpu}/nvl{number}" for gpu in (0, 1) for number in (0, 1)]
    assert [link.health is Health.MISSING for link in links] == [True, False, False, False]


def test_before_the_first_answer_the_expected_links_are_unknown() -> None:
    lab = Lab("h0", expect=Expect(gpus=2, nvlinks=2))
    assert {link.health for link in lab.node("h0").nvlinks} == {Health.UNKNOWN}
    lab.silent("h0", "nvlink", Reason.NO_TOOL)
    links = lab.node("h0").nvlinks
    assert len(links) == 4
    assert {(link.health, link.reason) for link in links} == {(Health.UNKNOWN, "no such tool")}


def test_a_gpu_whose_links_vanish_leaves_them_missing() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(30).nvlinks("h0", {"gpu0/nvl0": QUIET, "gpu1/nvl0": QUIET})
    lab.wait(30).nvlinks("h0", {"gpu1/nvl0": QUIET})
    assert [link.health for link in lab.node("h0").nvlinks] == [Health.MISSING, Health.OK]


def test_links_are_in_order_of_number_not_of_spelling() -> None:
    lab = Lab("h0")
    lab.nvlinks("h0", {f"gpu{gpu}/nvl{link}": QUIET for gpu in (10, 2) for link in (11, 3)})
    assert [(link.gpu, link.link) for link in lab.node("h0").nvlinks] == [(2, 3), (2, 11), (10, 3), (10, 11)]


def test_what_the_gpu_cannot_count_is_marked_and_not_called_well() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(30).nvlinks("h0", {"gpu0/nvl0": dict.fromkeys(QUIET, CANNOT_COUNT)})
    link = lab.nvlink(LINK)
    assert (link.health, dict(link.counters)) == (Health.NOT_SUPPORTED, {})
    assert link.marks == dict.fromkeys(QUIET, Mark.UNSUPPORTED)


def test_a_state_that_was_not_read_is_unknown() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(30).nvlinks("h0", states={"gpu0/nvl0": NvlinkState(state="unknown")})
    assert lab.nvlink(LINK).health is Health.UNKNOWN


def test_many_links_of_one_gpu_that_ail_alike_are_one_line_of_the_worst_list() -> None:
    lab = Lab("h0", expect=Expect(gpus=1, nvlinks=18))
    rows = {f"gpu0/nvl{link}": QUIET for link in range(18)}
    lab.nvlinks("h0", rows, dict.fromkeys(rows, INACTIVE))
    found = [finding for finding in lab.state.snapshot(lab.now).findings if finding.health is Health.DOWN]
    assert [(finding.end, finding.reason) for finding in found] == [(LINK, "inactive, and 17 more of gpu0")]


def test_many_links_that_ail_alike_are_down_since_the_first_of_them_was_though_another_came_back() -> None:
    lab = Lab("h0", expect=Expect(gpus=1, nvlinks=18))
    rows = {f"gpu0/nvl{link}": QUIET for link in range(18)}
    lab.nvlinks("h0", rows, dict.fromkeys(rows, INACTIVE))
    lab.state.snapshot(began := lab.now)
    lab.wait(30).nvlinks("h0", rows, dict.fromkeys(rows, INACTIVE) | {"gpu0/nvl0": UP})
    (found,) = [finding for finding in lab.state.snapshot(lab.now).findings if finding.health is Health.DOWN]
    assert (found.end, found.since) == ("h0/gpu0/nvl1", began)


def test_links_whose_tool_answered_once_and_is_gone_are_not_well_though_nobody_expects_any() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(30).silent("h0", "nvlink", Reason.NO_TOOL)
    assert lab.nvlink(LINK).health is Health.STALE
    assert lab.node("h0").health is Health.STALE


def test_a_link_that_many_answers_have_not_told_of_is_unknown_and_no_longer_down() -> None:
    lab = Lab("h0", expect=Expect(gpus=1, nvlinks=2))
    lab.nvlinks("h0", TWO, {"gpu0/nvl0": INACTIVE})
    rest = table(Kind.NVLINKS, Width.NVIDIA_SMI, {"gpu0/nvl1": QUIET}, {"gpu0/nvl1": UP}, ["gpu0/nvl0"])
    for polls, health in ((6, Health.DOWN), (1, Health.UNKNOWN)):
        for _ in range(polls):
            lab.wait(30).answer("h0", "nvlink", rest)
        assert lab.nvlink(LINK).health is health
