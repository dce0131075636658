"""What the captures of ibtracert must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.formats.reading import Reading

facts = Facts()
PATH = "ibtracert/ibsim-leaf-spine-leaf.txt"


@facts(PATH, "path lid 5 to lid 12 over switches lid 4, 2, 7 (3 hops through switches)")
def _(said: Reading) -> None:
    (path,) = (one for one in _paths(said))
    assert (path["from_lid"], path["to_lid"], path["switches"], path["complete"]) == (5, 12, 3, True)
    assert [row.extra["lid"] for row in said.rows if row.extra["node_type"] == "switch"] == [4, 2, 7]


@facts(PATH, "From hxa-gpu01 mlx5_0, To hxa-gpu03 mlx5_0")
def _(said: Reading) -> None:
    (path,) = (one for one in _paths(said))
    assert (path["from"], path["to"]) == ("hxa-gpu01 mlx5_0", "hxa-gpu03 mlx5_0")


def _paths(said: Reading) -> list[dict[str, object]]:
    paths = said.facts["paths"]
    assert isinstance(paths, list)
    return [dict(one) for one in paths if isinstance(one, dict)]


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
