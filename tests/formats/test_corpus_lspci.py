"""What the captures of `lspci` must yield."""

from __future__ import annotations

from collections import Counter

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
_GB200 = "lspci/gb200-connectx7.txt"
_A100 = "lspci/a100-nvswitch-nn.txt"


@facts(_GB200, "PCI addresses with domains 0000, 0002, 0005 ...")
def _(said: Reading) -> None:
    assert {"0000", "0002", "0005"} <= {row.id.split(":")[0] for row in said.rows}
    assert said.unparsed == []


@facts(_GB200, "Infiniband controllers are ConnectX-7 (MT2910): at least 0000:03:00.0 and 0002:03:00.0")
def _(said: Reading) -> None:
    controllers = {row.id: row.extra["device"] for row in said.rows if row.extra["class"] == "Infiniband controller"}
    assert {"0000:03:00.0", "0002:03:00.0"} <= controllers.keys()
    assert set(controllers.values()) == {"Mellanox Technologies MT2910 Family [ConnectX-7]"}


@facts(_A100, "6 NVSwitch bridges (10de:1af1) and 8 A100 GPUs (10de:20b2)")
def _(said: Reading) -> None:
    devices = Counter((row.extra["vendor_id"], row.extra["device_id"]) for row in said.rows)
    assert (devices["10de", "1af1"], devices["10de", "20b2"]) == (6, 8)


@facts(_A100, "device class in brackets after the name, e.g. [0680]")
def _(said: Reading) -> None:
    bridges = {row.extra["class_id"] for row in said.rows if row.extra["class"] == "Bridge"}
    assert bridges == {"0680"}


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
