"""A sweep in words: effects of axes are those of the table's own points, and draws are told as a band."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.pair_words import MAIN
from sim.analysis.sweep_words import effects, over_draws, reference_of

RATES = {(0.6, 1.0): 2.0, (0.6, 3.0): 1.8, (1.0, 1.0): 1.0, (1.0, 3.0): 0.6}


def swept(rates, references, draws=None):
    """A sweep of two axes, and its table: a point per rate, its difference to the reference by hand."""
    draws = draws or [None] * len(rates)
    points = [
        SimpleNamespace(levels={"adherence": a, "budget": b}, draw=d) for (a, b), d in zip(rates, draws, strict=True)
    ]
    file = SimpleNamespace(axes={"adherence": None, "budget": None})
    result = SimpleNamespace(points=points, file=file, tally=SimpleNamespace(references=np.array(references)))
    values = list(rates.values())
    table = [
        {MAIN: value, f"{MAIN}_difference": value - values[references[n]], "incidents_per_year": value + 1}
        | {f"{MAIN}_difference_low": np.nan, f"{MAIN}_difference_high": np.nan}
        for n, value in enumerate(values)
    ]
    return result, table


def test_an_axis_alone_is_the_point_that_differs_from_the_reference_in_it_and_its_mean_is_over_the_other_levels():
    found = effects(*swept(RATES, [0, 0, 0, 0]))
    assert [(line["axis"], line["level"]) for line in found] == [("adherence", 1.0), ("budget", 3.0)]
    assert [line["difference"] for line in found] == pytest.approx([-1.0, -0.2])
    assert [line["others"] for line in found] == pytest.approx([-1.1, -0.3])  # (-1.0 - 1.2) / 2, (-0.2 - 0.4) / 2


def test_a_level_that_is_crossed_with_nothing_has_no_mean():
    alone = {(0.6, 1.0): 2.0, (1.0, 1.0): 1.0}
    (line,) = effects(*swept(alone, [0, 0]))
    assert np.isnan(line["others"])


@pytest.mark.parametrize("references", [[-1, -1, -1, -1], [0, 0, 2, 2]])
def test_without_a_single_reference_no_axis_has_an_effect(references):
    result, table = swept(RATES, [0, 0, 0, 0])
    result.tally.references = np.array(references)
    assert reference_of(result) is None and effects(result, table) == []


def test_under_draws_a_policy_has_the_mean_and_nine_tenths_of_its_draws():
    result, table = swept({(0.6, n): 1.0 + n for n in range(21)}, [0] * 21, list(range(21)))
    for point in result.points:
        point.levels = {"adherence": 0.6}
    (line,) = over_draws(result, table)
    assert (line["policy"], line["draws"]) == ("adherence 0.6", 21)
    assert (line["low"], line["project"], line["high"]) == pytest.approx((2.0, 11.0, 20.0))
    assert (line["fewer_low"], line["difference"], line["fewer_high"]) == pytest.approx((1.0, 10.0, 19.0))
    assert line["all"] == pytest.approx(12.0)
