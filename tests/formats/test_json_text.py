"""JSON as it comes out of terminals: what is whole is read, what is not is handed back, nothing moves elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.document import safe
from fabconsole.formats.json_text import documents

_NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(st.text(max_size=4), _NESTED, min_size=1, max_size=4)


def test_documents_after_each_other_are_each_read() -> None:
    assert documents('{"a": 1}\n[2]\n').found == [{"a": 1}, [2]]


def test_lines_around_a_document_are_handed_back() -> None:
    assert documents('Warning: x\n{"a": 1}\nbye\n').rest == ["Warning: x", "bye"]


def test_a_warning_within_a_document_is_handed_back_and_the_rest_read() -> None:
    said = documents('{\n"a": 1,\nWarning: stale token\n"b": 2\n}\n')
    assert (said.found, said.rest, said.cut) == ([{"a": 1, "b": 2}], ["Warning: stale token"], False)


def test_a_damaged_heading_does_not_give_its_values_to_the_one_before() -> None:
    said = documents('{"swp1": {"in": 1},\n"swp2: {\n"out": 7}\n}\n')
    assert said.found == [{"swp1": {"in": 1}}]


def test_a_number_at_the_very_end_may_have_lost_digits_and_is_left_out() -> None:
    said = documents('{"a": 12, "b": 345')
    assert (said.found, said.cut) == ([{"a": 12}], True)


@pytest.mark.parametrize("said", ["NaN", "Infinity", "1e999"])
def test_what_is_no_number_of_jsons_is_null(said: str) -> None:
    (found,) = documents(f'{{"a": {said}}}').found
    assert json.dumps(safe(found), allow_nan=False) == '{"a": null}'


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, '{"a": ' + "9" * 10_000 + "}"])
def test_what_python_refuses_to_read_is_no_end(text: str) -> None:
    documents(text)


def _agrees(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _agrees(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(_agrees(*pair) for pair in zip(part, whole, strict=False))
    return bool(part == whole)


@given(_DOCUMENTS, st.data())
def test_what_is_read_of_a_document_that_was_cut_is_what_it_said(whole: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(whole, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=False)
    said = documents(text[: data.draw(st.integers(0, len(text)))])
    assert all(_agrees(part, whole) for part in said.found)


@pytest.mark.timeout(20)
def test_brackets_by_the_hundred_thousand_take_time_in_proportion() -> None:
    for opening in ("[", '{"a":', "[{}, "):
        assert documents(opening * 100_000).cut


@pytest.mark.timeout(20)
def test_documents_by_the_hundred_thousand_take_time_in_proportion() -> None:
    assert len(documents('{"a":1}\n' * 100_000).found) == 100_000
    assert documents('{"a":1,\nx\n"b":2}\n' * 100_000).found[0] == {"a": 1, "b": 2}
