"""An NVLink that fails makes every GPU that used it complain: the root stands first, its echoes are counted there."""

from __future__ import annotations

from dataclasses import replace

from state_records import Lab

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.report import document
from fabconsole.state.snapshot import Snapshot

WHERE = "XC1 i0 Link 12 (0x040988e2 0x00000008)"


def root(node: str, at: float) -> Event:
    return Event(
        at=at,
        node=node,
        kind="xid",
        severity=Severity.CRIT,
        code=149,
        subject="gpu3",
        link=8,
        text="NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6)",
        meaning="NVLink NETIR_LINK_EVT",
        action="reset the GPU",
    )


def echo(node: str, at: float, gpu: int, said: str = "Nonfatal") -> Event:
    event = root(node, at)
    text = f"RLW_SRC_TRACK {said} {WHERE}"
    return replace(
        event, severity=Severity.WARN, code=145, subject=f"gpu{gpu}", link=12, text=text, meaning="NVLink RLW_SRC_TRACK"
    )


def burst(*, root_last: bool = False) -> Lab:
    """h0/gpu3 fails; two GPUs of its own and three of h1's follow within a second."""
    lab = Lab("h0", "h1")
    lab.all_well("h0", "h1")
    heard = [root("h0", lab.now)]
    heard += [echo("h0", lab.now + 0.1 * gpu, gpu) for gpu in (1, 2)]
    heard += [echo("h1", lab.now + 0.2 * gpu, gpu) for gpu in (1, 2, 3)]
    for event in heard[::-1] if root_last else heard:
        lab.log(event.node, event)
        lab.state.snapshot(lab.now)
    return lab


def seen(lab: Lab) -> Snapshot:
    return lab.state.snapshot(lab.now)


def test_the_worst_list_tells_the_root_and_counts_its_echoes() -> None:
    (line,) = seen(burst()).findings
    assert (line.end, line.health) == ("h0/gpu3", Health.CRIT)
    assert line.reason.startswith("root of 5 Xid 145 on 2 nodes: Xid 149 ")
    assert [one.end for one in line.under] == ["h1/gpu1"]


def test_it_does_so_whichever_is_heard_of_first() -> None:
    assert [line.end for line in seen(burst(root_last=True)).findings] == ["h0/gpu3"]


def test_the_events_tell_the_root_and_hold_the_echoes_under_it() -> None:
    (line,) = seen(burst()).events
    assert line.headline == "root of 5 Xid 145 on 2 nodes: Xid 149 NVLink NETIR_LINK_EVT · gpu3 link 8"
    assert len(line.under) == 5


def test_a_script_reads_every_echo() -> None:
    assert [event["code"] for event in document(seen(burst()))["events"]] == [149, 145, 145, 145, 145, 145]


def test_a_node_with_echoes_alone_is_a_warning_still() -> None:
    assert seen(burst()).nodes["h1"].health is Health.WARN


def test_another_trouble_of_a_node_with_echoes_stands_for_itself() -> None:
    lab = burst()
    fault = replace(echo("h1", lab.now, 5), code=63, meaning="row remapping recorded", text="row remap")
    lab.log("h1", fault)
    assert {line.end for line in seen(lab).findings} == {"h0/gpu3", "h1/gpu5"}


def test_an_error_that_began_on_its_own_gpu_or_long_after_is_no_echo() -> None:
    lab = burst()
    lab.log("h1", replace(echo("h1", lab.now, 6), text="RLW_SRC_TRACK Nonfatal XC0 i0 Link 12 (0x04)"))
    lab.log("h1", echo("h1", lab.now + 60, 7))
    assert {line.event.subject for line in seen(lab).events} == {"gpu7", "gpu6", "gpu3"}
    assert len(seen(lab).findings) == 2
