"""`nvidia-smi topo` and `nvidia-smi -L`: matrices and lists of GPUs."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.nvidia import gpu_list, gpu_topology
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def topo(text: str) -> Reading:
    return gpu_topology.FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return topo((SAMPLES / name).read_text("utf-8"))


def test_every_pair_is_told_under_the_ids_of_the_console() -> None:
    said = sample("nvidia-smi-topo.txt")
    assert said.rows[1].extra["peers"] == {"gpu0": "NV18", "gpu2": "NV17", "nic0": "PXB", "nic1": "SYS"}
    assert said.rows[1].extra["cpu_affinity"] == "0-55,112-167"
    assert said.facts == {"gpus": 3, "nics": 2}


def test_a_nic_has_no_affinity_and_the_device_of_the_legend() -> None:
    nic = sample("nvidia-smi-topo.txt").rows[3]
    assert (nic.id, nic.extra["device"], "cpu_affinity" in nic.extra) == ("nic0", "mlx5_0", False)


def test_older_drivers_name_the_nics_by_device() -> None:
    said = sample("nvidia-smi-topo.older.txt")
    assert [row.id for row in said.rows] == ["gpu0", "gpu1", "mlx5_0", "mlx5_bond_1"]
    assert said.rows[0].extra["peers"] == {"gpu1": "NV2", "mlx5_0": "PHB", "mlx5_bond_1": "SYS"}
    assert said.facts == {"gpus": 2, "nics": 2}


def test_direct_access_stands_beside_what_lies_between() -> None:
    said = topo(
        "GPU0 GPU1 CPU Affinity\nGPU0 X NV4 0-7\nGPU1 NV4 X 0-7\n GPU0 GPU1\nGPU0 X OK\nGPU1 OK X\n"
        " GPU0 GPU1\nGPU0 X NS\nGPU1 NS X\n"
    )
    assert said.rows[0].extra == {
        "peers": {"gpu1": "NV4"},
        "cpu_affinity": "0-7",
        "p2p": {"gpu1": "OK"},
        "p2p_2": {"gpu1": "NS"},
    }


def test_rows_without_their_head_do_not_name_peers() -> None:
    said = topo("GPU0\t X \tNV18\tPIX\t0-55\t0\t\tN/A\n")
    assert said.rows[0].extra["cells"] == ["X", "NV18", "PIX"]


def test_a_row_under_a_torn_head_is_not_understood() -> None:
    said = topo("\tGPU1\tNIC0\nGPU1\tNV18\t X \tPIX\n")
    assert (said.rows, len(said.unparsed)) == ([], 1)


def test_rows_that_the_head_announces_and_that_are_missing_are_said() -> None:
    said = topo("\tGPU0\tGPU1\nGPU0\t X \tNV18\n")
    assert said.facts["incomplete"] == "the head names GPU1, which have no row"


def test_a_list_has_gpus_and_their_mig_devices() -> None:
    said = gpu_list.FORMAT.read(Paste((SAMPLES / "nvidia-smi-list.txt").read_text("utf-8")))
    assert [row.id for row in said.rows] == ["gpu0", "gpu0/mig0", "gpu0/mig1", "gpu1"]
    assert said.rows[1].extra == {"profile": "3g.40gb", "uuid": "MIG-11112222-aaaa-5bbb-8ccc-ddddeeeeffff"}
    assert said.facts == {"gpus": 2, "mig_devices": 2}
    assert [(event.severity, event.subject) for event in said.events] == [(Severity.CRIT, "0000:9b:00.0")]


def test_a_mig_device_after_a_torn_heading_is_nobodys() -> None:
    text = "GPU 0: A (UUID: GPU-1)\nGPU 1 B (UUID: GPU-2)\n  MIG 3g.40gb     Device  0: (UUID: MIG-1)\n"
    assert [row.id for row in gpu_list.FORMAT.read(Paste(text)).rows] == ["gpu0"]


def test_affinities_may_be_blank() -> None:
    said = topo("\tGPU0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\nGPU0\t X \t\t\t\tN/A\n")
    assert said.rows[0].extra == {"peers": {}, "gpu_numa_id": None}


def test_drives_are_rows_beside_gpus_and_nics() -> None:
    said = topo(
        "GPU0 NIC0 NVME0 CPU Affinity\nGPU0 X PIX NODE 0-7\nNIC0 PIX X SYS\nNVME0 NODE SYS X\n\n"
        "NVME Legend:\n  NVME0: nvme2\n"
    )
    assert said.rows[2].extra == {"peers": {"gpu0": "NODE", "nic0": "SYS"}, "device": "nvme2"}
    assert (said.facts, said.unparsed) == ({"gpus": 1, "nics": 1, "nvmes": 1}, [])


def test_an_escape_code_that_lost_its_first_character_is_no_name() -> None:
    said = topo("[4mGPU0 GPU1 CPU Affinity[0m\nGPU0 X NV4 0-7\nGPU1 NV4 X 8-15\n")
    assert said.rows[1].extra == {"peers": {"gpu0": "NV4"}, "cpu_affinity": "8-15"}


def test_gpus_near_a_cpu_are_listed() -> None:
    said = topo("# nvidia-smi topo -c 48\nThe GPUs that have an affinity with CPU 48 are:\n2, 3\n")
    assert (said.facts, said.unparsed) == ({"gpus_near_cpu48": ["gpu2", "gpu3"]}, [])


def test_the_nearest_nodes_are_told_of_the_gpu_that_was_asked_of() -> None:
    said = topo(
        "$ nvidia-smi topo -C -M -i 5\nNUMA IDs of closest CPU: 1\nNUMA IDs of closest memory: 1-2\nGPU NUMA ID: N/A\n"
    )
    assert [(row.id, row.extra) for row in said.rows] == [
        ("gpu5", {"numa_ids_of_closest_cpu": 1, "numa_ids_of_closest_memory": "1-2", "gpu_numa_id": None})
    ]


def test_the_nearest_nodes_of_nobody_are_facts() -> None:
    assert topo("NUMA IDs of closest CPU: 1\n").facts == {"numa_ids_of_closest_cpu": 1}


def test_the_way_between_two_gpus_is_told_of_the_first() -> None:
    said = topo("Device 0 is connected to device 3 by way of multiple PCIe switches.\n")
    assert [(row.id, row.extra) for row in said.rows] == [("gpu0", {"paths": {"gpu3": "multiple PCIe switches"}})]
    assert said.facts == {}


def test_a_row_whose_column_was_left_out_is_told_of_the_others() -> None:
    said = topo("GPU0 GPU1 CPU Affinity\nGPU0 X NV8 0-31\nGPU1 NV8 X 0-31\nNIC0 NODE PIX\n")
    assert (said.rows[2].id, said.rows[2].extra) == ("nic0", {"peers": {"gpu0": "NODE", "gpu1": "PIX"}})


def test_a_row_of_another_matrix_is_nobodys() -> None:
    said = topo("GPU0 GPU1\nGPU0 X NV8\nmlx5_0 X PIX\nmlx5_1 NODE SYS PIX\n")
    assert [row.id for row in said.rows] == ["gpu0"]
    assert said.unparsed == ["mlx5_0 X PIX", "mlx5_1 NODE SYS PIX"]
