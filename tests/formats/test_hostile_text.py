"""What every format owes the console: any bytes, cut or damaged anywhere, of any length, are read without an exception.

A length that an answer may have must not hold up the other nodes: what takes the square of it would outlast this
file's time limit, some of it by hours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.host import sysfs
from fabconsole.formats.infiniband import iblinkinfo, ibqueryerrors, perfquery, sminfo
from fabconsole.formats.logs import dmesg, journal, kernel_log
from fabconsole.formats.nvidia import nvidia_proc, nvidia_smi, nvlink_errors

pytestmark = pytest.mark.timeout(60)

Read = Callable[[bytes], object]
_LONG = 1 << 18


def of_text(*readers: Callable[[str], object]) -> Read:
    return lambda data: [read(data.decode("utf-8", "replace")) for read in readers]


def of_lines(*readers: Callable[[str], object]) -> Read:
    return lambda data: [read(line) for line in data.decode("utf-8", "replace").split("\n") for read in readers]


FORMATS: Mapping[str, tuple[Read, bytes]] = {
    "dmesg": (of_lines(dmesg.line), b"kern  :warn  : [ 1234.567890] mlx5_core 0000:18:00.0: Link down\n[ 1.2] x\n"),
    "iblinkinfo": (
        of_text(iblinkinfo.read),
        b"Switch: 0x0002c9020046c588 leaf01:\n"
        b'   2    1[  ] ==( 4X 106.25 Gbps Active/  LinkUp)==>  3    1[  ] "gpu1 mlx5_0" ( Could be 212.5 Gbps)\n'
        b'   2    2[  ] ==(                Down/ Polling)==>       [  ] "" ( )\n'
        b'0x0002c9020046c588 "leaf01"  2    3[  ] ==( 4X 106.25 Gbps Active/  LinkUp)==>  0x0002 3 1[  ] "x" ( )\n',
    ),
    "ibqueryerrors": (
        lambda data: (ibqueryerrors.read(data), ibqueryerrors.failures(data.decode("utf-8", "replace"))),
        b'Errors for 0x0002c90300a1b2c3 "leaf01"\n   GUID 0x0002c90300a1b2c3 port ALL: [SymbolErrorCounter == 7]\n'
        b"   GUID 0x0002c90300a1b2c3 port 3: [SymbolErrorCounter == 7] [PortXmitData == 9 (36.000 B)]\n"
        b"## Summary: 9 nodes checked, 1 bad nodes found\n##          40 ports checked, 1 ports have errors beyond\n"
        b'ibwarn: [1] query failed on "leaf02", (Lid 4), Lid 4 port 255\n',
    ),
    "journal": (
        of_lines(journal.entry),
        b'{"__CURSOR":"s=1f2e;i=2b","__REALTIME_TIMESTAMP":"1700000000000000","_BOOT_ID":"ab","MESSAGE":["a",[7]]}\n',
    ),
    "kernel_log": (
        of_lines(lambda line: kernel_log.event(line, "gpu1", 0.0)),
        b"NVRM: Xid (PCI:0000:18:00): 74, pid=7, name=x, NVLink: fatal error on link 3 (0x0)\n"
        b"nvidia-nvswitch0: SXid (PCI:0000:85:00.0): 20034, Fatal, Link 30 LTSSM Fault Up\n"
        b"mlx5_core 0000:18:00.0: Port module event[error]: module 0, Cable error, High Temperature\n",
    ),
    "nvidia_proc": (
        of_text(nvidia_proc.addresses),
        b"/proc/driver/nvidia/gpus/0000:18:00.0/information:GPU UUID: \t GPU-0a1b2c3d\n",
    ),
    "nvidia_smi": (
        of_text(nvidia_smi.gpus, nvidia_smi.links),
        b"GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0a1b2c3d)\n\t Link 0: 26.562 GB/s\n\t Link 1: <inactive>\n",
    ),
    "nvlink_errors": (
        of_text(nvlink_errors.errors),
        b"GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0a1b2c3d)\n"
        b"\t Link 0: Replay Errors: 0\n\t Link 0: Recovery Errors: N/A\n",
    ),
    "perfquery": (
        of_text(perfquery.read),
        b"# Port extended counters: Lid 4 port 3 (CapMask: 0x5300 CapMask2: 0x0002)\nPortSelect:............3\n"
        b"CounterSelect:...................0x0000\nSymbolErrorCounter:..............7\n",
    ),
    "sminfo": (of_text(sminfo.read), b"sminfo: sm lid 16 sm guid 0x100013, activity count 788 priority 12 state 3 M\n"),
    "sysfs": (
        lambda data: (
            sysfs.counters(data),
            of_text(sysfs.rate, sysfs.lid, sysfs.guid, sysfs.guid_of_gid, sysfs.logical_state, sysfs.pci_address)(data),
        ),
        b"0\n65535\nN/A (no PMA)\n18446744073709551615\n",
    ),
}
every_format = pytest.mark.parametrize("name", FORMATS)


@every_format
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read(name: str, data: bytes) -> None:
    FORMATS[name][0](data)


@every_format
@given(data=st.data())
def test_an_answer_cut_or_damaged_anywhere_is_read(name: str, data: st.DataObject) -> None:
    read, sample = FORMATS[name]
    first, last = sorted((data.draw(st.integers(0, len(sample))), data.draw(st.integers(0, len(sample)))))
    damage = st.binary(max_size=6) | st.sampled_from([b"[", b'"', b": ", b"\n", b"99999999999999999999999", b"\x1b[2J"])
    read(sample[:first])
    read(sample[:first] + data.draw(damage) + sample[last:])


@every_format
@pytest.mark.parametrize("pad", [b" ", b"\n", b"0", b"x: ", b"[", b"("], ids=repr)
def test_an_answer_of_any_length_is_read_in_proportion_to_it(name: str, pad: bytes) -> None:
    read, sample = FORMATS[name]
    for line in {b"", *sample.split(b"\n")}:
        read(line + pad * (_LONG // len(pad)) + b"x")
    read(pad * (_LONG // len(pad)) + sample)
