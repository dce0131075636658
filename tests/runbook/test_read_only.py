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
nv show interface --view counters
mlxlink -d mlx5_0 -m -c
mstlink -d 0000:18:00.0 -m
ls -l /dev/infiniband
cat /proc/driver/nvidia/version
grep -c mlx5 /proc/interrupts
ibqueryerrors --threshold-file /dev/null
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
mlxlink -d mlx5_0 -l PH
mlxlink -d mlx5_0 -lPH
mlxlink -d mlx5_0 --loopback PH
mlxlink -d mlx5_0 --port_s DN
mlxlink -d mlx5_0 --port_state=DN
mlxlink -d mlx5_0 -aDN
mlxlink -d mlx5_0 -c --p
mlxlink -d mlx5_0 --lane 0 --show_prr
mlxlink -d mlx5_0 -s NDR
mlxlink -d mlx5_0 --cable --dump --write 1
mlxlink -d mlx5_0 -- -a DN
mstlink -d mlx5_0 -a DN
perfquery --Reset 12 3
perfquery --reset 12 3
perfquery --Reset_only=1 12
perfquery -x=R 12 3
perfquery -xr 12 3
perfquery -lR 12 1-64
perfquery -t=1 -R 12
perfquery -C -R 12
perfquery --Ca -R 12
perfquery --Ca= -R 12
perfquery -- -R 12
perfquery '' -R 12
perfquery '-R' 12
'perfquery' "-"R 12
perfquery 12 3 -R
ibqueryerrors --clear-err
ibqueryerrors --clear
ibqueryerrors -rk
ibqueryerrors -r -K
ibportstate 12 3 enable
ibportstate 12 3 "disable"
ibportstate -D 0,1 3 disable
ibportstate -G 0x0002c90300000001 3 width 1
ibportstate 12 3 query speed 1
ibportstate -C mlx5_0 12 3 disable
sminfo --state 3 4
sminfo -a 1 4
sminfo 4 1
iblinkinfo --load-cache f extra
ibnetdiscover topology
nvidia-smi --gpu-reset
nvidia-smi --gpu-reset=0
nvidia-smi -r
nvidia-smi -i 0 --reset-gpu-clocks
nvidia-smi -i 0 -pl 300
nvidia-smi -i 0 -e 0
nvidia-smi -i 0 nvlink -re
nvidia-smi -q -i -r
nvidia-smi nvlink -s -r
nvidia-smi nvlink --reseterrorcounters
nvidia-smi nvlink -sc 0bz
nvidia-smi mig -dci
nvidia-smi compute-policy --set-timeslice 1
dcgmi health -s a
dcgmi policy --set 0,0
dcgmi config --set -e 0
systemctl stop opensm
systemctl --no-pager restart opensm
nv -o json set interface sw1p1 link state down
nv --view counters unset interface
nv show= set
rdma -j link add x
rdma statistic mode link mlx5_0/1 optional-counters x
ip -s link set ib0 down
ip link sho dev ib0 set
ip addr flush dev ib0
ethtool --reset ib0 all
ethtool -m ib0 raw on
journalctl --flush
journalctl -k --cursor-file /tmp/x
dmesg --console-off
dmesg -D
dmesg -n 1
lspci -vv -F f
lspci -H1
A=b perfquery 12
LD_PRELOAD=/tmp/x.so perfquery 12
/tmp/perfquery 12
/usr/bin/../../tmp/perfquery 12
./perfquery 12
bin/cat /proc/uptime
cat /dev/watchdog
cat /sys/class/../../dev/watchdog
head -c1 ../../dev/watchdog
grep -f/dev/watchdog x
grep --file=/dev/watchdog x
cat /proc/kmsg
cat /proc//kmsg
cat /proc/./kmsg
cat /proc/1/root/dev/watchdog
cat /proc/self/cwd/dev/watchdog
cat //dev/watchdog
grep -r . /
grep -r . /proc/
tail -f /dev/kmsg
nsenter -t 1 -m perfquery -R 12
chroot / perfquery -R 12
stdbuf -o0 perfquery -R 12
flock /tmp/x perfquery -R 12
systemd-run perfquery -R 12
python3.12 -c x
perl5.36.0 -e x
bash-5.2 -c x
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


@pytest.mark.parametrize(
    "text",
    [
        "perfquery -R 12",
        "sh -c x",
        "rm f",
        "nvidia-smi -r",
        "/tmp/perfquery 12",
        "python3.12 -c x",
        "nsenter -t 1 rm f",
    ],
)
def test_nobody_can_vouch_for_what_is_known_to_change_things(text: str) -> None:
    assert objection(shlex.split(text), vouched_by="amk")


def test_an_objection_says_what_would_be_right() -> None:
    assert (
        objection(["ibportstate", "12", "3", "reset"]) == "ibportstate reset may change something: query is right there"
    )
    assert "did you mean perfquery?" in (objection(["perfqery"]) or "")
