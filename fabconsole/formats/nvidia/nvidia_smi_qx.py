"""`nvidia-smi -q -x`: the full report on each GPU as XML.

Read by its tags rather than by an XML parser, which would stop at the first line that another stream wrote into it
or that was lost; what is pasted has both. Of a report without an end all that is whole is told. Entities are not
expanded, but for the five that every XML has; a document type's own are left where they stand.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import unescape

from fabconsole.formats.format import Format
from fabconsole.formats.nvidia import gpu_report
from fabconsole.formats.nvidia.complaints import complaint
from fabconsole.formats.nvidia.gpu_report import DEEPEST, LISTS, Report, Tree
from fabconsole.formats.nvidia.pci import address as pci_address
from fabconsole.formats.nvidia.report_names import of_tag
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

_TAG = re.compile(
    r"<(\w{1,80})>([^<]*)</\1>"  # a name and its value
    r"|<(\w{1,80})(?: id=\"([^\"<>]{0,80})\")?[ \t]*(/?)>"
    r"|</(\w{1,80})>"
    r"|<!--([^<>]{0,400})-->"
    r"|<\?xml[^<>]{0,200}>|<!DOCTYPE[^<>\[\"]{0,200}(?:\"([^\"<>]{0,200})\")?[^<>]{0,20}>"
)
_ROOT = "nvidia_smi_log"
_ELEMENTS = frozenset(
    {"process_info", "mig_device", "supported_mem_clock", "accounted_process_info", "session_info", "clique_entry"}
)
"""Tags of one of several: the list is called by the tag around them."""
_PAGES = {"multiple_single_bit_retirement": "single_bit", "double_bit_retirement": "double_bit"}
_PAGE = "retired_page_address"
_HEXADECIMAL = frozenset({"bus", "device", "domain", "base_classcode", "sub_classcode", "device_id", "sub_system_id"})
"""Of PCI: what the text writes with `0x` before it, and the XML does not."""
_BARE = re.compile(r"[0-9A-Fa-f]{1,8}")
_QUOTES = {"&quot;": '"', "&apos;": "'"}


class _Document:
    """The tree as far as it has been read."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.unparsed: list[str] = []
        self._open: list[tuple[str, Tree]] = []
        """Tags that are open, the root's left out, and where their values go."""
        self._dtd: str | None = None
        self._strays: list[tuple[list[Tree], Tree]] = []
        """Lists, and what stood in them outside of any element: the tag that begins one was lost."""

    def doctype(self, dtd: str) -> None:
        self._dtd = dtd

    def opened(self, tag: str, address: str | None) -> None:
        if tag == _ROOT or not self.reports:
            self.reports.append(Report(ended=False, facts={"dtd": self._dtd} if self._dtd else {}))
            self._open, self._dtd = [], None
        if tag == _ROOT:
            return
        if tag in ("gpu", "unit") and address is not None:
            tree: Tree = {}
            if tag == "gpu":
                self.reports[-1].gpus.append((pci_address(address), tree))
            else:
                self.reports[-1].facts.setdefault("units", []).append(tree)
            self._open = [(tag, tree)]
            return
        if len(self._open) < DEEPEST:
            self._open.append((tag, self._place(tag)))
        else:
            self.unparsed.append(f"<{tag}>")

    def closed(self, tag: str) -> None:
        if tag == _ROOT and self.reports:
            self.reports[-1].ended, self._open = True, []
        depth = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at][0] == tag), None)
        if depth is not None:
            del self._open[depth:]

    def leaf(self, tag: str, text: str) -> None:
        if not self.reports:
            self.opened(_ROOT, None)
        text = unescape(text.strip(), _QUOTES) if "&" in text else text.strip()
        above, tree = self._open[-1] if self._open else ("", self.reports[-1].facts)
        name = of_tag(tag)
        if tag in LISTS and text in ("", "None", "N/A"):
            tree.setdefault(name, None if text == "N/A" else [])
        elif above in _PAGES:
            retired = self._open[-2][1] if len(self._open) > 1 else tree
            count = tag == "retired_count"
            key = f"{_PAGES[above]}_{'ecc' if count else 'page_list'}"
            gpu_report.put(retired, key, gpu_report.said("retired_pages", key, text)[1])
        elif tag == _PAGE and len(self._open) > 1 and (kind := _PAGES.get(self._open[-2][0])):
            tree.setdefault(f"{kind}_page_list", []).append(text)
        elif above == "supported_mem_clock":
            key, value = gpu_report.said("supported_clocks", "memory" if tag == "value" else name, text)
            if tag == "value":
                tree[key] = value
            else:
                tree.setdefault(key, []).append(value)
        else:
            if above == "pci" and name in _HEXADECIMAL and _BARE.fullmatch(text):
                text = f"0x{text}"
            key, value = gpu_report.said(of_tag(above) if above else "", name, text)
            gpu_report.put(tree, key, value)

    def note(self, text: str) -> None:
        """A comment, by which newer drivers say what is deprecated."""
        if self.reports and not self._open:
            self.reports[-1].facts.setdefault("notes", []).append(text)

    def between(self, text: str) -> None:
        for line in text.split("\n"):
            if (said := complaint(line)) is not None:
                if not self.reports:
                    self.reports.append(Report())
                self.reports[-1].complain(said)
            elif line.strip():
                self.unparsed.append(line)

    def end(self) -> None:
        for several, stray in self._strays:
            if stray:
                several.append(stray)

    def _place(self, tag: str) -> Tree:
        above, tree = self._open[-1] if self._open else ("", self.reports[-1].facts)
        if tag in _PAGES or above in _PAGES:
            return tree
        if tag in LISTS:
            several = tree.setdefault(of_tag(tag), [])
            stray: Tree = {}
            if isinstance(several, list):
                self._strays.append((several, stray))
            return stray
        if tag in _ELEMENTS and above in LISTS:
            element: Tree = {}
            several = next((several for several, stray in reversed(self._strays) if stray is tree), [])
            several.append(element)
            return element
        return gpu_report.branch(tree, of_tag(tag))


def _reading(paste: Paste) -> Reading:
    document, end = _Document(), 0
    for tag in _TAG.finditer(paste.text):
        if tag.start() > end:
            gap = paste.text[end : tag.start()]
            if not gap.isspace():
                document.between(gap)
        end = tag.end()
        leaf, text, opens, address, alone, closes, note, dtd = tag.groups()
        if leaf is not None:
            document.leaf(leaf, text)
        elif opens is not None:
            if alone:
                document.leaf(opens, "")
            else:
                document.opened(opens, address)
        elif closes is not None:
            document.closed(closes)
        elif dtd is not None:
            document.doctype(dtd)
        elif note is not None:
            document.note(note.strip())
    if paste.text[end:].strip():
        document.between(paste.text[paste.text.rfind("\n", 0, end) + 1 :])  # with the tag whose end is missing
    document.end()
    return gpu_report.reading(document.reports, document.unparsed, paste.commands)


FORMAT = Format(
    name="nvidia-smi-qx",
    family="nvidia",
    commands=("nvidia-smi -q -x", "nvidia-smi -x -q"),
    versions="drivers 352 to 615, nvsmi_device_v7.dtd to v13",
    yields="GPUs: identity, PCIe, ECC, remapped rows, fabric, temperatures, power, clocks, processes",
    signs={
        r"<!DOCTYPE nvidia_smi_log|<nvidia_smi_log>": 100,
        r"^\s*<gpu id=\"[0-9A-Fa-f]{4,8}:": 60,
        r"<attached_gpus>": 30,
    },
    read=_reading,
)
