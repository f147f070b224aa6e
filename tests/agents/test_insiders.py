"""Insiders: who is in post, what they pass on, how fast their clocks run. Bounds of `Z`: 1 seed in 10,000."""

import math
from collections import Counter

import numpy as np
import pytest

from sim import with_values
from sim.agents import convoys, insiders
from sim.agents.convoys import PASSED_ON, WIDELY_KNOWN
from sim.agents.items import NEED_TO_KNOW
from tests.small import ONE_ROAD, UNBURDENED, Z, scenario, table, z_of_mean, z_of_share

NOBODY = {"threat.cells_per_group": 0, "insider.prevalence": 0.0, "run.warmup": 0.1}
PEOPLE, INFORMED, OPEN, PASSES = 5, 2, 0.3, 0.1


# Who is in post.


def counted(world):
    """Insiders of each site by their rows: all, those who know of secret movements, officials."""
    there = world.insiders[world.insiders["active"] == 1]
    of_site = [Counter(there["access"][there["site"] == s].tolist()) for s in range(len(world.sites))]
    known, betrays = insiders.KNOWS_SECRETS, insiders.BETRAYS
    return [
        (x.total(), sum(n for a, n in x.items() if known[a]), sum(n for a, n in x.items() if betrays[a]))
        for x in of_site
    ]


@pytest.mark.parametrize("start", ["today", "steady"])
def test_counts_of_a_site_are_those_of_its_rows_whoever_comes_or_goes(busy, replicate, start):
    """Hired, gone with the tenure, found by a re-check or after an attack that he served; drawn anew at t = 0."""
    values = {"insider.turnover": 1.0, "insider.activation": 0.7, "insider.found": 1.0, "run.start": start}
    run = replicate(with_values(busy, values | {"policy.screening.recheck_interval": 20.0}), number=2)
    before = 0
    for day in range(run.days):
        world = run.to(day, 400).world
        assert [tuple(row) for row in world.staffed.tolist()] == counted(world)
        assert insiders.in_post(world) == np.count_nonzero(world.insiders["active"])
        before = max(before, insiders.in_post(world))
    row = world.outcome[0]
    assert row.insiders_hired > 5 and row.insiders_found > 5 and row.incidents_with_insider > 2 and before > 20


def test_the_nth_of_all_insiders_names_each_of_them_once(busy, replicate):
    world = replicate(busy).to(3).world
    count = insiders.in_post(world)
    rows = [insiders.nth_of_all(world, n) for n in range(count)]
    assert count > 20
    assert sorted(rows) == np.flatnonzero(world.insiders["active"]).tolist()
    assert rows == sorted(rows, key=lambda k: (world.insiders[k].post, world.insiders[k].number))


# Their clocks.


def test_posts_clocks_run_at_four_times_the_base_rate_where_grievance_does_nothing_and_faster_where_it_does():
    assert insiders.clock_rate(0.0, 0.3) == 4
    for exponent in (0.5, 2.0, 5.0):
        rate, needed = insiders.clock_rate(exponent, 0.3), 2 * math.exp(exponent * 0.7)
        assert needed <= rate and (rate == 4 or rate < 2 * needed) and math.log2(rate).is_integer()


def test_no_would_be_insider_is_left_out_at_full_grievance_and_with_the_most_local_hiring():
    """800 local workers, twice as many for local hiring; exp(5 x .7) = 33 times as keen."""
    values = {**UNBURDENED, "threat.cells_per_group": 0, "community.w_hiring": 0.0, "community.G0": 1.0}
    values |= {"community.Gref": 0.3, "insider.grievance_exponent": 5.0, "policy.community.local_hiring": 2.0}
    values |= {"community.w_development": 0.0, "policy.screening.sensitivity": 0.0, "run.warmup": 0.1}
    x = table(scenario(values | {"insider.prevalence": 0.001, "run.horizon": 2.0}, ONE_ROAD), 60, seed=111)
    due = 2 * 800 * 0.33 * 0.001 * 2 * math.exp(5 * 0.7)
    assert x["candidates_capped"].sum() == 0
    assert abs(z_of_mean(x["insiders_applied"], due)) < Z


# What they pass on.


def known(replicate, lookouts):
    """How movements of four years became known, by whether they were secret; insiders in post are always as many."""
    values = {**NOBODY, "insider.passes": PASSES, "policy.movement.leak_if_not_secret": OPEN, "run.horizon": 4.0}
    run = replicate(scenario({**values, "policy.adherence.hold": True, "policy.adherence.level": 0.5}, ONE_ROAD)).to(0)
    world, ways = run.world, {True: [], False: []}
    world.staffed[0].people, world.staffed[0].informed = PEOPLE, INFORMED
    world.lookouts["teams"] = lookouts
    for day in range(run.days):
        run.to(day, 1)
        for convoy in world.convoys[world.convoys["state"] == convoys.PLANNED]:
            if convoy.day == world.clock[0].day:
                ways[convoys.follows(int(convoy.followed), NEED_TO_KNOW)].append(int(convoy.leaked))
    return {secret: Counter(found) for secret, found in ways.items()}


def test_a_movement_is_known_by_the_number_of_people_who_know_of_it(replicate):
    """P(known) = 1 - (1 - o)(1 - q)^K; of a secret one o = 0, and K are drivers, police and record keepers."""
    ways = known(replicate, lookouts=1)
    for secret, widely, people in ((False, OPEN, PEOPLE), (True, 0.0, INFORMED)):
        trips = ways[secret].total()
        all_ways = 1 - (1 - widely) * (1 - PASSES) ** people
        assert trips > 500
        assert abs(z_of_share(trips - ways[secret][0], trips, all_ways)) < Z
        assert abs(z_of_share(ways[secret][PASSED_ON], trips, all_ways - widely)) < Z
    assert ways[True][WIDELY_KNOWN] == 0


def test_nobody_passes_on_a_movement_that_no_team_waits_for(replicate):
    quiet, watched = (known(replicate, lookouts=lookouts) for lookouts in (0, 1))
    for secret in (False, True):
        assert quiet[secret][PASSED_ON] == 0 < watched[secret][PASSED_ON]
        assert quiet[secret][WIDELY_KNOWN] == watched[secret][WIDELY_KNOWN]
