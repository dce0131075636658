"""The `gpu` and `nvlink` questions, their own text in a real shell against a stand-in `nvidia-smi`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.fabric.counters import COUNTERS, Class
from fabconsole.fabric.inventory import Expect, Node
from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.gpu import GpuInquiry
from fabconsole.platforms.nvlink import COLUMNS, NvlinkInquiry
from fabconsole.platforms.question import Answer, Reading, Refusal
from fabconsole.stream.records import Reason

NODE = Node(name="gpu1", rack="r1", address="gpu1")
HEADS = [f"GPU {gpu}: NVIDIA H100 80GB HBM3 (UUID: GPU-0000000{gpu}-aaaa-bbbb-cccc-dddddddddddd)" for gpu in range(2)]


def states(said: dict[int, list[str]]) -> str:
    return "\n".join(
        line
        for gpu, links in said.items()
        for line in (HEADS[gpu], *(f"\t Link {link}: {text}" for link, text in enumerate(links)))
    )


def errors(counts: dict[tuple[int, int], tuple[int, int, int]]) -> str:
    lines = []
    for gpu in sorted({gpu for gpu, _ in counts}):
        lines.append(HEADS[gpu])
        for (where, link), values in counts.items():
            if where == gpu:
                names = zip(("Replay", "Recovery", "CRC"), values, strict=True)
                lines += [f"\t Link {link}: {name} Errors: {value}" for name, value in names]
    return "\n".join(lines)


LISTING = "\n".join(HEADS)
UP = {0: ["26.562 GB/s", "26.562 GB/s"], 1: ["26.562 GB/s", "<inactive>"]}
COUNTS = {(0, 0): (0, 0, 0), (0, 1): (0, 3, 0), (1, 0): (1, 0, 7)}
STATES, ERRORS = states(UP), errors(COUNTS)


@pytest.fixture
def smi(put_tool, tmp_path):
    """A stand-in that prints what was last said to it, and keeps count of how it was called."""

    def say(listing=LISTING, s=STATES, e=ERRORS, status=0):
        for name, text in (("L", listing), ("s", s), ("e", e)):
            (tmp_path / name).write_text(text + "\n")
        put_tool(
            "nvidia-smi",
            f'echo "$*" >>{tmp_path}/calls; case "$*" in -L) cat {tmp_path}/L;; "nvlink -s") cat {tmp_path}/s;; '
            f'"nvlink -e") cat {tmp_path}/e;; *) exit 64;; esac; exit {status}',
        )

    say()
    return say


def test_gpus_are_counted_and_named(real_shell, smi):
    reading = real_shell.ask(GpuInquiry(NODE))
    assert isinstance(reading, Reading)
    assert reading.facts["gpus"] == "2"
    assert reading.facts["gpu1.uuid"] == "GPU-00000001-aaaa-bbbb-cccc-dddddddddddd"
    assert reading.facts["gpu0.name"] == "NVIDIA H100 80GB HBM3"


def test_mig_devices_are_no_gpus(real_shell, smi):
    smi(listing=f"{HEADS[0]}\n  MIG 1g.10gb     Device  0: (UUID: MIG-0000)\n{HEADS[1]}")
    reading = real_shell.ask(GpuInquiry(NODE))
    assert reading.facts["gpus"] == "2"
    assert "gpus.not-understood" not in reading.facts


@pytest.mark.parametrize("said", ["No devices found.", "No devices were found"])
def test_a_host_without_gpus_answers_none(real_shell, smi, said):
    smi(listing=said, s=said, e="", status=6)
    assert real_shell.ask(GpuInquiry(NODE)).facts == {"gpus": "0"}
    reading = real_shell.ask(NvlinkInquiry(NODE))
    assert reading.tables[0].rows == ()
    assert reading.facts["nvlink.none"] == "no GPUs"


@pytest.mark.parametrize("inquiry", [GpuInquiry, NvlinkInquiry])
def test_without_the_tool_the_question_is_refused_by_that_name(real_shell, inquiry, bin_dir):
    refusal = real_shell.ask(inquiry(Node(name="a", rack="r", address="a", prefix={"nvidia-smi": "env"})))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.NO_TOOL


@pytest.mark.parametrize("inquiry", [GpuInquiry, NvlinkInquiry])
def test_a_driver_that_is_not_there_is_told_in_its_own_words(real_shell, smi, inquiry):
    said = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
    smi(listing=said, s=said, e=said, status=9)
    refusal = real_shell.ask(inquiry(NODE))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.FAILED
    assert said in refusal.detail


def test_a_list_that_breaks_off_is_refused_since_nobody_knows_how_many_are_missing(real_shell, smi):
    lost = "Unable to determine the device handle for GPU1: 0000:9B:00.0: Unknown Error"
    smi(listing=f"{HEADS[0]}\n{lost}", status=255)
    refusal = real_shell.ask(GpuInquiry(NODE))
    assert isinstance(refusal, Refusal)
    assert lost in refusal.detail


def test_a_prefix_stands_before_the_tool_word_by_word(real_shell, put_tool, smi, tmp_path):
    put_tool("chroot", f'printf "%s\\n" "$1" >>{tmp_path}/prefixed; shift; exec "$@"')
    node = Node(name="a", rack="r", address="a", prefix={"nvidia-smi": "chroot '/run/a b; touch x'"})
    assert real_shell.ask(GpuInquiry(node)).facts["gpus"] == "2"
    assert set((tmp_path / "prefixed").read_text().splitlines()) == {"/run/a b; touch x"}


def test_without_timeout_the_tool_runs_all_the_same(real_shell, put_tool, smi):
    put_tool("timeout", "exit 127")
    assert real_shell.ask(GpuInquiry(NODE)).facts["gpus"] == "2"


def test_a_tool_that_was_stopped_is_a_timeout(real_shell, smi):
    smi(status=124)
    assert real_shell.ask(GpuInquiry(NODE)).reason is Reason.TIMEOUT
    smi(s="", status=137)
    assert real_shell.ask(NvlinkInquiry(NODE)).reason is Reason.TIMEOUT


def test_links_have_their_state_their_speed_and_their_errors(real_shell, smi):
    reading = real_shell.ask(NvlinkInquiry(NODE))
    assert isinstance(reading, Reading)
    (table,) = reading.tables
    assert table.rows == ("gpu0/nvl0", "gpu0/nvl1", "gpu1/nvl0", "gpu1/nvl1")
    assert table.columns == COLUMNS == ("replay", "recovery", "crc")
    assert [state.state for state in table.states] == ["up", "up", "up", "inactive"]
    assert [state.speed_gbs for state in table.states] == [26.562, 26.562, 26.562, None]
    assert table.states[2].gpu_uuid == "GPU-00000001-aaaa-bbbb-cccc-dddddddddddd"
    assert table.values[:3].tolist() == [[0, 0, 0], [0, 3, 0], [1, 0, 7]]
    assert table.quality.tolist() == [[PRESENT] * 3] * 3 + [[ABSENT] * 3]
    assert reading.facts == {}


def test_what_did_not_change_does_not_travel_again(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    before = real_shell.ask(inquiry)
    body = real_shell.answer(inquiry).body
    assert len(body) < 100
    assert body.count(b" same\n") == 2
    after = real_shell.ask(inquiry)
    assert after.tables[0].rows is before.tables[0].rows
    assert after.tables[0].values.tolist() == before.tables[0].values.tolist()


def test_while_nothing_moves_the_answer_is_the_same_object(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    assert real_shell.ask(inquiry) is real_shell.ask(inquiry)


def test_errors_that_moved_travel_and_states_that_did_not_stay(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    before = real_shell.ask(inquiry)
    smi(e=errors({**COUNTS, (0, 0): (0, 1, 0)}))
    after = real_shell.ask(inquiry)
    assert after.tables[0].values[0].tolist() == [0, 1, 0]
    assert after.tables[0].rows is before.tables[0].rows
    assert real_shell.answer(inquiry).body.count(b" same\n") == 2


def test_a_link_that_goes_inactive_is_seen_though_its_errors_stand(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    real_shell.ask(inquiry)
    smi(s=states({**UP, 0: ["26.562 GB/s", "<inactive>"]}))
    assert [state.state for state in real_shell.ask(inquiry).tables[0].states] == ["up", "inactive", "up", "inactive"]


def test_without_cksum_the_whole_text_travels_each_time(real_shell, put_tool, smi):
    put_tool("cksum", "exit 127")
    inquiry = NvlinkInquiry(NODE)
    for _ in range(2):
        assert len(real_shell.ask(inquiry).tables[0].rows) == 4
    assert b"same" not in real_shell.answer(inquiry).body


def test_errors_that_were_refused_are_asked_for_again_in_full(real_shell, put_tool, tmp_path, smi):
    inquiry = NvlinkInquiry(NODE)
    put_tool("nvidia-smi", f'[ "$2" = -s ] && exec cat {tmp_path}/s; echo "NVML: Unknown Error"; exit 1')
    refusal = real_shell.ask(inquiry)
    assert isinstance(refusal, Refusal)
    assert "NVML: Unknown Error" in refusal.detail
    smi()
    assert real_shell.ask(inquiry).tables[0].values[2].tolist() == [1, 0, 7]


# Why a GPU has no link lines ---------------------------------------------------------------------------------


def test_a_gpu_that_cannot_have_links_has_none(real_shell, smi):
    smi(s=f"{HEADS[0]}\n\t Device does not have or support Nvlink", e="")
    reading = real_shell.ask(NvlinkInquiry(NODE))
    assert reading.tables[0].rows == ()
    assert reading.facts["nvlink.none"] == "not supported"


def test_in_mig_mode_the_links_are_unknown_and_not_down(real_shell, smi):
    smi(s=f"{HEADS[0]}\n\t Nvlink queries are not supported for Devices in MIG mode", e="")
    node = Node(name="a", rack="r", address="a", expect=Expect(nvlinks=2))
    reading = real_shell.ask(NvlinkInquiry(node))
    assert [state.state for state in reading.tables[0].states] == ["unknown", "unknown"]
    assert reading.facts["nvlink.none"] == "not told in MIG mode"


def test_when_all_links_are_inactive_each_link_known_before_is(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    real_shell.ask(inquiry)
    smi(s=f"{HEADS[0]}\nNVML: Unable to retrieve NVLink information as all links are inActive\n{states({1: UP[1]})}")
    (table,) = real_shell.ask(inquiry).tables
    assert table.rows == ("gpu0/nvl0", "gpu0/nvl1", "gpu1/nvl0", "gpu1/nvl1")
    assert [state.state for state in table.states] == ["inactive", "inactive", "up", "inactive"]


def test_all_inactive_links_of_a_gpu_never_seen_up_are_as_many_as_its_sibling_has(real_shell, smi):
    smi(s=f"{HEADS[0]}\nNVML: Unable to retrieve NVLink information as all links are inactive\n{states({1: UP[1]})}")
    assert real_shell.ask(NvlinkInquiry(NODE)).tables[0].rows[:2] == ("gpu0/nvl0", "gpu0/nvl1")


def test_a_gpu_with_nothing_under_it_has_links_that_are_unknown(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    real_shell.ask(inquiry)
    smi(s=f"{HEADS[0]}\n{states({1: UP[1]})}")
    reading = real_shell.ask(inquiry)
    assert [state.state for state in reading.tables[0].states] == ["unknown", "unknown", "up", "inactive"]
    assert reading.facts["gpu0.nvlink.none"] == "no links listed"


# A GPU that the driver cannot reach ---------------------------------------------------------------------------

LOST = "Unable to determine the device handle for GPU1: 0000:9B:00.0: GPU is lost.  Reboot the system to recover it"


@pytest.mark.parametrize("status", [0, 15, 255])
def test_a_list_that_tells_of_a_lost_gpu_is_refused_whatever_its_status(real_shell, smi, status):
    smi(listing=f"{HEADS[0]}\n{LOST}", status=status)
    refusal = real_shell.ask(GpuInquiry(NODE))
    assert isinstance(refusal, Refusal)
    assert "GPU is lost" in refusal.detail


def test_a_lost_gpu_does_not_pass_for_one_by_the_shape_of_its_line(real_shell, smi):
    smi(listing=f"{HEADS[0]}\nGPU 1: Unknown Error")
    assert isinstance(real_shell.ask(GpuInquiry(NODE)), Refusal)


def test_the_links_of_a_lost_gpu_are_unread_and_not_gone_though_the_tool_ends_well(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    real_shell.ask(inquiry)
    smi(s=f"{states({0: UP[0]})}\n{LOST}", e=f"{errors({where: n for where, n in COUNTS.items() if not where[0]})}")
    (table,) = real_shell.ask(inquiry).tables
    assert table.rows == ("gpu0/nvl0", "gpu0/nvl1")
    assert table.unread == ("gpu1/nvl0", "gpu1/nvl1")


def test_a_tool_that_reaches_no_gpu_is_refused_though_it_ends_well(real_shell, smi):
    smi(s=LOST, e=LOST)
    assert isinstance(real_shell.ask(NvlinkInquiry(NODE)), Refusal)


def test_a_complaint_about_something_else_is_told_and_refuses_nothing(real_shell, smi):
    smi(listing=f"{LISTING}\nWARNING: infoROM is corrupted at gpu 0000:9B:00.0")
    facts = real_shell.ask(GpuInquiry(NODE)).facts
    assert facts["gpus"] == "2"
    assert "infoROM" in facts["gpus.not-understood"]


def test_after_a_run_that_broke_off_the_errors_that_stand_are_known_again(real_shell, smi):
    inquiry = NvlinkInquiry(NODE)
    before = real_shell.ask(inquiry).tables[0].values.tolist()
    smi(s=f"{states({0: UP[0]})}\n{LOST}", status=255)
    real_shell.ask(inquiry)
    smi()
    after = real_shell.ask(inquiry).tables[0]
    assert after.values.tolist() == before
    assert after.quality[:3].tolist() == [[PRESENT] * 3] * 3


# Without a shell ---------------------------------------------------------------------------------------------


def answered(text: str, status: int = 0) -> Answer:
    return Answer(body=text.encode(), status=status, asked_at=0.0, at=0.0, clock_s=1.0, boot_id=None)


def test_a_run_that_broke_off_leaves_the_links_it_did_not_reach_unread():
    inquiry = NvlinkInquiry(NODE)
    inquiry.read(answered(f"@-s 0 1-1\n{states(UP)}\n@-e 0 2-2\n{errors(COUNTS)}\n"))
    broke = f"@-s 3 3-3\n{states({0: UP[0]})}\nUnable to determine the device handle for GPU1\n"
    reading = inquiry.read(answered(broke, 3))
    assert isinstance(reading, Reading)
    assert reading.tables[0].rows == ()
    assert set(reading.tables[0].unread) == {"gpu0/nvl0", "gpu0/nvl1", "gpu1/nvl0", "gpu1/nvl1"}


# As driver 595.91 prints it of a B300, one link of eighteen; zeros are left as they are.
BLACKWELL = """
    Malformed packet Errors: 0
    Buffer overrun Errors: 0
    Rx Errors: 2
    Rx remote Errors: 0
    Rx General Errors: 0
    Local link integrity Errors: 0
    Tx discards: 0
    Link recovery successful events: 3
    Link recovery failed events: 1
    Total link recovery events: 4
    Effective Errors: 6
    Effective BER: 15e-255
    Symbol Errors: 7
    Symbol BER: 15e-255
    FEC Errors - 0: 36140749276
    FEC Errors - 15: 0
    Raw BER Lane 0: 2061
    Raw Errors Lane 0: 82
"""


def blackwell(text: str = BLACKWELL) -> str:
    lines = [f"\t Link 0: {line.strip()}" for line in text.strip().splitlines()]
    return "\n".join((f"@-s 0 1-1\n{states({0: ['53.125 GB/s']})}\n@-e 0 2-2\n{HEADS[0]}", *lines, ""))


def test_blackwell_counts_under_other_names_and_what_is_no_counter_of_ours_is_kept_by_name():
    reading = NvlinkInquiry(NODE).read(answered(blackwell()))
    assert isinstance(reading, Reading)
    (table,) = reading.tables
    read = {
        name: int(value)
        for name, value, how in zip(table.columns, table.values[0], table.quality[0], strict=True)
        if how == PRESENT
    }
    assert {name: count for name, count in read.items() if count} == {
        "recovery": 4,
        "recovery_failed": 1,
        "port_rcv_errors": 2,
        "effective_errors": 6,
        "symbol_error": 7,
    }
    assert len(read) == 11
    assert table.columns[:3] == COLUMNS
    assert table.quality[0, [0, 2]].tolist() == [ABSENT, ABSENT]
    assert reading.facts["nvlink.other-counters"] == (
        "Link recovery successful events, Effective BER, Symbol BER, FEC Errors - 0, FEC Errors - 15, "
        "Raw BER Lane 0, Raw Errors Lane 0"
    )


def test_what_blackwell_counts_is_in_the_registry_and_its_errors_are_judged():
    (table,) = NvlinkInquiry(NODE).read(answered(blackwell())).tables
    assert set(table.columns) <= set(COUNTERS)
    errors_of_it = {name for name in table.columns if COUNTERS[name].kind in (Class.ERROR, Class.STATE)}
    assert errors_of_it <= set(read_thresholds().rules)


def test_columns_are_the_same_object_while_no_new_counter_is_said():
    inquiry = NvlinkInquiry(NODE)
    before = inquiry.read(answered(blackwell())).tables[0].columns
    moved = blackwell(BLACKWELL.replace("Symbol Errors: 7", "Symbol Errors: 9")).replace("2-2", "3-3")
    assert inquiry.read(answered(moved)).tables[0].columns is before


@pytest.mark.parametrize("said", ["ERR!", "Unknown Error", "", "-1"])
def test_a_counter_that_cannot_be_read_just_now_is_not_taken_for_unsupported(said):
    text = f"@-s 0 1-1\n{states({0: ['26.562 GB/s']})}\n@-e 0 2-2\n{HEADS[0]}\n\t Link 0: Replay Errors: {said}\n"
    reading = NvlinkInquiry(NODE).read(answered(text))
    assert isinstance(reading, Reading)
    assert reading.tables[0].quality.tolist() == [[ABSENT] * 3]
    assert "Replay Errors" in reading.facts["nvlink.not-understood"]


def test_a_counter_that_reads_n_a_is_not_supported():
    text = f"@-s 0 1-1\n{states({0: ['26.562 GB/s']})}\n@-e 0 2-2\n{HEADS[0]}\n\t Link 0: Replay Errors: N/A\n"
    (table,) = NvlinkInquiry(NODE).read(answered(text)).tables
    assert table.quality.tolist() == [[UNSUPPORTED, ABSENT, ABSENT]]


@given(st.integers(0, 10**6))
def test_an_answer_cut_anywhere_makes_no_link_up_or_down_that_is_not(cut):
    text = f"@-s 0 1-1\n{states(UP)}\n@-e 0 2-2\n{errors(COUNTS)}\n"
    reading = NvlinkInquiry(NODE).read(answered(text[: cut % len(text)]))
    if isinstance(reading, Reading):
        told = {0: UP[0], 1: UP[1]}
        for row, state in zip(reading.tables[0].rows, reading.tables[0].states, strict=True):
            gpu, link = (int(part[3:]) for part in row.split("/"))
            assert state.state in {"unknown", "inactive" if "inactive" in told[gpu][link] else "up"}


WHOLE = f"@-s 0 1-1\n{states(UP)}\n@-e 0 2-2\n{errors(COUNTS)}\n"
TRUTH = {
    f"gpu{gpu}/nvl{link}": ("inactive" if "inactive" in said else "up", COUNTS.get((gpu, link)))
    for gpu, links in UP.items()
    for link, said in enumerate(links)
}
LINES = WHOLE.split("\n")[:-1]


@pytest.mark.parametrize("known", [True, False], ids=["known before", "first answer"])
@pytest.mark.parametrize("torn", ["\x00\x1b[31m?", "Killed", "", "GP"])
@pytest.mark.parametrize("at", range(len(LINES)))
def test_a_line_of_garbage_gives_no_link_what_is_anothers_and_loses_none(at, torn, known):
    inquiry = NvlinkInquiry(NODE)
    if known:
        inquiry.read(answered(WHOLE))
    lines = [*LINES[:at], torn + LINES[at][len(torn) // 2 + 2 :], *LINES[at + 1 :]]
    reading = inquiry.read(answered("\n".join(lines) + "\n"))
    if isinstance(reading, Refusal):
        return
    (table,) = reading.tables
    assert {*table.rows, *table.unread} == set(TRUTH)
    for row, state, values, quality in zip(table.rows, table.states, table.values, table.quality, strict=True):
        told, counts = TRUTH[row]
        assert state.state in (told, "unknown")
        for value, count, how in zip(values.tolist(), counts or (0, 0, 0), quality.tolist(), strict=True):
            assert how != PRESENT or value == count


def test_a_gpu_whose_heading_is_not_understood_lends_its_links_to_no_other():
    inquiry = NvlinkInquiry(NODE)
    inquiry.read(answered(WHOLE))
    text = WHOLE.replace(HEADS[1], "?", 1)
    assert inquiry.read(answered(text)) == Refusal(
        reason=Reason.GARBLED, detail="nvlink -s: what follows belongs to no GPU: Link 0: 26.562 GB/s"
    )


@pytest.mark.parametrize("gpu", [0, 1])
def test_a_list_with_a_line_that_may_be_a_gpus_is_refused_and_not_counted(gpu):
    listing = LISTING.replace(f"GPU {gpu}: NVIDIA", "G\x00U ?: NVIDIA")
    refusal = GpuInquiry(NODE).read(answered(listing + "\n"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.GARBLED


@given(st.binary(max_size=300), st.integers(0, 255))
def test_any_bytes_are_read_without_an_exception(body, status):
    gpu, nvlink = GpuInquiry(NODE), NvlinkInquiry(NODE)
    for prefix in (
        b"",
        b"GPU 0: x\n",
        b"@-s 0 1-1\nGPU 0: x (UUID: y)\n Link 0: 1 GB/s\n@-e 0 2-2\nGPU 0: x\n Link 0:",
    ):
        answer = Answer(body=prefix + body, status=status, asked_at=0, at=0, clock_s=0, boot_id=None)
        gpu.read(answer)
        nvlink.read(answer)
        assert nvlink.call().startswith("fc_nvl ")
