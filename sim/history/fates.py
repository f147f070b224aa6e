"""What becomes of a mean plot of each class: interdicted, found at a post, noticed, seen, given up, or an incident.

Arrays have an entry a class, in the order of `sim.outcome.CLASSES`. Closed forms of the rules in `sim.agents.threat`
and `sim.agents.attackers`, written anew: what is still to come is independent, and every place is like the mean one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.agents.insiders import OPENS_SITE, POLICE, POST_SHARES, RECORD_KEEPER
from sim.agents.threat.engagement import SITE_LAYERS
from sim.history import means
from sim.history.lie import Lie
from sim.history.means import Bought
from sim.scenario.schema import Scenario

BETRAYS = sum(POST_SHARES[POLICE:])  # share of facilitators who know what the police know
OPENS = sum(share for share, opens in zip(POST_SHARES, OPENS_SITE, strict=True) if opens)


@dataclass(frozen=True)
class Case:
    """What a plot meets.

    Attributes
    ----------
    scenario : Scenario
        Policy, threat and world.
    lie : Lie
        The lie of its land.
    money : Bought
        What spending has bought by now.
    adherence : float
        Mean over places.
    insiders : float
        Facilitators in post, at all sites.
    """

    scenario: Scenario
    lie: Lie
    money: Bought
    adherence: float
    insiders: float

    def followed(self, item: str) -> float:
        """Chance that an item of the protocol is followed."""
        return means.followed(self.adherence, getattr(self.scenario.policy.adherence.items, item))

    @property
    def escorted(self) -> float:
        """Share of convoys with an escort."""
        return means.escorted(self.scenario, self.adherence)

    @property
    def escort(self) -> float:
        """Share of convoys with an escort, by its strength."""
        return self.escorted * means.strength(self.scenario, self.money.readiness)


@dataclass(frozen=True)
class Fate:
    """What becomes of plots, by class. All of shape (4,).

    Attributes
    ----------
    incident, gave_up : ndarray
        Chance that a plot ends so; all else is foiled.
    succeeds : ndarray
        Chance of an incident that no defence stops.
    busy : ndarray
        Mean days for which a plot and what follows keep its cell from another.
    """

    incident: np.ndarray
    gave_up: np.ndarray
    succeeds: np.ndarray
    busy: np.ndarray


def mixed(alone: Fate, helped: Fate, share: np.ndarray) -> Fate:
    """Plots of which a share is helped."""
    names = Fate.__dataclass_fields__
    return Fate(*((1.0 - share) * getattr(alone, name) + share * getattr(helped, name) for name in names))


def fate(case: Case, helped: bool) -> Fate:
    """Survive both phases, miss the posts, meet within the tries, miss the watch."""
    out, days = preparation(case, helped)
    out *= posts_missed(case)
    met, gave_up = tries(meeting(case, helped), noticed(case), patience(case))
    incident = out * met * contact(case, helped)
    gave_up = out * gave_up
    return Fate(incident, gave_up, incident * breach(case, helped), days + _rest(case.scenario, incident, gave_up))


def _rest(scenario: Scenario, incident: np.ndarray, gave_up: np.ndarray) -> np.ndarray:
    """Mean days of lying low and of being lost: none after giving up, more often lost where forces are present."""
    threat = scenario.threat
    engaged = threat.removed_if_engaged * means.needing_presence(scenario)
    removed = (1.0 - incident - gave_up) * threat.removed_if_foiled + incident * engaged
    return removed * threat.recruit_interval + (1.0 - gave_up - removed) * threat.lie_low_mean


# Preparation.


def preparation(case: Case, helped: bool) -> tuple[float, float]:
    """P(no interdiction) and mean days until it or the end, over hazards: 1 / (1 + delta W) / (1 + delta P)."""
    threat, insider = case.scenario.threat, case.scenario.insider
    watch = threat.watch_mean * (insider.watch_left if helped else 1.0)
    through, days = 0.0, 0.0
    for share, hazard in _hazards(case, helped):
        watched = 1.0 / (1.0 + hazard * watch)
        prepared = watched / (1.0 + hazard * threat.prepare_mean)
        through += share * prepared
        days += share * (watched * watch + prepared * threat.prepare_mean)
    return through, days


def _hazards(case: Case, helped: bool) -> list[tuple[float, float]]:
    """Hazards of interdiction with their shares: trails get lost at borders, and some who help betray what is known."""
    state = case.scenario.state
    hazard, abroad = means.interdiction(case.scenario), case.lie.abroad
    kept = 1.0 - state.coordination_gap * (1.0 - state.coordination.cell)
    told, left = (BETRAYS, 1.0 - case.scenario.insider.betrayal) if helped else (0.0, 1.0)
    places = ((1.0 - abroad, hazard), (abroad, hazard * kept))
    return [(share * p, h * x) for share, h in places for p, x in ((1.0 - told, 1.0), (told, left))]


# The approach.


def posts_missed(case: Case) -> float:
    """P(no checkpoint finds the team): (1 - staffed x a x diligence x d) ^ posts."""
    layer, posts = case.scenario.layers.checkpoint, case.scenario.policy.checkpoints
    rested = max(0.0, 1.0 - case.scenario.policy.adherence.fatigue * posts.shift_hours / 2.0)
    staff = layer.army if posts.staffed_by == "army" else 1.0
    diligence = min(1.0, case.adherence * rested * layer.vigilance * staff)
    found = diligence * (1.0 - (1.0 - case.money.checkpoint) ** posts.thoroughness)
    return float((1.0 - posts.staffed_share * found) ** case.lie.posts)


# Tries.


def tries(chance: np.ndarray, noticed: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(met) = p (1 - c^n) / (1 - c) and P(out of patience) = c^n, with c = (1 - p)(1 - h)."""
    go_on = (1.0 - chance) * (1.0 - noticed)
    left = go_on**most
    return chance * np.divide(1.0 - left, 1.0 - go_on, out=np.zeros(4), where=go_on < 1.0), left


def patience(case: Case) -> np.ndarray:
    """Tries of each class: a site is attacked on arrival."""
    most = float(case.scenario.threat.wait_patience)
    return np.array([most, 1.0, most, most])


def noticed(case: Case) -> np.ndarray:
    """Chance of being noticed between two tries: a line's movements, or days."""
    between = float(means.line_weights(case.scenario) @ (7.0 / means.trips_a_week(case.scenario)))
    days = np.array([between, 1.0, 1.0, 1.0])
    return 1.0 - np.exp(-means.noticed(case.scenario) * days)


def meeting(case: Case, helped: bool) -> np.ndarray:
    """Chance that one try meets its target."""
    convoy = (1.0 if helped else convoy_met(case)) * (1.0 - case.scenario.policy.movement.sight * case.escort)
    leak = _leak_of_records(case)
    private = min(1.0, case.scenario.exposure.private_meeting * leak)
    return np.array([convoy, 1.0, min(1.0, outing_met(case) * leak), private])


def convoy_met(case: Case) -> float:
    """L + (1 - L) P(route passes the cell) P(time falls in the window); L: the movement is known."""
    movement, varied = case.scenario.policy.movement, case.followed("time")
    window = case.scenario.threat.wait_window
    habit = math.erf(window / 2.0 / movement.habit_sd / math.sqrt(2.0))
    spread = min(1.0, window / 60.0 / movement.varied_window) if movement.varied_window > 0.0 else 1.0
    in_time = (1.0 - varied) * habit + varied * spread
    here = 1.0 - case.followed("route") * (1.0 - case.lie.overlap)
    known = leaked(case)
    return known + (1.0 - known) * here * in_time


def leaked(case: Case) -> float:
    """P(known): open 1 - (1 - o)(1 - q)^K, secret 1 - (1 - q)^K', over lines; K' leaves site workers out."""
    scenario, secret = case.scenario, case.followed("need_to_know")
    people = means.at_sites(scenario, case.insiders)
    told = means.one_or_more(scenario.insider.passes, people)
    if_open = 1.0 - (1.0 - scenario.policy.movement.leak_if_not_secret) * (1.0 - told)
    if_secret = means.one_or_more(scenario.insider.passes, means.IN_THE_KNOW * people)
    return float(means.line_weights(scenario) @ ((1.0 - secret) * if_open + secret * if_secret))


def outing_met(case: Case) -> float:
    """m [tie (1 - a) + (1 - tie) .4] (1 - curfew)."""
    exposure, curfew = case.scenario.exposure, case.scenario.policy.movement.curfew
    out = exposure.outing_tie * (1.0 - case.adherence) + (1.0 - exposure.outing_tie) * (1.0 - means.TODAY_ADHERENCE)
    return exposure.outing_meeting * out * (1.0 - curfew)


def _leak_of_records(case: Case) -> float:
    """1 + people on record x leak x facilitators among record keepers who serve."""
    records = case.scenario.layers.records.leak * case.scenario.policy.records.foreigners
    return 1.0 + records * case.scenario.insider.activation * case.insiders * POST_SHARES[RECORD_KEEPER]


# At the target.


def contact(case: Case, helped: bool) -> np.ndarray:
    """P(the team that has met its target is neither cleared off a closed road nor seen by the watch)."""
    registered = case.scenario.policy.records.foreigners * case.scenario.layers.records.watch
    watch = np.array([case.money.route_watch, case.money.route_watch, registered, registered])
    seen = 1.0 - (1.0 - case.adherence * watch) * _detectors_miss(case)
    seen = seen * case.scenario.layers.insider_factor if helped else seen
    return (1.0 - seen) * np.array([1.0 - cleared(case), 1.0, 1.0, 1.0])


def _detectors_miss(case: Case) -> np.ndarray:
    """P(no camera and no tower at the target sees the team); near a site the towers see those who wait for convoys."""
    layers, policy, ends = case.scenario.layers, case.scenario.policy, case.scenario.threat.wait_at_ends
    file = case.scenario.world_file
    here = policy.cameras.count / (len(file.hubs) + len(file.towns) + len(file.sites))
    here *= case.money.extras if policy.cameras.ledger == "project" else 1.0
    camera = 1.0 - layers.camera.dmax * (1.0 - math.exp(-here / layers.camera.scale)) * policy.cameras.monitored
    tower = (1.0 - layers.watchtower.d) ** (policy.watchtowers.per_site * case.money.extras)
    return np.array([1.0 - ends * (1.0 - tower), camera * tower, camera, camera])


def cleared(case: Case) -> float:
    """Closed share x item followed x share of teams near the site x chance of clearing one.

    Spread evenly, the share of movements c; given to those that are waited for, 1 - exp(-3 c).
    """
    scenario, closures = case.scenario, case.scenario.policy.closures
    week = np.array([closures.per_week if x.closures else closures.elsewhere for x in scenario.world_file.sites])
    share = np.minimum(1.0, week / (2.0 * means.trips_a_week(scenario)))
    if closures.ranked:
        share = 1.0 - np.exp(-3.0 * share)
    closed = float(means.line_weights(scenario) @ share) * case.followed("closure")
    return closed * scenario.threat.wait_at_ends * closures.clear


def breach(case: Case, helped: bool) -> np.ndarray:
    """P(no defence stops the attack): the escort of a convoy, the layers of a site; nothing elsewhere."""
    factor = case.scenario.layers.insider_factor if helped else 1.0
    convoy = 1.0 - case.escort * case.scenario.policy.movement.escort_stop * factor
    opened = OPENS if helped else 0.0
    site = opened * site_missed(case, first=SITE_LAYERS - 1) + (1.0 - opened) * site_missed(case, first=0)
    return np.array([convoy, site, 1.0, 1.0])


def site_missed(case: Case, first: int) -> float:
    """P(all layers from the first one on miss) = beta [a K + 1 - a] + (1 - beta) O; K, O: products over layers."""
    a, beta = case.adherence, case.scenario.policy.adherence.common_cause
    d = site_layers(case)[first:]
    return float(beta * (a * np.prod(1.0 - d) + 1.0 - a) + (1.0 - beta) * np.prod(1.0 - a * d))


def site_layers(case: Case) -> np.ndarray:
    """d of perimeter, gate and guards: what the site line buys, and what stands there beyond it."""
    site, defence = case.scenario.policy.site, case.scenario.layers.defence
    paid, bare = case.money.extras, 1.0 - case.money.site_layer
    fence = (1.0 - paid * site.perimeter * defence.perimeter_d) * math.exp(
        -paid * site.exclusion / defence.exclusion_scale
    )
    guards = math.exp(-paid * site.extra_guards / defence.guards_scale)
    return 1.0 - bare * np.array([fence, 1.0, guards])
