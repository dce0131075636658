"""`rdma statistic`: records that a mail broke, queue pairs, JSON."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return named("rdma-statistic").read(Paste(text))


def test_a_record_goes_on_wherever_a_mail_broke_it() -> None:
    whole = "link mlx5_0/1 rx_write_requests 4711 rx_read_requests 12 out_of_buffer 0 np_cnp_sent 3\n"
    for at in range(whole.index("rx_w"), len(whole)):
        if whole[at] == " ":
            assert read(whole[:at] + "\n" + whole[at + 1 :]) == read(whole)


def test_a_record_broken_in_the_midst_of_a_word_has_no_wrong_number() -> None:
    said = read("link mlx5_0/1 rx_write_requests 47\n11 rx_read_requests 12 out_of_\nbuffer 7 np_cnp_sent 3 np_x 4\n")
    (row,) = said.rows
    assert row.counters == {"rx_write_requests": None, "rx_read_requests": 12, "np_cnp_sent": 3, "np_x": 4}
    assert row.marks == ["unknown rx_write_requests"]
    assert said.unparsed == ["11", "out_of_", "buffer 7"]


def test_a_line_of_another_stream_within_a_record_is_left_out() -> None:
    said = read("link a/1 rx_write_requests 1 rx_read_requests\nConnection to x closed.\n2 np_cnp_sent 3\n")
    assert said.rows[0].counters == {"rx_write_requests": 1, "rx_read_requests": 2, "np_cnp_sent": 3}
    assert said.unparsed == ["Connection to x closed."]


def test_what_follows_a_lost_heading_is_nobodys() -> None:
    said = read("link a/1 rx_write_requests 1 np_cnp_sent 3\nl#nk b/1 rx\nrx_write_requests 7\nout_of_buffer 8\n")
    assert [(row.id, row.counters) for row in said.rows] == [("a/1", {"rx_write_requests": 1, "np_cnp_sent": 3})]
    assert said.unparsed == ["l#nk b/1 rx", "rx_write_requests 7", "out_of_buffer 8"]


def test_a_counter_at_its_end_is_marked() -> None:
    first, second, _queues = read((SAMPLES / "rdma-statistic.txt").read_text()).rows
    assert first.marks == ["saturated duplicate_request"]
    assert second.marks == ["saturated np_cnp_sent"]
    assert first.extra["optional_counters"] == ["cc_rx_ce_pkts", "cc_tx_cnp_pkts"]


def test_what_identifies_queue_pairs_counts_nothing() -> None:
    for name in ("rdma-statistic.txt", "rdma-statistic.json.txt"):
        row = read((SAMPLES / name).read_text()).rows[-1]
        assert row.counters["rx_write_requests"] == 3
        assert (row.extra["cntn"], row.extra["pid"], row.extra["comm"]) == (4, 30489, "ib_send_bw")
        assert row.extra["lqpn"] == [178, 179]


def test_a_number_printed_with_a_sign_is_none() -> None:
    (row,) = read("link mlx5_8/1 rx_write_requests -481413250 rx_read_requests 797596171\n").rows
    assert row.counters == {"rx_write_requests": None, "rx_read_requests": 797596171}
    assert (row.marks, row.extra["printed_rx_write_requests"]) == (["unknown rx_write_requests"], -481413250)


def test_modes_are_told() -> None:
    said = read(
        "link mlx5_0/1 qp auto type,pid on\nlink mlx5_1/1 supported optional-counters cc_rx_ce_pkts,cc_tx_cnp_pkts\n"
    )
    assert said.rows[0].extra == {"mode": "qp auto type,pid on"}
    assert said.rows[1].extra == {"supported": True, "optional_counters": ["cc_rx_ce_pkts", "cc_tx_cnp_pkts"]}
    said = read("link mlx5_0/1\n    Optional-set: cc_rx_ce_pkts cc_tx_cnp_pkts\n")
    assert said.rows[0].extra == {"optional_counters": ["cc_rx_ce_pkts", "cc_tx_cnp_pkts"]}


def test_counters_of_memory_regions_are_their_devices() -> None:
    (row,) = read("dev mlx5_0 mrn 8 page_faults 27 page_invalidations 0 page_prefetch 29\n").rows
    assert (row.id, row.extra) == ("mlx5_0", {"mrn": 8})
    assert row.counters == {"page_faults": 27, "page_invalidations": 0, "page_prefetch": 29}


def test_one_counter_to_a_line_is_the_same_record() -> None:
    text = "link mlx5_0/1 \n    rx_write_requests 4 \n    rx_read_requests 0 \n    RxECNMrkd 9 \n"
    assert read(text).rows[0].counters == {"rx_write_requests": 4, "rx_read_requests": 0, "RxECNMrkd": 9}
    text = "link irdma0/1 ip4InDiscards 4 iwRdmaInv 2\n"
    assert recognise(Paste(text))[0].name == "rdma-statistic"


def test_queue_pairs_as_ranges_are_kept_as_printed() -> None:
    (row,) = read("link mlx5_2/1 cntn 5 lqpn 180,181-183 rx_write_requests 7\n").rows
    assert row.extra["lqpn"] == "180,181-183"
