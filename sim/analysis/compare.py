"""Two policies on the same random numbers: the paired difference, and what the pairing was worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import rates
from sim.analysis.columns import EXPECTED_OF, GROUPS, MEANS
from sim.analysis.summary import exposure
from sim.errors import InputError
from sim.outcome import OUTCOME
from sim.runs.simulate import Progress, simulate
from sim.runs.totals import EXPECTED, METRICS, Columns, of_point, replicates
from sim.scenario.schema import Scenario

ROUNDING = 1e-12  # a difference this small beside the figures themselves is rounding


def compare(
    a: Scenario,
    b: Scenario,
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
    a, b : Scenario
        Differences are b - a.
    runs : int
        Replicates of each.
    seed, threads, progress
        As in `sim.runs.simulate.simulate`.

    Raises
    ------
    InputError
        If their horizons differ: their years could not be paired.
    """
    check_pair(a, b)
    table = replicates(simulate([a, b], runs, seed, threads=threads, progress=progress))
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
    for metric, column in METRICS.items():
        counted = rates.paired_difference(a[column], b[column], years, confidence)
        expected = rates.paired_difference(a[EXPECTED[metric]], b[EXPECTED[metric]], years, confidence)
        ratio = rates.rate_ratio(a[EXPECTED[metric]], b[EXPECTED[metric]], years, confidence)
        found[metric] = {
            "ratio": {"estimate": ratio.estimate, "low": ratio.low, "high": ratio.high},
            "expected": _means(a, b, EXPECTED[metric], years) | _entry(expected),
            "counted": _means(a, b, column, years) | _entry(counted),
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
        `lines`: one entry a column whose interval leaves out 0; `compared` and `alike`: numbers of columns.

    Raises
    ------
    ValueError
        If the replicates are not the same.
    """
    _check_same_replicates(a, b)
    units = {field.name: field.unit for field in OUTCOME.fields}
    lines = [
        {"group": group, "column": column, "name": name, "unit": units[column], **_gap(a, b, column, confidence)}
        for group, columns in GROUPS.items()
        for column, name in columns.items()
    ]
    shown = [line for line in lines if _beyond_noise(line)]
    return {"compared": len(lines), "alike": len(lines) - len(shown), "confidence": confidence, "lines": shown}


def _gap(a: Columns, b: Columns, column: str, confidence: float) -> dict[str, Any]:
    """Both policies' figures and their paired difference: a year, or the mean of what is summed over days."""
    mean, source = column in MEANS, EXPECTED_OF.get(column, column)
    time = a["days"] if mean else exposure(a, "per_year")
    found = rates.paired_difference(a[source], b[source], time, confidence)
    return {
        "per": "mean" if mean else "year",
        **_means(a, b, source, time),
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
