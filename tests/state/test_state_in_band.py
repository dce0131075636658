"""Switches found in-band: names, both ends of a link, what a sweep's silence means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from state_records import CLEAN, DOWN, MASTER, RULES, Lab, active

from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import PortState, Width
from fabconsole.state.switch_names import named, usable
from fabconsole.stream.records import Asked, Opening, Peer, Reason, SwitchReading

HOST_PEER = Peer(port_guid="h0-mlx5_0/1", port=1, description="h0 mlx5_0")
SWEPT_ONLY = (Asked("hca", 5.0),)


def two_switches(lab: Lab, **down: bool) -> None:
    """leaf01/1 to h0, leaf01/2 to spine01/1, leaf01/3 never used."""
    trunk = DOWN if down.get("trunk") else active()
    lab.sweep(
        "h0",
        lab.switch(
            "leaf01",
            {"1": CLEAN, "2": CLEAN, "3": {}},
            {"2": trunk, "3": DOWN},
            {"1": HOST_PEER}
            | ({} if down.get("trunk") else {"2": Peer(port_guid="5a", port=1, description="spine01")}),
            guid="1e",
        ),
        lab.switch(
            "spine01",
            {"1": CLEAN},
            {"1": trunk},
            {} if down.get("trunk") else {"1": Peer(port_guid="1e", port=2, description="leaf01")},
            guid="5a",
        ),
    )


def swept(sweeps: int = 2, **options: object) -> Lab:
    lab = Lab("h0", in_band=["h0"], asked=SWEPT_ONLY, **options)  # type: ignore[arg-type]
    for _ in range(sweeps):
        lab.wait(60)
        lab.ports("h0")
        lab.wait(1).ports("h0")
        two_switches(lab)
    return lab


def test_switches_are_nodes_after_the_inventorys_in_a_rack_of_their_own() -> None:
    snapshot = swept().state.snapshot(0)
    assert list(snapshot.nodes) == ["h0", "leaf01", "spine01"]
    assert [(rack.name, rack.nodes) for rack in snapshot.racks] == [
        ("r00", ("h0",)),
        ("switches", ("leaf01", "spine01")),
    ]
    leaf = snapshot.nodes["leaf01"]
    assert (leaf.platform, leaf.rack, leaf.facts["guid"]) == ("switch", None, "1e")
    assert snapshot.coverage.questions["in-band"].asked == 2


def test_links_have_both_ends() -> None:
    lab = swept()
    assert lab.port("h0/mlx5_0/1").peer == "leaf01/1"
    assert lab.port("leaf01/1").peer == "h0/mlx5_0/1"
    assert lab.port("leaf01/2").peer == "spine01/1"
    assert lab.port("spine01/1").peer == "leaf01/2"


def test_two_subnets_may_each_have_a_switch_of_one_name_and_neither_hides_the_other() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"])
    armed = PortState(state="Armed", phys_state="LinkUp")
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}, {"1": armed}, guid="a" * 16), subnet="compute")
    lab.sweep("h1", lab.switch("leaf01", {"1": CLEAN}, guid="b" * 16, node="h1"), subnet="storage")
    assert lab.port("leaf01/1").health is Health.CRIT
    assert lab.node("leaf01-bbbb").facts["subnet"] == "storage"


def test_a_counter_that_is_read_from_a_narrower_register_than_before_is_saturated_at_its_end() -> None:
    lab = Lab("h0", in_band=["h0"])
    for source in (Width.PMA_EXTENDED, Width.PMA, Width.PMA):
        reading = lab.wait(60).switch("leaf01", {"1": {**CLEAN, "link_downed": 255}})
        lab.sweep("h0", replace(reading, table=replace(reading.table, source=source)))
    port = lab.port("leaf01/1")
    assert (port.health, port.marks) == (Health.WARN, {"link_downed": Mark.SATURATED})


def test_a_far_end_that_is_none_of_ours_keeps_its_description() -> None:
    lab = Lab("h0", in_band=["h0"])
    far = {
        "1": Peer(port_guid="99", port=1, description="storage7 mlx5_0"),
        "2": Peer(port_guid="98", port=1, description="h0 mlx5_4"),
    }
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN, "2": CLEAN}, peers=far))
    assert lab.port("leaf01/1").peer == "storage7 mlx5_0"
    assert lab.port("leaf01/2").peer == "h0/mlx5_4/1"


def test_switch_ports_are_judged_like_others() -> None:
    lab = swept()
    assert lab.port("leaf01/1").health is Health.OK
    lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": {**CLEAN, "symbol_error": 77}}, guid="1e"))
    assert lab.port("leaf01/1").health is Health.WARN
    assert lab.port("leaf01/1").counters["symbol_error"] == 77


def test_another_host_that_takes_over_after_our_clock_was_put_back_is_listened_to() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"], asked=SWEPT_ONLY)
    for _ in range(2):
        lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    lab.wait(-7200).sweep("h1", lab.switch("leaf01", {"1": CLEAN}, {"1": PortState(state="Armed")}, node="h1"))
    assert lab.port("leaf01/1").health is Health.CRIT


def test_a_switch_port_that_never_had_a_peer_is_expected_down() -> None:
    lab = swept(sweeps=1)
    assert lab.port("leaf01/3").health is Health.EXPECTED_DOWN


def test_a_trunk_that_goes_down_is_down_at_both_ends_and_keeps_its_far_end() -> None:
    lab = swept()
    lab.wait(60)
    two_switches(lab, trunk=True)
    for end, peer in (("leaf01/2", "spine01/1"), ("spine01/1", "leaf01/2")):
        assert (lab.port(end).health, lab.port(end).peer) == (Health.DOWN, peer)
    found = [finding for finding in lab.state.snapshot(lab.now).findings if finding.health is Health.DOWN]
    assert len(found) == 1
    assert found[0].peer_health is Health.DOWN
    lab.wait(60)
    two_switches(lab)
    assert lab.port("leaf01/2").health is Health.OK


def test_a_cable_that_was_moved_leaves_its_old_port_expected_down() -> None:
    lab = swept()
    lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": {}, "3": CLEAN}, {"1": DOWN}, {"3": HOST_PEER}, guid="1e"))
    assert (lab.port("leaf01/1").health, lab.port("leaf01/1").reason) == (
        Health.EXPECTED_DOWN,
        "its cable is at leaf01/3 now",
    )
    assert lab.port("h0/mlx5_0/1").peer == "leaf01/3"


def test_a_switch_that_a_complete_sweep_did_not_find_is_missing() -> None:
    lab = swept()
    lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": CLEAN, "2": CLEAN, "3": {}}, guid="1e"))
    spine = lab.node("spine01")
    assert (spine.health, spine.reason) == (Health.MISSING, "the last sweep from h0 did not find it")
    assert spine.ports[0].health is Health.MISSING
    found = [f.end for f in lab.state.snapshot(lab.now).findings if f.health is Health.MISSING]
    assert found == ["spine01"]


def test_a_switch_that_an_incomplete_sweep_left_out_is_not_said_to_be_gone() -> None:
    lab = swept()
    lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": CLEAN}, guid="1e"), complete=False, remark="it broke off")
    assert lab.node("spine01").health is Health.STALE
    assert "it broke off" in lab.node("spine01").reason
    assert lab.port("leaf01/2").health is Health.UNKNOWN
    assert lab.port("leaf01/1").health is Health.OK


def test_a_sweep_that_suddenly_sees_far_fewer_switches_saw_wrong() -> None:
    lab = Lab("h0", in_band=["h0"])
    for _ in range(2):
        lab.wait(60).sweep("h0", *leaves(lab, *range(10)))
    lab.wait(60).sweep("h0", lab.switch("leaf0", {"1": CLEAN}))
    assert {lab.node(f"leaf{n}").health for n in range(1, 10)} == {Health.STALE}
    assert "1 of 10" in lab.node("leaf5").reason


def leaves(lab: Lab, *numbers: int) -> list[SwitchReading]:
    return [lab.switch(f"leaf{number}", {"1": CLEAN}) for number in numbers]


def test_three_sweeps_that_see_the_same_few_switches_are_believed() -> None:
    lab = Lab("h0", in_band=["h0"])
    lab.wait(60).sweep("h0", *leaves(lab, *range(10)))
    is_gone = []
    for _ in range(4):
        lab.wait(60).sweep("h0", *leaves(lab, *range(6)))
        is_gone.append(lab.node("leaf8").health is Health.MISSING)
    assert is_gone == [False, False, True, True]
    lab.wait(60).sweep("h0", *leaves(lab, *range(5)))
    assert lab.node("leaf5").health is Health.MISSING, "one less than there are now is no sudden loss"


def test_few_switches_that_are_others_each_time_are_never_believed() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"])
    lab.wait(60).sweep("h0", *leaves(lab, *range(10)))
    for turn in range(6):
        lab.wait(60).sweep(f"h{turn % 2}", *leaves(lab, *(range(5) if turn % 2 else range(5, 10))))
        assert Health.MISSING not in {lab.node(f"leaf{number}").health for number in range(10)}


def test_an_in_band_host_that_cannot_sweep_makes_its_switches_stale_then_unknown_and_is_named() -> None:
    lab = swept()
    lab.silent("h0", "in-band", Reason.FAILED, "no such port: mlx5_0")
    leaf = lab.node("leaf01")
    assert (leaf.health, leaf.reason) == (Health.STALE, "in-band, failed: h0: no such port: mlx5_0")
    assert leaf.ports[0].health is Health.STALE
    assert lab.node("h0").health is Health.STALE
    assert any("2 switches unseen" in banner.text for banner in lab.state.snapshot(lab.now).banners)
    lab.wait(400)
    assert lab.port("leaf01/1").health is Health.UNKNOWN


def sweeping(lab: Lab) -> list[tuple[str, str]]:
    said = [(view.event.node, view.event.text) for view in lab.state.snapshot(lab.now).events]
    return [(node, text) for node, text in said if "sweeps" in text]


def test_when_the_last_host_that_sweeps_is_lost_no_switch_counts_as_read_and_an_event_says_who_it_was() -> None:
    lab = swept()
    for question in ("hca", "in-band", "in-band"):
        lab.silent("h0", question, Reason.UNREACHABLE, "connection lost")
    assert lab.state.snapshot(lab.now).coverage.questions["in-band"].answered == 0
    assert sweeping(lab) == [("h0", "no host sweeps the subnet any more: unreachable")]
    lab.wait(60)
    two_switches(lab)
    assert sweeping(lab)[0] == ("h0", "sweeps the subnet again")


def test_another_host_that_sweeps_keeps_the_switches_seen_and_their_growth() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"], asked=SWEPT_ONLY)
    lab.booted_at["h1"] -= 5000
    lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}, node="h0"))
    lab.wait(60).sweep("h1", lab.switch("leaf01", {"1": {**CLEAN, "symbol_error": 30}}, node="h1"))
    lab.silent("h0", "in-band")
    assert lab.port("leaf01/1").rates["symbol_error"] == pytest.approx(0.5)
    assert lab.node("leaf01").health is Health.WARN


def test_while_another_host_takes_over_the_switches_stay_seen_and_none_left_makes_them_stale() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"], asked=SWEPT_ONLY)
    for _ in range(2):
        lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": CLEAN}))
    lab.silent("h0", "in-band", Reason.TIMEOUT)
    assert lab.node("leaf01").health is Health.OK
    lab.silent("h1", "in-band", Reason.FAILED, "no such port")
    assert lab.node("leaf01").reason == "in-band, failed: h1: no such port"


def test_a_host_that_rests_is_not_judged_by_sweeps_it_is_not_asked_for() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"], asked=SWEPT_ONLY)
    for _ in range(2):
        lab.wait(60)
        lab.ports("h0")
        lab.sweep("h0", lab.switch("leaf01", {"1": CLEAN}), sm=None)
    assert lab.node("h0").health is Health.WARN
    asked = {"h0": SWEPT_ONLY, "h1": (*SWEPT_ONLY, Asked("in-band", 60.0))}
    lab.state.apply(Opening(at=lab.now, inventory=lab.inventory, thresholds=RULES, asked=asked))
    node = lab.node("h0")
    assert [question.name for question in node.questions] == ["hca"]
    assert (node.health, "sm.subnet" in node.facts) == (Health.OK, False)
    assert lab.node("leaf01").health is Health.OK


def test_the_in_band_view_never_makes_a_stale_hosts_port_ok() -> None:
    lab = swept()
    lab.wait(5).silent("h0", "hca")
    two_switches(lab)
    assert lab.port("h0/mlx5_0/1").health is Health.STALE
    assert lab.port("leaf01/1").health is Health.OK


def test_expect_matches_switches_found_in_band() -> None:
    lab = swept(expects=(("leaf*", Expect(rate_gbps=800.0)),))
    assert lab.port("leaf01/1").reason == "400 of 800 Gb/s"
    assert lab.port("spine01/1").health is Health.OK


def test_a_manager_that_was_not_asked_is_unknown_and_not_silent() -> None:
    lab = swept()
    lab.sweep("h0", sm=None, sm_unasked="sudo: a password is required")
    node = lab.node("h0")
    assert (node.health, node.facts["sm.subnet"]) == (Health.UNKNOWN, "not asked")
    assert node.reason == "the subnet manager was not asked: sudo: a password is required"


def test_a_switch_of_the_inventory_keeps_its_rack_and_comes_after_the_hosts() -> None:
    lab = Lab("h0", in_band=["h0"], racks={"r00": ["leaf01", "h0"]}, asked=SWEPT_ONLY)
    assert lab.node("leaf01").health is Health.UNKNOWN
    for _ in range(2):
        lab.wait(60).ports("h0")
        two_switches(lab)
    snapshot = lab.state.snapshot(lab.now)
    assert snapshot.racks[0].nodes == ("h0", "leaf01")
    leaf = snapshot.nodes["leaf01"]
    assert (leaf.rack, leaf.health, len(leaf.ports)) == ("r00", Health.OK, 3)
    assert snapshot.coverage.polled == 2


def test_a_subnet_without_a_master_is_a_warning_on_the_host_that_asked() -> None:
    lab = swept()
    assert lab.node("h0").health is Health.OK
    lab.sweep("h0", sm=None)
    assert lab.node("h0").reason == "no subnet manager answers"
    assert lab.node("h0").health is Health.WARN
    lab.sweep("h0", sm=MASTER)
    assert lab.node("h0").health is Health.OK


def test_a_switch_that_rebooted_has_its_counters_marked_as_reset() -> None:
    lab = Lab("h0", in_band=["h0"])
    for count in (500, 2):
        lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": {**CLEAN, "symbol_error": count}}))
    assert lab.port("leaf01/1").marks == {"symbol_error": Mark.RESET}


def counted(lab: Lab, asker: str, errors: int, before_s: float = 0.0, **states: PortState) -> None:
    """`asker` sweeps leaf01, read `before_s` before leaf02, which is read last."""
    counts = {"1": {**CLEAN, "symbol_error": errors}}
    leaf = lab.switch("leaf01", counts, {"1": states.get("state", active())}, {"1": HOST_PEER}, guid="1e", node=asker)
    leaf = replace(leaf, clock_s=leaf.clock_s - before_s)
    lab.sweep(asker, leaf, lab.switch("leaf02", {"1": CLEAN}, guid="2e", node=asker))


def test_a_rate_is_over_the_time_between_readings_of_two_hosts_with_clocks_of_their_own() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"], asked=SWEPT_ONLY)
    lab.booted_at["h1"] -= 5000
    counted(lab.wait(60), "h0", 100, before_s=2.0)
    counted(lab.wait(8), "h1", 200)
    assert lab.port("leaf01/1").rates["symbol_error"] == pytest.approx(10.0)


def test_of_two_sweeps_that_overlap_the_older_reading_says_nothing() -> None:
    lab = Lab("h0", "h1", in_band=["h0", "h1"], asked=SWEPT_ONLY)
    lab.booted_at["h1"] -= 5000
    counted(lab.wait(60), "h0", 100)
    counted(lab.wait(10), "h0", 200, state=DOWN)
    counted(lab.wait(1), "h1", 190, before_s=3.0)
    port = lab.port("leaf01/1")
    assert (port.health, port.counters["symbol_error"], port.marks) == (Health.DOWN, 200, {})
    assert [line.event.text for line in lab.state.snapshot(lab.now).events] == ["port 1 link down"]


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("leaf01", "leaf01"),
        ("MF0;leaf-a01:MQM9700/U1", "leaf-a01"),
        ("Infiniscale-IV Mellanox Technologies", "Infiniscale-IV-Mellanox-Technologies"),
        ("a/b c\x1b[31m", "a-b-c-31m"),
        ("", "switch"),
        ("///", "switch"),
    ],
)
def test_a_description_becomes_a_name_that_can_be_addressed(description: str, name: str) -> None:
    assert usable(description) == name


def test_switches_of_one_description_are_told_apart_by_guid_and_keep_their_names() -> None:
    both = {"0002c90000000001": "SwitchX", "0002c90000000002": "SwitchX"}
    names = named(both, {}, ())
    assert names == {"0002c90000000001": "SwitchX-0001", "0002c90000000002": "SwitchX-0002"}
    alone = named({"0002c90000000001": "SwitchX"}, {}, ())
    assert named(both, alone, ()) == {"0002c90000000001": "SwitchX", "0002c90000000002": "SwitchX-0002"}


def test_a_switch_that_calls_itself_like_a_host_does_not_take_its_name() -> None:
    lab = Lab("h0", in_band=["h0"])
    lab.sweep("h0", lab.switch("h0", {"1": CLEAN}, guid="00000000000000aa"))
    assert set(lab.state.snapshot(lab.now).nodes) == {"h0", "h0-00aa"}


@pytest.mark.parametrize(("glob", "warned"), [("leaf*", False), ("core*", True)])
def test_an_expectation_that_no_switch_meets_is_a_warning_after_a_whole_sweep(glob: str, warned: bool) -> None:
    lab = swept(expects=((glob, Expect(rate_gbps=400.0)),))
    assert bool(lab.state.snapshot(0).warnings) is warned
