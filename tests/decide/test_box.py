"""A box in words: a planted one comes back, luck is not sold as one, and too few draws are said to be too few."""

import numpy as np
import pytest

from sim.decide.box import FEWEST_DRAWS, find_box

PLANTED = {3: (0.6, 1.0), 8: (0.0, 0.5)}


def planted(seed, draws=2000, numbers=30, mistaken=0.05):
    """Draws with the other alternative ahead in a box of a fifth of the space, but for a share of mistakes."""
    random = np.random.default_rng([2, seed])
    quantiles = random.random((draws, numbers))
    inside = np.all(
        [(low <= quantiles[:, k]) & (quantiles[:, k] <= high) for k, (low, high) in PLANTED.items()], axis=0
    )
    return quantiles, inside ^ (random.random(draws) < mistaken)


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_box_comes_back(seed):
    box = find_box(*planted(seed)).box
    assert {one.number for one in box.ranges} >= PLANTED.keys() and len(box.ranges) <= 3
    for one in box.ranges:
        low, high = PLANTED.get(one.number, (0.0, 1.0))
        assert (one.low, one.high) == pytest.approx((low, high), abs=0.06) and one.p < 0.05


def test_coverage_and_density_are_those_of_draws_that_nobody_has_seen():
    """Of 24 intervals at 95 %, fewer than 19 cover once in 1,000 if they were independent."""
    covered = 0
    for seed in range(12):
        box, (quantiles, beyond) = find_box(*planted(seed)).box, planted(1000 + seed, draws=20_000)
        inside = np.all(
            [(r.low <= quantiles[:, r.number]) & (quantiles[:, r.number] <= r.high) for r in box.ranges], axis=0
        )
        covered += box.density.low <= beyond[inside].mean() <= box.density.high
        covered += box.coverage.low <= inside[beyond].mean() <= box.coverage.high
        assert box.density.estimate > 0.75 > 0.3 > box.everywhere
    assert covered >= 19


def test_luck_is_not_sold_as_a_box():
    """Each range that is kept has a p below .05 on new draws: of 12 problems without a box, 5 with one are too many."""
    sold = 0
    for seed in range(12):
        random = np.random.default_rng([3, seed])
        sold += find_box(random.random((2000, 30)), random.random(2000) < 0.2).box is not None
    assert sold <= 4


def test_an_idle_number_is_seldom_in_the_box():
    """An idle number gets in at about 5 % each time that one is tried."""
    extra = sum(len(find_box(*planted(seed)).box.ranges) > 2 for seed in range(12))
    assert extra <= 4


def test_too_few_draws_are_said_to_be_too_few():
    quantiles, beyond = planted(0, draws=FEWEST_DRAWS - 1)
    found = find_box(quantiles, beyond)
    assert found.box is None and found.why_not == "a box in words needs 2,000 draws, and there are 1,999"


@pytest.mark.parametrize("beyond", [np.zeros(2000, dtype=bool), np.ones(2000, dtype=bool)])
def test_where_one_alternative_wins_everywhere_there_is_no_box(beyond):
    assert "the same alternative" in find_box(planted(0)[0], beyond).why_not


def test_numbers_with_few_values_and_single_numbers_are_no_trouble():
    random = np.random.default_rng(4)
    quantiles = random.choice([0.25, 0.75], (2000, 1))
    found = find_box(quantiles, quantiles[:, 0] > 0.5)
    assert found.box is None or found.box.density.estimate == 1
