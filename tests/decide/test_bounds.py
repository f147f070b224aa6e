"""Bounds on pairs against plain paired t intervals, and bounds on maxima against all pairs one by one."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import t

from sim import rates
from sim.decide.bounds import by_mean, by_regret, by_worst

VALUES = np.random.default_rng(1).gamma(2.0, 1.0, (4, 5, 12)) + np.random.default_rng(2).normal(0, 2, (1, 1, 12))
TAIL = 0.004


def interval(a, b):
    """The paired t interval of a - b."""
    found = rates.paired_difference(b, a, 1.0, 1 - 2 * TAIL)
    return found.low, found.high


@pytest.mark.parametrize("a, b", [(0, 1), (1, 0), (2, 3), (3, 3)])
def test_bounds_on_means_are_paired_t_intervals_of_the_replicates_means(a, b):
    found = by_mean(VALUES, TAIL, True)
    assert (found.low[a, b], found.high[a, b]) == pytest.approx(interval(*VALUES[[a, b]].mean(axis=1)), abs=1e-6)


@pytest.mark.parametrize("bounds", [by_worst, by_regret])
def test_with_a_single_draw_all_criteria_bound_the_same_difference(bounds):
    one = VALUES[:, :1]
    mean, other = by_mean(one, TAIL, True), bounds(one, TAIL, True)
    off = ~np.eye(4, dtype=bool)
    assert (other.low[off] >= mean.low[off] - 1e-9).all() and (other.high[off] <= mean.high[off] + 1e-9).all()


@pytest.mark.parametrize("a, b", [(0, 1), (1, 0), (2, 3)])
def test_bounds_on_worst_cases_are_made_of_the_intervals_of_all_pairs_of_draws(a, b):
    ends = np.array([[interval(x, y) for y in VALUES[b]] for x in VALUES[a]])
    found = by_worst(VALUES, TAIL, True)
    assert found.low[a, b] == pytest.approx(ends[..., 0].max(axis=0).min())
    assert found.high[a, b] == pytest.approx(ends[..., 1].min(axis=1).max())


@pytest.mark.parametrize("a, b", [(0, 1), (1, 0), (2, 3)])
def test_bounds_on_regrets_are_the_tighter_of_two(a, b):
    def regret(c):
        ends = [interval(VALUES[c, d], VALUES[e, d]) for d, e in product(range(5), range(4)) if e != c]
        return max(0.0, *(low for low, _ in ends)), max(0.0, *(high for _, high in ends))

    in_draws = [interval(VALUES[a, d], VALUES[b, d]) for d in range(5)]
    low = max(regret(a)[0] - regret(b)[1], min(low for low, _ in in_draws))
    assert by_regret(VALUES, TAIL, True).low[a, b] == pytest.approx(low, abs=1e-6)


def test_strata_of_equal_spread_have_the_degrees_of_freedom_of_all_of_them():
    """Draws that repeat each other have the same variance: 5 times 11 degrees, and a fifth of the variance."""
    same = np.repeat(VALUES[:2, :1], 5, axis=1)
    found, gap = by_mean(same, TAIL, False), same[0, 0] - same[1, 0]
    width = t.isf(TAIL, 55) * gap.std(ddof=1) / np.sqrt(12 * 5)
    assert found.high[0, 1] - found.low[0, 1] == pytest.approx(2 * width)


@pytest.mark.parametrize("bounds", [by_mean, by_worst, by_regret])
def test_bounds_are_those_of_the_other_way_round_with_the_sign_changed(bounds):
    found = bounds(VALUES, TAIL, True)
    assert found.low == pytest.approx(-found.high.T)
    assert (np.diag(found.low) <= 0).all() and np.diag(found.low) == pytest.approx(0, abs=1e-6)
    assert (found.low <= found.high).all()
