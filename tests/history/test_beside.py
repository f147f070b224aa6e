"""The mean field beside the simulation: the table, and the sentence that says what needs no grid."""

import math

import numpy as np
import pytest

from sim import load_scenario
from sim.history import beside
from sim.history.mean_field import mean_field
from sim.outcome import CLASSES, OUTCOME


def line(name, simulation, formula, half=0.001):
    ends = {"simulation_low": simulation - half, "simulation_high": simulation + half}
    ratio = formula / simulation if simulation else math.nan
    return {"incidents_a_year": name, "simulation": simulation, **ends, "mean_field": formula, "ratio": ratio}


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("baseline", {"run.horizon": 1.0})


@pytest.fixture(scope="module")
def rows():
    """40 replicates of a year with 2, 1, 1, 0 and 1, 1, 1, 0 incidents by turns."""
    made = OUTCOME.rows(40)
    made["replicate"], made["days"] = np.arange(40), 365
    made["incidents_convoy"] = 1 + np.arange(40) % 2
    made["incidents_site"] = made["incidents_outing"] = 1
    made["incidents"] = sum(made[f"incidents_{name}"] for name in CLASSES)
    return made


def test_each_class_project_and_all_have_both_figures(scenario, rows):
    table = beside.beside_table(scenario, rows)
    assert [row["simulation"] for row in table] == pytest.approx([1.5, 1, 1, 0, 3.5, 3.5])
    assert [row["mean_field"] for row in table] == list(mean_field(scenario).as_dict().values())
    assert table[0]["simulation_low"] < 1.5 < table[0]["simulation_high"]
    assert table[1]["ratio"] == pytest.approx(table[1]["mean_field"]) and math.isnan(table[3]["ratio"])


def test_the_sentence_says_where_both_agree_where_not_and_what_is_open():
    table = [line("convoys", 1.0, 1.04), line("sites", 1.0, 1.06), line("outings", 1.0, 1.04, half=0.05)]
    said = beside.agreement(table)
    assert "within 5 % of the simulation for convoys: no grid is needed" in said
    assert "not for sites: there place, time or agents decide" in said
    assert said.endswith("so few replicates leave outings open.")
    assert "open" not in beside.agreement(table[:2]) and "place" not in beside.agreement(table[:1])


def test_both_sides_of_5_percent_are_kept_apart():
    assert "not for low, high" in beside.agreement([line("low", 1.0, 0.94), line("high", 1.0, 1.06)])
    assert "for low, high: no grid" in beside.agreement([line("low", 1.0, 0.96), line("high", 1.0, 1.04)])


def test_the_answer_names_what_was_given_of_the_roads(scenario, rows):
    found = beside.beside(scenario, rows)
    assert set(found["given"]) == {"posts", "overlap", "abroad"}
    assert found["note"] == beside.agreement(found["table"])
    shown = beside.reading_table(found["table"])[1]
    assert shown["simulation"] == "1.00 [1.00, 1.00]" and shown["ratio"] == f"{found['table'][1]['ratio']:.2f}"
