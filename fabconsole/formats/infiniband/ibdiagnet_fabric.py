"""What a run of ibdiagnet says of the fabric as a whole: what it consists of, who manages it, how far the run came."""

from __future__ import annotations

import re

from fabconsole.formats.infiniband.port_words import node_type
from fabconsole.formats.reading import Said
from fabconsole.formats.values import integer, number, snake

_NODES = r"(\d{1,7}) nodes? \((\d{1,7}) Switches & (\d{1,7}) CA-s(?:.{0,60})\)"
_DISCOVERED = re.compile(rf"(?:Discovering \.\.\. {_NODES} discovered|Discovered {_NODES})\.?")
_PROGRESS = re.compile(r"Retrieving ?\S{0,40} ?\.\.\. ?(\d{1,9})/(\d{1,9}) .{0,120}|Build \S.{0,60} DB")
_SLEEP = re.compile(r"(?:Going to|Time left to) sleep .{0,80}")
_FIRMWARE = re.compile(
    r"Devid: ?(\d{1,8})\(0x[0-9a-fA-F]{1,8}\), ?PSID: ?(\S{1,32}), ?Latest FW Version: ?(\S{1,32})", re.ASCII
)
_LEVELS = re.compile(r"(\d{1,3}) level (\S{1,40}) was discovered:?")
_RANK = re.compile(r"rank: ?(\d{1,3}) ?(?:\((\w{1,20})\) ?)?#switches: ?(\d{1,7})", re.ASCII)
_NAME = re.compile(r"[A-Za-z][\w /().#-]{0,64}", re.ASCII)
_ENABLED = re.compile(r"(\S.{0,64}?) is enabled on (\d{1,7}) switches", re.ASCII)
_MANAGER = re.compile(
    r"(?:([A-Z][\w-]{2,20}) SM ?: {0,4})?Port=(\d{1,5}) LID=(\w{1,8}) GUID=0x([0-9a-fA-F]{1,16}) devid=(\d{1,10})"
    r" Priority:(\d{1,3}) Node_Type=(\w{1,8}) Node_Description=(.*)",
    re.ASCII,
)
_MANAGERS = re.compile(r"([A-Z][\w-]{2,20}) SM ?:(?: (No \w{1,20} SM))?", re.ASCII)
_PLUGIN = re.compile(r"(lib\S{1,100})\s{1,32}(Succeeded|Failed)\s{1,32}(\S.*)")
_PATH = re.compile(r"(/\S{1,200}/plugins/?)")
_VERSION = re.compile(r"\"?IBDIAGNET (\d[\w.]{0,60})")
_COUNTS = {
    "total_nodes": "nodes",
    "ib_switches": "switches",
    "ib_channel_adapters": "hcas",
    "ib_aggregation_nodes": "aggregation_nodes",
    "ib_routers": "routers",
}


def named(text: str) -> tuple[str, str] | None:
    """`Total Nodes             : 24` and the like; None for any other text."""
    name, colon, value = text.partition(":")
    name, value = name.rstrip(), value.lstrip()
    return (name, value) if colon and value and _NAME.fullmatch(name) else None


class Fabric:
    """The facts of one run, and in which list of subnet managers the next line stands."""

    def __init__(self, facts: dict[str, Said]) -> None:
        self.facts = facts
        self.behind = ""
        """How far a step had come that was not told to be done."""
        self._role = ""

    def tell(self, text: str) -> bool:
        """Take what an `-I-` says of the run and of the fabric; False for any other text."""
        if text.startswith(("Retriev", "Build ")):
            return self._step(text)
        if "iscover" in text and (nodes := _DISCOVERED.fullmatch(text)) is not None:
            found = [int(count) for count in nodes.groups() if count is not None]
            self.facts["discovered"] = told = dict(zip(("nodes", "switches", "hcas"), found, strict=True))
            for name, count in told.items():
                self.facts.setdefault(name, count)
        elif text.startswith("Devid") and (firmware := _FIRMWARE.match(text)) is not None:
            newest = {"devid": int(firmware[1]), "psid": firmware[2], "firmware": firmware[3]}
            self._append("latest_firmware", newest)
        elif "level" in text and (levels := _LEVELS.fullmatch(text)) is not None:
            self.facts[f"{snake(levels[2])}_levels"] = int(levels[1])
        else:
            return "sleep" in text and _SLEEP.fullmatch(text) is not None
        return True

    def take(self, plain: str) -> bool:
        """Take a line without any sign before it; False for one that says nothing of the fabric."""
        if "Port=" in plain and (manager := _MANAGER.fullmatch(plain)) is not None:
            self._manage(manager)
        elif " SM" in plain and (managers := _MANAGERS.fullmatch(plain)) is not None:
            self._role = managers[1].lower()
            if managers[2]:
                self.facts[f"{self._role}_sm"] = managers[2]
        elif plain.startswith("lib") and (plugin := _PLUGIN.fullmatch(plain)) is not None:
            self.nest("plugins")[plugin[1]] = plugin[2] if plugin[2] == "Succeeded" else f"{plugin[2]}: {plugin[3]}"
        elif "/plugins" in plain and (path := _PATH.fullmatch(plain)) is not None:
            self.facts["plugins_path"] = path[1]
        elif "#switches" in plain and (rank := _RANK.fullmatch(plain)) is not None:
            self._append("ranks", {"rank": int(rank[1]), "name": rank[2], "switches": int(rank[3])})
        elif " enabled on " in plain and (enabled := _ENABLED.fullmatch(plain)) is not None:
            self.facts[f"{snake(enabled[1])}_switches"] = int(enabled[2])
        else:
            return False
        return True

    def keep(self, name: str, value: str) -> None:
        """A value that stands once; where one name has several, all of them."""
        if value.startswith("/"):
            self.nest("files")[name] = value
            return
        key = snake(name)
        said = _typed(value)
        if key in _COUNTS:
            self.facts[_COUNTS[key]] = said
            return
        if key == "running_version" and (version := _VERSION.search(value)) is not None:
            self.facts["version"] = version[1]
        known = self.facts.setdefault(key, said)
        if isinstance(known, list):
            known.append(said)
        elif known != said:
            self.facts[key] = [known, said]

    def nest(self, name: str) -> dict[str, Said]:
        """The facts that stand together under a name."""
        known = self.facts.get(name)
        if not isinstance(known, dict):
            known = self.facts[name] = {}
        return known

    def _append(self, name: str, told: dict[str, Said]) -> None:
        """One of several that stand under a name; what is said twice is one."""
        known = self.facts.get(name)
        if not isinstance(known, list):
            known = self.facts[name] = []
        if told not in known[-8:]:
            known.append(told)

    def _step(self, text: str) -> bool:
        step = _PROGRESS.fullmatch(text)
        if step is not None:
            self.behind = text if step[1] != step[2] else ""
        return step is not None

    def _manage(self, said: re.Match[str]) -> None:
        self._role = said[1].lower() if said[1] else self._role
        self._append(
            "subnet_managers",
            {
                "role": self._role or None,
                "guid": said[4].lower().zfill(16),
                "port": int(said[2]),
                "lid": integer(said[3]),
                "priority": int(said[6]),
                "devid": int(said[5]),
                "node_type": node_type(said[7]),
                "node": said[8],
            },
        )


def _typed(text: str) -> Said:
    """A number as one; what is written in hex is a name, a mask or a key, and stays as it is."""
    value = None if text.startswith("0x") else number(text.rstrip("."))
    return text if value is None else value
