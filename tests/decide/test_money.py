"""What safety costs: domination by hand, Fieller's interval by its definition and its coverage, break-even numbers.

The coverage test has a fixed seed and a tolerance of 3 standard errors: a right interval would fail 3 in 1,000 seeds.
"""

import math

import numpy as np
import pytest
from scipy import stats

from sim import rates
from sim.decide.money import break_even, cost_per_averted, frontier


def verdicts(costs, incidents):
    return [(place.verdict, place.by) for place in frontier(costs, incidents)]


def test_dominated_and_extendedly_dominated_options_are_struck_out():
    """Costs 0 10 20 30 40 25, incidents 9 8 4 3.5 1 5: 1 lies above the line from 0 to 2, 3 above that from 2 to 4."""
    assert verdicts([0, 10, 20, 30, 40, 25], [9, 8, 4, 3.5, 1, 5]) == [
        ("frontier", ()),
        ("extendedly dominated", (0, 2)),
        ("frontier", (0,)),
        ("extendedly dominated", (2, 4)),
        ("frontier", (2,)),
        ("dominated", (2,)),
    ]


def test_each_step_along_the_frontier_says_what_an_incident_averted_costs():
    places = frontier([40, 0, 20], [1, 9, 4])
    assert (places[2].cost, places[2].averted, places[2].ratio) == (20, 5, 4)
    assert (places[0].cost, places[0].averted, places[0].ratio) == pytest.approx((20, 3, 20 / 3))
    assert math.isnan(places[1].ratio)


def test_an_option_that_saves_money_and_lives_leaves_nobody_beside_it():
    assert verdicts([5, 3, 8], [2, 1, 1]) == [("dominated", (1,)), ("frontier", ()), ("dominated", (1,))]


def test_of_options_that_are_alike_the_first_stays():
    assert verdicts([1, 1, 1], [2, 2, 2]) == [("frontier", ()), ("dominated", (0,)), ("dominated", (0,))]


def test_an_option_as_dear_as_a_safer_one_is_dominated():
    assert verdicts([1, 1], [3, 2]) == [("dominated", (1,)), ("frontier", ())]
    assert verdicts([1, 2], [2, 2]) == [("frontier", ()), ("dominated", (0,))]


def test_three_on_one_line_all_stay():
    assert [verdict for verdict, _ in verdicts([0, 1, 2], [2, 1, 0])] == ["frontier"] * 3


@pytest.mark.parametrize("number", range(20))
def test_the_frontier_is_what_some_price_of_an_incident_would_choose(number):
    """An option is on the frontier if and only if it has the least cost + price x incidents at some price above 0."""
    cost, harm = np.random.default_rng([1, number]).uniform(0, 10, (2, 12))
    chosen = {int(np.argmin(cost + price * harm)) for price in np.geomspace(1e-4, 1e4, 20_001)}
    assert {place.option for place in frontier(cost, harm) if place.verdict == "frontier"} == chosen


def paired(number, averted, cost, replicates=30):
    """Costs and incidents of an option and of what it is held against, with common noise."""
    random = np.random.default_rng([2, number])
    base = random.poisson(6.0, replicates).astype(float)
    incidents = base - averted + random.normal(0, 1, replicates)
    costs = cost + random.normal(0, 0.2 * abs(cost), replicates) + 0.1 * incidents
    return costs, incidents, 0.1 * base, base


def test_fieller_s_ends_are_where_the_paired_t_test_just_fails():
    costs, incidents, costs_before, before = paired(0, 2.0, 10.0)
    found = cost_per_averted(costs, incidents, costs_before, before)
    assert found.low < found.estimate < found.high < math.inf
    for ratio in (found.low, found.high):
        p = stats.ttest_1samp(costs - costs_before - ratio * (before - incidents), 0.0).pvalue
        assert p == pytest.approx(0.05)


def test_fieller_covers_what_it_states():
    """2,000 tries at .95: standard error .005. The true ratio is (10 - .1 x 2) / 2."""
    found = [cost_per_averted(*paired(number, 2.0, 10.0)) for number in range(2000)]
    assert np.mean([each.low <= 4.9 <= each.high for each in found]) == pytest.approx(0.95, abs=0.015)


def test_an_option_that_may_avert_nothing_has_no_upper_end_and_a_lower_one_that_the_test_agrees_with():
    costs, incidents, costs_before, before = paired(1, 0.1, 10.0)
    found = cost_per_averted(costs, incidents, costs_before, before)
    assert 0 < found.low < found.high == math.inf
    p = stats.ttest_1samp(costs - costs_before - found.low * (before - incidents), 0.0).pvalue
    assert p == pytest.approx(0.05)


def test_a_saving_that_may_avert_nothing_has_no_lower_end():
    found = cost_per_averted(*paired(1, 0.1, -10.0))
    assert found.low == -math.inf and found.high < 0


def test_nothing_known_of_either_leaves_every_ratio_open():
    random = np.random.default_rng(3)
    found = cost_per_averted(*random.normal(0, 1, (4, 10)))
    assert (found.low, found.high) == (-math.inf, math.inf)


def test_an_option_that_averts_nothing_at_all_has_no_price():
    found = cost_per_averted([3.0, 4.0], [1.0, 2.0], [1.0, 1.0], [1.0, 2.0])
    assert found.estimate == found.high == math.inf


def test_the_break_even_number_is_the_cost_over_the_price_with_the_paired_interval():
    costs, before = np.array([12.0, 15.0, 11.0]), np.array([2.0, 3.0, 2.0])
    found, plain = break_even(costs, before, 4.0), rates.paired_difference(before, costs, 1.0)
    assert found.estimate == pytest.approx(10.333333 / 4)
    assert (found.low, found.high) == pytest.approx((plain.low / 4, plain.high / 4))


@pytest.mark.parametrize("price", [0, -1, math.nan, math.inf])
def test_a_price_not_above_0_is_refused(price):
    with pytest.raises(ValueError, match="price must be above 0"):
        break_even([1, 2], [1, 1], price)


def test_options_of_unequal_number_or_without_figures_are_refused():
    with pytest.raises(ValueError, match="same length"):
        frontier([1, 2], [1])
    with pytest.raises(ValueError, match="finite"):
        frontier([1, math.nan], [1, 2])
    with pytest.raises(ValueError, match="two replicates or more"):
        cost_per_averted([1], [1], [2], [2])
    with pytest.raises(ValueError, match="same length"):
        cost_per_averted([1, 2], [1, 2], [1], [1, 2])


def test_a_single_option_is_the_frontier():
    assert verdicts([3], [4]) == [("frontier", ())]
