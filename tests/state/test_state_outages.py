"""A host, or a rack, that is out is one line of the worst list, which hides no fault but what it took down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from state_records import CLEAN, DOWN, Lab

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Finding
from fabconsole.stream.records import Asked, Peer, Reason

RACKS = {"r0": ("h0", "h1"), "r1": ("h2", "h3")}
HOSTS = tuple(name for names in RACKS.values() for name in names)
CARDS = ("mlx5_0/1", "mlx5_1/1")
REFUSED = "connection refused; no sshd listens there"


def port_of(host: str, card: str) -> str:
    return str(1 + 2 * HOSTS.index(host) + CARDS.index(card))


Card = tuple[str, str]


def look(
    lab: Lab, *, lost: Collection[str] = (), down: Collection[Card] = (), counted: Collection[Card] = ()
) -> tuple[Finding, ...]:
    """Five seconds on: every host but the `lost` answers, and h0 sweeps the one leaf, where these links are `down`, and
    were `counted` to have been. Returns the worst list.
    """
    lab.wait(5)
    for host in HOSTS:
        if host in lost:
            lab.silent(host, "hca", Reason.UNREACHABLE, REFUSED)
        else:
            said = {card: replace(DOWN, port_guid=f"{name}-{card}") for name, card in down if name == host}
            lab.ports(host, dict.fromkeys(CARDS, CLEAN), said)
    ends = {port_of(host, card): (host, card) for host in HOSTS for card in CARDS}
    states = {port: DOWN for port, end in ends.items() if end in down}
    peers = {
        port: Peer(port_guid=f"{host}-{card}", port=1, description="")
        for port, (host, card) in ends.items()
        if port not in states
    }
    counts = {port: CLEAN | {"link_downed": int(end in counted)} for port, end in ends.items()}
    lab.sweep("h0", lab.switch("leaf01", counts, states, peers))
    return lab.state.snapshot(lab.now).findings


def fabric() -> Lab:
    lab = Lab(*HOSTS, in_band=["h0"], asked=(Asked("hca", 5.0),), racks=RACKS)
    assert [look(lab) for _ in range(3)][-1] == ()
    return lab


def both(*hosts: str) -> set[Card]:
    return {(host, card) for host in hosts for card in CARDS}


def test_a_host_that_is_out_is_one_line_that_names_its_links() -> None:
    (line,) = look(fabric(), lost=["h2"], down=both("h2"))
    assert (line.end, line.health) == ("h2", Health.DOWN)
    assert line.reason == f"its 2 links are down; unreachable: {REFUSED}"
    assert {link.peer for link in line.under} == {"h2/mlx5_0/1", "h2/mlx5_1/1"}


def test_a_host_whose_other_link_stands_is_not_out_and_its_cable_is_told_beside_it() -> None:
    found = look(fabric(), lost=["h2"], down={("h2", CARDS[0])})
    assert {line.end for line in found} == {"h2", "leaf01/5"}


def test_a_link_that_went_down_before_its_host_stands_for_itself() -> None:
    lab = fabric()
    look(lab, down={("h2", CARDS[0])})
    lab.wait(120)
    found = {line.end: line.reason for line in look(lab, lost=["h2"], down=both("h2"))}
    assert found.keys() == {"h2", "leaf01/5"}
    assert found["h2"].startswith("its link is down; ")


def test_a_link_of_another_host_stands_beside_a_host_that_is_out() -> None:
    found = look(fabric(), lost=["h2"], down=both("h2") | {("h1", CARDS[1])})
    assert [line.end for line in found] == ["h2", "h1/mlx5_1/1"]


def test_a_rack_that_is_out_is_one_line_that_counts_hosts_and_links() -> None:
    (line,) = look(fabric(), lost=["h2", "h3"], down=both("h2", "h3"))
    assert (line.end, line.health) == ("rack r1", Health.DOWN)
    assert line.reason == "no power? its 2 hosts do not answer, and their 4 links are down"
    assert {host.end for host in line.under} == {"h2", "h3"}


def test_it_is_one_line_where_a_banner_tells_that_its_hosts_are_lost_too() -> None:
    lab = fabric()
    found = look(lab, lost=["h1", "h2", "h3"], down=both("h2", "h3"))
    assert lab.state.snapshot(lab.now).banners
    assert [line.end for line in found] == ["rack r1"]


def test_a_host_on_a_switch_that_is_out_too_is_one_line_beside_it() -> None:
    cards = {"mlx5_0/1": "leaf01", "mlx5_1/1": "leaf02"}
    lab = Lab("h0", "h1", in_band=["h0"], asked=(Asked("hca", 5.0),))
    peers = {leaf: {"1": Peer(port_guid=f"h1-{card}", port=1, description="")} for card, leaf in cards.items()}
    for is_out in (False, False, True):
        lab.wait(30).ports("h0")
        if is_out:
            lab.silent("h1", "hca", Reason.UNREACHABLE, REFUSED)
        else:
            lab.ports("h1", dict.fromkeys(cards, CLEAN))
        left = ["leaf01", *(f"leaf0{n}" for n in range(3, 6)), *([] if is_out else ["leaf02"])]
        down = {"1": DOWN} if is_out else {}
        lab.sweep("h0", *(lab.switch(leaf, {"1": CLEAN}, down, {} if is_out else peers.get(leaf, {})) for leaf in left))
    found = {line.end: line.reason for line in lab.state.snapshot(lab.now).findings}
    assert found["h1"].startswith("its link is down; unreachable")
    assert "leaf01/1" not in found


def test_a_rack_that_is_not_reached_while_its_links_stand_is_one_line_too() -> None:
    (line,) = look(fabric(), lost=["h2", "h3"])
    assert (line.end, line.health) == ("rack r1", Health.STALE)
    assert line.reason == f"its 2 hosts do not answer; unreachable: {REFUSED}"


def test_a_rack_that_is_not_reached_leaves_a_cable_of_its_own_its_line() -> None:
    found = look(fabric(), lost=["h2", "h3"], down={("h2", CARDS[0])})
    assert {line.end for line in found} == {"rack r1", "leaf01/5"}


def test_hosts_of_a_rack_that_go_out_one_after_the_other_are_told_one_by_one() -> None:
    lab = fabric()
    look(lab, lost=["h2"], down=both("h2"))
    found = look(lab.wait(60), lost=["h2", "h3"], down=both("h2", "h3"))
    assert [line.end for line in found] == ["h3", "h2"]


@pytest.mark.parametrize(
    ("down", "said"),
    [
        ({("h2", CARDS[1])}, "is back; 1 of its 2 links not up yet"),
        (set(), "is back; its 2 links went down with it"),
    ],
)
def test_a_host_that_is_back_is_one_line_while_its_links_come_up_and_are_told_to_have_been_down(
    down: set[Card], said: str
) -> None:
    lab = fabric()
    look(lab, lost=["h2"], down=both("h2"))
    assert [(line.end, line.reason) for line in look(lab, down=down, counted=both("h2"))] == [("h2", said)]


def test_a_host_that_trains_its_links_before_it_answers_is_one_line_all_the_while() -> None:
    lab = fabric()
    found = [look(lab, lost=["h2"], down=down) for down in (both("h2"), {("h2", CARDS[1])})]
    assert [[line.end for line in lines] for lines in found] == [["h2"], ["h2"]]
    assert found[1][0].reason.startswith("its link is down; unreachable")


def test_a_link_that_does_not_come_back_with_its_host_is_a_fault_of_its_own_after_three_minutes() -> None:
    lab = fabric()
    look(lab, lost=["h2"], down=both("h2"))
    found = [look(lab.wait(pause), down={("h2", CARDS[1])}) for pause in (0, 170, 10)]
    assert [[line.end for line in lines] for lines in found] == [["h2"], ["h2"], ["leaf01/6"]]


def test_a_link_that_went_down_before_stands_for_itself_while_its_host_comes_back() -> None:
    lab = fabric()
    look(lab, down={("h2", CARDS[0])})
    look(lab.wait(120), lost=["h2"], down=both("h2"))
    found = look(lab, down={("h2", CARDS[0])})
    assert [line.end for line in found] == ["leaf01/5"]


def test_a_host_that_answers_while_all_its_links_are_gone_at_once_is_one_line() -> None:
    cards = tuple(f"mlx5_{number}/1" for number in range(3))
    lab = Lab("h0", "h1", in_band=["h0"], asked=(Asked("hca", 5.0),))
    peers = {str(n): Peer(port_guid=f"h1-{card}", port=1, description="") for n, card in enumerate(cards)}
    for down in (False, False, True):
        lab.wait(30).ports("h0")
        said = {card: replace(DOWN, port_guid=f"h1-{card}") for card in cards if down}
        lab.ports("h1", dict.fromkeys(cards, CLEAN), said)
        lab.sweep(
            "h0", lab.switch("leaf01", dict.fromkeys(peers, CLEAN), dict.fromkeys(peers, DOWN) if down else {}, peers)
        )
    found = lab.state.snapshot(lab.now).findings
    assert [(line.end, line.reason) for line in found] == [("h1", "its 3 links all went down at once")]
