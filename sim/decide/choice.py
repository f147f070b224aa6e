"""Which alternative: by the mean over the draws, by the worst of them, by regret, side by side; and at what price."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.decide.contenders import below_caps, today_of
from sim.decide.decision import OUTCOMES
from sim.decide.money import Place, frontier
from sim.decide.selection import Rule, Selection, select
from sim.decide.study import Figures, Study

CRITERIA = {"mean": "mean over the draws", "worst": "worst draw", "regret": "largest regret"}


@dataclass(frozen=True)
class Choice:
    """What was chosen, and from what.

    Attributes
    ----------
    study : Study
    feasible : list of int
        Alternatives below every cap; selections number these.
    today : int or None
        Today's alternative.
    selections : dict
        By criterion.
    means : dict of ndarray, shape (alternatives,)
        Each outcome a year, mean over the draws and the replicates of the first look, which all alternatives have.
    errors : dict of ndarray
        Standard errors of these, over replicates.
    places : dict
        Alternative -> its place in project money and the outcome judged.
    """

    study: Study
    feasible: list[int]
    today: int | None
    selections: dict[str, Selection]
    means: Figures
    errors: Figures
    places: dict[int, Place]

    def chosen(self, criterion: str) -> int:
        """The alternative that a criterion names."""
        return self.feasible[self.selections[criterion].chosen]

    def alike(self, criterion: str) -> list[int]:
        """The others that it cannot tell apart from that one."""
        return [self.feasible[a] for a in self.selections[criterion].alike]

    def judged(self, a: int) -> float:
        """What the decision is judged by, of an alternative."""
        return sum(weight * float(self.means[name][a]) for name, weight in self.study.decision.judged.items())


def choose(study: Study) -> Choice:
    """Run as much as the choice needs, and make it.

    Raises
    ------
    ValueError
        If fewer than two alternatives lie below all caps.
    """
    decision = study.decision
    first = study.outcomes(range(len(study.names)), 0, decision.first)
    means = {name: values.mean(axis=(1, 2)) for name, values in first.items()}
    errors = {
        name: values.mean(axis=1).std(axis=1, ddof=1) / math.sqrt(decision.first) for name, values in first.items()
    }
    feasible = below_caps(decision, means)
    rule = Rule(decision.delta, decision.confidence, decision.first, decision.most)

    def sample(asked: Sequence[int], low: int, high: int) -> np.ndarray:
        return study.sample([feasible[a] for a in asked], low, high)

    found = {name: select(sample, len(feasible), rule, name) for name in ("mean", "worst", "regret")}  # type: ignore[arg-type]
    judged = np.sum([weight * means[name] for name, weight in decision.judged.items()], axis=0)
    places = frontier(means["project_cost"][feasible], judged[feasible])
    numbered = {feasible[place.option]: place for place in places}
    return Choice(study, feasible, today_of(study), found, means, errors, numbered)


def table(choice: Choice) -> list[dict[str, Any]]:
    """A line per alternative, the best first: what it is judged by, how much worse than the best, what it costs."""
    mean = choice.selections["mean"]
    lines = []
    for place, a in enumerate(choice.feasible):
        standing = mean.standings[place]
        line: dict[str, Any] = {
            "alternative": choice.study.names[a],
            "judged": choice.judged(a),
            "worse_low": standing.low,
            "worse_high": standing.high,
            "replicates": standing.replicates,
            "worst": choice.selections["worst"].standings[place].estimate,
            "regret": choice.selections["regret"].standings[place].estimate,
            "verdict": _verdict(choice, a),
        }
        line |= {name: float(choice.means[name][a]) for name in OUTCOMES}
        line |= {f"{name}_error": float(choice.errors[name][a]) for name in OUTCOMES}
        lines.append(line)
    order = {choice.chosen("mean"): -2} | dict.fromkeys(choice.alike("mean"), -1)
    ranked = sorted(zip(choice.feasible, lines, strict=True), key=lambda one: (order.get(one[0], 0), one[1]["judged"]))
    over = [a for a in range(len(choice.study.names)) if a not in choice.feasible]
    left_out = [
        {"alternative": choice.study.names[a], "judged": choice.judged(a), "verdict": "above a cap"}
        | {name: float(choice.means[name][a]) for name in OUTCOMES}
        for a in over
    ]
    return [line for _, line in ranked] + left_out


def _verdict(choice: Choice, a: int) -> str:
    """What the mean over the draws says of an alternative."""
    if a == choice.chosen("mean"):
        return "chosen"
    return "alike" if a in choice.alike("mean") else "worse"


def money(choice: Choice) -> list[dict[str, Any]]:
    """The alternatives along the frontier of project money, the cheapest first: what each incident averted costs."""
    on = [place for place in choice.places.items() if place[1].verdict == "frontier"]
    lines = []
    for a, place in sorted(on, key=lambda one: float(choice.means["project_cost"][one[0]])):
        lines.append(
            {
                "alternative": choice.study.names[a],
                "project_cost": float(choice.means["project_cost"][a]),
                "judged": choice.judged(a),
                "cost": place.cost,
                "averted": place.averted,
                "usd_per_averted": place.ratio,
            }
        )
    return lines


def headline(choice: Choice) -> str:
    """The choice in words."""
    decision, name = choice.study.decision, choice.study.names[choice.chosen("mean")]
    mean = choice.selections["mean"]
    best = choice.judged(choice.chosen("mean"))
    said = [f"Choose {name}: {best:.2f} {decision.judged_by} a year in the mean of {choice.study.draws} draws."]
    if choice.today is not None and choice.today != choice.chosen("mean"):
        said.append(f"Today's, {choice.study.names[choice.today]}, has {choice.judged(choice.today):.2f}.")
    said.append(_sure(choice, mean))
    said.append(_others(choice))
    return " ".join(said)


def _sure(choice: Choice, mean: Selection) -> str:
    decision, alike = choice.study.decision, choice.alike("mean")
    odds = f"probability {decision.confidence:g} or more"
    if not mean.settled:
        worst = max(0.0, -mean.margin)
        said = f"no other is better by more than {worst:.2g}"
        return f"After {decision.most} replicates of each draw it isn't settled: with {odds} {said}."
    if not alike:
        return f"With {odds} it is the best, by {mean.margin:.2g} or more."
    names = [choice.study.names[a] for a in alike]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"With {odds} it is within {decision.delta:g} of the best; not told apart from it: {shown}."


def _others(choice: Choice) -> str:
    """Whether other criteria name another alternative."""
    mean = choice.chosen("mean")
    words = [
        f"by the {CRITERIA[name]} {choice.study.names[choice.chosen(name)]}"
        for name in ("worst", "regret")
        if choice.chosen(name) != mean
    ]
    return f"Chosen {' and '.join(words)}." if words else "The worst draw and the largest regret name the same."


def closing(choice: Choice) -> str:
    """What isn't known."""
    runs = max(selection.runs for selection in choice.selections.values())
    whole = choice.study.decision.most * len(choice.feasible) * choice.study.draws
    return (
        "What this doesn't know: whether the draws hold the truth: they are what priors and a record leave open, no "
        "probability; what is not modelled; and how the alternatives differ in what they are not judged by. "
        f"Alternatives were let go in stages: {runs:,} runs, where all to the end would have been {whole:,}."
    )


def summary(choice: Choice) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "decision": choice.study.decision.name,
        "judged_by": choice.study.decision.judged_by,
        "draws": choice.study.draws,
        "delta": choice.study.decision.delta,
        "confidence": choice.study.decision.confidence,
        "headline": headline(choice),
        "criteria": {
            name: {
                "chosen": choice.study.names[choice.chosen(name)],
                "margin": selection.margin,
                "settled": selection.settled,
                "alike": [choice.study.names[a] for a in choice.alike(name)],
                "stages": [[stage.replicates, len(stage.run)] for stage in selection.stages],
            }
            for name, selection in choice.selections.items()
        },
        "alternatives": table(choice),
        "money": money(choice),
        "closing": closing(choice),
    }
