"""The mean field against the whole simulation: where exposure and place are neutral no grid is needed, else it is.

Both are programs of the same rules that share no line of them. 200 replicates of 3 years, expected counts, seed 1: the
standard error of all incidents is .8 %, that of a class at most 2 %, of a lever's ratio below .01. The bounds are what
the formula is said to reach, not what chance allows.
"""

from pathlib import Path

import pytest

from sim import load_scenario, with_values
from sim.history.mean_field import mean_field
from sim.outcome import CLASSES
from sim.world.generate import generate
from tests.small import tables

VERSION_3 = Path(__file__).parents[2] / "experiments" / "version3.yaml"
THREE_YEARS = {"run.horizon": 3.0}
HELD = {"policy.adherence.hold": True}
LEVERS = {
    "adherence held at 0.4": {**HELD, "policy.adherence.level": 0.4},
    "adherence held at 1": {**HELD, "policy.adherence.level": 1.0},
    "one try": {"threat.wait_patience": 1},
}
# What the formula can't know: it has neither stretches of road nor places.
PLACED = {f"posts {rule}": {"policy.checkpoints.placement": rule} for rule in ("random", "no_way_round")}
FLOWN = {"drones": {"policy.drones.crews": 12}}
TOTALS = ("all", "project")


def a_year(x):
    """Expected counts a year, by class and in all, under the mean field's names."""
    counts = {name: x[f"expected_incidents_{name}"] for name in CLASSES}
    counts |= {"all": x["expected_incidents"], "project": x["expected_project_incidents"]}
    return {name: count.sum() / x["years"].sum() for name, count in counts.items()}


@pytest.fixture(scope="module")
def neutral():
    """Today's policy under rules in which neither exposure nor place counts."""
    return load_scenario(VERSION_3, THREE_YEARS)


@pytest.fixture(scope="module")
def cases(neutral):
    """Each case's simulation and mean field: neutral rules under "" and their levers; today's, posts and drones."""
    today = load_scenario("baseline", THREE_YEARS)
    points = {"": neutral, "today": today}
    points |= {name: with_values(neutral, values) for name, values in LEVERS.items()}
    points |= {name: with_values(today, values) for name, values in {**PLACED, **FLOWN}.items()}
    simulated = map(a_year, tables(list(points.values()), 200, seed=1))
    return {
        name: (found, mean_field(point).as_dict())
        for (name, point), found in zip(points.items(), simulated, strict=True)
    }


def test_incidents_by_class_need_no_grid(cases):
    simulated, formula = cases[""]
    assert [formula[name] for name in CLASSES] == pytest.approx([simulated[name] for name in CLASSES], rel=0.1)


@pytest.mark.parametrize("total", TOTALS)
def test_all_incidents_and_those_against_projects_need_no_grid(cases, total):
    simulated, formula = cases[""]
    assert formula[total] == pytest.approx(simulated[total], rel=0.05)


@pytest.mark.parametrize("total", TOTALS)
@pytest.mark.parametrize("lever", LEVERS)
def test_what_the_main_levers_do_needs_no_grid(cases, lever, total):
    simulated, formula = (cases[lever][k][total] / cases[""][k][total] for k in (0, 1))
    assert abs(simulated - 1) > 0.1
    assert formula == pytest.approx(simulated, abs=0.04)


def test_what_drones_do_needs_one(cases):
    """They see stretches of road; the formula has none."""
    simulated, formula = (cases["drones"][k]["all"] / cases["today"][k]["all"] for k in (0, 1))
    assert simulated < 0.97 and formula == 1


def test_what_it_is_worth_to_move_the_checkpoints_needs_one(cases):
    simulated, formula = (
        cases["posts no_way_round"][k]["project"] / cases["posts random"][k]["project"] for k in (0, 1)
    )
    assert simulated < 0.95 and formula == 1


@pytest.mark.parametrize("seed, sites", [(1, 12), (5, 3)])
def test_the_total_of_another_world_needs_only_what_is_measured_of_its_roads(neutral, in_world, seed, sites):
    """100 replicates: standard error 1.2 %."""
    there = in_world(neutral, generate(seed, sites=sites))
    (x,) = tables([there], 100, seed=2)
    assert mean_field(there).all == pytest.approx(a_year(x)["all"], rel=0.06)
