"""`ibportstate`: a port as it was and as it was set to, or a switch's port and the one behind its link.

Each is a record as `smpquery portinfo` prints it, with what it is before the heading; rdma-core ibportstate.c. Peers
that run below what both can do are told on standard error.
"""

from __future__ import annotations

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.smpquery import read

FORMAT = Format(
    name="ibportstate",
    family="infiniband",
    commands=("ibportstate", "ibportstate query"),
    versions="infiniband-diags 1.5 to rdma-core 57",
    yields="a port's state, widths and speeds, before and after a change, and its peer's",
    signs={
        r"^ibportstate: iberror: ": 100,
        r"^[ \t]*(?:(?:Initial |Peer )?(?:(?:Switch|CA/RT|CA) )?PortInfo|After \w{1,40} set):[ \t]*$": 100,
        r"^[ \t]*#? ?(?:MLNX ext )?Port info: (?:Lid|DR path) ": 60,
    },
    read=read,
)
