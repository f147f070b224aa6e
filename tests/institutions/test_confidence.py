"""Investors' confidence: which work stops, for how long, how far that spreads, and how confidence comes back."""

import numpy as np
import pytest

from sim import with_values
from sim.agents import convoys
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.institutions import confidence
from sim.outcome import CONVOY, INCIDENT, SITE
from tests.small import CROSSING, FROZEN, MANY_SITES, ONE_ROAD, QUICK, Z, only, scenario, z_of_share

QUIET = {**FROZEN, "threat.cells_per_group": 1, "threat.plot_interval": 2500.0, "threat.rationality": 60.0}
QUIET |= {"threat.declined": 0.95, "run.warmup": 0.1, "run.horizon": 1.0}
QUIET |= {f"threat.value.{name}": 0.0 for name in ("convoy", "site", "outing", "private")}  # nothing is worth an attack


def strike(run, site):
    """A fatal attack on a site today, to which institutions react."""
    world, event = run.world, run.world.events[0]
    here = (world.targets["target_class"] == SITE) & (world.targets["place"] == site)
    event.slot, event.plot, event.target, event.deaths_foreign = 0, world.slots[0].plot, np.flatnonzero(here)[0], 1
    confidence.react(world, run.params[0], run.job.seed, 0, world.clock[0].day)


@pytest.mark.parametrize("stoppage", [0.0, 1.0, 14.0])
def test_work_stops_at_the_struck_site_for_the_stated_days_and_its_trips_do_not_leave(replicate, stoppage):
    values = {**QUIET, "confidence.stoppage": stoppage, "confidence.contagion": 0.0}
    run = replicate(scenario({**values, "exposure.trips_per_week": 6.0}, CROSSING))
    struck, other = run.to(10, 1).world.stoppages
    strike(run, 0)
    world, moved = run.world, {0: set(), 1: set()}
    before = world.outcome[0].copy()
    for day in range(10, 40):
        for tick in range(0, 720, 20):
            run.to(day, tick + 2)
            for i in np.flatnonzero(world.convoys["state"] == convoys.MOVING):
                if world.convoys[i].since // 720 == world.clock[0].day:
                    moved[int(world.lines[i].site)].add(day)
    stopped = set(range(11, 11 + int(stoppage)))
    assert struck.stopped_until == world.clock[0].policy_day + 11 + int(stoppage) and other.stopped_until == 0
    assert not moved[0] & stopped and len(moved[0]) > 0.6 * (30 - len(stopped)) and len(moved[1]) > 18
    planned = sum(
        convoys.day_of_trip(world, run.params[0], i, trip) - world.clock[0].policy_day in stopped
        for i in range(len(world.lines))
        if world.lines[i].site == 0
        for trip in range(3120, 3200)
    )
    assert world.outcome[0].trips_stopped - before.trips_stopped == planned
    assert world.outcome[0].stoppage_days - before.stoppage_days == stoppage
    assert world.outcome[0].stoppage_cost - before.stoppage_cost == pytest.approx(180_000 * stoppage)


def test_a_stoppage_spreads_the_further_the_lower_confidence_is(replicate):
    """After each attack: drop x confidence is lost, another of 119 sites stops with contagion x (1 - confidence)."""
    values = {**QUIET, "confidence.stoppage": 10.0, "confidence.contagion": 0.7, "confidence.drop": 0.3}
    run = replicate(scenario(values, MANY_SITES)).to(10, 1)
    level, spread = 1.0, []
    for _ in range(3):
        stopped = 0
        level *= 0.7
        for plot in range(40):  # each attack draws for itself
            run.world.slots[0].plot += 1
            run.world.confidence[0].level = level / 0.7
            run.world.stoppages["stopped_until"] = 0
            strike(run, plot)
            assert run.world.confidence[0].level == pytest.approx(level)
            assert run.world.stoppages[plot].stopped_until > run.world.clock[0].day
            stopped += (run.world.stoppages["stopped_until"] > 0).sum() - 1
        assert abs(z_of_share(stopped, 40 * 119, 0.7 * (1 - level))) < Z
        spread.append(stopped)
    assert spread == sorted(spread)


@pytest.mark.parametrize("half_life", [30.0, 180.0])
def test_a_loss_of_confidence_halves_in_a_half_life(replicate, half_life):
    run = replicate(scenario({**QUIET, "confidence.half_life": half_life, "confidence.drop": 0.5}, CROSSING))
    run.to(10, 1)
    strike(run, 0)
    for days in (0, 1, 30, 200):
        assert run.to(10 + days, 1).world.confidence[0].level == pytest.approx(1 - 0.5 * 0.5 ** (days / half_life))


def test_work_stops_after_each_fatal_attack_on_a_site_or_its_convoys_and_after_no_other(busy, replicate):
    made = with_values(busy, {"confidence.stoppage": 3.0, "confidence.contagion": 0.0, "threat.rationality": 0.0})
    stops, fatal, others = 0, 0, 0
    for number in range(8):
        run = replicate(made, number).finish()
        struck = [e for e in run.events if e.stage == INCIDENT]
        here = sum(e.deaths_foreign > 0 and e.target_class in (CONVOY, SITE) for e in struck)
        assert run.rows["stops"].sum() == here and run.rows["stops_at_several"].sum() == 0
        stops, fatal, others = stops + run.rows["stops"].sum(), fatal + here, others + len(struck) - here
    assert stops == fatal > 10 and others > 10


@pytest.mark.parametrize("away", [0.0, 0.4, 1.0])
def test_fewer_people_are_at_a_site_whose_work_has_stopped(replicate, away):
    """Of 100, as many as stay; who is away is not killed. They leave on the day of an attack, here until the next."""
    quick = {**FROZEN, **QUICK, **only("site"), "confidence.away": away, "harm.site.p_fatal": 0.7}
    common = {"run.horizon": 1.0, "run.warmup": 0.1, "threat.cells_per_group": 60, "harm.tail_alpha": 1.2}
    run = replicate(scenario({**quick, **common}, ONE_ROAD)).to(0)
    run.world.stoppages["stopped_until"] = EPOCH_DAYS + 100
    run.to(100)
    stopped = run.events[run.events["stage"] == INCIDENT]
    assert run.world.outcome[0].trips == 0 and len(stopped) > 20
    assert (stopped["present"] == round(100 * (1 - away))).all()
    assert (stopped["deaths_foreign"] <= stopped["present"]).all()
    run.to(DAYS_A_YEAR)
    later = run.events[(run.events["stage"] == INCIDENT) & (run.events["tick"] >= (EPOCH_DAYS + 100) * TICKS_A_DAY)]
    first = np.unique(later["tick"] // TICKS_A_DAY, return_index=True)[1]
    assert len(first) > 20 and (later["present"][first] == 100).all()
