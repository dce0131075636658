"""The README's table of formats, made from what each says of itself.

python tests/formats/format_table.py      # writes it there
"""

from __future__ import annotations

from pathlib import Path

from fabconsole.formats.format import Format, formats

README = Path(__file__).parents[2] / "README.md"
_TOLD = 4
BEGIN, END = "<!-- formats -->\n", "<!-- /formats -->\n"


def table() -> str:
    """Markdown, a line a format."""
    head = "| format | printed by | versions, seen or read of in a source | what comes out |\n"
    head += "| --- | --- | --- | --- |\n"
    return head + "".join(f"| `{one.name}` | {_commands(one)} | {one.versions} | {one.yields} |\n" for one in formats())


def _commands(one: Format) -> str:
    """The commonest; `parse --list --json` tells them all."""
    return ", ".join(f"`{command}`" for command in one.commands[:_TOLD]).replace("|", "\\|")


def written(readme: str) -> str:
    """The README with the table as it should be."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.split(END)[1]


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
