"""ibtracert: which port a way leaves and enters by, where one ends and the next begins, where it broke off."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

FROM = 'From ca {0x0c00000000bb0001} portnum 1 lid 101-101 "gpu-a01 mlx5_0"\n'
LEAF = '[1] -> switch port {0x0c00000000aa0010}[5] lid 12-12 "leaf-a01"\n'
LAST = '[2] -> ca port {0x0c00000000bb0004}[1] lid 104-107 "gpu-a02 mlx5_0"\n'
TO = 'To ca {0x0c00000000bb0003} portnum 1 lid 104-107 "gpu-a02 mlx5_0"\n'


def read(text: str) -> Reading:
    return named("ibtracert").read(Paste(text))


def paths(text: str) -> list[dict[str, object]]:
    told = read(text).facts["paths"]
    assert isinstance(told, list)
    return [dict(one) for one in told if isinstance(one, dict)]


def test_a_hop_is_the_port_it_comes_in_by_and_its_peer_the_one_it_left_by() -> None:
    said = read(FROM + LEAF + LAST + TO)
    assert [(row.id, row.peer) for row in said.rows] == [
        ("0c00000000bb0001/1", None),
        ("0c00000000aa0010/5", "0c00000000bb0001/1"),
        ("0c00000000bb0004/1", "0c00000000aa0010/2"),
    ]
    assert [row.extra.get("exit_port") for row in said.rows] == [1, 2, None]


def test_a_way_that_ended_is_whole() -> None:
    assert paths(FROM + LEAF + LAST + TO) == [
        {
            "from": "gpu-a01 mlx5_0",
            "from_port": "0c00000000bb0001/1",
            "from_lid": 101,
            "to": "gpu-a02 mlx5_0",
            "to_port": "0c00000000bb0003/1",
            "to_lid": 104,
            "hops": 2,
            "switches": 1,
            "complete": True,
        }
    ]


def test_a_way_that_broke_off_is_not() -> None:
    broken = 'ibwarn: [1] find_route: Bad out port state found: node "leaf-a01" outport 2 state 1\n'
    assert [path["complete"] for path in paths(FROM + LEAF + broken)] == [False]
    assert [event.kind for event in read(FROM + LEAF + broken).events] == ["ibwarn"]


def test_a_way_whose_beginning_was_lost_joins_none_before_it() -> None:
    said = read(FROM + LEAF + LAST + TO + LEAF + LAST + TO)
    assert [row.extra["path"] for row in said.rows] == [1, 1, 1, 2, 2]
    assert [path["complete"] for path in paths(FROM + LEAF + LAST + TO + LEAF + LAST + TO)] == [True, False]


def test_a_range_of_lids_is_told() -> None:
    row = read(FROM + LEAF + LAST).rows[-1]
    assert (row.extra["lid"], row.extra["last_lid"]) == (104, 107)


def test_without_names_it_is_not_known_what_is_a_switch() -> None:
    text = "From {0x0c00000000bb0001}[1]\n[1] -> {0x0c00000000aa0010}[1]\nTo {0x0c00000000aa0010}[0]\n"
    assert [(path["hops"], path["switches"], path["to"]) for path in paths(text)] == [(1, None, "0c00000000aa0010/0")]


@pytest.mark.parametrize("tool", ["ibtracert", "ibnetdiscover", "ibnodes"])
def test_a_failure_alone_names_its_tool(tool: str) -> None:
    paste = Paste(f"ibwarn: [7] mad_rpc: _do_madrpc failed\n{tool}: iberror: failed: can't reach to/from ports\n")
    assert recognise(paste)[:1] == (named(tool),)
    assert (len(named(tool).read(paste).events), named(tool).read(paste).unparsed) == (2, [])
