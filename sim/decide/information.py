"""What it is worth to know an uncertain number before deciding (Raiffa and Schlaifer 1961).

Outcomes are losses: the fewer the better. Alternatives are run on the same draws and seeds, and the replicates of each
draw fall into two halves. Knowing numbers is worth what a rule saves that chooses by them, against choosing once for
all. The rule is regression: the expected losses as smooth functions of what is known (Strong, Oakley, Brennan 2014), or
of what a study would show (Strong et al. 2015).

The plain estimate, mean loss less mean of the lowest fitted loss, is too high: the lowest of noisy figures is low by
chance. So a rule is fitted to one half of the replicates and four fifths of the draws, and judged by the other half of
the replicates of the draws left out; all halves and fifths take their turn. Then no noise is in both, and a rule that
is right by chance saves nothing in the mean. What such an estimate misses is what a rule loses because it was fitted to
few draws: it errs to the low side, and may fall a little below 0 where nothing is to be gained.

Means over draws take the draws for a probability. `regrets` and `known_in_thirds` don't.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim import rates
from sim.decide.regression import fit, folds, scores, terms

STUDIES = 8  # simulated results of a study for each draw
RESAMPLES, AT_ONCE = 1000, 500
RESULTS, RESAMPLING = 0x73747564, 0x626F6F74  # first words of the seeds: same figures at every call


@dataclass(frozen=True)
class Worth(rates.Interval):
    """What knowing is worth, in the unit of the losses, with the interval that the number of draws leaves.

    Attributes
    ----------
    clipped : bool
        Whether the estimate lay above what it can be at most, and was lowered to that.
    """

    clipped: bool

    @property
    def nothing(self) -> bool:
        """Whether the draws don't show that it is worth anything."""
        return self.low <= 0


@dataclass(frozen=True)
class Study:
    """A study that observes one number.

    Attributes
    ----------
    column : int
        The number.
    units : int
        Movements audited, persons asked.
    sd : float, optional
        Of one unit's answer, in the number's unit. Without it the number is a share, and each unit a yes or a no.
    """

    column: int
    units: int
    sd: float | None = None

    def results(self, values: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """A simulated result for each draw's value of the number.

        Raises
        ------
        ValueError
            If a number that is to be a share isn't one.
        """
        if self.sd is not None:
            return random.normal(values, self.sd / np.sqrt(self.units))
        if values.min() < 0 or values.max() > 1:
            raise ValueError(f"A share lies in 0..1, and a draw has {values.min():g} or {values.max():g}.")
        return random.binomial(self.units, values) / self.units


@dataclass(frozen=True)
class Information:
    """What it is worth to know everything, some numbers, or a study's results."""

    full: Worth
    partial: dict[str, Worth]
    sample: dict[str, Worth]


def information(
    values: np.ndarray,
    losses: np.ndarray,
    groups: Mapping[str, Sequence[int]],
    studies: Mapping[str, Sequence[Study]],
    confidence: float = 0.95,
) -> Information:
    """What perfect, partial and sample information are worth.

    Parameters
    ----------
    values : ndarray, shape (draws, numbers)
        Any units: only ranks count, but for what studies observe.
    losses : ndarray, shape (2, alternatives, draws)
        Mean of each half of the replicates; halves have different seeds, alternatives the same.
    groups : mapping of str to sequence of int
        Columns that would be known together, by name; a single number is a group of one.
    studies : mapping of str to sequence of Study
        What one study observes, by name: one result a number.
    confidence : float
        In (0, 1), of each interval by itself.

    Returns
    -------
    Information
        Partial information is never above full, and a study never above knowing the numbers that it observes: what
        chance has put there is lowered and marked, in each resample too.

    Notes
    -----
    Full information is a draw's own losses, drawn towards what its numbers predict as far as the halves disagree.
    Intervals are percentiles of a bootstrap over draws, with the rules as they are. Noise that all draws share, since
    they have the same seeds, is not in them.
    """
    score = scores(values)
    full = _gains(terms(score), losses, own=True)
    partial = [_gains(terms(score[:, list(group)]), losses) for group in groups.values()]
    seen = [_gains(terms(score[:, [one.column for one in study]]), losses) for study in studies.values()]
    sample = [_study_gains(values, losses, study, n) for n, study in enumerate(studies.values())]
    means = _with_resamples(np.array([full, *partial, *seen, *sample]))
    most, (known, observed, shown) = means[0], np.split(means[1:], np.cumsum([len(partial), len(seen)]))
    limits = [np.minimum(line, most) for line in observed]
    return Information(
        _worth(most, np.full_like(most, np.inf), confidence),
        {name: _worth(line, most, confidence) for name, line in zip(groups, known, strict=True)},
        {name: _worth(line, top, confidence) for name, line, top in zip(studies, shown, limits, strict=True)},
    )


def _study_gains(values: np.ndarray, losses: np.ndarray, study: Sequence[Study], number: int) -> np.ndarray:
    """Mean of each draw's gains over simulated results."""
    gains = []
    for n in range(STUDIES):
        random = np.random.default_rng([RESULTS, number, n])
        results = np.column_stack([one.results(values[:, one.column], random) for one in study])
        gains.append(_gains(terms(scores(results)), losses))
    return np.mean(gains, axis=0)


def _gains(terms: np.ndarray, losses: np.ndarray, own: bool = False) -> np.ndarray:
    """What a rule saves at each draw against choosing once for all, shape (draws,).

    Fitted are differences from one alternative: what moves all of them alike doesn't matter to the choice.
    """
    away = losses - losses[:, [losses.mean(axis=(0, 2)).argmin()]]
    gains = np.zeros(losses.shape[2])
    for others, mine in folds(losses.shape[2]):
        guesses = _guesses(terms, away, others, mine, own)
        for guess, learnt, judged in zip(guesses, away[:, :, others], away[::-1, :, mine], strict=True):
            once = judged[learnt.mean(axis=1).argmin()]
            gains[mine] += (once - judged[guess.argmin(axis=0), np.arange(len(mine))]) / len(away)
    return gains


def _guesses(terms: np.ndarray, away: np.ndarray, others: np.ndarray, mine: np.ndarray, own: bool) -> np.ndarray:
    """What each half expects at draws it wasn't fitted to, shape (2, alternatives, draws); `own`: seeing their half."""
    flat = away.reshape(-1, away.shape[2])
    found = fit(terms[others], flat[:, others].T)
    guesses = found.at(terms[mine]).T.reshape(*away.shape[:2], -1)
    if own:
        rest = (flat[:, others] - found.at(terms[others]).T).reshape(*away.shape[:2], -1)
        guesses = guesses + _trust(rest)[:, :, None] * (away[:, :, mine] - guesses)
    return guesses


def _trust(rest: np.ndarray) -> np.ndarray:
    """Share of what is left in each half that is no noise, as both halves show it; shape (2, alternatives)."""
    return _share((rest[0] * rest[1]).mean(axis=1), (rest**2).mean(axis=2))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A part of a whole in [0, 1]; 0 of nothing."""
    return np.clip(np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0), 0.0, 1.0)


def _with_resamples(gains: np.ndarray) -> np.ndarray:
    """Mean gains, then those of resamples of draws, the same resamples in each line; shape (lines, 1 + resamples)."""
    draws = gains.shape[1]
    found = [gains.mean(axis=1)[:, None]]
    for block in range(RESAMPLES // AT_ONCE):
        random = np.random.default_rng([RESAMPLING, draws, block])
        picked = random.integers(0, draws, (AT_ONCE, draws)) + draws * np.arange(AT_ONCE)[:, None]
        times = np.bincount(picked.ravel(), minlength=AT_ONCE * draws).reshape(AT_ONCE, draws)
        found.append((times / draws @ gains.T).T)
    return np.concatenate(found, axis=1)


def _worth(means: np.ndarray, most: np.ndarray, confidence: float) -> Worth:
    """Estimate and percentiles, each at most what it can be."""
    found, tail = np.minimum(means, most), (1 - confidence) / 2
    low, high = np.quantile(found[1:], (tail, 1 - tail))
    clipped, method = bool(means[0] > most[0]), "bootstrap over draws"
    return Worth(float(found[0]), float(low), float(high), confidence, method, clipped)


@dataclass(frozen=True)
class RegretWorth:
    """By how much knowing in which third of its range a number lies lowers the largest regret.

    Attributes
    ----------
    before : float
        Minimax regret over all draws, in the unit of the losses (Savage 1951).
    thirds : tuple of float
        That over the draws of each third of the number, low to high.
    choice : int
        The alternative with the least maximum regret.
    choices : tuple of int
        That of each third.
    """

    before: float
    thirds: tuple[float, ...]
    choice: int
    choices: tuple[int, ...]

    @property
    def lowered(self) -> float:
        """Regret spared in the worst third; 0 or more."""
        return self.before - max(self.thirds)


def regrets(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Regret of each alternative at each draw, shape (alternatives, draws); 0 for the best one.

    Parameters
    ----------
    values : ndarray, shape (draws, numbers)
    losses : ndarray, shape (2, alternatives, draws)
        As in `information`.

    Notes
    -----
    Of smoothed losses: the largest of noisy regrets is mostly noise. Losses are drawn towards what the numbers predict
    as far as the halves disagree.
    """
    away = losses - losses[:, [losses.mean(axis=(0, 2)).argmin()]]
    own, known = away.mean(axis=0), terms(scores(values))
    guess = fit(known, own.T).at(known).T
    rest = np.stack([away[0] - guess, away[1] - guess])
    share = _share((rest[0] * rest[1]).mean(axis=1), ((own - guess) ** 2).mean(axis=1))
    smooth = guess + share[:, None] * (own - guess)
    return np.asarray(smooth - smooth.min(axis=0))


def known_in_thirds(regrets: np.ndarray, number: np.ndarray) -> RegretWorth:
    """What it is worth to somebody who fears regret to know in which third a number lies.

    Parameters
    ----------
    regrets : ndarray, shape (alternatives, draws)
    number : ndarray, shape (draws,)
        The number's values, in any unit.
    """
    worst = [regrets[:, part].max(axis=1) for part in np.array_split(np.argsort(number, kind="stable"), 3)]
    over_all = np.max(worst, axis=0)
    return RegretWorth(
        float(over_all.min()),
        tuple(float(part.min()) for part in worst),
        int(over_all.argmin()),
        tuple(int(part.argmin()) for part in worst),
    )
