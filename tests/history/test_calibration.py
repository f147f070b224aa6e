"""History matching: what rules a draw out, what counts as informed, and what comes back when the truth is known."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import rates
from sim.history import calibration
from sim.history.calibration import Target, kept, learned, recovered, target_of
from sim.scenario.priors import load_priors
from sim.sweep.parts import read_parquet

SUMMARY = Path(__file__).parents[2] / "experiments" / "summaries" / "calibration.parquet"
NOISE = np.array([0.0])
DRAWS = 1000


def implausibility(target, mean, error=0.0):
    return float(target.implausibility(np.array([mean]), np.array([error]))[0])


def test_the_ends_of_the_records_interval_lie_two_standard_deviations_off_but_for_the_tolerance():
    target = Target(2.0, 1.0, 4.0)
    for end, half in ((1.0, 1.0), (4.0, 2.0)):
        expected = half / math.sqrt((half / 1.959964) ** 2 + (0.1 * 2.0) ** 2)
        assert implausibility(target, end) == pytest.approx(expected)
    assert implausibility(target, 2.0) == 0


def test_counts_may_be_higher_than_the_record_since_not_all_is_reported():
    counted, plain = Target(2.0, 1.0, 4.0, counted=True), Target(2.0, 1.0, 4.0)
    assert implausibility(counted, 2.0 / 0.8) == pytest.approx(0)
    assert implausibility(counted, 6.0) < implausibility(plain, 6.0)
    assert implausibility(counted, 0.5) > implausibility(plain, 0.5)


def test_noise_of_the_ensemble_makes_nothing_more_implausible():
    for target in (Target(2.0, 1.0, 4.0), Target(math.nan, 1.0, math.inf)):
        assert implausibility(target, 0.2, 0.5) < implausibility(target, 0.2, 0.0)


@pytest.mark.parametrize("mean, away", [(0.5, True), (1.0, False), (3.0, False), (math.inf, False)])
def test_a_direction_rules_out_only_what_lies_beyond_it(mean, away):
    assert (implausibility(Target(math.nan, 1.0, math.inf), mean) > 0) == away


def test_an_ensemble_that_does_not_show_the_pattern_at_all_is_ruled_out():
    for target in (Target(2.0, 1.0, 4.0), Target(math.nan, 1.0, math.inf)):
        assert implausibility(target, math.nan) == math.inf


def test_one_pattern_beyond_the_cut_is_enough():
    found = pd.DataFrame({"mean_a": [2.0, 2.0, 40.0], "error_a": 0.1, "mean_b": [0.5, 40.0, 0.5], "error_b": 0.1})
    targets = {"a": Target(2.0, 1.0, 4.0), "b": Target(0.5, 0.3, 0.7)}
    assert kept(found, targets).tolist() == [True, False, False]


def test_the_record_gives_the_figures_of_its_own_counts():
    result = sim.simulate(sim.load_scenario("baseline"), 2, 1)
    # `targets` asks for a sweep's points and rows only.
    point = type("Point", (), {"scenario": sim.load_scenario("baseline")})
    found = calibration.targets(type("Result", (), {"points": [point], "rows": result}))
    assert found["1a"].figure == 17 / 8 and found["1a"].counted
    assert found["1b"].figure == 1.0 and found["1b"].counted
    assert found["2"].figure == 10 / 17 and found["3"].figure == 7 / 17
    assert {"4", "6", "7", "9", "10", "11"} <= found.keys()
    assert not {"5", "8a", "8b"} & found.keys()


# Draws of a world of our own: the rate is known, all else is noise.


def made(draws=DRAWS):
    """A parameter that is the rate, one that is none, and what ensembles of such a world would show."""
    random = np.random.default_rng(7)
    values = pd.DataFrame({"rate": random.lognormal(0.7, 0.5, draws), "idle": random.uniform(size=draws)})
    histories = random.poisson(8 * values["rate"])
    found = pd.DataFrame(
        {
            "mean_1a": values["rate"],
            "mean_1b": values["rate"] / 2,
            "mean_2": 0.6,
            "mean_3": 0.4,
            **{f"error_{number}": 0.02 for number in ("1a", "1b", "2", "3")},
            "history_incidents": histories,
            "history_project_incidents": random.binomial(histories, 0.5),
            "history_incidents_en_route": random.binomial(histories, 0.6),
            "history_fatal": random.binomial(histories, 0.4),
        }
    )
    return values, found


def test_a_parameter_that_nothing_shows_is_not_called_informed():
    """Two parameters, each called informed by chance with .5 %."""
    values, found = made()
    interval = rates.count_rate([17], 8)
    table = learned(values, kept(found, {"1a": target_of(interval, counted=True)}, 1.0)).set_index("parameter")
    assert bool(table.loc["rate", "informed"])
    assert not bool(table.loc["idle", "informed"])
    assert table.loc["rate", "narrowed"] > 0.2 > abs(table.loc["idle", "narrowed"])
    assert table.loc["rate", "kept_95"] < table.loc["rate", "prior_95"]


def test_recovery_gives_back_what_the_history_shows_and_nothing_of_what_it_does_not():
    """By chance r2 of what is not shown is above .02 once in 10^5."""
    values, found = made()
    back = recovered(found, values, DRAWS).set_index("what")["r2"]
    assert back["rate"] > 0.4
    assert back["idle"] < 0.02


def test_eight_years_of_the_model_give_back_the_total_rate_and_hardly_any_parameter():
    """The committed calibration: each draw of all priors in turn the truth."""
    draws = read_parquet(SUMMARY).to_pandas()
    values = draws[list(load_priors())].assign(rate=draws["mean_1a"])
    back = recovered(draws, values, len(draws)).set_index("what")["r2"]
    assert back["rate"] == back.max() > 0.5
    parameters = back.drop("rate")
    assert (parameters > 0.1).sum() <= 3
    assert parameters.median() < 0.01


def test_the_baseline_is_the_centre_of_what_the_record_does_not_contradict():
    draws, result = read_parquet(SUMMARY).to_pandas(), sim.simulate(sim.load_scenario("baseline"), 100, 1)
    point = type("Point", (), {"scenario": sim.load_scenario("baseline"), "draw": None})
    sweep = type("Result", (), {"points": [point], "rows": result})
    targets = calibration.targets(sweep)
    own = calibration.ensembles(sweep)
    assert bool(kept(own, targets, 2.0)[0])
    chosen = draws["mean_1a"][kept(draws, targets)]
    assert 0.3 < (chosen < own["mean_1a"][0]).mean() < 0.7
