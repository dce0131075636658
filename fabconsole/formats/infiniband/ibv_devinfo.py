"""`ibv_devinfo`, plain and `-v`, its list of names (`-l`), and `ibv_devices`: what the verbs tell of each adapter.

Shapes: rdma-core libibverbs/examples/devinfo.c and device_list.c. Numbers in brackets are what the register holds;
`active_speed` is a lane's, and a tool older than the speed prints `invalid speed` with the right number.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.adapters import Adapters
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.infiniband.port_words import guid
from fabconsole.formats.infiniband.verbs_port import settle, tell, value
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Said
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import snake

_LINE = re.compile(r"(\s*)([A-Za-z][\w ]{0,40}?): *(?:\s(.*))?")
_GID = re.compile(r"\s*GID\[ *(\d{1,5})\]:\s*([0-9a-fA-FxX:.]{2,45})(?:,? *(\S.{0,40}))?")
_FLAG = re.compile(r"\s+([A-Za-z][\w -]{1,60})|([A-Z][A-Z0-9_]{3,60})")
_LACKS = re.compile(r"\s*(\w[\w ]{1,60}?) not supported")
_FAILED = re.compile(
    r"(?:No IB devices? found|Failed to .{1,200}|IB device '.{1,64}' wasn't found|Invalid port .{1,80})"
)
_MASKED = re.compile(
    r"\s*((?:max_|masked_|log )[a-z][\w ]{2,60}?(?: \(mask\))?)\s{1,32}(0x[0-9a-fA-F]{1,16}|\d{1,18})\s*"
)
_LISTED = re.compile(r"\s*(\d{1,5}) HCAs? found:")
_DEVICE = re.compile(r"\s*(\w[\w.-]{1,62})(?:\s+([0-9a-fA-F]{16}))?")
_TABLE_HEAD = re.compile(r"\s*(?:device\s+node GUID|-+\s+-+)")
_UNIT = re.compile(r"(\d{1,20}) ?(kHZ|kbps|us|Bytes)")

_OF_ADAPTER = {
    "transport": "transport",
    "fw_ver": "firmware",
    "node_guid": "node_guid",
    "sys_image_guid": "system_image_guid",
    "vendor_id": "vendor_id",
    "vendor_part_id": "vendor_part_id",
    "hw_ver": "hardware_version",
    "board_id": "board",
    "phys_port_cnt": "ports",
}
_OF_PORT = {
    "port_lid": "lid",
    "port_lmc": "lmc",
    **dict.fromkeys(("state", "phys_state", "active_width", "active_speed", "bad_pkey_cntr", "qkey_viol_cntr"), ""),
    **dict.fromkeys(("max_mtu", "active_mtu", "sm_lid", "sm_sl", "link_layer", "max_msg_sz", "max_vl_num"), ""),
    **dict.fromkeys(("port_cap_flags", "port_cap_flags2", "pkey_tbl_len", "gid_tbl_len"), ""),
    **dict.fromkeys(("subnet_timeout", "init_type_reply"), ""),
}
"""Printed name to ours; empty: the same."""
_INNER = frozenset({"supported_qp", "flags"})
"""Sections within a section."""


class _Listing:
    """What was read so far, and what the next line may belong to."""

    def __init__(self) -> None:
        self.adapters = Adapters()
        self.failed: list[str] = []
        self.unparsed: list[str] = []
        self.announced: int | None = None
        self._names = False
        self._listed: set[str] = set()
        self._section = self._flags = ""

    def read(self, line: str) -> None:
        """Take in a line that is not blank."""
        if self._names and ":" not in line and self._name(line):
            return
        said = _LINE.fullmatch(line)
        if said is not None:
            text = (said[3] or "").strip()
            understood = self._heading(said[2], text) or self._fact(said[1], said[2], text)
        else:
            understood = self._gid(line) or self._name(line) or self._flagged(line)
        if not understood and _FAILED.fullmatch(line.strip()):
            self.failed.append(line.strip())
        elif not understood and not self._masked(line):
            self.unparsed.append(line)

    def _masked(self, line: str) -> bool:
        """A limit that MLNX_OFED prints without a colon."""
        said = _MASKED.fullmatch(line)
        if said is None or not self.adapters.all:
            return False
        self._home()[snake(said[1])] = said[2] if said[2].startswith("0x") else int(said[2])
        return True

    def _heading(self, name: str, text: str) -> bool:
        if name == "hca_id" and text:
            self.adapters.begin(text)
        elif name == "port" and text.isdecimal():
            self.adapters.begin_port(int(text[:4]))
        else:
            return False
        self._names = False
        self._section = self._flags = ""
        return True

    def _fact(self, indent: str, name: str, text: str) -> bool:
        if key := _OF_ADAPTER.get(name):
            self.adapters.adapter_for(key).said[key] = value(key, text)
        elif name in _OF_PORT:
            key = _OF_PORT[name] or name
            tell(self.adapters.port_for(key).row, key, text)
        elif not self.adapters.all or not (indent or "_" in name):
            return False
        elif name == "Unknown flags":
            return self._flag(f"{name} {text}")
        elif text:
            self._further(snake(name), text)
        elif (key := snake(name)) in _INNER:
            self._flags = f"{self._section}_{key}"
        else:
            self._section = self._flags = key
        return True

    def _further(self, key: str, text: str) -> None:
        home = self._home()
        if key == "max_rndv_hdr_size":  # the first of a section that has no heading
            self._section = "tag_matching"
        if key in home:
            key = f"{self._section}_{key}"
        if said := _UNIT.fullmatch(text):
            home[f"{key}_{said[2].lower()}"] = int(said[1])
        else:
            home[key] = value(key, text)
        self._flags = f"{key}_names"

    def _home(self) -> dict[str, Said]:
        last = self.adapters.all[-1]
        return last.ports[-1].row.extra if last.ports else last.said

    def _flagged(self, line: str) -> bool:
        if not self.adapters.all:
            return False
        if said := _LACKS.fullmatch(line.rstrip()):
            self._home()[snake(said[1])] = None
            return True
        said = _FLAG.fullmatch(line.rstrip())
        return said is not None and self._flag(said[1] or said[2])

    def _flag(self, word: str) -> bool:
        names = self._home().setdefault(self._flags, []) if self._flags else None
        if isinstance(names, list):
            names.append(word)
        return names is not None

    def _gid(self, line: str) -> bool:
        said = _GID.fullmatch(line)
        if said is None or not self.adapters.in_port:
            return False
        for name, text in (("gids", said[2]), ("gid_types", said[3])):
            table = self._home().setdefault(name, {}) if text else None
            if isinstance(table, dict):
                table[said[1]] = text.strip()
        return True

    def _name(self, line: str) -> bool:
        """A line of the lists of names."""
        line = line.rstrip()
        if "found:" in line and (said := _LISTED.fullmatch(line)):
            self._names, self.announced = True, int(said[1])
        elif ("GUID" in line or "--" in line) and _TABLE_HEAD.fullmatch(line):
            self._names = True
        elif self._names and (said := _DEVICE.fullmatch(line)):
            if said[1] in self._listed:  # the list was printed before
                return True
            self._listed.add(said[1])
            adapter = self.adapters.begin(said[1])
            if said[2]:
                adapter.said["node_guid"] = guid(said[2])
        else:
            return False
        return True


def _reading(paste: Paste) -> Reading:
    listing = _Listing()
    for line in paste.lines:
        if line.strip():
            listing.read(line)
    adapters = listing.adapters
    reading = Reading(rows=adapters.rows())
    reading.events, reading.unparsed = sorted_out(listing.unparsed)
    for row in reading.rows:
        if row.extra:
            settle(row)
    if adapters.all:
        reading.facts["devices"] = len(adapters.all)
    incomplete = [*listing.failed, *adapters.shortfalls("ports")]
    if listing.announced not in (None, len(adapters.all)):
        incomplete.append(f"{listing.announced} HCAs announced, {len(adapters.all)} listed")
    if torn := adapters.torn("link_layer", "active_speed"):
        incomplete.append(torn)
    if incomplete:
        reading.facts["incomplete"] = "; ".join(incomplete)
    return reading


FORMAT = Format(
    name="ibv_devinfo",
    family="infiniband",
    commands=("ibv_devinfo", "ibv_devinfo -v", "ibv_devinfo -l", "ibv_devices"),
    versions="libibverbs 1.1 to rdma-core 57; InfiniBand, RoCE, iWARP",
    yields="adapters with firmware, board and GUIDs; state, MTUs, LIDs, rate and GIDs of their ports; limits",
    signs={
        r"^[ \t]*hca_id:[ \t]": 100,
        r"^[ \t]*state:[ \t]+PORT_[A-Z]+ \(\d\)": 100,
        r"^[ \t]*(?:phys_port_cnt|vendor_part_id|port_lmc|active_mtu|sys_image_guid):[ \t]+\S": 60,
        r"^[ \t]*\d{1,5} HCAs? found:": 100,
        r"^[ \t]*device[ \t]+node GUID": 100,
        r"^(?:No IB devices? found|Failed to get IB devices? list)": 100,
    },
    read=alone(_reading),
)
