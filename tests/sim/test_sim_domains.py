"""What befalls many at once, or slowly: decline, a rack's power, a hot switch, a burst of Xids, chaos."""

from __future__ import annotations

from pathlib import Path

import pytest
from sim_rig import scenario

from fabconsole.fabric.errors import DocumentError
from fabconsole.fabric.health import Severity
from fabconsole.formats.logs.kernel_log import event
from fabconsole.sim.effects import Effects
from fabconsole.sim.fabric import COLUMNS, Fabric
from fabconsole.sim.manner import Manner
from fabconsole.sim.wiring import End, Wiring, wired

WIRING = wired(16, 1)
SYMBOLS, RECOVERIES, DOWNED, WAIT, DISCARDS = (
    COLUMNS.index(name)
    for name in ("symbol_error", "link_error_recovery", "link_downed", "port_xmit_wait", "port_xmit_discards")
)


def sick(text: str, folder: Path, wiring: Wiring = WIRING) -> Fabric:
    return Fabric(wiring, scenario(text, folder).befall((wiring,), 1)[0], 1)


def test_a_declining_cable_errs_long_before_it_recovers_and_recovers_before_it_flaps(tmp_path: Path) -> None:
    fabric = sick("  - {fault: declining-cable, on: gpu00-01/mlx5_3, at: 0s, over: 100s}\n", tmp_path)
    host = fabric.wiring.host["gpu00-01"]
    link = host.hcas[3].link
    before = fabric.hca_counts(host.hcas, -1.0)[3]

    def grown(t: float) -> list[int]:
        return [
            int(fabric.hca_counts(host.hcas, t)[3, column] - before[column]) for column in (SYMBOLS, RECOVERIES, DOWNED)
        ]

    early, half, late = grown(20.0), grown(60.0), grown(99.0)
    assert early[0] > 3
    assert early[1:] == [0, 0]
    assert half[0] > 8 * early[0]
    assert half[1] > 0
    assert half[2] == 0
    assert late[2] > 0
    assert not fabric.line(link, 101.0).up
    leaf = fabric.switch_counts(fabric.wiring.switch["leaf04"], 99.0)[2]
    assert leaf[SYMBOLS] == 0, "the far end hears well"


def test_a_rack_without_power_is_gone_at_once_and_boots_when_it_is_back(tmp_path: Path) -> None:
    fabric = sick("  - {fault: rack-power, on: r01, at: 10s, lasts: 60s}\n", tmp_path)
    hosts = {f"gpu01-0{number}" for number in range(4)}
    cut = {name for name, manners in fabric.effects.manners.items() if manners[Manner.CUT].covers(11.0)}
    assert cut == hosts == set(fabric.effects.boots)
    links = [hca.link for name in hosts for hca in fabric.wiring.host[name].hcas]
    assert [sum(fabric.line(link, t).up for link in links) for t in (9.0, 10.0, 69.0, 90.0)] == [32, 0, 0, 32]
    assert all(fabric.line(hca.link, 30.0).up for hca in fabric.wiring.host["gpu00-00"].hcas)
    assert fabric.is_lost(End("gpu01-02", "mlx5_7"), 60.0)


def test_a_hot_switch_drops_and_those_that_send_to_it_only_wait(tmp_path: Path) -> None:
    fabric = sick("  - {fault: hot-switch, on: spine02, at: 0s, discards_per_s: 40}\n", tmp_path)
    well = Fabric(WIRING, Effects(), 1)

    def more(switch: str, port: int, column: int) -> int:
        of = WIRING.switch[switch]
        return int(fabric.switch_counts(of, 10.0)[port][column] - well.switch_counts(of, 10.0)[port][column])

    culprit = WIRING.switch["spine02"]
    for port, link in culprit.links.items():
        victim = WIRING.links[link].near
        assert more("spine02", port, WAIT) > 1e7
        assert more("spine02", port, DISCARDS) > 200
        assert more(victim.node, int(victim.port), WAIT) > 1e6
        assert more(victim.node, int(victim.port), DISCARDS) == 0
    assert more("spine01", 1, WAIT) == 0


def test_an_xid_burst_has_one_root_before_its_sixty_three_echoes(tmp_path: Path) -> None:
    fabric = sick("  - {fault: xid-burst, on: gpu02-01/gpu3/nvl8, at: 5s}\n", tmp_path)
    said = [
        (message.at, host, found)
        for host, messages in fabric.effects.messages.items()
        for message in messages
        if (found := event(message.text, host, message.at)) is not None
    ]
    root = [(at, host, found) for at, host, found in said if found.code == 149]
    echoes = [(at, host, found) for at, host, found in said if found.code == 145]
    assert [(at, host, found.severity, found.link) for at, host, found in root] == [(5.0, "gpu02-01", Severity.CRIT, 8)]
    assert len({(host, found.subject) for _, host, found in echoes} - {("gpu02-01", root[0][2].subject)}) == 63
    assert {found.severity for *_, found in echoes} == {Severity.WARN}
    assert 5.0 < min(at for at, *_ in echoes) <= max(at for at, *_ in echoes) <= 8.0
    assert {host for _, host, _ in said} == {f"gpu0{rack}-0{number}" for rack in (2, 3) for number in range(4)}
    assert [found.code for *_, found in said if found.code not in (145, 149)] == [154]


def test_chaos_is_the_same_for_the_same_seed_and_of_every_kind(tmp_path: Path) -> None:
    plan = scenario("  - {fault: chaos, over: 30m, per_min: 12}\n", tmp_path)
    one, same, other = plan.befall((WIRING,), 1)[0], plan.befall((WIRING,), 1)[0], plan.befall((WIRING,), 2)[0]
    assert one.messages == same.messages != other.messages
    assert {manner for manners in one.manners.values() for manner in manners} == set(Manner)
    for effect in (one.down, one.growth, one.dead, one.lost, one.cleared, one.boots, one.jumps, one.hung):
        assert effect


def test_chaos_is_over_when_its_time_is(tmp_path: Path) -> None:
    effects = scenario("  - {fault: chaos, over: 5m, per_min: 12}\n", tmp_path).befall((WIRING,), 3)[0]
    spells = [
        *(each for manners in effects.manners.values() for each in manners.values()),
        *effects.down.values(),
        *effects.dead.values(),
        *(hung.spells for hung in effects.hung.values()),
    ]
    assert max(end for each in spells for _, end in each.spells) < 300 + 90 + 60


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("fault: rack-power, on: r01, lasts: 5s", "a kernel alone takes"),
        ("fault: rack-power, on: gpu00-00", "is not a rack such as r06"),
        ("fault: chaos, over: 24h, per_min: 60", "more than 10,000 faults"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, fault: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        scenario(f"  - {{{fault}}}\n", tmp_path)
