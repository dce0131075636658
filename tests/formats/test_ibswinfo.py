"""ibswinfo: whose a value is, where one switch ends and the next begins, what has no value."""

from __future__ import annotations

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Said

SUPPLIES = """PSU0 status        | OK
     P/N           | MTEF-A
     fan status    | OK
     power (W)     | 72
PSU1 status        | OK
     P/N           | MTEF-B
     fan status    | ERROR
-------------------------------------------------
temperature (C)    | 45
-------------------------------------------------
fan status         | OK
"""


def read(text: str) -> Reading:
    return named("ibswinfo").read(Paste(text))


def extras(text: str) -> list[tuple[str, dict[str, Said]]]:
    return [(row.id, row.extra) for row in read(text).rows]


def test_a_supplys_fans_are_not_the_switchs() -> None:
    assert extras(SUPPLIES) == [
        ("switch", {"temperature_c": 45, "fan_status": "OK"}),
        (
            "psu0",
            {"status": "OK", "part_number": "MTEF-A", "fan_status": "OK", "power_w": 72, "switch": "switch"},
        ),
        ("psu1", {"status": "OK", "part_number": "MTEF-B", "fan_status": "ERROR", "switch": "switch"}),
    ]


def test_a_supply_whose_name_was_lost_is_nobodys() -> None:
    said = read("".join(line for line in SUPPLIES.splitlines(keepends=True) if "PSU1" not in line))
    assert [row.id for row in said.rows] == ["switch", "psu0"]
    assert said.rows[1].extra["part_number"] == "MTEF-A"
    assert [line.split()[0] for line in said.unparsed] == ["P/N", "fan"]


def test_a_name_that_looks_like_a_value_is_a_name() -> None:
    said = read("=" * 49 + "\n leaf : a01 | x\n" + "=" * 49 + "\nports              | 40\n")
    assert [(row.id, row.extra["node"], row.extra["ports"]) for row in said.rows] == [
        ("leaf : a01 | x", "leaf : a01 | x", 40)
    ]


def test_a_version_for_ndr_names_the_device_above() -> None:
    said = read("=" * 49 + "\n Device: lid-266\n Current node description: leaf-01\n" + "=" * 49 + "\nmodules | 64\n")
    assert said.rows[0].extra == {"device": "lid-266", "node": "leaf-01", "modules": 64}


def test_what_comes_again_is_another_switchs() -> None:
    vitals = "uptime (sec)       : 5\npsu0.power (W)     : 92\n"
    assert [row.id for row in read(vitals + vitals).rows] == ["switch", "psu0", "switch", "psu0"]
    assert [row.id for row in read(vitals + vitals.splitlines()[1]).rows] == ["switch", "psu0", "switch", "psu0"]


def test_what_has_no_value_is_not_known_and_what_is_no_number_is_no_number() -> None:
    said = read("fan#1 (rpm)        |\nfan#2 (rpm)        | foo\nfan#3 (rpm)        | 8441\n")
    assert [row.extra["rpm"] for row in said.rows if row.id != "switch"] == [None, "foo", 8441]


def test_limits_are_told_one_by_one() -> None:
    extra = read("warn threshold (C) | 105/115 (low/high)\n").rows[0].extra
    assert extra == {"warn_threshold_low_c": 105, "warn_threshold_high_c": 115}


def test_a_refusal_is_an_event() -> None:
    said = read("error: must run as root, aborting.\n")
    assert [event.text for event in said.events] == ["error: must run as root, aborting."]


def test_a_line_of_anything_else_is_kept() -> None:
    assert read("Connection to leaf-a01 closed.\nodd : thing\n").unparsed == [
        "Connection to leaf-a01 closed.",
        "odd : thing",
    ]


def test_what_another_version_tells_is_kept_with_the_switch() -> None:
    said = read(
        "=========\nleaf-a01\n=========\nswitch type        | HDR\nHCA device         | mlx5_4 (port 1)\n"
        "part number        | MQM8700-HS2R\n---------\nPSU0 status        | OK\n     DC power      | OK\n"
        "     airflow       | C2P\n"
    )
    switch, supply = said.rows
    assert (switch.extra["switch_type"], switch.extra["hca_device"]) == ("HDR", "mlx5_4 (port 1)")
    assert (supply.extra["airflow"], "airflow" in switch.extra, said.unparsed) == ("C2P", False, [])


def test_what_stands_below_a_supply_whose_line_was_lost_is_nobodys() -> None:
    said = read("=========\nleaf-a01\n=========\npart number        | MQM8700\n     airflow       | C2P\n")
    assert (len(said.rows), said.unparsed) == (1, ["     airflow | C2P"])


def test_a_report_that_was_indented_is_the_same() -> None:
    text = "=========\nleaf-a01\n=========\npart number        | MQM8700\n---------\nfan status         | OK\n"
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    assert (read(indented).rows, read(indented).unparsed) == (read(text).rows, [])
