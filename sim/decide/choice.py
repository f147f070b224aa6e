"""Which alternative: by the mean over the draws, by the worst of them, by regret, side by side; and at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from sim.decide.contenders import below_caps, today_of
from sim.decide.decision import MANY, OUTCOMES
from sim.decide.money import Place, break_even, frontier
from sim.decide.ranges import Ranged, ranged, standard_errors
from sim.decide.selection import Rule, Selection, select
from sim.decide.study import Figures, Study

CENT = 0.005  # million USD, which two decimals don't show
NAMED = 4  # alternatives in a sentence
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
    fresh : dict
        Alternative -> outcomes of replicates that nothing was chosen by, each of shape (draws, replicates): of today's
        and of every chosen one, whose figures in the first look are too good by having been chosen.
    """

    study: Study
    feasible: list[int]
    today: int | None
    selections: dict[str, Selection]
    means: Figures
    errors: Figures
    places: dict[int, Place]
    fresh: Mapping[int, Figures] = field(default_factory=dict)

    def chosen(self, criterion: str) -> int:
        """The alternative that a criterion names."""
        return self.feasible[self.selections[criterion].chosen]

    @property
    def runs(self) -> int:
        """Runs that were asked for before those on fresh seeds."""
        return self.study.runs - self.study.draws * self.study.decision.fresh * len(self.fresh)

    def alike(self, criterion: str) -> list[int]:
        """The others that it cannot tell apart from that one."""
        return [self.feasible[a] for a in self.selections[criterion].alike]

    def judged(self, a: int) -> float:
        """What the decision is judged by, of an alternative."""
        return sum(weight * float(self.means[name][a]) for name, weight in self.study.decision.judged.items())

    def _fresh(self, a: int) -> np.ndarray:
        """The same of each fresh run. Shape (draws, replicates)."""
        weights = self.study.decision.judged
        return np.asarray(sum(weight * self.fresh[a][name] for name, weight in weights.items()))

    def rate(self, a: int) -> Ranged:
        """The same on fresh seeds, with both of its ranges."""
        return ranged(self._fresh(a), self.study.decision.confidence)

    def gap(self, a: int, b: int) -> Ranged:
        """By how much more `a` has of it than `b` on fresh seeds, in pairs."""
        return ranged(self._fresh(a) - self._fresh(b), self.study.decision.confidence)


def choose(study: Study) -> Choice:
    """Run as much as the choice needs, and make it.

    Raises
    ------
    InputError
        If fewer than two alternatives lie below all caps.
    """
    decision = study.decision
    first = study.outcomes(range(len(study.names)), 0, decision.first)
    means = {name: values.mean(axis=(1, 2)) for name, values in first.items()}
    errors = {name: standard_errors(values) for name, values in first.items()}
    feasible = below_caps(decision, means)
    rule = Rule(decision.delta, decision.confidence, decision.first, decision.most, shared_noise=False)

    def sample(asked: Sequence[int], low: int, high: int) -> np.ndarray:
        return study.sample([feasible[a] for a in asked], low, high)

    found = {name: select(sample, len(feasible), rule, name) for name in ("mean", "worst", "regret")}  # type: ignore[arg-type]
    judged = np.sum([weight * means[name] for name, weight in decision.judged.items()], axis=0)
    places = frontier(means["project_cost"][feasible], judged[feasible])
    numbered = {feasible[place.option]: place for place in places}
    today = today_of(study)
    again = {feasible[selection.chosen] for selection in found.values()} | (set() if today is None else {today})
    return Choice(study, feasible, today, found, means, errors, numbered, _fresh_of(study, again))


def _fresh_of(study: Study, alternatives: set[int]) -> dict[int, Figures]:
    """Outcomes of some alternatives, of replicates that nothing was chosen by."""
    some, most = sorted(alternatives), study.decision.most
    found = study.outcomes(some, most, most + study.decision.fresh)
    return {a: {name: values[k] for name, values in found.items()} for k, a in enumerate(some)}


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
        | {f"{name}_error": float(choice.errors[name][a]) for name in OUTCOMES}
        for a in over
    ]
    return [line for _, line in ranked] + left_out


def _line_of(choice: Choice, a: int) -> dict[str, Any]:
    """An alternative on fresh seeds, by itself and beside today's."""
    gap = {} if choice.today is None else asdict(choice.gap(a, choice.today))
    line = {"alternative": choice.study.names[a], **asdict(choice.rate(a))}
    return line | {f"difference_{name}": value for name, value in gap.items()}


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
    decision, chosen, today = choice.study.decision, choice.chosen("mean"), choice.today
    rate = choice.rate(chosen)
    said = [f"Choose {choice.study.names[chosen]}: {decision.figure(rate.estimate)} on fresh seeds, {_ranges(rate)}."]
    if today is not None and today != chosen:
        gap = choice.gap(chosen, today)
        said.append(f"Today's, {choice.study.names[today]}, has {decision.figure(choice.rate(today).estimate)}.")
        little = f", less than the {decision.delta:g} that matters" if abs(gap.estimate) < decision.delta else ""
        said.append(f"The difference is {_figure(gap.estimate)}{little}, {_ranges(gap)}.")
    said += [_sure(choice, choice.selections["mean"]), _others(choice), *_above(choice), *_pays(choice)]
    return " ".join(said)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= MANY else f"{value:.2f}"


def _ranges(found: Ranged) -> str:
    """Both ranges in words."""
    ends = f"{_figure(found.low)} to {_figure(found.high)} by the simulation"
    return f"{ends}, {_figure(found.band_low)} to {_figure(found.band_high)} in nine of ten draws"


def _sure(choice: Choice, mean: Selection) -> str:
    decision, alike = choice.study.decision, choice.alike("mean")
    odds = f"probability of correct selection at least {decision.confidence:g}"
    if not alike:
        return f"In the mean of {choice.study.draws} draws it is the best, by {mean.margin:.2g} or more ({odds})."
    shown = _named(choice, alike)
    if mean.settled:
        return f"It is within {decision.delta:g} of the best ({odds}); not told apart from it: {shown}."
    worst = max(0.0, -mean.margin)
    within = f"no other is better by more than {worst:.2g} ({odds})"
    return f"After {decision.most} replicates of each draw it isn't settled: {within}; not told apart from it: {shown}."


def _named(choice: Choice, some: Sequence[int]) -> str:
    """Alternatives in a sentence; of many today's and a few."""
    names = [choice.study.names[a] for a in some]
    if len(names) <= NAMED:
        return ", ".join(names)
    today = ", today's among them" if choice.today in some else ""
    return f"{len(names)} others{today}, such as {names[0]} and {names[1]}"


def _others(choice: Choice) -> str:
    """What other criteria name, where enough was run to say."""
    mean, words = choice.chosen("mean"), []
    for name in ("worst", "regret"):
        chosen, criterion = choice.chosen(name), CRITERIA[name]
        named = "names the same" if chosen == mean else f"names {choice.study.names[chosen]}"
        words.append(f"the {criterion} {named if choice.selections[name].settled else 'leaves it open so far'}")
    said = " and ".join(words)
    return f"{said[0].upper()}{said[1:]}."


def _above(choice: Choice) -> list[str]:
    """Caps that the chosen one breaks on fresh seeds."""
    chosen = choice.fresh[choice.chosen("mean")]
    caps = choice.study.decision.caps.items()
    over = [OUTCOMES[name].label for name, cap in caps if chosen[name].mean() > cap]
    return [f"On fresh seeds it lies above the cap on {' and '.join(over)}."] if over else []


def _pays(choice: Choice) -> list[str]:
    """The break-even, where an averted incident has a price."""
    price, chosen, today = choice.study.decision.price, choice.chosen("mean"), choice.today
    if not price or today is None or today == chosen:
        return []
    dear, cheap = (choice.fresh[a]["project_cost"].mean(axis=0) for a in (chosen, today))
    needed = break_even(dear, cheap, price, choice.study.decision.confidence)
    more = needed.estimate * price / 1e6
    if abs(more) < CENT:
        return ["It costs the projects as much as today's."]
    cost = f"It costs the projects {abs(more):.2g} million USD a year {'more' if more > 0 else 'less'} than today's"
    pays = f", which pays if it averts {needed.estimate:.2g} incidents a year at {price / 1e6:g} million each"
    return [f"{cost}{pays if more > 0 else ''}."]


def closing(choice: Choice) -> str:
    """What isn't known."""
    decision, study = choice.study.decision, choice.study
    whole = decision.most * len(study.names) * study.draws
    return (
        "What this doesn't know: whether the draws hold the truth: they are what priors and a record leave open, no "
        "probability; what is not modelled; and how the alternatives differ in what they are not judged by. "
        f"{choice.runs:,} runs chose, where all alternatives to the end would have been {whole:,}; what was chosen and "
        f"today's were run again on {decision.fresh} fresh seeds of each draw."
    )


def summary(choice: Choice) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "decision": choice.study.decision.name,
        "judged_by": choice.study.decision.judged_by,
        "draws": choice.study.draws,
        "delta": choice.study.decision.delta,
        "confidence": choice.study.decision.confidence,
        "today": None if choice.today is None else choice.study.names[choice.today],
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
        "fresh": [_line_of(choice, a) for a in choice.fresh],
        "runs": choice.runs,
        "alternatives": table(choice),
        "money": money(choice),
        "closing": closing(choice),
    }
