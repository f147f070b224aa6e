"""The mean field, a null model: incidents a year by a formula without grid, clock, queue or agents.

Every class of target has one mean target, every group one mean cell, adherence one mean over places; rates are
stepped by the quarter, since minds learn, adherence decays and insiders leave. What a world's roads do is given
(`sim.history.lie`): the formula does not know where anything stands. Left out: grievance stays at its reference, no
convoy waits for an escort or is cancelled, work is never stopped; no drones, offensives, near repeats or dates.

Where it agrees with the simulation, that answer needs no grid; where it does not, place, time or agents decide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from sim.agents.threat.targets import SEEN_CONVOY, SEEN_SITE
from sim.clock import DAYS_A_YEAR
from sim.history import means
from sim.history.fates import Case, Fate, fate, mixed
from sim.history.lie import Lie, lie_of
from sim.history.means import Bought
from sim.outcome import CLASSES
from sim.runs.totals import PROJECT
from sim.scenario.schema import Scenario
from sim.scenario.worldfile import Group

STEPS_A_YEAR = 4
LARGEST_EXPONENT = 700.0
_LEVELS, _WEIGHTS = hermegauss(5)  # of the threat level, a normal number
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class MeanField:
    """Expected incidents a year.

    Attributes
    ----------
    by_class : dict of str to float
        Convoy, site, outing, private.
    """

    by_class: dict[str, float]

    @property
    def all(self) -> float:
        """Of all classes."""
        return sum(self.by_class.values())

    @property
    def project(self) -> float:
        """Against projects: all but private nationals."""
        return sum(self.by_class[name] for name in PROJECT)

    def as_dict(self) -> dict[str, float]:
        """By class, project and all."""
        return {**self.by_class, "project": self.project, "all": self.all}


@dataclass(frozen=True)
class State:
    """What moves: success that groups expect, adherence, facilitators in post, incidents a year of late.

    Attributes
    ----------
    expected : ndarray, shape (groups, 4)
    adherence, insiders, incidents : float
    """

    expected: np.ndarray
    adherence: float
    insiders: float
    incidents: float


def mean_field(scenario: Scenario, lie: Lie | None = None) -> MeanField:
    """Expected incidents a year of a scenario, over its horizon.

    Parameters
    ----------
    scenario : Scenario
        Any policy, threat and world.
    lie : Lie, optional
        What is given of its roads; by default measured.

    Returns
    -------
    MeanField
    """
    lie = lie or lie_of(scenario)
    today = scenario.warmup
    _, state = _over(today, lie, _begin(today), today.run.warmup)
    if scenario.run.start == "steady":
        state = replace(state, insiders=means.facilitators(scenario, means.bought(scenario).checks))
    rates, _ = _over(scenario, lie, state, scenario.run.horizon)
    return MeanField(dict(zip(CLASSES, map(float, rates), strict=True)))


def _begin(scenario: Scenario) -> State:
    """As the warm-up begins."""
    x0 = [getattr(scenario.threat.x0, name) for name in CLASSES]
    expected = np.tile(x0, (len(scenario.world_file.groups), 1))
    people = means.facilitators(scenario, means.bought(scenario).checks)
    return State(expected, means.level(scenario), people, 0.0)


def _over(scenario: Scenario, lie: Lie, state: State, years: float) -> tuple[np.ndarray, State]:
    """Mean incidents a year by class, and the state at the end; new spending works after the lead time."""
    count, total = math.ceil(years * STEPS_A_YEAR), np.zeros(len(CLASSES))
    lead = scenario.policy.budget.lead_time / DAYS_A_YEAR
    for k in range(count):
        works = (k + 0.5) * years / count >= lead
        money = means.bought(scenario if works else scenario.warmup)
        rates, state = step(scenario, lie, money, state, years / count)
        total += rates / count
    return total, state


def step(scenario: Scenario, lie: Lie, money: Bought, state: State, years: float) -> tuple[np.ndarray, State]:
    """Incidents a year by class, and the state after so many years."""
    adherence, adherence_after = _adherence(scenario, money, state, years)
    insiders, insiders_after = _insiders(scenario, money, state, years)
    case = Case(scenario, lie, money, adherence, insiders)
    fates = fate(case, helped=False), fate(case, helped=True)
    groups = zip(scenario.world_file.groups, state.expected, strict=True)
    found = [_of_group(case, group, expected, fates, years) for group, expected in groups]
    rates = np.sum([incidents for incidents, _ in found], axis=0)
    expected_after = np.array([expected for _, expected in found])
    return rates, State(expected_after, adherence_after, insiders_after, float(rates.sum()))


def relaxed(value: float, goal: float, times: float) -> tuple[float, float]:
    """A first-order stock over so many of its own times: its mean, goal + gap (1 - exp(-t)) / t, and its end."""
    left = math.exp(-times)
    share = (1.0 - left) / times if times > 0.0 else 1.0
    return goal + (value - goal) * share, goal + (value - goal) * left


def _adherence(scenario: Scenario, money: Bought, state: State, years: float) -> tuple[float, float]:
    """Mean and end of a step; held adherence is at its level at once."""
    keeping = scenario.policy.adherence
    goal = means.steady_adherence(scenario, money.audits, state.incidents)
    times = math.log(2.0) * years * DAYS_A_YEAR / keeping.half_life
    return relaxed(state.adherence, goal, math.inf if keeping.hold else times)


def _insiders(scenario: Scenario, money: Bought, state: State, years: float) -> tuple[float, float]:
    """Mean and end of a step: the stock is renewed once in a mean stay."""
    goal = means.facilitators(scenario, money.checks)
    return relaxed(state.insiders, goal, years / means.stay(scenario, money.checks))


# A group's choice.


def nothing(scenario: Scenario) -> float:
    """Pull of doing nothing: what makes a share P0 of opportunities end with it at the reference."""
    threat = scenario.threat
    seen = np.array([SEEN_CONVOY, SEEN_SITE, 0.0, 0.0])
    parts = [[getattr(part, name) for name in CLASSES] for part in (threat.value, threat.x0, threat.cost)]
    value, success, cost = np.array(parts)
    weights = np.array([[getattr(group.weights, name) for name in CLASSES] for group in scenario.world_file.groups])
    classes = pull(scenario, value * weights * success * (1.0 - threat.visible_protection * seen) - cost)
    return float(classes.sum(axis=1).mean() * threat.declined / (1.0 - threat.declined))


def interval(scenario: Scenario) -> float:
    """Mean days until an idle cell meets an opportunity, at threat level 0."""
    return scenario.threat.plot_interval * (1.0 - scenario.threat.declined)


def pull(scenario: Scenario, utility: np.ndarray | float) -> Any:
    """exp(lambda u)."""
    return np.exp(np.minimum(LARGEST_EXPONENT, scenario.threat.rationality * np.asarray(utility)))


def utility(case: Case, group: Group, expected: np.ndarray, help_there: np.ndarray) -> np.ndarray:
    """u = value x weight x [x + (1 - x) iota P(help)] (1 - v protection) - cost - chi (p - 1), by class."""
    scenario, threat = case.scenario, case.scenario.threat
    value = np.array([getattr(threat.value, name) * getattr(group.weights, name) for name in CLASSES])
    cost = np.array([getattr(threat.cost, name) for name in CLASSES])
    cost = cost + threat.deterrence * (means.presence(scenario) - 1.0)
    success = expected + (1.0 - expected) * scenario.insider.draws * help_there
    return value * success * (1.0 - threat.visible_protection * protection(case)) - cost


def protection(case: Case) -> np.ndarray:
    """Protection that is seen: escorts and armour of convoys, layers of sites."""
    return np.array([0.5 * (case.escorted + case.followed("armour")), case.adherence * case.money.site_layer, 0.0, 0.0])


def help_at(case: Case) -> np.ndarray:
    """P(an insider serves a plot) at a mean line and a mean site; nowhere else."""
    serves = means.one_or_more(case.scenario.insider.activation, means.at_sites(case.scenario, case.insiders))
    lines, sites = means.line_weights(case.scenario) @ serves, means.site_weights(case.scenario) @ serves
    return np.array([lines, sites, 0.0, 0.0])


def chosen(case: Case, group: Group, expected: np.ndarray) -> np.ndarray:
    """P(class) of an opportunity: pull (E / E_ref)^theta over the sum of all, nothing among them."""
    pulls = means.size(case.scenario) * pull(case.scenario, utility(case, group, expected, help_at(case)))
    return pulls / (nothing(case.scenario) + pulls.sum())


def taken(case: Case, group: Group, expected: np.ndarray) -> np.ndarray:
    """P(class) of an insider's offer, where help is sure: his site, one of its two lines, or nothing."""
    sited = np.array([2.0, 1.0, 0.0, 0.0]) / 3.0
    pulls = sited * pull(case.scenario, utility(case, group, expected, np.ones(len(CLASSES))))
    return pulls / (nothing(case.scenario) + pulls.sum())


def offers(case: Case) -> float:
    """Offers that a cell meets a day while it is idle: nu a facilitator and year, over all cells alike."""
    cells = case.scenario.threat.cells_per_group * len(case.scenario.world_file.groups)
    return case.scenario.insider.offers * case.insiders / cells / DAYS_A_YEAR if cells else 0.0


# Its cells.


def _of_group(
    case: Case, group: Group, expected: np.ndarray, fates: tuple[Fate, Fate], years: float
) -> tuple[np.ndarray, np.ndarray]:
    """Incidents a year by class, and the success that the group expects after so many years."""
    alone, helped = fates
    usual = mixed(alone, helped, help_at(case))
    begun, by_offer = plots_a_year(case, chosen(case, group, expected), usual, taken(case, group, expected), helped)
    incidents = begun * usual.incident + by_offer * helped.incident
    told = begun * (1.0 - usual.gave_up) + by_offer * (1.0 - helped.gave_up)
    succeeded = begun * usual.succeeds + by_offer * helped.succeeds
    return incidents, learned(case.scenario, expected, succeeded, told, years)


def plots_a_year(
    case: Case, choice: np.ndarray, usual: Fate, taking: np.ndarray, helped: Fate
) -> tuple[np.ndarray, np.ndarray]:
    """Plots of a group's cells by class: begun by themselves, and by offers; means over threat levels z.

    An idle cell begins r = P(class) exp(sd z) / interval plots a day and takes o offers; it is idle for a share
    1 / (1 + sum of r B + sum of o B'), where B are the days for which a plot keeps it.
    """
    offered, plots = offers(case) * taking, np.zeros((2, len(CLASSES)))
    for level, weight in zip(_LEVELS, _WEIGHTS, strict=True):
        rates = np.array([choice * math.exp(case.scenario.threat.level_sd * level) / interval(case.scenario), offered])
        idle = 1.0 / (1.0 + rates[0] @ usual.busy + rates[1] @ helped.busy)
        plots += weight * idle * rates
    begun, by_offer = case.scenario.threat.cells_per_group * DAYS_A_YEAR * plots
    return begun, by_offer


def learned(
    scenario: Scenario, expected: np.ndarray, succeeded: np.ndarray, told: np.ndarray, years: float
) -> np.ndarray:
    """x' = eta (successes a year - x outcomes a year): each outcome moves x a share eta of the way to it."""
    if not scenario.threat.learning:
        return expected
    seen = np.divide(succeeded, told, out=expected.copy(), where=told > 0.0)
    return seen + (expected - seen) * np.exp(-scenario.threat.eta * told * years)
