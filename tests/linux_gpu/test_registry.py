"""A platform is a file in a folder."""

from __future__ import annotations

import sys

import pytest

import fabconsole.platforms
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.inventory import InBand, Node
from fabconsole.platforms import registry
from fabconsole.platforms.hca import HcaInquiry
from fabconsole.platforms.kernel_log import KernelLog
from fabconsole.platforms.question import Rhythm

NODE = Node(name="gpu1", rack="r1", address="gpu1")

MODULE = """
from fabconsole.platforms.question import Question, Rhythm

class Abacus:
    name = "abacus"

    def questions(self, node):
        return (Question(name="beads", rhythm=Rhythm.SLOW, lane="slow", deadline_s=1.0, cap_bytes=10),)

    def inquiry(self, question, node):
        return f"{question.name} of {node.name}"

PLATFORM = Abacus()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """One more folder of the platforms package."""
    monkeypatch.setattr(fabconsole.platforms, "__path__", [*fabconsole.platforms.__path__, str(tmp_path)])
    registry.forget()
    yield tmp_path
    registry.forget()
    for name in ("abacus", "in_band_stub"):
        sys.modules.pop(f"fabconsole.platforms.{name}", None)


def test_a_file_that_is_dropped_in_is_a_platform(folder):
    assert "abacus" not in registry.names()
    (folder / "abacus.py").write_text(MODULE)
    registry.forget()
    assert "abacus" in registry.names()
    node = Node(name="n", rack="r", address="n", platform="abacus")
    (question,) = registry.questions(node)
    assert registry.inquiry(question, node) == "beads of n"


def test_a_gpu_host_is_asked_for_hcas_gpus_nvlinks_and_its_log():
    asked = {question.name: question for question in registry.questions(NODE)}
    assert list(asked) == ["hca", "gpu", "nvlink", "log"]
    assert [asked[name].rhythm for name in ("hca", "nvlink", "log")] == [Rhythm.FAST, Rhythm.SLOW, Rhythm.FOLLOW]
    assert {asked[name].lane for name in ("gpu", "nvlink")} == {"slow"}
    assert isinstance(registry.inquiry(asked["hca"], NODE), HcaInquiry)
    assert isinstance(registry.inquiry(asked["log"], NODE), KernelLog)


def test_every_inquiry_is_a_fresh_one():
    question = registry.questions(NODE)[0]
    assert registry.inquiry(question, NODE) is not registry.inquiry(question, NODE)


def test_the_in_band_role_adds_its_question_to_the_nodes_that_have_it():
    pytest.importorskip("fabconsole.platforms.in_band")
    registry.forget()
    node = Node(name="gpu1", rack="r1", address="gpu1", in_band=InBand())
    assert [question.name for question in registry.questions(node)] == ["hca", "gpu", "nvlink", "log", "in-band"]
    question = registry.questions(node)[-1]
    assert registry.inquiry(question, node).call()


def test_an_unknown_platform_is_refused_with_those_there_are():
    with pytest.raises(ResourceError, match="linux-gpu"):
        registry.platform("toaster")
