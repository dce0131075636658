"""`dcgmi -j`: a header that names the box, and its tree; or a diagnosis, which is told apart."""

from __future__ import annotations

from typing import Any

from fabconsole.formats import values
from fabconsole.formats.nvidia import dcgmi_diag
from fabconsole.formats.nvidia.dcgmi_links import NvlinkErrors
from fabconsole.formats.nvidia.dcgmi_listing import Topology
from fabconsole.formats.nvidia.dcgmi_tree import Health, tell
from fabconsole.formats.reading import Reading


def read(said: object, reading: Reading) -> None:
    """One document of it."""
    if not isinstance(said, dict):
        reading.unparsed.append(str(said)[:200])
        return
    diagnosis = said.get("DCGM GPU Diagnostic") or said.get("DCGM Diagnostic")
    if isinstance(diagnosis, dict):
        dcgmi_diag.read_json(diagnosis, reading)
    elif isinstance(runs := said.get("iterations"), list):
        for one in runs:
            read(one, reading)
        reading.facts["iterations"] = len(runs)
        _told({key: value for key, value in said.items() if key != "iterations"}, reading)
    elif not _tree(said, reading):
        _told(said, reading)


def _tree(said: dict[str, Any], reading: Reading) -> bool:
    head, body = said.get("header"), said.get("body")
    heads = [str(one) for one in head] if isinstance(head, list) else [str(head)] if head else []
    box = heads[0] if heads else ""
    if box == "NVLINK Error Counts":
        errors = NvlinkErrors(reading)
        reading.unparsed += [one for one in heads[1:] if not errors.head(one)]
        tell(body, errors, reading)
    elif box == "Topology Information":
        topology = Topology(reading)
        for one in heads[1:]:
            topology.head(one)
        tell(body, topology, reading)
    elif box == "Health Monitor Report" or (isinstance(body, dict) and not heads):
        health = Health(reading)
        tell(body, health, reading)
        health.flush()
    else:
        return False
    return True


def _told(said: dict[str, Any], reading: Reading) -> None:
    reading.facts.update({values.snake(str(key)): value for key, value in said.items()})
