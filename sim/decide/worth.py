"""What is worth finding out before deciding: each uncertain number, groups of them, and studies of some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.decide.decision import OUTCOMES, Decision
from sim.decide.information import Information, Worth, information, known_in_thirds, regrets
from sim.decide.information import Study as Observation
from sim.decide.plans import in_words, shipped_plans, within
from sim.decide.study import Study
from sim.errors import InputError
from sim.scenario.priors import Prior, load_priors

REPLICATES = 8  # of each draw, in two halves
MOST = 24  # alternatives
LEAST, SHOWN = 3, 10  # numbers, groups and studies each
IDLE, SEED = 200, 0x69646C65  # numbers that have nothing to do with the outcome
PRICED = ("project_incidents", "incidents")  # outcomes whose unit the price is of


@dataclass(frozen=True)
class WorthKnowing:
    """What knowing is worth.

    Attributes
    ----------
    study : Study
    numbers : list of str
        Paths of the numbers that were drawn.
    groups, studies : list of str
        Names of groups and studies that have such numbers.
    found : Information
        In the unit of the outcome judged, a year.
    best : ndarray, shape (alternatives,)
        Share of draws in which each alternative is the best, by smoothed losses.
    chosen : int
        The best alternative in the mean over the draws.
    regret : float
        The least that the largest regret can be, without knowing anything.
    lowered : dict
        Path -> by how much knowing in which third the number lies lowers that.
    by_chance : float
        What 19 of 20 numbers that have nothing to do with the outcome do not lower it by.
    """

    study: Study
    numbers: list[str]
    groups: list[str]
    studies: list[str]
    found: Information
    best: np.ndarray
    chosen: int
    regret: float
    lowered: Mapping[str, float]
    by_chance: float

    def surely(self, name: str) -> bool:
        """Whether a number, group or study is worth something beyond what chance shows of so many."""
        return _stands_out(self.worth(name), len(self.found.partial) + len(self.found.sample))

    def worth(self, name: str) -> Worth:
        """What a number, group or study is worth."""
        return (self.found.partial | self.found.sample)[name]


def worth_knowing(study: Study) -> WorthKnowing:
    """Run what is missing, and say what knowing is worth.

    Raises
    ------
    InputError
        If a group or study of the decision's own has no number that was drawn.
    """
    drawn = study.values
    values, numbers = np.column_stack(list(drawn.values())), list(drawn)
    sample = study.sample(range(len(study.names)), 0, REPLICATES)
    losses = np.stack([sample[:, :, half::2].mean(axis=2) for half in (0, 1)])
    groups, studies = _groups(study.decision, numbers), _studies(study.decision, numbers)
    found = information(values, losses, {path: [k] for k, path in enumerate(numbers)} | groups, studies)
    regret = regrets(values, losses)
    thirds = [known_in_thirds(regret, values[:, k]) for k in range(len(numbers))]
    return WorthKnowing(
        study,
        numbers,
        list(groups),
        list(studies),
        found,
        np.bincount(regret.argmin(axis=0), minlength=len(regret)) / regret.shape[1],
        int(sample.mean(axis=(1, 2)).argmin()),
        thirds[0].before,
        {path: one.lowered for path, one in zip(numbers, thirds, strict=True)},
        _by_chance(regret),
    )


def _groups(decision: Decision, numbers: Sequence[str]) -> dict[str, list[int]]:
    """Columns of each group: the user's and those that are shipped, as far as their numbers were drawn."""
    found = {}
    for name, paths in (shipped_plans().groups | decision.groups).items():
        columns = [k for k, number in enumerate(numbers) if any(within(number, path) for path in paths)]
        if columns:
            found[name] = columns
        elif name in decision.groups:
            raise InputError(f"groups: {name}: none of its numbers is drawn")
    return found


def _studies(decision: Decision, numbers: Sequence[str]) -> dict[str, list[Observation]]:
    """What each study observes, likewise."""
    found = {}
    for name, study in (shipped_plans().studies | decision.studies).items():
        seen = [Observation(numbers.index(path), how.units, how.sd) for path, how in study.items() if path in numbers]
        if seen:
            found[name] = seen
        elif name in decision.studies:
            raise InputError(f"studies: {name}: none of its numbers is drawn")
    return found


def _by_chance(regret: np.ndarray) -> float:
    """By how much numbers that have nothing to do with regrets seem to lower the largest one, 19 in 20 of them."""
    random = np.random.default_rng([SEED, regret.shape[1]])
    idle = (random.random(regret.shape[1]) for _ in range(IDLE))
    return float(np.quantile([known_in_thirds(regret, np.asarray(number)).lowered for number in idle], 0.95))


def _stands_out(worth: Worth, among: int) -> bool:
    """Whether an estimate is above 0 by more than the largest of so many would be by chance (Bonferroni, at .05)."""
    error = (worth.high - worth.low) / (2 * ndtri(0.5 + worth.confidence / 2))
    return bool(worth.low > 0 and worth.estimate > -ndtri(0.05 / among) * error)


def price_of(decision: Decision) -> float | None:
    """USD that a unit of the outcome judged is taken to be worth; None where the price is of something else."""
    return decision.price if not decision.weights and decision.judge in PRICED else None


def unit_of(decision: Decision) -> str:
    """What is judged by, a year, in words."""
    unit = "a year" if decision.weights else OUTCOMES[decision.judge].unit
    return decision.judged_by if unit in decision.judged_by else f"{decision.judged_by} {unit}"


def table(found: WorthKnowing) -> list[dict[str, Any]]:
    """A line per number, group and study, within each the one that is worth most first."""
    lines = [_line(found, "everything", "all numbers", found.found.full, not found.found.full.nothing)]
    kinds = (("number", found.numbers), ("group", found.groups), ("study", found.studies))
    for kind, names in kinds:
        mine = [_line(found, kind, name, found.worth(name), found.surely(name)) for name in names]
        lines += sorted(mine, key=lambda line: -line["worth"])
    return lines


def _line(found: WorthKnowing, kind: str, name: str, worth: Worth, surely: bool) -> dict[str, Any]:
    price, prior = price_of(found.study.decision), _priors().get(name) if kind == "number" else None
    usd = {} if price is None else {"usd": max(0.0, worth.estimate) * price, "usd_high": max(0.0, worth.high) * price}
    return {
        "kind": kind,
        "name": name,
        "worth": max(0.0, worth.estimate),
        "low": max(0.0, worth.low),
        "high": max(0.0, worth.high),
        "surely": surely,
        **usd,
        "regret_lowered": found.lowered.get(name),
        "meaning": in_words(name) if kind == "number" else "",
        "prior": "" if prior is None else prior.describe(),
        "source": "" if prior is None else prior.source,
    }


@cache
def _priors() -> dict[str, Prior]:
    """The shipped priors, read once."""
    return load_priors()


def headline(found: WorthKnowing) -> str:
    """What knowing is worth, in words."""
    full, decision = found.found.full, found.study.decision
    name, share = found.study.names[found.chosen], found.best[found.chosen]
    said = [_everything(found)]
    if 0 < full.high < decision.delta:
        said.append(f"That is less than the smallest difference that matters, {decision.delta:g}.")
    said.append(f"What is chosen without it, {name}, is the best in {share:.0%} of {found.study.draws} draws.")
    return " ".join([*said, _numbers(found), _plans(found)])


def _everything(found: WorthKnowing) -> str:
    full, price, unit = found.found.full, price_of(found.study.decision), unit_of(found.study.decision)
    if full.nothing:
        most = f"{shown(full.high)} {unit}{_usd(full.high, price)} at most" if full.high > 0 else f"0 {unit}"
        return f"Knowing everything before deciding is not shown to be worth anything: {most}."
    ends = f"{shown(full.low)} to {shown(full.high)}"
    usd = _usd(full.estimate, price)
    return f"Knowing everything before deciding would be worth {shown(full.estimate)} ({ends}) {unit}{usd}."


def _usd(worth: float, price: float | None) -> str:
    return "" if price is None else f", {worth * price:,.0f} USD a year"


def _numbers(found: WorthKnowing) -> str:
    """How many numbers are worth anything by themselves."""
    sure = sum(found.surely(name) for name in found.numbers)
    count = len(found.numbers)
    if sure == 0:
        return f"Of {count} uncertain numbers none is shown to be worth anything by itself."
    return f"Of {count} uncertain numbers {sure} {_are(sure)} worth something by {_itself(sure)}; the others are not."


def _plans(found: WorthKnowing) -> str:
    """Whether a group or a study is worth anything."""
    said = []
    for kind, names in (("group", found.groups), ("study", found.studies)):
        sure = sorted(filter(found.surely, names), key=lambda name: -found.worth(name).estimate)
        kinds = {"group": "groups of them", "study": "studies"}[kind]
        most = f"{len(sure)} {_are(len(sure))}, most of all `{sure[0]}`" if sure else "none is"
        said.append(f"of {len(names)} {kinds} {most}")
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _itself(count: int) -> str:
    return "itself" if count == 1 else "themselves"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def shown(value: float) -> str:
    """Two figures."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"


def regret_line(found: WorthKnowing) -> str:
    """What knowing is worth to somebody who fears regret, since draws are no probability."""
    above = sum(value > found.by_chance for value in found.lowered.values())
    count, idle = len(found.lowered), round(0.05 * len(found.lowered))
    text = f"To somebody who fears regret: the largest can be held to {shown(found.regret)} without knowing anything"
    if max(found.lowered.values()) <= 0:
        return f"{text}, and knowing in which third a number lies lowers it for none of {count}."
    return (
        f"{text}. Knowing in which third a number lies (`regret` in the table) lowers it by more than "
        f"{shown(found.by_chance)} for {above} of {count}; of numbers that have nothing to do with it, "
        f"about {idle} would seem to."
    )


def closing(found: WorthKnowing) -> str:
    """What isn't known."""
    return (
        f"From {found.study.draws} draws, {REPLICATES} replicates each, of the {len(found.study.names)} alternatives "
        "that seem the best in any draw. Worth is what a rule spares that decides by what is known, judged by runs "
        "that it was not made from: it errs to the low side, most with few draws and groups of many numbers. Intervals "
        "are 95 % each; `sure` is what stands out among all that were looked at. What this doesn't know: whether the "
        "draws hold the truth (they are no probability), what else a study would teach, and what it costs."
    )


def summary(found: WorthKnowing) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "decision": found.study.decision.name,
        "judged_by": unit_of(found.study.decision),
        "draws": found.study.draws,
        "replicates": REPLICATES,
        "alternatives": dict(zip(found.study.names, found.best, strict=True)),
        "chosen": found.study.names[found.chosen],
        "headline": headline(found),
        "regret": found.regret,
        "regret_by_chance": found.by_chance,
        "worth": table(found),
        "regret_note": regret_line(found),
        "closing": closing(found),
    }


def shown_lines(found: WorthKnowing) -> Iterator[dict[str, Any]]:
    """Lines of the table for reading, none where none of it is sure; else that, and the best of the rest.

    They come from studies to groups to numbers, since a study is what can be ordered.
    """
    lines = table(found)
    if not any(line["surely"] for line in lines if line["kind"] != "everything"):
        return
    for kind in ("everything", "study", "group", "number"):
        mine = [line for line in lines if line["kind"] == kind and line["worth"] > 0]
        sure = sum(line["surely"] for line in mine)
        yield from mine[: min(SHOWN, max(sure, LEAST))]
