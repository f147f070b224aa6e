"""Where the other alternative wins: shares without noise's bias, planted flips found, none where there is none."""

import numpy as np
import pytest
from scipy.stats import norm

from sim.decide.flip import LIMIT, nearest_flip, share_beyond

NUMBERS, NOISE = 20, 0.1


def hunt(difference, seed, noise=NOISE, together=0.7):
    """A search on draws of a known difference: part of the noise is common to all points of a block."""
    random = np.random.default_rng([1, seed])
    quantiles = random.random((500, NUMBERS))
    drawn = np.array([difference(point) for point in quantiles]) + 3 * noise * random.normal(size=500)
    return nearest_flip(sampler(difference, seed, noise, together), quantiles, drawn)


def sampler(difference, seed, noise=NOISE, together=0.7):
    def sample(point, block):
        common = np.random.default_rng([2, seed, block]).normal()
        own = np.random.default_rng([3, seed, block, *(point * 1e9).astype(int)]).normal()
        return difference(point) + noise * (together * common + np.sqrt(1 - together**2) * own), noise

    return sample


def off(point, k):
    return point[k] - 0.5


# A difference, the numbers that must move, the true distance, and how far from it noise may take the answer.
PLANTED = {
    "one number": (lambda u: 1 - 3 * off(u, 3) - 0.5 * off(u, 4), {3}, 1 / 3),
    "the other way round": (lambda u: -1 - 3 * off(u, 3), {3}, 1 / 3),
    "two numbers": (lambda u: 1 - 1.5 * off(u, 3) + 1.2 * off(u, 4), {3, 4}, LIMIT + (1 - 1.5 * LIMIT) / 1.2),
    "two numbers the other way round": (
        lambda u: -1 + 1.5 * off(u, 3) - 1.2 * off(u, 4),
        {3, 4},
        LIMIT + (1 - 1.5 * LIMIT) / 1.2,
    ),
    "three numbers": (
        lambda u: 1 - off(u, 3) + 0.9 * off(u, 4) + 0.8 * off(u, 5),
        {3, 4, 5},
        2 * LIMIT + (1 - 1.9 * LIMIT) / 0.8,
    ),
    "a product": (lambda u: 1 - 6 * off(u, 3) * off(u, 4), {3, 4}, 2 / np.sqrt(6)),
    "a curve": (lambda u: 1 - 10 * off(u, 2) ** 2 - 0.3 * off(u, 3), {2}, np.sqrt(0.1)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_flip_is_found(name):
    """All but one of 12 searches find these numbers; the mean distance is that planted, give or take its noise."""
    difference, numbers, distance = PLANTED[name]
    flips = [hunt(difference, seed).flip for seed in range(12)]
    found = [flip.distance for flip in flips if flip and set(flip.numbers) == numbers]
    assert len(found) >= 11
    assert np.mean(found) == pytest.approx(distance, abs=0.05)


def test_at_a_found_point_fresh_seeds_cover_0_and_both_signs_are_right():
    """Blocks that no search has used: 95 % intervals widened by where the point errs cover in about 9 of 10."""
    covered, found = 0, 0
    for seed in range(70):
        name = list(PLANTED)[seed % len(PLANTED)]
        difference, flip = PLANTED[name][0], hunt(PLANTED[name][0], seed).flip
        if flip is None:
            continue
        point = np.full(NUMBERS, 0.5)
        point[list(flip.numbers)] = flip.quantiles
        mean, error = sampler(difference, seed)(point, 1000)
        found, covered = found + 1, covered + (abs(mean) <= 1.96 * error)
        assert flip.level.low <= 0 <= flip.level.high and not flip.jump
        sides = (flip.nearer, flip.farther) if difference(np.full(NUMBERS, 0.5)) > 0 else (flip.farther, flip.nearer)
        assert sides[0].low > 0 > sides[1].high
    assert found >= 65 and covered >= 0.8 * found


def test_none_is_found_where_there_is_none_and_the_region_is_told():
    """The difference never falls below .1: one standard error, which a lucky block alone would pass."""
    for seed in range(30):
        found = hunt(lambda u: 0.55 - 0.5 * off(u, 3) + 0.4 * off(u, 4), seed)
        assert found.flip is None and not found.level_at_centre and found.centre.low > 0
        assert {3, 4} <= set(found.numbers) and (3, 4) in found.together
        assert found.best == pytest.approx(0.55 - 0.9 * LIMIT, abs=4 * NOISE)


def test_what_the_search_has_met_is_told_with_the_sign_of_the_difference():
    found = hunt(lambda u: -0.55 - 0.5 * off(u, 3), 0)
    assert found.centre.estimate == pytest.approx(-0.55, abs=4 * NOISE) and found.centre.high < 0
    assert found.best == pytest.approx(-0.55 + 0.5 * LIMIT, abs=4 * NOISE) and found.crossings == 0


def test_a_change_of_sign_that_fresh_seeds_do_not_show_is_no_flip():
    """The search's own block is off by 3 standard errors, as the luckiest of many is."""

    def lucky(point, block):
        return 0.2 - 0.1 * off(point, 3) - 0.3 * (block == 0) * (point[3] > 0.7), NOISE

    quantiles = np.random.default_rng(5).random((500, NUMBERS))
    found = nearest_flip(lucky, quantiles, np.array([lucky(point, 1)[0] for point in quantiles]))
    assert found.crossings > 0 and found.flip is None and found.best < 0


def test_a_difference_that_jumps_is_told_as_a_jump():
    found = hunt(lambda u: 1.0 if u[7] < 0.8 else -1.0, 0)
    assert found.flip.jump and found.flip.numbers == (7,)
    assert found.flip.quantiles[0] == pytest.approx(0.8, abs=0.005)


def test_without_noise_the_crossing_is_exact():
    found = hunt(lambda u: 1 - 3 * off(u, 3), 0, noise=0.0)
    assert found.flip.quantiles[0] == pytest.approx(0.5 + 1 / 3, abs=0.004)


def test_a_path_that_begins_beyond_and_changes_nothing_is_no_crossing():
    """The draws name a pair of which one number flips alone, near its end, and the other one does nothing."""

    def sample(point, block):
        return 1 - abs(off(point, 18)) / 0.45, 0.01

    quantiles = np.random.default_rng(6).random((500, NUMBERS))
    drawn = -(quantiles - 0.5)[:, :9].sum(axis=1) + 9 * off(quantiles.T, 18) * off(quantiles.T, 19)
    found = nearest_flip(sample, quantiles, drawn)
    assert (18, 19) in found.together and found.flip is not None
    assert dict(zip(found.flip.numbers, found.flip.quantiles, strict=True))[18] == pytest.approx(0.5, abs=0.46)


def test_where_neither_wins_at_the_centre_there_is_nothing_to_flip():
    found = hunt(lambda u: off(u, 3), 0, together=1.0)
    assert found.level_at_centre and found.flip is None and found.calls == 1


def of_draws(seed, draws, noise):
    random = np.random.default_rng([4, seed])
    quantiles = random.random((draws, 4))
    z = norm.ppf(quantiles)
    truth = 0.8 + z[:, 0] + 0.5 * z[:, 1] * z[:, 2]
    error = noise * random.uniform(0.5, 1.5, draws)
    return quantiles, truth + error * random.normal(size=draws), error


# P(0.8 + a + b c / 2 < 0) for standard normal a, b, c: the mean of norm.cdf over products.
BEYOND = float(np.mean(norm.cdf(-0.8 - 0.5 * np.prod(np.random.default_rng(9).normal(size=(2, 10**6)), axis=0))))


@pytest.mark.parametrize("draws, noise", [(128, 1.0), (1000, 3.0)])
def test_the_share_beyond_is_freed_of_noise_and_its_interval_covers(draws, noise):
    """Counting signs says .3 to .4 where .23 is true. Of 12 intervals at 95 %, fewer than 9 cover once in 400."""
    found = [share_beyond(*of_draws(seed, draws, noise)) for seed in range(12)]
    counted = np.mean([(of_draws(seed, draws, noise)[1] < 0).mean() for seed in range(12)])
    assert abs(np.mean([one.estimate for one in found]) - BEYOND) < 0.03 < counted - BEYOND
    assert sum(one.low <= BEYOND <= one.high for one in found) >= 9


def test_without_noise_the_share_is_counted():
    quantiles, difference, _ = of_draws(0, 400, 0.0)
    found = share_beyond(quantiles, difference, np.zeros(400))
    assert found.estimate == (difference < 0).mean()
    assert share_beyond(quantiles, np.zeros(400), np.zeros(400)).estimate == 0
