"""What the captures of ibswinfo must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading, Said

facts = Facts()
HDR = "ibswinfo/treydock-quantum-hdr.txt"
FAN = "ibswinfo/treydock-switchib-fan-error.txt"
VITALS = "ibswinfo/sckyzo-vitals.txt"


def extra(said: Reading, name: str) -> dict[str, Said]:
    (row,) = (row for row in said.rows if row.id == name)
    return row.extra


@facts(HDR, "part MQM8790-HS2F, serial MT2152T10239, 40 ports, firmware 27.2010.3118")
def _(said: Reading) -> None:
    switch = extra(said, "08c0eb0300d9f672")
    assert (switch["part_number"], switch["serial_number"]) == ("MQM8790-HS2F", "MT2152T10239")
    assert (switch["ports"], switch["firmware"]) == (40, "27.2010.3118")


@facts(HDR, "uptime 96 d 01:55:47")
def _(said: Reading) -> None:
    switch = extra(said, "08c0eb0300d9f672")
    assert (switch["uptime"], switch["uptime_s"]) == ("96d-01:55:47", 96 * 86400 + 3600 + 55 * 60 + 47)


@facts(HDR, "both PSUs OK at 154 W and 134 W; temperature 53 C (max 58)")
def _(said: Reading) -> None:
    supplies = [extra(said, name) for name in ("psu0", "psu1")]
    assert [supply["status"] for supply in supplies] == ["OK", "OK"]
    assert [supply["power_w"] for supply in supplies] == [154, 134]
    switch = extra(said, "08c0eb0300d9f672")
    assert (switch["temperature_c"], switch["max_temperature_c"]) == (53, 58)


@facts(HDR, "fan status OK")
def _(said: Reading) -> None:
    assert extra(said, "08c0eb0300d9f672")["fan_status"] == "OK"


@facts(FAN, "part MSB7790-ES2F, 36 ports")
def _(said: Reading) -> None:
    switch = extra(said, "1c34da0300010540")
    assert (switch["part_number"], switch["ports"]) == ("MSB7790-ES2F", 36)


@facts(FAN, "overall fan status ERROR while each of the 8 fans reports a speed")
def _(said: Reading) -> None:
    assert extra(said, "1c34da0300010540")["fan_status"] == "ERROR"
    assert [extra(said, f"fan{number}")["rpm"] for number in range(1, 9)] == [
        8493, 7349, 8441, 7270, 8337, 7156, 8441, 7232,
    ]  # fmt: skip


@facts(FAN, "PSU power 72 W and 71 W")
def _(said: Reading) -> None:
    assert [extra(said, name)["power_w"] for name in ("psu0", "psu1")] == [72, 71]


@facts(VITALS, "uptime 16982312 s, psu0 92 W, psu1 102 W")
def _(said: Reading) -> None:
    assert extra(said, "switch")["uptime_s"] == 16982312
    assert [extra(said, name)["power_w"] for name in ("psu0", "psu1")] == [92, 102]


@facts(VITALS, "cur.temp 73, max.temp 80; 9 fans, fan#1 6355 rpm")
def _(said: Reading) -> None:
    switch = extra(said, "switch")
    assert (switch["temperature_c"], switch["max_temperature_c"]) == (73, 80)
    assert sum(row.id.startswith("fan") for row in said.rows) == 9
    assert extra(said, "fan1")["rpm"] == 6355


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
