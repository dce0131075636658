"""The catalogue of Xid and SXid numbers."""

from __future__ import annotations

import pytest

from fabconsole.fabric.health import Severity
from fabconsole.fabric.xids import sxid, xid


@pytest.mark.parametrize(
    ("code", "severity", "domain"),
    [
        (13, Severity.INFO, "application"),
        (45, Severity.INFO, "application"),
        (63, Severity.WARN, "GPU memory"),
        (64, Severity.CRIT, "GPU memory"),
        (74, Severity.CRIT, "NVLink"),
        (79, Severity.CRIT, "PCIe"),
        (94, Severity.WARN, "GPU memory"),
        (95, Severity.CRIT, "GPU memory"),
        (119, Severity.CRIT, "GPU firmware"),
        (173, Severity.CRIT, "superchip"),
    ],
)
def test_an_xid_has_a_severity_and_a_failure_domain(code, severity, domain):
    fault = xid(code)
    assert (fault.severity, fault.domain) == (severity, domain)
    assert fault.action


@pytest.mark.parametrize("code", range(144, 151))
def test_nvlink_5_errors_say_themselves_how_bad_they_are(code):
    assert xid(code, "NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6)").severity is Severity.CRIT
    assert xid(code, "NETIR_BER_EVENT Nonfatal XC0 i0 Link 08").severity is Severity.WARN
    assert xid(code, "no word of it").severity is Severity.WARN


@pytest.mark.parametrize(
    ("code", "detail", "meaning", "action"),
    [
        (
            149,
            "NETIR_LINK_EVT  Fatal   XC0 i0 Link 09 (0x02)",
            "NVLink NETIR_LINK_EVT",
            "reset the GPU; check the peer",
        ),
        (149, "NETIR_LINK_DOWN Fatal XC0 i0 Link 08", "NVLink NETIR_LINK_DOWN", "reset the GPU; check the peer"),
        (149, "NETIR_BER_EVENT Nonfatal XC0 i0 Link 08", "NVLink NETIR_BER_EVENT", "watch"),
        (150, "MSE_WATCHDOG_TIMEOUT Fatal XC0 i0 Link 00", "NVLink MSE_WATCHDOG_TIMEOUT", "reset the GPU"),
        (145, "RLW_SRC_TRACK Nonfatal XC1 i0 Link 12", "NVLink RLW_SRC_TRACK", "follow the NVLink 5 workflow"),
        (145, "pid=7, something new", "NVLink RLW error", "follow the NVLink 5 workflow"),
    ],
)
def test_an_nvlink_5_error_is_called_by_the_word_it_names_itself_by(code, detail, meaning, action):
    fault = xid(code, detail)
    assert fault.meaning == meaning
    assert fault.action.startswith(action)


def test_154_carries_its_own_action():
    fault = xid(154, "GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)")
    assert (fault.severity, fault.action) == (Severity.CRIT, "GPU reset required")
    assert fault.meaning == "GPU recovery: GPU reset required"
    fault = xid(154, "GPU recovery action changed from 0x1 (GPU Reset Required) to 0x0 (None)")
    assert (fault.severity, fault.action) == (Severity.INFO, "none")
    assert xid(154, "GPU recovery action changed from 0x0 (None) to 0x3 (Drain P2P)").severity is Severity.WARN
    assert xid(154, "something else").severity is Severity.CRIT


def test_a_number_nobody_has_described_is_a_warning_and_not_silence():
    assert xid(9999).severity is Severity.WARN
    assert sxid(99999, "Fatal, Link 3 something").severity is Severity.CRIT
    assert sxid(99999, "Non-fatal, Link 3 something").severity is Severity.WARN


@pytest.mark.parametrize("fault", [xid(9999), sxid(29999), sxid(29999, "Fatal, Link 3 something")])
def test_a_number_nobody_has_described_is_called_so(fault):
    assert fault.meaning == "not in our catalogue"
    assert fault.action.startswith("look it up in NVIDIA's")


def test_an_sxid_that_calls_itself_fatal_is_critical_though_the_catalogue_lists_it_as_harmless():
    assert sxid(20001, "Fatal, Link 3 TX Replay Error").severity is Severity.CRIT
    assert sxid(20001, "Non-fatal, Link 3 TX Replay Error").severity is Severity.WARN
    assert sxid(20034, "Non-fatal, Link 3 LTSSM Fault Up").severity is Severity.CRIT


def test_sxids_are_told_apart():
    assert sxid(20034, "Fatal, Link 30 LTSSM Fault Up").severity is Severity.CRIT
    assert sxid(11004).severity is Severity.WARN
    assert sxid(19049).severity is Severity.WARN
    assert sxid(19050).severity is Severity.CRIT
    assert "domain" in sxid(23005).action
