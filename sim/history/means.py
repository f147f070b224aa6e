"""What a policy comes to on average, without place and time of day: money, protocol, forces, insiders, exposure.

Each is the closed form of a rule in `sim.agents` or `sim.institutions`, written anew and without its kernel. Numbers
that are no field of the schema come from the rule's own file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.agents.insiders import DRIVER, POST_SHARES
from sim.clock import DAYS_A_YEAR
from sim.institutions.budget import (
    MILLION,
    REFERENCE_CHECKPOINT,
    REFERENCE_ESCORT,
    REFERENCE_SITE,
    REFERENCE_TRAINING,
)
from sim.institutions.forces import NAVAL_TEAMS, SOLDIERS, TEAMS_OF_DOSE, TRIPS_A_DAY
from sim.institutions.intelligence import FROM_EFFORT
from sim.scenario.build import BILLION, YEARS_OF_READING
from sim.scenario.schema import Scenario

TODAY_ADHERENCE = 0.6  # above it supervision costs money; outings not tied to the protocol are as at it
LEAST_GAP = 0.01  # of adherence to 1: what supervision costs is bounded there
TODAY_POLICE = 2.0  # teams in a jurisdiction, at which presence is 1
# Passenger-trips a week, staff, staff, private nationals: at these a class pulls as its values say.
REFERENCE_EXPOSURE = np.array([992.0, 3060.0, 3060.0, 6000.0])


# Money.


@dataclass(frozen=True)
class Bought:
    """What the project's spending buys: chances of detection, readiness of teams, shares of what is asked for.

    Attributes
    ----------
    route_watch, checkpoint, site_layer : float
        d of a layer: chance that it stops a team if people are diligent.
    readiness : float
        Training x equipment of escort teams.
    audits, checks, extras : float
        Share of the policy's audits, background checks, and measures beside the split, that is paid for.
    """

    route_watch: float
    checkpoint: float
    site_layer: float
    readiness: float
    audits: float
    checks: float
    extras: float


def bought(scenario: Scenario) -> Bought:
    """d = d0 + (dmax - d0) (1 - exp(-s / s0)) of each layer; audits come before readiness."""
    layers, split, s0 = scenario.layers, scenario.policy.budget.split, scenario.policy.budget.s0
    watch = 1.0 - scenario.policy.budget.team_share
    training, audits = line(scenario, split.training), audits_asked(scenario)
    ready = max(0.0, training - audits) / (s0 * REFERENCE_TRAINING)
    return Bought(
        _layer(layers.route_watch, line(scenario, split.escort * watch), s0 * REFERENCE_ESCORT * watch),
        _layer(layers.checkpoint, line(scenario, split.checkpoint), s0 * REFERENCE_CHECKPOINT),
        _layer(layers.site, line(scenario, split.site), s0 * REFERENCE_SITE),
        1.0 - (1.0 - layers.readiness0) * math.exp(-ready),
        _paid(training, audits),
        _paid(line(scenario, split.screening), checks_asked(scenario)) if screens(scenario) else 0.0,
        _paid(spendable(scenario), extras(scenario)),
    )


def _layer(layer: Any, spent: float, scale: float) -> float:
    return layer.d0 + (layer.dmax - layer.d0) * (1.0 - math.exp(-spent / max(1e-9, scale)))


def _paid(money: float, asked: float) -> float:
    return 1.0 if asked <= money else money / asked


def spendable(scenario: Scenario) -> float:
    """Million USD a site-year: share x mean cost of a project / years of the reading x execution rate."""
    budget = scenario.policy.budget
    cost = np.mean([site.cost_bn_usd for site in scenario.world_file.sites]) * BILLION / MILLION
    return float(budget.share / 100.0 * cost / YEARS_OF_READING[budget.reading] * budget.execution_rate)


def line(scenario: Scenario, share: float) -> float:
    """Million USD a site-year of a line of the split; what is asked for beside it comes first."""
    return max(0.0, spendable(scenario) - extras(scenario)) * share


def extras(scenario: Scenario) -> float:
    """Million USD a site-year of what the policy asks the project for beside the split."""
    policy, cost = scenario.policy, scenario.cost
    asked = policy.site.perimeter * cost.perimeter_site_year + policy.site.extra_guards * cost.guard_year
    asked += policy.site.exclusion * cost.exclusion_km_year + policy.watchtowers.per_site * cost.watchtower_year
    if policy.adherence.paid_from == "budget":
        asked += supervision(scenario)
    return (asked + _shared_extras(scenario) / len(scenario.world_file.sites)) / MILLION


def _shared_extras(scenario: Scenario) -> float:
    """USD a year of cameras and development, where projects pay for them."""
    policy, cost = scenario.policy, scenario.cost
    cameras = policy.cameras.count * cost.camera_year * (0.5 + 0.5 * policy.cameras.monitored)
    development = policy.community.development * cost.development_year
    return cameras * (policy.cameras.ledger == "project") + development * (policy.community.ledger == "project")


def supervision(scenario: Scenario) -> float:
    """USD a site-year that adherence above today's costs: c ln(.4 / (1 - level))."""
    gap = max(LEAST_GAP, 1.0 - scenario.policy.adherence.level)
    return scenario.cost.supervision * max(0.0, math.log((1.0 - TODAY_ADHERENCE) / gap))


def audits_asked(scenario: Scenario) -> float:
    """Million USD a site-year of audits and courses."""
    adherence, cost = scenario.policy.adherence, scenario.cost
    asked = _a_year(adherence.audit_interval) * cost.audit + _a_year(adherence.training_interval) * cost.training_course
    return asked * len(scenario.world_file.jurisdictions) / len(scenario.world_file.sites) / MILLION


def checks_asked(scenario: Scenario) -> float:
    """Million USD a site-year of checks of applicants and re-checks of staff."""
    screening, cost = scenario.policy.screening, scenario.cost
    checks = scenario.insider.turnover / max(0.5, screening.specificity)
    checks += cost.recheck_share * _a_year(screening.recheck_interval)
    return local_staff(scenario) * cost.background_check * checks / len(scenario.world_file.sites) / MILLION


def screens(scenario: Scenario) -> bool:
    """Whether the policy checks anybody."""
    return scenario.policy.screening.sensitivity > 0.0


def _a_year(interval: float) -> float:
    return DAYS_A_YEAR / interval if interval > 0.0 else 0.0


# The protocol.


def followed(adherence: float, offset: float) -> float:
    """Chance that an item is followed: adherence, shifted by the item's offset on the logit scale."""
    if offset == 0.0 or not 0.0 < adherence < 1.0:
        return adherence
    return 1.0 / (1.0 + math.exp(-offset) * (1.0 - adherence) / adherence)


def level(scenario: Scenario) -> float:
    """Adherence at rest, mean over jurisdictions."""
    keeping, names = scenario.policy.adherence, [place.name for place in scenario.world_file.jurisdictions]
    return float(np.mean([followed(keeping.level, keeping.by_jurisdiction.get(name, 0.0)) for name in names]))


def steady_adherence(scenario: Scenario, audits: float, incidents: float) -> float:
    """Mean adherence where a' = -kappa (a - rest) + push (1 - a), and an audit closes J of the gap every interval I.

    Between audits a decays at k = kappa + push to b = (kappa rest + push) / k. Just before an audit it stands
    g = r J (1 - b) / (1 - r (1 - J)) above b, with r = exp(-k I); after it g / r; the mean is b + (g / r - g) / (k I).
    """
    keeping = scenario.policy.adherence
    if keeping.hold:
        return level(scenario)
    kappa, push = math.log(2.0) / keeping.half_life, _push(scenario, audits, incidents)
    k = kappa + push
    b = (kappa * _rest(scenario, incidents) + push) / k
    interval = keeping.audit_interval / audits if audits > 0.0 else 0.0
    if interval <= 0.0:
        return b
    jump, r = audit_jump(scenario, interval), math.exp(-k * interval)
    above = r * jump * (1.0 - b) / (1.0 - r * (1.0 - jump))
    return b + above * (1.0 / r - 1.0) / (k * interval)


def audit_jump(scenario: Scenario, interval: float) -> float:
    """Share of the gap that an audit closes so many days after the last: J (1 - exp(-gap / tau)); J where tau is 0."""
    keeping = scenario.policy.adherence
    if keeping.audit_memory <= 0.0:
        return keeping.audit_jump
    return keeping.audit_jump * (1.0 - math.exp(-interval / keeping.audit_memory))


def _push(scenario: Scenario, audits: float, incidents: float) -> float:
    """Share of the gap closed a day by incidents anywhere, courses, reviews and visits."""
    keeping, talks = scenario.policy.adherence, scenario.policy.consultation
    own = 1.0 / len(scenario.world_file.jurisdictions)
    a_year = incidents * keeping.event_jump * (own + (1.0 - own) * keeping.event_spill)
    a_year += _a_year(keeping.training_interval) * keeping.training_jump * audits
    a_year += _a_year(talks.review_interval) * talks.review_jump + _a_year(talks.visit_interval) * talks.visit_jump
    return a_year / DAYS_A_YEAR


def _rest(scenario: Scenario, incidents: float) -> float:
    """The level, less what quiet times wear away: complacency / (1 + rate x time), incidents coming at random."""
    keeping = scenario.policy.adherence
    rate = incidents / DAYS_A_YEAR / len(scenario.world_file.jurisdictions)
    return max(0.0, level(scenario) - keeping.complacency / (1.0 + rate * keeping.complacency_time))


# Forces.


def presence(scenario: Scenario) -> float:
    """p = 1 + army (A - 1) + police (P - 1): A and P saturate in soldiers and teams, today = 1."""
    state, share = scenario.state, scenario.layers.presence
    army = _saturating(state.army_division.size / SOLDIERS)
    police = _saturating(state.special_police.teams / TODAY_POLICE)
    return max(0.0, 1.0 + share.army * (army - 1.0) + share.police * (police - 1.0))


def _saturating(dose: float) -> float:
    return (1.0 - math.exp(-dose)) / (1.0 - math.exp(-1.0))


def needing_presence(scenario: Scenario) -> float:
    """Factor 1 + s (p - 1) on what the state does against cells and teams that wait."""
    return 1.0 + scenario.layers.presence.needed * (presence(scenario) - 1.0)


def noticed(scenario: Scenario) -> float:
    """Hazard of a waiting team, 1/day: that of today x army x naval force x patrolling police x presence."""
    state, patrols = scenario.state, scenario.layers.patrols
    coast = float(np.mean([place.coast for place in scenario.world_file.jurisdictions]))
    army = 1.0 - patrols.army * (1.0 - _saturating(state.army_division.size / SOLDIERS))
    naval = 1.0 - coast * patrols.naval * (1.0 - state.naval.teams / NAVAL_TEAMS)
    police = 1.0 + patrols.team * int(state.special_police.teams * state.special_police.patrol_share)
    return scenario.layers.waiting.hazard * army * naval * police * needing_presence(scenario)


def interdiction(scenario: Scenario) -> float:
    """delta = (delta0 x effort + tips (1 - G) trust) x records x presence, 1/day, at the reference grievance G."""
    threat, community, policy = scenario.threat, scenario.community, scenario.policy
    effort = 1.0 + FROM_EFFORT * (scenario.state.intelligence.effort - 1.0)
    foreign = min(2.0, (policy.partner.teams + 0.5 * policy.partner.joint_patrols) / TEAMS_OF_DOSE)
    trust = community.trust * (1.0 - min(1.0, community.friction * foreign))
    recorded = 1.0 + scenario.layers.records.interdiction * policy.records.residents
    tips = threat.tip_coef * (1.0 - community.Gref) * trust
    return (threat.delta0 * effort + tips) * recorded * needing_presence(scenario)


def escorted(scenario: Scenario, adherence: float) -> float:
    """Share of movements with an escort: the item followed, or a team of the partner's that goes along in any case."""
    movements = 2.0 * timetable(scenario).sum() / 7.0
    pledged = min(1.0, TRIPS_A_DAY * scenario.policy.partner.teams / movements)
    return 1.0 - (1.0 - followed(adherence, scenario.policy.adherence.items.escort)) * (1.0 - pledged)


def strength(scenario: Scenario, readiness: float) -> float:
    """Strength of an escort of the special police, mean over jurisdictions."""
    return float(np.mean([min(1.0, readiness * place.police_strength) for place in scenario.world_file.jurisdictions]))


# Insiders.


def local_staff(scenario: Scenario) -> float:
    """Local workers of all sites."""
    staff = sum(site.locals(scenario.exposure.local_per_foreign) for site in scenario.world_file.sites)
    return staff * scenario.policy.community.local_hiring


def stay(scenario: Scenario, checks: float) -> float:
    """Mean years of a facilitator in post: tenures end at rate tau, a re-check each T finds him with chance c.

    (1 - exp(-tau T)) / tau / (1 - (1 - c) exp(-tau T)).
    """
    tau, interval = scenario.insider.turnover, scenario.policy.screening.recheck_interval / DAYS_A_YEAR
    if interval <= 0.0:
        return 1.0 / tau
    kept = math.exp(-tau * interval)
    return (1.0 - kept) / tau / (1.0 - (1.0 - _recheck(scenario, checks)) * kept)


def _recheck(scenario: Scenario, checks: float) -> float:
    """Chance that a re-check finds a facilitator: its share of the first check's, and what residents' records add."""
    policy, records = scenario.policy, scenario.layers.records
    chance = policy.screening.recheck_ratio * policy.screening.sensitivity * checks
    return chance + (1.0 - chance) * records.found * policy.records.residents * checks


def facilitators(scenario: Scenario, checks: float) -> float:
    """Facilitators in post in the long run: hires a year x prevalence among those accepted x P(missed) x mean stay.

    A first check misses all who turn only later, and 1 - Se of the others.
    """
    screening, insider = scenario.policy.screening, scenario.insider
    found = screening.sensitivity * checks
    accepted = insider.prevalence * (1.0 - found)
    accepted += (1.0 - insider.prevalence) * (1.0 - (1.0 - screening.specificity) * checks)
    missed = insider.turned + (1.0 - insider.turned) * (1.0 - found)
    a_year = local_staff(scenario) * insider.turnover * insider.prevalence / accepted * missed
    return a_year * stay(scenario, checks)


def at_sites(scenario: Scenario, people: float) -> np.ndarray:
    """Facilitators at each site, who come with its staff."""
    staff = staff_of(scenario)
    return people * staff / staff.sum()


def one_or_more(chance: float, people: np.ndarray) -> np.ndarray:
    """P(at least one of a Poisson number of people does it): 1 - exp(-chance x mean)."""
    return 1.0 - np.exp(-chance * people)


IN_THE_KNOW = sum(POST_SHARES[DRIVER:])  # share of facilitators who know of a secret movement: all but site workers


# Exposure.


def staff_of(scenario: Scenario) -> np.ndarray:
    """Foreign nationals at each site."""
    return np.array([site.foreign_staff for site in scenario.world_file.sites], dtype=np.float64)


def passengers(scenario: Scenario) -> np.ndarray:
    """Foreign nationals on a movement of each site: its own or the usual mean x the policy's ratio, at most all."""
    exposure = scenario.exposure
    mean = (exposure.passengers_min + exposure.passengers_mode + exposure.passengers_max) / 3.0
    people = np.array([site.people_a_trip or mean for site in scenario.world_file.sites])
    return np.minimum(people * scenario.policy.movement.people, staff_of(scenario))


def timetable(scenario: Scenario) -> np.ndarray:
    """Round trips a week of each site."""
    usual = scenario.exposure.trips_per_week
    return np.array([site.trips_per_week or usual for site in scenario.world_file.sites])


def trips_a_week(scenario: Scenario) -> np.ndarray:
    """Movements of each site's lines that are made."""
    return timetable(scenario) * scenario.policy.movement.trips


def exposure(scenario: Scenario) -> np.ndarray:
    """E of each class: passenger-trips a week, staff, staff who go out, private nationals. Shape (4,)."""
    staff = staff_of(scenario).sum()
    moved = 2.0 * (trips_a_week(scenario) * passengers(scenario)).sum()
    out = staff * (1.0 - scenario.policy.movement.curfew)
    return np.array([moved, staff, out, scenario.exposure.private_nationals])


def size(scenario: Scenario) -> np.ndarray:
    """(E / E_ref) ^ theta of each class; 1 where exposure doesn't count. Shape (4,)."""
    if not scenario.threat.exposure_counts:
        return np.ones(len(REFERENCE_EXPOSURE))
    return (exposure(scenario) / REFERENCE_EXPOSURE) ** scenario.threat.nest


def line_weights(scenario: Scenario) -> np.ndarray:
    """Share of each site's lines among all lines: by passengers, or alike where exposure doesn't count."""
    return _shares(trips_a_week(scenario) * passengers(scenario), scenario.threat.exposure_counts)


def site_weights(scenario: Scenario) -> np.ndarray:
    """Share of each site among all sites: by staff, or alike where exposure doesn't count."""
    return _shares(staff_of(scenario), scenario.threat.exposure_counts)


def _shares(people: np.ndarray, counts: bool) -> np.ndarray:
    weights = people if counts else np.ones(len(people))
    return weights / weights.sum()
