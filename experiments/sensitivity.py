"""Designs of notebook 11, made by SALib and run by `sitesec sweep`: Morris's trajectories, then Sobol's indices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import morris as morris_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from sim.scenario.priors import Prior, load_priors

TRAJECTORIES, LEVELS = 10, 4  # of Morris's design
BASE_SAMPLE = 256  # of Sobol's: times the parameters and 2
ENDS = (0.05, 0.95)  # of each prior: what is screened is what one may well expect
FIGURES = ("incidents", "project_incidents", "deaths_foreign")
LEAST = 0.02  # a year: expected counts of a few years may come out at nought or below
ASKED = ("project_incidents, today", "project_incidents, full protocol / today")  # whose variance is split
LARGEST = 8  # effects on each of them, whose parameters Sobol's design takes on
SEED = 1


def problem(paths: Sequence[str]) -> dict[str, Any]:
    """SALib's words for it: shares of each prior's mass, so that all parameters have one scale."""
    return {"num_vars": len(paths), "names": list(paths), "bounds": [list(ENDS)] * len(paths)}


def morris_design() -> np.ndarray:
    """Shares of the priors, shape (trajectories x (parameters + 1), parameters)."""
    return np.asarray(morris_sample.sample(problem(list(load_priors())), TRAJECTORIES, num_levels=LEVELS, seed=SEED))


def sobol_design(paths: Sequence[str]) -> np.ndarray:
    """Shares of the priors, shape (base sample x (parameters + 2), parameters)."""
    return np.asarray(sobol_sample.sample(problem(paths), BASE_SAMPLE, calc_second_order=False, seed=SEED))


def write_table(path: Path, paths: Sequence[str], shares: np.ndarray) -> None:
    """The draws of a design as a table that a sweep file can name."""
    priors: Mapping[str, Prior] = load_priors()
    columns = {name: priors[name].quantile(shares[:, k]) for k, name in enumerate(paths)}
    pd.DataFrame(columns).to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def answers(runs: pd.DataFrame) -> pd.DataFrame:
    """What drives is asked of: log rates under today's policy, and log ratios of full protocol to it, a row a draw.

    Parameters
    ----------
    runs : DataFrame
        A row a (draw, policy): figures a year.
    """
    wide = runs.pivot(index="draw", columns="policy", values=list(FIGURES)).clip(lower=LEAST)
    found = {f"{name}, today": np.log(wide[name]["baseline"]) for name in FIGURES}
    ratios = {
        f"{name}, full protocol / today": np.log(wide[name]["full-protocol"] / wide[name]["baseline"])
        for name in FIGURES
    }
    return pd.DataFrame(found | ratios)


def noise(runs: pd.DataFrame) -> pd.Series:
    """Morris's effect that Monte Carlo noise alone would give, an answer a row.

    Two neighbouring draws whose noise had nothing in common would differ by the normal law of sqrt(2) standard errors,
    in the mean absolutely by sqrt(2 / pi) of that, over a step of two thirds. They share their random numbers, so it is
    less.
    """
    errors = runs.groupby("policy").mean(numeric_only=True)
    found = {f"{name}, today": errors.loc["baseline", f"error_{name}"] for name in FIGURES}
    found |= {f"{name}, full protocol / today": errors.loc["full-protocol", f"paired_{name}"] for name in FIGURES}
    step = LEVELS / (2 * (LEVELS - 1))
    return pd.Series(found) * np.sqrt(2) * np.sqrt(2 / np.pi) / step


def screened(runs: pd.DataFrame) -> pd.DataFrame:
    """Morris's mean absolute effect of each parameter, a row, on each answer, a column."""
    paths, design = list(load_priors()), morris_design()
    found = {
        name: morris_analysis.analyze(problem(paths), design, column.to_numpy(), num_levels=LEVELS, seed=SEED)[
            "mu_star"
        ]
        for name, column in answers(runs).items()
    }
    return pd.DataFrame(found, index=paths)


def chosen(effects: pd.DataFrame) -> list[str]:
    """The parameters that Sobol's design takes on: those of the largest effects on each of its two answers."""
    return list(dict.fromkeys(path for name in ASKED for path in effects[name].nlargest(LARGEST).index))
