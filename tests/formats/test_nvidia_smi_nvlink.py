"""`nvidia-smi nvlink`: what its forms tell, what they do not, and what is said twice."""

from __future__ import annotations

import pytest

from fabconsole.fabric.health import Severity
from fabconsole.formats.nvidia.nvlink import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Ber, Reading, Row

_GPU0 = "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0a1b2c3d-0000-1111-2222-333344445555)\n"
_GPU1 = "GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-1a1b2c3d-0000-1111-2222-333344445555)\n"


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def link(text: str, name: str = "gpu0/nvl7") -> Row:
    return next(row for row in read(text).rows if row.id == name)


def test_several_commands_tell_of_one_link_in_one_row() -> None:
    said = read(
        f"{_GPU0}\t Link 7: 26.562 GB/s\n{_GPU0}\t Link 7: Replay Errors: 4\n"
        f"{_GPU0}\t Link 7, P2P is supported: true\n{_GPU0}\t Link 7: Remote Device 00000000:05:00.0: Link 34\n"
    )
    assert [row.id for row in said.rows] == ["gpu0", "gpu0/nvl7"]
    assert said.rows[1].state == "up"
    assert said.rows[1].counters == {"replay": 4}
    assert said.rows[1].extra["p2p_supported"] is True
    assert said.rows[1].peer == "0000:05:00.0/nvl34"


def test_a_second_answer_to_the_same_question_is_a_row_of_its_own() -> None:
    said = read(f"{_GPU0} Link 7: CRC Errors: 4\n{_GPU0} Link 7: CRC Errors: 5\n")
    assert [row.counters for row in said.rows[1:]] == [{"crc": 4}, {"crc": 5}]


def test_links_whose_heading_was_lost_are_nobodys() -> None:
    said = read(f"{_GPU0} Link 0: CRC Errors: 4\n Link 0: CRC Errors: 5\n Link 1: CRC Errors: 6\n")
    assert [row.counters for row in said.rows if row.counters] == [{"crc": 4}]
    assert said.unparsed == ["Link 0: CRC Errors: 5", "Link 1: CRC Errors: 6"]


def test_links_after_a_heading_that_is_not_understood_are_nobodys() -> None:
    assert [row.id for row in read(f"{_GPU0}GPU x: H100 (UUID: GPU-1)\n Link 3: 25 GB/s\n").rows] == ["gpu0"]


@pytest.mark.parametrize(
    ("line", "state", "why"),
    [
        ("Device does not have or support Nvlink", "not supported", "not supported"),
        ("NVML: Unable to retrieve NVLink information: Not Supported", "not supported", "not supported"),
        ("Nvlink queries are not supported for Devices in MIG mode", "unknown", "not told in MIG mode"),
        (
            "NVML: Unable to retrieve Nvlink information as all links are inActive",
            "inactive",
            "all links inactive",
        ),
        (
            "NVML: Unable to retrieve NVLink information as all links are inactive",
            "inactive",
            "all links inactive",
        ),
        ("", "unknown", "no links listed"),
    ],
)
def test_a_gpu_without_links_says_why(line: str, state: str, why: str) -> None:
    (gpu,) = read(f"{_GPU0}{line}\n").rows
    assert (gpu.state, gpu.extra["nvlinks"]) == (state, why)


def test_a_speed_is_one_way_and_in_bits() -> None:
    row = link(f"{_GPU0}\t Link 7: 53.125 GB/s\n")
    assert (row.state, row.rate_gbps, row.extra["speed_gb_s"]) == ("up", 425.0, 53.125)


def test_an_inactive_link_has_a_row_and_no_rate() -> None:
    row = link(f"{_GPU0}  Link 7: <inactive>\n")
    assert (row.state, row.rate_gbps) == ("inactive", None)


def test_a_gpu_needs_no_uuid() -> None:
    assert [row.id for row in read("GPU 3: Tesla V100-SXM2-32GB\n Link 0: 25.781 GB/s\n").rows] == [
        "gpu3",
        "gpu3/nvl0",
    ]


def test_capabilities_of_one_gpu_come_without_a_heading() -> None:
    row = link("Link 7, Access to system memory supported: true\nLink 7, SLI is supported: false\n", "nvl7")
    assert row.extra == {"access_to_system_memory_supported": True, "sli_supported": False}


def test_bit_error_ratios_tell_none_seen_from_a_number_and_from_not_supported() -> None:
    row = link(
        f"{_GPU0} Link 7: Effective BER: 15e-255\n Link 7: Symbol BER: 3e-13\n Link 7: Raw BER Total: 1037\n"
        " Link 7: Raw BER Lane 0: 2061\n"
    )
    assert row.ber == Ber(raw=4e-13, effective=None, symbol=3e-13)
    assert row.marks == ["none seen effective"]
    assert (row.extra["raw_ber_total"], row.extra["raw_ber_lane_0"]) == (1037, 2061)


def test_blackwell_counters_have_their_names_or_the_printed_ones() -> None:
    row = link(
        f"{_GPU0} Link 7: Total link recovery events: 3\n Link 7: FEC Errors - 0: 36140749276\n"
        " Link 7: Tx packets: 12\n Link 7: Something New: 9\n Link 7: Rx Errors: 5\n"
    )
    assert row.counters == {
        "recovery": 3,
        "FEC Errors - 0": 36140749276,
        "tx_packets": 12,
        "Something New": 9,
        "port_rcv_errors": 5,
    }


def test_a_counter_that_is_not_counted_is_none() -> None:
    row = link(f"{_GPU0} Link 7: CRC Errors: N/A\n")
    assert (row.counters, row.marks) == ({"crc": None}, ["unsupported crc"])


def test_throughput_keeps_its_unit_in_its_name() -> None:
    row = link(f"{_GPU0} Link 7: Data Tx: 14984231343 KiB\n Link 7: Data Rx: N/A\n Link 7: Raw Tx: 1 MiB\n")
    assert row.counters == {"data_tx_kib": 14984231343, "data_rx_kib": None, "raw_tx_mib": 1}
    old = link(f"{_GPU0} Link 7: Rx0: 100 KBytes, Tx0: 0 KBytes\n")
    assert old.counters == {"rx0_kbytes": 100, "tx0_kbytes": 0}


def test_the_far_end_may_have_no_link_number() -> None:
    assert link(f"{_GPU0} Link 7: 0000000A:88:00.0\n").peer == "000a:88:00.0"


def test_a_lost_gpu_is_an_event() -> None:
    (event,) = read(
        "Unable to determine the device handle for GPU 0000:C1:00.0: GPU is lost.  Reboot the system to recover\n"
    ).events
    assert (event.severity, event.subject) == (Severity.CRIT, "0000:c1:00.0")


def test_counts_of_gpus_and_links_are_facts() -> None:
    said = read(f"{_GPU0} Link 0: 25 GB/s\n Link 1: <inactive>\n{_GPU1} Link 0: 25 GB/s\n")
    assert said.facts == {"gpus": 2, "links": 3, "links_up": 2, "links_inactive": 1}
    assert (said.rows[0].extra["links_up"], said.rows[0].extra["links_inactive"]) == (1, 1)


def test_what_is_told_of_the_whole_gpu_is_the_gpus() -> None:
    gpu = read(f"{_GPU0}\t NVLE: Disabled\n\t NVLink Version: 5.0\n\t Link 7: 53.125 GB/s\n").rows[0]
    assert (gpu.extra["nvle"], gpu.extra["nvlink_version"]) == ("Disabled", "5.0")


def test_the_parts_of_the_firmware_are_told_of_the_gpu() -> None:
    said = read(
        "GPU 2: NVIDIA GB200 (UUID: GPU-0a1b2c3d-0000-1111-2222-333344445555)\n\t NVLE: disabled\n"
        "\t Firmware Version:\n\t     MSE: 1:2:3\n\t     NETIR CLN: 0:9:0\n"
    )
    (row,) = said.rows
    assert row.extra["nvle"] == "disabled"
    assert row.extra["firmware_version"] == {"mse": "1:2:3", "netir_cln": "0:9:0"}
    assert ("nvlinks" in row.extra, row.state, said.unparsed) == (False, None, [])


def test_errors_of_flits_and_of_data_are_counted_apart() -> None:
    row = link(
        "GPU 0: NVIDIA A30 (UUID: GPU-1)\n\t Link 7: CRC Flit Errors: 5\n\t Link 7: CRC Data Errors: 0\n"
        "\t Link 7: PLR Xmit Blocks: 12\n"
    )
    assert row.counters == {"crc_flit": 5, "crc_data": 0, "PLR Xmit Blocks": 12}


def test_firmware_whose_gpu_was_lost_is_nobodys() -> None:
    said = read(
        "GPU 0: NVIDIA GB200 (UUID: GPU-1)\n NVLE: disabled\n Firmware Version:\n  MSE: 1:2:3\n NVLE: enabled\n"
        " Firmware Version:\n  MSE: 4:5:6\n"
    )
    assert said.rows[0].extra["firmware_version"] == {"mse": "1:2:3"}
    assert said.rows[0].extra["nvle"] == "disabled"
    assert len(said.unparsed) == 3


def test_a_far_end_at_no_address_is_no_peer() -> None:
    row = link(f"{_GPU0} Link 7: Remote Device 00000000:00:00.0: Link 3\n")
    assert (row.peer, row.extra) == (None, {"remote_device": "00000000:00:00.0", "remote_link": 3})
    assert link(f"{_GPU0} Link 7: 00000000:00:00.0\n").peer is None
