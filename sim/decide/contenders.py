"""Who is still in it after a first look: what lies below the caps, and of many alternatives the best."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.decide.decision import Decision
from sim.decide.study import Study
from sim.errors import InputError


def below_caps(decision: Decision, means: Mapping[str, np.ndarray]) -> list[int]:
    """Alternatives that no cap rules out.

    Parameters
    ----------
    means : mapping of str to ndarray, shape (alternatives,)
        Each outcome a year.

    Raises
    ------
    InputError
        If fewer than two are left.
    """
    count = len(next(iter(means.values())))
    found = [a for a in range(count) if all(means[name][a] <= cap for name, cap in decision.caps.items())]
    if len(found) < 2:
        read = f"read {len(found)} of {count} alternatives below all of them"
        raise InputError(f"{decision.name}: caps: {read}, allowed 2 or more")
    return found


def contenders(study: Study, most: int) -> list[str]:
    """Names of the best alternatives by the mean of the first look, in the decision's order; today's beside them.

    Raises
    ------
    InputError
        As `below_caps`.
    """
    best, today = _ranked(study)[:most], today_of(study)
    return [name for a, name in enumerate(study.names) if a in best or a == today]


def ever_best(study: Study, most: int) -> list[str]:
    """Names of the alternatives that seem to be the best in some draw by either half of the first look.

    With few replicates these are rather too many than too few. Of more than `most`, those that it seems of in most
    draws; of fewer than two, the two with the best means.

    Raises
    ------
    InputError
        As `below_caps`.
    """
    feasible = _ranked(study)
    first = study.sample(feasible, 0, study.decision.first)
    winners = [first[:, :, half::2].mean(axis=2).argmin(axis=0) for half in (0, 1)]
    wins = np.bincount(np.concatenate(winners), minlength=len(feasible))
    order = sorted(range(len(feasible)), key=lambda k: -wins[k])[: max(2, min(most, int(np.count_nonzero(wins))))]
    best = {feasible[k] for k in order}
    return [name for a, name in enumerate(study.names) if a in best]


def _ranked(study: Study) -> list[int]:
    """Alternatives below all caps by the mean of the first look, the best first."""
    decision = study.decision
    first = study.outcomes(range(len(study.names)), 0, decision.first)
    means = {name: values.mean(axis=(1, 2)) for name, values in first.items()}
    judged = np.sum([weight * means[name] for name, weight in decision.judged.items()], axis=0)
    return sorted(below_caps(decision, means), key=lambda a: float(judged[a]))


def today_of(study: Study) -> int | None:
    """Today's alternative: the one that is named, or that is as the base scenario is."""
    if study.decision.today is not None:
        return study.names.index(study.decision.today)
    base = study.steps.points[0].scenario.warmup.policy
    points = study.steps.points[: len(study.names)]
    return next((a for a, point in enumerate(points) if point.scenario.policy == base), None)
