"""One attribute of a node or port as the subnet management agent tells it: a heading, then `Name:....value` lines.

Names and kinds: rdma-core libibmad/fields.c; headings: infiniband-diags/smpquery.c, ibportstate.c, libibmad/portid.c.
Two kinds have fields of the same names, and headings get lost: a field that its record has already, or that another
kind has, begins a record without a heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fabconsole.formats.infiniband.port_words import guid, node_type
from fabconsole.formats.reading import Said
from fabconsole.formats.values import integer, snake

_HEADING = re.compile(
    r"#? ?(Node info|Port info(?: Extended)?|Switch info|MLNX ext Port info"
    r"|SL2VL table|(?:No )?VLArbitration tables(?: \(BSP0\))?): "
    r"((?:Lid (\d{1,6})(?: Gid [0-9a-fA-F:]{2,45})?)? ?(?:DR path slid \d{1,6}; dlid \d{1,6}; ([\d,]{1,256}))?)"
    r"(?: port (\d{1,5}))?(?: LowCap (\d{1,4}) HighCap (\d{1,4}))?",
    re.ASCII,
)
_FIELD = re.compile(r"([A-Za-z]\w{0,63}|Node Description):\.{1,64}(.*)", re.ASCII)
PORT, NODE, SWITCH, MLNX = "Port info", "Node info", "Switch info", "MLNX ext Port info"
_FIELDS = {
    NODE: "BaseVers ClassVers NodeType NumPorts SystemGuid Guid PortGuid PartCap DevId Revision VendorId",
    SWITCH: "LinearFdbCap RandomFdbCap McastFdbCap LinearFdbTop DefPort DefMcastPrimPort DefMcastNotPrimPort LifeTime "
    "StateChange OptSLtoVLMapping LidsPerPort PartEnforceCap InboundPartEnf OutboundPartEnf FilterRawInbound "
    "FilterRawOutbound EnhancedPort0 MulticastFDBTop",
    PORT: "Mkey GidPrefix Lid SMLid DiagCode MkeyLeasePeriod LinkWidthEnabled LinkWidthSupported LinkWidthActive "
    "LinkState PhysLinkState LinkDownDefState ProtectBits LMC NeighborMTU SMSL VLCap InitType VLHighLimit VLArbHighCap "
    "VLArbLowCap InitReply MtuCap VLStallCount HoqLife OperVLs PartEnforceInb PartEnforceOutb FilterRawInb "
    "FilterRawOutb MkeyViolations PkeyViolations QkeyViolations GuidCap ClientReregister "
    "McastPkeyTrapSuppressionEnabled SubnetTimeout RespTimeVal LocalPhysErr OverrunErr MaxCreditHint RoundTrip "
    "CapabilityMask2 LinkSpeedExtActive LinkSpeedExtSupported LinkSpeedExtEnabled LinkSpeedExtActive2 "
    "LinkSpeedExtSupported2 LinkSpeedExtEnabled2",
    "Port info Extended": "FECModeActive FDRFECModeSupported FDRFECModeEnabled EDRFECModeSupported EDRFECModeEnabled "
    "HDRFECModeSupported HDRFECModeEnabled NDRFECModeSupported NDRFECModeEnabled",
    MLNX: "StateChangeEnable",
}
_KIND = {name: kind for kind, names in _FIELDS.items() for name in names.split()}
"""Field to the one kind of record that has it."""


@dataclass(slots=True)
class Record:
    """One attribute."""

    kind: str
    """As its heading says, or as its first field does; "" where neither tells."""
    when: str = ""
    """What stood before the heading: `Initial CA/RT PortInfo`, `Peer PortInfo`, `After PortInfo set`."""
    destination: str = ""
    """Whom it was asked of, as printed: `Lid 6`, `DR path slid 0; dlid 0; 0,1`; "" where the heading is missing."""
    lid: int | None = None
    path: str | None = None
    """Directed route, `0,1,17`."""
    port: int | None = None
    caps: tuple[int, int] | None = None
    """Entries of the low and the high arbitration table."""
    fields: dict[str, str] = field(default_factory=dict)
    """As printed."""
    bits: dict[str, list[str]] = field(default_factory=dict)
    """Field to the names of its bits that are set."""

    @property
    def id(self) -> str:
        """`lid6/1`, `dr0,1,17/1`, without a heading `lid6` or `?`."""
        own = self.fields.get("Lid", "0")
        if not self.destination:
            return f"lid{int(own)}" if own.isdecimal() and len(own) < 7 and int(own) else "?"
        lid = "" if self.lid is None else f"lid{self.lid}"
        path = "" if self.path is None else f"dr{self.path}"
        place = "+".join(part for part in (lid, path) if part)
        return place if self.port is None else f"{place}/{self.port}"

    def takes(self, name: str) -> bool:
        """Whether a field of that name can be this record's."""
        return name not in self.fields and _KIND.get(name, self.kind) == self.kind

    def told(self) -> dict[str, Said]:
        """The fields by name, numbers as numbers; hexadecimal ones, which are ids and masks, as printed."""
        asked = (("lid", self.lid), ("port", self.port))
        said: dict[str, Said] = {name: value for name, value in asked if value is not None}
        for name, value in self.fields.items():
            key = "system_image_guid" if name == "SystemGuid" else snake(name)
            if name.endswith("Guid") or name == "NodeType":
                said[key] = node_type(value) if name == "NodeType" else guid(value) or value
                continue
            number = integer(value) if value[:1].isdecimal() and not value.startswith("0x") else None
            said[key] = None if value == "<not displayed>" else value if number is None else number
            if name in self.bits:
                said[f"{key}_bits"] = list(self.bits[name])
        return said


def heading(line: str) -> Record | None:
    """A record that begins; None for any other line."""
    said = _HEADING.fullmatch(line)
    if said is None or not said[2]:
        return None
    return Record(
        kind=said[1],
        destination=said[2].strip(),
        lid=int(said[3]) if said[3] else None,
        path=said[4],
        port=int(said[5]) if said[5] else None,
        caps=(int(said[6]), int(said[7])) if said[6] else None,
    )


def headless(name: str) -> Record:
    """A record whose heading is missing, which begins with the field `name`."""
    return Record(kind=_KIND.get(name, ""))


def named_value(line: str) -> tuple[str, str] | None:
    """`LinkState:.......Active`; None for any other line."""
    said = _FIELD.fullmatch(line)
    return None if said is None else (said[1], said[2])
