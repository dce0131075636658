"""How each tool is called so that it only reads, down to the option: the same binary reads and destroys.

Options are from the tools' own `--help` (infiniband-diags 44, util-linux, systemd 252, pciutils), mstflint's
mlxlink sources and NVIDIA's nvidia-smi manual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a tool is called so that it changes nothing. Options are written one by one: `-x -l`, not `-xl`."""

    options: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()
    """Options whose next word is their value."""
    any_options: bool = False
    """No option of this tool changes anything."""
    opens: bool = False
    """It opens every file it is given: only those may be given that do not mind."""
    words: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """What a plain word at that place (from 0) must be."""
    most: int = 99
    """Plain words allowed: beyond them the tool starts to write."""
    first: Mapping[str, Reading] | None = None
    """The first word is a subcommand with rules of its own."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _ib(
    options: str = "", valued: str = "", most: int = 99, words: Mapping[int, frozenset[str]] | None = None
) -> Reading:
    """A tool of infiniband-diags: the options they share, and its own. M_Key options are left out: they are secrets."""
    return Reading(
        options=_set("-v --verbose -e --errors -h --help -V --version " + options),
        valued=_set("-C --Ca -P --Port -t --timeout " + valued),
        most=most,
        words=words or {},
    )


_HARMLESS = Reading(any_options=True)
_OPENS = Reading(any_options=True, opens=True)
_SHOW = Reading(
    options=_set("-j -p -s -d -o json"), words={0: _set("link dev addr statistic neigh route")} | {1: _set("show")}
)

_MLXLINK = Reading(
    options=_set(
        "-m --show_module -c --show_counters -e --show_eye --show_fec --show_device --show_links --show_plr "
        "--show_kr --show_ber_monitor --show_rx_recovery_counters --rx_fec_histogram --show_histogram "
        "--cable --ddm --json --smpi --smpmi"
    ),
    valued=_set("-d --device -p --port --port_type --lane"),  # -l is no lane: it sets a loopback
    most=0,
)

TOOLS: Mapping[str, Reading] = {
    **dict.fromkeys(("cat", "grep", "head", "tail"), _OPENS),
    **dict.fromkeys(("ls", "lsmod", "uname", "uptime", "readlink", "lscpu"), _HARMLESS),
    **dict.fromkeys(("ibstatus", "ibdev2netdev", "show_gids"), _HARMLESS),
    "journalctl": Reading(
        options=_set("-k --dmesg -b --boot --no-pager -r --reverse -q --quiet --utc --no-hostname -x --catalog"),
        valued=_set("-n --lines -o --output -g --grep -S --since -U --until -p --priority -u --unit -t --identifier"),
    ),
    "dmesg": Reading(
        options=_set("-k --kernel -T --ctime -H --human -P --nopager -x --decode -t --notime -d --show-delta -u"),
        valued=_set("-l --level -f --facility --time-format"),
        most=0,
    ),
    "lspci": Reading(options=_set("-v -vv -vvv -n -nn -t -k -D"), valued=_set("-s -d"), most=0),
    "ethtool": Reading(options=_set("-S --statistics -i --driver -m --module-info --show-fec -P"), most=1),
    "ip": _SHOW,
    "rdma": _SHOW,
    "ibv_devinfo": Reading(options=_set("-l --list -v --verbose"), valued=_set("-d --ib-dev -i --ib-port"), most=0),
    "ibstat": _ib("-l --list_of_cas -s --short -p --port_list", most=2),
    "iblinkinfo": _ib(
        "-a --all -d --down -l --line -p --additional --switches-only --cas-only",
        "-S --switch -G --port-guid -D --Direct -n --hops -o --outstanding_smps --load-cache --node-name-map",
        most=0,
    ),
    "ibqueryerrors": _ib(
        "-c --suppress-common --skip-sl -r --report-port --data --switch --ca --router --details --counters",
        "-s --suppress -S -G --port-guid -D --Direct --threshold-file -o --outstanding_smps --load-cache",
        most=0,
    ),
    "perfquery": _ib(
        "-x --extended -X --xmtsl -S --rcvsl -D --xmtdisc -E --rcverr -T --extended_speeds -a --all_ports -l "
        "--loop_ports -L --Lid -G --Guid -c --smplctl --oprcvcounters --flowctlcounters --vloppackets --vlopdata "
        "--vlxmitflowctlerrors --vlxmitcounters --swportvlcong --rcvcc --slrcvfecn --slrcvbecn --xmitcc --vlxmittimecc",
        most=2,  # a third word is a mask of counters to reset
    ),
    "smpquery": _ib("-c --combined -x --extended -D --Direct -L --Lid -G --Guid"),
    "sminfo": _ib("-D --Direct -L --Lid -G --Guid", most=1),
    "ibportstate": _ib("-D --Direct -L --Lid -G --Guid", most=3, words={2: _set("query")}),
    "ibnetdiscover": _ib("-l --list -g --grouping -H --Hca_list -S --Switch_list -R --Router_list -p --ports", most=0),
    "ibtracert": _ib("-n --no_info -L --Lid -G --Guid", "-m --mlid --node-name-map", most=2),
    "mlxlink": _MLXLINK,
    "mstlink": _MLXLINK,
    "nvidia-smi": Reading(
        options=_set("-L --list-gpus -q --query -x --xml-format --version -h --help"),
        valued=_set("-i --id -d --display --query-gpu --query-remapped-rows --query-retired-pages --format"),
        most=0,
        first={
            "topo": Reading(
                options=_set("-m --matrix -mp --matrix_pci"),
                valued=_set("-i --id -c --cpu -n --nearest_gpus -p2p"),
                most=0,
            ),
            "nvlink": Reading(
                options=_set(
                    "-s --status -e --errorcounters -ec --crcerrorcounters -c --capabilities -p --pcibusid "
                    "-R --remotelinkinfo"
                ),
                valued=_set("-i --id -l --link -gt --getthroughput"),
                most=0,
            ),
        },
    ),
    "nvidia-imex-ctl": Reading(options=_set("-N -j"), most=0),
    "dcgmi": Reading(
        most=0,
        first={
            "discovery": Reading(options=_set("-l --list -c --compute-hierarchy"), most=0),
            "health": Reading(options=_set("-c --check -j --json"), valued=_set("-g --group"), most=0),
            "nvlink": Reading(
                options=_set("-s --link-status -e --errors -j --json"), valued=_set("-g --gpuid"), most=0
            ),
        },
    ),
    "systemctl": Reading(
        options=_set("--no-pager -q --quiet"), words={0: _set("status is-active is-failed is-enabled show")}
    ),
    "nv": Reading(valued=_set("-o --output --view"), words={0: _set("show")}),
}

NEVER = _set(
    "sh bash dash ash rbash zsh ksh mksh csh tcsh fish busybox env sudo su doas pkexec runuser setpriv xargs parallel "
    "nohup setsid timeout nice ionice chrt taskset stdbuf flock watch time script expect strace ltrace gdb chroot "
    "unshare nsenter systemd-run at batch crontab make eval exec command source ssh scp sftp rsync curl wget nc ncat "
    "socat pdsh clush docker podman nerdctl crictl ctr kubectl python perl ruby lua node php tclsh awk gawk mawk sed "
    "find tee dd rm mv cp ln install truncate touch mkdir rmdir chmod chown vi vim ed ex less more kill pkill killall "
    "reboot shutdown poweroff halt init telinit mount umount modprobe rmmod insmod sysctl setpci ipmitool iptables "
    "nft tc mst mlxreg mlxconfig mlxfwreset mlxfwmanager flint mstflint mstconfig mstreg mstfwreset opensm ibdiagnet "
    "ibclearcounters ibclearerrors sonic-clear"
)
"""Nobody can vouch for these: they run other programs, or are made to change things."""
