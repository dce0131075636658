"""The files of a simulated host: `/sys/class/infiniband`, `/proc/uptime`, the boot id.

Spellings: Linux drivers/infiniband/core/sysfs.c and hw/mlx5; what ConnectX-7 has under `hw_counters/` as Linux 6
lists it on InfiniBand.
"""

from __future__ import annotations

from collections.abc import Mapping

from fabconsole.fabric.table import Width
from fabconsole.sim.fabric import COLUMNS, Line, capped
from fabconsole.sim.machine import Machine
from fabconsole.sim.wiring import Hca

CLASS = "/sys/class/infiniband"
FIRMWARE, BOARD = "28.41.1000", "MT_0000000838"
CAPABILITIES = "0xa751e848"
"""PortInfo:CapabilityMask of ConnectX-7 as a plain host has it: bit 1, IsSM, is set where a subnet manager runs."""

STATES = ("state", "phys_state", "rate", "lid", "sm_lid")

HW_COUNTERS: Mapping[str, int] = {
    "duplicate_request": 0,
    "implied_nak_seq_err": 0,
    "lifespan": 10,
    "local_ack_timeout_err": 2,
    "out_of_buffer": 0,
    "out_of_sequence": 118,
    "packet_seq_err": 31,
    "req_cqe_error": 4,
    "req_cqe_flush_error": 4,
    "req_remote_access_errors": 0,
    "req_remote_invalid_request": 0,
    "req_rnr_retries_exceeded": 0,
    "req_transport_retries_exceeded": 0,
    "resp_cqe_error": 211,
    "resp_cqe_flush_error": 211,
    "resp_local_length_error": 0,
    "resp_remote_access_errors": 0,
    "rnr_nak_retry_err": 0,
    "roce_adp_retrans": 0,
    "roce_adp_retrans_to": 0,
    "roce_slow_restart": 0,
    "roce_slow_restart_cnps": 0,
    "roce_slow_restart_trans": 0,
    "rx_atomic_requests": 0,
    "rx_dct_connect": 0,
    "rx_icrc_encapsulated": 0,
    "rx_read_requests": 918404,
    "rx_write_requests": 380905113,
}
"""Name to a value that stands: none of these moves on a healthy rail between two jobs' starts."""

POLLED = (
    *(f"1/{name}" for name in STATES),
    *(f"1/counters/{name}" for name in COLUMNS),
    *(f"1/hw_counters/{name}" for name in HW_COUNTERS),
)
"""Paths under `ports/` of the files whose values `polled` gives."""

_HW_TEXT = tuple(str(value) for value in HW_COUNTERS.values())
_HW_NEW = tuple("10" if name == "lifespan" else "0" for name in HW_COUNTERS)


def polled(machine: Machine) -> list[tuple[str, ...]]:
    """What the files `POLLED` of every HCA of `machine.hcas` read now, less their newlines."""
    t, fabric, hcas = machine.now(), machine.fabric, machine.hcas
    rows = capped(fabric.hca_counts(hcas, t), Width.SYSFS).tolist()
    sm_lid = fabric.master(t).lid
    hw_text = _HW_NEW if machine.clock.booted(t) else _HW_TEXT
    return [
        (*_states(fabric.line(hca.link, t), hca.lid, sm_lid), *map(str, row), *hw_text)
        for hca, row in zip(hcas, rows, strict=True)
    ]


def standing(machine: Machine, hca: Hca) -> dict[str, str]:
    """Files of one HCA that stay as they are, by their path under the device."""
    guid = sysfs_guid(hca.guid)
    return {
        "board_id": machine.tells(BOARD),
        "fw_ver": machine.tells(FIRMWARE),
        "hca_type": "MT4129",
        "hw_rev": "0",
        "node_desc": machine.tells(f"{machine.host.name} {hca.name}"),
        "node_guid": guid,
        "node_type": "1: CA",
        "sys_image_guid": guid,
        "ports/1/cap_mask": CAPABILITIES,
        "ports/1/gids/0": f"fe80:0000:0000:0000:{guid}",
        "ports/1/lid_mask_count": "0",
        "ports/1/link_layer": "InfiniBand",
        "ports/1/sm_sl": "0",
    }


def tree(machine: Machine) -> dict[str, str]:
    """Every file under `CLASS` as it reads now, by its path there; text ends in a newline."""
    files: dict[str, str] = {}
    for hca, values in zip(machine.hcas, polled(machine), strict=True):
        files.update({f"{hca.name}/{path}": f"{text}\n" for path, text in standing(machine, hca).items()})
        files.update({f"{hca.name}/ports/{path}": f"{text}\n" for path, text in zip(POLLED, values, strict=True)})
    return files


def sysfs_guid(guid: int) -> str:
    """`946d:ae03:00c0:0010`."""
    digits = f"{guid:016x}"
    return ":".join(digits[start : start + 4] for start in range(0, 16, 4))


def _states(line: Line, lid: int, sm_lid: int) -> tuple[str, ...]:
    # mlx5 reports a port without a link as 4X SDR.
    speed = line.speed
    rate = f"{speed.gbps} Gb/sec ({speed.width}X {speed.generation})" if speed else "10 Gb/sec (4X SDR)"
    return (
        f"{line.number}: {line.state}",
        f"{line.phys_number}: {line.phys}",
        rate,
        f"0x{lid:x}",
        f"0x{sm_lid:x}",
    )
