"""Ports: rates over true time, marks, states, expectations, rows that come and go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from state_records import CANNOT_COUNT, CLEAN, DOWN, NO_COUNTER, Lab, active, table

from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import Kind, PortState, Width
from fabconsole.fabric.thresholds import Rule, Thresholds
from fabconsole.state import judge

PORT = "h0/mlx5_0/1"
LINK_DOWNED_STOPS_AT = 255


def errors(count: int, **others: int) -> dict[str, dict[str, int]]:
    return {"mlx5_0/1": {**CLEAN, "symbol_error": count, **others}}


def test_one_reading_shows_lifetime_values_and_is_unknown_not_ok() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(40))
    port = lab.port(PORT)
    assert port.counters["symbol_error"] == 40
    assert dict(port.rates) == {}
    assert (port.health, port.reason) == (Health.UNKNOWN, "one reading: no rate yet")


def test_two_quiet_readings_are_ok_and_their_rates_are_zero_not_absent() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(40))
    lab.wait(5).ports("h0", errors(40))
    port = lab.port(PORT)
    assert port.health is Health.OK
    assert port.rates["symbol_error"] == 0.0


def test_a_rate_is_taken_over_the_nodes_own_clock() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(0))
    lab.wait(5)
    lab.booted_at["h0"] -= 3  # its clock says that 8 s went by
    lab.ports("h0", errors(40))
    assert lab.port(PORT).rates["symbol_error"] == pytest.approx(5.0)


def test_growth_over_the_limits_warns_then_is_critical_and_says_the_number() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(0))
    lab.wait(5).ports("h0", errors(5))
    assert (lab.port(PORT).health, lab.port(PORT).reason) == (
        Health.WARN,
        "symbol_error grows 1/s, any growth is too much",
    )
    lab.wait(5).ports("h0", errors(300))
    assert (lab.port(PORT).health, lab.port(PORT).reason) == (Health.CRIT, "symbol_error grows 30/s, over 10/s")


def test_a_congestion_counter_congests() -> None:
    lab = Lab("h0")
    lab.ports("h0")
    lab.wait(5).ports("h0", errors(0, port_xmit_wait=1_000_000))
    assert lab.port(PORT).health is Health.CONGESTED


def test_a_burst_between_two_polls_is_seen_until_it_leaves_the_window() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(0))
    lab.wait(5).ports("h0", errors(0))
    lab.wait(5).ports("h0", errors(7))
    for _ in range(11):
        lab.wait(5).ports("h0", errors(7))
        assert lab.port(PORT).health is Health.WARN
    lab.wait(10).ports("h0", errors(7))
    assert lab.port(PORT).health is Health.OK


def test_polls_further_apart_than_the_window_still_have_a_rate() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(0))
    lab.wait(300).ports("h0", errors(600))
    assert lab.port(PORT).rates["symbol_error"] == pytest.approx(2.0)


def test_a_saturated_error_counter_has_a_mark_no_rate_and_a_warning() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": {"symbol_error": 65535, "link_error_recovery": 0}})
    port = lab.port(PORT)
    assert port.counters["symbol_error"] == 65535
    assert "symbol_error" not in port.rates
    assert port.rates["link_error_recovery"] == 0.0
    assert port.marks == {"symbol_error": Mark.SATURATED}
    assert port.health is Health.WARN
    assert "symbol_error saturated" in port.reason


def test_growth_up_to_saturation_is_the_least_that_happened() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(65000))
    lab.wait(5).ports("h0", errors(65535))
    port = lab.port(PORT)
    assert (port.health, port.reason) == (Health.CRIT, "symbol_error grows at least 107/s and is saturated, over 10/s")
    assert "symbol_error" not in port.rates


def test_a_saturated_congestion_counter_that_has_a_rule_can_no_longer_be_judged_and_is_not_well() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", errors(0, port_xmit_wait=0xFFFFFFFF))
    port = lab.port(PORT)
    assert port.marks == {"port_xmit_wait": Mark.SATURATED}
    assert (port.health, port.reason) == (Health.WARN, "port_xmit_wait saturated: it has no rate until it is cleared")


def test_a_saturated_congestion_counter_without_a_rule_is_marked_and_no_more() -> None:
    lab = Lab("h0", thresholds=Thresholds())
    for _ in range(2):
        lab.wait(5).ports("h0", errors(0, port_xmit_wait=0xFFFFFFFF))
    port = lab.port(PORT)
    assert (port.marks, port.health) == ({"port_xmit_wait": Mark.SATURATED}, Health.OK)


@pytest.mark.parametrize("polls", [1, 20])
def test_a_port_one_of_whose_error_counters_is_no_longer_read_is_not_well_on_the_others(polls: int) -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    left = {name: count for name, count in CLEAN.items() if name != "symbol_error"}
    for _ in range(polls):
        lab.wait(5).ports("h0", {"mlx5_0/1": left})
    port = lab.port(PORT)
    assert (port.health, port.reason) == (Health.UNKNOWN, "no longer read: symbol_error")
    assert "symbol_error" not in port.counters


def test_the_width_is_that_of_the_source() -> None:
    for source, saturated in ((Width.PMA, True), (Width.PMA_EXTENDED, False)):
        lab = Lab("h0")
        for _ in range(2):
            lab.wait(5).ports("h0", errors(65535), source=source)
        assert (lab.port(PORT).marks == {"symbol_error": Mark.SATURATED}) is saturated


def test_a_value_over_the_maximum_proves_a_wider_source_for_the_whole_column() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports(
            "h0", {"mlx5_0/1": {**CLEAN, "symbol_error": 65535}, "mlx5_1/1": {**CLEAN, "symbol_error": 70000}}
        )
    assert lab.port(PORT).marks == {}
    assert lab.port("h0/mlx5_1/1").marks == {}


def test_a_lower_value_is_a_reset_and_what_was_counted_before_it_still_counts() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(100))
    lab.wait(5).ports("h0", errors(140))
    lab.wait(5).ports("h0", errors(10))
    port = lab.port(PORT)
    assert port.counters["symbol_error"] == 10
    assert port.rates["symbol_error"] == pytest.approx(5.0)
    assert port.marks == {"symbol_error": Mark.RESET}
    for _ in range(13):
        lab.wait(5).ports("h0", errors(10))
    assert lab.port(PORT).marks == {}


def test_a_wrapping_counter_wraps_from_near_its_end_and_is_reset_from_elsewhere() -> None:
    for before, after, rate, marks in (
        (0xFFFFFFF0, 34, 10.0, {}),
        (1_000_000, 50, 10.0, {"out_of_sequence": Mark.RESET}),
    ):
        lab = Lab("h0")
        for value in (before, after):
            lab.wait(5).ports("h0", {"mlx5_0/1": {"out_of_sequence": value}}, source=Width.HW_COUNTERS)
        assert lab.port(PORT).rates["out_of_sequence"] == pytest.approx(rate)
        assert lab.port(PORT).marks == marks


def test_after_a_reboot_everything_begins_anew_without_a_reset_mark() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5).ports("h0", errors(500))
    lab.boots["h0"], lab.booted_at["h0"] = "boot-2", lab.now - 20
    lab.wait(5).ports("h0", errors(3))
    port = lab.port(PORT)
    assert (port.health, port.marks, dict(port.rates)) == (Health.UNKNOWN, {}, {})
    assert "rebooted" in lab.state.snapshot(lab.now).events[0].event.text


def test_a_counter_that_is_not_there_is_absent_not_zero() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN, "mlx5_1/1": {**CLEAN, "port_xmit_wait": NO_COUNTER}})
    port = lab.port("h0/mlx5_1/1")
    assert "port_xmit_wait" not in port.counters
    assert "port_xmit_wait" not in port.rates
    assert "port_xmit_wait" in lab.port(PORT).counters


def test_a_counter_that_could_not_be_read_for_a_while_loses_nothing() -> None:
    lab = Lab("h0")
    lab.ports("h0", errors(0))
    lab.wait(5).ports("h0", errors(NO_COUNTER))
    lab.wait(5).ports("h0", errors(40))
    assert lab.port(PORT).rates["symbol_error"] == pytest.approx(4.0)
    assert lab.port(PORT).marks == {}


def test_a_port_without_any_error_counter_is_unknown_not_ok() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": {"port_xmit_data": 7}})
    assert (lab.port(PORT).health, lab.port(PORT).reason) == (Health.UNKNOWN, "no error counter was read")


def test_two_tables_of_one_answer_are_one_port() -> None:
    lab = Lab("h0")
    for value in (0, 10):
        lab.wait(5)
        states = {"mlx5_0/1": active()}
        lab.answer(
            "h0",
            "hca",
            table(Kind.PORTS, Width.SYSFS, {"mlx5_0/1": CLEAN}, states),
            table(Kind.PORTS, Width.HW_COUNTERS, {"mlx5_0/1": {"out_of_sequence": value}}, states),
        )
    port = lab.port(PORT)
    assert port.health is Health.OK
    assert port.rates["out_of_sequence"] == 2.0
    assert set(port.counters) == {*CLEAN, "out_of_sequence"}


DEVICE = Thresholds(rules={"rx_icrc_encapsulated": Rule(counter="rx_icrc_encapsulated", warn_per_s=0.0)})


def with_hardware(lab: Lab, counts: dict[str, int], hardware: dict[str, int] | None) -> None:
    """The host answers `hca` with its link's counters, and with its device's where there are any."""
    tables = [(Width.SYSFS, counts), (Width.HW_COUNTERS, hardware)]
    said = [
        table(Kind.PORTS, source, {"mlx5_0/1": values}, {"mlx5_0/1": active("g")})
        for source, values in tables
        if values is not None
    ]
    lab.wait(5).answer("h0", "hca", *said)


@pytest.mark.parametrize("growth", [0, 10])
def test_a_table_of_a_port_that_is_no_longer_answered_is_judged_by_no_growth_of_then(growth: int) -> None:
    lab = Lab("h0", thresholds=DEVICE)
    for polls in range(3):
        with_hardware(lab, CLEAN, {"rx_icrc_encapsulated": polls * growth, "out_of_sequence": 0})
    with_hardware(lab, CLEAN, None)
    port = lab.port(PORT)
    assert (port.health, port.reason) == (Health.UNKNOWN, "no longer read: rx_icrc_encapsulated")
    with_hardware(lab, CLEAN, {"rx_icrc_encapsulated": 2 * growth, "out_of_sequence": 0})
    assert lab.port(PORT).reason != port.reason


def test_a_port_that_both_of_its_tables_leave_out_is_stale_as_a_whole() -> None:
    lab = Lab("h0", thresholds=DEVICE)
    for _ in range(2):
        with_hardware(lab, CLEAN, {"rx_icrc_encapsulated": 0})
    nothing = [table(Kind.PORTS, source, {}, {}, ["mlx5_0/1"]) for source in (Width.SYSFS, Width.HW_COUNTERS)]
    lab.wait(5).answer("h0", "hca", *nothing)
    assert lab.port(PORT).health is Health.STALE


def test_a_table_that_tells_of_no_error_may_leave_a_port_that_is_well() -> None:
    lab = Lab("h0")
    for hardware in ({"unicast_rcv_packets": 7}, {"unicast_rcv_packets": 9}, None):
        with_hardware(lab, CLEAN, hardware)
    assert lab.port(PORT).health is Health.OK


def test_counters_of_the_device_alone_make_no_link_well_whose_errors_nobody_read() -> None:
    lab = Lab("h0", thresholds=DEVICE)
    for _ in range(2):
        with_hardware(lab, {"port_xmit_data": 7}, {"rx_icrc_encapsulated": 0})
    assert (lab.port(PORT).health, lab.port(PORT).reason) == (Health.UNKNOWN, "no error counter was read")
    with_hardware(lab, {"port_xmit_data": 7}, {"rx_icrc_encapsulated": 100})
    assert lab.port(PORT).reason.startswith("rx_icrc_encapsulated grows")


def test_a_port_whose_device_cannot_count_errors_is_not_called_well_and_its_values_are_marked() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": {"symbol_error": CANNOT_COUNT, "link_downed": CANNOT_COUNT}})
    assert lab.port(PORT).health is Health.NOT_SUPPORTED
    assert lab.port(PORT).reason == judge.CANNOT_COUNT.reason
    assert set(lab.port(PORT).marks.values()) == {Mark.UNSUPPORTED}
    lab.wait(5).ports("h0", {"mlx5_0/1": {"symbol_error": CANNOT_COUNT}}, {"mlx5_0/1": DOWN})
    assert lab.port(PORT).health is Health.DOWN


def test_a_link_that_flaps_warns_though_its_device_cannot_count() -> None:
    flaps = judge.flapping(judge.CANNOT_COUNT, "flapping: 3 downs in 10 min")
    assert (flaps.health, flaps.reason.partition(";")[0]) == (Health.WARN, "flapping: 3 downs in 10 min")


@pytest.mark.parametrize(
    ("state", "health", "reason"),
    [
        (DOWN, Health.DOWN, "Down, Polling"),
        (
            PortState(state="Initialize", phys_state="LinkUp"),
            Health.CRIT,
            "Initialize: no subnet manager has configured it",
        ),
        (PortState(state="Armed"), Health.CRIT, "Armed: the subnet manager has not made it Active"),
        (PortState(state="ActiveDefer"), Health.WARN, "ActiveDefer: the link is recovering from errors"),
        (active(rate=200.0), Health.DEGRADED, "200 of 400 Gb/s"),
        (active(width="2X"), Health.DEGRADED, "2X of 4X"),
        (PortState(), Health.UNKNOWN, "its state was not read"),
        (replace(active(), phys_state="LinkErrorRecovery"), Health.WARN, "Active, LinkErrorRecovery"),
    ],
)
def test_a_fault_of_state_shows_on_the_first_reading(state: PortState, health: Health, reason: str) -> None:
    lab = Lab("h0", expect=Expect(rate_gbps=400.0, width="4X"))
    lab.ports("h0", states={"mlx5_0/1": state})
    assert (lab.port(PORT).health, lab.port(PORT).reason) == (health, reason)


@pytest.mark.parametrize(
    ("expect", "health"),
    [
        (Expect(rate_gbps=8.0), Health.OK),
        (Expect(), Health.DEGRADED),
        (Expect(width="4X"), Health.DEGRADED),
    ],
)
def test_what_a_tool_says_it_could_be_counts_where_expect_names_no_rate(expect: Expect, health: Health) -> None:
    lab = Lab("h0", expect=expect)
    for _ in range(2):
        lab.wait(5).ports("h0", states={"mlx5_0/1": active(rate=8.0, could_be="4X 14.0625 Gbps")})
    assert lab.port(PORT).health is health


def test_what_was_last_read_many_answers_ago_is_unknown_though_it_was_a_fault() -> None:
    lab = Lab("h0")
    lab.ports("h0", None, {"mlx5_0/1": DOWN})
    for polls, health in ((6, Health.DOWN), (1, Health.UNKNOWN)):
        for _ in range(polls):
            lab.wait(5).ports("h0", {"mlx5_1/1": CLEAN}, unread=["mlx5_0/1"])
        assert lab.port(PORT).health is health


def test_a_counter_of_traffic_that_cannot_be_counted_makes_no_port_well() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", {"mlx5_0/1": {"symbol_error": NO_COUNTER, "port_xmit_data": CANNOT_COUNT}})
    assert (lab.port(PORT).health, lab.port(PORT).reason) == (Health.UNKNOWN, "no error counter was read")


def test_a_port_that_vanished_is_missing_in_its_old_place() -> None:
    lab = Lab("h0")
    three = {f"mlx5_{i}/1": CLEAN for i in range(3)}
    for _ in range(2):
        lab.wait(5).ports("h0", three)
    lab.wait(5).ports("h0", {row: CLEAN for row in three if row != "mlx5_1/1"})
    ports = lab.node("h0").ports
    assert [(port.end, port.health) for port in ports] == [
        ("h0/mlx5_0/1", Health.OK),
        ("h0/mlx5_1/1", Health.MISSING),
        ("h0/mlx5_2/1", Health.OK),
    ]
    assert ports[1].age_s == 5.0
    lab.wait(5).ports("h0", three)
    assert lab.port("h0/mlx5_1/1").health is Health.OK


def test_all_ports_gone_are_all_missing() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5).answer("h0", "hca")
    assert lab.port(PORT).health is Health.MISSING


def test_a_row_that_was_not_understood_keeps_its_last_reading_and_is_stale() -> None:
    lab = Lab("h0")
    two = {"mlx5_0/1": CLEAN, "mlx5_1/1": {**CLEAN, "symbol_error": 9}}
    for _ in range(2):
        lab.wait(5).ports("h0", two)
    lab.wait(5).ports("h0", {"mlx5_0/1": CLEAN}, unread=["mlx5_1/1"])
    port = lab.port("h0/mlx5_1/1")
    assert (port.health, port.counters["symbol_error"], port.age_s) == (Health.STALE, 9, 5.0)
    lab.wait(5).ports("h0", two)
    assert lab.port("h0/mlx5_1/1").health is Health.OK


def test_a_row_that_was_never_understood_is_unknown() -> None:
    lab = Lab("h0")
    lab.ports("h0", {"mlx5_0/1": CLEAN}, unread=["mlx5_1/1"])
    port = lab.port("h0/mlx5_1/1")
    assert (port.health, port.age_s, dict(port.counters)) == (Health.UNKNOWN, None, {})


def test_another_device_under_the_same_name_begins_anew() -> None:
    lab = Lab("h0")
    for _ in range(2):
        lab.wait(5).ports("h0", errors(1000))
    lab.wait(5).ports("h0", errors(5), {"mlx5_0/1": active("another")})
    assert lab.port(PORT).marks == {}
    assert "symbol_error" not in lab.port(PORT).rates
    lab.wait(5).ports("h0", errors(5), {"mlx5_0/1": active("another")})
    assert lab.port(PORT).health is Health.OK


def test_a_virtual_function_is_down_by_design() -> None:
    lab = Lab("h0")
    lab.answer(
        "h0",
        "hca",
        table(Kind.PORTS, Width.SYSFS, {"mlx5_8/1": CLEAN}, {"mlx5_8/1": DOWN}),
        facts={"mlx5_8.virtual": "yes"},
    )
    assert lab.port("h0/mlx5_8/1").health is Health.EXPECTED_DOWN


def test_going_down_and_coming_back_are_events() -> None:
    lab = Lab("h0")
    lab.all_well("h0")
    lab.wait(5).ports("h0", states={"mlx5_0/1": replace(DOWN, port_guid="h0-mlx5_0/1")})
    lab.wait(5).ports("h0")
    texts = [line.event.text for line in lab.state.snapshot(lab.now).events]
    assert texts == ["mlx5_0/1 link up (was Down)", "mlx5_0/1 link down"]
    assert lab.port(PORT).health is Health.OK
    assert lab.node("h0").health is Health.OK


def test_a_series_tells_the_growth_of_each_step_and_leaves_the_reset_blank() -> None:
    lab = Lab("h0")
    for value in (0, 10, 10, 4):
        lab.wait(5).ports("h0", errors(value))
    series = lab.state.series(PORT, "symbol_error")
    assert series.growth == (2.0, 0.0, None)
    assert series.at == tuple(lab.now - back for back in (10, 5, 0))
    assert lab.state.series("h0/mlx5_9/1", "symbol_error").growth == ()
