"""What the captures of `ethtool -S` must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
_LINES = "ethtool-S/mlx5-cx4lx-discard-lines.txt"


@facts(_LINES, "14 counters; rx_steer_missed_packets 24627, all others 0")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert len(row.counters) == 14
    assert {name: value for name, value in row.counters.items() if value} == {"rx_steer_missed_packets": 24627}
    assert None not in row.counters.values()


@facts(_LINES, "rx_discards_phy 0, rx_out_of_buffer 0")
def _(said: Reading) -> None:
    counters = said.rows[0].counters
    assert (counters["rx_discards_phy"], counters["rx_out_of_buffer"]) == (0, 0)


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
