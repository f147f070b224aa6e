"""The baseline ensemble shows the patterns of the public record (1-5 of the model's purpose).

A pattern holds if the ensemble's mean lies in the record's band and single runs of eight years lie in it with a
probability above .1. No single run has to show them all. Fixed seeds; with 300 replicates the standard error of a
probability is below .03.
"""

import numpy as np
import pytest

from sim import load_scenario, replicates, simulate
from sim.sweep.replicate import Replicate

RUNS = 300
LEAST = 0.1
BURST_DAYS = 21


@pytest.fixture(scope="module")
def rows():
    return simulate(load_scenario("baseline"), RUNS, seed=11)


@pytest.fixture(scope="module")
def table(rows):
    return replicates(rows)


def holds(mean, values, low, high):
    share = np.mean((values >= low) & (values <= high))
    assert low <= mean <= high
    assert share > LEAST


def test_pattern_1_incidents_and_project_incidents_a_year(table):
    for name, low, high in (("incidents", 1.2, 3.4), ("project_incidents", 0.43, 1.97)):
        values = table[name] / table["years"]
        holds(values.mean(), values, low, high)


def test_pattern_2_share_en_route(table):
    share = table["incidents_en_route"] / np.maximum(table["incidents"], 1)
    holds(table["incidents_en_route"].sum() / table["incidents"].sum(), share, 0.33, 0.82)


def test_pattern_3_fatal_share(table):
    share = table["fatal"] / np.maximum(table["incidents"], 1)
    holds(table["fatal"].sum() / table["incidents"].sum(), share, 0.18, 0.67)


def test_pattern_4_years_without_incident_happen(rows):
    years = rows["incidents"].reshape(RUNS, -1)
    assert np.mean((years == 0).any(axis=1)) > LEAST


@pytest.mark.slow
def test_pattern_5_incidents_come_in_bursts_within_weeks():
    scenario = load_scenario("baseline")
    bursts = 0
    for number in range(100):
        run = Replicate(scenario, 11, number)
        run.advance(run.horizon)
        days = run.events.query("stage == 'incident'")["day"].to_numpy()
        bursts += bool((np.diff(np.sort(days)) <= BURST_DAYS).any())
    assert bursts / 100 > LEAST
