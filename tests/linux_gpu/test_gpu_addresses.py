"""Where each GPU is on the bus: the driver's files beside `nvidia-smi -L`, asked in a real shell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.inventory import Node
from fabconsole.formats.nvidia import nvidia_proc
from fabconsole.platforms.gpu import GpuInquiry
from fabconsole.platforms.question import Answer, Reading, Refusal

NODE = Node(name="gpu1", rack="r1", address="gpu1")
UUIDS = [f"GPU-0000000{gpu}-aaaa-bbbb-cccc-dddddddddddd" for gpu in range(2)]
LISTING = "".join(f"GPU {gpu}: NVIDIA H100 80GB HBM3 (UUID: {uuid})\n" for gpu, uuid in enumerate(UUIDS))


def information(uuid: str | None, address: str) -> str:
    """As the driver writes it; of a GPU that is not initialised it may leave out the UUID."""
    named = f"GPU UUID: \t {uuid}\n" if uuid else ""
    return (
        f"Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 123\n{named}Video BIOS: \t 96.00.30.00.01\nBus Type: \t PCIe\n"
        f"DMA Size: \t 52 bits\nDMA Mask: \t 0xfffffffffffff\nBus Location: \t {address}\nDevice Minor: \t 0\n"
        "GPU Firmware: \t 580.95.05\nGPU Excluded:\t No\n"
    )


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    """A folder as the driver's; the GPU that is listed second has the lower address."""
    folder = tmp_path / "driver" / "nvidia of ours" / "gpus"
    for uuid, address in ((UUIDS[1], "0000:1b:00.0"), (UUIDS[0], "0000:9d:00.0")):
        (folder / address).mkdir(parents=True)
        (folder / address / "information").write_text(information(uuid, address))
    return folder


@pytest.fixture
def smi(put_tool, tmp_path):
    """A stand-in that prints the listing, and keeps count of how it was called."""

    def say(text=LISTING, status=0):
        (tmp_path / "L").write_text(text)
        put_tool("nvidia-smi", f'echo "$*" >>{tmp_path}/calls; cat {tmp_path}/L; exit {status}')

    say()
    return say


def test_a_gpu_and_its_address_are_joined_by_uuid(real_shell, smi, driver):
    facts = real_shell.ask(GpuInquiry(NODE, str(driver))).facts
    assert (facts["gpu0.pci"], facts["gpu1.pci"]) == ("0000:9d:00.0", "0000:1b:00.0")
    assert facts["gpus"] == "2"
    assert "gpus.not-understood" not in facts


def test_the_files_cost_no_second_call_of_the_tool(real_shell, smi, driver, tmp_path):
    real_shell.ask(GpuInquiry(NODE, str(driver)))
    assert (tmp_path / "calls").read_text() == "-L\n"


def test_the_files_are_read_without_any_prefix_since_they_are_the_kernels(real_shell, put_tool, smi, driver, tmp_path):
    put_tool("inside", f'echo "$*" >>{tmp_path}/prefixed; exec "$@"')
    node = Node(name="a", rack="r", address="a", prefix={"nvidia-smi": "inside", "grep": "inside"})
    assert real_shell.ask(GpuInquiry(node, str(driver))).facts["gpu0.pci"] == "0000:9d:00.0"
    assert "grep" not in (tmp_path / "prefixed").read_text()


def test_without_the_files_gpus_are_known_all_the_same(real_shell, smi, tmp_path):
    reading = real_shell.ask(GpuInquiry(NODE, str(tmp_path / "nowhere")))
    assert isinstance(reading, Reading)
    assert set(reading.facts) == {"gpus", "gpu0.name", "gpu0.uuid", "gpu1.name", "gpu1.uuid"}


def test_a_folder_without_gpus_is_no_error(real_shell, smi, tmp_path):
    (tmp_path / "gpus").mkdir()
    facts = real_shell.ask(GpuInquiry(NODE, str(tmp_path / "gpus"))).facts
    assert facts["gpus"] == "2"
    assert not [name for name in facts if name.endswith((".pci", "not-understood"))]


def test_a_gpu_whose_file_has_no_uuid_yet_has_no_address(real_shell, smi, driver):
    (driver / "0000:1b:00.0" / "information").write_text(information(None, "0000:1b:00.0"))
    facts = real_shell.ask(GpuInquiry(NODE, str(driver))).facts
    assert facts["gpu0.pci"] == "0000:9d:00.0"
    assert "gpu1.pci" not in facts


def test_one_gpu_alone_has_its_address(real_shell, smi, driver):
    (driver / "0000:1b:00.0" / "information").unlink()
    assert real_shell.ask(GpuInquiry(NODE, str(driver))).facts["gpu0.pci"] == "0000:9d:00.0"


def test_a_tool_that_fails_is_refused_without_a_look_at_the_files(real_shell, smi, driver, put_tool, tmp_path):
    put_tool("grep", f"touch {tmp_path}/looked")
    smi("Unable to determine the device handle for GPU1: 0000:1B:00.0: Unknown Error\n", 255)
    assert isinstance(real_shell.ask(GpuInquiry(NODE, str(driver))), Refusal)
    assert not (tmp_path / "looked").exists()


def test_an_address_is_told_in_lower_case():
    assert nvidia_proc.addresses(f"0000:1B:00.0/information:GPU UUID: \t {UUIDS[0]}") == {UUIDS[0]: "0000:1b:00.0"}


@given(st.integers(0, 10**6))
def test_an_answer_cut_anywhere_puts_no_gpu_elsewhere(cut):
    text = f"{LISTING}@pci\n" + "".join(
        f"{address}/information:GPU UUID: \t {uuid}\n"
        for address, uuid in (("0000:1b:00.0", UUIDS[1]), ("0000:9d:00.0", UUIDS[0]))
    )
    reading = GpuInquiry(NODE).read(answered(text[: cut % len(text)].encode()))
    if isinstance(reading, Refusal):
        return
    assert reading.facts.get("gpu0.pci", "0000:9d:00.0") == "0000:9d:00.0"
    assert reading.facts.get("gpu1.pci", "0000:1b:00.0") == "0000:1b:00.0"


@given(st.binary(max_size=300), st.integers(0, 1))
def test_any_bytes_are_read_without_an_exception(body, status):
    for before in (b"", b"GPU 0: x (UUID: y)\n@pci\n", b"GPU 0: x (UUID: y)\n@pci\n0000:1b:00.0/information:GPU UUID:"):
        GpuInquiry(NODE).read(answered(before + body, status))


def answered(body: bytes, status: int = 0) -> Answer:
    return Answer(body=body, status=status, asked_at=0.0, at=0.0, clock_s=1.0, boot_id=None)
