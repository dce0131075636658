"""What the captures of the vendor's link tool must yield."""

from __future__ import annotations

from captures import CORPUS, Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
_JSON = "mlxlink/400g-dr4-mft4.34.json"
_PLAIN = "mlxlink/bluefield3-100g-dac-plain.txt"


@facts(_JSON, "tab-indented JSON with a space before the colon; status.code 0")
def _(said: Reading) -> None:
    assert '\t"result" :' in (CORPUS / _JSON).read_text()
    assert said.facts["status_code"] == 0
    assert said.unparsed == []


@facts(
    _JSON,
    "State Active, Physical state ETH_AN_FSM_ENABLE, Speed 400G, Width 4x, FEC Standard_RS-FEC - (544,514)",
)
def _(said: Reading) -> None:
    row = said.rows[0]
    assert (row.state, row.extra["state"], row.phys_state) == ("up", "Active", "ETH_AN_FSM_ENABLE")
    assert (row.rate_gbps, row.extra["speed"], row.width) == (400.0, "400G", "4X")
    assert row.extra["fec"] == "Standard_RS-FEC - (544,514)"


@facts(_JSON, "Effective Physical BER '15E-255' means zero; Raw Physical BER 5E-10")
def _(said: Reading) -> None:
    ber = said.rows[0].ber
    assert ber is not None
    assert (ber.effective, ber.raw) == (None, 5e-10)
    assert said.rows[0].marks == ["none seen effective"]


@facts(_JSON, "module temperature '61 [-10..80]' : value and limits in one string; 4 Rx powers in one comma list")
def _(said: Reading) -> None:
    extra = said.rows[0].extra
    assert (extra["temperature_c"], extra["temperature_c_limits"]) == (61, [-10, 80])
    assert extra["rx_power_dbm"] == [3.583, 3.253, 3.233, 2.658]


@facts(_JSON, "all numbers are strings")
def _(said: Reading) -> None:
    assert said.rows[0].counters == {"effective_physical_errors": 0, "link_downed": 0, "link_error_recovery": 0}
    assert said.rows[0].extra["time_since_last_clear_min"] == 2718.1


@facts(_PLAIN, "State Active, Physical state LinkUp, Speed 100G, Width 4x")
def _(said: Reading) -> None:
    row = said.rows[0]
    assert (row.state, row.extra["state"], row.phys_state) == ("up", "Active", "LinkUp")
    assert (row.rate_gbps, row.width) == (100.0, "4X")


@facts(_PLAIN, "Effective Physical Errors 0, Effective Physical BER 15E-255, Link Down Counter 0")
def _(said: Reading) -> None:
    row = said.rows[0]
    assert (row.counters["effective_physical_errors"], row.counters["link_downed"]) == (0, 0)
    assert "none seen effective" in row.marks
    assert row.ber is not None
    assert row.ber.effective is None


@facts(_PLAIN, "temperature, voltage and powers are N/A (passive copper), vendor FS, part Q28-PC03, 3 m")
def _(said: Reading) -> None:
    extra = said.rows[0].extra
    for name in ("temperature_c", "voltage_mv", "rx_power_dbm", "tx_power_dbm"):
        assert extra[name] is None
    assert (extra["vendor_name"], extra["vendor_pn"]) == ("FS", "Q28-PC03")
    assert extra["transfer_distance_m"] == 3


@facts(_PLAIN, "values may contain ': '-free brackets, e.g. FEC 'Standard RS-FEC - RS(528,514)'")
def _(said: Reading) -> None:
    assert said.rows[0].extra["fec"] == "Standard RS-FEC - RS(528,514)"


@facts(_PLAIN, "time since last clear 25074.8 min")
def _(said: Reading) -> None:
    assert said.rows[0].extra["time_since_last_clear_min"] == 25074.8


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
