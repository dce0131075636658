"""Who we are on a node: what a real shell says of this account, and what of it may go into lines for root."""

from __future__ import annotations

import os
import pwd
import subprocess

import pytest

from fabconsole.fabric.inventory import InBand, Node
from fabconsole.platforms import sudo
from fabconsole.platforms.account import AccountInquiry
from fabconsole.platforms.question import Answer
from fabconsole.platforms.shell import PRELUDE


def facts(body: bytes, **said: object) -> dict[str, str]:
    return dict(inquiry(**said).read(answer(body)).facts)


def inquiry(**said: object) -> AccountInquiry:
    return AccountInquiry(Node(name="a", rack="r", address="a", **said))  # type: ignore[arg-type]


def answer(body: bytes) -> Answer:
    return Answer(body=body, status=0, asked_at=1000.0, at=1001.0, clock_s=5.0, boot_id=None)


def test_a_real_shell_says_who_we_are_and_where_the_tools_are() -> None:
    one = inquiry()
    script = f"{PRELUDE}{one.text()}{one.call()}\n"
    body = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True).stdout
    found = one.read(answer(body)).facts
    assert found["account.user"] == pwd.getpwuid(os.getuid()).pw_name
    assert found["account.host"] == os.uname().nodename
    assert found["account.tool.dmesg"].endswith("/dmesg")
    assert one.text() == ""


@pytest.mark.parametrize(
    ("said", "question", "rule"),
    [
        ({"prefix": {"nvidia-smi": "sudo -n"}}, "gpu", "/usr/bin/nvidia-smi"),
        (
            {"prefix": {"nvidia-smi": "sudo -n -u root chroot /run/nvidia/driver"}},
            "nvlink",
            "/usr/sbin/chroot /run/nvidia/driver nvidia-smi *",
        ),
        (
            {"become": "sudo -n", "in_band": InBand()},
            "in-band",
            "/usr/sbin/iblinkinfo, /usr/sbin/sminfo",
        ),
    ],
)
def test_a_rule_names_what_sudo_is_to_run(said: dict[str, object], question: str, rule: str) -> None:
    body = (
        b"tool nvidia-smi=/usr/bin/nvidia-smi\ntool chroot=/usr/sbin/chroot\n"
        b"tool iblinkinfo=/usr/sbin/iblinkinfo\ntool sminfo=/usr/sbin/sminfo\n"
    )
    assert facts(body, **said)[f"account.root.{question}"] == rule


def test_what_is_not_run_by_sudo_has_no_rule() -> None:
    assert not [key for key in facts(b"", in_band=InBand()) if key.startswith("account.root")]


def test_nothing_that_a_shell_or_sudoers_could_mistake_is_taken() -> None:
    hostile = (
        b"user=fabops; reboot\nlog-group=$(reboot)\ntool dmesg=/bin/x, ALL\ntool sudo=sudo\n"
        b"umad=crw------- 1 root `reboot` 231, 0\ngroups=a $(b) c\nhost=\x1b[31mx\nclock=1e9\nID=x;y\n"
    )
    found = facts(hostile)
    assert set(found) == {"account.groups", "account.host", "account.umad.mode"}
    assert found["account.groups"] == "a c"
    assert found["account.host"].isprintable()


def test_a_clock_is_held_against_the_middle_of_the_asking() -> None:
    assert facts(b"clock=1090\n")["account.clock-ahead-s"] == "90"


@pytest.mark.parametrize(
    ("words", "behind"),
    [
        ("sudo -n iblinkinfo", "iblinkinfo"),
        ("/usr/bin/sudo -n -u root -- iblinkinfo -C mlx5_0", "iblinkinfo -C mlx5_0"),
        ("chroot /x nvidia-smi", None),
        ("", None),
    ],
)
def test_what_sudo_runs_stands_behind_its_own_options(words: str, behind: str | None) -> None:
    found = sudo.behind(words.split())
    assert (None if found is None else " ".join(found)) == behind
