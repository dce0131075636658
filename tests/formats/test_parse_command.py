"""`fabconsole parse`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fabconsole.cli.commands import fabconsole
from fabconsole.formats.format import formats

_TEXT = "# Port counters: Lid 6 port 1 (CapMask: 0x1400)\nSymbolErrorCounter:..............3\n"


def parse(*said: str, text: str | bytes = _TEXT) -> Result:
    """Run it with a text on standard input."""
    return CliRunner().invoke(fabconsole, ["parse", *said], input=text)


def test_json_has_the_rows_of_a_text() -> None:
    said = json.loads(parse("perfquery", "--json").stdout)
    assert (said["format"], said["rows"][0]["counters"]) == ("perfquery", {"symbol_error": 3})


def test_a_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "ticket.txt").write_text(_TEXT)
    assert "symbol 3" in parse("perfquery", str(tmp_path / "ticket.txt")).stdout


def test_a_command_is_a_name_too() -> None:
    assert json.loads(parse("perfquery -x", "--json").stdout)["format"] == "perfquery"


def test_auto_recognises_the_tool() -> None:
    assert json.loads(parse("auto", "--json").stdout)["format"] == "perfquery"


def test_keys_that_do_not_apply_are_left_out() -> None:
    assert {"state", "ber", "peer"} & set(json.loads(parse("perfquery", "--json").stdout)["rows"][0]) == set()


def test_every_format_is_listed() -> None:
    listed = json.loads(parse("--list", "--json").stdout)
    assert [one["name"] for one in listed] == [one.name for one in formats()]


def test_a_text_of_nobodys_says_what_to_do() -> None:
    done = parse("auto", text="so long\n")
    assert (done.exit_code, "--list" in done.output) == (65, True)


def test_an_unknown_format_says_which_is_like_it() -> None:
    done = parse("perfqery")
    assert (done.exit_code, "did you mean perfquery?" in done.output) == (64, True)


def test_a_text_of_which_nothing_was_understood_is_an_error() -> None:
    done = parse("perfquery", text="so long\n")
    assert (done.exit_code, "`auto`" in done.stderr) == (65, True)


def test_a_text_that_ends_within_a_line_says_that_it_may_be_cut() -> None:
    assert "ends_mid_line" in json.loads(parse("perfquery", "--json", text=_TEXT.rstrip()).stdout)["facts"]


def test_a_text_of_two_tools_names_the_other() -> None:
    done = parse("auto", text=_TEXT + "CA 'mlx5_0'\n\tCA type: MT4129\n\tPort 1:\n\t\tState: Active\n")
    assert "signs of" in done.stdout


@pytest.mark.parametrize("form", [["--json"], []])
def test_any_bytes_are_answered_in_plain_words(form: list[str]) -> None:
    done = parse("perfquery", *form, text=b"\xff\x00\x1b[2J\n" + _TEXT.encode())
    assert (done.exit_code, "\x1b" in done.stdout) == (0, False)
