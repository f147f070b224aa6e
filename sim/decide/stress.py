"""What each mind of the attackers does to each policy: their own best response, the worst for the defender, and mixing.

Minds are settings of how attackers choose among classes of targets, and how freely: never a site, a road or an hour.
What they do best for themselves and what is worst for the defender are picked by one half of the replicates and judged
by the other, in turns: the largest of noisy figures is large by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim import rates
from sim.decide.game import mix, responses, worst_case
from sim.decide.study import Figures, Study
from sim.decide.worth import shown, unit_of
from sim.outcome import CLASSES
from sim.runs.totals import Columns

REPLICATES = 8  # of each draw, in two halves
DRAWS, MOST = 16, 8  # draws, and alternatives beside today's
RESAMPLES, SEED = 500, 0x6D696E64
TODAY = "today's"  # as the scenario, and each draw of its numbers, has it
ONLY = "only "  # before the class that a mind is set on
NOUNS = {"convoy": "convoys", "site": "sites", "outing": "outings", "private": "private nationals"}


def _only(target: str) -> dict[str, Any]:
    """A mind that strikes one class and lets no opportunity pass."""
    values = {f"threat.value.{c}": 3.0 if c == target else 0.0 for c in CLASSES}
    certain = {f"threat.x0.{c}": 0.9 for c in CLASSES} | {f"threat.cost.{c}": 0.0 for c in CLASSES}
    return values | certain | {"threat.rationality": 60.0, "threat.declined": 0.0, "threat.learning": False}


MINDS: Mapping[str, Mapping[str, Any]] = {
    TODAY: {},
    "not learning": {"threat.learning": False},
    "random": {"threat.rationality": 0.0},
    "best response": {"threat.rationality": 60.0},
    **{f"{ONLY}{NOUNS[target]}": _only(target) for target in CLASSES},
}
NAMES = tuple(MINDS)
MEANINGS = {
    TODAY: "as the scenario and its draws have it",
    "not learning": "as today's, but outcomes teach nothing",
    "random": "looks at nothing, and strikes anyone",
    "best response": "nearly always takes what it thinks best, which may be nothing",
    "only ...": "is set on one class, whatever it gains, and lets no opportunity pass",
}


class Response(NamedTuple):
    """What a policy meets, beyond what it meets of today's mind.

    Attributes
    ----------
    mind : str
        By all replicates.
    harm : float
        Of what the decision is judged by, a year.
    gap : Interval
        Above what today's mind does; paired over replicates.
    """

    mind: str
    harm: float
    gap: rates.Interval


@dataclass(frozen=True)
class Stress:
    """Policies against minds.

    Attributes
    ----------
    study : Study
    policies : list of str
    today : int or None
        Today's policy.
    harm : ndarray, shape (policies, minds, replicates)
        What the decision is judged by, mean over the draws.
    own, worst : list of Response
        Of each policy: to the mind that gains the attackers most by their own values, and to the worst for the
        defender.
    weights : ndarray, shape (policies,)
        The mix of policies that keeps the worst least, by all replicates.
    spared : Interval
        By how much less harm the worst mind does to such a mix than to the best single policy.
    """

    study: Study
    policies: list[str]
    today: int | None
    harm: np.ndarray
    own: list[Response]
    worst: list[Response]
    weights: np.ndarray
    spared: rates.Interval

    @property
    def means(self) -> np.ndarray:
        """Harm of each policy under each mind, shape (policies, minds)."""
        return np.asarray(self.harm.mean(axis=2))


def stress(study: Study, policies: list[str], today: int | None) -> Stress:
    """Run what is missing, and say what each mind does.

    Parameters
    ----------
    study : Study
        Of each policy under each of `MINDS`.
    """
    shape = (len(policies), len(NAMES), study.draws, REPLICATES)
    harm = study.sample(range(len(study.names)), 0, REPLICATES).reshape(shape).mean(axis=2)
    gains = _gains(study).reshape(shape).mean(axis=2)
    both = _responses(harm, gains)
    own, worst = ([_response(harm, p, *one) for p, one in enumerate(each)] for each in both)
    weights = mix(harm.mean(axis=2)[None]).weights
    return Stress(study, policies, today, harm, own, worst, weights, _spared(harm, study.decision.confidence))


def _gains(study: Study) -> np.ndarray:
    """What attackers gain a year: their incidents, each class at its worth to today's mind in the draw."""
    found = study.read(range(len(study.names)), 0, REPLICATES, _incidents)
    scenarios = [study.steps.points[d * len(study.names)].scenario for d in range(study.draws)]
    worth = {c: np.array([getattr(scenario.threat.value, c) for scenario in scenarios]) for c in CLASSES}
    return np.asarray(sum(worth[c][None, :, None] * found[c] for c in CLASSES))


def _incidents(table: Columns) -> Figures:
    """Incidents of each class a year."""
    return {c: table[f"expected_incidents_{c}"] / table["years"] for c in CLASSES}


Picked = tuple[tuple[int, int], int]  # a mind's number by the even and the odd replicates, and by all


def _responses(harm: np.ndarray, gains: np.ndarray) -> tuple[list[Picked], list[Picked]]:
    """Of each policy, the mind that serves attackers best and the worst for the defender."""
    now = np.eye(len(NAMES))[[NAMES.index(TODAY)]]
    picked: list[list[Picked]] = [[], []]
    for weights in np.eye(len(harm)):
        parts = [np.s_[0::2], np.s_[1::2], np.s_[:]]
        found = [
            responses(harm[:, :, part].mean(axis=2)[None], gains[:, :, part].mean(axis=2)[None], now, weights)
            for part in parts
        ]
        for mine, of in zip(picked, ("own_choice", "worst_choice"), strict=True):
            even, odd, whole = (int(getattr(one, of)[0]) for one in found)
            mine.append(((even, odd), whole))
    return picked[0], picked[1]


def _response(harm: np.ndarray, policy: int, halves: tuple[int, int], whole: int) -> Response:
    """A response, judged in each half of the replicates by what the other half picked."""
    mine, today = harm[policy], harm[policy, NAMES.index(TODAY)]
    met = np.empty(harm.shape[2])
    met[0::2], met[1::2] = mine[halves[1], 0::2], mine[halves[0], 1::2]
    return Response(NAMES[whole], float(met.mean()), rates.paired_difference(today, met, 1.0))


def _spared(harm: np.ndarray, confidence: float) -> rates.Interval:
    """What mixing spares in the worst case: weights from one half of the replicates, judged by the other, in turns.

    The single policy meets the mind that was worst to it in the half that weights are from, the mix the one that is
    worst in the other: so chance can't make a mix look better, rather worse.
    """
    parts = [(harm[:, :, 0::2], harm[:, :, 1::2]), (harm[:, :, 1::2], harm[:, :, 0::2])]
    mixes = [mix(learnt.mean(axis=2)[None]) for learnt, _ in parts]
    minds = [int(learnt[one.pure].mean(axis=1).argmax()) for one, (learnt, _) in zip(mixes, parts, strict=True)]

    def spared(pick: np.ndarray) -> float:
        judged = [held[:, :, pick].mean(axis=2) for _, held in parts]
        each = zip(judged, mixes, minds, strict=True)
        return float(np.mean([game[one.pure, m] - _met(game, one.weights, m) for game, one, m in each]))

    half = min(held.shape[2] for _, held in parts)
    random = np.random.default_rng([SEED, half])
    again = [spared(random.integers(0, half, half)) for _ in range(RESAMPLES)]
    low, high = np.quantile(again, ((1 - confidence) / 2, (1 + confidence) / 2))
    return rates.Interval(spared(np.arange(half)), float(low), float(high), confidence, "bootstrap over replicates")


def _met(game: np.ndarray, weights: np.ndarray, mind: int) -> float:
    """What a mix meets of the worst mind; a single policy what it meets of the mind that was picked for it."""
    return float(game[weights.argmax(), mind]) if weights.max() == 1 else worst_case(game[None], weights)


def table(found: Stress) -> list[dict[str, Any]]:
    """A line per policy, the best against today's mind first: harm of each mind, both responses, weight in the mix."""
    lines = []
    for p, name in enumerate(found.policies):
        line: dict[str, Any] = {"alternative": name}
        line |= dict(zip(NAMES, found.means[p].tolist(), strict=True))
        for kind, response in (("own", found.own[p]), ("worst", found.worst[p])):
            line |= {f"{kind}_mind": response.mind, f"{kind}_harm": response.harm}
            line |= {f"{kind}_gap": response.gap.estimate}
            line |= {f"{kind}_gap_low": response.gap.low, f"{kind}_gap_high": response.gap.high}
        lines.append(line | {"weight": float(found.weights[p])})
    return sorted(lines, key=lambda line: line[TODAY])


def minds_table(found: Stress) -> list[dict[str, Any]]:
    """A line per policy and mind, with the standard error over replicates."""
    errors = found.harm.std(axis=2, ddof=1) / np.sqrt(found.harm.shape[2])
    return [
        {"alternative": name, "mind": mind, "judged": float(found.means[p, m]), "standard_error": float(errors[p, m])}
        for p, name in enumerate(found.policies)
        for m, mind in enumerate(NAMES)
    ]


def headline(found: Stress) -> str:
    """What minds do, in words."""
    best = [found.policies[p] for p in found.means.argmin(axis=0)]
    leader, unit = best[NAMES.index(TODAY)], unit_of(found.study.decision)
    p = found.policies.index(leader)
    own, worst = found.own[p], found.worst[p]
    return " ".join(
        [
            f"{leader} is best against today's mind: {found.means[p, NAMES.index(TODAY)]:.2f} {unit}.",
            _agreed(best, leader),
            f"What attackers do best for themselves against it is {_called(own.mind)}: {_gap(own)}.",
            f"The worst for the defender is {_called(worst.mind)}: {_gap(worst)}.",
            _least_worst(found, leader),
            _mixing(found),
        ]
    )


def _called(mind: str) -> str:
    """A mind in a sentence."""
    return f"to strike {mind}" if mind.startswith(ONLY) else f"the mind `{mind}`"


def _gap(response: Response) -> str:
    """Harm, and by how much it is above today's mind's."""
    gap = response.gap
    if gap.estimate == gap.low == gap.high == 0:
        return f"{response.harm:.2f}, as today"
    way = "more" if gap.estimate >= 0 else "less"
    low, high = sorted((abs(gap.low), abs(gap.high))) if gap.low * gap.high > 0 else (gap.low, gap.high)
    return f"{response.harm:.2f}, {abs(gap.estimate):.2f} {way} ({low:.2f} to {high:.2f})"


def _agreed(best: list[str], leader: str) -> str:
    """Against which minds another policy is best."""
    others = [f"{name} against `{mind}`" for name, mind in zip(best, NAMES, strict=True) if name != leader]
    if not others:
        return f"So it is against each of {len(NAMES)} minds."
    return f"So it is against {len(NAMES) - len(others)} of {len(NAMES)} minds; otherwise {', '.join(others)}."


def _least_worst(found: Stress, leader: str) -> str:
    """The policy under which the worst is least."""
    p = int(np.argmin([one.harm for one in found.worst]))
    if found.policies[p] == leader:
        return "No other policy has a milder worst case."
    return f"The mildest worst case is that of {found.policies[p]}, {found.worst[p].harm:.2f}."


def _mixing(found: Stress) -> str:
    """Whether drawing the policy by lot helps."""
    spared = found.spared
    if np.count_nonzero(found.weights) == 1:
        return "No mix of policies by lot does better than one."
    if spared.low <= 0:
        return f"That a mix of policies by lot does better is not shown ({spared.low:.2f} to {spared.high:.2f})."
    parts = [f"{name} {w:.0%}" for name, w in zip(found.policies, found.weights, strict=True) if w > 0]
    figures = f"{shown(spared.estimate)} ({shown(spared.low)} to {shown(spared.high)})"
    return f"Drawn by lot ({', '.join(parts)}), the worst case is less by {figures}."


def closing(found: Stress) -> str:
    """What isn't known."""
    return (
        f"From {found.study.draws} draws, {REPLICATES} replicates each; gaps are to today's mind on the same seeds, "
        "95 % sure. Own best response: of these minds the one whose incidents are worth most by the attackers' own "
        "values, without what attempts cost them; it may do less harm than another. Worst for the defender: whatever "
        "attackers gain. A mix helps only against those who can't see which policy holds. What this doesn't know: "
        "minds that are not among these, that share out their cells over classes on purpose, or that go elsewhere; "
        "more opportunities than the draws have; and how likely each mind is."
    )


def summary(found: Stress) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "decision": found.study.decision.name,
        "judged_by": unit_of(found.study.decision),
        "draws": found.study.draws,
        "replicates": REPLICATES,
        "minds": {name: dict(values) for name, values in MINDS.items()},
        "headline": headline(found),
        "today": None if found.today is None else found.policies[found.today],
        "policies": table(found),
        "mix": {"weights": dict(zip(found.policies, found.weights, strict=True)), "spared": found.spared.as_dict()},
        "closing": closing(found),
    }
