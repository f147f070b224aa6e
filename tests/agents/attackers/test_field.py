"""Teams in the field: the approach, the wait, the meeting, in time and space.

Bounds of `Z` = 3.9 standard errors: a right model would break one with 1 seed in 10,000.
"""

import math

import numpy as np
import pytest

from sim import load_scenario, with_values
from sim.agents import convoys
from sim.agents.expected import worth
from sim.agents.threat import meeting
from sim.agents.threat.slots import APPROACHING, IDLE, WAITING
from sim.clock import EPOCH_DAYS, TICKS_A_DAY
from sim.outcome import CONVOY, GAVE_UP, INCIDENT, NOTICED, OUTING, PRIVATE, SITE
from tests.small import FROZEN, ONE_ROAD, QUICK, RICH, UNPAID, Z, divided, only, scenario, table, tables, z_of_share

HELD = {"policy.adherence.hold": True, "insider.prevalence": 0.0}
# A checkpoint halfway between the hideout and the site and town.
WATCHED_ROAD = {**ONE_ROAD, "checkpoints": [{"name": "post", "cell": [25, 5]}]}
APPROACH = 40  # cells from the hideout to the site


# The approach.


def test_a_team_drives_a_cell_a_tick_and_strikes_a_site_on_arrival(replicate):
    values = {**HELD, **QUICK, **UNPAID, **only("site"), "threat.cells_per_group": 1, "run.warmup": 0.1}
    run, strikes = replicate(scenario(values, WATCHED_ROAD)), 0
    for day in range(1, 400):
        before = len(run.events)
        run.to(day)
        for event in run.events[before:]:
            if event.stage == INCIDENT:
                assert event.tick == run.world.slots[event.slot].since + APPROACH
                strikes += 1
    assert strikes > 1


@pytest.mark.parametrize("fatigue", [0.0, 0.03])
def test_a_checkpoint_finds_a_team_by_diligence_times_detection(fatigue):
    """Teams come at all hours; a shift has 12, so the mean hour on shift is 6."""
    values = {**HELD, **QUICK, **RICH, **only("site"), "policy.adherence.level": 0.8}
    values |= {"policy.adherence.fatigue": fatigue, "threat.cells_per_group": 300}
    values |= {"layers.checkpoint.dmax": 0.6, "layers.checkpoint.vigilance": 0.7}
    x = table(scenario({**values, "run.horizon": 3.0}, WATCHED_ROAD), 6, seed=81)
    found = x["foiled_checkpoint"].sum()
    passed = found + x["foiled_watch"].sum() + x["incidents"].sum()
    assert passed > 8_000
    assert abs(z_of_share(found, passed, 0.8 * (1 - 6 * fatigue) * 0.7 * 0.6)) < Z


def test_no_checkpoint_finds_a_team_where_none_stands_on_its_way():
    behind = {**ONE_ROAD, "checkpoints": [{"name": "post", "cell": [60, 5]}]}
    values = {**HELD, **QUICK, **RICH, **only("site"), "threat.cells_per_group": 50, "run.horizon": 2.0}
    x = table(scenario(values, behind), 2, seed=82)
    assert x["foiled_checkpoint"].sum() == 0 < x["incidents"].sum()


def still_in_post(turnover, hazard=0.0005):
    """P(the insider's tenure outlasts both phases of a plot that no one stops): exponential, all three."""
    stays = 1.0
    for mean in (15.0, 10.0):  # of QUICK
        ends = 1 / mean + hazard
        stays *= ends / (ends + turnover / 365)
    return stays


@pytest.mark.parametrize("helped, turnover", [(False, 0.33), (True, 0.1), (True, 1.0)])
def test_the_watch_sees_a_team_by_adherence_times_detection_and_an_insider_s_factor(helped, turnover):
    """An insider who has left his post when the team sets out serves no plot."""
    values = {**HELD, **QUICK, **RICH, **only("site"), "policy.adherence.level": 0.9, "layers.route_watch.dmax": 0.48}
    values |= {"threat.cells_per_group": 300, "run.horizon": 2.0, "layers.insider_factor": 0.35}
    values |= {"exposure.trips_per_week": 2.0, "insider.turnover": turnover, "insider.grievance_exponent": 0.0}
    if helped:  # so many insiders that one always serves
        values |= {"insider.prevalence": 0.005, "insider.activation": 0.7, "insider.found": 0.0}
        values |= {"policy.screening.sensitivity": 0.0, "policy.screening.recheck_interval": 0.0}
    crowded = {**ONE_ROAD, "sites": [{**ONE_ROAD["sites"][0], "foreign_staff": 1_000}]}
    x = table(scenario(values, crowded), 8, seed=83)
    incidents, seen = x["incidents"].sum(), x["foiled_watch"].sum()
    assert seen + incidents > 5_000
    served = still_in_post(turnover) if helped else 0.0
    alone, with_help = 0.9 * 0.48, 0.9 * 0.48 * 0.35
    chance = served * with_help + (1 - served) * alone
    assert abs(z_of_share(seen, seen + incidents, chance)) < Z
    if helped:
        assert (
            abs(z_of_share(x["incidents_with_insider"].sum(), incidents, served * (1 - with_help) / (1 - chance))) < Z
        )
    else:
        assert x["incidents_with_insider"].sum() == 0


# The wait.


@pytest.mark.parametrize("patience", [1, 4, 9])
def test_a_team_that_meets_nobody_gives_up_after_its_tries(replicate, patience):
    values = {**HELD, **QUICK, **UNPAID, **only("private"), "threat.cells_per_group": 20, "run.warmup": 0.0}
    values |= {"exposure.private_meeting": 0.0, "layers.waiting.hazard": 0.0, "threat.wait_patience": patience}
    run, came, left = replicate(scenario(values, ONE_ROAD)), {}, 0
    for day in range(1, 200):
        before = len(run.events)
        run.to(day)
        for event in run.events[before:]:
            assert event.stage != INCIDENT
            if event.stage == GAVE_UP and event.slot in came:
                left += 1
                arrived = came.pop(event.slot)
                assert event.tick == (EPOCH_DAYS + arrived + patience + 1) * TICKS_A_DAY
        for s, slot in enumerate(run.world.slots):
            if slot.state == WAITING:
                came.setdefault(s, day - 1)
    assert left > 20


def test_a_team_that_meets_nobody_learns_nothing_and_is_idle_at_once(replicate):
    values = {**HELD, **QUICK, **UNPAID, **only("private"), "threat.cells_per_group": 5, "run.warmup": 0.0}
    values |= {"exposure.private_meeting": 0.0, "layers.waiting.hazard": 0.0, "threat.learning": True}
    values |= {"threat.delta0": 0.0005, "threat.wait_patience": 1}
    run = replicate(scenario(values, ONE_ROAD))
    gave_up = 0
    for day in range(1, 150):
        before = len(run.events)
        run.to(day, 1)
        fresh = run.events[before:]
        gave_up += sum(e.stage == GAVE_UP for e in fresh)
        for event in fresh:
            if event.stage == GAVE_UP and event.tick // TICKS_A_DAY == EPOCH_DAYS + day:
                assert run.world.slots[event.slot].state == IDLE
    assert gave_up > 5


@pytest.mark.parametrize("hazard", [0.03, 0.2])
def test_a_waiting_team_is_noticed_with_the_hazard_of_a_day(hazard):
    values = {**HELD, **QUICK, **UNPAID, **only("private"), "threat.cells_per_group": 200, "run.horizon": 2.0}
    values |= {"exposure.private_meeting": 0.0, "layers.waiting.hazard": hazard, "threat.wait_patience": 3}
    x = table(scenario(values, ONE_ROAD), 5, seed=84)
    noticed = x["foiled_noticed"].sum()
    assert abs(z_of_share(noticed, noticed + x["gave_up"].sum(), 1 - math.exp(-4 * hazard))) < Z


def test_a_team_is_noticed_by_the_patrols_of_the_jurisdiction_that_it_waits_in(replicate):
    quick = {**FROZEN, **QUICK, **only("convoy"), "run.horizon": 1.0, "run.warmup": 0.1, "threat.wait_at_ends": 0.0}
    run = replicate(scenario({**quick, "threat.cells_per_group": 60}, divided(45))).to(0)
    assert set(run.world.lines["jurisdiction"]) == {0, 1}
    run.world.presence["patrols"][1] = 1e6  # nobody waits there for a day
    run.to(150)
    assert run.world.presence["patrols"][1] == 1e6
    where = dict(zip(run.world.nodes["cell"].tolist(), run.world.nodes["jurisdiction"].tolist(), strict=True))
    places = [(e.stage, where[int(e.cell)]) for e in run.events if e.stage in (INCIDENT, NOTICED)]
    assert places.count((INCIDENT, 0)) > 20 and places.count((NOTICED, 1)) > 20
    assert places.count((INCIDENT, 1)) == 0
    node, line = run.world.path[run.world.routes[0].first + 70], 0  # of a line of the first, beyond the border
    assert worth.noticed_between_tries(run.world, run.params[0], line, node) == 1.0
    assert worth.noticed_between_tries(run.world, run.params[0], line, run.world.lines[line].origin) < 0.5


@pytest.fixture(scope="module")
def hunters(busy):
    """Attackers who want convoys only, and wait long."""
    return with_values(busy, {**only("convoy"), "threat.wait_patience": 8})


def test_every_team_that_waits_for_a_line_is_counted_there_day_by_day(hunters, replicate):
    run = replicate(hunters, number=3)
    most = 0
    for day in range(1, run.days):
        world = run.to(day, 400).world
        waiting = [s for s in world.slots if s.state == WAITING and s.target_class == CONVOY]
        lines = [world.targets[s.target].place for s in waiting]
        assert world.lookouts["teams"].tolist() == np.bincount(lines, minlength=len(world.lines)).tolist()
        most = max(most, len(lines))
    assert most > 5


def test_an_approach_never_leaves_its_road(busy, replicate):
    run = replicate(busy, number=4)
    seen = 0
    for day in range(1, run.days):
        world = run.to(day, 360).world
        for slot in world.slots[world.slots["state"] == APPROACHING]:
            seen += 1
            assert 0 <= slot.place <= slot.halt <= world.reach[slot.way, slot.node].distance
            assert slot.entry == slot.since + slot.halt >= world.clock[0].tick
    assert seen > 3


# The meeting.


def test_a_convoy_is_struck_on_its_line_on_the_day_of_its_movement(hunters, replicate):
    run = replicate(hunters, number=5)
    params, world = run.params[0], run.finish().world
    struck = [e for e in run.events if e.stage == INCIDENT and e.target_class == CONVOY]
    assert len(struck) > 20
    for event in struck:
        row = world.targets[event.target].place
        line = world.lines[row]
        cells = set()
        for route in world.routes[line.first_route : line.first_route + line.routes]:
            cells |= set(world.nodes["cell"][world.path[route.first : route.first + route.length]].tolist())
        assert event.cell in cells
        day = convoys.day_of_trip(world, params, row, event.trip)
        habit = convoys.habitual_departure(params, row, world)
        late = event.tick - day * TICKS_A_DAY - habit
        assert abs(late) < 12 * 30 + 200  # patience, the window of varied departures, the drive
        assert params.exposure_passengers_min <= event.present <= params.exposure_passengers_max


def test_a_movement_is_struck_once_and_ends_there(hunters, replicate):
    run = replicate(hunters, number=5).finish()
    struck = [(e.target, e.trip) for e in run.events if e.stage == INCIDENT and e.target_class == CONVOY]
    assert len(struck) == len(set(struck)) > 20


def test_sites_are_struck_where_they_stand(busy, replicate):
    run = replicate(busy, number=6).finish()
    struck = [e for e in run.events if e.stage == INCIDENT and e.target_class == SITE]
    assert len(struck) > 3
    for event in struck:
        there = run.world.sites[run.world.targets[event.target].place]
        assert event.cell == run.world.nodes[there.node].cell
        assert event.present in (there.foreign_staff, there.foreign_staff // 2)  # half are away while work stands still


def test_outings_are_struck_by_day_and_never_where_the_protocol_is_followed():
    values = {"policy.adherence.hold": True, **QUICK, **UNPAID, **only("outing"), "threat.cells_per_group": 50}
    values |= {"run.horizon": 1.0, "layers.waiting.hazard": 0.0, "insider.prevalence": 0.0}
    strict = table(scenario({**values, "policy.adherence.level": 1.0}, ONE_ROAD), 3, seed=85)
    lapsed = table(scenario({**values, "policy.adherence.level": 0.0}, ONE_ROAD), 3, seed=85)
    assert strict["incidents"].sum() == 0 < strict["gave_up"].sum()
    assert lapsed["gave_up"].sum() == 0 < lapsed["incidents"].sum()


MEETINGS = {**HELD, "threat.cells_per_group": 0, "exposure.outing_meeting": 0.8, "run.warmup": 0.1}


@pytest.mark.parametrize("level", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("tie, curfew", [(1.0, 0.0), (0.5, 0.0), (0.0, 0.0), (0.5, 0.4), (1.0, 1.0)])
def test_outings_are_met_as_the_tied_share_moves_with_adherence_and_the_curfew_leaves(replicate, level, tie, curfew):
    """meeting x [theta (1 - a) + (1 - theta) .4] (1 - curfew); whoever is out on his own account is met as ever."""
    values = {"policy.adherence.level": level, "exposure.outing_tie": tie, "policy.movement.curfew": curfew}
    run = replicate(scenario({**MEETINGS, **values}, ONE_ROAD)).to(1)
    targets = run.world.targets["target_class"]
    outing, private = (int(np.flatnonzero(targets == c)[0]) for c in (OUTING, PRIVATE))
    chance = 0.8 * (tie * (1 - level) + (1 - tie) * 0.4) * (1 - curfew)
    assert meeting.daily_meeting(run.world, run.params[0], outing) == pytest.approx(chance)
    assert meeting.daily_meeting(run.world, run.params[0], private) == 0.5


def test_outings_that_keep_to_no_protocol_are_met_at_full_adherence_too_but_under_no_curfew():
    values = {"policy.adherence.hold": True, **QUICK, **UNPAID, **only("outing"), "threat.cells_per_group": 50}
    values |= {"run.horizon": 1.0, "layers.waiting.hazard": 0.0, "policy.adherence.level": 1.0}
    half, curfew = {"exposure.outing_tie": 0.5}, {"exposure.outing_tie": 0.5, "policy.movement.curfew": 1.0}
    free, kept_in = (table(scenario({**values, **more}, ONE_ROAD), 3, seed=85) for more in (half, curfew))
    assert free["incidents"].sum() > 100
    assert kept_in["incidents"].sum() == 0 < kept_in["gave_up"].sum()
    tries = free["incidents"].sum() + free["gave_up"].sum()
    assert abs(z_of_share(free["incidents"].sum(), tries, 1 - (1 - 0.5 * 0.4) ** 4)) < Z


# The escort.


def waits(notice, bases):
    """Mean wait for an escort, hours; one team of police, whose base is the first of these cells."""
    names = [{"name": f"base {k}", "cell": [x, 5], "jurisdiction": "all"} for k, x in enumerate(bases)]
    values = {**HELD, **UNPAID, "policy.adherence.level": 1.0, "threat.cells_per_group": 0, "run.warmup": 0.1}
    values |= {"policy.movement.escort_notice": notice, "policy.movement.varied_window": 0.0}
    values |= {"state.special_police.teams": 1, "run.horizon": 1.0}
    x = table(scenario(values, {**ONE_ROAD, "bases": names}), 1, seed=86)
    assert x["trips_escorted"] == x["trips"] > 300
    return x["escort_wait_hours"] / x["trips"]


@pytest.mark.parametrize("notice", [0.0, 0.7, 2.0])
def test_nobody_waits_for_a_free_team_of_the_nearest_base_however_far_that_is(notice):
    """It is called as long ahead as its drive takes, or as the policy says: 39 cells from the site, 41 from the hub."""
    assert waits(notice, [44]) == 0


@pytest.mark.parametrize("notice", [0.0, 0.7, 2.0])
def test_a_convoy_waits_for_its_escort_as_long_as_that_one_drives_after_the_call(notice):
    """The only team comes from farther than the nearest bases, which are 9 cells from the site and the hub."""
    late = [max(0, drive / 30 - max(notice, 9 / 30)) for drive in (39, 41)]
    assert waits(notice, [44, 14, 76]) == pytest.approx(np.mean(late), rel=0.001)


# Escorts that are seen, closures that go to who is waited for, near repeats.


@pytest.mark.parametrize("sight", [0.3, 1.0])
def test_a_team_lets_an_escorted_convoy_pass_by_sight_times_strength_and_waits_on(sight):
    """Every convoy is escorted by teams of full strength; who is let pass is met again or given up."""
    values = {**HELD, **QUICK, **only("convoy"), "policy.adherence.level": 1.0, "policy.movement.sight": sight}
    values |= {"policy.budget.share": 5.0, "policy.budget.reading": "yearly", "layers.route_watch.dmax": 0.2}
    values |= {"layers.route_watch.d0": 0.0, "state.special_police.teams": 12, "threat.cells_per_group": 20}
    values |= {"policy.movement.leak_if_not_secret": 1.0, "policy.adherence.items.need_to_know": -6.0}
    x = table(scenario({**values, "run.horizon": 2.0, "state.coordination_gap": 0.0}, ONE_ROAD), 20, seed=87)
    met = x["let_pass"] + x["incidents"] + x["foiled_watch"] + x["foiled_closure"]
    assert x["let_pass"].sum() > 300
    if sight < 1.0:
        assert abs(z_of_share(x["let_pass"].sum(), met.sum(), sight)) < Z
    else:
        assert x["incidents"].sum() < 0.05 * x["let_pass"].sum()


@pytest.mark.parametrize("closures", [0.4, 2.0])
def test_closures_ranked_by_exposure_cover_who_is_waited_for_with_1_less_exp_3_c(closures):
    """Of 8 movements a week; a team that stands on the closed cells, one at a time, is found there with .95."""
    values = {**HELD, **QUICK, **UNPAID, **only("convoy"), "policy.closures.ranked": True}
    values |= {"policy.closures.elsewhere": closures, "policy.closures.clear": 0.95, "policy.adherence.level": 1.0}
    values |= {"threat.wait_at_ends": 1.0, "policy.closures.length": 10.0, "threat.cells_per_group": 1}
    x = table(scenario({**values, "run.horizon": 4.0}, ONE_ROAD), 150, seed=88)
    met = x["foiled_closure"] + x["incidents"]
    assert met.sum() > 1_000
    assert abs(z_of_share(x["foiled_closure"].sum(), met.sum(), 0.95 * (1 - math.exp(-3 * closures / 8)))) < Z


def test_an_incident_leads_to_others_of_its_group_where_near_repeats_are_on():
    values = {**HELD, "threat.learning": False, "community.recruit_exponent": 0.0, "run.horizon": 4.0}
    made = [load_scenario("baseline", {**values, "threat.near_repeat": n}) for n in (0.0, 0.4)]
    without, repeated = tables(made, 150, seed=89)
    more = repeated["incidents"].sum() / without["incidents"].sum()
    assert 1.15 < more < 1.67  # 1 / (1 - .4), less for cells that are busy already and repeats beyond the horizon
