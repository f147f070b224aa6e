"""Which points of a sweep are shown: the cheapest for their safety, or the safest, and always the reference."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.pair_words import MAIN
from sim.view.ranges import between, figure
from sim.view.sweep import SHOWN, _chosen

SEED = 11


def chosen(costs, rates, reference=0):
    table = [{"usd_per_site_year": cost, MAIN: rate} for cost, rate in zip(costs, rates, strict=True)]
    result = SimpleNamespace(tally=SimpleNamespace(references=np.full(len(table), reference)))
    return _chosen(result, table)


def test_of_many_points_those_are_shown_that_no_other_beats():
    draw = np.random.default_rng([SEED, 1])
    costs, rates = draw.integers(1, 6, 60), draw.uniform(1, 2, 60)
    found, said = chosen(costs, rates, reference=7)
    beaten = [
        any(costs[m] <= costs[n] and rates[m] < rates[n] for m in range(60))  # no two rates are the same
        for n in range(60)
    ]
    assert found[0] == 7 and sorted({*found} - {7}) == sorted({n for n in range(60) if not beaten[n]} - {7})
    assert "cheapest for their safety" in said


def test_where_all_cost_the_same_the_safest_are_shown_and_the_reference():
    rates = np.linspace(1, 2, 60)
    found, said = chosen(np.ones(60), rates, reference=59)
    assert found == [59, *range(SHOWN - 1)] and f"the {SHOWN} safest" in said


def test_a_point_without_a_figure_is_none_of_them():
    rates = [np.nan, *np.linspace(1, 2, 40)]
    assert 0 not in chosen(np.ones(41), rates, reference=5)[0]


@pytest.mark.parametrize(
    "value, shown",
    [
        (2.2345, "2.23"),
        (-0.914, "-0.91"),
        (0.0, "0.00"),
        (0.0123, "0.012"),
        (-0.0006, "-0.0006"),
        (47.92, "47.9"),
        (2655993.2, "2,655,993"),
        (np.nan, ""),
    ],
)
def test_a_figure_has_no_more_digits_than_say_something(value, shown):
    assert figure(value) == shown


def test_a_range_without_an_end_is_blank():
    assert between(np.nan, 1.0) == "" and between(-1.0, 20.0) == "-1.00 to 20"
