"""Two ranges: the interval covers, and narrows with replicates; the band is the draws' own, without their noise."""

import numpy as np
import pytest

from sim.decide.ranges import ranged, standard_errors

SEED = 18


def planted(rng, draws, replicates, between=1.0, noise=2.0):
    """Draws' true means, and noisy replicates of them, of unequal variance."""
    truth = 5.0 + between * rng.standard_normal(draws)
    spread = noise * rng.uniform(0.5, 1.5, draws)
    return truth, truth[:, None] + spread[:, None] * rng.standard_normal((draws, replicates))


@pytest.mark.parametrize("draws, replicates", [(2, 4), (8, 3), (64, 2)])
def test_the_interval_covers_the_draws_mean(draws, replicates):
    """2,000 problems: at .95 fewer than 1,860 or more than 1,980 would be covered in fewer than 1 of 10,000 seeds."""
    hits = 0
    for n in range(2000):
        truth, values = planted(np.random.default_rng([SEED, 1, n]), draws, replicates)
        found = ranged(values)
        hits += found.low <= truth.mean() <= found.high
    assert 1860 <= hits <= 1990


def test_more_replicates_narrow_the_interval_and_leave_the_band():
    few, many = (ranged(planted(np.random.default_rng([SEED, 2]), 400, count)[1]) for count in (4, 64))
    assert (many.high - many.low) < 0.35 * (few.high - few.low)
    for found in (few, many):  # of a normal of sd 1: 3.29 wide
        assert found.band_high - found.band_low == pytest.approx(3.29, rel=0.15)


def test_draws_that_differ_in_noise_only_leave_a_narrow_band():
    found = ranged(planted(np.random.default_rng([SEED, 3]), 400, 8, between=0.0)[1])
    assert found.band_high - found.band_low < 0.6  # that of the noisy means would be 2.4


def test_without_noise_all_is_the_draws():
    found = ranged(np.repeat(np.arange(101.0)[:, None], 3, axis=1))
    assert (found.low, found.estimate, found.high) == (50, 50, 50)
    assert (found.band_low, found.band_high) == (5, 95)


def test_standard_errors_are_those_of_the_mean_over_draws_as_strata():
    values = np.random.default_rng([SEED, 4]).standard_normal((3, 5, 4))
    expected = [np.sqrt(sum(one[d].var(ddof=1) / 4 for d in range(5))) / 5 for one in values]
    assert standard_errors(values) == pytest.approx(expected)
