"""Outcome rows summed to one entry a run, with its expected counts, and the figures that sweeps keep track of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.clock import DAYS_A_YEAR
from sim.outcome import CLASSES, NOT_ADDITIVE, OUTCOME

PROJECT = ("convoy", "site", "outing")
# What is compared and stopped at: name -> column of the runs' table, and that of its expected count; all a year.
METRICS: Mapping[str, str] = {
    "incidents_per_year": "incidents",
    "project_incidents_per_year": "project_incidents",
    "deaths_foreign_per_year": "deaths_foreign",
}
EXPECTED: Mapping[str, str] = {
    "incidents_per_year": "expected_incidents",
    "project_incidents_per_year": "expected_project_incidents",
    "deaths_foreign_per_year": "expected_deaths_foreign",
}

Columns = dict[str, np.ndarray]


def replicates(rows: np.ndarray) -> Columns:
    """Columns with one entry a (point, replicate), summed over years, with `years` and the expected counts.

    Parameters
    ----------
    rows : ndarray of outcome rows
        One a (point, replicate, year), as `simulate` gives them.

    Returns
    -------
    dict of ndarray, each of shape (points x replicates,)
        Sorted by point and replicate; `pandas.DataFrame` takes it as it is.
    """
    rows = np.sort(rows, order=("point", "replicate", "year"))
    changed = (np.diff(rows["point"]) != 0) | (np.diff(rows["replicate"]) != 0)
    first = np.concatenate([[0], np.flatnonzero(changed) + 1])
    last = np.append(first[1:], len(rows)) - 1
    table = {name: rows[name][first] for name in ("point", "replicate", "seed", "in_progress_start")}
    table |= {name: np.add.reduceat(rows[name], first) for name in OUTCOME.names if name not in NOT_ADDITIVE}
    table["in_progress_end"] = rows["in_progress_end"][last]
    table["teams_busy_most"] = np.maximum.reduceat(rows["teams_busy_most"], first)
    table["years"] = table["days"] / DAYS_A_YEAR
    table["project_incidents"] = np.sum([table[f"incidents_{c}"] for c in PROJECT], axis=0)
    table |= {f"expected_incidents_{c}": table[f"incidents_{c}"] - table[f"cv_{c}"] for c in CLASSES}
    table["expected_incidents"] = table["incidents"] - _control(table, CLASSES)
    table["expected_project_incidents"] = table["project_incidents"] - _control(table, PROJECT)
    table["expected_deaths_foreign"] = table["mean_deaths_foreign"] - table["cv_deaths"]
    table["expected_deaths_foreign_project"] = table["mean_deaths_foreign_project"] - table["cv_deaths_project"]
    return table


def of_point(table: Columns, point: int) -> Columns:
    """The replicates of one design point."""
    mine = table["point"] == point
    return {name: column[mine] for name, column in table.items()}


def _control(table: Columns, classes: tuple[str, ...]) -> np.ndarray:
    """Sum of the control variates of some classes."""
    return np.sum([table[f"cv_{c}"] for c in classes], axis=0)
