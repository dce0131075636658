"""Trees of sysfs, however they were printed: whose a file is, and what it says."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

PORT = "/sys/class/infiniband/mlx5_0/ports/1/"


def read(text: str) -> Reading:
    return named("sysfs").read(Paste(text))


@pytest.mark.parametrize(
    "line",
    [
        "/sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error:7",
        "/sys/devices/pci0000:15/0000:15:01.0/0000:18:00.0/infiniband/mlx5_0/ports/1/counters/symbol_error:7",
        "infiniband/mlx5_0/ports/1/counters/symbol_error: 7",
        "mlx5_0/ports/1/counters/symbol_error:7",
        "./mlx5_0/ports/1/counters/symbol_error = 7",
        "/sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error 7",
        "   /sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error\t7",
        "/sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error\n7",
        "=== /sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error ===\n7",
        "==> /sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error <==\n7",
        "### /sys/class/infiniband/mlx5_0/ports/1/counters\nsymbol_error:7",
        "# /sys/class/infiniband/mlx5_0/ports/1\ncounters/symbol_error:7",
        "/sys/class/infiniband/mlx5_0/ports/1/counters:\n./symbol_error: 7",
        "[root@a ~]# cd /sys/class/infiniband/mlx5_0/ports/1/counters\n[root@a counters]# grep . *\nsymbol_error:7",
        "root@a:/sys/class/infiniband/mlx5_0/ports/1/counters# grep . *\nsymbol_error:7\nroot@a:~# ",
        "cd /sys/class/infiniband/mlx5_0/ports/1/counters\nsymbol_error   7",
        "root@a:~# for i in /sys/class/infiniband/mlx5_0/ports/1/counters/; do x; done\nsymbol_error          7",
    ],
)
def test_a_path_is_the_same_however_it_was_printed(line: str) -> None:
    said = read(f"{line}\n")
    assert [(row.id, row.counters, row.marks) for row in said.rows] == [("mlx5_0/1", {"symbol_error": 7}, [])]
    assert said.unparsed == []
    assert recognise(Paste(f"{line}\n"))[0].name == "sysfs"


def test_a_counter_of_nobody_is_kept_as_nobodys() -> None:
    said = read("symbol_error:7\nlink_downed:1\n")
    assert [(row.id, row.counters) for row in said.rows] == [("?", {"symbol_error": 7, "link_downed": 1})]


def test_what_cannot_be_counted_is_no_zero() -> None:
    (row,) = read(f"{PORT}counters/a_b:N/A (no PMA)\n{PORT}counters/c_d:\n{PORT}counters/e_f:1x\n").rows
    assert row.counters == {"a_b": None, "c_d": None, "e_f": None}
    assert row.marks == ["unsupported a_b", "unknown c_d", "unknown e_f"]


@pytest.mark.parametrize(
    ("path", "value", "marks"),
    [
        ("counters/symbol_error", 65535, ["saturated symbol_error"]),
        ("counters/symbol_error", 65534, []),
        ("counters/symbol_error", 70000, []),  # proves a wider counter than the registry knows
        ("counters/local_link_integrity_errors", 15, ["saturated local_link_integrity_errors"]),
        ("counters/port_xmit_data", 0xFFFFFFFF, []),
        ("counters/port_xmit_data", 2**64 - 1, ["saturated port_xmit_data"]),
        ("hw_counters/out_of_sequence", 2**32 - 1, ["saturated out_of_sequence"]),
        ("counters_ext/port_rcv_data_64", 2**64 - 1, ["saturated port_rcv_data_64"]),
    ],
)
def test_a_counter_at_its_end_is_marked_by_the_width_it_has_there(path: str, value: int, marks: list[str]) -> None:
    (row,) = read(f"{PORT}{path}:{value}\n").rows
    assert (row.counters[path.split("/")[1]], row.marks) == (value, marks)


def test_the_rate_of_a_port_that_is_down_is_from_before() -> None:
    (row,) = read(f"{PORT}rate:400 Gb/sec (4X NDR)\n{PORT}state:1: DOWN\n{PORT}phys_state:2: Polling\n").rows
    assert (row.state, row.phys_state, row.rate_gbps, row.width) == ("Down", "Polling", None, None)
    assert row.extra["printed_rate"] == "400 Gb/sec (4X NDR)"


def test_who_counts_twice_has_two_rows() -> None:
    look = f"{PORT}counters/symbol_error:{{}}\n{PORT}counters/link_downed:2\n"
    assert [row.counters["symbol_error"] for row in read(look.format(1) + look.format(4)).rows] == [1, 4]


def test_what_is_said_of_a_device_stands_with_each_of_its_ports() -> None:
    said = read(
        "/sys/class/infiniband/mlx4_0/fw_ver:2.42.5000\n"
        "/sys/class/infiniband/mlx4_0/node_guid:0002:c903:0010:a0b0\n"
        "mlx4_0/ports/1/state:4: ACTIVE\nmlx4_0/ports/2/state:1: DOWN\n"
        "lrwxrwxrwx 1 root root 0 Nov  3 10:11 mlx4_0 -> ../../devices/pci0000:00/0000:00:02.0/0000:03:00.0/"
        "infiniband/mlx4_0\n"
    )
    assert [(row.id, row.extra["firmware"], row.extra["pci"]) for row in said.rows] == [
        ("mlx4_0/1", "2.42.5000", "0000:03:00.0"),
        ("mlx4_0/2", "2.42.5000", "0000:03:00.0"),
    ]
    assert said.rows[0].extra["node_guid"] == "0002c9030010a0b0"


def test_a_device_without_ports_has_a_row() -> None:
    said = read("/sys/class/infiniband/mlx5_0/fw_ver:28.43.1014\n/sys/class/infiniband/mlx5_1/fw_ver:28.43.1014\n")
    assert [row.id for row in said.rows] == ["mlx5_0", "mlx5_1"]


def test_tables_are_kept_without_their_void_entries() -> None:
    (row,) = read(
        f"{PORT}gids/0:fe80:0000:0000:0000:5c25:7303:0011:a0c0\n{PORT}gids/1:0000:0000:0000:0000:0000:0000:0000:0000\n"
        f"{PORT}gids/2:0000:0000:0000:0000:0000:ffff:0a14:1e28\n{PORT}gids/3:fe80:0000:0000:0000:0000:0000:0000:0000\n"
        f"{PORT}gid_attrs/types/2:RoCE v2\n{PORT}gid_attrs/ndevs/2:ens1f0np0\n"
        f"{PORT}pkeys/0:0xffff\n{PORT}pkeys/1:0x0000\n"
    ).rows
    assert row.extra["gids"] == {
        "0": "fe80:0000:0000:0000:5c25:7303:0011:a0c0",
        "2": "0000:0000:0000:0000:0000:ffff:0a14:1e28",
    }
    assert (row.extra["gids_size"], row.extra["pkeys_size"], row.extra["pkeys"]) == (4, 2, {"0": "0xffff"})
    assert (row.extra["gid_types"], row.extra["gid_netdevs"]) == ({"2": "RoCE v2"}, {"2": "ens1f0np0"})


def test_a_file_that_could_not_be_read_is_named() -> None:
    said = read(
        f"grep: {PORT}gid_attrs/types/3: Invalid argument\ncat: {PORT}rate: Permission denied\n"
        f"grep: {PORT}counters: Is a directory\n"
    )
    assert said.facts["refused"] == [
        f"{PORT}gid_attrs/types/3: Invalid argument",
        f"{PORT}rate: Permission denied",
    ]
    assert said.unparsed == []


def test_counters_of_a_whole_device_are_no_ports() -> None:
    said = read("/sys/class/infiniband/irdma0/hw_counters/ip4InDiscards:3\nirdma0/ports/1/counters/symbol_error:0\n")
    assert [(row.id, row.counters) for row in said.rows] == [("irdma0/1", {"symbol_error": 0})]
    assert said.rows[0].extra["hw_counters"] == {"ip4InDiscards": 3}


def test_the_age_of_hw_counters_is_none_of_them() -> None:
    (row,) = read(f"{PORT}hw_counters/lifespan:12\n{PORT}hw_counters/rx_read_requests:4\n").rows
    assert (row.counters, row.extra["lifespan_ms"]) == ({"rx_read_requests": 4}, 12)


def test_files_of_the_pci_function_are_kept() -> None:
    (row,) = read(
        "/sys/class/infiniband/mlx5_0/device/current_link_speed:32.0 GT/s PCIe\n"
        "/sys/class/infiniband/mlx5_0/device/aer_dev_correctable:RxErr 0\n"
        "/sys/class/infiniband/mlx5_0/device/aer_dev_correctable:BadTLP 4\n"
        "/sys/class/infiniband/mlx5_0/device/numa_node:1\n"
    ).rows
    assert row.extra == {
        "current_link_speed": "32.0 GT/s PCIe",
        "aer_dev_correctable": {"RxErr": 0, "BadTLP": 4},
        "numa_node": 1,
    }


def test_a_file_that_was_shown_alone_is_the_one_that_was_typed() -> None:
    for text in (
        "root@a:/sys/class/infiniband/mlx5_0/ports/1/counters# cat symbol_error\n7\n",
        "root@a:~# cat /sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error\n7\n",
    ):
        assert [(row.id, row.counters) for row in read(text).rows] == [("mlx5_0/1", {"symbol_error": 7})]


def test_every_command_has_its_own_directory() -> None:
    said = read(
        "a@b:~$ cd /sys/class/infiniband/mlx5_0/ports/1/counters\na@b:c$ grep . symbol_error link_downed\n"
        "symbol_error:1\nlink_downed:2\na@b:~$ cd /sys/class/infiniband/mlx5_1/ports/1/counters\n"
        "a@b:c$ grep . symbol_error link_downed\nsymbol_error:3\nlink_downed:4\n"
    )
    assert [(row.id, row.counters) for row in said.rows] == [
        ("mlx5_0/1", {"symbol_error": 1, "link_downed": 2}),
        ("mlx5_1/1", {"symbol_error": 3, "link_downed": 4}),
    ]


def test_the_pci_address_is_known_from_every_path_that_names_it() -> None:
    for text in (
        "/sys/devices/pci0000:15/0000:15:01.0/0000:18:00.0/infiniband/mlx5_0/fw_ver:28.43.1014\n",
        "/sys/class/infiniband/mlx5_0/device/uevent:PCI_SLOT_NAME=0000:18:00.0\n",
        "mlx5_0 -> ../../devices/pci0000:15/0000:15:01.0/0000:18:00.0/infiniband/mlx5_0\n",
        "/sys/devices/pci0000:15/0000:15:01.0/0000:18:00.0/infiniband/mlx5_0\n",
    ):
        (row,) = read(text).rows
        assert (row.id, row.extra["pci"]) == ("mlx5_0", "0000:18:00.0")


def test_a_line_of_another_stream_is_no_content() -> None:
    said = read(f"{PORT}counters/symbol_error\nConnection to x closed.\n7\n")
    assert said.rows[0].counters == {"symbol_error": 7}
    assert said.unparsed == ["Connection to x closed."]
    said = read(f"{PORT}state\nConnection to x closed.\n4: ACTIVE\n")
    assert (said.rows[0].state, said.unparsed) == ("Active", ["Connection to x closed."])
