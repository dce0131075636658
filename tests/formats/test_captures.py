"""What holds for every capture: its tool is recognised, and no fact about it is left untested."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from captures import CORPUS, Facts, manifest, text_of

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the captures are not here")


@pytest.mark.parametrize("path", [str(capture["path"]) for capture in manifest()])
def test_the_tool_is_recognised_from_its_text(path: str) -> None:
    recognised = recognise(Paste(text_of(path)))
    assert recognised[:1] == (named(path.split("/")[0]),)


def test_every_fact_of_the_manifest_has_its_assertion() -> None:
    for file in sorted(Path(__file__).parent.glob("test_corpus_*.py")):
        importlib.import_module(file.stem)
    stated = {(str(capture["path"]), str(fact)) for capture in manifest() for fact in capture["expect"]}  # type: ignore[attr-defined]
    assert stated - set(Facts.every) == set()
