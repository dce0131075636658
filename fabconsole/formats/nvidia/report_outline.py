"""Which section of `nvidia-smi -q` a line is of where its indentation was lost, as mails and forms lose it.

Names as `report_names` gives them. What is in none of the tables stays in the section before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ONCE = frozenset(
    {"timestamp", "driver_version", "cuda_version", "kmd_version", "cuda_umd_version", "attached_gpus"}
    | {"attached_units", "hic_info"}
)
"""What stands before all GPUs."""

_SECTIONS = frozenset(
    {"mig_mode", "mig_devices", "driver_model", "platform_info", "inforom_version", "inforom_bbx_object_flush"}
    | {"inforom_time_data", "gpu_operation_mode", "gpu_virtualization_mode", "gpu_reset_status", "ibmnpu", "pci"}
    | {"clocks_event_reasons", "clocks_event_reasons_counters", "fb_memory_usage", "bar1_memory_usage", "utilization"}
    | {"conf_compute_protected_memory_usage", "encoder_stats", "fbc_stats", "dram_encryption_mode", "ecc_mode"}
    | {"ecc_errors", "retired_pages", "remapped_rows", "remapped_banks", "temperature", "gpu_power_readings"}
    | {"gpu_memory_power_readings", "module_power_readings", "power_readings", "workload_power_profiles", "clocks"}
    | {"applications_clocks", "default_applications_clocks", "deferred_clocks", "max_clocks", "clock_policy"}
    | {"max_customer_boost_clocks", "voltage", "fabric", "processes", "capabilities", "supported_clocks"}
    | {"accounted_processes"}
)
_OF_THE_GPU = frozenset(
    {"product_name", "product_brand", "product_architecture", "display_mode", "display_attached", "display_active"}
    | {"persistence_mode", "addressing_mode", "accounting_mode", "accounting_mode_buffer_size", "serial", "uuid", "pdi"}
    | {"minor_number", "vbios_version", "multigpu_board", "board_id", "board_part_number", "gpu_part_number"}
    | {"fru_part_number", "c2c_mode", "gpu_recovery_action", "gsp_firmware_version", "fan_speed", "fan_speed_percent"}
    | {"performance_state", "sparse_operation_mode", "compute_mode", "power_smoothing", "edpp_multiplier"}
    | {"edpp_multiplier_percent"}
)
_WITHIN: Mapping[str, tuple[str, ...]] = {
    "gpu_link_info": ("pci",),
    "bridge_chip": ("pci",),
    "pcie_generation": ("gpu_link_info",),
    "link_width": ("gpu_link_info",),
    "volatile": ("ecc_errors",),
    "aggregate": ("ecc_errors",),
    "aggregate_uncorrectable_sram_sources": ("ecc_errors",),
    "single_bit": ("volatile", "aggregate"),
    "double_bit": ("volatile", "aggregate"),
    "bank_remap_availability_histogram": ("remapped_rows",),
    "health": ("fabric",),
    "device_attributes": ("mig_devices",),
    "shared": ("device_attributes",),
    "gpu_ceiling_power_limit": ("gpu_power_readings",),
    "gpu_base_power": ("gpu_power_readings",),
}
_OF_MIG = frozenset({"ecc_errors", "fb_memory_usage", "bar1_memory_usage"})
_BACK_IN: Mapping[str, str] = {
    **dict.fromkeys(
        ("replays_since_reset", "replay_number_rollovers", "tx_throughput_kb_s", "rx_throughput_kb_s"), "pci"
    ),
    **dict.fromkeys(("atomic_caps_outbound", "atomic_caps_inbound"), "pci"),
    **dict.fromkeys(("channel_repair_pending", "tpc_repair_pending", "unrepairable_memory"), "ecc_errors"),
    **dict.fromkeys(("min_power_limit_w", "max_power_limit_w"), "gpu_power_readings"),
}
"""What follows a section within a section."""


def kept(opened: Sequence[str], name: str, *, head: bool) -> int | None:
    """How many of the sections that are open stay so for `name`, a section's head or a value; None: no known head."""
    if not head:
        if name in _OF_THE_GPU or name in _SECTIONS:  # `Processes : None`
            return 0
        back = _BACK_IN.get(name)
        return opened.index(back) + 1 if back in opened else len(opened)
    if name in _OF_MIG and opened[:1] == ["mig_devices"] and name not in opened:
        return 1
    if name in _SECTIONS:
        return 0
    return next((opened.index(one) + 1 for one in _WITHIN.get(name, ()) if one in opened), None)
