"""Single values: what is no number is none, and never 0."""

from __future__ import annotations

import pytest

from fabconsole.formats import values


@pytest.mark.parametrize(("text", "value"), [("42", 42), ("1,234,567", 1234567), ("0x1f", 31), (" 7 ", 7), ("-3", -3)])
def test_a_whole_number_is_read(text: str, value: int) -> None:
    assert values.integer(text) == value


@pytest.mark.parametrize("text", ["", "N/A", "12,34", "1.5", "7 ports", "99999999999999999999", "٣"])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert values.integer(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "[N/A]",
        "[Not Supported]",
        "N\\A",
        "-",
        "",
        "N/A (no PMA)",
        "ERR!",
        "<unavailable>",
        "[Requested functionality has been deprecated]",
    ],
)
def test_the_ways_to_say_nothing_are_known(text: str) -> None:
    assert values.is_nothing(text)


@pytest.mark.parametrize("text", ["0", "Down", "15E-255", "None"])
def test_what_says_something_is_not_taken_for_nothing(text: str) -> None:
    assert not values.is_nothing(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("71 C", (71, "C")),
        ("27C", (27, "C")),
        ("217.24 W", (217.24, "W")),
        ("1,024 MiB", (1024, "MiB")),
        ("5", (5, "")),
    ],
)
def test_a_quantity_is_a_number_and_its_unit(text: str, said: tuple[float, str]) -> None:
    assert values.quantity(text) == said


@pytest.mark.parametrize("text", ["N/A", "C 71", "2025/11/10"])
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert values.quantity(text) is None


@pytest.mark.parametrize(("text", "ratio"), [("1.5E-12", 1.5e-12), ("2E-8", 2e-8), ("15E-255", None), ("0", None)])
def test_a_bit_error_ratio_without_errors_is_no_ratio(text: str, ratio: float | None) -> None:
    assert values.ber(text) == ratio


@pytest.mark.parametrize(("text", "none"), [("15E-255", True), ("1.5E-254", True), ("0", True), ("1E-12", False)])
def test_no_error_seen_yet_is_told_from_an_unknown_ratio(text: str, none: bool) -> None:
    assert values.no_error_seen(text) is none


@pytest.mark.parametrize(
    ("text", "rate"),
    [("400G", 400.0), ("100.0 Gbps", 100.0), ("25000Mb/s", 25.0), ("400 Gb/sec (4X NDR)", 400.0), ("1.6T", 1600.0)],
)
def test_a_speed_is_in_gigabits(text: str, rate: float) -> None:
    assert values.gbps(text) == rate


@pytest.mark.parametrize("text", ["400", "auto", "N/A", ""])
def test_a_speed_without_a_unit_is_none(text: str) -> None:
    assert values.gbps(text) is None


@pytest.mark.parametrize("text", ["CliqueId", "Clique ID", "clique-id", "cliqueId"])
def test_a_name_is_one_key_however_it_is_written(text: str) -> None:
    assert values.snake(text) == "clique_id"
