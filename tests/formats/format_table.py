"""The README's table of formats, made from what each says of itself.

python tests/formats/format_table.py      # writes it there
"""

from __future__ import annotations

from pathlib import Path

from fabconsole.formats.format import formats

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- formats -->\n", "<!-- /formats -->\n"


def table() -> str:
    """Markdown, a line a format."""
    head = "| format | printed by | seen from | what comes out |\n| --- | --- | --- | --- |\n"
    return head + "".join(
        f"| `{one.name}` | {', '.join(f'`{command}`' for command in one.commands)} | {one.versions} | {one.yields} |\n"
        for one in formats()
    )


def written(readme: str) -> str:
    """The README with the table as it should be."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.split(END)[1]


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
