"""The mean field beside the simulation: incidents a year by class, and which answers need no grid."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from sim import rates
from sim.analysis.tables import Rows, with_intervals
from sim.errors import listed
from sim.history.lie import lie_of
from sim.history.mean_field import mean_field
from sim.runs.totals import replicates
from sim.scenario.schema import Scenario

NEAR = 0.05  # of the simulation's figure: closer, and the formula's answer is as good
NAMES = {
    "convoy": "convoys",
    "site": "sites",
    "outing": "outings",
    "private": "private nationals",
    "project": "all project incidents",
    "all": "all incidents",
}
_COLUMNS = {"project": "expected_project_incidents", "all": "expected_incidents"}


def beside_table(scenario: Scenario, rows: np.ndarray) -> Rows:
    """One line a class: incidents a year by the simulation, with a 95 % interval, and by the mean field.

    Parameters
    ----------
    scenario : Scenario
    rows : ndarray of outcome rows
        Of this scenario alone, as `simulate` gives them.

    Returns
    -------
    list of dict
        `ratio` is mean field over simulation, nan where the simulation has nothing.
    """
    table = replicates(rows)
    formula = mean_field(scenario).as_dict()
    return [
        _line(name, rates.mean_rate(table[_COLUMNS.get(name, f"expected_incidents_{name}")], table["years"]), value)
        for name, value in formula.items()
    ]


def _line(name: str, simulated: rates.Interval, formula: float) -> dict[str, Any]:
    some = simulated.estimate > 0.0
    return {
        "incidents_a_year": NAMES[name],
        "simulation": simulated.estimate,
        "simulation_low": simulated.low,
        "simulation_high": simulated.high,
        "mean_field": formula,
        "ratio": formula / simulated.estimate if some else float("nan"),
    }


def reading_table(table: Rows) -> Rows:
    """The same for reading: figures with two decimals, each interval beside its figure."""
    short = [{**line, "mean_field": f"{line['mean_field']:.2f}", "ratio": f"{line['ratio']:.2f}"} for line in table]
    return with_intervals(short)


def agreement(table: Rows) -> str:
    """Where both give the same answer, so that it needs no grid, and where not."""
    said = {
        True: "comes within {near:.0f} % of the simulation for {named}: no grid is needed for these",
        False: "does not for {named}: there place, time or agents decide",
        None: "so few replicates leave {named} open",
    }
    parts = [words.format(near=100 * NEAR, named=named) for key, words in said.items() if (named := _named(table, key))]
    return f"The mean field, a formula without grid, clock, queue or agents, {'; '.join(parts)}."


def _named(table: Rows, verdict: bool | None) -> str:
    return listed([line["incidents_a_year"] for line in table if _near(line) is verdict])


def _near(line: dict[str, Any]) -> bool | None:
    """Whether the formula is near the simulation; None where its interval leaves both open."""
    ends = line["simulation_low"], line["simulation_high"]
    above = [line["mean_field"] > (1.0 + NEAR) * end for end in ends]
    below = [line["mean_field"] < (1.0 - NEAR) * end for end in ends]
    if all(above) or all(below):
        return False
    return None if any(above) or any(below) else True


def beside(scenario: Scenario, rows: np.ndarray) -> dict[str, Any]:
    """Table, what was given of the world's roads, and the sentence, as plain numbers and words."""
    table = beside_table(scenario, rows)
    return {"table": table, "given": asdict(lie_of(scenario)), "note": agreement(table)}
