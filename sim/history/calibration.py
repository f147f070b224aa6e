"""History matching: the draws of what nobody knows that the public record does not contradict.

For each draw the ensemble's figure of a pattern is held against the record's by its implausibility (Craig et al. 1997),

    I = |c y - z| / sqrt(Var record + Var completeness + Var Monte Carlo + tolerance^2),

with y the ensemble's mean, z the record's figure, and c the share of incidents that reach the record, .6 to 1. The
record's variance comes from its exact interval, from the side on which the model lies. The tolerance is what the model
may be wrong by, a tenth of the figure (assumed). Where the record gives a band without a figure, or a direction, I is 0
inside and counts the distance outside. A draw is kept if no pattern's I is above 3: whatever the errors' law, as long
as it has one peak, 95 % of it lies within (Pukelsheim 1994). What is kept is a set, not a point, and no probability.

Patterns 5 and 8 need the dates of incidents, which a sweep does not store; they are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from sim import rates
from sim.history.figures import COMPLETENESS, en_route_share, fatal_share, incident_rate, project_rate
from sim.history.nulls import YEARS
from sim.history.patterns import patterns_of
from sim.history.record import read_record
from sim.outcome import FOILED
from sim.runs.totals import replicates
from sim.sweep.result import SweepResult

CUT = 3.0
TOLERANCE = 0.1  # of the figure: what the model may be wrong by (assumed)
REPORTED = (1 + COMPLETENESS) / 2  # mean share of incidents that reach the record, and its standard deviation
REPORTED_SD = (1 - COMPLETENESS) / math.sqrt(12)
NORMAL = 1.959964  # standard deviations in half of a 95 % interval
DATED = ("5", "8a", "8b")  # patterns that need the dates of incidents
HISTORY = ("incidents", "project_incidents", "incidents_en_route", "fatal")
STOPPED = tuple(f"foiled_{layer}" for layer in FOILED)
RECORDS_SEED = 0x7265636F7264  # "record": the same reports at every call
INFORMED = 0.01  # chance that any of the parameters is called informed where none is


@dataclass(frozen=True)
class Target:
    """What the record says of one pattern.

    Attributes
    ----------
    figure : float
        nan where there is a band only.
    low, high : float
        Exact 95 % interval of the figure, or the band; may be infinite.
    counted : bool
        Whether it is a number of incidents, of which not all reach the record.
    """

    figure: float
    low: float
    high: float
    counted: bool = False

    def implausibility(self, mean: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Of ensembles with these means and Monte Carlo standard errors; inf where a mean is unknown."""
        with np.errstate(invalid="ignore"):
            found = self._outside(mean, error) if math.isnan(self.figure) else self._away(mean, error)
        return np.where(np.isnan(found), np.inf, found)

    def _away(self, mean: np.ndarray, error: np.ndarray) -> np.ndarray:
        """From the figure, in standard deviations."""
        share, spread = (REPORTED, REPORTED_SD) if self.counted else (1.0, 0.0)
        away = share * mean - self.figure
        side = np.where(away < 0, self.figure - self.low, self.high - self.figure) / NORMAL
        variance = side**2 + (spread * mean) ** 2 + (share * error) ** 2 + (TOLERANCE * self.figure) ** 2
        return np.abs(away) / np.sqrt(variance)

    def _outside(self, mean: np.ndarray, error: np.ndarray) -> np.ndarray:
        """From the band's nearer end, in standard deviations; 0 inside."""
        end = np.clip(mean, self.low, self.high)
        variance = error**2 + (TOLERANCE * end) ** 2
        return np.where(mean == end, 0.0, np.abs(mean - end) / np.sqrt(variance))


def targets(result: SweepResult) -> dict[str, Target]:
    """What the record says of each pattern that a sweep's rows show, by the patterns' numbers."""
    record, point = read_record(), result.points[0]
    figures = {
        "1a": target_of(incident_rate(record), counted=True),
        "1b": target_of(project_rate(record), counted=True),
        "2": target_of(en_route_share(record)),
        "3": target_of(fatal_share(record)),
    }
    bands = {
        pattern.number: Target(math.nan, pattern.band.low, pattern.band.high)
        for pattern in patterns_of(point.scenario, result.rows[result.rows["point"] == 0], ())
        if pattern.number not in DATED
    }
    return bands | figures


def ensembles(result: SweepResult) -> pd.DataFrame:
    """Every draw's figures, of the ensemble and of its first replicate alone: one history, as the record is one.

    Parameters
    ----------
    result : SweepResult
        Of one policy under draws, with the record's horizon.

    Returns
    -------
    DataFrame
        A row per draw. `mean_` and `error_` a pattern: the ensemble's figure and its standard error; `history_` and a
        column: counts of the first replicate; `foiled_share`: foiled plots of those that ended.
    """
    lines = []
    for number, point in enumerate(result.points):
        rows = result.rows[result.rows["point"] == number]
        table = replicates(rows)
        line: dict[str, float] = {"draw": number if point.draw is None else point.draw}
        for pattern in patterns_of(point.scenario, rows, ()):
            if pattern.number not in DATED:
                line[f"mean_{pattern.number}"] = pattern.figure.estimate
                line[f"error_{pattern.number}"] = (pattern.figure.high - pattern.figure.low) / (2 * NORMAL)
        line |= {f"history_{column}": float(table[column][0]) for column in HISTORY}
        foiled = sum(int(table[name].sum()) for name in STOPPED)
        ended = foiled + int(table["gave_up"].sum() + table["incidents"].sum())
        lines.append(line | {"foiled_share": foiled / ended if ended else math.nan})
    return pd.DataFrame(lines)


def implausibilities(found: pd.DataFrame, targets: Mapping[str, Target]) -> pd.DataFrame:
    """I of each draw, a row, and pattern, a column."""
    return pd.DataFrame(
        {
            number: target.implausibility(found[f"mean_{number}"].to_numpy(), found[f"error_{number}"].to_numpy())
            for number, target in targets.items()
        },
        index=found.index,
    )


def kept(found: pd.DataFrame, targets: Mapping[str, Target], cut: float = CUT) -> np.ndarray:
    """Which draws no pattern rules out."""
    return np.array((implausibilities(found, targets) <= cut).all(axis=1))


def learned(values: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    """Prior beside what is left of it, parameter by parameter.

    Parameters
    ----------
    values : DataFrame
        A row per draw, a column per parameter.
    chosen : ndarray of bool, shape (draws,)
        The draws that were kept.

    Returns
    -------
    DataFrame
        A row per parameter: 5, 50 and 95 % of all draws and of those that were kept; `narrowed`, the share of the
        spread (in ranks, so that it has no unit) that is gone; `p` of a two-sample Kolmogorov-Smirnov test of kept
        against ruled out; `informed`: p below 1 % over the number of parameters.
    """
    ranks = (values.rank() - 0.5) / len(values)
    lines = []
    for path in values.columns:
        mine, others = values[path][chosen], values[path][~chosen]
        p = float(ks_2samp(mine, others, method="asymp").pvalue) if len(mine) and len(others) else 1.0
        ends = {
            f"{name}_{share}": float(np.quantile(some, share / 100))
            for name, some in (("prior", values[path]), ("kept", mine))
            for share in (5, 50, 95)
        }
        narrowed = 1 - float(ranks[path][chosen].std() / ranks[path].std())
        lines.append({"parameter": path, **ends, "narrowed": narrowed, "p": p})
    found = pd.DataFrame(lines)
    return found.assign(informed=found["p"] < INFORMED / len(found))


def recovered(found: pd.DataFrame, values: pd.DataFrame, truths: int) -> pd.DataFrame:
    """Parameter recovery: what comes back when a draw's own history stands in place of the record.

    Each of the first draws in turn is the truth: its first replicate, eight years of which each incident is reported
    with a chance drawn from .6 to 1, is the record, and the other draws are held against that.

    Parameters
    ----------
    found : DataFrame
        As `ensembles` gives it.
    values : DataFrame
        The draws' parameters, and whatever else of the truth is to be asked for; a row per draw.
    truths : int
        Number of draws that take their turn.

    Returns
    -------
    DataFrame
        A row per column of `values`, best first: `r2`, squared correlation over the truths between the truth's rank and
        the mean rank of what was kept. By chance alone it is 1 / (truths - 1) in the mean.
    """
    ranks = ((values.rank() - 0.5) / len(values)).to_numpy()
    estimates = []
    for truth in range(truths):
        chosen = kept(found, _record_of(found.iloc[truth], truth))
        chosen[truth] = False
        estimates.append(ranks[chosen].mean(axis=0) if chosen.any() else np.full(ranks.shape[1], 0.5))
    r2 = [_r2(ranks[:truths, k], np.array(estimates)[:, k]) for k in range(ranks.shape[1])]
    table = pd.DataFrame({"what": values.columns, "r2": r2})
    return table.sort_values("r2", ascending=False, ignore_index=True)


def _record_of(history: pd.Series, number: int) -> dict[str, Target]:
    """The record that one simulated history leaves behind; without an incident it says nothing of shares."""
    random = np.random.default_rng([RECORDS_SEED, number])
    share = random.uniform(COMPLETENESS, 1.0)
    counts = {column: int(history[f"history_{column}"]) for column in HISTORY}
    seen = {"incidents": int(random.binomial(counts["incidents"], share))}
    for column in HISTORY[1:]:  # of the reported ones, at random
        seen[column] = int(
            random.hypergeometric(counts[column], counts["incidents"] - counts[column], seen["incidents"])
        )
    targets = {
        "1a": target_of(rates.count_rate([seen["incidents"]], YEARS), counted=True),
        "1b": target_of(rates.count_rate([seen["project_incidents"]], YEARS), counted=True),
    }
    if seen["incidents"]:
        targets["2"] = target_of(rates.proportion(seen["incidents_en_route"], seen["incidents"]))
        targets["3"] = target_of(rates.proportion(seen["fatal"], seen["incidents"]))
    return targets


def target_of(interval: rates.Interval, counted: bool = False) -> Target:
    """A figure of the record, with its exact interval, as a target."""
    return Target(interval.estimate, interval.low, interval.high, counted)


def _r2(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1] ** 2) if a.std() > 0 and b.std() > 0 else 0.0
