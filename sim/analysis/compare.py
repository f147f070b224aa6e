"""Two policies on the same random numbers: the paired difference, and what the pairing was worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import rates
from sim.analysis.columns import name_of, shown, time_of
from sim.analysis.summary import exposure
from sim.errors import InputError
from sim.outcome import Column
from sim.runs.simulate import Progress, simulate
from sim.runs.totals import METRICS, Columns, of_point, replicates
from sim.scenario.load import Readable, as_scenario
from sim.scenario.schema import Scenario

NOT_COMPARED = ("exceedance", "exposure", "run")  # of use to other figures, or about how the run went
ROUNDING = 1e-12  # a difference this small beside the figures themselves is rounding


def compare(
    a: Scenario | Readable,
    b: Scenario | Readable,
    runs: int,
    seed: int = 1,
    *,
    confidence: float = 0.95,
    threads: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run two policies on the same random numbers and give `paired` of their replicates.

    Parameters
    ----------
    a, b : Scenario, str, Path or mapping
        Scenarios, or what `load_scenario` takes; differences are b - a.
    runs : int
        Replicates of each.
    seed, threads, progress
        As in `sim.runs.simulate.simulate`.

    Raises
    ------
    InputError
        If their horizons differ: their years could not be paired.
    """
    pair = [as_scenario(a), as_scenario(b)]
    check_pair(*pair)
    table = replicates(simulate(pair, runs, seed, threads=threads, progress=progress))
    return paired(of_point(table, 0), of_point(table, 1), confidence)


def check_pair(a: Scenario, b: Scenario) -> None:
    """Refuse two policies whose years could not be paired."""
    if a.run.horizon != b.run.horizon:
        raise InputError(
            f"run.horizon: read {a.run.horizon:g} years in {a.name} and {b.run.horizon:g} in {b.name}, "
            "allowed only the same in both"
        )


def paired(a: Columns, b: Columns, confidence: float = 0.95) -> dict[str, Any]:
    """Differences b - a of every metric, by counts and by expected counts.

    Parameters
    ----------
    a, b : dict of ndarray
        Replicates of the two policies, of the same numbers in the same order.

    Raises
    ------
    ValueError
        If the replicates are not the same.
    """
    _check_same_replicates(a, b)
    years = exposure(a, "per_year")
    found: dict[str, Any] = {}
    for name, metric in METRICS.items():
        counted = rates.paired_difference(a[metric.column], b[metric.column], years, confidence)
        expected = rates.paired_difference(a[metric.expected], b[metric.expected], years, confidence)
        ratio = rates.rate_ratio(a[metric.expected], b[metric.expected], years, confidence)
        found[name] = {
            "ratio": ratio.ends,
            "expected": _means(a, b, metric.expected, years) | _entry(expected),
            "counted": _means(a, b, metric.column, years) | _entry(counted),
        }
    return found


def _means(a: Columns, b: Columns, column: str, time: np.ndarray) -> dict[str, float]:
    """Both policies' figure: a column's sum over the time that it was summed over."""
    return {name: float(table[column].sum() / time.sum()) for name, table in (("a", a), ("b", b))}


def _check_same_replicates(a: Columns, b: Columns) -> None:
    if list(a["seed"]) != list(b["seed"]):
        raise ValueError("the two policies were not run with the same replicates")


def differing(a: Columns, b: Columns, confidence: float = 0.95) -> dict[str, Any]:
    """The further columns of the outcome in which two policies differ beyond noise, by group.

    Parameters
    ----------
    a, b : dict of ndarray
        Replicates of the two policies, of the same numbers in the same order.
    confidence : float
        Of each interval by itself: of the columns that don't differ, one in twenty is shown at .95.

    Returns
    -------
    dict
        `lines`: one entry per column whose interval leaves out 0; `compared` and `alike`: numbers of columns.

    Raises
    ------
    ValueError
        If the replicates are not the same.
    """
    _check_same_replicates(a, b)
    lines = [_gap(a, b, column, confidence) for column in compared()]
    told = [line for line in lines if _beyond_noise(line)]
    return {"compared": len(lines), "alike": len(lines) - len(told), "confidence": confidence, "lines": told}


def compared() -> list[Column]:
    """Columns that `differing` goes through: all that add up, but for those of the metrics, which `paired` has."""
    others = {metric.column for metric in METRICS.values()}
    return [c for c in shown() if c.adds_up and c.group not in NOT_COMPARED and c.name not in others]


def _gap(a: Columns, b: Columns, column: Column, confidence: float) -> dict[str, Any]:
    """Both policies' figures and their paired difference: per year, or the mean of what is summed over days."""
    time = time_of(column, a)
    found = rates.paired_difference(a[column.source], b[column.source], time, confidence)
    return {
        "group": column.group,
        "column": column.name,
        "name": f"{name_of(column)}, {column.unit}" if column.ledger else name_of(column),
        "unit": column.unit,
        "per": "mean" if column.how == "state" else "year",
        **_means(a, b, column.source, time),
        "difference": found.estimate,
        "low": found.low,
        "high": found.high,
    }


def _beyond_noise(line: dict[str, Any]) -> bool:
    """Whether the interval leaves out 0, and the difference is more than rounding; never for a single replicate."""
    sure = line["low"] > 0 or line["high"] < 0
    return sure and abs(line["difference"]) > ROUNDING * max(abs(line["a"]), abs(line["b"]))


def _entry(difference: rates.PairedDifference) -> dict[str, float]:
    return {
        "difference": difference.estimate,
        "low": difference.low,
        "high": difference.high,
        "correlation": difference.correlation,
        "crn_factor": difference.crn_factor,
        "replicates_saved": difference.replicates_saved,
    }
