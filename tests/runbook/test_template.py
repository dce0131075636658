"""A command is words with holes, never shell: whatever a node calls its device, it stays one word or does not run."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabconsole.fabric.errors import CommandError
from fabconsole.runbook.template import PLACEHOLDERS, quoted, template


def test_holes_are_named_once_in_the_order_they_are_written() -> None:
    assert template("ibstat {device} {port} /x/{device}").needs == ("device", "port")


def test_values_fill_the_holes_inside_words_too() -> None:
    words = template("grep -rsH . /sys/{device}/ports/{port}").filled({"device": "mlx5_0", "port": "1"})
    assert quoted(words) == "grep -rsH . /sys/mlx5_0/ports/1"


def test_via_is_several_words_or_none() -> None:
    one = template("perfquery -x {via} {lid}")
    assert one.filled({"lid": "4"}, ["-C", "mlx5_0", "-P", "1"]) == ("perfquery", "-x", "-C", "mlx5_0", "-P", "1", "4")
    assert one.filled({"lid": "4"}) == ("perfquery", "-x", "4")


def test_quotes_group_words_as_a_shell_would() -> None:
    words = template("journalctl -k -g 'NVRM|mlx5 core'").filled({})
    assert words[-1] == "NVRM|mlx5 core"
    assert shlex.split(quoted(words)) == list(words)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cat /x | head", "no shell reads this"),
        ("cat /x; reboot", "no shell reads this"),
        ("cat /sys/*/x", "no shell reads this"),
        ("cat $HOME", "no shell reads this"),
        ("cat `id`", "no shell reads this"),
        ("cat > f", "no shell reads this"),
        ("cat 'x", "quote is not closed"),
        ("cat {devise}", "did you mean device?"),
        ("cat {device", "brace is not closed"),
        ("perfquery -C{via}", "blanks around it"),
        ("{device} -x", "is no tool"),
        ("-x", "is no tool"),
        ("''", "is no tool"),
        ("   ", "is empty"),
        ("cat a\nreboot", "one plain line"),
    ],
)
def test_what_is_not_plain_words_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        template(text)


def test_a_value_that_is_not_known_is_named() -> None:
    with pytest.raises(CommandError, match=r"needs \{lid\}"):
        template("perfquery {lid}").filled({})


@pytest.mark.parametrize("hole", sorted(PLACEHOLDERS))
@pytest.mark.parametrize("value", ["", "-R", "a b", "$(reboot)", "a;b", "../x", "a/b", "x\n", "é", "a'b", "--pc", "*"])
def test_a_value_that_could_be_anything_else_is_not_run(hole: str, value: str) -> None:
    with pytest.raises(CommandError):
        template(f"ibstat {{{hole}}}").filled({hole: value})


@given(st.text(max_size=40))
def test_no_device_name_escapes_its_word(name: str) -> None:
    try:
        words = template("ibstat {device} -s").filled({"device": name})
    except CommandError:
        return
    assert shlex.split(quoted(words)) == ["ibstat", name, "-s"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=12),
        min_size=1,
        max_size=4,
    )
)
def test_quoting_holds_in_a_real_shell(words: list[str]) -> None:
    script = f"printf '%s\\0' {quoted(words)}"
    said = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=10).stdout
    assert said == b"".join(word.encode() + b"\0" for word in words)
