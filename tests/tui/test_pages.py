"""What the pages say, as plain text."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from drawn_fabric import NOON, Still, east, host, nvlink, port, silent, snapshot, switch

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Mark, Severity
from fabconsole.state.history import STEPS
from fabconsole.state.remedies import REMEDIES
from fabconsole.state.snapshot import Banner, EventView, Finding, QuestionCoverage, Series, Snapshot
from fabconsole.stream.records import Reason
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import HIDDEN, length, plain
from fabconsole.tui.keys import SECTIONS, useful
from fabconsole.tui.metrics import METRICS
from fabconsole.tui.pages.bars import banner_lines, header, keys_line, metric_tabs, pulse
from fabconsole.tui.pages.events import event_line, event_lines, event_place
from fabconsole.tui.pages.fabric import counted
from fabconsole.tui.pages.help import help_lines
from fabconsole.tui.pages.link import link_lines
from fabconsole.tui.pages.selection import selection
from fabconsole.tui.pages.worst import worst_lines
from fabconsole.tui.sparkline import sparkline_between
from fabconsole.tui.trail import Place, Trail, View, inside, to


def desk(shown: Snapshot, *places: Place) -> Desk:
    made = Desk(Still(shown), NOON)
    made.trail = Trail((Place(View.FABRIC), *places))
    return made


def small() -> Snapshot:
    bad = port("a1/mlx5_1/1", Health.CRIT, peer="leaf0/2")
    lame = nvlink("a1/gpu0/nvl1", Health.WARN)
    return snapshot(
        [
            host("a0", "r0", rails=2, gpus=2, links=2),
            host("a1", "r0", rails=2, gpus=2, links=2, ports={bad.end: bad}, nvlinks={lame.end: lame}),
            silent("b0", "r1"),
            switch("leaf0", ["a0/mlx5_0/1", "a1/mlx5_1/1", None]),
        ]
    )


def drawn(width: int, height: int, *, without: str = "") -> list[str]:
    nodes = [node for node in small().nodes.values() if node.name != without]
    return plain(desk(snapshot(nodes)).draw(width, height).lines).splitlines()


def test_the_fabric_is_tiles_of_hosts_by_name_where_there_is_room() -> None:
    assert drawn(40, 12, without="b0") == [
        "r0 ✖1",
        "a0   · ·  · ·",
        "a1 ✖ · ✖  ▲ ·",
        "",
        "switches           leaf ·",
    ]


@pytest.mark.parametrize(
    ("room", "said"), [(30, "▼1 ✖2 ▲3"), (8, "▼1 ✖2 ▲3"), (7, "▼1 +5"), (4, "▼1+5"), (3, "▼1+"), (2, "▼1")]
)
def test_a_number_in_a_racks_head_counts_what_its_glyph_says_and_nothing_else(room: int, said: str) -> None:
    bad = Counter({Health.WARN: 3, Health.DOWN: 1, Health.CRIT: 2})
    assert plain([counted(bad, room)]) == said


def test_a_racks_head_is_drawn_anew_when_a_node_gets_worse_whatever_the_metric_shows() -> None:
    def shown(health: Health) -> Snapshot:
        bad = port("a0/mlx5_0/1", health, counters={"link_downed": 0}, rates={"link_downed": 0.0})
        return snapshot([host("a0", "r0", rails=1, gpus=0, ports={bad.end: bad}), silent("a1", "r0")])

    picture = Still(shown(Health.WARN))
    made = Desk(picture, NOON)
    made.next_metric()
    heads = []
    for health in (Health.WARN, Health.DEGRADED):
        picture.now = shown(health)
        made.look(NOON)
        heads.append(plain(made.draw(60, 20).lines).splitlines()[0].split())
    assert heads == [["r0", "?1", "▲1"], ["r0", "?1", "◢1"]]


def test_a_rack_whose_bad_nodes_are_alike_has_one_number() -> None:
    assert plain([counted(Counter({Health.STALE: 12}), 4)]) == "◌12"


def test_a_racks_single_cell_counts_those_that_are_as_bad_as_the_worst() -> None:
    down, warns = (port(f"a{n}/mlx5_0/1", health) for n, health in ((0, Health.DOWN), (1, Health.WARN)))
    hosts = [host(f"a{n}", "rack-a", rails=1, gpus=0, ports={p.end: p}) for n, p in enumerate((down, warns))]
    hosts += [host(f"b{n}", "rack-b", rails=1, gpus=0) for n in range(30)]
    lines = plain(desk(snapshot(hosts)).draw(10, 2).lines).splitlines()
    assert lines == ["rack-a▼1+", "rack-b·"]


def test_a_rack_is_told_by_word_in_the_line_on_the_selection() -> None:
    said = plain(selection(small(), "rack r0", 100))
    assert "1 CRIT of 2" in said


def test_less_room_costs_names_then_space() -> None:
    assert drawn(40, 7) == [
        "r0 ✖1                r1 ?1",
        "  ··       ··        ? ???????? ????????",
        "✖ ·✖       ▲·",
        "",
        "switches           leaf ·",
    ]


def test_still_less_room_turns_cells_into_nodes_and_nodes_into_racks() -> None:
    assert drawn(30, 4) == ["r0 ✖1           r1 ?1", "· ✖             ?", "", "switches      leaf ·"]
    assert drawn(14, 3, without="b0") == ["r0      ✖1", "switches·"]


def test_faults_only_keeps_the_places_and_passes_over_what_is_well() -> None:
    made = desk(small())
    made.toggle_faults()
    spans = [span for line in made.draw(60, 20).lines for span in line if span.address]
    shown = {span.address for span in spans if span.role != HIDDEN}
    assert {"a1", "a1/mlx5_1/1", "a1/gpu0"} <= shown
    assert not shown & {"a0", "a0/mlx5_0/1", "leaf0"}
    assert "a0/mlx5_0/1" in {span.address for span in spans}


def test_a_filter_holds_back_every_name_that_does_not_match() -> None:
    made = desk(small())
    for text in ("a1", "A1", "a*1", "?1"):
        made.filter(text)
        shown = {span.address for line in made.draw(60, 20).lines for span in line if span.role != HIDDEN}
        assert "a1/mlx5_1/1" in shown
        assert "a0/mlx5_0/1" not in shown


def test_a_rack_is_found_by_its_name_too() -> None:
    made = desk(small())
    made.filter("r1")
    shown = {span.address for line in made.draw(60, 20).lines for span in line if span.role != HIDDEN}
    assert "b0" in shown
    assert "a0/mlx5_0/1" not in shown


def test_racks_share_a_cell_that_is_as_bad_as_the_worst_of_them() -> None:
    nodes = [host(f"n{number}", f"r{number}", rails=1, gpus=0) for number in range(60)]
    bad = port("n41/mlx5_0/1", Health.DOWN)
    nodes[41] = host("n41", "r41", rails=1, gpus=0, ports={bad.end: bad})
    made = desk(snapshot(nodes))
    drawn = made.draw(5, 3)
    assert plain(drawn.lines).count("▼") == 1
    assert drawn.stands_for["n41"] == next(s.address for line in drawn.lines for s in line if s.text == "▼")


def test_a_rack_page_names_hosts_rails_and_why() -> None:
    page = plain(desk(small(), Place(View.RACK, "r0")).draw(100, 30).lines)
    assert "RAILS" in page and "GPUS" in page
    assert "✖ a1" in page
    assert "made CRIT" in page


def test_a_racks_worst_list_has_the_links_whose_far_end_tells_of_them() -> None:
    told = Finding(end="leaf0/2", health=Health.CRIT, reason="flapping", since=NOON, peer="a1/mlx5_1/1")
    shown = replace(small(), findings=(told,))
    assert "leaf0/2 ⇄ a1/mlx5_1/1" in plain(desk(shown, Place(View.RACK, "r0")).draw(100, 30).lines)
    assert "leaf0/2" not in plain(desk(shown, Place(View.RACK, "r1")).draw(100, 30).lines)


def test_a_switch_shows_a_cell_a_port() -> None:
    made = desk(small(), Place(View.RACK, "switches"))
    cells = [
        span.address for line in made.draw(100, 30).lines for span in line if (span.address or "").startswith("leaf0/")
    ]
    assert cells == ["leaf0/1", "leaf0/2", "leaf0/3"]


def test_a_node_page_marks_what_is_saturated_and_never_shows_missing_as_zero() -> None:
    odd = port(
        "a0/mlx5_0/1",
        counters={"symbol_error": 65535, "link_downed": 4},
        rates={"link_downed": 0.2},
        marks={"symbol_error": Mark.SATURATED, "port_xmit_wait": Mark.UNSUPPORTED},
    )
    made = desk(snapshot([host("a0", "r0", ports={odd.end: odd}, rails=2)]), Place(View.NODE, "a0"))
    row = next(line for line in plain(made.draw(130, 40).lines).splitlines() if "mlx5_0/1" in line)
    assert "≥ 65 535" in row
    assert "+12/min" in row
    assert "–" in row
    assert "∅" in row
    assert " 0 " not in row


def test_a_node_page_has_each_gpus_xids_beside_its_nvlinks() -> None:
    shown = snapshot([replace(host("a0", "r0"), gpu_events={6: "Xid 94 ×2, 31"}, health=Health.WARN)])
    for width in (79, 120):
        lines = plain(desk(shown, Place(View.NODE, "a0")).draw(width, 40).lines).splitlines()
        head = next(line for line in lines if "NVLINK" in line)
        sick = next(line for line in lines if "gpu6" in line)
        assert sick.startswith(" ▲ gpu6")
        assert sick.index("94 ×2, 31") == head.index("Xid")
    assert "Xid" not in plain(desk(snapshot([host("a0", "r0")]), Place(View.NODE, "a0")).draw(120, 40).lines)


def test_a_node_page_says_what_is_wrong_before_what_the_node_is() -> None:
    node = replace(host("a0", "r0"), health=Health.DOWN, reason="mlx5_1/1: Down, Polling")
    line = plain(desk(snapshot([node]), Place(View.NODE, "a0")).draw(120, 40).lines).splitlines()[0]
    assert line.startswith(" ▼ DOWN  mlx5_1/1: Down, Polling  linux-gpu · rack r0")


def test_a_rack_speaks_of_its_own_nodes() -> None:
    shown = snapshot([host("a0", "r0"), silent("b0", "r1")])
    shown = replace(shown, findings=())
    pages = {name: plain(desk(shown, Place(View.RACK, name)).draw(100, 30).lines) for name in ("r0", "r1")}
    assert "nothing that was asked for is wrong" in pages["r0"]
    assert "nothing so far, and not everything was answered" in pages["r1"]


def test_a_node_page_says_why_a_question_has_no_answer() -> None:
    node = host("a0", "r0")
    stuck = replace(
        node.questions[2], health=Health.STALE, age_s=95.0, reason=Reason.STUCK, detail="not back", since=NOON - 95
    )
    shown = snapshot([replace(node, questions=(*node.questions[:2], stuck))])
    page = plain(desk(shown, Place(View.NODE, "a0")).draw(160, 40).lines)
    assert "nvlink ◌ 1 min" in page
    assert "stuck since 11:58:25: not back" in page


@pytest.mark.parametrize("reason", [Reason.NO_LOG, Reason.LOCKED, Reason.ADOPTED, Reason.UNREACHABLE])
def test_a_node_page_gives_a_reason_its_glyph_and_once_what_to_do_about_it(reason: Reason) -> None:
    node = host("a0", "r0")
    failed = [replace(one, health=Health.UNKNOWN, reason=reason, detail="so it said") for one in node.questions[:2]]
    shown = snapshot([replace(node, questions=(*failed, *node.questions[2:]))])
    page = plain(desk(shown, Place(View.NODE, "a0")).draw(160, 40).lines)
    remedy = REMEDIES[reason]
    assert f", {remedy.glyph} {reason.value}: so it said" in page
    assert page.count(f" {remedy.glyph} {reason.value}: {remedy.advice}") == 1


def test_a_node_page_says_that_its_log_is_slower_than_others_and_why() -> None:
    node = replace(host("a0", "r0"), facts={"log.polled": "a second connection is refused"})
    page = plain(desk(snapshot([node]), Place(View.NODE, "a0")).draw(160, 40).lines)
    assert "not followed, so an Xid comes that late: a second connection is refused" in page


def test_a_link_page_sets_both_ends_side_by_side() -> None:
    shown = east()
    page = plain(link_lines(shown, "gpu03-02/mlx5_5/1", Still(shown).series, 120))
    assert "gpu03-02/mlx5_5/1" in page and "leaf05/15" in page
    assert "by its host" in page and "in-band" in page
    symbol = next(line for line in page.splitlines() if line.strip().startswith("symbol"))
    assert "≥ 65 535" in symbol and " 0" in symbol


def test_a_link_page_goes_no_further_back_than_each_end_is_remembered() -> None:
    """The host is read every 5 s and remembered for five minutes, its switch every minute and for an hour."""

    def series(end: str, counter: str) -> Series:
        every, steps = (60.0, 40) if end.startswith("leaf") else (5.0, STEPS)
        return Series(at=tuple(NOON - every * back for back in reversed(range(steps))), growth=(1.0,) * steps)

    page = plain(link_lines(east(), "gpu03-02/mlx5_5/1", series, 150)).splitlines()
    assert "last 5 min" in next(line for line in page if "COUNTERS" in line)
    assert next(line for line in page if line.strip().startswith("symbol")).count("█") == 64


def test_an_nvlink_page_has_one_end_and_its_events() -> None:
    shown = east()
    page = plain(link_lines(shown, "gpu09-00/gpu6/nvl2", Still(shown).series, 100))
    assert "inactive" in page
    assert "Xid 74" in page


@pytest.mark.parametrize("width", [58, 79, 119, 199])
def test_a_link_whose_far_end_is_not_known_says_so(width: int) -> None:
    shown = east()
    page = plain(link_lines(shown, "gpu09-00/gpu6/nvl2", Still(shown).series, width))
    assert "far end" in page and "unknown: nothing that is asked tells it" in " ".join(page.split())
    assert "far end" not in plain(link_lines(shown, "gpu03-02/mlx5_5/1", Still(shown).series, width))
    assert "unknown" in plain(link_lines(shown, "leaf05/69", Still(shown).series, width))


def test_a_far_end_that_its_switch_does_not_list_is_not_said_to_be_of_another_fabric() -> None:
    ends = {"a0/mlx5_0/1": port("a0/mlx5_0/1", peer="leaf0/9"), "a0/mlx5_1/1": port("a0/mlx5_1/1", peer="core/1")}
    shown = snapshot([host("a0", "r0", ports=ends), switch("leaf0", [])])
    said = [plain(link_lines(shown, end, Still(shown).series, 100)).splitlines()[0] for end in ends]
    assert said[0].endswith("⇄ leaf0/9, not listed there")
    assert said[1].endswith("⇄ core/1, not in this fabric")


def test_a_nodes_page_has_the_events_of_its_nvswitches() -> None:
    shown = east()
    sxid = Event(
        at=NOON,
        node="gpu09-00",
        kind="sxid",
        severity=Severity.CRIT,
        text="nvidia-nvswitch1: SXid (PCI:0000:07:00.0): 20034, Fatal, Link 37 LTSSM Fault Up",
        code=20034,
        subject="0000:07:00.0",
        link=37,
    )
    shown = replace(shown, events=(EventView(event=sxid, first_at=NOON, count=1), *shown.events))
    assert "SXid 20034" in plain(desk(shown, Place(View.NODE, "gpu09-00")).draw(79, 40).lines)
    assert "SXid 20034" not in plain(desk(shown, Place(View.NODE, "gpu03-02")).draw(79, 40).lines)


def test_a_link_that_vanished_says_so() -> None:
    shown = east()
    assert "no longer there" in plain(link_lines(shown, "gpu99/mlx5_0/1", Still(shown).series, 80))


def test_every_line_of_every_page_fits_the_width() -> None:
    shown = east()
    for width in (58, 79, 118, 198):
        made = desk(shown)
        for place in (
            Place(View.FABRIC),
            Place(View.RACK, "r03"),
            Place(View.RACK, "switches"),
            Place(View.NODE, "gpu03-02"),
            Place(View.NODE, "gpu04-01"),
            Place(View.NODE, "leaf05"),
            Place(View.LINK, "gpu03-02/mlx5_5/1"),
            Place(View.LINK, "gpu09-00/gpu6/nvl2"),
        ):
            made.trail = Trail((place,))
            assert max(length(line) for line in made.draw(width, 40).lines) <= width, place
        for lines in (worst_lines(shown, width), event_lines(shown, width)):
            assert max(length(line) for line in lines) <= width
        assert length(header(shown, ["r03", "gpu03-02"], width)) <= width
        for address in ("gpu03-02/mlx5_5/1", "gpu03-02", "rack r03", "gpu09-00/gpu6", "gpu09-00/gpu6/nvl2", "nowhere"):
            assert max(length(line) for line in selection(shown, address, width)) <= width


def test_the_header_counts_coverage_by_question() -> None:
    shown = small()
    short = QuestionCoverage(asked=2, answered=1, oldest_s=None)
    shown = replace(shown, coverage=replace(shown.coverage, questions={"hca": short}))
    assert "hca 1/2" in plain([header(shown, [], 120)])


@pytest.mark.parametrize("width", [46, 59, 68, 99])
@pytest.mark.parametrize("crumbs", [[], ["r03"], ["r03", "gpu03-02/mlx5_5/1"]])
def test_however_narrow_the_header_names_every_question_with_a_gap(width: int, crumbs: list[str]) -> None:
    shown = east()
    questions = {
        "hca": QuestionCoverage(asked=64, answered=63, oldest_s=1.0),
        "gpu": QuestionCoverage(asked=64, answered=64, oldest_s=1.0),
        "nvlink": QuestionCoverage(asked=64, answered=61, oldest_s=1.0),
    }
    shown = replace(shown, coverage=replace(shown.coverage, questions=questions))
    said = plain([header(shown, crumbs, width)])
    assert all(one in said for one in ("hca 63/64", "nvlink 61/64")) or "hca −1 · nvlink −3" in said
    assert length(header(shown, crumbs, width)) <= width


def test_a_banner_is_whole_where_there_is_room_for_it() -> None:
    long = "jump host bastion1: 12 nodes unreachable, " + "connection refused, " * 4 + "in the end"
    lines = banner_lines([long], 60)
    assert len(lines) == 3 and all(length(line) == 60 for line in lines)
    assert "in the end" in plain(lines)


def test_many_banners_have_a_line_each_and_those_without_one_are_counted() -> None:
    lines = plain(banner_lines([f"banner {number} " + "x" * 70 for number in range(5)], 60)).splitlines()
    assert [line[:9] for line in lines] == [" banner 0", " banner 1", " banner 2"]
    assert lines[-1].endswith("… and 2 more")
    two = plain(banner_lines([f"banner {number} " + "x" * 110 for number in range(2)], 60)).splitlines()
    assert [line[:9] for line in two] == [" banner 0", " banner 1"]


def test_the_foot_never_loses_help_and_quit() -> None:
    hints = useful(View.FABRIC)
    for width in (60, 80, 120, 200):
        for note in ("", "symbol errors · faults only · /gpu03 · 2 marked"[: width - 20]):
            line = plain([keys_line(hints.here, hints.always, note, width)])
            assert "? help   q quit" in line
            assert len(line) <= width


def test_the_header_says_all_well_only_of_a_whole_picture() -> None:
    well = snapshot([host("a0", "r0")])
    assert "all well" in plain([header(well, [], 100)])
    partly = replace(well, coverage=replace(well.coverage, polled=0))
    assert "all well" not in plain([header(partly, [], 100)])
    assert "all well" not in plain([header(small(), [], 100)])


def test_the_pulse_tells_live_from_stale_from_ended() -> None:
    assert "WAITING" in plain([pulse(NOON, None, 5.0, False, 21)])
    assert "LIVE" in plain([pulse(NOON, NOON - 4, 5.0, False, 21)])
    assert "STALE" in plain([pulse(NOON, NOON - 40, 5.0, False, 21)])
    assert "ENDED" in plain([pulse(NOON, NOON, 5.0, True, 21)])


def test_the_pulse_is_not_live_while_no_node_has_answered() -> None:
    for width in (12, 21):
        said = pulse(NOON, NOON - 4, 5.0, False, width, is_read=False)
        assert "NO DATA" in plain([said])
        assert "live" not in {span.role for span in said}


@pytest.mark.parametrize("note", ["", "faults only · /gpu09 · 1 marked"])
def test_a_window_that_hides_the_worst_list_names_its_key(note: str) -> None:
    hints = useful(View.FABRIC)
    assert plain([keys_line(hints.here, hints.always, note, 80)]).startswith(" tab worst ")


def test_many_modes_leave_half_of_the_foot_to_the_keys() -> None:
    hints = useful(View.FABRIC)
    line = plain([keys_line(hints.here, hints.always, "symbol errors · faults only · /gpu09 · 12 marked", 80)])
    assert "tab worst" in line and "enter open" in line


def test_the_fabrics_cells_are_explained_where_there_is_room_and_in_the_help() -> None:
    assert "itself · ports by rail · GPUs" in plain([metric_tabs(METRICS[0], 120, desk(small()).legend)])
    assert "itself, its ports by rail, its GPUs" in " ".join(plain(help_lines(SECTIONS, 60)).split())


def test_the_worst_list_puts_the_reason_under_its_thing() -> None:
    lines = plain(worst_lines(east(), 60)).splitlines()
    at = next(number for number, line in enumerate(lines) if "gpu03-02/mlx5_5/1 ⇄ leaf05/15" in line)
    assert lines[at].strip().startswith("✖")
    assert "flapping: 4 downs in 10 min" in lines[at + 1]


def test_events_are_newest_first_and_say_how_often() -> None:
    lines = plain(event_lines(east(), 70)).splitlines()
    assert "11:59:51 ✖ gpu03-02 mlx5_5 port 1: link down" in lines[1]
    assert lines[1].rstrip().endswith("×4")


def xid(node: str = "gpu09-00") -> EventView:
    said = Event(
        at=NOON - 9,
        node=node,
        kind="xid",
        severity=Severity.CRIT,
        text="NVRM: Xid (PCI:0000:d1:00): 74, pid=88",
        code=74,
        subject="gpu6",
        link=2,
        meaning="NVLink error",
    )
    return EventView(event=said, first_at=NOON - 9, count=1)


def test_an_xid_says_its_meaning_in_the_list_and_its_own_words_where_there_is_room() -> None:
    assert "Xid 74 NVLink error · gpu6 link 2" in plain([event_line(xid(), 70)])
    assert "NVRM" not in plain([event_line(xid(), 70)])
    assert "NVRM: Xid (PCI:0000:d1:00): 74" in plain([event_line(xid(), 110, alone=True)])


def test_only_what_asks_for_somebody_has_a_colour_in_the_events() -> None:
    def roles(severity: Severity) -> set[str]:
        view = xid()
        line = event_line(replace(view, event=replace(view.event, severity=severity)), 80)
        return {span.role for span in line if span.text.strip()}

    assert "crit" in roles(Severity.CRIT)
    assert "warn" in roles(Severity.WARN)
    assert roles(Severity.INFO) <= {"dim", "strong", "faint"}


def test_an_event_leads_to_what_it_is_about() -> None:
    shown = east()
    assert event_place(xid().event, shown) == "gpu09-00/gpu6/nvl2"
    assert event_place(replace(xid().event, link=None), shown) == "gpu09-00/gpu6"
    assert event_place(replace(xid().event, subject="mlx5_3"), shown) == "gpu09-00/mlx5_3/1"
    assert event_place(replace(xid().event, subject="0000:18:00.0"), shown) == "gpu09-00"


def test_a_gpus_finding_leads_to_its_row_and_its_row_to_its_worst_nvlink() -> None:
    shown = east()
    place = to("gpu09-00/gpu6", shown)
    assert place == Place(View.NODE, "gpu09-00", "gpu09-00/gpu6")
    assert inside(place, "gpu09-00/gpu6", shown) == Place(View.LINK, "gpu09-00/gpu6/nvl2", "gpu09-00/gpu6/nvl2")


def test_both_ends_of_a_link_are_drawn_over_one_time() -> None:
    slow = Series(at=(NOON - 30, NOON), growth=(0.0, 4.0))
    fast = Series(at=tuple(NOON - 60 + 5 * step for step in range(13)), growth=(*[0.0] * 12, 4.0))
    assert sparkline_between(fast, NOON - 60, NOON, 4) == "▁▁▁█"
    assert sparkline_between(slow, NOON - 60, NOON, 4) == "▁▁██"
    late = Series(at=(NOON - 5, NOON), growth=(None, 0.0))
    assert sparkline_between(late, NOON - 60, NOON, 12) == " " * 10 + "·▁"
    behind = Series(at=(NOON - 45, NOON - 30), growth=(0.0, 1.0))
    assert sparkline_between(late, NOON - 60, NOON, 12, read_from=NOON - 40) == "    ┈┈┈┈┈┈·▁"
    assert sparkline_between(behind, NOON - 60, NOON, 4) == "▁█  "
    assert sparkline_between(Series(at=(), growth=()), NOON - 60, NOON, 4) == "    "


def test_nothing_known_yet_is_said_and_not_shown_as_well() -> None:
    empty = replace(snapshot([]), racks=())
    assert "waiting" in plain(desk(empty).draw(60, 20).lines)
    assert "all well" not in plain([header(empty, [], 100)])


def test_banners_do_not_hide_the_page() -> None:
    shown = replace(small(), banners=(Banner(text="jump host is gone", reason=Reason.JUMP, nodes=("a0",)),))
    assert desk(shown).draw(60, 20).lines
