"""A text as it came is made plain: what the way here added is gone, what the tool printed is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.paste import Paste


@pytest.mark.parametrize(
    ("came", "plain"),
    [
        pytest.param(b"a\r\nb\r\n", "a\nb\n", id="line ends of another system"),
        pytest.param(b"a\r\r\nb", "a\nb", id="a terminal's line ends, twice"),
        pytest.param(b"a\rb", "a\nb", id="a line that was drawn over"),
        pytest.param(b"\x1b[4mGPU0\x1b[0m\tGPU1", "GPU0\tGPU1", id="colours"),
        pytest.param(b"\x1b]0;title\x07state", "state", id="a window's title"),
        pytest.param(b"ab\x08c", "ac", id="a character that was rubbed out"),
        pytest.param("\ufeffa".encode(), "a", id="a byte order mark"),
        pytest.param("a\n".encode("utf-16"), "a\n", id="two bytes a character"),
        pytest.param("a\u202eb".encode(), "ab", id="signs that turn the direction"),
        pytest.param(b"> a\n>   b\n>\n", "a\n  b\n\n", id="a mail's quoting"),
        pytest.param(b">> a\n> > b\n", "a\nb\n", id="quoting of quoting"),
        pytest.param(b"```console\na\n```\n", "a\n", id="fences of Markdown"),
        pytest.param(b"a\n--More--\nb\n", "a\n\nb\n", id="a pager's mark"),
        pytest.param(b"a\n==> b\nc > d", "a\n==> b\nc > d", id="a tool's own arrows"),
        pytest.param(b"# Port counters: Lid 6 port 1", "# Port counters: Lid 6 port 1", id="a tool's own number sign"),
    ],
)
def test_what_the_way_here_added_is_taken_off(came: bytes, plain: str) -> None:
    assert Paste(came).text == plain


@pytest.mark.parametrize(
    "prompt",
    [
        "root@gpu001:~# ",
        "[root@gpu001 ~]# ",
        "[fabops@gpu001 /var/log]$ ",
        "admin@leaf-a01:mgmt:~$ ",
        "leaf-a01 [standalone: master] # ",
        "$ ",
        "    $ ",
        "login1$ ",
        "bash-5.1# ",
        "❯ ",
        "Every 2.0s: ",
    ],
)
def test_a_prompt_is_no_output_and_tells_the_command(prompt: str) -> None:
    paste = Paste(f"{prompt}ibstat mlx5_0\nCA 'mlx5_0'\n")
    assert (paste.commands, paste.text) == (("ibstat mlx5_0",), "\nCA 'mlx5_0'\n")


def test_what_watch_says_beside_a_command_is_none_of_it() -> None:
    assert Paste("Every 2.0s: ibstat          gpu017: Mon Nov 23 05:00:00 2026\n\nCA").commands == ("ibstat",)


@pytest.mark.parametrize(("came", "mid_line"), [(b"", False), (b"a\n", False), (b"a\r\n", False), (b"a\nb", True)])
def test_a_text_that_ends_within_a_line_says_so(came: bytes, mid_line: bool) -> None:
    assert Paste(came).ends_mid_line is mid_line


@given(st.binary(max_size=400))
def test_any_bytes_become_lines_without_a_control_sign(came: bytes) -> None:
    assert all(char in "\n\t" or (char >= " " and not "\x7f" <= char <= "\x9f") for char in Paste(came).text)


def test_a_prompt_is_kept_by_its_line_with_what_was_typed_there() -> None:
    paste = Paste("ops@a:/sys/class# cat x\n7\nops@a:/sys/class# \n")
    assert (paste.prompts, paste.typed) == ({0: "ops@a:/sys/class#", 2: "ops@a:/sys/class#"}, {0: "cat x"})
