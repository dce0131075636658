"""The `hca` question, its own text in a real shell against a tree of files."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED, Table, Width
from fabconsole.platforms import hca_text
from fabconsole.platforms.hca import HcaInquiry
from fabconsole.platforms.question import Again, Answer, Reading, Refusal
from fabconsole.stream.records import Reason


def value(table: Table, row: str, column: str) -> int | None:
    cell = table.rows.index(row), table.columns.index(column)
    return int(table.values[cell]) if table.quality[cell] == PRESENT else None


def tables(reading: Reading | Refusal | Again) -> tuple[Table, ...]:
    assert isinstance(reading, Reading)
    return reading.tables


def test_a_port_is_read_with_its_state_its_counters_and_what_stands_once(real_shell, sysfs):
    sysfs.device("mlx5_0", pci="0000:18:00.0")
    reading = real_shell.ask(HcaInquiry(str(sysfs.root)))
    counters, hw = tables(reading)
    assert (counters.source, hw.source) == (Width.SYSFS, Width.HW_COUNTERS)
    assert counters.rows == hw.rows == ("mlx5_0/1",)
    assert value(counters, "mlx5_0/1", "port_rcv_data") == 123456789012
    assert counters.columns[0] == "symbol_error"
    (state,) = counters.states
    assert (state.state, state.phys_state) == ("Active", "LinkUp")
    assert (state.rate_gbps, state.width, state.generation) == (400.0, "4X", "NDR")
    assert (state.lid, state.sm_lid) == (0x1A, 1)
    assert (state.port_guid, state.node_guid) == ("0c42a10300b30011", "0c42a10300b30001")
    assert (state.pci, state.firmware, state.board) == ("0000:18:00.0", "28.39.1002", "MT_0000000838")
    assert reading.facts == {"hcas": "1"}


def test_of_hw_counters_only_known_ones_are_asked_for_and_lifespan_is_none(real_shell, sysfs):
    sysfs.device("mlx5_0")
    _, hw = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))
    assert set(hw.columns) == {"out_of_sequence", "np_cnp_sent"}


def test_a_port_that_is_down_has_no_rate_though_the_file_has_one(real_shell, sysfs):
    sysfs.device("mlx5_0", files={"state": "1: DOWN", "phys_state": "3: Disabled", "lid": "0xffff"})
    (state,) = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))[0].states
    assert (state.state, state.phys_state) == ("Down", "Disabled")
    assert (state.rate_gbps, state.width, state.generation, state.lid) == (None, None, None, None)


def test_only_values_travel_after_the_first_asking(real_shell, sysfs):
    sysfs.device("mlx5_0")
    inquiry = HcaInquiry(str(sysfs.root))
    real_shell.ask(inquiry)
    assert inquiry.text() == ""
    assert inquiry.call() == hca_text.VALUES_CALL
    body = real_shell.answer(inquiry).body
    assert b"symbol_error" not in body
    assert body.endswith(b"@mlx5_0 0\n")


def test_while_the_shape_stands_rows_columns_and_states_are_the_same_objects(real_shell, sysfs):
    sysfs.device("mlx5_0")
    sysfs.device("mlx5_1")
    inquiry = HcaInquiry(str(sysfs.root))
    before, _ = tables(real_shell.ask(inquiry))
    sysfs.write("mlx5_1/ports/1/counters/symbol_error", "4")
    after, _ = tables(real_shell.ask(inquiry))
    assert after.rows is before.rows
    assert after.columns is before.columns
    assert after.states is before.states
    assert after.quality is before.quality
    assert value(after, "mlx5_1/1", "symbol_error") == 4
    assert value(before, "mlx5_1/1", "symbol_error") == 0


def test_a_counter_file_that_fails_costs_its_own_device_and_shifts_nothing(real_shell, sysfs):
    sysfs.device("mlx5_0")
    sysfs.device("mlx5_1")
    inquiry = HcaInquiry(str(sysfs.root))
    real_shell.ask(inquiry)
    (sysfs.root / "mlx5_0/ports/1/counters/link_downed").unlink()
    table, hw = tables(real_shell.ask(inquiry))
    assert table.rows == hw.rows == ("mlx5_1/1",)
    assert table.unread == hw.unread == ("mlx5_0/1",)
    assert value(table, "mlx5_1/1", "port_xmit_wait") == 17

    table, _ = tables(real_shell.ask(inquiry))  # listed anew
    assert table.rows == ("mlx5_0/1", "mlx5_1/1")
    assert table.unread == ()
    assert value(table, "mlx5_0/1", "link_downed") is None
    assert value(table, "mlx5_0/1", "port_xmit_wait") == 17
    assert value(table, "mlx5_1/1", "link_downed") == 2


def test_a_file_that_suddenly_has_two_lines_costs_its_device_too(real_shell, sysfs):
    sysfs.device("mlx5_0")
    inquiry = HcaInquiry(str(sysfs.root))
    real_shell.ask(inquiry)
    sysfs.write("mlx5_0/ports/1/counters/link_downed", "1\n2")
    assert tables(real_shell.ask(inquiry))[0].unread == ("mlx5_0/1",)


def test_a_device_that_is_gone_is_in_no_table(real_shell, sysfs):
    sysfs.device("mlx5_0")
    sysfs.device("mlx5_1")
    inquiry = HcaInquiry(str(sysfs.root))
    real_shell.ask(inquiry)
    shutil.rmtree(sysfs.root / "mlx5_0")
    for _ in range(2):
        table, _ = tables(real_shell.ask(inquiry))
        assert (table.rows, table.unread) == (("mlx5_1/1",), ())


def test_a_device_that_comes_is_there_one_asking_later(real_shell, sysfs):
    sysfs.device("mlx5_0")
    inquiry = HcaInquiry(str(sysfs.root))
    real_shell.ask(inquiry)
    sysfs.device("mlx5_1")
    real_shell.ask(inquiry)
    reading = real_shell.ask(inquiry)
    assert tables(reading)[0].rows == ("mlx5_0/1", "mlx5_1/1")
    assert reading.facts["hcas"] == "2"


def test_a_device_whose_ports_cannot_be_read_is_unread_and_not_gone(real_shell, sysfs):
    sysfs.device("mlx5_0")
    broken = sysfs.device("mlx5_1")
    for file in (broken / "ports/1").rglob("*"):
        if file.is_file():
            file.write_text("")
    table, _ = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))
    assert (table.rows, table.unread) == (("mlx5_0/1",), ("mlx5_1/1",))


def test_a_counter_that_could_not_be_read_when_it_was_listed_is_read_some_time_after_it_can_be(real_shell, sysfs):
    sysfs.device("mlx5_0")
    file = sysfs.root / "mlx5_0/ports/1/counters/symbol_error"
    file.write_text("")
    inquiry = HcaInquiry(str(sysfs.root))
    assert "symbol_error" not in tables(real_shell.ask(inquiry))[0].columns
    file.write_text("9\n")
    readings = [tables(real_shell.ask(inquiry))[0] for _ in range(60)]
    assert value(readings[-1], "mlx5_0/1", "symbol_error") == 9


def test_a_device_whose_ports_come_after_it_was_listed_is_there_some_time_later(real_shell, sysfs):
    sysfs.device("mlx5_0")
    late = sysfs.device("mlx5_1") / "ports"
    away = late.rename(sysfs.root.parent / "ports")
    inquiry = HcaInquiry(str(sysfs.root))
    assert tables(real_shell.ask(inquiry))[0].rows == ("mlx5_0/1",)
    away.rename(late)
    readings = [real_shell.ask(inquiry) for _ in range(60)]
    assert tables(readings[-1])[0].rows == ("mlx5_0/1", "mlx5_1/1")
    assert readings[-1].facts == {"hcas": "2"}


def test_n_a_is_not_supported_and_never_zero(real_shell, sysfs):
    sysfs.device("i40iw0", counters={"symbol_error": "N/A (no PMA)", "link_downed": "1"}, hw_counters={})
    (table,) = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))
    assert table.quality.tolist() == [[UNSUPPORTED, PRESENT]]
    assert table.values.tolist() == [[0, 1]]


def test_devices_with_different_counters_share_columns_and_lack_what_they_lack(real_shell, sysfs):
    sysfs.device("mlx4_0", counters={"symbol_error": "1"}, hw_counters={}, ports=2)
    sysfs.device("mlx5_0", counters={"link_downed": "3"})
    table, hw = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))
    assert table.rows == hw.rows == ("mlx4_0/1", "mlx4_0/2", "mlx5_0/1")
    assert table.columns == ("symbol_error", "link_downed")
    assert table.quality.tolist() == [[PRESENT, ABSENT], [PRESENT, ABSENT], [ABSENT, PRESENT]]
    assert table.values.tolist() == [[1, 0], [1, 0], [0, 3]]
    assert hw.quality[:2].max() == ABSENT
    assert [state.port_guid for state in table.states] == ["0c42a10300b30011", "0c42a10300b30012", "0c42a10300b30011"]


def test_a_last_line_without_an_end_does_not_swallow_the_next_value(real_shell, sysfs):
    sysfs.device("mlx5_0")
    for name in ("state", "counters/link_downed", "counters/symbol_error"):
        file = sysfs.root / "mlx5_0/ports/1" / name
        file.write_text(file.read_text().rstrip("\n"))
    table, _ = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))
    assert (value(table, "mlx5_0/1", "link_downed"), value(table, "mlx5_0/1", "symbol_error")) == (2, 0)
    assert table.states[0].state == "Active"


def test_a_virtual_function_is_named_as_one_and_is_no_hca_of_its_own(real_shell, sysfs):
    sysfs.device("mlx5_0", pci="0000:18:00.0")
    sysfs.device("mlx5_1", pci="0000:18:00.1")
    (sysfs.root.parent / "pci/0000:18:00.1/physfn").mkdir()
    reading = real_shell.ask(HcaInquiry(str(sysfs.root)))
    assert reading.facts == {"hcas": "1", "mlx5_1.virtual": "yes"}
    assert tables(reading)[0].rows == ("mlx5_0/1", "mlx5_1/1")


def test_on_ethernet_gids_make_no_port_guid(real_shell, sysfs):
    sysfs.device("mlx5_0", files={"link_layer": "Ethernet"})
    (state,) = tables(real_shell.ask(HcaInquiry(str(sysfs.root))))[0].states
    assert (state.link_layer, state.port_guid) == ("Ethernet", None)


@pytest.mark.parametrize("there", [True, False], ids=["empty directory", "no directory"])
def test_a_host_without_hcas_answers_that_it_has_none(real_shell, sysfs, there):
    if not there:
        sysfs.root.rmdir()
    for _ in range(2):
        reading = real_shell.ask(HcaInquiry(str(sysfs.root)))
        assert tables(reading)[0].rows == ()
        assert reading.facts == {"hcas": "0"}


def test_a_name_that_is_no_device_name_never_reaches_the_shell_again(real_shell, sysfs):
    sysfs.device("mlx5_0")
    sysfs.device("$(touch pwned);x")
    inquiry = HcaInquiry(str(sysfs.root))
    reading = real_shell.ask(inquiry)
    assert tables(reading)[0].rows == ("mlx5_0/1",)
    assert "hcas.not-understood" in reading.facts
    assert not list(sysfs.root.rglob("pwned"))


def test_a_new_shell_is_told_everything_again(real_shell, sysfs):
    sysfs.device("mlx5_0")
    inquiry = HcaInquiry(str(sysfs.root))
    real_shell.ask(inquiry)
    inquiry.restart()
    assert "fc_hl()" in inquiry.text()
    assert inquiry.call() == hca_text.LIST_CALL


# -- without a shell: any bytes ---------------------------------------------------------------------------------

_FILES = [
    f"ports/1/{name}" for name in ("state", "phys_state", "rate", "counters/link_downed", "counters/symbol_error")
]
_LISTING = "\n".join(["mlx5_0 mlx5_1", "@mlx5_0", "ports/1", *_FILES, "@mlx5_1", "ports/1", *_FILES, ""]).encode()
_VALUES = (
    b"mlx5_0 mlx5_1\n4: ACTIVE\n5: LinkUp\n400 Gb/sec (4X NDR)\n11\n12\n@mlx5_0 0\n"
    b"4: ACTIVE\n5: LinkUp\n200 Gb/sec (4X HDR)\n21\n22\n@mlx5_1 0\n"
)
_TRUE = {("mlx5_0/1", "link_downed"): 11, ("mlx5_0/1", "symbol_error"): 12}
_TRUE |= {("mlx5_1/1", "link_downed"): 21, ("mlx5_1/1", "symbol_error"): 22}


def answered(body: bytes, status: int = 0) -> Answer:
    return Answer(body=body, status=status, asked_at=0.0, at=0.0, clock_s=1.0, boot_id=None)


def listed() -> HcaInquiry:
    inquiry = HcaInquiry()
    assert inquiry.read(answered(_LISTING)) is Again.NOW
    return inquiry


def seen(reading: Reading | Refusal | Again) -> dict[tuple[str, str], int]:
    (table,) = tables(reading)
    assert table.quality.min(initial=PRESENT) == PRESENT
    return {(row, name): value(table, row, name) for row in table.rows for name in table.columns}


def test_the_plain_answer_is_read():
    assert seen(listed().read(answered(_VALUES))) == _TRUE


@given(st.integers(0, len(_VALUES)))
def test_an_answer_cut_anywhere_gives_true_values_or_none(cut):
    reading = listed().read(answered(_VALUES[:cut]))
    assert seen(reading).items() <= _TRUE.items()
    (table,) = tables(reading)
    assert len(table.rows) + len(table.unread) <= 2


def test_a_line_that_names_no_devices_takes_none_away():
    reading = listed().read(answered(b"\x00\xff not a name\n" + _VALUES.partition(b"\n")[2]))
    assert seen(reading) == _TRUE
    reading = listed().read(answered(b"\x00\xff not a name\n"))
    assert tables(reading)[0].unread == ("mlx5_0/1", "mlx5_1/1")


@pytest.mark.parametrize(
    "body",
    [b"\x00\xff\n\x07\n", b"\x07", b"", b"mlx5_0 mlx5_1\n@mlx5_0\nports/1\n@mlx5_\xff\n"],
    ids=["noise", "a line of it", "nothing", "half"],
)
def test_a_listing_that_cannot_be_one_is_not_understood_and_takes_no_device_away(body):
    found = HcaInquiry().read(answered(body))
    assert isinstance(found, Refusal)
    assert found.reason is Reason.GARBLED


@given(st.integers(1, _VALUES.count(b"\n") - 1))
def test_a_line_that_is_missing_never_shifts_a_value(index):
    lines = _VALUES.splitlines(keepends=True)
    del lines[index]
    assert seen(listed().read(answered(b"".join(lines)))).items() < _TRUE.items()


@given(st.binary(max_size=400), st.integers(0, 3))
@settings(max_examples=300)
def test_any_bytes_are_read_without_an_exception(body, status):
    inquiry = HcaInquiry()
    for data in (body, _LISTING + body, body, _VALUES + body):
        inquiry.read(answered(data, status))
        inquiry.text()
        assert inquiry.call() in (hca_text.LIST_CALL, hca_text.VALUES_CALL)


@given(st.lists(st.sampled_from([b"-1", b"1e3", b"", b"0x1f", b"1 2", b"\xff", b"N/A", b"7"]), min_size=5, max_size=5))
def test_a_value_that_is_no_number_is_no_value(lines):
    body = b"mlx5_0 mlx5_1\n" + b"".join(line + b"\n" for line in lines) + b"@mlx5_0 0\n"
    (table,) = tables(listed().read(answered(body)))
    good = all(line in (b"7", b"N/A") for line in lines[3:])
    assert ("mlx5_0/1" in table.rows) == good
    if good:
        assert [q == PRESENT for q in table.quality[0]] == [line == b"7" for line in reversed(lines[3:])]


def test_a_value_beyond_64_bits_is_shown_at_its_maximum():
    body = _VALUES.replace(b"\n12\n", b"\n99999999999999999999999\n")
    assert seen(listed().read(answered(body)))["mlx5_0/1", "symbol_error"] == np.iinfo(np.uint64).max


def answers_until_listed(inquiry: HcaInquiry, listing: bytes = _LISTING, values: bytes = _VALUES) -> int:
    """For how many answers, `values`, a listing is believed; `listing` is what the next one says."""
    for count in range(100):
        if inquiry.call() == hca_text.LIST_CALL:
            assert inquiry.read(answered(listing)) is Again.NOW
            return count
        inquiry.read(answered(values))
    raise AssertionError("it is believed for good")


def test_no_listing_is_believed_for_good():
    inquiry = listed()
    assert [answers_until_listed(inquiry) for _ in range(3)] == [60, 60, 60]


def test_an_answer_with_a_bad_status_is_refused_and_listed_anew():
    inquiry = listed()
    assert isinstance(inquiry.read(replace(answered(_VALUES), status=1)), Refusal)
    assert inquiry.call() == hca_text.LIST_CALL


def test_counters_that_rest_are_the_same_table_until_one_of_them_moves():
    files = ("ports/1", "ports/1/state", "ports/1/counters/symbol_error", "ports/1/hw_counters/out_of_buffer")
    inquiry = HcaInquiry()
    inquiry.read(answered("\n".join(("mlx5_0", "@mlx5_0", *files, "")).encode()))

    def hardware(symbol_errors: int, out_of_buffer: int) -> Table:
        body = f"mlx5_0\n4: ACTIVE\n{symbol_errors}\n{out_of_buffer}\n@mlx5_0 0\n"
        moving, resting = tables(inquiry.read(answered(body.encode())))
        assert moving.values[0, 0] == symbol_errors
        return resting

    first = hardware(0, 7)
    assert hardware(3, 7) is first
    assert hardware(4, 17).values[0, 0] == 17
    assert hardware(17, 17).values[0, 0] == 17
