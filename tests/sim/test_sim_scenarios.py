"""Scenarios: what ships teaches something, and what is wrong in one's own is told at once."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from click import unstyle

from fabconsole.cli import demo
from fabconsole.cli.demo import FIRST_PAGE_NODES
from fabconsole.fabric.errors import DocumentError, ResourceError, SourceError
from fabconsole.fabric.resources import shipped
from fabconsole.sim import extent
from fabconsole.sim.clue import Clue
from fabconsole.sim.debrief import debrief
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults import readers
from fabconsole.sim.faults.cable import OldErrors
from fabconsole.sim.scenario import read_scenario, read_scenarios
from fabconsole.sim.scenarios import find_scenario, parts
from fabconsole.sim.wiring import HOSTS_A_SUBNET, MOST_NODES, End, Wiring, subnets, wired

SHIPPED = sorted(path.stem for path in (shipped() / "config" / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_befalls_the_usual_fabric_and_says_where_to_look(name: str) -> None:
    plan = read_scenario(find_scenario(name))
    wiring = wired(64, 1)
    assert plan.about
    assert plan.look
    for fault in plan.faults:
        assert fault.befall(wiring, Effects(), Random(0)), f"{fault} is not on the usual fabric"


@pytest.mark.parametrize("name", SHIPPED)
def test_one_who_leaves_is_told_of_every_fault_in_eighty_columns(name: str) -> None:
    path = find_scenario(name)
    told = debrief(read_scenario(path))
    places = re.findall(r"on: \"?([^,}\"]+)", path.read_text())
    assert [place for place in places if not re.search(rf"^  .*  {re.escape(place)}  ", told, re.MULTILINE)] == []
    assert max(map(len, told.splitlines())) <= 80


def test_the_first_page_is_told_at_a_line_a_fault() -> None:
    plan = read_scenario(find_scenario("first-page"))
    told = [line for line in debrief(plan).splitlines() if line.startswith("  ")]
    assert len(told) == len(plan.faults)
    assert any("gpu06-01/mlx5_7     link_downed saturated" in line for line in told)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("first-page", "stale, then unknown; well again after 4 min"),
        ("lost-hca", "MISSING: off its PCIe bus; its far end is down; well again after 1 min"),
        ("dead-leaf", "MISSING, and every link to it is down; well again after 5 min"),
    ],
)
def test_one_who_leaves_is_told_when_a_fault_ends_by_itself(name: str, told: str) -> None:
    assert told in " ".join(debrief(read_scenario(find_scenario(name))).split())


def test_a_fault_without_an_end_is_not_said_to_have_one() -> None:
    assert "well again" not in debrief(read_scenario(find_scenario("hung-nvidia-smi")))


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("congestion", 37),
        ("dead-leaf", 1),
        ("dying-nvlink", 22),
        ("first-page", FIRST_PAGE_NODES),
        ("flapping-cable", 15),
        ("frozen-host", 49),
        ("hung-nvidia-smi", 31),
        ("lost-hca", 11),
        ("cleared-counters", 40),
        ("jumping-clock", 19),
        ("planned-reboots", 28),
        ("account-limits", 41),
        ("hostile-names", 23),
        ("bad-night", 47),
        ("chaos", 1),
        ("declining-cable", 42),
        ("hot-spine", 1),
        ("quiet", 1),
        ("rack-power", 40),
        ("xid-burst", 24),
        ("stuck-nvidia-smi", 31),
        ("renumbered-hca", 11),
        ("sick-hosts", 50),
        ("sm-handover", 1),
        ("symbol-errors", 40),
    ],
)
def test_a_shipped_scenario_is_played_on_a_fabric_that_has_all_its_places_or_not_at_all(name: str, nodes: int) -> None:
    plan = read_scenario(find_scenario(name))
    for enough in (nodes, nodes + 1, 33, 64, 500):
        if enough >= nodes:
            plan.befall((wired(enough, 1),), 1)
    if nodes > 1:
        said = rf"^{nodes - 1} nodes have no .*: scenario {name} takes --nodes {nodes} or more$"
        with pytest.raises(SourceError, match=said):
            plan.befall((wired(nodes - 1, 1),), 1)


@pytest.mark.parametrize("on", ["gpu9999-00", "leaf4097", "spine5000", "gpu4096-00/mlx5_1"])
def test_a_place_that_no_fabric_has_is_refused_as_such(on: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    fault = "dead-switch" if on.startswith(("leaf", "spine")) else "lost-hca" if "/" in on else "xid, code: 94"
    on = f"{on}/gpu1" if on == "gpu9999-00" else on
    path.write_text(f"about: a\nlook: b\nfaults:\n  - {{fault: {fault}, on: {on}}}\n")
    with pytest.raises(DocumentError, match=r"mine\.yaml:4: faults\[0\]\.on: .* of up to 16,384 nodes"):
        read_scenario(path)


def test_a_fault_that_has_no_place_anywhere_is_looked_for_to_the_end() -> None:
    class Nowhere:
        def clue(self) -> Clue:
            return Clue(0.0, "nowhere", "nothing")

        def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
            return False

    assert extent.least_nodes([Nowhere()], most_nodes=HOSTS_A_SUBNET) is None


def test_a_fault_far_out_is_played_in_its_own_subnet(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "about: a\nlook: b\nfaults: [{fault: frozen-host, on: gpu512-02}, {fault: dead-switch, on: leaf01}]\n"
    )
    near, far = read_scenario(path).befall(subnets(2060, 1), 1)
    assert (set(near.dead), set(near.manners)) == ({"leaf01"}, set())
    assert (set(far.dead), set(far.manners)) == (set(), {"gpu512-02"})
    with pytest.raises(SourceError, match=r"^64 nodes have no gpu512-02: scenario mine takes --nodes 2051 or more$"):
        read_scenario(path).befall((wired(64, 1),), 1)


def test_the_command_line_offers_the_largest_fabric_that_is_laid_out() -> None:
    assert demo.MOST_NODES == MOST_NODES


def test_several_scenarios_are_played_together_each_from_its_time_on() -> None:
    plan = read_scenarios("flapping-cable, dead-leaf@40s,symbol-errors@2m")
    wiring = wired(64, 1)
    alone = {name: read_scenario(find_scenario(name)) for name in ("flapping-cable", "dead-leaf", "symbol-errors")}
    assert plan.name == "flapping-cable,dead-leaf@40s,symbol-errors@2m"
    assert [fault.clue().at for fault in plan.faults] == [8, 10 + 40, 5 + 120, 5 + 120]
    assert len(plan.faults) == sum(len(one.faults) for one in alone.values())
    effects = plan.befall((wiring,), 1)[0]
    assert effects.dead["leaf05"].spells == ((50.0, 350.0),)
    assert alone["dead-leaf"].befall((wiring,), 1)[0].dead["leaf05"].spells == ((10.0, 310.0),)


@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_a_scenario_does_it_does_later_when_it_begins_later(name: str) -> None:
    now, later = read_scenario(find_scenario(name)), read_scenarios(f"{name}@1000s")
    for one, other in zip(now.faults, later.faults, strict=True):
        before, after = one.clue(), other.clue()
        if isinstance(one, OldErrors):
            assert before == after
        else:
            assert (after.at, after.until) == (before.at + 1000, before.until + 1000)
            assert (after.where, after.what) == (before.where, before.what)


def test_a_scenario_includes_others_each_from_its_time_on(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "about: a\nlook: b\ninclude: {scenario: dead-leaf, at: 1m}\n"
        "faults: [{fault: frozen-host, on: gpu00-01, at: 2s}]\n"
    )
    (tmp_path / "outer.yaml").write_text(
        "about: a\nlook: b\ninclude:\n  - flapping-cable\n  - {scenario: inner.yaml, at: 40s}\n"
        "faults: [{fault: frozen-host, on: gpu00-02, at: 3s}]\n"
    )
    told = [(fault.clue().where, fault.clue().at) for fault in read_scenario(tmp_path / "outer.yaml").faults]
    assert told == [("gpu03-02/mlx5_5", 8), ("leaf05", 40 + 60 + 10), ("gpu00-01", 42), ("gpu00-02", 3)]


def test_every_mistake_of_every_included_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text("about: a\nlook: b\nfaults:\n  - {fault: fire, on: gpu00-01}\n")
    (tmp_path / "outer.yaml").write_text(
        "about: a\nlook: b\ninclude:\n  - inner.yaml\n  - dead-leav\n  - outer.yaml\n  - none.yaml\n"
        "  - {scenario: dead-leaf, from: 3s}\n  - {at: 3s}\nfaults: [{fault: xid}]\n"
    )
    with pytest.raises(DocumentError) as caught:
        read_scenario(tmp_path / "outer.yaml")
    said = str(caught.value)
    for part in (
        "inner.yaml:4: faults[0].fault",
        "outer.yaml:5: include[1]: no scenario 'dead-leav': did you mean dead-leaf?",
        "outer.yaml:6: include[2]: outer.yaml would be included in itself",
        "outer.yaml:7: include[3]: there is no file",
        "outer.yaml:8: include[4].from",
        "outer.yaml:9: include[5].scenario: is missing",
        "outer.yaml:10: faults[0].on: is missing",
    ):
        assert part in said


def test_faults_that_meet_in_one_place_are_all_there() -> None:
    effects = read_scenarios("dead-leaf,dead-leaf@20s,dead-leaf@10m").befall((wired(64, 1),), 1)[0]
    assert effects.dead["leaf05"].spells == ((10.0, 330.0), (610.0, 910.0))
    once, twice = (
        read_scenarios(said).befall((wired(64, 1),), 1)[0] for said in ("congestion", "congestion,congestion@5s")
    )
    end = End("leaf11", "5")
    assert [growth.by(20.0) for growth in once.growth[end]] == [15 * 1_500_000, 450]
    assert sum(growth.by(20.0) for growth in twice.growth[end]) == (15 + 10) * 1_500_000 + 450 + 300


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("dead-leaf@soon", r"scenario 'dead-leaf@soon': 'soon' is no duration: .*; as in dead-leaf@40s"),
        ("dead-leaf@", r"scenario 'dead-leaf@': '' is no duration"),
        ("first-page,dead-leav@40s", r"no scenario 'dead-leav': did you mean dead-leaf\?"),
        ("first-page,", r"no scenario ''"),
    ],
)
def test_a_slip_in_what_is_played_together_is_told(said: str, told: str) -> None:
    with pytest.raises(ResourceError, match=told):
        parts(said)


def test_one_who_leaves_several_is_told_where_to_look_for_each() -> None:
    told = debrief(read_scenarios("symbol-errors,dead-leaf@40s"))
    assert re.search(r"^symbol-errors: Enter", told, re.MULTILINE)
    assert re.search(r"^dead-leaf@40s: Rail 4", told, re.MULTILINE)
    assert re.search(r"from 50 s +leaf05", told)


def test_the_list_says_of_each_what_it_teaches_where_to_look_and_what_it_takes_in_eighty_columns() -> None:
    listed = unstyle(demo.scenarios())
    assert max(map(len, listed.splitlines())) <= 80
    for name in SHIPPED:
        plan = read_scenario(find_scenario(name))
        nodes = extent.least_nodes(plan.faults)
        takes = "on any fabric" if nodes == 1 else f"from {nodes} nodes on"
        assert re.search(rf"^{name} +{takes}$", listed, re.MULTILINE)
        for text in (plan.about, plan.look):
            assert " ".join(text.split()) in " ".join(listed.split())


def test_every_fault_is_shown_by_a_shipped_scenario() -> None:
    texts = "".join(find_scenario(name).read_text() for name in SHIPPED)
    assert [word for word in readers() if f"fault: {word}," not in texts] == []


def test_the_demo_has_something_to_find_within_twenty_seconds() -> None:
    wiring = wired(64, 1)
    effects = read_scenario(find_scenario("first-page")).befall((wiring,), 1)[0]
    assert min(spells.spells[0][0] for spells in effects.down.values()) < 15
    assert effects.growth
    assert any(message.at < 0 for said in effects.messages.values() for message in said)


def test_the_same_seed_is_the_same_course() -> None:
    wiring = wired(64, 1)
    plan = read_scenario(find_scenario("first-page"))
    one, other = plan.befall((wiring,), 1)[0], plan.befall((wiring,), 1)[0]
    assert {link: spells.spells for link, spells in one.down.items()} == {
        link: spells.spells for link, spells in other.down.items()
    }
    assert one.messages == other.messages


def test_everything_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "about: mine\n"
        "faults:\n"
        "  - {fault: flaping-cable, on: gpu03-02/mlx5_5}\n"
        "  - {fault: flapping-cable, on: gpu03-02/mlx5_9, every: 5s, down: 9s}\n"
        "  - {fault: symbol-errors, on: leaf05/65, at: 1s, ago: 2s}\n"
        "  - {fault: xid, on: gpu03-02/gpu8, code: 12345}\n"
        "  - {fault: frozen-host, on: leaf05, for: 3s}\n"
    )
    with pytest.raises(DocumentError) as caught:
        read_scenario(path)
    said = str(caught.value)
    assert [problem.line for problem in caught.value.problems] == sorted(
        problem.line for problem in caught.value.problems
    )
    for part in (
        "look: is missing",
        "flapping-cable",
        "mlx5_9",
        "faults[1].down",
        "leaf05/65",
        "both at and ago",
        "gpu03-02/gpu8",
        "faults[3].code",
        "faults[4].on",
        "faults[4].for",
    ):
        assert part in said


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(ResourceError, match=r"no scenario 'nothing'; there are .*first-page"):
        find_scenario("nothing")
    with pytest.raises(ResourceError, match=r"no scenario 'flapping': did you mean flapping-cable\?"):
        find_scenario("flapping")
