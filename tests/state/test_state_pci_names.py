"""A log names PCI addresses; what is shown names the GPU or the HCA that has it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from state_records import CLEAN, Lab, active, xid

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.pci_names import PciNames

GPU6, HCA5 = "0000:d1:00.0", "0000:bc:00.0"


def at_address(lab: Lab, address: str, ago: float = 10.0, code: int = 94, severity: Severity = Severity.WARN) -> Event:
    """An Xid as it is logged: by address."""
    text = f"NVRM: Xid (PCI:{address.removesuffix('.0')}): {code}, Contained: SM (0x1)"
    event = xid("h0", lab.now - ago, code=code, severity=severity, link=None)
    return replace(event, subject=address, text=text, meaning="contained ECC error", action=None)


def tell_gpus(lab: Lab, **pci: str) -> None:
    """The node answers `gpu`."""
    lab.answer("h0", "gpu", facts={"gpus": "8", **{f"{gpu}.pci": address for gpu, address in pci.items()}})


def subjects(lab: Lab) -> list[str | None]:
    return [line.event.subject for line in lab.state.snapshot(lab.now).events]


def well() -> Lab:
    lab = Lab("h0")
    lab.all_well("h0")
    return lab


# Which GPU, which HCA -----------------------------------------------------------------------------------------


def test_an_xid_is_of_the_gpu_that_has_its_address() -> None:
    lab = well()
    tell_gpus(lab, gpu5="0000:c3:00.0", gpu6=GPU6)
    lab.log("h0", at_address(lab, GPU6))
    assert lab.node("h0").reason == "Xid 94 contained ECC error · gpu6"
    (line,) = lab.state.snapshot(lab.now).events
    assert line.event.subject == "gpu6"
    assert "PCI:0000:d1:00" in line.event.text


def test_what_was_logged_before_the_gpus_were_known_is_named_when_they_are() -> None:
    lab = Lab("h0")
    lab.log("h0", at_address(lab, GPU6))
    before = lab.state.snapshot(lab.now)
    assert [line.event.subject for line in before.events] == [GPU6]
    assert lab.node("h0").gpu_events == {}
    tell_gpus(lab, gpu6=GPU6)
    assert subjects(lab) == ["gpu6"]
    assert lab.node("h0").gpu_events == {6: "Xid 94"}
    assert [line.event.subject for line in before.events] == [GPU6], "a snapshot does not change"


def test_an_event_that_is_read_again_is_one_event_still() -> None:
    lab = Lab("h0")
    once = at_address(lab, GPU6)
    lab.log("h0", once)
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", once)
    lab.log("h0", at_address(lab, GPU6, ago=5))
    (line,) = lab.state.snapshot(lab.now).events
    assert (line.count, line.event.subject) == (2, "gpu6")


def test_an_address_that_nothing_has_stays_as_it_is() -> None:
    lab = well()
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", replace(at_address(lab, "0000:07:00.0"), kind="sxid"))
    assert subjects(lab) == ["0000:07:00.0"]


def test_an_address_of_one_node_names_nothing_on_another() -> None:
    lab = Lab("h0", "h1")
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h1", replace(at_address(lab, GPU6), node="h1"))
    assert subjects(lab) == [GPU6]


def test_a_gpu_that_got_another_number_has_its_old_events_under_the_new_one() -> None:
    lab = well()
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", at_address(lab, GPU6))
    tell_gpus(lab, gpu5=GPU6)
    assert subjects(lab) == ["gpu5"]
    assert lab.node("h0").reason == "Xid 94 contained ECC error · gpu5"


def test_a_gpu_that_is_no_longer_listed_leaves_its_events_the_address() -> None:
    lab = well()
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", at_address(lab, GPU6))
    tell_gpus(lab)
    assert subjects(lab) == [GPU6]


def test_an_hca_is_named_by_its_device_even_when_it_is_gone() -> None:
    lab = Lab("h0")
    ports = {"mlx5_5/1": replace(active("a"), pci=HCA5), "mlx5_5/2": replace(active("b"), pci=HCA5)}
    lab.ports("h0", dict.fromkeys(ports, CLEAN), ports)
    lab.log("h0", replace(at_address(lab, HCA5), kind="mlx5", code=None, text="mlx5_core: Fatal error detected"))
    assert subjects(lab) == ["mlx5_5"]
    lab.wait(5).ports("h0", {"mlx5_4/1": CLEAN})
    assert subjects(lab)[-1] == "mlx5_5"


@pytest.mark.parametrize(
    ("named", "subject", "name"),
    [
        ([("0000:18:00.0", "mlx5_0"), ("0000:18:00.1", "mlx5_1")], "0000:18:00.1", "mlx5_1"),
        ([("0000:18:00.1", "mlx5_1")], "0000:18:00.0", "mlx5_1"),
        ([("0000:18:00.1", "mlx5_1"), ("0000:18:00.2", "mlx5_2")], "0000:18:00.0", "0000:18:00.0"),
        ([("0000:18:00.0", "mlx5_0"), ("0000:18:00.0", "mlx5_1")], "0000:18:00.0", "0000:18:00.0"),
        ([("0001:18:00.0", "gpu1")], "0000:18:00.0", "0000:18:00.0"),
        ([("0000:18:00.0", "gpu1")], "mlx5_3", "mlx5_3"),
        ([("0000:18:00.0", "gpu1")], None, None),
    ],
)
def test_the_function_counts_only_where_it_tells_two_devices_apart(
    named: list[tuple[str, str]], subject: str | None, name: str | None
) -> None:
    assert PciNames(named).name(subject) == name


# What the screen gets -----------------------------------------------------------------------------------------


def test_the_worst_list_leads_to_the_gpu() -> None:
    lab = well()
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", at_address(lab, GPU6, severity=Severity.CRIT))
    (finding,) = lab.state.snapshot(lab.now).findings
    assert (finding.end, finding.health) == ("h0/gpu6", Health.CRIT)
    assert finding.reason == "Xid 94 contained ECC error · gpu6"


def test_the_worst_list_leads_to_the_node_where_the_gpu_is_not_known() -> None:
    lab = well()
    lab.log("h0", at_address(lab, GPU6))
    assert [finding.end for finding in lab.state.snapshot(lab.now).findings] == ["h0"]


def test_a_gpus_xids_are_told_worst_first_and_counted() -> None:
    lab = well()
    tell_gpus(lab, gpu3="0000:61:00.0", gpu6=GPU6)
    for ago in (30, 20):
        lab.log("h0", at_address(lab, GPU6, ago))
    lab.log("h0", at_address(lab, GPU6, 100, code=79, severity=Severity.CRIT))
    lab.log("h0", at_address(lab, GPU6, 100, code=43, severity=Severity.INFO))
    lab.log("h0", replace(at_address(lab, "0000:61:00.0", 40, code=74), link=3))
    lab.log("h0", replace(at_address(lab, "0000:61:00.0", 40, code=74), link=7))
    assert lab.node("h0").gpu_events == {3: "Xid 74 ×2", 6: "Xid 79, 94 ×2"}


def test_a_gpus_xids_are_forgotten_when_they_are_old() -> None:
    lab = well()
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", at_address(lab, GPU6))
    assert lab.node("h0").gpu_events == {6: "Xid 94"}
    lab.wait(lab.state._thresholds.event_s)
    assert lab.node("h0").gpu_events == {}


def test_an_unchanged_answer_redraws_no_event() -> None:
    lab = well()
    tell_gpus(lab, gpu6=GPU6)
    lab.log("h0", at_address(lab, GPU6))
    before = lab.state.snapshot(lab.now).events
    lab.wait(5).ports("h0")
    tell_gpus(lab, gpu6=GPU6)
    assert lab.state.snapshot(lab.now).events is before
