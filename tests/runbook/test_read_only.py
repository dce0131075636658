"""The same binary reads and destroys: what may run is decided down to the argument."""

from __future__ import annotations

import shlex

import pytest

from fabconsole.runbook.read_only import objection

READS = """
perfquery -x 12 3
perfquery -x -l 12 1-64
perfquery -E -C mlx5_0 -P 1 12 3
nvidia-smi nvlink -s -i 3
nvidia-smi nvlink -e -i GPU-0123
nvidia-smi topo -m
nvidia-smi -q -i 3 -d ECC,ROW_REMAPPER
nvidia-smi --query-gpu=pcie.link.gen.current --format=csv
mlxlink -d mlx5_0 -m -c --json
mlxlink -d mlx5_0 --rx_fec_histogram --show_histogram
ibportstate 12 3
ibportstate 12 3 query
ibqueryerrors -r --data -G 0x0002c90300000001
iblinkinfo --line -G 0x0002c90300000001
sminfo
smpquery portinfo 3 1
ibstat mlx5_0 1
lspci -vv -s 0000:18:00.0
journalctl -k -b --no-pager -n 200 -o short-iso
dmesg -T
grep -rsH . /sys/class/infiniband/mlx5_0/ports/1/counters
/usr/bin/cat /proc/uptime
systemctl status nvidia-fabricmanager
ethtool -S ib0
ip link show dev ib0
rdma statistic show
dcgmi health -c -j
nv show interface sw1p1s1 link counters -o json
"""

CHANGES = """
perfquery -R 12 3
perfquery -r 12 3
perfquery -x -R 12 3
perfquery -xR 12 3
perfquery --Reset_only 12
perfquery --reset_after_read 12
perfquery 12 3 0x0fff
perfquery -y 0x1234 12 3
nvidia-smi nvlink -re
nvidia-smi nvlink -re -i 3
nvidia-smi nvlink -s -i -re
nvidia-smi --gpu-reset -i 3
nvidia-smi -r -i 3
nvidia-smi -pm 1
nvidia-smi -L nvlink
nvidia-smi drain -p 0000:18:00.0 -m 1
nvidia-smi -q -f /tmp/out
ibportstate 12 3 reset
ibportstate 12 3 disable
ibportstate 12 3 speed 1
ibportstate 12 3 query reset
mlxlink -d mlx5_0 --pc
mlxlink -d mlx5_0 -a TG
mlxlink -d mlx5_0 --port_state DN
mlxlink -d mlx5_0 --speeds HDR
mlxlink -d mlx5_0 -k RS
mlxlink -d mlx5_0 --clear_histogram
mlxlink -d mlx5_0 --cable --write 1
mlxlink -d mlx5_0 --ber_collect f
ibqueryerrors -k
ibqueryerrors -K
ibqueryerrors --clear-errors
ibqueryerrors --clear-counts
sminfo -s 1
sminfo -p 15 4
ibnetdiscover --cache f
ibdiagnet --pc
ibclearcounters
nv set interface sw1p1 link state down
nv action clear interface sw1p1 counters
nv config apply
dcgmi diag -r 3
systemctl restart nvidia-fabricmanager
journalctl --vacuum-size=1M
journalctl --rotate
dmesg -C
dmesg -c
dmesg --clear
lspci -M
ethtool -s ib0 speed 100
ip link set ib0 down
rdma link add x
sh -c reboot
sudo perfquery -R 12
env perfquery -R 12
find / -delete
tee /sys/x
/sbin/reboot
python3 -c x
"""


@pytest.mark.parametrize("text", READS.strip().splitlines())
def test_what_reads_is_let_through(text: str) -> None:
    assert objection(shlex.split(text)) is None


@pytest.mark.parametrize("text", CHANGES.strip().splitlines())
def test_what_may_change_something_is_refused(text: str) -> None:
    assert objection(shlex.split(text))


def test_a_tool_nobody_knows_needs_a_name_that_answers_for_it() -> None:
    assert "vouched_by" in (objection(["site-probe", "--all"]) or "")
    assert objection(["site-probe", "--all"], vouched_by="amk") is None


@pytest.mark.parametrize("text", ["perfquery -R 12", "sh -c x", "rm f", "nvidia-smi -r"])
def test_nobody_can_vouch_for_what_is_known_to_change_things(text: str) -> None:
    assert objection(shlex.split(text), vouched_by="amk")


def test_an_objection_says_what_would_be_right() -> None:
    assert (
        objection(["ibportstate", "12", "3", "reset"]) == "ibportstate reset may change something: query is right there"
    )
    assert "did you mean perfquery?" in (objection(["perfqery"]) or "")
