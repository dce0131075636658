"""What is remembered of a node has an end: it costs no more however long it misbehaves, and is forgotten in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from state_records import CLEAN, Lab

from fabconsole.state.history import STEPS, History

PORT = "h0/mlx5_0/1"
SHAPE = (8, 22)
STILL = range(10)


def counts(number: int) -> NDArray[np.uint64]:
    return np.full(SHAPE, number, dtype=np.uint64)


def noted(history: History, step: int, moved: NDArray[np.bool_] | None) -> None:
    history.note(5.0 * step, 5.0, counts(step), counts(step + 1), moved, ())


def size(history: History) -> int:
    return history._ends.buffer_info()[1] * 8 + history._moves.buffer_info()[1] * 8


def test_a_value_that_moved_once_costs_nothing_once_that_step_is_forgotten() -> None:
    history, moved = History(STILL), np.zeros(SHAPE, dtype=np.bool_)
    moved[3, 4] = True
    noted(history, 0, moved)
    assert (0.0, 0.2) in history.steps(3, 4, stopped=False)
    for step in range(1, STEPS):
        noted(history, step, None)
    assert history.steps(3, 4, stopped=False)[0] == (0.0, 0.2)
    noted(history, STEPS, None)
    assert {growth for _, growth in history.steps(3, 4, stopped=False)} == {0.0}
    assert size(history) == STEPS * 8


def test_where_all_moves_for_ever_no_more_is_kept_than_after_the_first_steps() -> None:
    history, moved = History(STILL), np.ones(SHAPE, dtype=np.bool_)
    for step in range(STEPS):
        noted(history, step, moved)
    filled = size(history)
    for step in range(STEPS, 5 * STEPS):
        noted(history, step, moved)
    assert size(history) == filled == STEPS * 8 * (1 + 3 * SHAPE[0] * len(STILL))
    assert history.steps(7, 9, stopped=False) == [(5.0 * step, 0.2) for step in range(4 * STEPS, 5 * STEPS)]


def test_a_link_that_went_down_is_forgotten_when_no_rule_reaches_back_to_it() -> None:
    lab = Lab("h0")
    lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN})
    lab.wait(5).ports("h0", {"mlx5_0/1": {**CLEAN, "link_downed": 1}})
    lab.port(PORT)
    (block,) = lab.state._hosts["h0"].blocks.values()
    assert block.downs._rows
    for _ in range(12):
        lab.wait(60).ports("h0", {"mlx5_0/1": {**CLEAN, "link_downed": 1}})
        lab.port(PORT)
    assert not block.downs._rows


def test_of_a_link_that_flaps_for_ever_a_bounded_part_is_kept() -> None:
    lab = Lab("h0")
    for times in range(1000):
        lab.wait(1).ports("h0", {"mlx5_0/1": {**CLEAN, "link_downed": times}})
    (block,) = lab.state._hosts["h0"].blocks.values()
    assert [len(downs) for downs in block.downs._rows.values()] == [256 * 4]
    assert "256 downs in 10 min" in lab.port(PORT).reason


def test_when_a_row_was_not_read_is_forgotten_once_no_series_reaches_back_to_it() -> None:
    lab = Lab("h0")
    both = {"mlx5_0/1": CLEAN, "mlx5_1/1": CLEAN}
    for listed in (both, both, {"mlx5_0/1": CLEAN}, both):
        lab.wait(5).ports("h0", listed)
    (block,) = lab.state._hosts["h0"].blocks.values()
    assert len(block.gaps._gaps) == 1
    for _ in range(STEPS):
        lab.wait(5).ports("h0", both)
    assert not block.gaps._gaps
