"""The columns that are compared."""

from sim.analysis.columns import EXPECTED_OF, GROUPS, LEFT_OUT, MEANS
from sim.outcome import OUTCOME
from sim.runs.totals import replicates
from tests.analysis import made

COMPARED = [column for columns in GROUPS.values() for column in columns]


def test_every_column_of_the_outcome_is_in_one_group_or_left_out_on_purpose():
    assert sorted([*COMPARED, *LEFT_OUT]) == sorted(OUTCOME.names)


def test_no_two_columns_have_the_same_name():
    names = [name for columns in GROUPS.values() for name in columns.values()]
    assert len(names) == len(set(names))


def test_means_and_expected_counts_are_of_compared_columns_that_the_replicates_have():
    assert set(MEANS) | set(EXPECTED_OF) <= set(COMPARED)
    assert set(EXPECTED_OF.values()) <= set(replicates(made.rows()))


def test_states_summed_over_days_are_means_and_days_that_are_counted_are_not():
    states = {field.name for field in OUTCOME.fields if "summed over days" in field.meaning}
    assert states - {"stoppage_days"} == set(MEANS)
