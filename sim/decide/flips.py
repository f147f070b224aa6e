"""What would flip a choice between two alternatives: the search of `flip`, on points that no draw has.

At a point all numbers stand at given quantiles of their priors. Both alternatives are run there, on common random
numbers that no draw of the study has had, and what came out is kept in the decision's folder.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim import rates
from sim.decide.box import BoxSearch, find_box
from sim.decide.choice import Choice, choose, today_of
from sim.decide.flip import Search, chances_beyond, most_calls, nearest_flip, share_beyond
from sim.decide.plausible import against_record
from sim.decide.points import SEEN, Points
from sim.decide.study import Study
from sim.decide.unknowns import Unknowns, unknowns
from sim.errors import InputError
from sim.runs.chunks import years_a_run
from sim.runs.progress import bar
from sim.terminal import say

FEWEST, MOST = 40, 400  # replicates at a point
SHARE = 0.25  # of delta: a point's standard error, within these
FEWEST_DRAWS = 50  # of which a share is taken
SPREAD, EACH = 1024, 64  # points all over the priors that say which numbers to move: at most, and for each number


@dataclass(frozen=True)
class Flips:
    """Two alternatives, and what would flip the choice between them; every difference is b less a, so above 0 a wins.

    Attributes
    ----------
    study : Study
    a, b : int
        The alternatives.
    unknowns : Unknowns
        The numbers; the search knows them by their position here.
    difference : Interval
        Mean over the draws, at 95 % over replicates.
    replicates : int
        At each point of the search.
    search : Search
    points : int
        Looked at in this call; what was kept of earlier ones isn't run again.
    refused : int
        Points at which the schema allows no such numbers together; they are beyond the region.
    share : Interval or None
        Of the draws, where b wins; none for fewer draws than `FEWEST_DRAWS`.
    box : BoxSearch
        Where the alternative wins that doesn't in the mean over the draws.
    record : list of dict
        Of the centre and of the point found, pattern -> implausibility; empty where no record was looked at.
    """

    study: Study
    a: int
    b: int
    unknowns: Unknowns
    difference: rates.Interval
    replicates: int
    search: Search
    points: int
    refused: int
    share: rates.Interval | None
    box: BoxSearch
    record: list[dict[str, float]]


def flip(
    study: Study,
    a: str | None = None,
    b: str | None = None,
    *,
    spread: int = SPREAD,
    most: int = MOST,
    threads: int | None = None,
    quiet: bool = True,
) -> Flips:
    """Search the nearest numbers at which the other one of two alternatives wins.

    Parameters
    ----------
    study : Study
    a, b : str, optional
        Names of alternatives; by default the one that `choose` names by the mean over the draws, and today's, or the
        next best where that is the chosen one.
    spread : int
        Points all over the priors that say which numbers to move, at most; 16 or more.
    most : int
        Replicates at a point that is looked at, at most; 2 or more.
    threads : int, optional
        Threads; all cores by default, 0 for none (a debugger).
    quiet : bool
        Whether to leave out the forecast and the progress bar.

    Raises
    ------
    InputError
        If there is no such alternative, or both are the same.
    """
    pair, seen = pair_of(study, a, b)
    figures = study.sample(pair, 0, seen)
    difference = figures[1] - figures[0]
    found = unknowns(study, pair)
    if not found.priors:
        raise InputError(f"{study.decision.name}: draws: read no number that both alternatives leave open, allowed one")
    wanted = math.ceil(float(difference.var(axis=1, ddof=1).mean()) / (SHARE * study.decision.delta) ** 2)
    count = min(most, max(FEWEST, wanted))
    design = _spread(len(found.priors), spread, study.decision.seed)
    if not quiet:
        say(_forecast(study, pair, count, *design.shape))
    with bar(f"{study.decision.name}: points", 0.0, quiet) as shown:
        points = Points(study, pair, found, count, threads, shown)
        search = nearest_flip(points, *points.spread(design))
    share, box = _over_draws(found.quantiles, difference)
    return Flips(
        study,
        *pair,
        found,
        _mean(difference),
        count,
        search,
        points.run,
        points.refused,
        share,
        box,
        _record(study, found, search, threads, quiet),
    )


def _spread(numbers: int, most: int, seed: int) -> np.ndarray:
    """Points all over the priors, in quantiles: a scrambled Sobol design.

    Draws of a kept set are too few for that: among 200 numbers 64 of them would name chance ones.
    """
    from scipy.stats import qmc  # slow to import

    size = min(most, EACH * numbers)
    return np.asarray(qmc.Sobol(numbers, rng=np.random.default_rng(seed)).random_base2((size - 1).bit_length()))


# Which two.


def pair_of(study: Study, a: str | None, b: str | None) -> tuple[tuple[int, int], int]:
    """The two alternatives, and the replicates that both have in all draws."""
    for side, name in (("a", a), ("b", b)):
        if name is not None and name not in study.names:
            raise InputError(f"{side}: read {name!r}, allowed one of {', '.join(study.names[:20])}")
    if a is not None and a == b:
        raise InputError(f"b: read {b!r}, which is a too, allowed two different alternatives")
    if a is not None and b is not None:
        return (study.names.index(a), study.names.index(b)), study.decision.first
    choice = choose(study)
    ranked = _ranked(choice)
    first = study.names.index(a) if a is not None else next(n for n in ranked if study.names[n] != b)
    second = study.names.index(b) if b is not None else _other(choice, ranked, first)
    return (first, second), min(_seen(choice, first), _seen(choice, second))


def _ranked(choice: Choice) -> list[int]:
    """What may be chosen: the chosen one, then the others by what was seen of all."""
    chosen = choice.chosen("mean")
    return sorted(choice.feasible, key=lambda n: (n != chosen, choice.judged(n)))


def _other(choice: Choice, ranked: Sequence[int], first: int) -> int:
    today = today_of(choice.study)
    if today is not None and today in ranked and today != first:
        return today
    return next(n for n in ranked if n != first)


def _seen(choice: Choice, n: int) -> int:
    if n not in choice.feasible:
        return choice.study.decision.first
    return choice.selections["mean"].standings[choice.feasible.index(n)].replicates


# What the draws say.


def _mean(difference: np.ndarray) -> rates.Interval:
    """Mean over the draws, with the noise of replicates, which all draws share."""
    each = difference.mean(axis=0)
    return rates.interval_of_mean(len(each), float(each.mean()), float(each.var(ddof=1)))


def _over_draws(quantiles: np.ndarray, difference: np.ndarray) -> tuple[rates.Interval | None, BoxSearch]:
    """The share of the draws in which b wins, and a box of those in which the one wins that doesn't in the mean."""
    draws, seen = difference.shape
    mean, error = difference.mean(axis=1), difference.std(axis=1, ddof=1) / math.sqrt(seen)
    side = 1.0 if mean.mean() > 0 else -1.0
    if draws < FEWEST_DRAWS:
        return None, find_box(quantiles, side * mean < 0)
    beyond = chances_beyond(quantiles, side * mean, error) > 0.5
    return share_beyond(quantiles, mean, error), find_box(quantiles, beyond)


def _record(study: Study, found: Unknowns, search: Search, threads: int | None, quiet: bool) -> list[dict[str, float]]:
    """How far the public record contradicts the centre and the point; of own draws it says nothing."""
    if study.decision.draws is not None or search.flip is None:
        return []
    centre = np.full(len(found.priors), 0.5)
    point = centre.copy()
    point[list(search.flip.numbers)] = search.flip.quantiles
    say("holding the numbers against the public record", quiet)
    return against_record([found.values(centre), found.values(point)], study.folder, threads)


def _forecast(study: Study, pair: tuple[int, int], count: int, spread: int, numbers: int) -> str:
    years = float(years_a_run([study.steps.points[n].scenario for n in pair]).sum())
    return (
        f"searching: {SEEN} replicates of both at {spread:,} points all over the priors, {spread * SEEN * years:,.0f} "
        f"simulated years; then {count} at each point that is looked at, {count * years:,.0f} years a point, 70 to 250 "
        f"points as a rule, {most_calls(numbers):,} at most"
    )
