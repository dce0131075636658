"""Many nodes in few characters: written out in the order they hang, folded again, and never a shell or a surprise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.node_sets import expanded, folded


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("gpu1", ["gpu1"]),
        ("gpu[0-2]", ["gpu0", "gpu1", "gpu2"]),
        ("gpu[08-10]", ["gpu08", "gpu09", "gpu10"]),
        ("r[0-1]n[0-1]", ["r0n0", "r0n1", "r1n0", "r1n1"]),
        ("gpu[1-5/2]", ["gpu1", "gpu3", "gpu5"]),
        ("gpu[0,3]-ib", ["gpu0-ib", "gpu3-ib"]),
        ("gpu[0-3]!gpu2", ["gpu0", "gpu1", "gpu3"]),
        ("spine1, leaf[1-2]", ["spine1", "leaf1", "leaf2"]),
    ],
)
def test_a_set_is_written_out(text: str, names: list[str]) -> None:
    assert list(expanded(text)) == names


def test_parts_keep_the_order_they_are_written_in() -> None:
    assert expanded("z1,a[0-1],m1") == ("z1", "a0", "a1", "m1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gpu[5-3]", "reversed"),
        ("gpu[]", "empty range"),
        ("gpu[1,]", "empty range"),
        ("", "nothing in it"),
        ("gpu1,", "comma too many"),
        ("gpu[1-", "no set of nodes"),
        ("gpu]", "no set of nodes"),
        ("gpu[a-c]", "no range"),
        ("gpu[01-1]", "padding"),
        ("gpu[1,1]", "twice"),
        ("gpu[1-3],gpu[3-5]", "gpu3 twice"),
        ("@racks", "would run commands"),
        ("gpu*", "no node name"),
        ("-oProxyCommand=x", "no node name"),
        ("gpu 1", "no node name"),
        ("gpu1;reboot", "no node name"),
        ("../x", "no node name"),
        ("gpu1!gpu1", "no node"),
        ("gpu[0-999999999]", "at most 100,000"),
        ("gpu[0-999]-[0-999]", "at most 100,000"),
        ("gpu[0-999999999999999999999]", "no range"),
        (",".join(f"gpu{n}" for n in range(5000)), "shorter sets"),
    ],
)
def test_what_is_no_set_is_refused_saying_why(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        expanded(text)


def test_folding_is_the_inverse_of_writing_out() -> None:
    assert folded(expanded("gpu[00-03],leaf1")) == "gpu[00-03],leaf1"


@given(st.text(alphabet="gp01[]-,!&^@/ é", max_size=24))
def test_any_text_is_names_or_a_reason(text: str) -> None:
    try:
        names = expanded(text)
    except ValueError as error:
        assert str(error)
    else:
        assert names
        assert len(set(names)) == len(names)
