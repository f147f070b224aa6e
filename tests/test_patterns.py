"""The baseline ensemble shows the eleven patterns of the public record.

A pattern holds if the ensemble's figure lies in the record's band and single runs of eight years lie in it with a
probability above .1. No single run has to show them all. Fixed seeds; with 300 replicates the standard error of a
probability is below .03.
"""

import pytest

from sim import load_scenario, simulate
from sim.analysis.patterns import patterns_of
from sim.analysis.traces import traces

RUNS = 300
SEED = 11
DATED = ["5", "8a", "8b"]


@pytest.fixture(scope="module")
def baseline():
    return load_scenario("baseline")


@pytest.fixture(scope="module")
def rows(baseline):
    return simulate(baseline, RUNS, seed=SEED)


@pytest.fixture(scope="module")
def table(baseline, rows):
    """Without traces: patterns 5 and 8 have no figure here."""
    return {pattern.number: pattern for pattern in patterns_of(baseline, rows, [])}


@pytest.fixture(scope="module")
def traced(baseline, rows):
    seen = traces(baseline, SEED, RUNS)
    return {pattern.number: pattern for pattern in patterns_of(baseline, rows, seen)}


def assert_met(pattern):
    assert pattern.met, f"{pattern.name}: {pattern.figure}, {pattern.band.words}, P {pattern.probability.estimate:.2f}"


@pytest.mark.parametrize("number", ["1a", "1b", "2", "3", "4", "6", "7", "9", "10", "11"])
def test_the_baseline_meets_pattern(table, number):
    assert_met(table[number])


@pytest.mark.slow
@pytest.mark.parametrize("number", DATED)
def test_the_baseline_meets_the_dated_pattern(traced, number):
    assert_met(traced[number])
