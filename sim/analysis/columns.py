"""Every column of the outcome as one figure: per year, or as a mean, with its interval, label and unit.

What a column is comes from its line in `sim.outcome.COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

import numpy as np

from sim import rates
from sim.outcome import COLUMNS, GROUPS, Column
from sim.runs.totals import Columns

Rows = list[dict[str, Any]]
ENDS = ("estimate", "low", "high")
EVERY_COLUMN = "Every column of the outcome, per year; where it says (mean), as it is on average"
SYMBOLS = ("USD", "h", "person-h")  # units without a plural
# Counts whose intervals are not t intervals, by group: rare ones, and deaths, which come in clusters.
_INTERVALS: Mapping[str, Callable[..., rates.Interval]] = {"funnel": rates.count_rate, "harm": rates.bootstrap_rate}
_SUFFIXES: Mapping[str, str] = {"sum": "", "expected": " (expected)"}
PER_YEAR = "per year"


def shown() -> list[Column]:
    """The columns that tables show, by group."""
    return [column for group in GROUPS for column in in_group(group)]


def in_group(group: str) -> list[Column]:
    """The columns of one group."""
    return [column for column in COLUMNS.values() if column.group == group]


def name_of(column: Column) -> str:
    """The label, with a note where the figure is an expected count, or a mean and not per year."""
    return column.label + _SUFFIXES.get(column.how, " (mean)")


def unit_of(column: Column) -> str:
    """Unit of the figure: what is counted, per year; of a state what it is without the days."""
    if column.how == "state":
        return "-" if column.unit == "day" else _plural(column.unit.removesuffix("-day"))
    if not column.per_year:
        return _plural(column.unit)
    return PER_YEAR if column.unit == "count" else f"{_plural(column.unit)} {PER_YEAR}"


def short(unit: str) -> str:
    """A unit where a title says "per year"."""
    return unit.removesuffix(PER_YEAR).strip()


def _plural(unit: str) -> str:
    return unit if unit in SYMBOLS else f"{unit}s"


def time_of(column: Column, table: Columns) -> np.ndarray:
    """What each run's figure is divided by: its years, its days where a state was summed over them, or nothing."""
    if column.per_year:
        return table["years"]
    return table["days"] if column.how == "state" else np.ones(len(table["years"]))


def figure(column: Column, table: Columns, confidence: float = 0.95) -> rates.Interval:
    """What tables show for a column, with its interval: its expected count where it has one."""
    if column.how == "expected":
        return rates.mean_rate(table[column.source], table["years"], confidence)
    return counted(column, table, confidence)


def counted(column: Column, table: Columns, confidence: float = 0.95) -> rates.Interval:
    """The column itself with its interval, also where it has an expected count."""
    counts = column.per_year and column.type == "i8"
    interval = _INTERVALS.get(column.group, rates.mean_rate) if counts else rates.mean_rate
    return interval(table[column.name], time_of(column, table), confidence)


def column_table(table: Columns, confidence: float = 0.95) -> Rows:
    """All shown columns of one policy, one line per column, by group.

    Parameters
    ----------
    table : dict of ndarray
        Replicates of one point, as `replicates` and `of_point` give them.
    confidence : float
        Of every interval.
    """
    return [_line(column, figure(column, table, confidence)) for column in shown()]


def _line(column: Column, found: rates.Interval) -> dict[str, Any]:
    start = {"group": column.group, "figure": column.name, "label": name_of(column), "unit": unit_of(column)}
    return {**start, **found.ends, "interval": found.method}


def under_groups(lines: Rows) -> Rows:
    """`column_table`'s lines for reading: a heading for each group, and "per year" only in the title EVERY_COLUMN."""
    table: Rows = []
    for group, members in groupby(lines, key=lambda line: line["group"]):
        table.append({"column": group.upper(), "unit": ""} | dict.fromkeys(ENDS))
        for line in members:
            words = {"column": f"  {line['label']}", "unit": short(line["unit"])}
            table.append(words | {end: line[end] for end in ENDS})
    return table
