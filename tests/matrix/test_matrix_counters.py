"""What a host counts, and by which clock, is not steady: no wrong rate, no false green, and nothing twice."""

from __future__ import annotations

import asyncio
import time

from matrix_clock import clock_of
from matrix_table import CLEARED, JUMPED, REBOOTED, RENUMBERED
from matrix_watch import SICK, Fabric, Watch, question_of

from fabconsole.fabric.health import Health, Mark
from fabconsole.state.snapshot import PortView, Snapshot

END = f"{SICK}/mlx5_0/1"


def port(picture: Snapshot, end: str = END) -> PortView:
    found = picture.port(end)
    assert found is not None
    return found


def rates(watch: Watch, counter: str, since: int = 0) -> set[float]:
    """Every rate of a counter that was ever shown."""
    shown = [found for picture in watch.pictures[since:] if (found := picture.port(END)) is not None]
    return {one.rates[counter] for one in shown if counter in one.rates}


async def test_a_reboot_is_told_and_no_rate_is_made_across_it(fabric: Fabric) -> None:
    host = fabric.host
    hca = host.hcas["mlx5_0"]
    hca.set(symbol_error=50, port_xmit_data=1 << 40)
    async with clock_of(host) as clock, fabric.watched() as watch:
        await watch.well()
        await asyncio.to_thread(host.kill)
        clock.booted()
        hca.set(symbol_error=60, port_xmit_data=1 << 41)
        await asyncio.to_thread(host.restart)
        await watch.until(lambda _: REBOOTED.says in watch.events())
        assert port(watch.picture).health is not Health.OK
        await watch.well()
        assert watch.sick.uptime_s is not None
        assert watch.sick.uptime_s < 100
        assert rates(watch, "symbol_error") == {0.0}
        assert rates(watch, "port_xmit_data") == {0.0}
        watch.the_well_missed_nothing()


async def test_counters_that_somebody_clears_are_marked_and_count_on(fabric: Fabric) -> None:
    hca = fabric.host.hcas["mlx5_0"]
    hca.set(symbol_error=5000, link_downed=255)
    async with fabric.watched() as watch:
        await watch.until(lambda picture: picture.port(END) is not None)
        assert port(watch.picture).marks == {"link_downed": Mark.SATURATED}
        await watch.rounds(2)
        assert "link_downed" not in port(watch.picture).rates
        await watch.rounds(2)
        hca.set(symbol_error=0, link_downed=0)
        await watch.until(lambda picture: port(picture).counters["symbol_error"] == 0)
        assert port(watch.picture).marks == dict.fromkeys(("symbol_error", "link_downed"), Mark(CLEARED.says))
        await watch.rounds(2)
        hca.set(symbol_error=7)
        await watch.until(lambda picture: port(picture).rates.get("symbol_error", 0.0) > 0)
        assert all(0 <= rate < 100 for rate in rates(watch, "symbol_error")), "neither 5000 down nor a wrap"
        assert port(watch.picture).health is not Health.OK
        watch.the_well_missed_nothing()


async def test_a_hca_that_comes_back_by_another_number_is_missing_until_it_does(fabric: Fabric) -> None:
    host = fabric.host
    here, there = host.hcas["mlx5_1"], f"{SICK}/mlx5_9/1"
    async with fabric.watched() as watch:
        await watch.well()
        here.vanish()
        await watch.until(lambda picture: port(picture, f"{SICK}/mlx5_1/1").health is Health.MISSING)
        assert "mlx5_1 missing: no longer listed by its node" in watch.events()
        here.come_back()
        (host.devices / "mlx5_1").rename(host.devices / "mlx5_9")
        await watch.until(lambda picture: picture.port(there) is not None)
        await watch.until(lambda picture: port(picture, there).health is Health.OK)
        old = port(watch.picture, f"{SICK}/mlx5_1/1")
        assert old.health is Health.EXPECTED_DOWN
        assert old.reason == f"no longer listed by its node, {RENUMBERED.says} mlx5_9/1 now"
        assert [one.end for one in watch.sick.ports if one.health is Health.OK] == [END, there]
        (host.devices / "mlx5_9").rename(host.devices / "mlx5_1")
        await watch.until(lambda picture: port(picture, f"{SICK}/mlx5_1/1").health is Health.OK)
        watch.the_well_missed_nothing()


async def test_a_steady_clock_that_jumps_makes_no_rate_and_hides_none(fabric: Fabric) -> None:
    host = fabric.host
    hca = host.hcas["mlx5_0"]
    async with clock_of(host) as clock, fabric.watched() as watch:
        await watch.well()
        errors = 0
        for jump_s in (3600.0, -3600.0, 86_400.0):
            clock.offset_s += jump_s
            errors += 100
            hca.set(symbol_error=errors)
            await watch.until(lambda picture, errors=errors: port(picture).counters["symbol_error"] == errors)
            assert any(JUMPED.says in text for text in watch.events())
            assert port(watch.picture).health is not Health.OK, jump_s
            before = len(watch.pictures)
            await watch.rounds(3)
            errors += 30
            hca.set(symbol_error=errors)
            await watch.until(lambda picture: port(picture).rates.get("symbol_error", 0.0) > 1.0)
            assert all(0 <= rate < 1000 for rate in rates(watch, "symbol_error", before))
        watch.the_well_missed_nothing()


async def test_a_wall_clock_that_is_wrong_dates_no_xid_in_the_past(fabric: Fabric) -> None:
    host = fabric.host
    async with fabric.watched() as watch:
        await watch.well()
        for code, ago_s in ((74, 7200.0), (79, -7200.0), (95, 0.0)):
            host.journal.say(f"NVRM: Xid (PCI:0000:1b:00): {code}, pid=1, name=x, text", ago_s=ago_s)
            picture = await watch.until(
                lambda picture, code=code: any(view.event.code == code for view in picture.events)
            )
            (told,) = [view.event for view in picture.events if view.event.code == code]
            assert abs(told.at - time.time()) < 60, code
        assert question_of(watch.picture, "log").health is Health.OK
        watch.the_well_missed_nothing()
