"""What every format owes whoever pastes: no exception, no number that was not printed, the rest still read."""

from __future__ import annotations

import json
import random

import pytest
from captures import samples
from fuzzing import cut, mixed, spoilt
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.formats.document import document
from fabconsole.formats.format import Format, formats, named, recognise
from fabconsole.formats.paste import Paste

_INPUTS = 200
every_format = pytest.mark.parametrize("one", formats(), ids=lambda one: one.name)
every_sample = pytest.mark.parametrize(
    ("one", "text"),
    [
        pytest.param(one, file.read_bytes(), id=file.name.removesuffix(".txt"))
        for one in formats()
        for file in samples(one.name)
    ],
)


def values(one: Format, text: bytes) -> dict[tuple[str, int, str], float | None]:
    """(row, how many of that name came before it, counter) to its value."""
    found: dict[tuple[str, int, str], float | None] = {}
    for row in one.read(Paste(text)).rows:
        for name, value in row.counters.items():
            nth = 0
            while (row.id, nth, name) in found:
                nth += 1
            found[row.id, nth, name] = value
    return found


@every_format
def test_every_format_has_a_sample(one: Format) -> None:
    assert samples(one.name)


@every_sample
def test_a_sample_is_understood_to_its_last_line(one: Format, text: bytes) -> None:
    assert one.read(Paste(text)).unparsed == []


@every_sample
def test_a_sample_is_recognised(one: Format, text: bytes) -> None:
    assert recognise(Paste(text))[:1] == (one,)


@every_format
@settings(max_examples=_INPUTS, deadline=None)
@given(data=st.data())
def test_whatever_befell_it_a_text_is_read_and_can_be_printed(one: Format, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(samples(one.name))).read_bytes()
    chance = random.Random(data.draw(st.integers(0, 1 << 32)))
    said = document(one.name, one.read(Paste(spoilt(text, chance))))
    json.dumps(said, allow_nan=False)


@every_format
@given(text=st.binary(max_size=300))
def test_any_bytes_are_read(one: Format, text: bytes) -> None:
    json.dumps(document(one.name, one.read(Paste(text))), allow_nan=False)


@every_sample
def test_line_ends_of_another_system_change_nothing(one: Format, text: bytes) -> None:
    assert document("", one.read(Paste(text.replace(b"\n", b"\r\n")))) == document("", one.read(Paste(text)))


@every_sample
def test_a_line_of_another_stream_changes_no_number(one: Format, text: bytes) -> None:
    chance = random.Random(one.name)
    whole = values(one, text)
    for _ in range(_INPUTS // 4):
        among = values(one, mixed(text, chance))
        assert {key: value for key, value in among.items() if value is not None and value != whole.get(key)} == {}


@every_sample
def test_of_a_text_cut_at_the_end_of_a_line_every_number_is_right(one: Format, text: bytes) -> None:
    chance = random.Random(one.name)
    whole = values(one, text)
    for _ in range(_INPUTS // 4):
        begun = cut(text, chance)
        told = values(one, begun[: begun.rfind(b"\n") + 1])
        assert {key: value for key, value in told.items() if value is not None and value != whole.get(key)} == {}


def test_a_name_is_found_however_it_is_spelt() -> None:
    assert named("Perfquery_x") is named("perfquery -x")
