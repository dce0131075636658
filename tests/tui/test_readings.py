"""A counter in words: with its unit, in the room there is, never one number in place of another."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from drawn_fabric import NOON, Still, east, host, port, snapshot, switch

from fabconsole.fabric.health import Health, Mark
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.pages.link import link_lines
from fabconsole.tui.pages.selection import selection
from fabconsole.tui.pages.whole import whole, whole_lines
from fabconsole.tui.readings import OLD, growth, lifetime
from fabconsole.tui.trail import Place, Trail, View
from fabconsole.tui.wording import bits_a_second, large, octets

BUSY = port(
    "a0/mlx5_2/1",
    Health.WARN,
    peer=None,
    counters={
        "symbol_error": 154,
        "link_downed": 4,
        "port_rcv_errors": 8,
        "port_xmit_wait": 519_000_000,
        "port_xmit_data": 2_395_000_000_000_000,
    },
    rates={
        "symbol_error": 1.5,
        "link_downed": 2.1 / 60,
        "port_rcv_errors": 7.2 / 60,
        "port_xmit_wait": 274.0,
        "port_xmit_data": 6.0e9,
    },
)


def lines(place: Place, width: int) -> list[str]:
    desk = Desk(Still(snapshot([host("a0", "r0", ports={BUSY.end: BUSY})])), NOON)
    desk.trail = Trail((place,))
    return plain(desk.draw(width, 40).lines).splitlines()


def test_data_is_told_in_octets_and_its_rate_in_bits() -> None:
    assert lifetime(BUSY, "port_xmit_data").text == "9.6 PB"
    assert growth(BUSY, "port_xmit_data").text == "192 Gb/s"
    full = port("a0/mlx5_2/1", counters={"port_rcv_data": 2**32 - 1}, marks={"port_rcv_data": Mark.SATURATED})
    assert lifetime(full, "port_rcv_data").text == "≥ 17 GB"


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 B"), (512, "512 B"), (1e3, "1.0 kB"), (9.99e6, "10 MB"), (3.4e11, "340 GB")]
)
def test_octets_have_a_unit_at_every_size(value: float, said: str) -> None:
    assert octets(value) == said
    assert bits_a_second(value) == f"{said[:-1]}b/s"


@pytest.mark.parametrize("width", [79, 119, 199])
def test_a_links_page_has_octets_at_every_size(width: int) -> None:
    row = next(line for line in lines(Place(View.LINK, BUSY.end), width) if "xmit data" in line)
    assert "9.6 PB" in row and "192 Gb/s" in row


@pytest.mark.parametrize("width", [79, 99, 119, 199])
def test_what_waits_is_counted_in_ticks_on_every_page(width: int) -> None:
    assert any("wait ticks" in line and "519M +274/s" in line for line in lines(Place(View.LINK, BUSY.end), width))
    head = next(line for line in lines(Place(View.NODE, "a0"), width) if line.startswith(" PORTS"))
    row = next(line for line in lines(Place(View.NODE, "a0"), width) if "mlx5_2/1" in line)
    assert head.index("wait ticks") + len("wait ticks") == row.index("519M") + len("519M")
    shown = snapshot([host("a0", "r0", ports={BUSY.end: BUSY})])
    assert "wait 274 ticks/s" in plain(selection(shown, BUSY.end, 199))


def test_in_full_every_counter_has_its_whole_name_and_its_last_digit() -> None:
    odd = port(
        "a0/mlx5_0/1",
        counters={**BUSY.counters, "port_rcv_errors": 65535, "link_error_recovery": 0},
        rates=BUSY.rates,
        marks={"port_rcv_errors": Mark.SATURATED, "qp1_dropped": Mark.UNSUPPORTED},
    )
    told = plain(whole_lines(whole(snapshot([host("a0", "r0", ports={odd.end: odd})]), odd.end), 90))
    assert told.splitlines()[4:] == [
        " counted  symbol_error                  154  +1.5/s",
        "          link_downed                     4  +2.1/min",
        "          port_rcv_errors          ≥ 65 535  +7.2/min",
        "          port_xmit_wait ticks  519 000 000  +274/s",
        "          port_xmit_data             9.6 PB  192 Gb/s",
        " zero     link_error_recovery",
        " lacks    qp1_dropped",
    ]


@pytest.mark.parametrize("width", [79, 119])
def test_numbers_of_a_link_stand_with_their_last_digits_under_each_other(width: int) -> None:
    page = lines(Place(View.LINK, BUSY.end), width)
    ends = {line.index(said) + len(said) for line in page for said in ("154", "519M", "9.6 PB") if f" {said} " in line}
    assert len(ends) == 1


def test_a_link_begins_with_what_counted_something_and_with_whose_fault_it_may_be() -> None:
    waits = port(
        "a0/mlx5_0/1",
        Health.CONGESTED,
        counters={"symbol_error": 0, "link_downed": 0, "port_xmit_discards": 540, "port_xmit_data": 7},
        rates={"port_xmit_discards": 27.0, "port_xmit_wait": 5e6},
    )
    desk = Desk(Still(snapshot([host("a0", "r0", ports={waits.end: waits})])), NOON)
    desk.trail = Trail((Place(View.LINK, waits.end),))
    page = plain(desk.draw(79, 40).lines)
    order = [page.index(said) for said in ("to send: whoever", "COUNTERS", "discards", "symbol", "xmit data")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("near", "far", "said"),
    [
        (2.0, 0.0, "only a0/mlx5_0/1 receives errors: the far transmitter, the cable or this receiver"),
        (0.0, 2.0, "only leaf0/1 receives errors: the far transmitter, the cable or this receiver"),
        (2.0, 2.0, "both ends receive errors: the cable between them first"),
    ],
)
def test_a_link_says_where_to_look_by_who_receives_errors(near: float, far: float, said: str) -> None:
    mine = port("a0/mlx5_0/1", peer="leaf0/1", counters={"symbol_error": 9}, rates={"symbol_error": near})
    theirs = replace(switch("leaf0", [mine.end]).ports[0], rates={"symbol_error": far})
    leaf = replace(switch("leaf0", [mine.end]), ports=(theirs,))
    shown = snapshot([host("a0", "r0", ports={mine.end: mine}), leaf])
    assert said in plain(link_lines(shown, mine.end, Still(shown).series, 150))


def test_a_switchs_page_has_room_for_what_waits_on_the_smallest_screen() -> None:
    leaf = switch("leaf00", [f"gpu{number:02}-00/mlx5_0/1" for number in range(64)])
    desk = Desk(Still(snapshot([leaf])), NOON)
    desk.trail = Trail((Place(View.NODE, "leaf00"),))
    assert "wait ticks" in plain(desk.draw(79, 40).lines)


@pytest.mark.parametrize("width", [79, 99, 119, 199])
def test_a_nodes_page_has_value_and_growth_of_every_counter_at_every_size(width: int) -> None:
    row = next(line for line in lines(Place(View.NODE, "a0"), width) if "mlx5_2/1" in line)
    pairs = re.findall(r"(\d+M?) ?\+([\d.]+/\w+)", row)
    assert [value for value, _ in pairs] == ["154", "4", "8", "519M"]
    assert [grown.replace("min", "m") for _, grown in pairs] == ["1.5/s", "2.1/m", "7.2/m", "274/s"]


def test_where_it_is_narrow_an_active_ports_speed_stands_for_its_state() -> None:
    row = next(line for line in lines(Place(View.NODE, "a0"), 79) if "mlx5_2/1" in line)
    assert "400 NDR" in row and "Active" not in row
    assert "Active" in next(line for line in lines(Place(View.NODE, "a0"), 119) if "mlx5_2/1" in line)


@pytest.mark.parametrize("width", [79, 119, 199])
def test_a_links_page_has_sparklines_of_both_ends_at_every_size(width: int) -> None:
    shown = east()
    desk = Desk(Still(shown), NOON)
    desk.trail = Trail((Place(View.LINK, "gpu03-02/mlx5_5/1"),))
    row = next(line for line in plain(desk.draw(width, 40).lines).splitlines() if line.startswith("   downs"))
    assert len(re.findall("[▁▂▃▄▅▆▇█·]{6,}", row)) == 2


@pytest.mark.parametrize(
    ("rate", "room", "said"),
    [
        (0.12, 9, "+7.2/min"),
        (0.12, 6, "+7.2/m"),
        (0.12, 5, "+7/m"),
        (4_700.0, 7, "+4.7k/s"),
        (4_700.0, 6, "+5k/s"),
        (120_000.0, 6, "120k/s"),
    ],
)
def test_growth_is_shortened_to_its_room_and_keeps_its_unit(rate: float, room: int, said: str) -> None:
    assert growth(port("a/m/1", rates={"symbol_error": rate}), "symbol_error", room).text == said


def test_a_value_is_shortened_to_its_room_and_keeps_its_mark() -> None:
    full = port("a/m/1", counters={"symbol_error": 65535}, marks={"symbol_error": Mark.SATURATED})
    assert [lifetime(full, "symbol_error", room).text for room in (11, 5, 4)] == ["≥ 65 535", "≥ 66k", "≥66k"]


def test_a_number_is_never_longer_than_four_columns() -> None:
    assert max(len(large(10.0**power * lead)) for power in range(19) for lead in (1.0, 9.949, 9.96, 9.994)) == 4


def test_what_is_old_looks_old_and_keeps_its_doubt() -> None:
    old = port("a/m/1", is_old=True, counters={"symbol_error": 65535}, marks={"symbol_error": Mark.SATURATED})
    assert lifetime(old, "symbol_error") == ("≥ 65 535", OLD, None)
    assert growth(old, "link_downed").text == ""
    assert growth(port("a/m/1", is_old=True, rates={"link_downed": 0.1}), "link_downed").role == OLD
