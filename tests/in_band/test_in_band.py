"""A sweep: what is known of every switch port, and what is not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_band_rig import NONCE, Switch, answer, caps, errors, part, sweep

from fabconsole.fabric.inventory import InBand, Node
from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED, Width
from fabconsole.platforms import in_band, in_band_text
from fabconsole.platforms.in_band import InBandInquiry
from fabconsole.platforms.in_band_switches import COLUMNS
from fabconsole.platforms.question import Again, Reading, Refusal
from fabconsole.stream.records import Reason, Sweep, SwitchReading

NODE = Node(name="gpu00-00", rack="r00", address="a", in_band=InBand(ca="mlx5_9", port=1, subnet="compute"))
SYMBOL, DOWNED, WAIT = (COLUMNS.index(name) for name in ("symbol_error", "link_downed", "port_xmit_wait"))


def leaf(**how: object) -> Switch:
    return Switch(0x200000, "leaf01", 2, **how)  # type: ignore[arg-type]


def spine(**how: object) -> Switch:
    return Switch(0x200001, "spine01", 3, **how)  # type: ignore[arg-type]


@pytest.fixture
def asks() -> InBandInquiry:
    return in_band.inquiry(NODE, lambda: NONCE)


def swept(asks: InBandInquiry, body: bytes, masks: bytes | None = None, **how: object) -> Sweep:
    """Ask, and ask again where it wants the masks."""
    asks.call()
    reading = asks.read(answer(body, **how))  # type: ignore[arg-type]
    if reading is Again.NOW:
        asks.call()
        reading = asks.read(answer(caps(range(1, 100)) if masks is None else masks))
    assert isinstance(reading, Reading), reading
    assert reading.sweep is not None
    return reading.sweep


def named(sweep: Sweep, description: str) -> SwitchReading:
    return next(switch for switch in sweep.switches if switch.description == description)


def row(reading: SwitchReading, port: int) -> tuple[np.ndarray, np.ndarray]:
    at = reading.table.rows.index(str(port))
    return reading.table.values[at], reading.table.quality[at]


def test_a_sweep_has_every_switch_and_its_links(asks: InBandInquiry) -> None:
    got = swept(asks, sweep([leaf(down={3}), spine()]))
    assert (got.node, got.subnet, got.complete, got.remark) == ("gpu00-00", "compute", True, "")
    assert [switch.guid for switch in got.switches] == ["0000000000200000", "0000000000200001"]
    reading = named(got, "leaf01")
    assert (reading.lid, reading.table.rows) == (2, ("1", "2", "3"))
    peer = reading.peers[0]
    assert peer is not None
    assert (peer.port_guid, peer.port, peer.description) == ("0000000000500201", 1, "host01 mlx5_0")
    assert reading.peers[2] is None


def test_the_master_is_named(asks: InBandInquiry) -> None:
    manager = swept(asks, sweep([leaf()], activity=7)).sm
    assert manager is not None
    assert (manager.lid, manager.guid, manager.activity, manager.state) == (1, "0000000000100001", 7, "Master")


def without_manager(**how: object) -> bytes:
    """A sweep whose `sminfo` said nothing but this."""
    return part("sminfo", "", **how) + part("links", leaf().links()) + part("errors", errors([leaf()]))  # type: ignore[arg-type]


def test_a_manager_that_does_not_answer_is_silent(asks: InBandInquiry) -> None:
    got = swept(asks, without_manager(status=255, error="sminfo: iberror: failed: query"))
    assert (got.sm, got.sm_unasked) == (None, "")
    assert [event.text for event in got.events] == ["the subnet manager does not answer"]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"status": 1, "error": "sudo: a password is required"}, "sudo: a password is required"),
        ({"status": 127, "error": "timeout: failed to run command"}, "sminfo is not there"),
        ({"status": 126, "error": "sminfo: Permission denied"}, "sminfo: Permission denied"),
        ({"status": 124}, "sminfo took more than 10 s"),
        ({"status": 255, "error": "sminfo: iberror: failed: Failed to open 'mlx5_9' port '1'"}, "Failed to open"),
        ({"status": 139}, "sminfo ended with status 139"),
    ],
)
def test_a_manager_that_could_not_be_asked_is_not_called_silent(
    asks: InBandInquiry, how: dict[str, object], why: str
) -> None:
    got = swept(asks, without_manager(**how))
    assert why in got.sm_unasked
    assert (got.sm, got.events) == (None, ())


def test_a_port_that_was_left_out_is_zero_after_a_complete_summary(asks: InBandInquiry) -> None:
    reading = named(swept(asks, sweep([leaf(errors={2: " [SymbolErrorCounter == 77]"})])), "leaf01")
    values, quality = row(reading, 1)
    assert values.tolist() == [0] * len(COLUMNS)
    assert set(quality.tolist()) == {PRESENT}
    assert row(reading, 2)[0][SYMBOL] == 77
    assert row(reading, 2)[0][DOWNED] == 0


def test_without_a_summary_only_ports_with_a_line_are_known(asks: InBandInquiry) -> None:
    whole = sweep([leaf(errors={2: " [SymbolErrorCounter == 77]"}, down={3})])
    body = whole[: whole.index(b"\n## Summary")] + f"\n\x05{NONCE} 124\n\n".encode()
    got = swept(asks, body)
    table = named(got, "leaf01").table
    assert not got.complete
    assert "100 s" in got.remark
    assert table.unread == ("1",)
    assert table.rows == ("2", "3")
    assert table.quality[1].tolist() == [ABSENT] * len(COLUMNS)
    assert table.states[1].state == "Down"


def test_a_failed_query_makes_its_own_port_unread_and_no_other(asks: InBandInquiry) -> None:
    stderr = "ibwarn: [7] print_errors: IB_GSI_PORT_COUNTERS query failed on leaf01, Lid 2 port 1\n"
    got = swept(asks, sweep([leaf(), spine()], failures=1, stderr=stderr))
    assert not got.complete
    assert "1 counter queries failed: leaf01" in got.remark
    assert named(got, "leaf01").table.unread == ("1",)
    assert named(got, "spine01").table.unread == ()


def test_a_failed_query_of_all_ports_at_once_makes_the_whole_switch_unread(asks: InBandInquiry) -> None:
    stderr = "ibwarn: [7] print_errors: IB_GSI_PORT_COUNTERS query failed on leaf01, Lid 2 port 255\n"
    got = swept(asks, sweep([leaf(), spine()], failures=1, stderr=stderr))
    assert named(got, "leaf01").table.unread == ("1", "2", "3")
    assert named(got, "spine01").table.unread == ()


def test_failed_queries_that_name_nobody_make_everything_unread(asks: InBandInquiry) -> None:
    got = swept(asks, sweep([leaf(), spine()], failures=2))
    assert named(got, "leaf01").table.unread == named(got, "spine01").table.unread == ("1", "2", "3")


def test_a_summary_of_fewer_switches_than_there_are_vouches_for_none_without_a_line(asks: InBandInquiry) -> None:
    got = swept(asks, sweep([leaf(errors={2: " [SymbolErrorCounter == 7]"}), spine()], checked=1))
    assert not got.complete
    assert "checked 1 of 2 switches" in got.remark
    assert named(got, "leaf01").table.unread == ()
    assert named(got, "spine01").table.unread == ("1", "2", "3")


@pytest.mark.parametrize(
    "torn",
    [
        (b" port 2: [SymbolErrorCounter == 77]", b" port 2: [SymbolErrorCounter == \x007]"),
        (b'Errors for 0x200001 "spine01"\n', b'Err\x1b for 0x200001 "spine01"\n'),
        (b"   GUID 0x200001 port 1: [LinkDownedCounter == 3]\n", b""),
    ],
    ids=["a line", "a heading", "a line that is lost"],
)
def test_a_line_of_errors_that_is_not_understood_leaves_no_port_clean(
    asks: InBandInquiry, torn: tuple[bytes, bytes]
) -> None:
    leaf01, spine01 = leaf(errors={2: " [SymbolErrorCounter == 77]"}), spine(errors={1: " [LinkDownedCounter == 3]"})
    body = sweep([leaf01, spine01])
    assert body.count(torn[0]) == 1
    got = swept(asks, body.replace(*torn))
    assert not got.complete
    assert "of 2 ports with errors not every line was understood" in got.remark
    unread = {switch.description: set(switch.table.unread) for switch in got.switches}
    assert "3" in unread["leaf01"] & unread["spine01"]
    assert not any(row(named(got, "leaf01"), int(port))[0][DOWNED] for port in named(got, "leaf01").table.rows)


def test_a_list_of_links_that_broke_off_makes_no_switch_missing(asks: InBandInquiry) -> None:
    swept(asks, sweep([leaf(), spine()]))
    body = part("links", leaf().links(), status=139) + part("errors", errors([leaf()]))
    got = swept(asks, body)
    assert (got.complete, got.remark) == (False, "iblinkinfo broke off (status 139)")


def test_a_port_that_is_no_longer_listed_is_unread_not_gone(asks: InBandInquiry) -> None:
    swept(asks, sweep([leaf()]))
    assert named(swept(asks, sweep([leaf(ports=2)], activity=2)), "leaf01").table.unread == ("3",)


def test_plain_counters_are_known_by_how_they_are_printed(asks: InBandInquiry) -> None:
    body = sweep(
        [leaf(errors={2: " [SymbolErrorCounter == 77]"}), spine(errors={1: " [SymbolErrorCounter == 9 (9.000)]"})]
    )
    got = swept(asks, body)
    assert named(got, "leaf01").table.source is Width.PMA
    assert named(got, "spine01").table.source is Width.PMA_EXTENDED


@pytest.mark.parametrize(
    ("masks", "width"),
    [
        ("(CapMask: 0x5300 CapMask2: 0x0000002)", Width.PMA_EXTENDED),
        ("(CapMask: 0x1300 CapMask2: 0x0000000)", Width.PMA),
        ("(CapMask: 0x1300)", Width.PMA),
    ],
)
def test_of_a_clean_switch_the_masks_decide(asks: InBandInquiry, masks: str, width: Width) -> None:
    assert named(swept(asks, sweep([leaf()]), caps([2], masks)), "leaf01").table.source is width


def test_a_counter_that_the_agent_cannot_count_is_unsupported_not_zero(asks: InBandInquiry) -> None:
    masks = caps([2], "(CapMask: 0x0300 CapMask2: 0x0000000)")
    body = sweep([leaf(errors={2: " [PortXmitWait == 5]"})])
    reading = named(swept(asks, body, masks), "leaf01")
    assert row(reading, 1)[1][WAIT] == UNSUPPORTED
    assert row(reading, 2)[1][WAIT] == PRESENT


def test_the_masks_are_asked_for_once(asks: InBandInquiry) -> None:
    assert asks.call() == f"fc_ib {NONCE}"
    assert asks.read(answer(sweep([leaf(), spine()]))) is Again.NOW
    assert asks.call() == f"fc_ibc {NONCE} 2 3"
    assert isinstance(asks.read(answer(caps([2, 3]))), Reading)
    assert asks.call() == f"fc_ib {NONCE}"
    assert isinstance(asks.read(answer(sweep([leaf(), spine()], activity=2))), Reading)


def test_switches_that_do_not_tell_their_masks_are_given_up(asks: InBandInquiry) -> None:
    calls = []
    for activity in range(5):
        calls.append(asks.call())
        if asks.read(answer(sweep([leaf()], activity=activity))) is Again.NOW:
            calls.append(asks.call())
            asks.read(answer(part("caps-2", "", status=255)))
    assert sum(call.startswith("fc_ibc") for call in calls) == 3


def test_a_sweep_that_came_too_late_is_not_handed_out_with_the_next(asks: InBandInquiry) -> None:
    asks.call()
    assert asks.read(answer(sweep([leaf()]))) is Again.NOW
    asks.call()
    assert asks.read(answer(caps([2]), asked_at=2000.0)) is Again.NOW
    assert asks.call() == f"fc_ib {NONCE}"


def test_rows_and_columns_are_the_same_objects_while_the_shape_stands(asks: InBandInquiry) -> None:
    first = named(swept(asks, sweep([leaf()])), "leaf01").table
    body = sweep([leaf(errors={2: " [SymbolErrorCounter == 77]"})], activity=2)
    second = named(swept(asks, body), "leaf01").table
    assert second.rows is first.rows
    assert second.columns is first.columns
    third = named(swept(asks, sweep([leaf(down={1})], activity=3)), "leaf01").table
    assert third.rows is first.rows


def test_an_unknown_counter_becomes_a_column_of_its_own(asks: InBandInquiry) -> None:
    table = named(swept(asks, sweep([leaf(errors={2: " [PortFrobnications == 4]"})])), "leaf01").table
    assert table.columns == (*COLUMNS, "PortFrobnications")
    assert table.values[1, -1] == 4
    assert table.quality[:, -1].tolist() == [ABSENT, PRESENT, ABSENT]


def test_a_switch_that_is_gone_is_not_in_the_sweep(asks: InBandInquiry) -> None:
    swept(asks, sweep([leaf(), spine()]))
    got = swept(asks, sweep([leaf()], activity=2))
    assert got.complete
    assert [switch.description for switch in got.switches] == ["leaf01"]


def many(count: int) -> list[Switch]:
    return [Switch(0x300000 + number, f"leaf{number:02}", 10 + number, ports=1) for number in range(count)]


def test_the_readings_are_stamped_as_their_lines_arrived(asks: InBandInquiry) -> None:
    body = sweep(
        [leaf(errors={2: " [SymbolErrorCounter == 7]"}), spine(errors={1: " [SymbolErrorCounter == 7]"}), *many(1)]
    )
    first, second = body.index(b"port 2: [Symbol"), body.index(b"port 1: [Symbol")
    stamps = ((0, 1000.5), (first - 4, 1001.0), (second - 4, 1003.0), (body.index(b"## Summary"), 1007.0))
    got = swept(asks, body, stamps=stamps)
    assert named(got, "leaf01").clock_s == pytest.approx(50.5)
    assert named(got, "spine01").clock_s == pytest.approx(52.5)
    assert named(got, "leaf00").clock_s == pytest.approx(56.5)


def refused(asks: InBandInquiry, *parts: bytes) -> Refusal:
    asks.call()
    got = asks.read(answer(b"".join(parts)))
    assert isinstance(got, Refusal), got
    return got


UNOPENED = "ibwarn: [7] mad_rpc_open_port: can't open UMAD port (mlx5_9:1)\nFailed to open mlx5_9 port 1\n"


@pytest.mark.parametrize(
    ("parts", "reason", "words"),
    [
        ([part("links", "", status=127, error="timeout: …")], Reason.NO_TOOL, "install infiniband-diags"),
        (
            [part("links", "", status=1, error="sudo: iblinkinfo: command not found")],
            Reason.NO_TOOL,
            "infiniband-diags",
        ),
        ([part("links", "", status=124)], Reason.TIMEOUT, "60 s"),
        ([part("links", "", status=1, error="sudo: a password is required")], Reason.NO_SUDO, "password"),
        (
            [part("links", "", status=1, error=UNOPENED), part("umad", "- /dev/infiniband/umad0\n")],
            Reason.NO_UMAD,
            "may not open /dev/infiniband/umad0",
        ),
        (
            [part("links", "", status=1, error=UNOPENED), part("umad", "- /dev/infiniband/umad*\n")],
            Reason.NO_UMAD,
            "modprobe ib_umad",
        ),
        (
            [part("links", "", status=1, error=UNOPENED), part("umad", "w /dev/infiniband/umad0\n")],
            Reason.FAILED,
            "cannot open mlx5_9 port 1",
        ),
        ([part("links", "")], Reason.FAILED, "saw no switch through mlx5_9 port 1"),
        ([], Reason.GARBLED, "broke off"),
        ([f"\x04{NONCE} links\n0x00".encode()], Reason.GARBLED, "broke off"),
    ],
)
def test_a_host_that_cannot_see_its_subnet_says_why(
    asks: InBandInquiry, parts: Iterable[bytes], reason: Reason, words: str
) -> None:
    got = refused(asks, *parts)
    assert got.reason is reason
    assert words in got.detail


def test_a_warning_of_sudo_refuses_no_sweep_that_is_there(asks: InBandInquiry) -> None:
    """sudo warns so on every host that is not in its own /etc/hosts, and runs the tool all the same."""
    warned = "sudo: unable to resolve host gpu00-00: Name or service not known"
    body = part("links", leaf().links(), error=warned) + part("errors", errors([leaf()]), error=warned)
    assert swept(asks, body).complete


def test_without_ibqueryerrors_the_links_are_still_shown(asks: InBandInquiry) -> None:
    body = part("links", leaf(down={3}).links()) + part("errors", "", status=127, error="timeout: no such file")
    got = swept(asks, body)
    assert not got.complete
    assert "timeout: no such file" in got.remark
    assert named(got, "leaf01").table.rows == ("3",)
    assert named(got, "leaf01").table.unread == ("1", "2")


def test_a_line_with_a_guessed_nonce_is_no_part(asks: InBandInquiry) -> None:
    forged = part("links", "").replace(NONCE.encode(), b"ffffffffffffffff")
    got = swept(asks, part("links", leaf().links() + forged.decode()) + part("errors", ""))
    assert len(got.switches) == 1


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read(body: bytes) -> None:
    asks = in_band.inquiry(NODE, lambda: NONCE)
    asks.call()
    asks.read(answer(body))


def test_a_status_that_no_tool_ends_with_is_none() -> None:
    parts = in_band_text.parts(f"\x04{NONCE} links\n\n\x05{NONCE} {'9' * 5000}\n\n".encode(), NONCE)
    assert parts["links"].status is None


@given(st.integers(0, 2000), st.binary(max_size=8))
def test_any_truncation_is_read(cut: int, junk: bytes) -> None:
    asks = in_band.inquiry(NODE, lambda: NONCE)
    body = sweep([leaf(errors={2: " [SymbolErrorCounter == 77]"}), spine()])
    asks.call()
    got = asks.read(answer(body[:cut] + junk))
    if got is Again.NOW:
        asks.call()
        got = asks.read(answer(caps([2, 3])[:cut] + junk))
    assert got is not Again.NOW


def test_a_sweep_in_which_nothing_moved_hands_out_the_arrays_of_the_one_before(asks: InBandInquiry) -> None:
    counted = leaf(errors={1: " [SymbolErrorCounter == 3]"})
    first, again = (named(swept(asks, sweep([counted, spine()])), "leaf01").table for _ in range(2))
    assert again.values is first.values and again.quality is first.quality and again.rows is first.rows
    moved = named(swept(asks, sweep([leaf(errors={1: " [SymbolErrorCounter == 4]"}), spine()])), "leaf01").table
    assert (moved.values[0, SYMBOL], first.values[0, SYMBOL]) == (4, 3)


def test_switches_that_counted_nothing_share_their_arrays(asks: InBandInquiry) -> None:
    one, other = (named(got := swept(asks, sweep([leaf(), spine()])), "leaf01").table, named(got, "spine01").table)
    assert one.values is other.values and one.quality is other.quality
    assert not one.values.any()
