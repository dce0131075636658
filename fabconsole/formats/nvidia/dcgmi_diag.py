"""`dcgmi diag`: a row a test, with what it said of each GPU, from its table or from JSON (`-j`).

In the table a test may have several lines; `Error`, `Warning` and `Info` go on over lines that are cut at 45
characters, within words. Sources: DCGM's dcgmi/Diag.cpp; outputs of 2.4 to 4.2.
"""

from __future__ import annotations

import re
from typing import Any

from fabconsole.fabric.health import Severity
from fabconsole.formats import values
from fabconsole.formats.reading import Entry, Reading, Row, Said

_RESULT = re.compile(r"(Pass|Fail|Warn|Skip|Not Run|In progress)\b(?:\s*-\s*(.{1,300}))?", re.IGNORECASE)
_OF_GPUS = re.compile(r"GPUs?:\s*(\d{1,3}(?:\s*,\s*\d{1,3}){0,255})")
_OF_ONE = re.compile(r"(GPU|Switch|CPU) ?(\d{1,3}): ?(\S.{0,300})")
_SECTION = re.compile(r"[|+]-{3,8}\s+(\S[A-Za-z ]{1,40}?)\s+-{3,60}[+|][-\s]{0,120}[|+]?")
_OF_ENTITY = re.compile(r"(?:GPU|Switch|CPU) ?\d{1,3}: (?:Pass|Fail|Warn|Skip|Not Run)")
_WORDED = re.compile(r"(Error|Warning|Info)(?:[ :(-]{1,4}(?:GPU|gpu) ?(\d{1,3})\)?)?", re.IGNORECASE)
_WORDS = {"error": Severity.CRIT, "warning": Severity.WARN, "info": Severity.INFO}
_WORST = ("fail", "warn", "in progress", "not run", "skip", "pass")
_GPU = re.compile(r"\bGPU (\d{1,3})\b")
_CUT_AT = 45


class Diagnosis:
    """The table, row by row; `flush` where it ends."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._category = ""
        self._row: Row | None = None
        self._word = ""
        self._of: str | None = None
        self._said: set[str] = set()
        self._text = ""

    def section(self, line: str) -> bool:
        """Whether the line begins a section."""
        said = _SECTION.fullmatch(line)
        if said is not None:
            self.flush()
            self._category, self._row = said[1], None
        return said is not None

    def cells(self, name: str, value: str) -> bool:
        """A row of the table: the name stripped, the value as it stands after the bar and a blank."""
        plain = value.strip()
        if not name:
            return self._more(value)
        self.flush()
        if worded := _WORDED.fullmatch(name):
            self._word, self._text = worded[1], self._chunk(value)
            self._of = f"gpu{int(worded[2])}" if worded[2] else None
        elif said := _RESULT.fullmatch(plain):
            self._test(name, said)
        else:
            self._row = None
            self._reading.facts[_fact(name)] = _listed(name, plain)
        return True

    def _more(self, value: str) -> bool:
        plain = value.strip()
        if self._word and not _OF_ENTITY.fullmatch(plain):  # since DCGM 4 each GPU's result follows what was warned of
            self._text += self._chunk(value)
            return True
        self.flush()
        if self._row is None:
            return not plain
        one = _OF_ONE.fullmatch(plain)
        said = _RESULT.match(one[3]) if one else _RESULT.fullmatch(plain)
        if said is None or plain in self._said:
            self._row = None if said else self._row  # told twice: the name of the next test was lost
            return False
        self._said.add(plain)
        self._result(self._row, said, plain if one else None)
        return True

    def _chunk(self, value: str) -> str:
        """A cut line's characters, the blanks at its end among them; a text that lost its blanks gets one."""
        if len(value) > _CUT_AT:
            return value[:_CUT_AT]
        return value if len(value.strip()) >= _CUT_AT - 1 else f"{value.strip()} "

    def _test(self, name: str, said: re.Match[str]) -> None:
        self._said = set()
        self._row = Row(id=name, extra={"category": self._category} if self._category else {})
        self._reading.rows.append(self._row)
        self._result(self._row, said, None)

    def _result(self, row: Row, said: re.Match[str], one: str | None) -> None:
        result: dict[str, Said] = {"status": said[1]}
        of = _OF_ONE.fullmatch(one) if one else None
        if of is not None:
            result["gpus"] = [int(of[2])]
        elif said[2] and (gpus := _OF_GPUS.fullmatch(said[2].strip())):
            result["gpus"] = [int(gpu) for gpu in gpus[1].split(",")]
        elif said[2]:
            result["gpus"] = said[2].strip()
        _add(row, result)

    def flush(self) -> None:
        """What `Error` and its kin said is whole where the next row begins."""
        if self._word:
            text = " ".join(self._text.split())
            tell(self._reading, self._row, self._word, text, self._of)
        self._word = self._text = ""
        self._of = None


def _add(row: Row, result: dict[str, Said]) -> None:
    results = row.extra.get("results")
    row.extra["results"] = [*(results if isinstance(results, list) else []), result]
    told = str(result["status"])
    if row.state is None or _rank(told) < _rank(row.state):
        row.state = told


def _rank(status: str) -> int:
    plain = status.lower()
    return _WORST.index(plain) if plain in _WORST else 0


def _fact(name: str) -> str:
    return "driver_version" if name == "Driver Version Detected" else values.snake(name)


def _listed(name: str, value: str) -> Said:
    return [one.strip() for one in value.split(",") if one.strip()] if "IDs" in name else value


def tell(reading: Reading, row: Row | None, word: str, text: str, of: str | None = None) -> None:
    """An error, a warning or a remark, as an event and with its test."""
    gpus = {f"gpu{int(number)}" for number in _GPU.findall(text)}
    reading.events.append(
        Entry(
            at=None,
            kind="dcgm-diag",
            text=text if row is None else f"{row.id}: {text}",
            severity=_WORDS.get(word.lower(), Severity.UNKNOWN),
            subject=of or (gpus.pop() if len(gpus) == 1 else None),
        )
    )
    if row is not None:
        key = f"{word.lower()}s"
        told = row.extra.get(key)
        row.extra[key] = [*(told if isinstance(told, list) else []), text]


def read_json(said: dict[str, Any], reading: Reading) -> None:
    """The object below `DCGM GPU Diagnostic` or, since DCGM 4, `DCGM Diagnostic`."""
    for key, value in said.items():
        if key not in ("test_categories", "metadata", "entity_groups"):
            reading.facts[_fact(str(key))] = value
    if isinstance(metadata := said.get("metadata"), dict):
        reading.facts.update({_fact(str(key)): value for key, value in metadata.items()})
    if "entity_groups" in said:
        reading.facts["entity_groups"] = said["entity_groups"]
    for category in _objects(said.get("test_categories"), reading):
        for test in _objects(category.get("tests"), reading):
            _json_test(category, test, reading)


def _objects(said: Any, reading: Reading) -> list[dict[str, Any]]:
    if not isinstance(said, list):
        return []
    reading.unparsed += [str(one)[:200] for one in said if not isinstance(one, dict)]
    return [one for one in said if isinstance(one, dict)]


def _json_test(category: dict[str, Any], test: dict[str, Any], reading: Reading) -> None:
    row = Row(id=str(test.get("name", "?")), extra={"category": str(category.get("category", ""))})
    reading.rows.append(row)
    for result in _objects(test.get("results"), reading):
        told: dict[str, Said] = {values.snake(str(key)): value for key, value in result.items()}
        for word in ("warnings", "info", "errors"):
            _json_words(result.get(word), "info" if word == "info" else word[:-1], row, reading)
        if isinstance(told.get("status"), str):
            _add(row, told)
        else:
            row.extra.setdefault("results_without_status", told)
    summary = test.get("test_summary")
    if isinstance(summary, dict) and isinstance(summary.get("status"), str):
        row.state = str(summary["status"])
    for key, value in test.items():
        if key not in ("name", "results"):
            row.extra[values.snake(str(key))] = value


def _json_words(said: Any, word: str, row: Row, reading: Reading) -> None:
    for one in said if isinstance(said, list) else [said] if said else []:
        text = one.get("warning") or one.get("error") or one.get("info") if isinstance(one, dict) else one
        tell(reading, row, word, " ".join(str(text or one).split()))


def finish(reading: Reading) -> None:
    """Count the tests by what came of them."""
    tests = [row for row in reading.rows if "results" in row.extra]
    if tests:
        reading.facts["tests"] = len(tests)
        for status in sorted({str(row.state) for row in tests}):
            reading.facts[f"tests_{values.snake(status)}"] = sum(row.state == status for row in tests)
