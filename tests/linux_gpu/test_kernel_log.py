"""The `log` question: its own script in a real `sh`, against a stand-in journal or ring buffer."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.event import Event
from fabconsole.fabric.inventory import Node
from fabconsole.formats.logs.dmesg import RingLine
from fabconsole.formats.logs.journal import JournalLine
from fabconsole.platforms import kernel_log_text
from fabconsole.platforms.kernel_log import KernelLog
from fabconsole.platforms.log_memory import LINES_KEPT, JournalMemory, RingMemory
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

DEADLINE_S = 20.0
XID = "NVRM: Xid (PCI:0000:05:00): {}, pid=1, something"
AER = "pcieport 0000:00:06.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, ({})"

# Answers -n1 with its last line, else every line after `--after-cursor` (all, where there is no such line), and -f
# with what comes. Matches, like the real one, whatever was asked for.
JOURNALCTL = """
echo "$*" >>{root}/journalctl.calls
cursor=; follow=; last=
for word; do case $word in
    --after-cursor=*) cursor=${{word#*=}};; -f) follow=1;; -n1) last=1;; esac; done
[ "$last" ] && {{ tail -n 1 {root}/journal; exit 0; }}
start=1
[ "$cursor" ] && start=$(($(grep -n -F "\\"$cursor\\"" {root}/journal | cut -d: -f1) + 1))
[ "$follow" ] && {{ echo $$ >>{root}/followers; exec tail -s 0.05 -n +$start -f {root}/journal; }}
exec tail -n +$start {root}/journal
"""

DMESG = """
echo "$*" >>{root}/dmesg.calls
case "$*" in
    --help) echo ' -w, --follow     wait for new messages';;
    -w) echo $$ >>{root}/followers; exec tail -s 0.05 -n +1 -f {root}/ring;;
    *) cat {root}/ring;;
esac
"""


class Follow:
    """One running script and the follower that reads it."""

    def __init__(self, follower: KernelLog, path: str) -> None:
        self.follower = follower
        self.events: list[Event] = []
        self.raw = b""
        self._process = subprocess.Popen(
            ["sh", "-c", follower.script()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": path},
            start_new_session=True,
        )
        self.session = self._process.pid

    def until(self, true: Callable[[], bool]) -> Follow:
        """Read until `true`, or fail at the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while not true():
            ready, _, _ = select.select([self._process.stdout], [], [], deadline - time.monotonic())
            data = os.read(self._process.stdout.fileno(), 1 << 16) if ready else b""
            assert data, f"ended, or silent for {DEADLINE_S} s, after {self.raw[-2000:]!r}; {self.texts}"
            self.raw += data
            self.events += self.follower.feed(data, time.time())
        return self

    def caught_up(self) -> Follow:
        return self.until(lambda: self.follower.caught_up)

    def count(self, number: int) -> list[str]:
        """Texts of the events, once there are `number`."""
        self.until(lambda: len(self.events) >= number)
        return self.texts

    def ended(self) -> Refusal | None:
        """Wait for the script to end by itself."""
        while data := os.read(self._process.stdout.fileno(), 1 << 16):
            self.events += self.follower.feed(data, time.time())
        return self.follower.ended(self._process.wait(DEADLINE_S), time.time())

    def disconnect(self) -> None:
        """What sshd does when the connection goes: standard input ends."""
        self._process.stdin.close()
        self._process.wait(DEADLINE_S)
        self._process.stdout.close()

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events]

    def left_over(self) -> list[str]:
        """Command lines of the session's processes that are still alive."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                _, _, rest = stat.read_text().rpartition(")")
                state, _, _, session = rest.split()[:4]
                if int(session) == self.session and state not in "ZX":
                    found.append((stat.parent / "cmdline").read_text().replace("\0", " "))
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found


class Log:
    """A node's log: a journal, a ring, both or neither."""

    def __init__(self, root: Path, put_tool: Callable[[str, str], Path]) -> None:
        self.root = root
        self._put_tool = put_tool
        self._entries = 0
        self.no_tool("journalctl")
        self.no_tool("dmesg")

    def no_tool(self, name: str, said: str = "", status: int = 127) -> None:
        self._put_tool(name, f"echo '{said}' >&2; exit {status}")

    def replace(self, name: str, script: str) -> None:
        self._put_tool(name, script.format(root=self.root))

    def with_journal(self, *messages: str) -> None:
        self.replace("journalctl", JOURNALCTL)
        (self.root / "journal").touch()
        self.journal(*messages)

    def with_ring(self, *lines: str) -> None:
        self.replace("dmesg", DMESG)
        (self.root / "ring").touch()
        self.ring(*lines)

    def journal(self, *messages: str, ago_s: float = 0.0) -> None:
        with (self.root / "journal").open("a") as file:
            for message in messages:
                self._entries += 1
                said = {
                    "__CURSOR": f"s=abc;i={self._entries:06x};b=def",
                    "__REALTIME_TIMESTAMP": str(int((time.time() - ago_s) * 1e6)),
                    "_BOOT_ID": "def",
                    "MESSAGE": message,
                }
                file.write(json.dumps(said, separators=(",", ":")) + "\n")

    def ring(self, *lines: str) -> None:
        with (self.root / "ring").open("a") as file:
            file.writelines(f"{line}\n" for line in lines)


@pytest.fixture
def log(tmp_path, put_tool):
    return Log(tmp_path, put_tool)


@pytest.fixture
def follow(bin_dir):
    running: list[Follow] = []

    def start(follower: KernelLog) -> Follow:
        running.append(Follow(follower, f"{bin_dir}:{os.environ['PATH']}"))
        return running[-1]

    yield start
    for one in running:
        one.disconnect()


def follower(**more: str) -> KernelLog:
    return KernelLog(Node(name="gpu1", rack="r1", address="gpu1", **more))


def eventually(true: Callable[[], bool], what: object) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


# The journal -------------------------------------------------------------------------------------------------


def test_an_xid_from_before_is_told_with_its_onset_and_a_new_one_follows(log, follow):
    log.with_journal("Linux version 6.8")
    log.journal(XID.format(79), ago_s=600.0)
    log.journal("nothing of ours")
    one = follow(follower()).caught_up()
    assert one.texts == [XID.format(79)]
    assert one.events[0].at == pytest.approx(time.time() - 600, abs=60)
    log.journal(XID.format(74))
    assert one.count(2) == [XID.format(79), XID.format(74)]


def test_history_is_told_in_the_order_in_which_it_happened(log, follow):
    log.with_journal()
    messages = [AER.format(1), XID.format(79), AER.format(2), XID.format(74)]
    log.journal(*messages)
    assert follow(follower()).caught_up().texts == messages


def test_a_flood_of_something_else_cannot_push_out_an_old_xid(log, follow):
    log.with_journal(XID.format(48))
    log.journal(*(AER.format(index) for index in range(5 * kernel_log_text.QUOTA)))
    one = follow(follower()).caught_up()
    assert one.texts[0] == XID.format(48)
    assert len(one.texts) == kernel_log_text.QUOTA + 1
    assert one.texts[-1] == AER.format(5 * kernel_log_text.QUOTA - 1)


def test_after_a_reconnect_nothing_is_told_twice_and_nothing_is_lost(log, follow):
    log.with_journal(XID.format(79))
    reader = follower()
    follow(reader).count(1)
    log.journal(XID.format(74))  # while nobody listens
    two = follow(reader).caught_up()
    assert two.texts == [XID.format(74)]
    log.journal(XID.format(95))
    assert two.count(2) == [XID.format(74), XID.format(95)]


def test_a_quiet_journal_is_resumed_after_its_last_entry(log, follow):
    log.with_journal("nothing of ours")
    reader = follower()
    follow(reader).caught_up()
    assert kernel_log_text.asked(reader.script()).cursor == "s=abc;i=000001;b=def"
    log.journal(XID.format(74))
    assert follow(reader).caught_up().texts == [XID.format(74)]


def test_history_reaches_back_a_day_and_no_further(log, follow):
    log.with_journal()
    log.journal(XID.format(79), ago_s=kernel_log_text.HISTORY_S + 60)
    log.journal(XID.format(74), ago_s=kernel_log_text.HISTORY_S - 60)
    assert follow(follower()).caught_up().texts == [XID.format(74)]


def test_lost_messages_are_an_event(log, follow):
    log.with_journal("Missed 812 kernel messages")
    (event,) = follow(follower()).caught_up().events
    assert event.kind == "log"


def test_a_message_of_bytes_is_read_too(log, follow):
    log.with_journal("nothing of ours")
    one = follow(follower()).caught_up()
    with (log.root / "journal").open("a") as file:
        message = list(XID.format(43).encode() + b"\xff")
        said = {"__CURSOR": "s=abc;i=ffffff;b=def", "__REALTIME_TIMESTAMP": "1700000000000000", "MESSAGE": message}
        file.write(json.dumps(said, separators=(",", ":")) + "\n")
    one.until(lambda: bool(one.events))
    assert one.events[0].code == 43


# The ring ----------------------------------------------------------------------------------------------------


def uptime_s() -> float:
    return float(Path("/proc/uptime").read_text().split()[0])


def test_without_a_journal_the_ring_is_read_and_followed(log, follow):
    log.no_tool("journalctl", "No journal files were found.", 0)
    log.with_ring(f"[{uptime_s() - 30:12.6f}] {XID.format(79)}", "[    1.000000] Linux version 6.8")
    one = follow(follower()).caught_up()
    assert one.texts == [XID.format(79)]
    assert one.events[0].at == pytest.approx(time.time() - 30, abs=5)
    log.ring(f"[{uptime_s():12.6f}] {XID.format(74)}")
    assert one.count(2) == [XID.format(79), XID.format(74)]


def test_the_ring_is_resumed_by_its_last_lines(log, follow):
    log.with_ring(f"[{uptime_s() - 30:12.6f}] {XID.format(79)}")
    reader = follower()
    follow(reader).count(1)
    log.ring(f"[{uptime_s():12.6f}] {XID.format(74)}")
    two = follow(reader).caught_up()
    log.ring(f"[{uptime_s() + 1:12.6f}] {XID.format(95)}")
    assert two.count(2) == [XID.format(74), XID.format(95)]


def test_a_dmesg_that_cannot_follow_is_read_again_and_again(log, follow, put_tool):
    log.with_ring(f"[{uptime_s() - 30:12.6f}] {XID.format(79)}")
    put_tool("dmesg", f"case $1 in '') cat {log.root}/ring;; *) echo 'usage: dmesg' >&2; exit 1;; esac")
    one = follow(follower()).caught_up()
    log.ring(f"[{uptime_s():12.6f}] {XID.format(74)}")
    assert one.count(2) == [XID.format(79), XID.format(74)]


# Looked at and not followed ------------------------------------------------------------------------------------


def texts_of_a_look(reader: KernelLog, bin_dir: Path) -> list[str]:
    """What one look tells; it ends by itself."""
    environment = {"PATH": f"{bin_dir}:{os.environ['PATH']}"}
    said = subprocess.run(["sh", "-c", reader.look()], stdout=subprocess.PIPE, env=environment, timeout=DEADLINE_S)
    events = reader.feed(said.stdout, time.time())
    assert reader.ended(said.returncode, time.time()) is None
    return [event.text for event in events]


def test_each_look_at_a_journal_tells_what_is_new_and_begins_with_history(log, bin_dir):
    log.with_journal("Linux version 6.8", XID.format(79))
    reader = follower()
    assert texts_of_a_look(reader, bin_dir) == [XID.format(79)]
    assert texts_of_a_look(reader, bin_dir) == []
    log.journal(AER.format(1), "nothing of ours", XID.format(74))
    assert texts_of_a_look(reader, bin_dir) == [AER.format(1), XID.format(74)]
    assert texts_of_a_look(reader, bin_dir) == []


def test_each_look_at_a_ring_tells_what_is_new(log, bin_dir):
    log.with_ring(f"[{uptime_s() - 30:12.6f}] {XID.format(79)}")
    reader = follower()
    assert texts_of_a_look(reader, bin_dir) == [XID.format(79)]
    log.ring(f"[{uptime_s():12.6f}] {XID.format(74)}")
    assert texts_of_a_look(reader, bin_dir) == [XID.format(74)]
    assert texts_of_a_look(reader, bin_dir) == []


def test_what_a_look_at_a_flood_leaves_over_the_next_ones_tell(log, bin_dir):
    log.with_journal("nothing of ours")
    reader = follower()
    assert texts_of_a_look(reader, bin_dir) == []
    flood = [AER.format(index) for index in range(2 * kernel_log_text.MOST + 5)]
    log.journal(*flood)
    told = [texts_of_a_look(reader, bin_dir) for _ in range(4)]
    assert [text for texts in told for text in texts] == flood
    assert [len(texts) for texts in told] == [kernel_log_text.MOST, kernel_log_text.MOST, 5, 0]


def test_a_line_that_was_followed_is_told_by_no_look(log, follow, bin_dir):
    log.with_journal(XID.format(79))
    reader = follower()
    follow(reader).count(1)
    log.journal(XID.format(74))
    assert texts_of_a_look(reader, bin_dir) == [XID.format(74)]
    assert follow(reader).caught_up().texts == []


def test_another_boot_makes_all_lines_new():
    reader = KernelLog(Node(name="n", rack="r", address="n"), nonce=lambda: "aa")
    line = f"[    5.000000] {XID.format(79)}\n".encode()

    def boot(name: str, uptime: str) -> list[Event]:
        reader.script()
        mark = kernel_log_text.marker
        said = mark("aa", "boot", name, uptime, "1700000000.5") + mark("aa", "ring") + line + mark("aa", "live", "-")
        return list(reader.feed(said, 1700000000.5))

    assert [event.at for event in boot("one", "105")] == [1700000000.5 - 100]
    assert boot("one", "106") == []
    assert [event.at for event in boot("two", "15")] == [1700000000.5 - 10]


# A node that cannot be believed ------------------------------------------------------------------------------


def reader_of(source: str, *, epoch: float = 1_700_000_000.0, uptime: float = 5000.0) -> KernelLog:
    """A follower whose script has said hello, by a node whose clock says `epoch` when ours says 1,700,000,000."""
    reader = KernelLog(Node(name="n", rack="r", address="n"), nonce=lambda: "aa")
    begin(reader, source, epoch=epoch, uptime=uptime)
    return reader


def begin(reader: KernelLog, source: str, *, epoch: float = 1_700_000_000.0, uptime: float = 5000.0) -> None:
    reader.script()
    mark = kernel_log_text.marker
    said = mark("aa", "boot", "one", f"{uptime}", f"{epoch}") + mark("aa", source) + mark("aa", "live", "-")
    reader.feed(said, 1_700_000_000.0)


def entry(message: object, number: int = 1, at: float = 1_700_000_000.0) -> bytes:
    said = {"__CURSOR": f"s=abc;i={number:x}", "__REALTIME_TIMESTAMP": str(int(at * 1e6)), "MESSAGE": message}
    return json.dumps(said).encode() + b"\n"


def ring_line(stamp: float, message: str) -> bytes:
    return f"[{stamp:12.6f}] {message}\n".encode()


@pytest.mark.parametrize("source", ["journal", "ring"])
def test_the_tail_of_a_line_that_is_too_long_is_no_line_of_its_own(source):
    reader = reader_of(source)
    (told,) = reader.feed(b"x" * 100_000 + b"\n", 1_700_000_000.0)
    assert "65536 bytes" in told.text
    tail = ring_line(4999, XID.format(79)) if source == "ring" else entry(XID.format(79))
    for piece in (b"y" * 70_000, b"y" * 30_000, tail):
        assert reader.feed(piece, 1_700_000_001.0) == ()
    after = ring_line(4999.5, XID.format(74)) if source == "ring" else entry(XID.format(74), 2)
    assert [event.code for event in reader.feed(after, 1_700_000_002.0)] == [74]


def test_a_line_torn_by_a_lost_connection_is_told_whole_by_the_next():
    reader = reader_of("ring")
    whole = ring_line(4999, XID.format(79))
    assert reader.feed(whole[:40], 1_700_000_000.0) == ()
    begin(reader, "ring", uptime=6000.0)
    (event,) = reader.feed(whole, 1_700_000_001.0)
    assert (event.code, event.at) == (79, 1_700_000_000.0 - 1001)


def test_a_message_that_the_journal_does_not_print_is_told_to_be_missing():
    (event,) = reader_of("journal").feed(entry(None), 1_700_000_000.0)
    assert (event.kind, event.code) == ("log", None)
    assert "not understood" in event.text


def test_what_is_no_plain_text_passes_the_filter_on_the_node():
    lines = [entry(list(b"NVRM: \xff Xid")), entry(None), entry("of no interest")]
    found = subprocess.run(
        ["grep", "-E", kernel_log_text.OTHER], input=b"".join(lines), capture_output=True, check=False
    )
    assert found.stdout == lines[0] + lines[1]


@pytest.mark.parametrize("stamp", [9e11, 1_700_009_999.0])
def test_nothing_happened_in_the_future(stamp):
    (event,) = reader_of("journal").feed(entry(XID.format(79), at=stamp), 1_700_000_010.0)
    assert event.at == 1_700_000_010.0


@pytest.mark.parametrize(("wrong_s", "told"), [(-7200.0, 3.0), (86_400.0, 3.0), (2.0, 5.0)])
def test_an_onset_is_told_by_our_clock_where_the_nodes_own_is_wrong_by_more_than_seconds(wrong_s, told):
    now = 1_700_000_000.0
    reader = reader_of("journal", epoch=now + wrong_s)
    (event,) = reader.feed(entry(XID.format(79), at=now + wrong_s + 3.0), now + 5.0)
    assert event.at == now + told


@pytest.mark.parametrize("wrong_s", [0.0, -7200.0, 7200.0])
@pytest.mark.parametrize("step_s", [-7200.0, -90.0, 7200.0])
def test_what_is_said_after_the_nodes_clock_was_set_is_said_now(wrong_s, step_s):
    now = 1_700_000_000.0
    reader = reader_of("journal", epoch=now + wrong_s)
    (event,) = reader.feed(entry(XID.format(79), at=now + wrong_s + step_s + 3.0), now + 5.0)
    assert event.at == now + 5.0


def test_an_old_fault_of_a_node_whose_clock_is_wrong_is_as_old_as_it_is():
    now = 1_700_000_000.0
    reader = reader_of("ring", epoch=now - 7200.0)
    (event,) = reader.feed(ring_line(4000, XID.format(79)), now + 5.0)
    assert event.at == now - 1000.0


def test_nothing_happened_before_the_epoch():
    reader = reader_of("ring", uptime=1_800_000_000.0)
    (event,) = reader.feed(ring_line(1, XID.format(79)), 1_700_000_001.0)
    assert event.at == 0.0


def test_one_stamp_out_of_the_future_does_not_make_all_later_lines_old_ones():
    reader = reader_of("ring")
    told = reader.feed(ring_line(9_999_999, XID.format(79)) + ring_line(5001, XID.format(74)), 1_700_000_002.0)
    assert [event.code for event in told] == [79, 74]
    assert told[0].at == 1_700_000_002.0


def test_a_clock_that_was_set_back_loses_no_line_and_repeats_none():
    reader = reader_of("journal")
    assert len(reader.feed(entry(XID.format(79), 1, at=1_699_999_999.0), 1_700_000_000.0)) == 1
    assert len(reader.feed(entry(XID.format(74), 2, at=1_699_990_000.0), 1_700_000_001.0)) == 1
    begin(reader, "journal", epoch=1_699_990_010.0)
    again = reader.feed(entry(XID.format(74), 2, at=1_699_990_000.0) + entry(XID.format(48), 3), 1_700_000_011.0)
    assert [event.code for event in again] == [48]


@pytest.mark.parametrize(("count", "size"), [(300, 60_000), (40_000, 100)], ids=["long lines", "many lines"])
def test_of_a_history_that_does_not_end_a_bounded_part_is_kept_and_that_is_told(count, size):
    mark = kernel_log_text.marker
    reader = KernelLog(Node(name="n", rack="r", address="n"), nonce=lambda: "aa")
    reader.script()
    reader.feed(mark("aa", "boot", "one", "5000", "1700000000") + mark("aa", "ring"), 1_700_000_000.0)
    said = []
    for number in range(count):
        said += reader.feed(ring_line(number / 100, XID.format(79).ljust(size)), 1_700_000_000.0)
    assert [event.text for event in said] == [
        "1 lines of the kernel log were not understood, such as: history beyond 2,097,152 bytes"
    ]
    history = reader.feed(mark("aa", "live", "-"), 1_700_000_000.0)
    assert 0 < len(history) * size < 1 << 23


def test_what_is_remembered_of_a_flood_is_bounded():
    memory = RingMemory()
    for number in range(3 * LINES_KEPT):
        memory.take(RingLine(5.0, None, "same stamp"), f"{number}")
        memory.take(RingLine(None, None, "no stamp"), f"bare {number}")
    assert not memory.take(RingLine(5.0, None, "same stamp"), f"{3 * LINES_KEPT - 1}")
    forgotten = range(LINES_KEPT)
    assert all(memory.take(RingLine(5.0, None, "same stamp"), f"{number}") for number in forgotten)
    assert all(memory.take(RingLine(None, None, "no stamp"), f"bare {number}") for number in forgotten)


def test_of_a_journal_the_last_lines_are_known_again_and_what_is_kept_of_them_is_bounded():
    memory = JournalMemory()
    lines = [JournalLine(f"s=abc;i={number:x}", 0.0, None, "") for number in range(3 * LINES_KEPT)]
    assert all(memory.take(line) for line in lines)
    assert not any(memory.take(line) for line in lines[-LINES_KEPT:])
    assert memory.take(lines[0]) and memory.cursor == lines[0].cursor
    assert len(memory._seen) == LINES_KEPT


# Who may read it ---------------------------------------------------------------------------------------------


def test_a_log_that_may_not_be_read_is_a_refusal_of_its_own(log, follow):
    log.no_tool("journalctl", "No journal files were opened due to insufficient permissions.", 1)
    log.no_tool("dmesg", "dmesg: read kernel buffer failed: Operation not permitted", 1)
    refusal = follow(follower()).ended()
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.NO_LOG


def test_what_may_be_put_before_is_tried_where_the_account_alone_may_not(log, follow, put_tool):
    log.with_journal(XID.format(79))
    real = (log.root / "bin/journalctl").rename(log.root / "journalctl.real")
    put_tool("journalctl", f'[ "$AS_ROOT" ] && exec {real} "$@"; echo "insufficient permissions" >&2; exit 1')
    put_tool("sudo", '[ "$1" = -n ] && shift; AS_ROOT=1 exec env AS_ROOT=1 "$@"')
    one = follow(follower(become="sudo -n")).caught_up()
    assert one.texts == [XID.format(79)]
    log.journal(XID.format(74))
    assert one.count(2)[1] == XID.format(74)


def test_a_host_with_no_log_at_all_says_so(log, follow):
    refusal = follow(follower()).ended()
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.NO_TOOL


# Leaving -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["journal", "ring"])
def test_nothing_of_ours_stays_when_the_connection_goes(log, follow, source):
    if source == "journal":
        log.with_journal(XID.format(79))
    else:
        log.with_ring(f"[{uptime_s():12.6f}] {XID.format(79)}")
    one = follow(follower()).caught_up()
    eventually(lambda: (log.root / "followers").exists(), "it follows")
    assert len(one.left_over()) >= 3
    one.disconnect()
    eventually(lambda: not one.left_over(), one.left_over)


def test_a_follower_that_notices_nothing_is_ended_too(log, follow):
    log.with_journal(XID.format(79))
    silent = JOURNALCTL.replace("exec tail -s 0.05 -n +$start -f {root}/journal", "exec sleep 600")
    log.replace("journalctl", silent)
    one = follow(follower()).caught_up()
    eventually(lambda: any("sleep 600" in line for line in one.left_over()), one.left_over)
    one.disconnect()
    eventually(lambda: not one.left_over(), one.left_over)


def test_when_the_journals_follower_dies_the_script_ends_to_be_begun_again(log, follow):
    log.with_journal(XID.format(79))
    one = follow(follower()).caught_up()
    eventually(lambda: (log.root / "followers").exists(), "it follows")
    os.kill(int((log.root / "followers").read_text()), 15)
    assert one.ended() is None


def test_a_script_that_ends_before_its_history_is_read_is_refused():
    reader = follower()
    reader.script()
    refusal = reader.ended(1, 0.0)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.FAILED


# Any bytes ---------------------------------------------------------------------------------------------------


def test_a_log_line_cannot_pass_for_one_of_the_scripts_own():
    reader = KernelLog(Node(name="n", rack="r", address="n"), nonce=lambda: "aa")
    reader.script()
    reader.feed(b"\x02bb journal\n\x02bb live -\n\x02 live -\n", 0.0)
    assert not reader.caught_up


def test_lines_that_are_no_journal_are_told_of_once_a_minute():
    reader = KernelLog(Node(name="n", rack="r", address="n"), nonce=lambda: "aa")
    reader.script()
    reader.feed(kernel_log_text.marker("aa", "journal") + kernel_log_text.marker("aa", "live", "-"), 0.0)
    (event,) = reader.feed(b"garbage \x1b[1m\nmore\n", 100.0)
    assert "2 lines" in event.text
    assert event.text.isprintable()
    assert reader.feed(b"garbage\n", 120.0) == ()
    assert "2 lines" in reader.feed(b"garbage\n", 170.0)[0].text


def test_the_command_is_one_line_for_any_login_shell_and_says_what_it_was_made_with():
    command = kernel_log_text.command("aa", "s=abc;i=1;b=def", "sudo -n")
    assert "\n" not in command
    assert command.startswith("exec sh -c ")
    assert kernel_log_text.asked(command) == kernel_log_text.Asked("aa", "s=abc;i=1;b=def")
    assert kernel_log_text.asked(kernel_log_text.command("aa", "$(reboot) and so on", "")).cursor is None
    assert kernel_log_text.asked("exec sh -c 'echo hello'") is None


@given(st.lists(st.binary(max_size=60), max_size=6), st.sampled_from(["journal", "ring"]))
def test_any_bytes_in_any_pieces_are_read_without_an_exception(pieces, source):
    reader = KernelLog(Node(name="n", rack="r", address="n"), nonce=lambda: "aa")
    reader.script()
    mark = kernel_log_text.marker
    reader.feed(mark("aa", "boot", "-", "x", "y.%N") + mark("aa", source), 0.0)
    for piece in (*pieces, b"\n", mark("aa", "live", "-"), *pieces, b"\n"):
        for event in reader.feed(piece, 1.0):
            assert event.text.isprintable()
    assert reader.caught_up
