"""What follows from one event is told in its line, and what does not has its own."""

from __future__ import annotations

from collections.abc import Iterable

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.state.snapshot import EventView
from fabconsole.state.timeline import Timeline
from fabconsole.state.turns import REBOOTED

T = 1_000_000.0
RACKS = {"r1": ("h1", "h2")}


def told(events: Iterable[Event]) -> list[EventView]:
    timeline = Timeline()
    timeline.racks = RACKS
    for event in events:
        timeline.add(event)
    return list(timeline.views())


def lost(node: str, at: float = T) -> Event:
    return Event(
        at=at, node=node, kind="session", severity=Severity.UNKNOWN, text="stops answering: unreachable: no route"
    )


def turned(node: str, port: str, peer: str | None, at: float, *, up: bool = False) -> Event:
    severity = Severity.INFO if up else Severity.CRIT
    text = f"{port} link up (was Down)" if up else f"{port} link down"
    return Event(
        at=at, node=node, kind="state", severity=severity, subject=port.partition("/")[0], text=text, peer=peer
    )


def downs(host: str, at: float, leaf: str = "leaf01") -> list[Event]:
    return [turned(leaf, f"port {n}", f"{host}/mlx5_{n}/1", at) for n in range(4)]


def test_a_host_that_is_lost_is_one_line_with_its_links_whichever_was_seen_first() -> None:
    for links_at in (T - 20, T + 50):
        (line,) = told([lost("h1"), *downs("h1", links_at)])
        assert line.headline == "stops answering, its 4 links down: unreachable: no route"
        assert line.event.severity is Severity.CRIT


def test_links_that_went_down_well_before_their_host_have_a_line_of_their_own() -> None:
    assert [len(line.under) for line in told([lost("h1"), *downs("h1", T - 600)])] == [0, 4]


def test_a_link_of_another_host_has_a_line_of_its_own() -> None:
    other = turned("leaf01", "port 9", "h9/mlx5_0/1", T)
    assert other in [line.event for line in told([lost("h1"), *downs("h1", T), other])]


def test_a_question_left_unanswered_a_moment_before_is_told_with_the_loss() -> None:
    unasked = Event(at=T - 5, node="h1", kind="session", severity=Severity.UNKNOWN, text="no answer to hca: timed out")
    assert [line.event.text for line in told([unasked, lost("h1")])] == [lost("h1").text]


def test_a_rack_whose_hosts_are_all_lost_with_their_links_is_one_line() -> None:
    (line,) = told([lost("h1"), lost("h2", T + 4), *downs("h1", T), *downs("h2", T, "leaf02")])
    assert (line.event.node, line.event.text) == ("rack r1", "no power? 2 hosts stop answering, 8 links down")
    assert line.also == ("h1", "h2")


def test_a_rack_with_a_host_that_answers_is_told_host_by_host() -> None:
    assert [line.event.node for line in told([lost("h1"), *downs("h1", T)])] == ["h1"]


def test_a_host_that_boots_is_one_line_once_its_adapters_and_links_are_back() -> None:
    boot = Event(at=T, node="h1", kind="state", severity=Severity.WARN, text=REBOOTED)
    back = Event(at=T - 1, node="h1", kind="session", severity=Severity.INFO, text="answers again after 47 s")
    card = [turned("h1", "mlx5_0/1", "leaf01/1", T + 2), turned("h1", "mlx5_0/1", "leaf01/1", T + 9, up=True)]
    (line,) = told([back, boot, *card, turned("leaf01", "port 1", "h1/mlx5_0/1", T + 30, up=True)])
    assert line.headline == f"{REBOOTED}, with 4 more"


def test_a_link_that_stays_down_after_a_boot_has_a_line_of_its_own() -> None:
    boot = Event(at=T, node="h1", kind="state", severity=Severity.WARN, text=REBOOTED)
    down = turned("h1", "mlx5_0/1", "leaf01/1", T + 2)
    assert [line.event for line in told([boot, down])] == [down, boot]


def test_a_switch_that_a_sweep_misses_is_one_line_with_the_links_that_its_hosts_lost_before() -> None:
    gone = "missing: the last sweep from h1 did not find it"
    missed = Event(at=T, node="leaf01", kind="state", severity=Severity.CRIT, text=gone)
    (line,) = told([*(turned(f"h{n}", "mlx5_0/1", f"leaf01/{n}", T - 70) for n in range(4)), missed])
    assert line.headline == f"{gone}; 4 links to it down"


def test_links_of_one_switch_to_many_others_are_one_line() -> None:
    up = [turned("spine01", f"port {n}", f"leaf0{n}/9", T, up=True) for n in range(4)]
    assert [line.event.text for line in told(up)] == ["4 links to spine01 up"]
