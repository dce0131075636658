"""What was not read has no rate, and a gap in its series: never an invented zero."""

from __future__ import annotations

import pytest
from state_records import CLEAN, DOWN, QUIET, Lab

PORT = "h0/mlx5_1/1"
ROW = "mlx5_1/1"


def moved(data: int) -> dict[str, int]:
    return {**CLEAN, "port_xmit_data": data}


def listed(lab: Lab, symbols: int, data: int) -> None:
    counts = {"mlx5_0/1": CLEAN, ROW: {**moved(data), "symbol_error": symbols}}
    lab.wait(5).ports("h0", counts)


def grown() -> Lab:
    lab = Lab("h0")
    for data in (0, 500, 1000):
        listed(lab, 0, data)
    return lab


def test_a_port_that_vanished_has_no_rate_and_keeps_its_lifetime_values_as_old() -> None:
    lab = grown()
    assert lab.port(PORT).rates["port_xmit_data"] == 100.0
    lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN})
    port = lab.port(PORT)
    assert (dict(port.rates), port.counters["port_xmit_data"], port.is_old) == ({}, 1000, True)


def test_a_port_whose_block_was_not_understood_has_no_rate() -> None:
    lab = grown()
    lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN}, unread=[ROW])
    assert dict(lab.port(PORT).rates) == {}


def test_a_port_that_its_node_no_longer_answers_for_has_no_rate() -> None:
    lab = grown()
    lab.wait(60).silent("h0", "hca")
    port = lab.port(PORT)
    assert (dict(port.rates), port.counters["port_xmit_data"], port.is_old) == ({}, 1000, True)


def test_an_nvlink_that_vanished_has_no_rate() -> None:
    lab = Lab("h0")
    two = {"gpu0/nvl0": QUIET, "gpu1/nvl0": QUIET}
    for _ in range(2):
        lab.wait(30).nvlinks("h0", two)
    lab.wait(30).nvlinks("h0", {"gpu0/nvl0": QUIET})
    assert dict(lab.nvlink("h0/gpu1/nvl0").rates) == {}


@pytest.mark.parametrize("counter", ["symbol_error", "port_xmit_data"])
def test_the_time_in_which_a_port_was_not_listed_is_a_gap_in_its_series(counter: str) -> None:
    lab = grown()
    for _ in range(3):
        lab.wait(10).ports("h0", {"mlx5_0/1": CLEAN})
    assert lab.state.series(PORT, counter).growth[-3:] == (None, None, None)
    assert None not in lab.state.series("h0/mlx5_0/1", counter).growth


def test_what_grew_over_a_gap_is_spread_over_all_of_it() -> None:
    lab = grown()
    for _ in range(3):
        lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN})
    listed(lab, 40, 1000)
    listed(lab, 40, 1000)
    assert lab.state.series(PORT, "symbol_error").growth == (0.0, 0.0, None, None, None, 2.0, 0.0)


def test_a_new_row_does_not_move_a_gap_to_another_port() -> None:
    lab = grown()
    lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN})
    lab.wait(5).ports("h0", {"mlx5_00/1": CLEAN, "mlx5_0/1": CLEAN})
    assert lab.state.series(PORT, "port_xmit_data").growth[-1] is None
    assert None not in lab.state.series("h0/mlx5_0/1", "port_xmit_data").growth


def test_a_switch_port_whose_counters_were_not_read_while_it_was_down_has_a_gap() -> None:
    lab = Lab("h0", in_band=["h0"])
    for _ in range(2):
        lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": CLEAN, "2": CLEAN}))
    for _ in range(2):
        lab.wait(60).sweep("h0", lab.switch("leaf01", {"1": {}, "2": CLEAN}, {"1": DOWN}))
    assert lab.state.series("leaf01/1", "symbol_error").growth == (0.0, None, None)
