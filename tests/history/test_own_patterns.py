"""A project's own record against a scenario: chances, verdicts, any horizon.

Statistical tests have fixed seeds and state their error.
"""

import math

import numpy as np
import pytest

from sim import load_scenario, simulate, with_values
from sim.clock import DAYS_A_YEAR
from sim.history import own_patterns as its
from sim.history.own import Counts, Own, own
from sim.history.small_counts import count_p, share_p
from sim.outcome import OUTCOME

RUNS = 400


def made_up(convoy, site=0, outing=0, fatal=0, years=1, runs=RUNS):
    """Rows of replicates; a column is one number, or one a replicate, all of it in the first year."""
    rows = OUTCOME.rows(runs * years)
    rows["replicate"], rows["year"] = np.repeat(np.arange(runs), years), np.tile(np.arange(years), runs)
    rows["days"] = DAYS_A_YEAR
    columns = {"incidents_convoy": convoy, "incidents_site": site, "incidents_outing": outing, "fatal_project": fatal}
    for name, values in columns.items():
        rows[name][::years] = values
    return rows


def poisson(mean, number, runs=RUNS):
    return np.random.default_rng([7, number]).poisson(mean, runs)


def held(record, rows):
    return {one.record.key: one for one in its.own_patterns(record, rows)}


def of_convoys(incidents, years):
    return Own(incidents, years, Counts(incidents, 0, 0, 0, incidents // 2, incidents, 0))


@pytest.mark.parametrize(
    "incidents, verdict", [(0, its.MANY), (8, its.MANY), (20, its.AGREES), (40, its.FEW)], ids=lambda v: str(v)
)
def test_the_verdict_is_on_the_scenario(incidents, verdict):
    """2 a year in the scenario, 10 years on record."""
    found = held(own(incidents, 10.0), made_up(poisson(2.0, 1)))["project"]
    assert found.verdict == verdict
    assert found.scenario.estimate == pytest.approx(2.0, abs=0.2)
    assert (found.chance <= 0.05) == (verdict != its.AGREES)


def test_a_record_that_fits_half_and_twice_as_many_can_not_tell():
    rows = made_up(poisson(2.0, 1))
    assert held(own(2, 1.0), rows)["project"].verdict == its.OPEN
    assert held(own(0, 0.5), rows)["project"].verdict == its.OPEN
    assert held(own(2, 1.0), rows)["project"].chance > 0.5


def test_few_replicates_can_not_tell_what_many_can():
    record = own(36, 10.0)
    assert held(record, made_up(poisson(2.0, 1)))["project"].verdict == its.FEW
    assert held(record, made_up(poisson(2.0, 1, 6), runs=6))["project"].verdict == its.OPEN
    assert held(own(1_000, 10.0), made_up(3, runs=1))["project"].verdict == its.OPEN


def test_a_bare_count_is_held_by_its_rate_and_a_record_by_classes_and_shares():
    rows = made_up(poisson(1.0, 1), poisson(0.5, 2), poisson(0.5, 3), fatal=0)
    assert list(held(own(2, 1.0), rows)) == ["project"]
    record = Own(40, 20.0, Counts(20, 10, 10, 7, 30, 60, 5))
    found = held(record, rows)
    assert list(found) == ["project", "convoy", "site", "outing", "en_route", "fatal"]
    verdicts = {key: one.verdict for key, one in found.items()}
    assert verdicts["project"] == verdicts["convoy"] == verdicts["en_route"] == its.AGREES
    assert verdicts["fatal"] == its.FEW and found["fatal"].scenario.estimate == 0
    assert found["en_route"].scenario.estimate == pytest.approx(0.5, abs=0.06)


def test_any_horizon_and_any_period_will_do():
    """The same rate over horizons of 1 and 4 years: counts are Poisson, so that the chances agree within noise."""
    chances = [
        held(own(9, 2.5), made_up(poisson(2.0 * years, years), years=years))["project"].chance for years in (1, 4)
    ]
    assert chances == pytest.approx([count_p(9, 5.0)] * 2, abs=0.06)


def test_a_scenario_without_incidents_has_no_share_and_the_record_more_than_it():
    found = held(of_convoys(2, 1.0), made_up(0))
    assert found["project"].chance == 0 and found["project"].verdict == its.FEW
    assert found["site"].chance == 1 and found["site"].verdict == its.OPEN
    assert math.isnan(found["en_route"].chance) and found["en_route"].verdict == its.OPEN


def test_what_rates_and_shares_vary_beyond_chance_is_found():
    """2,000 replicates, moments: standard errors about .02 and .01, bounds at 4 of them; Poisson and binomial ones."""
    random = np.random.default_rng(11)
    rates = random.gamma(4.0, 1.0, 2_000)
    assert its.relative_spread(random.poisson(rates)) == pytest.approx(0.25, abs=0.08)
    assert its.relative_spread(random.poisson(4.0, 2_000)) == pytest.approx(0.0, abs=0.04)
    trials = random.integers(1, 12, 2_000)
    assert its.within(random.binomial(trials, random.beta(2.0, 2.0, 2_000)), trials) == pytest.approx(0.2, abs=0.04)
    assert its.within(random.binomial(trials, 0.3), trials) == pytest.approx(0.0, abs=0.02)
    assert its.within(trials, trials) == its.relative_spread(np.zeros(5)) == 0.0


@pytest.mark.parametrize("horizon, years", [(8, 3), (2, 10)])
def test_a_right_scenario_is_called_wrong_as_seldom_as_is_said_though_its_rate_varies(horizon, years):
    """Gamma rates, 1,600 replicates, 4,000 records: at most .05; error .005 to .008, bound at 2 of it or more.

    Taken as Poisson counts they would be called wrong far more often.
    """
    random = np.random.default_rng([13, horizon])
    spread = its.relative_spread(random.poisson(random.gamma(3.0, 0.5, 1_600) * horizon))
    records = random.poisson(random.gamma(3.0, 0.5, 4_000) * years)
    wrong = np.mean([count_p(int(n), 1.5 * years, spread) <= 0.05 for n in records])
    assert wrong <= 0.065
    assert np.mean([count_p(int(n), 1.5 * years) <= 0.05 for n in records]) > 1.5 * wrong


def test_shares_that_vary_between_replicates_are_not_taken_for_binomial_ones():
    hits = np.where(np.arange(RUNS) % 2, 8, 0)
    found = held(Own(20, 4.0, Counts(16, 4, 0, 0, 0, 0, 0)), made_up(hits, 8 - hits))["en_route"]
    assert found.chance > 0.3 > 0.05 > share_p(16, 20, 0.5)


def test_the_words_give_the_figures_the_table_has():
    scenario = load_scenario("baseline")
    record = Own(40, 20.0, Counts(20, 10, 10, 7, 30, 60, 5), assumed=True)
    found = its.own_patterns(record, made_up(poisson(1.0, 1), poisson(0.5, 2), poisson(0.5, 3)))
    said = its.held_summary(record, scenario, found)
    staff = sum(site.foreign_staff for site in scenario.world_file.sites)
    assert f"{len(scenario.world_file.sites)} sites and {staff:,} foreign staff" in said["headline"]
    assert "the record of 20 years has 2 (1.4 to 2.7): they agree." in said["headline"]
    assert "too low in the scenario 1 (share fatal)" in said["headline"]
    assert "7 incidents against private nationals" in said["closing"] and "biased upward" in said["closing"]
    assert "some line of the table up to 30 %" in said["notes"][-1]
    assert [line["figure"] for line in said["figures"]] == [one.name for one in found]
    shown = its.reading_table(its.held_table(found))
    assert shown[0]["record"] == "2.00 [1.43, 2.72]" and shown[-1]["chance"] == "< 0.001"


def test_replicates_of_the_engine_are_held_at_a_short_horizon():
    scenario = with_values(load_scenario("baseline"), {"run.horizon": 1, "run.warmup": 0.2})
    found = held(own(30, 1.0), simulate(scenario, 20, seed=3))["project"]
    assert found.verdict == its.FEW and 0 < found.scenario.estimate < 6
