"""The intervals: known values, coverage, what pairing is worth, and what is refused.

Coverage tests have fixed seeds, so they pass or fail for good. Their tolerances are 3 standard errors of the
simulated coverage or more: a right interval would fail fewer than 3 in 1,000 seeds.
"""

import json
import math
import tracemalloc

import numpy as np
import pytest
from scipy import stats

from sim import rates


def covers(interval, truth):
    return interval.low <= truth <= interval.high


def share_covered(intervals, truth):
    return np.mean([covers(i, truth) for i in intervals])


def same(result, estimate, low, high):
    return (result.estimate, result.low, result.high) == pytest.approx((estimate, low, high), nan_ok=True)


def exact_normals(n, sd_a, sd_b, correlation, seed=1):
    """Two samples whose sample standard deviations and correlation are exactly these."""
    raw = np.random.default_rng(seed).normal(size=(2, n))
    centred = raw - raw.mean(axis=1, keepdims=True)
    white = np.linalg.solve(np.linalg.cholesky(np.cov(centred)), centred)
    cross = correlation * sd_a * sd_b
    return np.linalg.cholesky([[sd_a**2, cross], [cross, sd_b**2]]) @ white


# Counts


def test_seventeen_incidents_in_eight_years_give_the_published_garwood_interval():
    result = rates.count_rate([17], 8)
    assert (result.estimate, result.low, result.high) == pytest.approx((2.125, 1.238, 3.402), abs=5e-4)
    assert result.confidence == 0.95
    assert result.method == "Garwood"


def test_no_event_leaves_room_for_3_69_events():
    result = rates.count_rate([0, 0, 0, 0], 2.0)
    assert (result.estimate, result.low) == (0, 0)
    assert result.high == pytest.approx(3.6889 / 8, abs=1e-5)


@pytest.mark.parametrize("k", [1, 2, 17, 1000, 2_000_000])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_garwood_is_its_chi_square_formula(k, confidence):
    result, tail = rates.count_rate([k], 1, confidence), (1 - confidence) / 2
    assert result.low == pytest.approx(stats.chi2.ppf(tail, 2 * k) / 2)
    assert result.high == pytest.approx(stats.chi2.isf(tail, 2 * k + 2) / 2)


def test_counts_and_exposures_are_pooled_over_replicates():
    assert rates.count_rate([3, 4, 10], [1, 2, 5]) == rates.count_rate([17], 8)
    assert rates.count_rate([3, 4, 10], 2) == rates.count_rate([17], 6)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_garwood_never_covers_less_than_stated_on_poisson_counts(confidence):
    means, counts = np.geomspace(0.01, 40, 300), range(120)
    ends = [rates.count_rate([k], 1, confidence) for k in counts]
    covered = np.array([[covers(i, mean) for i in ends] for mean in means])
    coverage = (covered * stats.poisson.pmf(counts, means[:, None])).sum(axis=1)  # exact: no simulation noise
    assert coverage.min() >= confidence - 1e-9


@pytest.mark.xfail(strict=True, reason="Garwood is for Poisson counts: overdispersion wants mean_rate")
def test_garwood_covers_as_stated_on_overdispersed_counts():
    draws = np.random.default_rng(2).negative_binomial(5, 5 / 20, size=(1000, 20))  # mean 15, dispersion 4
    assert share_covered([rates.count_rate(x, 1) for x in draws], 15) >= 0.93


def test_dispersion_is_variance_over_mean():
    counts = [1, 4, 2, 9]
    assert rates.dispersion(counts).estimate == pytest.approx(np.var(counts, ddof=1) / 4)


def test_dispersion_has_its_chi_square_interval():
    counts = [1, 4, 2, 9]
    spread = 3 * np.var(counts, ddof=1) / 4
    result = rates.dispersion(counts)
    assert result.low == pytest.approx(spread / stats.chi2.ppf(0.975, 3))
    assert result.high == pytest.approx(spread / stats.chi2.ppf(0.025, 3))


def test_dispersion_covers_1_as_stated_on_poisson_counts():
    draws = np.random.default_rng(3).poisson(2, size=(3000, 30))
    assert share_covered([rates.dispersion(x) for x in draws], 1) == pytest.approx(0.95, abs=0.012)


def test_dispersion_covers_as_stated_on_negative_binomial_counts():
    draws = np.random.default_rng(4).negative_binomial(17, 1 / 2, size=(3000, 30))  # mean 17, dispersion 2
    assert share_covered([rates.dispersion(x) for x in draws], 2) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("counts", [[5], [0], [0, 0, 0]])
def test_dispersion_is_unknown_for_one_replicate_or_no_event(counts):
    assert same(rates.dispersion(counts), math.nan, math.nan, math.nan)


def test_counts_that_never_vary_have_no_dispersion():
    assert same(rates.dispersion([3, 3, 3]), 0, 0, 0)


# Real-valued quantities


def test_mean_rate_is_the_t_interval_of_the_rates():
    values = np.array([-0.3, 1.2, 2.5, 0.8, 1.9])
    low, high = stats.ttest_1samp(values / 8, 0).confidence_interval(0.9)
    assert same(rates.mean_rate(values, 8, 0.9), values.mean() / 8, low, high)


def test_mean_rate_covers_as_stated_on_normal_values():
    draws = np.random.default_rng(5).normal(2, 3, size=(3000, 6))
    assert share_covered([rates.mean_rate(x, 8) for x in draws], 2 / 8) == pytest.approx(0.95, abs=0.012)


def test_mean_rate_covers_nearly_as_stated_on_skewed_values():
    draws = np.random.default_rng(6).gamma(2, 1, size=(3000, 40))
    assert share_covered([rates.mean_rate(x, 1) for x in draws], 2) == pytest.approx(0.95, abs=0.02)


def test_mean_rate_with_varying_exposure_covers_nearly_as_stated():
    generator = np.random.default_rng(7)
    exposure = generator.uniform(1, 5, size=(3000, 40))
    values = generator.poisson(2 * exposure)
    intervals = [rates.mean_rate(x, time) for x, time in zip(values, exposure, strict=True)]
    assert share_covered(intervals, 2) == pytest.approx(0.95, abs=0.02)


def test_varying_exposure_gives_the_ratio_of_the_totals():
    assert rates.mean_rate([1, 2, 6], [1, 1, 4]).estimate == pytest.approx(1.5)
    assert rates.bootstrap_rate([1, 2, 6], [1, 1, 4]).estimate == pytest.approx(1.5)


def test_varying_exposure_gives_the_linearised_error_of_the_ratio():
    # rate 9 / 6; residuals 1 - 1.5, 2 - 1.5, 6 - 6 over the mean exposure 2: variance (0.25^2 + 0.25^2) / 2
    half = stats.t.ppf(0.975, 2) * 0.25 / math.sqrt(3)
    assert same(rates.mean_rate([1, 2, 6], [1, 1, 4]), 1.5, 1.5 - half, 1.5 + half)


@pytest.mark.parametrize("rate", [rates.mean_rate, rates.bootstrap_rate])
def test_one_replicate_has_an_estimate_and_no_interval(rate):
    assert same(rate([4.0], 8), 0.5, math.nan, math.nan)


@pytest.mark.parametrize("rate", [rates.mean_rate, rates.bootstrap_rate])
def test_values_that_never_vary_have_an_interval_of_no_width(rate):
    result = rate([0.1] * 7, 1.0)
    assert result.high - result.low == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("rate", [rates.count_rate, rates.mean_rate, rates.bootstrap_rate])
def test_a_larger_unit_of_exposure_scales_estimate_and_ends_alike(rate):
    one, ten = rate([3, 0, 5, 9], [1, 2, 2, 3]), rate([3, 0, 5, 9], [10, 20, 20, 30])
    assert same(ten, one.estimate / 10, one.low / 10, one.high / 10)


def deaths(generator, n):
    """Clustered and skewed: 1.5 attacks a replicate, 1 + geometric deaths in each. Mean 6."""
    return np.array([generator.geometric(0.25, k).sum() for k in generator.poisson(1.5, n)])


def test_bootstrap_covers_nearly_as_stated_on_clustered_deaths():
    generator = np.random.default_rng(8)
    intervals = [rates.bootstrap_rate(deaths(generator, 100), 1) for _ in range(200)]
    assert share_covered(intervals, 6) == pytest.approx(0.95, abs=0.05)


def test_bootstrap_agrees_with_the_t_interval_on_many_normal_values():
    values = np.random.default_rng(9).normal(5, 2, 500)
    t, bootstrap = rates.mean_rate(values, 1), rates.bootstrap_rate(values, 1)
    assert (bootstrap.low, bootstrap.high) == pytest.approx((t.low, t.high), abs=0.02)


def test_the_same_rows_always_give_the_same_bootstrap_interval():
    values = np.random.default_rng(10).exponential(size=50)
    first = rates.bootstrap_rate(values, 1)
    rates.rate_ratio(values, values, 1)
    assert rates.bootstrap_rate(values, 1) == first


def test_bootstrap_memory_is_bounded():
    values = np.ones(100_000)
    tracemalloc.start()
    rates.bootstrap_rate(values, 1, resamples=60)  # 48 MB of replicate numbers if drawn at once
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24e6


@pytest.mark.xfail(strict=True, reason="a bootstrap can't see deaths that no replicate held")
def test_bootstrap_without_deaths_leaves_room_for_deaths():
    assert rates.bootstrap_rate([0] * 20, 8).high > 0


# Shares


def test_wilson_gives_its_value_by_hand():
    # 8 of 10 with z = 1.959964, z^2 = 3.841459: (8 + 1.920729 -/+ 1.959964 sqrt(1.6 + 0.960365)) / 13.841459
    assert same(rates.proportion(8, 10), 0.8, 0.490162, 0.943318)


@pytest.mark.parametrize("k, n", [(0, 1), (0, 25), (1, 1), (3, 25), (25, 25), (40_000, 1_000_000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_wilson_agrees_with_scipy(k, n, confidence):
    ends = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert same(rates.proportion(k, n, confidence), k / n, ends.low, ends.high)


def test_no_trials_leave_the_share_unknown_from_0_to_1():
    assert same(rates.proportion(0, 0), math.nan, 0, 1)


def test_wilson_covers_as_stated_on_average_over_shares():
    shares, trials = np.linspace(0.02, 0.98, 97), 30
    ends = [rates.proportion(k, trials) for k in range(trials + 1)]
    covered = np.array([[covers(i, share) for i in ends] for share in shares])
    coverage = (covered * stats.binom.pmf(range(trials + 1), trials, shares[:, None])).sum(axis=1)  # exact
    assert coverage.mean() == pytest.approx(0.95, abs=0.01)


def test_the_odds_ratio_is_the_cross_product_with_the_interval_of_its_logarithm():
    found = rates.odds_ratio(94, 100, 86, 100)
    spread = math.exp(1.959964 * math.sqrt(1 / 94 + 1 / 6 + 1 / 86 + 1 / 14))
    ratio = 94 * 14 / (6 * 86)
    assert same(found, ratio, ratio / spread, ratio * spread)
    assert found.method == "Woolf"


def test_the_odds_ratio_agrees_with_scipy():
    table = stats.contingency.odds_ratio([[30, 10], [40, 60]], kind="sample")
    ends = table.confidence_interval(0.9)
    assert same(rates.odds_ratio(30, 40, 40, 100, 0.9), table.statistic, ends.low, ends.high)


def test_alike_shares_have_an_odds_ratio_of_1_and_exchanged_sides_its_inverse():
    assert rates.odds_ratio(9, 10, 900, 1000).estimate == pytest.approx(1)
    one, other = rates.odds_ratio(8, 10, 30, 60), rates.odds_ratio(30, 60, 8, 10)
    assert same(other, 1 / one.estimate, 1 / one.high, 1 / one.low)


@pytest.mark.parametrize("k, n", [(10, 10), (0, 10)])
def test_an_empty_cell_gets_a_half_as_all_cells_do(k, n):
    cells = k + 0.5, n - k + 0.5, 86.5, 14.5
    assert rates.odds_ratio(k, n, 86, 100).estimate == pytest.approx(cells[0] * cells[3] / (cells[1] * cells[2]))
    assert 0 < rates.odds_ratio(k, n, 86, 100).low < rates.odds_ratio(k, n, 86, 100).high < math.inf


def test_without_trials_the_odds_ratio_is_unknown():
    assert same(rates.odds_ratio(0, 0, 86, 100), math.nan, 0, math.inf)
    assert same(rates.odds_ratio(3, 5, 0, 0), math.nan, 0, math.inf)


@pytest.mark.parametrize("trials", [20, 1000])
def test_the_odds_ratio_covers_at_least_nearly_as_stated(trials):
    draw, usual = np.random.default_rng(7), (0.94 / 0.06) / (0.86 / 0.14)
    hits = draw.binomial(trials, 0.94, 2000)
    found = [rates.odds_ratio(int(hit), trials, 860_000, 1_000_000) for hit in hits]
    assert 0.935 < share_covered(found, usual) < 0.985


def test_exceedance_counts_replicates_at_or_above_each_level():
    curve = rates.exceedance([0, 1, 1, 5, 30], [1, 30, 5, 31])
    assert curve == tuple(rates.proportion(k, 5) for k in (4, 1, 2, 0))


def test_exceedance_falls_with_the_level():
    curve = rates.exceedance(deaths(np.random.default_rng(11), 200), np.geomspace(1, 100, 20))
    for name in ("estimate", "low", "high"):
        assert (np.diff([getattr(i, name) for i in curve]) <= 0).all()


# Two policies on the same seeds


def test_paired_difference_is_b_minus_a_with_the_paired_t_interval():
    a, b = np.array([3, 1, 4, 1, 5]), np.array([2, 1, 2, 0, 5])
    low, high = stats.ttest_rel(b / 8, a / 8).confidence_interval(0.9)
    assert same(rates.paired_difference(a, b, 8, 0.9), -0.8 / 8, low, high)


def test_paired_difference_covers_as_stated_on_correlated_normals():
    draws = np.random.default_rng(12).multivariate_normal([2, 1], [[4, 3], [3, 4]], size=(2000, 8))
    intervals = [rates.paired_difference(x[:, 0], x[:, 1], 2) for x in draws]
    assert share_covered(intervals, -0.5) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(
    "sd_a, sd_b, correlation, factor",
    [(1, 1, 0.9, 10), (1, 1, 0, 1), (1, 1, -0.5, 2 / 3), (2, 1, 0.75, 2.5), (3, 3, 0.999, 1000)],
)
@pytest.mark.parametrize("exposure", [1, 8])
def test_crn_factor_is_what_the_bivariate_normal_says(sd_a, sd_b, correlation, factor, exposure):
    a, b = exact_normals(40, sd_a, sd_b, correlation)
    result = rates.paired_difference(a + 5, b + 4, exposure)
    assert result.correlation == pytest.approx(correlation, abs=1e-9)
    assert result.crn_factor == pytest.approx(factor)
    assert result.replicates_saved == pytest.approx(40 * (factor - 1), abs=1e-6)


def test_crn_factor_is_found_again_in_a_random_sample():
    a, b = np.random.default_rng(13).multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], size=20_000).T
    assert rates.paired_difference(a, b, 1).crn_factor == pytest.approx(10, rel=0.05)


def test_independent_seeds_with_the_replicates_saved_have_the_same_standard_error():
    a, b = exact_normals(30, 1.5, 1, 0.8)
    result = rates.paired_difference(a, b, 1)
    paired = (result.high - result.low) / 2 / stats.t.ppf(0.975, 29)
    independent = math.sqrt((1.5**2 + 1) / (30 + result.replicates_saved))
    assert paired == pytest.approx(independent)


def test_policies_that_never_differ_have_a_difference_of_exactly_0():
    a = np.random.default_rng(14).gamma(2, size=30)
    result = rates.paired_difference(a, a, 8)
    assert (result.estimate, result.low, result.high) == (0, 0, 0)
    assert result.correlation == pytest.approx(1)
    assert result.crn_factor == result.replicates_saved == math.inf


def test_a_constant_difference_has_an_infinite_factor_in_spite_of_rounding():
    a = np.random.default_rng(15).gamma(2, size=30)
    assert rates.paired_difference(a, a + 0.1, 3).crn_factor == math.inf


def test_where_nothing_varies_correlation_and_factor_are_unknown():
    result = rates.paired_difference([0.1] * 7, [0.3] * 7, 1)
    assert same(result, 0.2, 0.2, 0.2)
    assert math.isnan(result.correlation)
    assert math.isnan(result.crn_factor)
    assert math.isnan(result.replicates_saved)


def test_where_one_policy_never_varies_the_factor_is_1_and_the_correlation_unknown():
    result = rates.paired_difference([1, 2, 4], [0.1, 0.1, 0.1], 1)
    assert math.isnan(result.correlation)
    assert result.crn_factor == pytest.approx(1)


def test_one_pair_has_a_difference_and_nothing_more():
    result = rates.paired_difference([2], [1], 1)
    assert same(result, -1, math.nan, math.nan)
    assert math.isnan(result.correlation)
    assert math.isnan(result.crn_factor)


def test_policies_that_change_the_exposure_are_compared_by_their_own():
    trips_a, trips_b = np.full(5, 4.0), np.full(5, 2.0)
    a, b = np.array([4, 5, 3, 6, 2]), np.array([2, 3, 1, 3, 1])
    difference = rates.paired_difference(a, b, trips_a, exposure_b=trips_b)
    assert difference == rates.paired_difference(a, 2 * b, 4)
    assert rates.rate_ratio(a, b, trips_a, exposure_b=trips_b) == rates.rate_ratio(a, 2 * b, 4)


def test_a_shared_exposure_cancels_in_the_ratio():
    assert rates.rate_ratio([3, 1, 4], [2, 1, 2], 8) == rates.rate_ratio([3, 1, 4], [2, 1, 2], 1)


def test_rate_ratio_is_the_ratio_of_the_means():
    assert rates.rate_ratio([3, 1, 4], [2, 1, 1], 8).estimate == pytest.approx(0.5)


def test_rate_ratio_covers_nearly_as_stated_on_paired_counts():
    generator = np.random.default_rng(16)
    a = generator.poisson(4, size=(200, 100))
    intervals = [rates.rate_ratio(x, generator.binomial(x, 0.6), 1) for x in a]
    assert share_covered(intervals, 0.6) == pytest.approx(0.95, abs=0.05)


def test_pairing_narrows_the_ratio():
    generator = np.random.default_rng(17)
    a = generator.poisson(4, 200)
    paired = rates.rate_ratio(a, generator.binomial(a, 0.9), 1)
    unpaired = rates.rate_ratio(a, generator.poisson(3.6, 200), 1)
    assert paired.high - paired.low < 0.5 * (unpaired.high - unpaired.low)


def test_rate_ratio_without_events_in_a_has_no_upper_end():
    assert same(rates.rate_ratio([0] * 9, [1] * 9, 1), math.inf, math.inf, math.inf)
    assert same(rates.rate_ratio([0] * 9, [0] * 9, 1), math.nan, 0, math.inf)


def test_rate_ratio_with_one_event_is_honest_about_it():
    result = rates.rate_ratio([1] + [0] * 9, [0, 1] + [0] * 8, 1)
    assert same(result, 1, 0, math.inf)


def test_rate_ratio_of_one_replicate_could_be_anything():
    assert same(rates.rate_ratio([4], [2], 1), 0.5, 0, math.inf)


def test_expected_counts_below_0_never_make_a_negative_ratio():
    result = rates.rate_ratio([-1.0, 0.2, 1.0, 0.3], [0.5, -0.2, 0.1, 0.3], 1)
    assert result.low >= 0
    assert result.high == math.inf


# Results and refusals


@pytest.mark.parametrize(
    "result",
    [
        rates.count_rate(np.array([1, 2]), np.float32(8), np.float64(0.9)),
        rates.dispersion([1, 2]),
        rates.mean_rate([1, 2], 1),
        rates.bootstrap_rate([1, 2], 1),
        rates.proportion(np.int64(1), np.int64(2)),
        rates.paired_difference([1, 2], [2, 4], 1, np.float64(0.9)),
        rates.rate_ratio([1, 2], [2, 4], 1),
    ],
    ids=lambda result: result.method,
)
def test_as_dict_holds_plain_floats_that_json_can_write(result):
    fields = result.as_dict()
    assert {type(v) for k, v in fields.items() if k != "method"} == {float}
    assert json.loads(json.dumps(fields)) == fields


def test_the_difference_says_what_pairing_was_worth_in_its_dict():
    names = {
        "estimate",
        "low",
        "high",
        "confidence",
        "method",
        "correlation",
        "crn_factor",
        "replicates_saved",
    }
    assert set(rates.paired_difference([1, 2], [2, 4], 1).as_dict()) == names


OF_VALUES = {
    "count_rate": lambda x: rates.count_rate(x, 1),
    "dispersion": rates.dispersion,
    "mean_rate": lambda x: rates.mean_rate(x, 1),
    "bootstrap_rate": lambda x: rates.bootstrap_rate(x, 1),
    "exceedance": lambda x: rates.exceedance(x, [1]),
    "exceedance levels": lambda x: rates.exceedance([1], x),
    "paired_difference a": lambda x: rates.paired_difference(x, [1], 1),
    "paired_difference b": lambda x: rates.paired_difference([1], x, 1),
    "rate_ratio": lambda x: rates.rate_ratio(x, [1], 1),
}
OF_EXPOSURE = {
    "count_rate": lambda t: rates.count_rate([1, 2], t),
    "mean_rate": lambda t: rates.mean_rate([1, 2], t),
    "bootstrap_rate": lambda t: rates.bootstrap_rate([1, 2], t),
    "paired_difference": lambda t: rates.paired_difference([1, 2], [1, 2], t),
    "paired_difference b": lambda t: rates.paired_difference([1, 2], [1, 2], 1, exposure_b=t),
    "rate_ratio": lambda t: rates.rate_ratio([1, 2], [1, 2], t),
}
OF_CONFIDENCE = {
    "count_rate": lambda c: rates.count_rate([1, 2], 1, c),
    "dispersion": lambda c: rates.dispersion([1, 2], c),
    "mean_rate": lambda c: rates.mean_rate([1, 2], 1, c),
    "bootstrap_rate": lambda c: rates.bootstrap_rate([1, 2], 1, c),
    "proportion": lambda c: rates.proportion(1, 2, c),
    "odds_ratio": lambda c: rates.odds_ratio(1, 2, 3, 4, c),
    "exceedance": lambda c: rates.exceedance([1, 2], [1], c),
    "paired_difference": lambda c: rates.paired_difference([1, 2], [1, 2], 1, c),
    "rate_ratio": lambda c: rates.rate_ratio([1, 2], [1, 2], 1, c),
}


@pytest.mark.parametrize("call", OF_VALUES.values(), ids=OF_VALUES)
@pytest.mark.parametrize("values, why", [([], "one number or more"), ([[1]], "shape"), ([math.nan], "finite")])
def test_values_that_are_no_list_of_finite_numbers_are_refused(call, values, why):
    with pytest.raises(ValueError, match=why):
        call(values)


@pytest.mark.parametrize("call", [OF_VALUES["count_rate"], OF_VALUES["dispersion"]])
@pytest.mark.parametrize("counts", [[3, -1], [0.5, 2]])
def test_negative_and_fractional_counts_are_refused(call, counts):
    with pytest.raises(ValueError, match="counts must be whole numbers"):
        call(counts)


@pytest.mark.parametrize("call", OF_EXPOSURE.values(), ids=OF_EXPOSURE)
@pytest.mark.parametrize("exposure", [0, -1, math.nan, math.inf, [1, 0], [1, 2, 3], []])
def test_exposure_not_above_0_or_of_another_length_is_refused(call, exposure):
    with pytest.raises(ValueError, match="exposure"):
        call(exposure)


@pytest.mark.parametrize("call", OF_CONFIDENCE.values(), ids=OF_CONFIDENCE)
@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_confidence_outside_0_to_1_is_refused(call, confidence):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        call(confidence)


@pytest.mark.parametrize("k, n", [(-1, 3), (0, -1), (1.5, 3), (1, math.inf), (4, 3), (1, 0)])
def test_shares_of_impossible_counts_are_refused(k, n):
    for call in (
        lambda: rates.proportion(k, n),
        lambda: rates.odds_ratio(k, n, 1, 2),
        lambda: rates.odds_ratio(1, 2, k, n),
    ):
        with pytest.raises(ValueError, match="successes"):
            call()


@pytest.mark.parametrize("compare", [rates.paired_difference, rates.rate_ratio])
def test_policies_with_unequal_numbers_of_replicates_are_refused(compare):
    with pytest.raises(ValueError, match="same length, not 2 and 3"):
        compare([1, 2], [1, 2, 3], 1)


def test_a_bootstrap_without_resamples_is_refused():
    with pytest.raises(ValueError, match="resamples must be at least 1"):
        rates.bootstrap_rate([1, 2], 1, resamples=0)
