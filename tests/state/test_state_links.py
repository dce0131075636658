"""Far ends where numbers and names are not as unique as they should be."""

from __future__ import annotations

from state_records import CLEAN, DOWN, Lab, active

from fabconsole.fabric.health import Health
from fabconsole.stream.records import Peer

PORT = "mlx5_0/1"


def far(guid: str, description: str) -> Peer:
    return Peer(port_guid=guid, port=1, description=description)


def fabric(guids: dict[str, str], peers: dict[str, Peer]) -> Lab:
    """Hosts whose one port tells a GUID, and leaf01, which sees `peers`; everything is asked twice."""
    lab = Lab("h0", "h1", in_band=["h0"])
    for _ in range(2):
        lab.wait(60)
        for host, guid in guids.items():
            lab.ports(host, {PORT: CLEAN}, {PORT: active(guid)})
        lab.sweep("h0", lab.switch("leaf01", dict.fromkeys(peers, CLEAN), peers=peers))
    return lab


def peers_of(lab: Lab, *ends: str) -> list[str | None]:
    return [lab.port(end).peer for end in ends]


def test_a_card_that_goes_by_another_hosts_name_is_not_taken_for_that_hosts_port() -> None:
    lab = fabric({"h0": "a1"}, {"1": far("a1", "h0 mlx5_0"), "2": far("b2", "h0 mlx5_0")})
    assert peers_of(lab, "leaf01/1", "h0/mlx5_0/1") == ["h0/mlx5_0/1", "leaf01/1"]
    assert peers_of(lab, "leaf01/2") == ["h0 mlx5_0"]


def test_two_cards_that_go_by_the_name_of_a_host_that_did_not_answer_are_neither_of_them_its_port() -> None:
    lab = fabric({}, {"1": far("a1", "h1 mlx5_0"), "2": far("b2", "h1 mlx5_0")})
    assert peers_of(lab, "leaf01/1", "leaf01/2") == ["h1 mlx5_0", "h1 mlx5_0"]


def test_two_hosts_with_one_guid_are_told_apart_by_name_or_not_at_all() -> None:
    both = {"h0": "a1", "h1": "a1"}
    lab = fabric(both, {"1": far("a1", "h0 mlx5_0"), "2": far("a1", "h1 mlx5_0"), "3": far("a1", "localhost mlx5_0")})
    assert peers_of(lab, "leaf01/1", "h0/mlx5_0/1") == ["h0/mlx5_0/1", "leaf01/1"]
    assert peers_of(lab, "leaf01/2", "h1/mlx5_0/1") == ["h1/mlx5_0/1", "leaf01/2"]
    assert peers_of(lab, "leaf01/3") == ["localhost mlx5_0"]


def test_a_description_that_looks_like_an_address_becomes_no_ports_far_end() -> None:
    lab = fabric({"h0": "a1", "h1": "b2"}, {"1": far("b2", "h1 mlx5_0"), "2": far("c3", "h1/mlx5_0/1")})
    assert peers_of(lab, "h1/mlx5_0/1", "leaf01/2") == ["leaf01/1", "GUID c3"]


def test_a_link_that_is_down_is_not_taken_for_a_moved_cable_because_another_card_has_its_guid() -> None:
    lab = fabric({}, {"1": far("a1", "h0 mlx5_0"), "2": far("a1", "h1 mlx5_0")})
    peers = {"2": far("a1", "h1 mlx5_0")}
    lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": CLEAN, "2": CLEAN}, {"1": DOWN}, peers))
    assert (lab.port("leaf01/1").health, lab.port("leaf01/1").reason) == (Health.DOWN, "Down, Polling")


def renumbered() -> Lab:
    """A host of three cards whose first died: after a reboot the others go by the numbers before theirs."""
    lab = Lab("h0", in_band=["h0"])
    for guids in (["a", "b", "c"], ["a", "b", "c"], ["b", "c"], ["b", "c"]):
        ports = {f"mlx5_{number}/1": active(guid) for number, guid in enumerate(guids)}
        lab.boots["h0"] = f"boot of {len(guids)}"
        lab.wait(60).ports("h0", dict.fromkeys(ports, CLEAN), ports)
        peers = {row: far(guid, "") for row, guid in zip("123", "abc", strict=True) if guid in guids}
        down = {row: DOWN for row in "123" if row not in peers}
        lab.sweep("h0", lab.switch("leaf01", dict.fromkeys("123", CLEAN), down, peers))
    return lab


def test_cards_that_go_by_other_numbers_after_a_reboot_keep_their_far_ends() -> None:
    lab = renumbered()
    assert peers_of(lab, "leaf01/2", "leaf01/3") == ["h0/mlx5_0/1", "h0/mlx5_1/1"]
    assert peers_of(lab, "h0/mlx5_0/1", "h0/mlx5_1/1", "h0/mlx5_2/1") == ["leaf01/2", "leaf01/3", None]


def test_a_number_that_is_missing_after_a_reboot_says_by_which_its_card_goes_now() -> None:
    port = renumbered().port("h0/mlx5_2/1")
    assert (port.health, port.reason) == (
        Health.EXPECTED_DOWN,
        "no longer listed by its node, which calls its card mlx5_1/1 now",
    )


def test_a_card_that_is_gone_is_missed_though_the_others_took_its_number() -> None:
    lab = renumbered()
    found = lab.state.snapshot(lab.now).findings
    assert ("h0", Health.MISSING, "2 of 3 HCAs") in [(f.end, f.health, f.reason) for f in found]


def test_a_card_that_is_back_under_another_number_is_not_missing() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    for number in (0, 0, 7, 7):
        row = f"mlx5_{number}/1"
        lab.wait(30).ports("h0", {row: CLEAN}, {row: active("a")})
        lab.nvlinks("h0")
        lab.rest("h0")
    assert lab.port("h0/mlx5_0/1").health is Health.EXPECTED_DOWN
    assert lab.state.snapshot(lab.now).findings == ()
    assert "mlx5_0 is listed as mlx5_7 now" in [view.event.text for view in lab.state.snapshot(lab.now).events]
