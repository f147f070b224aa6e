"""Variance over draws: what is not known about parameters, and Monte Carlo noise, told apart."""

import math

import numpy as np
import pytest

from sim.analysis.split import better, split

DRAWS, REPLICATES = 400, 50


def made(between, own, common, draws=DRAWS, replicates=REPLICATES, seed=1):
    """Figures with a known sd between draws, of a run's own noise, and of the noise that a replicate's draws share."""
    random = np.random.default_rng(seed)
    theta, shared = random.normal(10.0, between, (draws, 1)), random.normal(0.0, common, (1, replicates))
    return theta + shared + random.normal(0.0, own, (draws, replicates))


@pytest.mark.parametrize("own, common", [(3.0, 0.0), (1.0, 3.0), (0.5, 6.0)])
def test_a_known_spread_between_draws_is_recovered_whatever_the_noise_and_however_much_of_it_is_shared(own, common):
    found = split(made(0.8, own, common))
    assert found.between == pytest.approx(0.8, rel=0.1)
    assert found.noise == pytest.approx(math.sqrt((own**2 + common**2) / REPLICATES), rel=0.2)
    assert found.shared == pytest.approx(common**2 / (own**2 + common**2), abs=0.1)


def test_noise_alone_is_no_spread_between_draws():
    assert split(made(0.0, 3.0, 2.0)).between < 0.1
    assert np.nanvar(made(0.0, 3.0, 2.0).mean(axis=1)) > 0.1


def test_the_mean_s_interval_covers_what_it_states_with_shared_noise_too():
    tries = [split(made(1.0, 1.0, 3.0, draws=30, replicates=40, seed=seed)).mean for seed in range(400)]
    assert 0.92 < np.mean([found.low < 10.0 < found.high for found in tries]) < 0.99


def test_the_range_holds_nine_draws_in_ten():
    values = made(1.0, 0.1, 0.0)
    found = split(values)
    inside = (values.mean(axis=1) >= found.low) & (values.mean(axis=1) <= found.high)
    assert inside.mean() == pytest.approx(0.9, abs=0.01)


def test_missing_runs_and_empty_draws_do_not_bend_the_split():
    values = made(0.8, 3.0, 2.0)
    random = np.random.default_rng(2)
    values[random.uniform(size=values.shape) < 0.001] = np.nan
    found = split(np.vstack([values, np.full((1, REPLICATES), np.nan)]))
    assert found.draws == DRAWS
    assert found.between == pytest.approx(0.8, rel=0.1)
    assert found.shared == pytest.approx(4 / 13, abs=0.1)


def test_draws_of_different_length_each_bring_their_own_noise():
    values = made(1.0, 4.0, 0.0, draws=2000)
    values[1000:, 10:] = np.nan
    found = split(values)
    assert found.between == pytest.approx(1.0, rel=0.1)
    assert found.noise == pytest.approx(math.sqrt((16 / 50 + 16 / 10) / 2), rel=0.05)


def test_one_draw_or_one_replicate_cannot_be_split():
    assert math.isnan(split(made(1.0, 1.0, 0.0, draws=1)).between)
    assert math.isnan(split(made(1.0, 1.0, 0.0, draws=1)).mean.low)
    assert math.isnan(split(made(1.0, 1.0, 0.0, replicates=1)).between)


def test_no_run_at_all_gives_no_figure():
    found = split(np.full((3, 4), np.nan))
    assert found.draws == 0
    assert all(math.isnan(x) for x in (found.mean.estimate, found.between, found.noise, found.low))


def test_draws_that_are_better_and_those_that_surely_are():
    gaps = np.array([[-1.0, -1.1, -0.9], [-1.0, 3.0, -3.0], [1.0, 1.1, 0.9], [np.nan] * 3])
    found = better(gaps)
    assert (found["draws_better"], found["draws_surely_better"], found["draws_surely_worse"]) == (2, 1, 1)
    assert found["share_better"] == pytest.approx(2 / 3)
    assert found["share_better_low"] < 2 / 3 < found["share_better_high"]


def test_a_policy_that_changes_nothing_is_not_better():
    assert better(np.zeros((5, 4)))["draws_better"] == 0
