"""A person's YAML is read to its end: every mistake at once, each with its line, its key and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.fabric.document import Document, Section, Value
from fabconsole.fabric.errors import DocumentError


def document(text: str | bytes) -> Document:
    return Document.parse(text.encode() if isinstance(text, str) else text, "f.yaml")


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        document(text)
    return [str(problem) for problem in refused.value.problems]


def finished(doc: Document) -> list[str]:
    try:
        doc.finish()
    except DocumentError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_what_is_written_is_read_by_its_key() -> None:
    doc = document(
        "name: east\nport: 22\nshare: 0.5\nfast: 2 min\non: yes\nwho: [a, b]\none: c\nmode: strict\n"
        "deep: {er: 1}\nlong: |\n  two\n  lines\n"
    )
    root = doc.root
    assert root.text("name", None) == "east"
    assert root.integer("port", None, most=65535) == 22
    assert root.number("share", None) == 0.5
    assert root.seconds("fast", None) == 120.0
    assert root.flag("on", None) is True
    assert root.texts("who") == ("a", "b")
    assert root.texts("one") == ("c",)
    assert root.choice("mode", ("strict", "lax"), None) == "strict"
    assert root.section("deep").integer("er", None) == 1
    assert root.lines("long", None) == "two\nlines\n"
    assert finished(doc) == []


def test_an_absent_key_is_its_default_and_no_problem() -> None:
    doc = document("a: 1")
    assert doc.root.integer("a", 0) == 1
    assert doc.root.text("user", None) is None
    assert doc.root.seconds("fast", 5.0) == 5.0
    assert doc.root.section("ssh").text("user", "me") == "me"
    assert doc.root.items("list") == ()
    assert finished(doc) == []


def test_every_problem_is_found_at_once_and_in_file_order() -> None:
    doc = document("port: many\nfast: 5\nnope: 1\nmode: stirct\n")
    doc.root.integer("port", 22, most=65535)
    doc.root.seconds("fast", 5.0)
    doc.root.choice("mode", ("strict", "accept-new"), "strict")
    doc.root.require("fabric")
    assert finished(doc) == [
        "f.yaml:1: fabric: is missing: this key is needed here",
        "f.yaml:1: port: 'many' is no whole number: write one from 0 to 65535",
        "f.yaml:2: fast: '5' is no duration: write a number and its unit, such as 500ms, 5s, 15m or 2h",
        "f.yaml:3: nope: unknown key: known here: port, fast, mode, fabric",
        "f.yaml:4: mode: 'stirct' is not known: did you mean strict? one of strict, accept-new",
    ]


def test_a_key_written_twice_is_refused_naming_both_lines() -> None:
    doc = document("a:\n  user: x\n  user: y\n")
    assert doc.root.section("a").text("user", None) == "x"
    assert finished(doc) == ["f.yaml:3: a.user: is written twice, first in line 2: keep one of them"]


def test_a_key_written_twice_hides_no_mistake_in_either_of_its_values() -> None:
    doc = document("a:\n  t: 5\nb: x\na:\n  t: 6\n  n: many\nlist: [1s]\nlist: [2]\none: 7\none: 8\n")
    section = doc.root.section("a")
    section.seconds("t", None), section.integer("n", None)
    [item.seconds() for item in doc.root.items("list")]
    doc.root.seconds("one", None), doc.root.integer("b", None)
    assert [said[: said.index(" is ")] for said in finished(doc)] == [
        "f.yaml:2: a.t: '5'",
        "f.yaml:3: b: 'x'",
        "f.yaml:4: a:",
        "f.yaml:5: a.t: '6'",
        "f.yaml:6: a.n: 'many'",
        "f.yaml:8: list:",
        "f.yaml:8: list[0]: '2'",
        "f.yaml:9: one: '7'",
        "f.yaml:10: one:",
        "f.yaml:10: one: '8'",
    ]


def test_an_unknown_key_is_told_the_nearest_spelling() -> None:
    doc = document("ssh:\n  idenity: x\n")
    ssh = doc.root.section("ssh")
    ssh.text("user", None), ssh.texts("identity")
    assert finished(doc) == ["f.yaml:2: ssh.idenity: unknown key: did you mean identity? known here: user, identity"]


def test_free_names_are_all_known() -> None:
    doc = document("r00: {row: a}\n17: {row: b}\n")
    assert [(name, value.section().text("row", None)) for name, value in doc.root.entries()] == [
        ("r00", "a"),
        ("17", "b"),
    ]
    assert finished(doc) == []


@pytest.mark.parametrize("word", ["on", "no", "012", "1e3", "1:30", "2026-01-01", "0x10"])
def test_a_text_is_read_as_written_whatever_yaml_makes_of_it(word: str) -> None:
    assert document(f"name: {word}").root.text("name", None) == word


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("500ms", 0.5), ("5s", 5), ("5 s", 5), ("2 min", 120), ("15m", 900), ("1.5h", 5400), ("7d", 604800)],
)
def test_durations_have_units(written: str, seconds: float) -> None:
    assert document(f"t: {written}").root.seconds("t", None) == seconds


@pytest.mark.parametrize("written", ["0s", "-1s", "5", "5 parsecs", "s", "1:30", "1e999s", "9999999999s", "[5s]", "~"])
def test_what_is_no_duration_is_refused(written: str) -> None:
    doc = document(f"t: {written}")
    assert doc.root.seconds("t", None) is None
    assert len(finished(doc)) == 1


def test_zero_seconds_are_read_where_they_make_sense() -> None:
    assert document("at: 0s").root.seconds("at", None, least=0) == 0.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.yaml: is empty"),
        ("# only a comment\n", "f.yaml: is empty"),
        ("- a\n- b\n", "f.yaml:1: is a list"),
        ("word", "f.yaml:1: is a single value"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: holds a second document"),
        (b"a: 1\nb: \xff\n", "f.yaml:2: byte 0xff is not UTF-8"),
        (b"a: 1\nb: \x00\n", "f.yaml:2: holds U+0000"),
        ("ä: ö\nb: \x01\n", "f.yaml:2: holds U+0001"),
        ("\ufeff\ufeffa: 1\n", "f.yaml:1: holds U+FEFF"),
        ("a: \uffff\n", "f.yaml:1: holds U+FFFF"),
        ("a: " + "[" * 5000, "f.yaml:1: is nested deeper than"),
        (b"a: " + b"x" * (5 << 20), "f.yaml: is larger than 4 MiB"),
    ],
)
def test_what_is_no_mapping_is_refused_with_its_line(text: str | bytes, said: str) -> None:
    assert problems(text)[0].startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("racks:\n\tr00: x\n", "2: racks.r00: is not YAML: a tab stands where blanks should"),
        ("racks:\n  r00:\n  \tnodes: x\n", "3: racks.r00.nodes: is not YAML: a tab stands"),
        ("fabric: e\n\tracks:\n", "2: racks: is not YAML: a tab stands where blanks should"),
        ("r:\n  a:\n    row: x\n\tnodes: x\n", "4: r.a.nodes: is not YAML: a tab stands"),
        ("a: >\n\tb\n", "2: a: is not YAML: a tab stands"),
        ("r:\n  a: {n: gpu[1-3]}\n", "2: r.a: is not YAML: what `{n: gpu[1-3]}` opens is not closed before `[1-3]}`"),
        ("r:\n  a: {n: x\n  b: {n: y}\n", "2: r.a: is not YAML: what `{n: x` opens is not closed before `: {n: y}`"),
        ("a: 1\nb: [1, 2\nc: 3\n", "2: b: is not YAML: what `[1, 2` opens is not closed before `: 3`"),
        ("a: {b: 1", "1: a: is not YAML: what `{b: 1` opens is not closed before the end"),
        ("a:\n  n: [1-3]x\n", "2: a.n: is not YAML: the value ends before its line does; quote"),
        ("a: 1\nracks\nb: 2\n", "2: is not YAML: no `: ` after `racks`"),
        ("a:\n  n:\n  -x\n  -y\nb: 2\n", "3: a: is not YAML: no `: ` after `-x`, or no blank after a dash"),
        ("a:1\nb: 2\n", "2: b: is not YAML: this line does not go on from those above"),
        ("a: x\n b: 2\n", "2: b: is not YAML: this line does not go on from those above"),
        ("a:\n   b: 1\n  c: 2\n", "3: a.c: is not YAML: this line does not go on from those above"),
        ("a:\n  b: c: d", "2: a.b: is not YAML: a second `: ` in the line"),
        ("a:\n  'b': \"c\nd: e\n", '2: a.b: is not YAML: the quote that opens here, `"c`, is not closed'),
        ('a: "C:\\keys"', "1: a: is not YAML: between double quotes a backslash"),
        ("a: @group", "1: a: is not YAML: no text begins with `@group`; quote it"),
        ("a: [b,,c]", "1: a: is not YAML: no text begins with `,c]`"),
        ("a: &", "1: a: is not YAML: quote a text that begins with `&`"),
        ("a: *x", "1: a: uses an alias (*name) that no anchor"),
        ("a: &x 1\nb:\n  c: &x 2", "3: b.c: defines an anchor (&name) a second time, first in line 1"),
        ("[a]\nb: 1\n", "2: b: is not YAML: what stands above is whole"),
    ],
)
def test_a_slip_in_the_grammar_is_told_by_its_line_and_key_as_what_it_most_likely_is(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"f.yaml:{said}")


def test_a_key_without_its_blank_is_told_so() -> None:
    doc = document("r:\n  nodes:gpu1: x\n  row = a: y\n")
    section = doc.root.section("r")
    section.text("nodes", None), section.text("row", None)
    assert finished(doc) == [
        "f.yaml:2: r.nodes:gpu1: unknown key: write `nodes: …`, with a colon and a blank",
        "f.yaml:3: r.row = a: unknown key: write `row: …`, with a colon and a blank",
    ]


def test_a_blank_that_is_none_is_told_so() -> None:
    assert finished(document("\u00a0a: 1\n")) == [
        "f.yaml:1: a: holds U+00A0, which is not seen: type blanks and letters anew"
    ]


def test_what_is_missing_below_a_wrong_value_is_not_told_as_well() -> None:
    doc = document("a: word\n")
    doc.root.section("a").require("b")
    assert finished(doc) == ["f.yaml:1: a: is a single value: it should be a mapping, `key: value`"]


def test_a_text_without_end_is_refused() -> None:
    doc = document("a: " + "x" * 20_000)
    assert doc.root.text("a", None) is None
    assert finished(doc) == ["f.yaml:1: a: is longer than 10,000 characters: write less"]


def test_a_slip_that_makes_a_problem_a_line_is_told_within_a_screen_or_two() -> None:
    doc = document("\n".join(f"k{number}: x" for number in range(1000)))
    with pytest.raises(DocumentError) as refused:
        doc.finish()
    assert len(refused.value.problems) == 1000
    assert str(refused.value).endswith("\nand 900 problems more")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    doc = document(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert (doc.root.integer("a", 0), doc.root.text("b", "")) == (1, "x")


@pytest.mark.parametrize("text", ["a: !!python/object/apply:os.system [echo]", "a: !secret x", "a: !!set {x}"])
def test_a_tag_is_refused_and_never_obeyed(text: str) -> None:
    doc = document(text)
    value = doc.root.get("a")
    assert value is not None
    value.section() if value.is_mapping else [item.text() for item in value.items()]
    assert any("tag" in said for said in finished(doc))


def test_aliases_are_read_where_they_stand() -> None:
    doc = document("a: &x {user: me}\nb: *x\n")
    assert [doc.root.section(key).text("user", None) for key in ("a", "b")] == ["me", "me"]
    assert finished(doc) == []


def test_merge_keys_are_refused() -> None:
    doc = document("a: &x {user: me}\nb:\n  <<: *x\n")
    doc.root.section("a").text("user", None)
    doc.root.section("b").text("user", None)
    assert finished(doc) == ["f.yaml:3: b.<<: merge keys are not read here: write the keys out"]


def test_a_bomb_of_aliases_ends_in_a_problem() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    doc = document("\n".join(rows))

    def unfold(value: Value) -> None:
        for item in value.items():
            unfold(item) if item.is_list else item.text()

    top = doc.root.get("a9")
    assert top is not None
    unfold(top)
    assert any("absurdly many" in said for said in finished(doc))


def test_an_escape_sequence_in_a_value_is_refused_and_not_shown_raw() -> None:
    doc = document('a: "\\e[31mred"\n"\\e[0m": 1\n')
    assert doc.root.text("a", None) is None
    said = finished(doc)
    assert len(said) == 2
    assert all(line.isprintable() for line in said)


def test_wrong_shapes_are_told_what_would_be_right() -> None:
    doc = document("a: [1]\nb: {x: 1}\nc: word\nd:\n")
    doc.root.text("a", None), doc.root.integer("b", None), doc.root.section("c"), doc.root.text("d", None)
    assert [said.partition(": ")[2] for said in finished(doc)] == [
        "a: is a list: it should be a text",
        "b: is a mapping: it should be a whole number",
        "c: is a single value: it should be a mapping, `key: value`",
        "d: is empty: it should be a text, or leave the key out",
    ]


def test_a_file_that_is_not_there_or_not_readable_is_a_problem_of_the_file(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.yaml", "there is no such file"), (tmp_path, "is a directory")):
        with pytest.raises(DocumentError, match=why):
            Document.read(path)


def read_everything(section: Section) -> None:
    for _, value in section.entries():
        value.text(), value.integer(), value.number(), value.seconds(), value.flag(), value.texts()
        if value.is_mapping:
            for _, inner in value.section().entries():
                inner.lines(), inner.choice(("a", "b"))


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(max_size=20)
    | st.text(alphabet="ab:-[]{}&*!<>|\"'\\ \n\t#?,x0~%@\x1b\u202e", max_size=60)
)
def test_any_bytes_are_read_or_refused_with_a_document_error(data: bytes | str) -> None:
    try:
        doc = document(data)
        read_everything(doc.root)
        doc.finish()
    except DocumentError as error:
        assert error.problems
        assert all(problem.message and str(problem).isprintable() for problem in error.problems)
