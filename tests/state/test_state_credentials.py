"""A certificate of ours that runs out is one banner, before it does and after."""

from __future__ import annotations

import pytest
from state_records import START, Lab

from fabconsole.stream.records import Credential, Reason

NAME = "certificate ~/.ssh/id_ed25519-cert.pub"
HOSTS = ("h0", "h1", "h2")


@pytest.fixture
def lab() -> Lab:
    lab = Lab(*HOSTS)
    lab.state.apply(Credential(at=START, name=NAME, until=START + 3600))
    return lab


def banners(lab: Lab) -> list[str]:
    return [banner.text for banner in lab.state.snapshot(lab.now).banners]


def test_nothing_is_said_half_an_hour_before_and_then_how_long_it_lasts(lab: Lab) -> None:
    assert banners(lab.wait(1799)) == []
    (said,) = banners(lab.wait(1))
    assert said.startswith(f"{NAME} expires in 30 min, at ")


def test_what_has_run_out_is_told_though_every_connection_stands(lab: Lab) -> None:
    (said,) = banners(lab.wait(3600))
    assert said.startswith(f"{NAME} expired at ")
    assert "what is connected stays" in said


def test_a_new_one_in_its_place_ends_the_banner(lab: Lab) -> None:
    lab.wait(3000).state.apply(Credential(at=lab.now, name=NAME, until=lab.now + 86_400))
    assert banners(lab) == []


def test_where_nodes_refuse_it_already_there_is_one_banner_and_not_two(lab: Lab) -> None:
    lab.wait(3700)
    for host in HOSTS:
        lab.silent(host, "hca", Reason.EXPIRED, f"{NAME} expired at Jan 01 01:00:00 UTC")
    (said,) = banners(lab)
    assert said.startswith("3 of 3 nodes: certificate expired: ")
