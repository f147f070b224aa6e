"""The columns in which two policies differ."""

import numpy as np
import pytest

from sim.analysis.compare import differing
from sim.analysis.tables import columns_table, how_many_alike
from sim.runs.totals import of_point, replicates
from tests.analysis import made


def compared(runs=30, **changes):
    table = replicates(made.rows(runs, 2, **changes))
    return differing(of_point(table, 0), of_point(table, 1))


def test_a_policy_does_not_differ_from_itself():
    found = compared()
    assert found["lines"] == []
    assert found["alike"] == found["compared"] > 50
    assert columns_table(found) == []


def test_only_what_differs_is_shown_by_group_and_the_rest_is_counted():
    found = compared(audits=lambda x: x + 2, state_spent=lambda x: x * 3, plots=lambda x: x + 1)
    assert [(line["group"], line["column"]) for line in found["lines"]] == [
        ("funnel", "plots"),
        ("protocol", "audits"),
        ("costs", "state_spent"),
    ]
    assert found["alike"] == found["compared"] - 3
    assert how_many_alike(found).startswith(f"{found['alike']} of {found['compared']} further columns do not differ")


def test_figures_are_a_year_and_the_difference_lies_in_its_interval():
    line = compared(audits=lambda x: x + 2 + x // 3)["lines"][0]
    assert line["per"] == "year"
    assert line["b"] - line["a"] == pytest.approx(line["difference"])
    assert line["low"] < line["difference"] < line["high"]


def test_the_same_difference_in_every_replicate_is_exact():
    line = compared(project_budget=lambda x: x + 1e6)["lines"][0]
    assert line["low"] == pytest.approx(line["high"]) == pytest.approx(1e6)


def test_states_are_compared_by_their_mean():
    line = compared(grievance_days=lambda x: x + 36.5)["lines"][0]
    assert line["per"] == "mean"
    assert line["difference"] == pytest.approx(0.1)


def test_a_noisy_difference_around_zero_is_left_out():
    sign = np.resize([-1, 1], 60)
    assert compared(plots=lambda x: x + sign)["lines"] == []


def test_rounding_is_no_difference():
    assert compared(state_spent=lambda x: x * (1 + 1e-15))["lines"] == []


def test_one_replicate_shows_no_difference_since_it_has_no_interval():
    assert compared(1, plots=lambda x: x + 9)["lines"] == []


def test_incidents_by_class_are_compared_by_expected_counts():
    line = compared(cv_site=lambda x: x - 1.0)["lines"][0]
    assert (line["column"], line["difference"]) == ("incidents_site", pytest.approx(1.0))


def test_other_replicates_are_refused():
    table = replicates(made.rows(4, 2))
    other = of_point(table, 1) | {"seed": of_point(table, 1)["seed"] + np.uint64(1)}
    with pytest.raises(ValueError, match="same replicates"):
        differing(of_point(table, 0), other)
