"""Flips of a study: a planted one is found in its numbers, none where there is none, and nothing is run twice.

Alternatives are programmes whose cost is a drawn number, so that where they change places is known: registers win at
the medians (300,000 USD a year against 500,000), dialogue wins where it costs less than they do. Incidents, weighed in,
are the noise.
"""

import csv
import json
import math

import numpy as np
import pytest
from scipy.stats import norm

from sim import InputError
from sim.decide.flip import most_calls
from sim.decide.flip_report import closing, headline, summary, table
from sim.decide.flips import flip, pair_of
from sim.decide.pair import write_pair
from sim.decide.plausible import against_record
from sim.decide.points import POINTS
from sim.decide.study import open_study
from sim.decide.unknowns import unknowns
from sim.history.calibration import CUT
from sim.scenario.priors import load_priors
from sim.sweep.design import redrawn
from sim.sweep.versions import point_id

DIALOGUE, REGISTERS, LEVEL = "cost.civil_society_year", "cost.records_year", "policy.adherence.level"
PLANTED = float(norm.cdf(math.log(300 / 500) / 0.4))  # quantile of DIALOGUE's prior below which dialogue wins: .10
SPACE = """
space:
  levers:
    policy.records.residents: [0.0, 1.0]
    policy.community.civil_society: [0.0, 1.0]
"""
DECISION = """
name: small
set: {run.horizon: 0.25, run.warmup: 0.1}
draws: table.csv
weights: {state_cost: 1, project_incidents: 50000}
delta: 20000
first: 2
most: 4
"""
ONE, TWO, NONE = (f"residents {a}, civil_society {b}" for a, b in ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0)))


def written(folder, quantiles, alternatives=SPACE):
    """A decision's file, with draws at quantiles of priors, by path."""
    priors = load_priors()
    columns = {path: priors[path].quantile(shares).tolist() for path, shares in quantiles.items()}
    with open(folder / "table.csv", "w", newline="") as file:
        csv.writer(file).writerows([[*columns], *zip(*columns.values(), strict=True)])
    (folder / "small.yaml").write_text(DECISION + alternatives)
    return folder / "small.yaml"


def evenly(draws):
    return (np.arange(draws) + 0.5) / draws


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("flips")


@pytest.fixture(scope="module")
def found(folder):
    """Flips of registers against dialogue, in whose 60 draws dialogue costs what its prior says."""
    with open_study(written(folder, {DIALOGUE: evenly(60)}), folder / "out") as study:
        return flip(study, ONE, TWO)


def test_a_planted_flip_is_found_in_its_number(found):
    [line] = table(found)
    assert line["number"] == DIALOGUE and line["quantile"] == pytest.approx(PLANTED, abs=0.02)
    assert line["flips_at"] == pytest.approx(300_000, rel=0.04) and line["median"] == pytest.approx(500_000, rel=0.001)
    level, nearer, farther = found.search.flip.level, found.search.flip.nearer, found.search.flip.farther
    assert level.low <= 0 <= level.high and nearer.low > 0 > farther.high
    assert f"{TWO} wins where {DIALOGUE}" in headline(found) and "is below" in headline(found)
    assert found.search.calls <= most_calls(1)


def test_the_share_of_the_draws_is_that_beyond_it(found):
    assert found.share.low <= PLANTED <= found.share.high <= 0.3
    assert "a box in words needs 2,000 draws" in closing(found)


def test_what_was_found_is_not_run_again(folder, found):
    with open_study(folder / "small.yaml", folder / "out") as study:
        again = flip(study, ONE, TWO)
    assert found.points > 60 and again.points == 0 and summary(again) == summary(found)


def test_a_quick_search_looks_with_as_few_points_and_replicates_as_are_asked_for(folder):
    with open_study(folder / "small.yaml", folder / "quick") as study:
        quick = flip(study, ONE, TWO, spread=16, most=2)
    assert quick.replicates == 2 and quick.points <= 16 + quick.search.calls


@pytest.mark.slow
def test_a_search_goes_on_from_what_is_kept(folder, found):
    """The same answer after a part of the points has gone, and that part alone is run."""
    kept = json.loads((folder / "out" / POINTS).read_text())
    (folder / "out" / POINTS).write_text(json.dumps(dict(list(kept.items())[:-7])))
    with open_study(folder / "small.yaml", folder / "out") as study:
        again = flip(study, ONE, TWO)
    assert again.points == 7 and summary(again) == summary(found)


def test_none_is_found_for_one_that_always_wins(folder, found):
    """Nothing is spent on it: whatever dialogue costs is more."""
    with open_study(folder / "small.yaml", folder / "out") as study:
        flips = flip(study, NONE, TWO)
    assert flips.search.flip is None and flips.search.crossings == 0 and flips.search.best > 0
    assert "None found" in headline(flips) and [line["flips_at"] for line in table(flips)] == [None]
    assert flips.share.high == 0.0


def test_the_pair_is_the_chosen_one_and_today_s_or_the_next_best(folder, found):
    """Today is as the base scenario: neither programme."""
    with open_study(folder / "small.yaml", folder / "out") as study:
        names = [[study.names[n] for n in pair_of(study, *given)[0]] for given in ((None, None), (ONE, None))]
    assert names == [[NONE, ONE], [ONE, NONE]]


@pytest.mark.slow
def test_where_the_medians_name_another_than_the_draws_that_is_the_flip(tmp_path):
    """Draws in which dialogue is cheap; two numbers, of which the one alone is enough."""
    file = written(tmp_path, {DIALOGUE: evenly(8) / 20, REGISTERS: evenly(8)})
    with open_study(file, tmp_path / "out") as study:
        flips = flip(study, ONE, TWO)
    assert flips.difference.high < 0 < flips.search.centre.low and len(flips.search.flip.numbers) == 1
    said = headline(flips)
    assert said.startswith(f"{TWO} wins over {ONE}") and f"{ONE} wins, by" in said and "that is the flip" in said
    assert flips.share is None and "there are 8" in closing(flips)


def test_what_a_policy_holds_is_left_out_and_stands_at_its_median_for_others(tmp_path):
    file = written(tmp_path, {LEVEL: evenly(3), DIALOGUE: evenly(3)}, "policies: [baseline, full-protocol]")
    with open_study(file, tmp_path / "out") as study:
        unknown = unknowns(study, (0, 1))
        points = study.steps.points
    assert unknown.held == (LEVEL,) and [prior.path for prior in unknown.priors] == [DIALOGUE]
    assert unknown.quantiles[:, 0] == pytest.approx(evenly(3))
    today, strict = (redrawn(point, unknown.values(np.array([0.5]))) for point in points[:2])
    median = float(load_priors()[LEVEL].quantile(0.5))
    assert today.policy.adherence.level == today.warmup.policy.adherence.level == pytest.approx(median)
    assert strict.warmup.policy.adherence.level == pytest.approx(median) and strict.policy.adherence.level > median
    again = [redrawn(point, points[4].drawn) for point in points[:2]]
    assert [point_id(one, 1) for one in again] == [point_id(point.scenario, 1) for point in points[4:6]]


def test_a_study_gives_alternatives_in_the_order_in_which_they_are_asked_for(folder, found):
    with open_study(folder / "small.yaml", folder / "out") as study:
        up = study.sample([1, 2], 0, 3)
    with open_study(folder / "small.yaml", folder / "out") as study:
        down = study.sample([2, 1], 0, 3)
    assert np.array_equal(up, down[::-1]) and not np.array_equal(up, down)


def test_wrong_names_are_refused(folder, found):
    with open_study(folder / "small.yaml", folder / "out") as study:
        with pytest.raises(InputError, match=r"a: read 'nobody', allowed one of residents 0\.0"):
            flip(study, "nobody")
        with pytest.raises(InputError, match="allowed two different alternatives"):
            flip(study, ONE, ONE)


def test_two_scenarios_make_a_decision_whose_base_is_the_first(tmp_path):
    file = write_pair("baseline", "full-protocol", tmp_path / "new")
    assert file.name == "baseline-or-full-protocol.yaml"
    with pytest.raises(InputError, match="two different scenarios"):
        write_pair("baseline", "baseline", tmp_path / "none")
    with pytest.raises(InputError, match="no-such"):
        write_pair("baseline", "no-such", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_record_contradicts_many_more_plots_and_not_the_medians(tmp_path):
    medians = {path: prior.quantile(0.5).item() for path, prior in load_priors().items()}
    many = {"threat.plot_interval": 60.0, "threat.recruit_interval": 60.0, "threat.delta0": 0.0005}
    centre, absurd = against_record([medians, medians | many], tmp_path)
    assert max(centre.values()) <= CUT < max(absurd.values())
