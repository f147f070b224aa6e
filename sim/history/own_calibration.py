"""Calibration to a project's own record: which draws of what nobody knows to keep, so that their band is 90 %.

Each draw of the uncertain numbers is run a few times; by expected counts its rate of project incidents is known to a
few per cent. Three things say how much it weighs:

- The priors, from which the draws come.
- The public record, as a power prior (Ibrahim and Chen 2000) on the rate: rate^a exp(-b rate), as if `a` incidents had
  been seen in `b` years. It counts for one incident by default, a unit of information (Kass and Wasserman 1995), since
  it is of other projects; and b is such that its peak is the rate of the scenario as it stands, which is tuned to it.
- The own record: K incidents in Y years, negative binomial with mean m = rate Y and variance m + f m^2. f is the spread
  of replicates of a draw beyond Poisson's, by moments over all draws, and what the rate may be wrong by: a tenth, the
  tolerance of `calibration`, and its own Monte Carlo error. Where it is on record what the incidents were, those en
  route and the fatal ones are beta-binomial at the draw's own shares, as well as its replicates show these.

A draw of weight w is kept with probability w / max w, by a uniform number of its own (rejection sampling, von Neumann
1951). So the kept draws are a sample in which each counts alike, more draws keep the same ones as far as max w allows,
and 5 to 95 % of any figure of theirs is a 90 % band. A draw that is more than 3 standard deviations away, as
`calibration` measures it, is never kept. That cut alone, as in notebook 00, would leave all draws within 3 of them,
each alike: a set that holds the truth nearly always, and a band much wider than 90 %. What the band covers is measured
with simulated records in tests/history/test_own_calibration.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import betabinom, nbinom

from sim import rates
from sim.errors import InputError
from sim.history.calibration import CUT, TOLERANCE, target_of
from sim.history.own import Own
from sim.history.record import read_record
from sim.runs.totals import Columns, replicates
from sim.sweep.result import SweepResult

LEAST_YEARS, MOST_YEARS = 3, 8  # of a replicate's horizon
LEAST = 0.5  # incidents in all of a draw's simulated years: an expected count may come out below
DRAWS_SEED = 0x6B657074  # "kept": each draw's number decides alike at every call
BAND = (0.05, 0.5, 0.95)
CONFIDENCE = BAND[-1] - BAND[0]


class Public(NamedTuple):
    """What the public record counts for: so many incidents, at the rate of the scenario as it stands."""

    incidents: float
    rate: float

    def log_factor(self, rate: np.ndarray) -> np.ndarray:
        """Logarithm of the power prior's factor, 0 at its peak. Shape as `rate`, which is above 0."""
        ratio = rate / self.rate
        return np.asarray(self.incidents * (np.log(ratio) + 1 - ratio))


@dataclass(frozen=True)
class Ensembles:
    """What the model shows under each draw.

    Attributes
    ----------
    rate, error : ndarray, shape (draws,)
        Project incidents a year by expected counts, and the standard error of that.
    counts : ndarray of int, shape (draws, replicates)
        Project incidents of each replicate, over as many years as the record has, or nearly so.
    incidents, en_route, fatal : ndarray of int, shape (draws,)
        Project incidents of all replicates over their whole horizon, those against convoys, and the fatal ones.
    """

    rate: np.ndarray
    error: np.ndarray
    counts: np.ndarray
    incidents: np.ndarray
    en_route: np.ndarray
    fatal: np.ndarray


@dataclass(frozen=True)
class Calibration:
    """Draws held against a record.

    Attributes
    ----------
    record : Own
    public : Public
    found : Ensembles
    log_likelihood : ndarray, shape (draws,)
        Of the own record.
    kept : ndarray of bool, shape (draws,)
    """

    record: Own
    public: Public
    found: Ensembles
    log_likelihood: np.ndarray
    kept: np.ndarray

    @property
    def before(self) -> tuple[float, ...]:
        """5, 50 and 95 % of the rate before the own record: of the draws, weighted by the public record."""
        return weighted_quantiles(self.found.rate, np.exp(self.public.log_factor(self.found.rate)), BAND)

    @property
    def after(self) -> tuple[float, ...]:
        """The same of the kept draws."""
        return tuple(np.quantile(self.found.rate[self.kept], BAND).tolist())

    @property
    def narrowed(self) -> float:
        """Share of the rate's band, by its logarithm, that the own record takes away; below 0 where it adds to it."""
        before, after = (math.log(band[-1] / band[0]) for band in (self.before, self.after))
        return 1 - after / before


def horizon_for(years: float) -> int:
    """Years of a replicate, enough for a record of so many: rates after t = 0 move little from year to year."""
    return min(MOST_YEARS, max(LEAST_YEARS, math.ceil(years)))


def most_public() -> int:
    """How many incidents the public record can count for at most: its own against projects."""
    return len(read_record().against_projects())


def rate_of(result: SweepResult) -> float:
    """Project incidents a year, all points together."""
    return float(ensembles(result, LEAST_YEARS).rate.mean())


def ensembles(result: SweepResult, years: float) -> Ensembles:
    """What each draw of a sweep shows, where all have the same replicates.

    Parameters
    ----------
    result : SweepResult
        Of one policy under draws.
    years : float
        Of the record.
    """
    rows, shape = result.rows, (len(result.points), -1)
    table, early = replicates(rows), replicates(rows[rows["year"] < max(1, round(years))])
    rate = (table["expected_project_incidents"] / table["years"]).reshape(shape)
    each = rate.shape[1]
    error = rate.std(axis=1, ddof=1) / math.sqrt(each) if each > 1 else np.zeros(len(rate))
    incidents, en_route, fatal = (
        table[name].reshape(shape).sum(axis=1) for name in ("project_incidents", "incidents_convoy", "fatal_project")
    )
    counts = early["project_incidents"].reshape(shape)
    return Ensembles(_least(rate.mean(axis=1), table, each), error, counts, incidents, en_route, fatal)


def _least(rate: np.ndarray, table: Columns, each: int = 1) -> np.ndarray:
    """Rates, none of them 0 or less."""
    return np.maximum(rate, LEAST / (each * float(table["years"][0])))


def calibrate(found: Ensembles, record: Own, public: Public) -> Calibration:
    """Hold draws against a record.

    Raises
    ------
    InputError
        If it contradicts all of them.
    """
    likely = log_likelihood(found, record)
    plausible = target_of(record.rate).implausibility(found.rate, found.error) <= CUT
    if not plausible.any():
        low, high = np.quantile(found.rate, (0.01, 0.99))
        raise InputError(
            f"read {record.incidents:,} incidents, {record.rate.estimate:.3g} a year, which contradict every draw; "
            f"allowed for this scenario with its uncertain numbers are rates near {low:.2g} to {high:.2g} a year: its "
            "exposure or its threat is another one than the record's"
        )
    kept = kept_draws(likely + public.log_factor(found.rate), plausible)
    return Calibration(record, public, found, likely, kept)


def dispersion(counts: np.ndarray) -> float:
    """The f of a variance m + f m^2 within draws, pooled over them by unbiased moments; 0 or more.

    Parameters
    ----------
    counts : ndarray of int, shape (draws, replicates)
    """
    replicates_each = counts.shape[1]
    if replicates_each < 2:
        return 0.0
    mean, variance = counts.mean(axis=1), counts.var(axis=1, ddof=1)
    squares = float((mean**2 - variance / replicates_each).sum())
    return max(0.0, float((variance - mean).sum()) / squares) if squares > 0 else 0.0


def log_likelihood(found: Ensembles, record: Own) -> np.ndarray:
    """Logarithm of what each draw says of the record. Shape (draws,)."""
    spread = dispersion(found.counts) + TOLERANCE**2 + (found.error / found.rate) ** 2
    size, mean = 1 / spread, found.rate * record.years
    likely = np.asarray(nbinom.logpmf(record.incidents, size, size / (size + mean)))
    known = record.counts  # what the incidents were, where that is on record
    if known is None:
        return likely
    shares = ((known.en_route, found.en_route), (known.fatal, found.fatal))
    return likely + sum(_log_share(seen, record.incidents, hits, found.incidents) for seen, hits in shares)


def _log_share(seen: int, of: int, hits: np.ndarray, trials: np.ndarray) -> np.ndarray:
    """Beta-binomial: each draw's share is as well known as its hits of trials show, and one more at that of all."""
    common = (hits.sum() + 0.5) / (trials.sum() + 1)
    return np.asarray(betabinom.logpmf(seen, of, hits + common, trials - hits + 1 - common))


def kept_draws(log_weight: np.ndarray, plausible: np.ndarray) -> np.ndarray:
    """Which draws to keep: each with the probability of its weight over the largest, by a number of its own.

    Parameters
    ----------
    log_weight : ndarray, shape (draws,)
    plausible : ndarray of bool, shape (draws,)
        The others are never kept.
    """
    chance = np.exp(log_weight - log_weight[plausible].max())
    own = np.array([np.random.default_rng([DRAWS_SEED, number]).uniform() for number in range(len(chance))])
    return plausible & (own < chance)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of values that count as much as their weights; between two of them linear."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) - weights[order] / 2
    return tuple(np.interp(shares, below / weights.sum(), values[order]).tolist())


def alone(record: Own) -> rates.Interval:
    """The rate by the own record alone, with Garwood's interval at the level of the bands."""
    return rates.count_rate([record.incidents], record.years, CONFIDENCE)
