"""The README tells every format there is."""

from __future__ import annotations

from format_table import README, written


def test_the_table_of_formats_is_the_formats() -> None:
    readme = README.read_text("utf-8")
    assert written(readme) == readme, "python tests/formats/format_table.py writes it anew"
