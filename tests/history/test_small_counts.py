"""Exact statistics of small counts against scipy.stats and sums over all pairs."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.history import small_counts as its


@pytest.mark.parametrize("hits, trials", [(0, 5), (5, 5), (7, 17), (10, 17), (1, 400)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_interval_of_a_share_is_that_of_clopper_and_pearson(hits, trials, confidence):
    exact = stats.binomtest(hits, trials).proportion_ci(confidence, method="exact")
    own = its.exact_share(hits, trials, confidence)
    assert (own.low, own.high) == pytest.approx((exact.low, exact.high))


def test_the_ratio_of_two_rates_is_the_conditional_binomial_one():
    ratio, test = its.exact_ratio(5, 12, 4, 4), stats.binomtest(12, 17)
    low, high = test.proportion_ci(method="exact")
    assert (ratio.low, ratio.high) == pytest.approx((low / (1 - low), high / (1 - high)))
    assert its.equal_rates_p(5, 12, 4, 4) == pytest.approx(test.pvalue)
    assert its.exact_ratio(4, 8, 2.0, 1.0).estimate == pytest.approx(4)
    assert its.exact_ratio(0, 3, 1.0, 1.0).high == math.inf and its.exact_ratio(3, 0, 1.0, 1.0).low == 0
    assert its.equal_rates_p(3, 3) == 1 and its.equal_rates_p(3, 0) == pytest.approx(0.25)
    assert its.equal_rates_p(2, 5, 1.0, 3.0) == 1


@pytest.mark.parametrize("a, b, before, after", [(4, 12, 3.0, 4.0), (2, 20, 1.0, 2.0), (9, 1, 1.0, 1.0)])
def test_p_is_below_its_level_where_the_interval_leaves_out_1(a, b, before, after):
    p = its.equal_rates_p(a, b, before, after)
    for confidence in (0.5, 0.9, 0.95, 0.99):
        interval = its.exact_ratio(a, b, before, after, confidence)
        assert (p < 1 - confidence) == (not interval.low <= 1 <= interval.high)


def test_deaths_of_one_size_are_poisson_and_the_law_sums_to_1():
    law = its._compound_poisson({2: 3, 0: 5})
    assert law[::2] == pytest.approx(stats.poisson.pmf(np.arange(len(law[::2])), 3)) and not law[1::2].any()
    assert its._compound_poisson({1: 2, 9: 1, 4: 2}).sum() == pytest.approx(1)


def test_incidents_without_deaths_have_a_rate_of_0():
    assert its.deaths_interval([0, 0], 1.0).high == 0


@pytest.mark.parametrize("events, reduction", [(4, 0.5), (17, 0.3), (17, 0.5), (50, 0.5)])
def test_power_is_the_sum_over_all_pairs_of_poisson_counts(events, reduction):
    counts = np.arange(150)
    before, after = stats.poisson.pmf(counts, events), stats.poisson.pmf(counts, events * (1 - reduction))
    pairs = {(x, y) for x in range(120) for y in range(x + 1) if before[x] * after[y] + before[y] * after[x] > 1e-12}
    sure = [(x, y) for x, y in pairs if x + y and 2 * stats.binom.cdf(y, x + y, 0.5) <= 0.05]
    expected = sum(before[x] * after[y] + before[y] * after[x] for x, y in sure)
    assert its.power_to_tell(events, reduction) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("reduction", [0.3, 0.5, 0.8])
def test_needed_events_are_the_fewest_with_the_power(reduction):
    needed = its.events_needed(reduction)
    assert its.power_to_tell(needed - 1, reduction) < 0.8 <= its.power_to_tell(needed, reduction)


def test_without_a_change_the_test_errs_no_more_often_than_stated():
    assert 0 < its.power_to_tell(17, 0.0) <= 0.05


@pytest.mark.parametrize("count, mean", [(0, 2.0), (3, 2.0), (9, 2.5), (0, 0.0), (2, 0.0)])
@pytest.mark.parametrize("spread", [0.0, 0.3, 2.0])
def test_a_count_s_p_is_twice_the_smaller_tail_of_poisson_or_negative_binomial(count, mean, spread):
    size = 1 / spread if spread else math.inf
    law = stats.nbinom(size, size / (size + mean)) if spread and mean else stats.poisson(mean)
    assert its.count_p(count, mean, spread) == pytest.approx(min(1.0, 2 * min(law.cdf(count), law.sf(count - 1))))


@pytest.mark.parametrize("hits, trials", [(0, 6), (5, 6), (6, 6)])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("correlation", [0.0, 0.2])
def test_a_share_s_p_is_twice_the_smaller_tail_of_binomial_or_beta_binomial(hits, trials, share, correlation):
    times = (1 - correlation) / correlation if correlation else math.inf
    varies = correlation and 0 < share < 1
    law = stats.betabinom(trials, share * times, (1 - share) * times) if varies else stats.binom(trials, share)
    expected = min(1.0, 2 * min(law.cdf(hits), law.sf(hits - 1)))
    assert its.share_p(hits, trials, share, correlation) == pytest.approx(expected, abs=1e-12)
