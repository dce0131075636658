"""The vendor's link tool in JSON: the same titles and keys under `result.output`, and how it went under `status`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fabconsole.formats.host.mlxlink_ports import ABOVE, OPERATIONAL, Ports, asked, heading
from fabconsole.formats.json_text import Documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.values import is_nothing, snake

JSON_PAIR = re.compile(r'\s*"([^"]{1,80})"\s*:\s*"([^"]*)"\s*,?\s*')


def read(said: Documents, paste: Paste, ports: Ports, reading: Reading) -> None:
    """Every answer that a text holds, put to the ports that the commands in it asked about."""
    names = [name for command in paste.commands if (name := asked(command))]
    names = names or [name for line in said.rest if (name := asked(line) or (heading(line) or [""])[0])]
    answers = [answer for document in said.found for answer in _answers(document)]
    for index, (name, answer) in enumerate(answers):
        ports.name = name or (names[index] if len(names) == len(answers) else "")
        _answer(answer, ports, reading)
    for line in said.rest:
        if pair := JSON_PAIR.fullmatch(line):
            ports.hear(pair[1], pair[2])
        elif asked(line) is None and heading(line) is None:
            reading.unparsed.append(line)


def _answers(document: Any) -> Iterator[tuple[str, Any]]:
    """A document, or several of them under the names of devices, as collectors keep them."""
    if isinstance(document, list):
        for one in document:
            yield from _answers(one)
    elif (
        isinstance(document, dict)
        and document
        and all(isinstance(one, dict) and ("result" in one or "status" in one) for one in document.values())
    ):
        for name, one in document.items():
            yield (f"{name}/1" if ABOVE.fullmatch(str(name)) else str(name)), one
    else:
        yield "", document


def _answer(answer: Any, ports: Ports, reading: Reading) -> None:
    if not isinstance(answer, dict):
        reading.unparsed.append(str(answer))
        return
    result = answer.get("result", answer)
    sections = result.get("output", result) if isinstance(result, dict) else {}
    if not isinstance(sections, dict):
        reading.unparsed.append(str(sections))
        return
    status = answer.get("status")
    if isinstance(status, dict):
        reading.facts["status_code"] = status.get("code")
        if status.get("code"):
            tell(reading, "errors", str(status.get("message", "")))
        else:
            reading.facts["status_message"] = status.get("message")
    for name in ("configurations", "warning") if isinstance(result, dict) else ():
        if name in result:
            tell(reading, "messages", str(result[name]))
    first = True
    for title, section in sorted(sections.items(), key=lambda one: str(one[0]).lower() not in OPERATIONAL):
        if title in {"status", "configurations", "warning"}:
            continue
        if first:
            ports.begin()
            first = False
        ports.section = title if isinstance(section, dict) and not _is_value(section) else ""
        members = section if ports.section else {title: section}
        for key, value in members.items():
            _member(key, value, ports)


def _is_value(said: Any) -> bool:
    return isinstance(said, dict) and "values" in said


def _member(key: str, said: Any, ports: Ports) -> None:
    mask = ""
    if isinstance(said, dict) and "values" in said:
        mask, said = str(said.get("mask", "")), said["values"]
    if isinstance(said, list):
        ports.hear(key, [str(one) for one in said], mask)
    elif isinstance(said, dict):
        for name, value in said.items():
            _member(f"{key} {name}", value, ports)
    else:
        ports.hear(key, "" if said is None else str(said))


def tell(reading: Reading, name: str, text: str) -> None:
    """One more of the errors, or of the messages."""
    if is_nothing(text):
        return
    told = reading.facts.setdefault(snake(name), [])
    if isinstance(told, list):
        told.append(text)
