"""What each mind of the attackers does to each policy: their own best response, the worst for the defender, and mixing.

Minds are settings of how attackers choose among classes of targets, and how freely: never a site, a road or an hour.
The attackers' own best response is that of a mind which nearly always takes what it thinks best; it may decline, and so
do less harm than today's. What is worst for the defender is picked by one half of the replicates and judged by the
other, in turns: the largest of noisy figures is large by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim import rates
from sim.decide.game import mix, worst_case
from sim.decide.study import Study
from sim.decide.worth import shown, unit_of
from sim.outcome import CLASSES

REPLICATES = 8  # of each draw, in two halves
DRAWS, MOST = 16, 8  # draws, and alternatives beside today's
RESAMPLES, SEED = 500, 0x6D696E64
TODAY = "today's"  # as the scenario, and each draw of its numbers, has it
OWN = "best response"  # the attackers' own: no worst case for the defender
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
    OWN: {"threat.rationality": 60.0},
    **{f"{ONLY}{NOUNS[target]}": _only(target) for target in CLASSES},
}
NAMES = tuple(MINDS)
MEANINGS = {
    TODAY: "as the scenario and its draws have it",
    "not learning": "as today's, but outcomes teach nothing",
    "random": "looks at nothing, and strikes anyone",
    OWN: "nearly always takes what it thinks best, which may be nothing",
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
        To each policy: the attackers' own best, and the worst for the defender.
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
    own, worst = ([response(harm, p) for p in range(len(policies))] for response in (_own, _worst))
    weights = mix(harm.mean(axis=2)[None]).weights
    return Stress(study, policies, today, harm, own, worst, weights, _spared(harm, study.decision.confidence))


def _own(harm: np.ndarray, policy: int) -> Response:
    """The response of attackers who nearly always take what they think best."""
    return _response(harm[policy], OWN, harm[policy, NAMES.index(OWN)])


def _worst(harm: np.ndarray, policy: int) -> Response:
    """The worst response, judged in each half of the replicates by what the other half picked."""
    mine = harm[policy]
    even, odd, whole = (int(mine[:, part].mean(axis=1).argmax()) for part in (np.s_[0::2], np.s_[1::2], np.s_[:]))
    met = np.empty(mine.shape[1])
    met[0::2], met[1::2] = mine[odd, 0::2], mine[even, 1::2]
    return _response(mine, NAMES[whole], met)


def _response(mine: np.ndarray, mind: str, met: np.ndarray) -> Response:
    return Response(mind, float(met.mean()), rates.paired_difference(mine[NAMES.index(TODAY)], met, 1.0))


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
    leader, unit = int(found.means[:, NAMES.index(TODAY)].argmin()), unit_of(found.study.decision)
    own, worst = found.own[leader], found.worst[leader]
    name, level = found.policies[leader], found.means[leader, NAMES.index(TODAY)]
    return " ".join(
        [
            f"{name} is best against today's mind: {level:.2f} {unit}.",
            _agreed(found, leader),
            f"Attackers' own best response to it makes that {_gap(own)}.",
            f"The worst for the defender, the mind `{worst.mind}`, makes it {_gap(worst)}.",
            _least_worst(found, leader),
            _mixing(found),
        ]
    )


def _gap(response: Response) -> str:
    """Harm, and by how much it is above today's mind's."""
    gap = response.gap
    if gap.estimate == gap.low == gap.high == 0:
        return f"{response.harm:.2f}, as today"
    way = "more" if gap.estimate >= 0 else "less"
    low, high = sorted((abs(gap.low), abs(gap.high))) if gap.low * gap.high > 0 else (gap.low, gap.high)
    return f"{response.harm:.2f}, {abs(gap.estimate):.2f} {way} ({low:.2f} to {high:.2f})"


def _agreed(found: Stress, leader: int) -> str:
    """Against which minds another policy is surely better."""
    others = []
    for m, mind in enumerate(NAMES):
        p = int(found.means[:, m].argmin())
        if _surely_less(found.harm[p, m], found.harm[leader, m]):
            others.append(f"`{mind}` ({found.policies[p]} is better)")
    if not others:
        return f"Against none of {len(NAMES)} minds is another one surely better."
    return f"So it is, or not told apart from the best, against all of {len(NAMES)} minds but {', '.join(others)}."


def _surely_less(harm: np.ndarray, other: np.ndarray) -> bool:
    """Whether one harm is less than another on the same seeds, 95 % sure."""
    return rates.paired_difference(harm, other, 1.0).low > 0


def _least_worst(found: Stress, leader: int) -> str:
    """The policy under which the worst is least."""
    p = int(np.argmin([one.harm for one in found.worst]))
    mine, other = (found.harm[k, NAMES.index(found.worst[k].mind)] for k in (p, leader))
    if not _surely_less(mine, other):
        return "No other policy has a worst case that is surely milder."
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
        "95 % sure. The own best response is that of attackers who take what they think best, and let pass what seems "
        "worth nothing: it may do less harm than today's mind. The worst for the defender is the worst of these minds, "
        "whatever they gain by it. A mix helps only against those who can't see which policy holds. What this doesn't "
        "know: minds that are not among these, that share out their cells over classes on purpose, or that go "
        "elsewhere; more opportunities than the draws have; and how likely each mind is."
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
