"""Whatever happens, in whatever order: no exception, no negative rate, nothing green that was not just seen."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from state_records import CANNOT_COUNT, CLEAN, DOWN, INACTIVE, NO_COUNTER, QUIET, UP, Lab, active, xid

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import NvlinkState, PortState
from fabconsole.state.listing import render
from fabconsole.state.report import document
from fabconsole.state.row_names import merged
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import FAR_SIDE, Peer, Reason

HOSTS = ("h0", "h1")
PORTS = ("mlx5_0/1", "mlx5_1/1", "mlx5_1/2")
LINKS = ("gpu0/nvl0", "gpu0/nvl1", "gpu1/nvl0")
WELL = {Health.OK, Health.EXPECTED_DOWN, Health.NOT_SUPPORTED}

values = st.sampled_from([0, 1, 7, 255, 65535, 70000, 2**32 - 1, 2**32, 2**64 - 1, NO_COUNTER, CANNOT_COUNT])
counts = st.dictionaries(st.sampled_from([*CLEAN, "unheard_of"]), values, max_size=4)
port_states = st.sampled_from(
    [active("a"), active("b"), active(rate=100.0), DOWN, PortState(), PortState(state="Armed")]
)
link_states = st.sampled_from([UP, INACTIVE, NvlinkState(state="unknown")])
hosts = st.sampled_from(HOSTS)
rows_of = st.dictionaries(st.sampled_from(PORTS), st.tuples(counts, port_states), max_size=3)
links_of = st.dictionaries(st.sampled_from(LINKS), st.tuples(st.just(QUIET) | counts, link_states), max_size=3)
switch_rows = st.dictionaries(st.sampled_from(["1", "2"]), st.tuples(counts, port_states), max_size=2)
peers = st.none() | st.builds(
    Peer,
    port_guid=st.sampled_from(["a", "b", "00", ""]),
    port=st.just(1),
    description=st.sampled_from(["h0 mlx5_0", ""]),
)
deeds = st.one_of(
    st.tuples(st.just("wait"), st.floats(0.1, 400.0)),
    st.tuples(st.just("ports"), hosts, rows_of, st.lists(st.sampled_from(PORTS), max_size=1)),
    st.tuples(st.just("nvlinks"), hosts, links_of),
    st.tuples(st.just("rest"), hosts, st.integers(0, 3)),
    st.tuples(
        st.just("silent"), hosts, st.sampled_from(["hca", "gpu", "nvlink", "log", "in-band"]), st.sampled_from(Reason)
    ),
    st.tuples(st.just("reboot"), hosts),
    st.tuples(st.just("xid"), hosts, st.floats(0, 9000.0)),
    st.tuples(
        st.just("sweep"),
        hosts,
        st.lists(st.tuples(st.sampled_from(["leaf", "leaf", "h0", "a/b"]), switch_rows, peers), max_size=3),
        st.booleans(),
    ),
)


def do(lab: Lab, deed: tuple) -> None:  # type: ignore[type-arg]
    match deed:
        case ("wait", seconds):
            lab.wait(seconds)
        case ("ports", host, rows, unread):
            counted = {row: count for row, (count, _) in rows.items()}
            states = {row: state for row, (_, state) in rows.items()}
            lab.ports(host, counted, states, unread=[row for row in unread if row not in rows])
        case ("nvlinks", host, rows):
            lab.nvlinks(host, {row: c for row, (c, _) in rows.items()}, {row: s for row, (_, s) in rows.items()})
        case ("rest", host, gpus):
            lab.rest(host, gpus)
        case ("silent", host, question, reason):
            lab.silent(host, question, reason, "…")
        case ("reboot", host):
            lab.boots[host] += "+"
            lab.booted_at[host] = lab.now - 1
        case ("xid", host, ago):
            lab.log(host, xid(host, lab.now - ago))
        case ("sweep", host, switches, complete):
            lab.sweep(
                host,
                *(
                    lab.switch(
                        name,
                        {row: count for row, (count, _) in rows.items()},
                        {row: state for row, (_, state) in rows.items()},
                        {"1": peer} if peer else {},
                        guid=f"{number:016x}",
                        node=host,
                    )
                    for number, (name, rows, peer) in enumerate(switches)
                ),
                complete=complete,
            )


def check(snapshot: Snapshot) -> None:
    for view in snapshot.nodes.values():
        answered = {question.name: question.health for question in view.questions}
        unanswered = {name for name, health in answered.items() if health not in WELL}
        if view.health in WELL:
            assert not unanswered
            assert {port.health for port in view.ports} | {link.health for link in view.nvlinks} <= set(WELL)
        for port in view.ports:
            assert all(rate >= 0 for rate in port.rates.values())
            assert not set(port.rates) - set(port.counters)
            if port.health is Health.OK:
                assert port.state.state == "Active"
                assert answered.get("hca", answered.get("in-band")) is Health.OK
        for link in view.nvlinks:
            assert all(rate >= 0 for rate in link.rates.values())
            if link.health is Health.OK:
                assert link.state.state == "up"
                assert answered["nvlink"] is Health.OK
    json.dumps(document(snapshot), allow_nan=False)


@settings(max_examples=150, deadline=None)
@given(st.lists(deeds, max_size=25), st.sampled_from([Expect(), Expect(hcas=2, rate_gbps=400.0, gpus=2, nvlinks=2)]))
def test_any_stream_of_records_gives_a_picture_that_is_never_greener_than_it_may_be(
    stream: list[tuple],  # type: ignore[type-arg]
    expect: Expect,
) -> None:
    lab = Lab(*HOSTS, expect=expect, in_band=HOSTS)
    for deed in stream:
        do(lab, deed)
        check(lab.state.snapshot(lab.now))
        match deed:
            case ("silent", host, _, reason) if reason in FAR_SIDE:
                view = lab.node(host)
                assert Health.OK not in {row.health for row in view.questions}
                assert Health.OK not in {row.health for row in view.ports} | {row.health for row in view.nvlinks}
    console = Console(width=80)
    with console.capture():
        console.print(render(lab.state.snapshot(lab.now)))


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
def test_a_new_listing_keeps_its_order_and_every_row_that_vanished(old: list[int], new: list[int]) -> None:
    names_old, names_new = [str(n) for n in old], [str(n) for n in new]
    order = merged(names_old, names_new)
    assert sorted(order) == sorted({*names_old, *names_new})
    assert [name for name in order if name in names_new] == names_new
