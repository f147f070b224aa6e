"""Hand-overs: an escort can be lost at a border of jurisdictions. Bounds of `Z`: 1 seed in 10,000."""

import pytest

from sim.agents import convoys, escorts
from sim.clock import EPOCH_DAYS, TICKS_A_DAY
from tests.small import QUICK, UNPAID, Z, divided, only, scenario, table, z_of_ratio, z_of_share

GAP = 0.4
# Every movement is escorted: teams enough, and everybody asks for one.
ESCORTED = {
    **UNPAID,
    "policy.adherence.hold": True,
    "policy.adherence.level": 1.0,
    "insider.prevalence": 0.0,
    "state.special_police.teams": 12,
    "state.coordination_gap": GAP,
}
NOBODY = {"threat.cells_per_group": 0, "run.warmup": 0.1}


@pytest.mark.parametrize("cell", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("borders", [(), (45,), (30, 60)], ids=len)
def test_an_escort_is_lost_at_each_border_with_the_chance_of_a_gap_that_no_cell_closes(borders, cell):
    values = {**ESCORTED, **NOBODY, "state.coordination.cell": cell, "run.horizon": 8.0}
    x = table(scenario(values, divided(*borders)), 1, seed=101)
    trips, lost = x["trips"].sum(), x["handovers_failed"].sum()
    chance = 1 - (1 - GAP * (1 - cell)) ** len(borders)
    assert trips == x["trips_escorted"].sum() > 3_000
    if 0 < chance < 1:
        assert abs(z_of_share(lost, trips, chance)) < Z
    else:
        assert lost == trips * chance


def test_a_team_that_is_lost_at_a_border_drives_home_from_there_and_its_convoy_goes_on_alone(replicate):
    run, lost = replicate(scenario({**ESCORTED, **NOBODY, "run.horizon": 1.0}, divided(45))), 0
    for day in range(1, 120):
        world = run.to(day, 10 * 30 + 1).world  # the convoys of the morning are on the road
        for i in range(len(world.lines)):
            convoy = world.convoys[i]
            if convoy.state != convoys.MOVING or convoy.lost_at <= world.clock[0].tick:
                continue
            lost += 1
            team, path, route = convoy.team, world.path, world.routes[convoy.route]
            before, border = (path[route.first + convoy.lost_place + step] for step in (-1, 0))
            assert world.nodes[before].jurisdiction != world.nodes[border].jurisdiction
            assert world.teams[team].state == escorts.WITH_CONVOY
            when, arrives = convoy.lost_at, convoy.due
            run.to(day, when - (EPOCH_DAYS + day) * TICKS_A_DAY + 1)
            assert convoy.state == convoys.MOVING and convoy.team == -1 and convoy.due == arrives
            home = world.reach[world.teams[team].home]
            assert world.teams[team].state == escorts.TO_BASE
            assert world.teams[team].since == when and world.teams[team].node == border
            back = when + home[border].distance
            assert home[escorts.node_of(world, run.params[0], team, when + 7)].distance == home[border].distance - 7
            run.to(day, back - (EPOCH_DAYS + day) * TICKS_A_DAY + 1)
            assert world.teams[team].state == escorts.AT_BASE
    assert lost > 5


@pytest.mark.parametrize("gap", [0.0, 0.6])
def test_an_escort_stops_no_attack_beyond_the_border_at_which_it_was_lost(gap):
    """Teams stand on cells 8 to 71 of the way; the border is the 40th cell outward, the 41st back."""
    values = {**ESCORTED, **QUICK, **only("convoy"), "state.coordination_gap": gap, "threat.wait_at_ends": 0.0}
    values |= {"layers.readiness0": 1.0, "policy.movement.escort_stop": 0.8, "threat.cells_per_group": 10}
    values |= {"exposure.trips_per_week": 2.0, "confidence.stoppage": 0.0, "community.protest_rate": 0.0}
    x = table(scenario({**values, "run.horizon": 10.0}, divided(45)), 30, seed=102)
    beyond = (32 / 64 + 31 / 64) / 2
    assert x["incidents"].sum() > 3_000
    assert abs(z_of_ratio(x["breached"], x["incidents"], 1 - 0.8 * (1 - gap * beyond))) < Z
