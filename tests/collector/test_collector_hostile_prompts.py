"""What a jump host may ask: Duo's lists, a telephone's approval, and whatever a hostile one sends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncssh
import pytest
from asked_rig import Person, is_put_off
from collector_rig import FAST, Echo, Keys, Sshd, Watching, collector, eventually, fabric, sample_of, watched

from fabconsole.fabric.inventory import Poll
from fabconsole.stream.wanted import Prompt, Wanted

Start = Callable[..., Sshd]
Challenge = tuple[str, str, str, list[tuple[str, bool]]]
POLL = Poll(fast_s=0.2, slow_s=0.4, timeout_s=1.0)
DUO = (
    "Duo two-factor login for ops\n\nEnter a passcode or select one of the following options:\n\n"
    " 1. Duo Push to XXX-XXX-1234\n 2. Phone call to XXX-XXX-1234\n\nPasscode or option (1-2): "
)


class Door(asyncssh.SSHServer):
    """Asks by a script: each challenge follows whatever was answered to the one before."""

    def __init__(self, challenges: list[Challenge], heard: list[list[str]], *, endless: bool) -> None:
        self._left = list(challenges)
        self._heard = heard
        self._endless = endless

    def public_key_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Challenge:
        return self._left[0] if self._endless else self._left.pop(0)

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Challenge | bool:
        self._heard.append(list(responses))
        if self._endless:
            return self._left[0]
        return self._left.pop(0) if self._left else True

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        return True


@asynccontextmanager
async def asked_by(
    keys: Keys, far: Sshd, challenges: list[Challenge], heard: list[list[str]], *, endless: bool = False
) -> AsyncIterator[Watching]:
    """A node behind a jump host that asks so."""
    door = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: Door(challenges, heard, endless=endless),
        server_host_keys=[str(keys.host_key)],
    )
    keys.trust(door.get_port())
    keys.trust(far.port)
    inventory = fabric(keys.ssh(jump=f"root@127.0.0.1:{door.get_port()}"), {"gpu0": far.port}, POLL)
    async with door, watched(collector(inventory, {FAST: lambda: Echo("echo hello")})) as watching:
        yield watching


async def test_duos_list_is_read_above_and_its_last_line_stands_before_what_is_typed(
    keys: Keys, start_sshd: Start
) -> None:
    heard: list[list[str]] = []
    async with asked_by(keys, start_sshd(), [("", "", "", [(DUO, True)])], heard) as watching:
        person = Person(watching)
        wanted = await person.asked()
        assert wanted.prompts == (Prompt("Passcode or option (1-2):", echo=True),)
        assert wanted.instructions[0] == "Duo two-factor login for ops"
        assert [line.strip() for line in wanted.instructions[2:]] == [
            "1. Duo Push to XXX-XXX-1234",
            "2. Phone call to XXX-XXX-1234",
        ]
        await person.says(wanted, "1")
        await watching.until(sample_of("gpu0"))
        assert heard == [["1"]]


async def test_what_is_approved_on_a_telephone_is_shown_and_wants_no_answer(keys: Keys, start_sshd: Start) -> None:
    heard: list[list[str]] = []
    said: list[Challenge] = [("Duo", "Autopushing login request to phone...", "", []), ("", "", "", [("PIN: ", False)])]
    async with asked_by(keys, start_sshd(), said, heard) as watching:
        person = Person(watching)
        told = await person.asked(lambda one: not one.prompts)
        assert told.instructions == ("Duo", "Autopushing login request to phone...")
        assert not told.is_put_off
        await person.says(await person.asked(), "4711")
        await watching.until(sample_of("gpu0"))
        assert await person.settled(told) == ""
        assert heard == [[], ["4711"]]


async def test_two_things_at_once_are_answered_in_their_order(keys: Keys, start_sshd: Start) -> None:
    heard: list[list[str]] = []
    said: list[Challenge] = [("", "", "", [("Password: ", False), ("Token: ", True)])]
    async with asked_by(keys, start_sshd(), said, heard) as watching:
        person = Person(watching)
        wanted = await person.asked()
        assert [prompt.echo for prompt in wanted.prompts] == [False, True]
        await person.says(wanted, "one", "two")
        await watching.until(sample_of("gpu0"))
        assert heard == [["one", "two"]]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]0;owned\x07\x1b[2J[bold red]Code[/]: ",
        "Co\u202ede\x00: ",
        "x" * 20_000,
        "\n".join(f"line {number}" for number in range(3000)),
        "",
        "\n\n\n",
    ],
    ids=["escapes", "bidi", "long", "lines", "empty", "blank"],
)
async def test_a_hostile_prompt_is_a_few_lines_of_plain_text(keys: Keys, start_sshd: Start, text: str) -> None:
    heard: list[list[str]] = []
    async with asked_by(keys, start_sshd(), [(text, text, "", [(text, False)])], heard) as watching:
        person = Person(watching)
        wanted = await person.asked()
        said = [*wanted.instructions, wanted.prompts[0].text, wanted.title, wanted.of]
        assert len(wanted.instructions) <= 10
        assert all(len(line) <= 160 and line.isprintable() for line in said)
        await person.says(wanted, "fine")
        await watching.until(sample_of("gpu0"))


async def test_a_thousand_prompts_are_put_to_nobody(keys: Keys, start_sshd: Start) -> None:
    heard: list[list[str]] = []
    said: list[Challenge] = [("", "", "", [("a", False)] * 1000)]
    async with asked_by(keys, start_sshd(), said, heard) as watching:
        person = Person(watching)
        assert (await person.asked(is_put_off)).title == "it asks 1,000 things at once"
        assert person.times_asked() == 0


async def test_a_megabyte_is_no_question(keys: Keys, start_sshd: Start) -> None:
    heard: list[list[str]] = []
    async with asked_by(keys, start_sshd(), [("", "", "", [("x" * 1_000_000, False)])], heard) as watching:
        person = Person(watching)
        assert (await person.asked(is_put_off)).title
        assert person.times_asked() == 0


async def test_a_login_that_never_ends_asking_is_ended(keys: Keys, start_sshd: Start) -> None:
    heard: list[list[str]] = []
    async with asked_by(keys, start_sshd(), [("", "again", "", [])], heard, endless=True) as watching:
        person = Person(watching)
        assert (await person.asked(is_put_off)).title == "it never ends asking"
        shown = [one for one in watching.seen if isinstance(one, Wanted) and not one.is_put_off]
        for one in shown:
            await person.settled(one)
        await eventually(lambda: len(heard) < 20)
