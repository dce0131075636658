"""A link that goes down and comes back: one line that stands still, a warning until the link stood long enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from state_records import CLEAN, DOWN, Lab, active, xid

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.thresholds import Flapping, Rule, Thresholds
from fabconsole.state.snapshot import Finding
from fabconsole.stream.records import Asked, Peer

PORT, FAR = "h0/mlx5_0/1", "leaf01/1"
BY_COUNTER = Thresholds(rules={"link_downed": Rule(counter="link_downed", crit_per_s=0.0)})


class Cable:
    """A cable between h0 and leaf01, in a fabric that is polled every five seconds and swept every sixty."""

    def __init__(self, thresholds: Thresholds = BY_COUNTER, *, counts: bool = True, in_band: bool = True) -> None:
        self.in_band = in_band
        self.lab = Lab("h0", in_band=["h0"] if in_band else (), asked=(Asked("hca", 5.0),), thresholds=thresholds)
        self.counts = counts
        self.downs = 0
        self.polls = 0
        self.is_up = True
        self.seen: list[tuple[Finding, ...]] = []
        for _ in range(13):
            self.poll()
        assert self.seen[-1] == ()

    def poll(self) -> None:
        lab = self.lab.wait(5)
        counted = {**CLEAN, "link_downed": self.downs if self.counts else 0}
        lab.ports("h0", {"mlx5_0/1": counted}, {} if self.is_up else {"mlx5_0/1": DOWN})
        if self.in_band and self.polls % 12 == 0:
            peers = {"1": Peer(port_guid="h0-mlx5_0/1", port=1, description="h0 mlx5_0")} if self.is_up else {}
            state = active() if self.is_up else DOWN
            lab.sweep("h0", lab.switch("leaf01", {"1": counted}, {"1": state}, peers))
        self.polls += 1
        self.seen.append(lab.state.snapshot(lab.now).findings)

    def flap(self, up: int = 3) -> None:
        """Down for one poll, then up for some."""
        self.is_up, self.downs = False, self.downs + 1
        self.poll()
        self.is_up = True
        for _ in range(up):
            self.poll()


def told(finding: Finding) -> tuple[Health, Health | None, str]:
    return finding.health, finding.peer_health, finding.reason


def test_two_downs_are_two_downs_and_three_are_flapping() -> None:
    cable = Cable()
    flapping = "flapping: 3 downs in 10 min, last 13:48:30; link_downed grows"
    for reason in ("link_downed grows", "link_downed grows", flapping):
        cable.flap()
        assert cable.lab.port(PORT).reason.startswith(reason)


@pytest.mark.parametrize("ends", [1, 2])
def test_from_its_first_return_on_a_line_says_how_often_it_went_down_and_alternates_in_nothing(ends: int) -> None:
    cable = Cable(in_band=ends > 1)
    cable.seen.clear()
    for _ in range(2):
        cable.flap()
    every = [found[0] for found in cable.seen]
    assert [(finding.health, finding.reason) for finding in every] == [
        (Health.DOWN, "Down, Polling"),
        *[(Health.CRIT, "1 down in 10 min, last 13:47:50")] * 3,
        *[(Health.CRIT, "2 downs in 10 min, last 13:48:10")] * 4,
    ]
    assert {finding.since for finding in every} == {cable.lab.now - 35}
    assert {finding.peer for finding in every} == ({FAR} if ends > 1 else {None})


def test_a_link_without_a_known_far_end_keeps_its_place_while_it_goes_down_and_comes_back() -> None:
    cable = Cable(in_band=False)
    cable.lab.log("h0", xid("h0", cable.lab.now))
    cable.flap()
    cable.seen.clear()
    for _ in range(3):
        cable.flap()
    assert {tuple(finding.end for finding in found) for found in cable.seen} == {(PORT, "h0/gpu3")}


def test_a_link_that_came_back_once_and_stood_for_the_window_is_well_again() -> None:
    cable = Cable(in_band=False)
    cable.flap(up=13)
    assert not cable.seen[-1]
    cable.flap()
    (finding,) = cable.seen[-1]
    assert finding.reason.startswith("2 downs in 10 min")


def test_a_link_that_went_down_often_and_now_stays_down_is_down() -> None:
    cable = Cable(in_band=False)
    for _ in range(3):
        cable.flap()
    cable.is_up, cable.downs = False, cable.downs + 1
    for _ in range(13):
        cable.poll()
    (finding,) = cable.seen[-1]
    assert (finding.health, finding.reason) == (
        Health.DOWN,
        "flapping: 4 downs in 10 min, last 13:48:50; Down, Polling",
    )


def test_a_port_that_is_another_device_now_did_not_go_down_with_it() -> None:
    lab = Lab("h0")
    lab.ports("h0", {"mlx5_0/1": {"link_downed": 1}}, {"mlx5_0/1": active("a")})
    lab.wait(1).ports("h0", {"mlx5_0/1": {}}, {"mlx5_0/1": active("b")})
    assert lab.port(PORT).unsteady == ""


def test_a_flapping_port_that_is_gone_is_said_to_be_gone() -> None:
    cable = Cable(in_band=False)
    for _ in range(3):
        cable.flap()
    lab = cable.lab.wait(5)
    lab.ports("h0", {"mlx5_1/1": CLEAN})
    assert [told(f) for f in lab.state.snapshot(lab.now).findings if f.end == PORT] == [
        (Health.MISSING, None, "no longer listed by its node")
    ]


def test_one_line_stands_still_while_the_link_goes_down_and_comes_back() -> None:
    cable = Cable()
    for _ in range(3):
        cable.flap()
    cable.seen.clear()
    for _ in range(40):
        cable.flap()
    assert {len(found) for found in cable.seen} == {1}
    every = [found[0] for found in cable.seen]
    assert {(finding.end, finding.peer) for finding in every} == {(PORT, FAR)}
    assert {(finding.health, finding.peer_health) for finding in every} == {(Health.CRIT, Health.CRIT)}
    assert len({finding.since for finding in every}) == 1
    words = list(dict.fromkeys(finding.reason.partition(", last")[0] for finding in every))
    assert words == [f"flapping: {downs} downs in 10 min" for downs in range(4, 31)]


def test_it_is_a_warning_while_it_is_up_and_well_after_it_stood_long_enough() -> None:
    cable = Cable()
    for _ in range(3):
        cable.flap()
    for _ in range(20):
        cable.poll()
    port = cable.lab.port(PORT)
    assert (port.health, port.reason) == (Health.WARN, "flapping: 3 downs in 10 min, last 13:48:30")
    assert cable.lab.node("h0").health is Health.WARN
    for _ in range(100):
        cable.poll()
    assert cable.lab.port(PORT).health is Health.OK
    assert cable.seen[-1] == ()


def test_a_state_that_was_seen_to_change_counts_where_no_counter_does() -> None:
    cable = Cable(counts=False)
    for _ in range(3):
        cable.flap()
    assert cable.lab.port(PORT).reason == "flapping: 3 downs in 10 min, last 13:48:30"


def test_a_port_that_is_down_when_its_state_is_read_again_went_down() -> None:
    lab = Lab("h0", asked=(Asked("hca", 5.0),))
    states = (active("a"), replace(active("a"), state=None), replace(DOWN, port_guid="a"))
    for state in states * 3:
        lab.wait(5).ports("h0", states={"mlx5_0/1": state})
    assert lab.port(PORT).reason.startswith("flapping: 3 downs in 10 min")


def test_downs_between_two_readings_are_counted_by_the_counter() -> None:
    cable = Cable()
    cable.downs += 5
    cable.poll()
    assert cable.lab.port(PORT).reason.startswith("flapping: 5 downs in 10 min")


def test_downs_while_nobody_read_the_link_are_told_with_how_long_that_was_and_are_no_flapping() -> None:
    cable = Cable(in_band=False)
    cable.lab.wait(3595)
    cable.downs += 3
    for _ in range(4):
        cable.poll()
        ((finding,), port) = cable.seen[-1], cable.lab.port(PORT)
        assert (finding.health, finding.reason) == (Health.CRIT, "3 downs in 60 min, last 14:47:45")
        assert "flapping" not in port.reason
    for _ in range(3):
        cable.flap()
    assert cable.lab.port(PORT).reason.startswith("flapping: 3 downs in 10 min")


def test_downs_while_a_port_alone_was_not_understood_are_told_with_how_long_that_was() -> None:
    lab = Lab("h0", asked=(Asked("hca", 5.0),))
    for _ in range(2):
        lab.wait(5).ports("h0")
    for _ in range(240):
        lab.wait(5).ports("h0", {}, unread=["mlx5_0/1"])
    lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "link_downed": 4}})
    assert lab.port(PORT).unsteady.startswith("4 downs in 20.1 min")


def test_a_link_that_flapped_before_our_clock_was_put_back_is_calm_as_soon_as_any_other() -> None:
    cable = Cable(in_band=False)
    for _ in range(3):
        cable.flap()
    cable.lab.booted_at["h0"] -= 7200
    cable.lab.wait(-7200)
    for polls, health in ((100, Health.WARN), (20, Health.OK)):
        for _ in range(polls):
            cable.poll()
        assert cable.lab.port(PORT).health is health


def test_how_often_is_for_the_operator_to_say() -> None:
    cable = Cable(replace(BY_COUNTER, flapping=Flapping(downs=2, within_s=60.0)))
    cable.flap()
    cable.flap()
    assert cable.lab.port(PORT).reason.startswith("flapping: 2 downs in 1 min")
    for _ in range(13):
        cable.poll()
    assert cable.lab.port(PORT).health is Health.OK


def test_a_reboot_of_the_node_is_no_flapping_of_its_links() -> None:
    cable = Cable()
    for _ in range(3):
        cable.flap()
    cable.lab.boots["h0"], cable.lab.booted_at["h0"], cable.downs = "boot-2", cable.lab.now, 0
    cable.poll()
    cable.poll()
    assert cable.lab.port(PORT).health is Health.OK


def test_a_flapping_port_that_is_no_longer_listed_is_missing_and_one_not_answered_for_is_unknown() -> None:
    cable = Cable()
    for _ in range(3):
        cable.flap()
    lab = cable.lab.wait(5)
    lab.answer("h0", "hca")
    assert lab.port(PORT).health is Health.MISSING
    lab.wait(100)
    assert lab.port(PORT).health is Health.UNKNOWN


def both_ends(lab: Lab, here: int, there: int) -> Finding:
    """A reading of each end of a cable with so many symbol errors; the one finding of it."""
    lab.wait(60).ports("h0", {"mlx5_0/1": {**CLEAN, "symbol_error": here}})
    peers = {"1": Peer(port_guid="h0-mlx5_0/1", port=1, description="h0 mlx5_0")}
    lab.sweep("h0", lab.switch("leaf01", {"1": {**CLEAN, "symbol_error": there}}, peers=peers))
    (finding,) = lab.state.snapshot(lab.now).findings
    return finding


def test_a_link_keeps_the_end_it_is_named_by_and_the_worse_end_decides() -> None:
    lab = Lab("h0", in_band=["h0"], asked=(Asked("hca", 5.0),))
    lab.ports("h0")
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    first = both_ends(lab, 0, 60)
    assert (first.end, first.health, first.peer_health) == (FAR, Health.WARN, Health.OK)
    then = both_ends(lab, 6000, 120)
    assert (then.end, then.peer, then.health, then.since) == (FAR, PORT, Health.CRIT, first.since)
    assert then.reason == (
        f"{PORT}: symbol_error grows 100/s, over 10/s; symbol_error grows 1/s, any growth is too much"
    )
    last = both_ends(lab, 12000, 120)
    assert (last.end, last.health) == (PORT, Health.CRIT)


def test_what_both_ends_say_alike_is_said_once() -> None:
    lab = Lab("h0", in_band=["h0"], asked=(Asked("hca", 5.0),), expect=Expect(rate_gbps=400.0))
    lab.ports("h0")
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    assert both_ends(lab, 60, 60).reason == "symbol_error grows 1/s, any growth is too much"


@pytest.mark.parametrize("thresholds", [Thresholds(), BY_COUNTER])
def test_three_in_ten_minutes_is_the_usual_rule(thresholds: Thresholds) -> None:
    assert (thresholds.flapping.downs, thresholds.flapping.within_s) == (3, 600.0)
