"""Outcome rows summed to one entry per run, with its expected counts, and the figures that sweeps keep track of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sim.clock import DAYS_A_YEAR
from sim.outcome import CLASSES, COLUMNS

PROJECT = ("convoy", "site", "outing")
ALL_SITES = "per year, all sites"


class Metric(NamedTuple):
    """A figure that policies are compared by, and sweeps stopped at: a column of the runs' table per year."""

    column: str
    label: str

    @property
    def expected(self) -> str:
        """The column of its expected count."""
        return f"expected_{self.column}"


METRICS: Mapping[str, Metric] = {
    "incidents_per_year": Metric("incidents", f"incidents {ALL_SITES}"),
    "project_incidents_per_year": Metric("project_incidents", f"project incidents {ALL_SITES}"),
    "deaths_foreign_per_year": Metric("deaths_foreign", "foreign deaths per year"),
}
# How the years of a run become one entry: from a column and the number of each run's first row.
_OVER_YEARS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    **dict.fromkeys(("sum", "expected", "state"), np.add.reduceat),
    "most": np.maximum.reduceat,
    "first": lambda values, first: values[first],
    "last": lambda values, first: values[np.append(first[1:], len(values)) - 1],
}

Columns = dict[str, np.ndarray]


def replicates(rows: np.ndarray) -> Columns:
    """Columns with one entry per (point, replicate), summed over years, with `years` and the expected counts.

    Parameters
    ----------
    rows : ndarray of outcome rows
        One a (point, replicate, year), as `simulate` gives them.

    Returns
    -------
    dict of ndarray, each of shape (points x replicates,)
        Sorted by point and replicate; `pandas.DataFrame` takes it as it is.

    Raises
    ------
    ValueError
        If they are no outcome rows.
    """
    if "replicate" not in (getattr(getattr(rows, "dtype", None), "names", None) or ()) or not len(rows):
        raise ValueError("rows: allowed outcome rows, one or more, as `simulate` gives them")
    rows = np.sort(rows, order=("point", "replicate", "year"))
    changed = (np.diff(rows["point"]) != 0) | (np.diff(rows["replicate"]) != 0)
    first = np.concatenate([[0], np.flatnonzero(changed) + 1])
    carried = [column for column in COLUMNS.values() if column.how in _OVER_YEARS]
    table = {column.name: _OVER_YEARS[column.how](rows[column.name], first) for column in carried}
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
