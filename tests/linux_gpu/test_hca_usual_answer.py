"""An answer like the last one is read by a shorter way. It must say what the long way says, whatever comes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.fabric.table import Table
from fabconsole.platforms import hca_text
from fabconsole.platforms.hca import HcaInquiry
from fabconsole.platforms.question import Again, Answer, Reading

_HOST = "mlx5_0 mlx5_1 mlx5_2"
_STATES = ("state", "phys_state", "rate")
_RAIL = ("counters/symbol_error", "counters/port_rcv_data", "hw_counters/out_of_buffer")
_STORAGE = ("counters/port_rcv_data", "counters/link_downed")
_COUNTERS = {"mlx5_0": _RAIL, "mlx5_1": _STORAGE, "mlx5_2": _RAIL}
"""mlx5_1 has other files, so it answers after mlx5_2 though it is listed before."""


def listing() -> str:
    lines = [_HOST]
    for device, counters in _COUNTERS.items():
        lines += [f"@{device}", "ports/1", *(f"ports/1/{name}" for name in (*_STATES, *counters))]
    return "\n".join((*lines, ""))


def values(
    rail0: str = "1\n2\n3\n", rail2: str = "7\n8\n9\n", storage: str = "4\n5\n", state: str = "4: ACTIVE"
) -> str:
    head = f"{state}\n5: LinkUp\n400 Gb/sec (4X NDR)\n"
    return f"{_HOST}\n{head}{rail0}@mlx5_0 0\n{head}{rail2}@mlx5_2 0\n{head}{storage}@mlx5_1 0\n"


def answered(body: str | bytes) -> Answer:
    data = body.encode() if isinstance(body, str) else body
    return Answer(body=data, status=0, asked_at=0.0, at=0.0, clock_s=1.0, boot_id=None)


def listed(*before: str) -> HcaInquiry:
    """An inquiry that has had its listing, and then these answers."""
    inquiry = HcaInquiry()
    assert inquiry.read(answered(listing())) is Again.NOW
    for body in before:
        assert isinstance(inquiry.read(answered(body)), Reading)
    return inquiry


def plain(table: Table) -> tuple[object, ...]:
    return table.rows, table.columns, table.unread, table.states, table.values.tolist(), table.quality.tolist()


def said(inquiry: HcaInquiry, body: str | bytes) -> tuple[object, ...]:
    reading = inquiry.read(answered(body))
    assert isinstance(reading, Reading)
    return tuple(plain(table) for table in reading.tables), reading.facts, inquiry.call()


def test_values_land_in_their_own_cells_though_devices_answer_in_another_order() -> None:
    reading = listed(values()).read(answered(values(rail0="10\n20\n3\n", rail2="70\n80\n9\n", storage="40\n50\n")))
    assert isinstance(reading, Reading)
    moving = reading.tables[0]
    assert moving.rows == ("mlx5_0/1", "mlx5_1/1", "mlx5_2/1")
    assert dict(zip(moving.columns, moving.values.T.tolist(), strict=True)) == {
        "symbol_error": [10, 0, 70],
        "link_downed": [0, 50, 0],
        "port_rcv_data": [20, 40, 80],
    }


def test_hosts_of_one_model_share_the_names_of_what_they_list() -> None:
    one, other = (listed().read(answered(values())) for _ in range(2))
    assert isinstance(one, Reading)
    assert isinstance(other, Reading)
    assert one.tables[0].rows is other.tables[0].rows
    assert one.tables[0].columns is other.tables[0].columns


@pytest.mark.parametrize(
    "body",
    [
        values(rail0="1\n2\n4\n"),
        values(rail0="1\n2\n13\n"),
        values(rail0="12\n3\n"),
        values(rail0="1\n2\n3\n3\n"),
        values(rail0="1\n\n3\n"),
        values(rail0="1\nN/A (no PMA)\n3\n"),
        values(rail0="1\n-2\n3\n"),
        values(state="1: DOWN"),
        values() + "9\n",
        values().replace("@mlx5_2 0", "@mlx5_2 1"),
        values().replace("@mlx5_2 0", "@mlx5_1 0"),
        values().replace(_HOST, "mlx5_0 mlx5_1"),
        values().replace(_HOST, _HOST + " mlx5_3"),
        values()[: values().rindex("@")],
        "",
    ],
)
def test_what_differs_in_more_than_moving_numbers_is_read_a_device_at_a_time(body: str) -> None:
    assert said(listed(values()), body) == said(listed(), body)


@given(st.data())
@settings(max_examples=400)
def test_an_answer_damaged_anywhere_says_the_same_by_either_way(data: st.DataObject) -> None:
    body = values().encode()
    start = data.draw(st.integers(0, len(body)))
    stop = data.draw(st.integers(start, min(len(body), start + 12)))
    damage = data.draw(st.binary(max_size=4) | st.text("0123456789\n@ NA", max_size=6).map(str.encode))
    damaged = body[:start] + damage + body[stop:]
    assert said(listed(values()), damaged) == said(listed(), damaged)


def test_after_an_answer_that_did_not_fit_the_usual_one_is_read_again() -> None:
    inquiry = listed(values(), values(state="1: DOWN"))
    assert said(inquiry, values(rail2="70\n8\n9\n")) == said(listed(), values(rail2="70\n8\n9\n"))


def test_a_new_listing_forgets_the_usual_answer() -> None:
    inquiry = listed(values())
    inquiry.restart()
    assert inquiry.call() == hca_text.LIST_CALL
    fewer = listing().replace("ports/1/counters/link_downed\n", "")
    assert inquiry.read(answered(fewer)) is Again.NOW
    assert said(inquiry, values())[0][0][2] == ("mlx5_1/1",)  # type: ignore[index]
