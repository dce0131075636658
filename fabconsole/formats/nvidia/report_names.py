"""What `nvidia-smi -q` calls things, in its text and in its XML, and one name for both.

The text's words are the ones kept, `gpu_current_temp`, since operators know them; the XML's tags, `gpu_temp`, and the
spellings of other drivers are put to them here. What is in no table keeps its own name. Sources: the DTDs
nvsmi_device_v5 to v13 and nvidia-smi(1) of drivers 352 to 610.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fabconsole.formats.values import snake

_TEXT: Mapping[str, str] = {
    "Attached GPUs": "attached_gpus",
    "Attached Units": "attached_units",
    "GPU UUID": "uuid",
    "Serial Number": "serial",
    "GPU PDI": "pdi",
    "GPU C2C Mode": "c2c_mode",
    "PCIe Generation": "pcie_generation",
    "MultiGPU Board": "multigpu_board",
    "EDPp Multiplier": "edpp_multiplier",
    "vGPU Heterogeneous Mode": "vgpu_heterogeneous_mode",
    "vGPU Device Capability": "vgpu_device_capability",
    "SRAM Uncorrectable SEC-DED": "sram_uncorrectable_secded",
    "Texture Shared": "texture_shared_memory",
    "Clocks Throttle Reasons": "clocks_event_reasons",
    "Clocks Throttle Reasons Counters": "clocks_event_reasons_counters",
    "Process ID": "pid",
    "Process Name": "name",
    "MIG Device": "mig_devices",
    "MIG Devices": "mig_devices",
    "GPU Current T.Limit Temp": "gpu_t_limit_temp",
    "Shared FB Memory Usage": "fb_memory_usage",
    "Shared BAR1 Memory": "bar1_memory_usage",
    "Shared BAR1 Memory Usage": "bar1_memory_usage",
}

_TAGS: Mapping[str, str] = {
    "gpu_fru_part_number": "fru_part_number",
    "gpu_module_id": "module_id",
    "platformInfo": "platform_info",
    "img_version": "image_version",
    "pwr_object": "power_management_object",
    "inforom_bbx_flush": "inforom_bbx_object_flush",
    "clocks_throttle_reasons": "clocks_event_reasons",
    "clocks_throttle_reasons_counters": "clocks_event_reasons_counters",
    "cc_protected_memory_usage": "conf_compute_protected_memory_usage",
    "session_count": "active_sessions",
    # PCI
    "pci_base_class": "base_classcode",
    "pci_sub_class": "sub_classcode",
    "pcie_gen": "pcie_generation",
    "link_widths": "link_width",
    "max_link_gen": "max",
    "current_link_gen": "current",
    "device_current_link_gen": "device_current",
    "max_device_link_gen": "device_max",
    "max_host_link_gen": "host_max",
    "max_link_width": "max",
    "current_link_width": "current",
    "bridge_chip_type": "type",
    "bridge_chip_fw": "firmware",
    "replay_counter": "replays_since_reset",
    "replay_rollover_counter": "replay_number_rollovers",
    "tx_util": "tx_throughput",
    "rx_util": "rx_throughput",
    # modes
    **{f"{when}_{what}": when for when in ("current", "pending") for what in ("mig", "dm", "gom", "ecc")},
    **{f"{when}_dram_encryption": when for when in ("current", "pending")},
    # what slows the clocks
    "clocks_event_reason_gpu_idle": "idle",
    "clocks_throttle_reason_gpu_idle": "idle",
    "clocks_event_reason_display_clocks_setting": "display_clock_setting",
    "clocks_throttle_reason_display_clocks_setting": "display_clock_setting",
    "clocks_event_reasons_counters_sw_power_cap": "sw_power_capping",
    "clocks_event_reasons_counters_sw_therm_slowdown": "sw_thermal_slowdown",
    "clocks_event_reasons_counters_hw_therm_slowdown": "hw_thermal_slowdown",
    "clocks_event_reasons_counters_hw_power_brake": "hw_power_braking",
    # memory
    "ecc_error_count": "ecc_errors",
    "volatile_count": "volatile",
    "aggregate_count": "aggregate",
    "texture_shm": "texture_shared_memory",
    "remapped_row_corr": "correctable_error",
    "remapped_row_unc": "uncorrectable_error",
    "remapped_row_corr_inactive": "correctable_error_inactive",
    "remapped_row_unc_inactive": "uncorrectable_error_inactive",
    "remapped_row_failure": "remapping_failure_occurred",
    "row_remapper_histogram": "bank_remap_availability_histogram",
    "pending_blacklist": "pending_page_blacklist",
    # temperature, power, clocks
    "gpu_temp": "gpu_current_temp",
    "gpu_temp_tlimit": "gpu_t_limit_temp",
    "gpu_temp_max_threshold": "gpu_shutdown_temp",
    "gpu_temp_slow_threshold": "gpu_slowdown_temp",
    "gpu_temp_max_gpu_threshold": "gpu_max_operating_temp",
    "gpu_temp_max_mem_threshold": "memory_max_operating_temp",
    "gpu_temp_max_tlimit_threshold": "gpu_shutdown_t_limit_temp",
    "gpu_temp_slow_tlimit_threshold": "gpu_slowdown_t_limit_temp",
    "gpu_temp_max_gpu_tlimit_threshold": "gpu_max_operating_t_limit_temp",
    "gpu_temp_max_mem_tlimit_threshold": "memory_max_operating_t_limit_temp",
    "memory_temp": "memory_current_temp",
    "instant_power_draw": "instantaneous_power_draw",
    "power_profiles": "workload_power_profiles",
    "power_profile_requested_profiles": "requested_profiles",
    "power_profile_enforced_profiles": "enforced_profiles",
    "mem_clock": "memory",
    "graphics_volt": "graphics",
    "supported_graphics_clock": "graphics",
    # processes
    "process_name": "name",
    "used_memory": "used_gpu_memory",
}
_TAG_BEGINS = re.compile(
    r"(?:pci|remapped_row|(?:row|bank)_remapper(?:_histogram)?|clocks_(?:event|throttle)_reasons?(?:_counters)?)_(?=[a-z])"
)
_TAG_ENDS = re.compile(r"(?<=[a-z])_(?:clock|util)$")
_SPECIFIED = " Specification"


@lru_cache(maxsize=2048)
def of_text(printed: str) -> str:
    """The name of what the text calls `printed`."""
    printed = printed.removesuffix(_SPECIFIED)
    return _TEXT.get(printed) or snake(printed)


@lru_cache(maxsize=2048)
def of_tag(tag: str) -> str:
    """The name of what the XML calls `tag`."""
    if known := _TAGS.get(tag):
        return known
    name = snake(tag)
    begins = _TAG_BEGINS.match(name)
    if begins is not None and name not in ("pci_gpu_link_info", "clocks_event_reasons_counters"):
        return name[begins.end() :]
    return _TAG_ENDS.sub("", name.removeprefix("pci_"))
