"""What `doctor` makes of a snapshot: limits alike on many nodes are one, each with what is to be typed."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from state_records import ASKED, Lab

from fabconsole.fabric.health import Health
from fabconsole.state.doctor import Diagnosis, Limit, diagnosis, named
from fabconsole.state.prescription import steps
from fabconsole.state.remedies import REMEDIES
from fabconsole.stream.records import FAR_SIDE, Asked, Reason

ACCOUNT = {
    "account.user": "fabops",
    "account.os": "ubuntu debian",
    "account.journal": "yes",
    "account.log-group": "systemd-journal",
    "account.tool.sudo": "/usr/bin/sudo",
    "account.tool.dmesg": "/usr/bin/dmesg",
    "account.root.in-band": "/usr/sbin/iblinkinfo, /usr/sbin/ibqueryerrors, /usr/sbin/perfquery, /usr/sbin/sminfo",
}


def test_every_reason_has_a_glyph_of_its_own_one_column_wide_and_an_advice() -> None:
    assert set(REMEDIES) == set(Reason)
    glyphs = [remedy.glyph for remedy in REMEDIES.values()]
    assert len(set(glyphs)) == len(glyphs)
    assert all(cell_len(glyph) == 1 for glyph in glyphs)
    assert all(remedy.advice for remedy in REMEDIES.values())


def test_a_reasons_glyph_is_a_healths_only_where_both_say_the_same() -> None:
    states = {health.glyph: health for health in Health}
    shared = {reason for reason, remedy in REMEDIES.items() if remedy.glyph in states}
    assert shared == {Reason.UNTRUSTED}
    assert states[REMEDIES[Reason.UNTRUSTED].glyph] is Health.UNTRUSTED


@pytest.mark.parametrize(
    ("reason", "question", "facts", "wanted"),
    [
        (Reason.NO_LOG, "log", {}, ("usermod -aG systemd-journal fabops",)),
        (Reason.NO_LOG, "log", {"account.log-group": "adm"}, ("usermod -aG adm fabops",)),
        (
            Reason.NO_UMAD,
            "in-band",
            {"account.umad.mode": "crw-rw----", "account.umad.group": "rdma"},
            ("usermod -aG rdma fabops",),
        ),
        (Reason.NO_UMAD, "in-band", {}, ("modprobe ib_umad", "echo ib_umad >/etc/modules-load.d/ib_umad.conf")),
        (Reason.NO_TOOL, "in-band", {}, ("apt-get install infiniband-diags",)),
        (Reason.NO_TOOL, "in-band", {"account.os": "rocky rhel"}, ("dnf install infiniband-diags",)),
        (Reason.NO_TOOL, "gpu", {}, ()),
        (Reason.UNREACHABLE, "hca", {}, ()),
    ],
)
def test_what_is_missing_is_named_exactly(
    reason: Reason, question: str, facts: dict[str, str], wanted: tuple[str, ...]
) -> None:
    assert steps(reason, (question,), "", ACCOUNT | facts) == wanted


def test_devices_that_are_roots_alone_get_a_udev_rule_and_a_group() -> None:
    typed = "\n".join(steps(Reason.NO_UMAD, ("in-band",), "", ACCOUNT | {"account.umad.mode": "crw-------"}))
    assert 'SUBSYSTEM=="infiniband_mad", KERNEL=="umad*", GROUP="rdma", MODE="0660"' in typed
    assert "usermod -aG rdma fabops" in typed


def test_a_sudoers_line_names_the_tools_by_their_paths_and_fits_a_terminal() -> None:
    written, _ = steps(Reason.NO_SUDO, ("in-band",), "sudo: a password is required", ACCOUNT)
    assert max(len(line) for line in written.splitlines()) <= 80
    assert "fabops ALL=(root) NOPASSWD: /usr/sbin/iblinkinfo, /usr/sbin/ibqueryerrors, /usr/sbin/perfquery," in (
        written.replace(" \\\n    ", " ")
    )
    assert "requiretty" not in written


def test_sudo_that_wants_a_terminal_is_told_not_to() -> None:
    written = "\n".join(steps(Reason.NO_SUDO, ("in-band",), "sudo: sorry, you must have a tty to run sudo", ACCOUNT))
    assert "Defaults:fabops !requiretty" in written


def test_where_there_is_no_sudo_it_is_installed_first() -> None:
    without = {key: value for key, value in ACCOUNT.items() if key != "account.tool.sudo"}
    assert steps(Reason.NO_SUDO, ("in-band",), "", without)[0] == "apt-get install sudo"


def test_a_log_without_a_journal_is_dmesgs_without_arguments() -> None:
    facts = {key: value for key, value in ACCOUNT.items() if key != "account.journal"}
    assert 'fabops ALL=(root) NOPASSWD: /usr/bin/dmesg ""' in "\n".join(steps(Reason.NO_LOG, ("log",), "", facts))


def test_nothing_is_typed_where_the_node_did_not_say_who_we_are() -> None:
    assert steps(Reason.NO_LOG, ("log",), "", {"account.log-group": "adm", "account.journal": "yes"}) == ()


HOSTS = tuple(f"gpu{number:02}" for number in range(6))


@pytest.fixture
def lab() -> Lab:
    """Six hosts that answer everything but their log, and said who we are."""
    lab = Lab(*HOSTS)
    for host in HOSTS:
        lab.ports(host)
        lab.nvlinks(host)
        lab.answer(host, "gpu", facts={"gpus": "0"})
        lab.answer(host, "account", facts=ACCOUNT)
    return lab


def seen(lab: Lab) -> Diagnosis:
    return diagnosis(lab.state.snapshot(lab.now))


def test_where_all_can_be_asked_it_exits_by_zero(lab: Lab) -> None:
    for host in HOSTS:
        lab.answer(host, "log")
    found = seen(lab)
    assert (found.exit_code, found.limits) == (0, ())
    assert found.reached == found.nodes == len(HOSTS)
    assert found.answered["log"] == (6, 6)


def test_limits_that_are_alike_are_one_over_their_nodes(lab: Lab) -> None:
    for host in HOSTS:
        lab.silent(host, "log", Reason.NO_LOG, f"the log of {host} may not be read")
    (limit,) = seen(lab).limits
    assert limit.nodes == HOSTS
    assert limit.questions == ("log",)
    assert limit.steps == ("usermod -aG systemd-journal fabops",)
    assert "Xid" in limit.unseen
    assert seen(lab).exit_code == 3
    assert seen(lab).answered["log"] == (0, 6)


def test_the_same_limit_with_another_remedy_is_another(lab: Lab) -> None:
    lab.answer(HOSTS[0], "account", facts=ACCOUNT | {"account.log-group": "adm"})
    for host in HOSTS:
        lab.silent(host, "log", Reason.NO_LOG)
    assert [limit.nodes for limit in seen(lab).limits] == [HOSTS[1:], HOSTS[:1]]


def test_a_node_that_does_not_let_us_in_is_one_limit_and_comes_first(lab: Lab) -> None:
    lab.silent(HOSTS[0], "hca", Reason.LOCKED, "Your account has expired · fabops@10.0.0.0:22")
    for host in HOSTS[1:]:
        lab.silent(host, "log", Reason.NO_LOG)
    first, second = seen(lab).limits
    assert (first.reason, first.nodes, first.said) == (
        Reason.LOCKED,
        HOSTS[:1],
        {"Your account has expired · fabops@10.0.0.0:22": HOSTS[:1]},
    )
    assert first.reason in FAR_SIDE
    assert (first.unseen, first.steps) == ("everything", ())
    assert second.nodes == HOSTS[1:]
    assert seen(lab).reached == 5


def test_a_question_that_has_no_answer_yet_is_no_clean_bill(lab: Lab) -> None:
    assert {limit.questions for limit in seen(lab).limits} == {("log",)}
    assert seen(lab).exit_code == 3


def test_a_clock_that_is_not_ours_and_two_nodes_with_one_name_are_worth_a_note(lab: Lab) -> None:
    for host in HOSTS:
        lab.answer(host, "account", facts=ACCOUNT | {"account.clock-ahead-s": "0", "account.host": host})
    lab.answer("gpu03", "account", facts=ACCOUNT | {"account.clock-ahead-s": "-90", "account.host": "gpu02"})
    one, clock = seen(lab).remarks
    assert one.startswith("gpu[02-03] (2): all call themselves gpu02")
    assert clock.startswith("gpu03: clock not ours, gpu03 by -90 s")


def test_nodes_whose_log_is_not_followed_are_worth_one_note_with_what_mends_it(lab: Lab) -> None:
    for host in HOSTS:
        lab.answer(host, "log", facts={"log.polled": f"a second connection is refused · {host}:22"})
    found = seen(lab)
    assert found.exit_code == 0
    (note,) = found.remarks
    assert note.startswith("gpu[00-05] (6): its log is asked for when that is due")
    assert note.endswith("a second connection is refused; raise MaxSessions (10 is usual)")


def test_advice_does_not_send_to_where_one_is_already() -> None:
    assert all("doctor" not in limit.advice for limit in (Limit(**alike(reason)) for reason in Reason))


def alike(reason: Reason) -> dict[str, Any]:
    return {"reason": reason, "nodes": ("gpu00",), "questions": ("hca",), "said": {}, "steps": ()}


def test_what_is_said_of_nodes_in_different_words_is_told_of_each(lab: Lab) -> None:
    for host in HOSTS:
        lab.silent(host, "log", Reason.NO_LOG, "one" if host == HOSTS[0] else f"two · fabops@{host}")
    (limit,) = seen(lab).limits
    assert limit.said == {"one": HOSTS[:1], "two": HOSTS[1:]}


def test_what_comes_too_late_is_one_limit_a_question() -> None:
    lab = Lab("gpu00", "gpu01", "gpu02")
    lab.silent("gpu00", "hca", Reason.TIMEOUT, "no answer within 4 s")
    for host in ("gpu00", "gpu01", "gpu02"):
        lab.silent(host, "nvlink", Reason.TIMEOUT, "no answer within 4 s")
    late = {limit.questions: len(limit.nodes) for limit in seen(lab).limits if limit.reason is Reason.TIMEOUT}
    assert late["nvlink",] == 3
    assert {len(questions) for questions in late} == {1}


def test_a_question_that_was_answered_and_is_late_now_can_be_asked(lab: Lab) -> None:
    for host in HOSTS:
        lab.answer(host, "log")
        lab.silent(host, "gpu", Reason.TIMEOUT, "no answer within 4 s")
    assert seen(lab).exit_code == 0
    assert seen(lab).answered["gpu"] == (6, 6)


def test_a_clock_is_not_blamed_for_an_answer_that_took_long() -> None:
    lab = Lab(*HOSTS, asked=(*ASKED, Asked("account", 30.0)))
    lab.answer("gpu03", "account", facts=ACCOUNT | {"account.clock-ahead-s": "4"}, latency_s=5.0)
    assert not [note for note in seen(lab).remarks if "clock" in note]


def test_nodes_that_fill_lines_are_told_by_one_of_them() -> None:
    assert named([f"gpu{number:03}" for number in range(0, 64, 2)]) == "32 nodes, gpu000 among them"
    assert named(HOSTS) == "gpu[00-05] (6)"


def test_changed_host_keys_of_many_are_one_limit_with_a_line_to_type_for_each(lab: Lab) -> None:
    for host in HOSTS:
        said = f"CHANGED: offers {host}; if it does: ssh-keygen -R {host}; echo '{host} KEY' >>kh · fabops@{host}:22"
        lab.silent(host, "hca", Reason.UNTRUSTED, said if host != HOSTS[0] else said[:60] + "…")
    (limit,) = seen(lab).limits
    assert (limit.nodes, limit.steps) == (HOSTS, ())
    assert limit.here == tuple(f"ssh-keygen -R {host}; echo '{host} KEY' >>kh" for host in HOSTS[1:])


def test_a_node_that_is_lost_while_others_never_answered_is_in_one_limit_with_them() -> None:
    late = Lab("gpu00", "gpu01")
    late.ports("gpu00")
    late.silent("gpu01", "hca", Reason.STUCK, "asked and not back")
    for host in ("gpu00", "gpu01"):
        late.silent(host, "gpu", Reason.UNREACHABLE, f"no answer to an echo · {host}:22")
    (limit,) = seen(late).limits
    assert (limit.nodes, limit.questions) == (("gpu00", "gpu01"), ("hca", "gpu", "nvlink", "log"))
    assert limit.said == {"no answer to an echo": ("gpu00", "gpu01")}
