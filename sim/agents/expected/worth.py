"""Worth of a plot's state: the chance that it becomes an incident, as the control variate's h.

Any h >= 0 leaves the mean of `expected` exact; a good one removes noise. These are closed forms that treat what is
still to come as independent: constant hazards, one mean number of checkpoints, planned movements that leave.
"""

import math

from sim.agents import convoys, detectors, insiders
from sim.agents.convoys import ARMOUR, ESCORT, NEED_TO_KNOW, ROUTE, TIME
from sim.agents.escorts import KINDS, SPECIAL_POLICE, nearest_base
from sim.agents.threat import meeting, slots
from sim.agents.threat.engagement import harm_left_by_response, mean_severity, site_missed, watch_chance
from sim.clock import TICKS_AN_HOUR
from sim.kernel import kernel
from sim.outcome import CONVOY, OUTING, SITE
from sim.world.sites import index_on_route, next_post

NOON = 12 * TICKS_AN_HOUR


@kernel
def contact(world, params, target_row, node, insider):
    """Worth of a team that meets its target at a node: the watch has still to miss it."""
    return 1.0 - watch_chance(world, params, target_row, node, insider, NOON)


@kernel
def wait(chance, noticed, days):
    """P(success) within `days` tries: p (1 - c^n) / (1 - c), c = (1 - p)(1 - h)."""
    go_on = (1.0 - chance) * (1.0 - noticed)
    if go_on >= 1.0:
        return 0.0
    return chance * (1.0 - math.pow(go_on, float(days))) / (1.0 - go_on)


@kernel
def noticed_between_tries(world, params, target_row, node):
    """Chance that a team which waits at a node is noticed before its next try."""
    target = world.targets[target_row]
    days = 7.0 / convoys.trips_a_week(world, params, target.place) if target.target_class == CONVOY else 1.0
    return 1.0 - math.exp(-world.intelligence[world.nodes[node].jurisdiction].noticed * days)


@kernel
def waiting(world, params, target_row, node, chance, insider, tries):
    """Worth of a team in the field with so many tries left, each with a chance of meeting."""
    noticed = noticed_between_tries(world, params, target_row, node)
    return wait(chance, noticed, tries) * contact(world, params, target_row, node, insider)


@kernel
def normal_below(z):
    """Standard normal distribution function."""
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))


@kernel
def _in_window_habit(params, low, high):
    """P(low <= shift <= high) of an unvaried departure, in whole ticks."""
    sd = params.movement_habit_sd * TICKS_AN_HOUR / 60.0
    return normal_below((high + 0.5) / sd) - normal_below((low - 0.5) / sd)


@kernel
def _in_window_varied(params, low, high):
    """P(low <= shift <= high) of a varied departure, in whole ticks."""
    half = 0.5 * params.movement_varied_window * TICKS_AN_HOUR
    if half <= 0.0:
        return 1.0 if low <= 0 <= high else 0.0
    overlap = min(high + 0.5, half) - max(low - 0.5, -half)
    return max(0.0, overlap) / (2.0 * half)


@kernel
def planned_meeting(world, params, line_row, node, insider):
    """Chance that a movement is *planned* through a waiting team's cell and window, before its items are drawn."""
    if insider == 1:
        return 1.0
    line = world.lines[line_row]
    place = index_on_route(world, line.first_route, node)
    if place < 0:
        return 0.0
    habit = meeting.planned_pass(world, params, line.first_route, 0, place)
    varied_time = convoys.chance_followed(world, line_row, TIME)
    varied_route = convoys.chance_followed(world, line_row, ROUTE)
    half = params.threat_wait_window * TICKS_AN_HOUR / 120.0
    earliest = -convoys.habitual_departure(params, line_row, world)
    met = 0.0
    for rank in range(line.routes):
        here = index_on_route(world, line.first_route + rank, node)
        if here < 0:
            continue
        taken = varied_route / line.routes + (1.0 - varied_route if rank == 0 else 0.0)
        later = meeting.planned_pass(world, params, line.first_route + rank, 0, here) - habit
        low = math.ceil(-half) - later
        high = math.floor(half) - later
        if low <= earliest <= high:
            low = -1e9  # nobody leaves before midnight: all earlier departures are at midnight
        elif high < earliest:
            continue
        inside = varied_time * _in_window_varied(params, low, high)
        inside += (1.0 - varied_time) * _in_window_habit(params, low, high)
        met += taken * inside
    leak = _chance_known(world, params, line_row)
    return leak + (1.0 - leak) * met


@kernel
def _chance_known(world, params, line_row):
    """Chance that a movement is known to those who wait for it, before its items are drawn."""
    site = world.lines[line_row].site
    secret = convoys.chance_followed(world, line_row, NEED_TO_KNOW)
    passed_on = insiders.passed_on(world, params, site, False)
    known = convoys.chance_known(params.movement_leak_if_not_secret, passed_on) * (1.0 - secret)
    return known + secret * insiders.passed_on(world, params, site, True)


@kernel
def try_chance(world, params, target_row, node, insider):
    """Chance that one try of a team in the field meets its target."""
    target = world.targets[target_row]
    if target.target_class == CONVOY:
        return planned_meeting(world, params, target.place, node, insider)
    if target.target_class == SITE:
        return 1.0
    return meeting.daily_meeting(world, params, target_row)


@kernel
def checkpoints_left(world, params, source, node, place):
    """P(no checkpoint finds the team) on what is left of its approach to `node`, from `place` cells out."""
    missed = 1.0
    here = world.reach[source, node].post
    while here >= 0 and world.reach[source, here].distance > place:
        missed *= 1.0 - detectors.chance_of_finding(world, params, world.nodes[here].checkpoint, NOON)
        here = next_post(world, source, here)
    return missed


@kernel
def way_left(world, params, home, node):
    """P(no checkpoint finds a team) on its whole way from a hideout, over whether it knows where they stand."""
    straight = checkpoints_left(world, params, home, node, 0)
    known = params.threat_posts_known
    if known <= 0.0:
        return straight
    around = checkpoints_left(world, params, home + world.ways[params.checkpoints_placement], node, 0)
    return (1.0 - known) * straight + known * around


@kernel
def typical_node(world, target_row):
    """Where a team would wait: the middle of a line's habitual route, else the target's own node."""
    target = world.targets[target_row]
    if target.target_class != CONVOY:
        return target.node
    route = world.routes[world.lines[target.place].first_route]
    return world.path[route.first + route.length // 2]


@kernel
def on_station(world, params, target_row, node, insider):
    """Worth of a team that takes up its station at a node."""
    c = world.targets[target_row].target_class
    chance = try_chance(world, params, target_row, node, insider)
    return waiting(world, params, target_row, node, chance, insider, meeting.tries_at(params, c))


@kernel
def field(world, params, source, target_row, node, insider):
    """Worth of a plot when its team sets out from a hideout to wait at a node."""
    return on_station(world, params, target_row, node, insider) * checkpoints_left(world, params, source, node, 0)


@kernel
def survival(world, params, home, jurisdiction):
    """P(no interdiction) over both phases of preparation of a plot that no insider serves."""
    return survival_with(params, slots.interdiction(world, params, home, jurisdiction), params.threat_watch_mean)


@kernel
def survival_with(params, hazard, watch):
    """The same at a hazard and a mean time of watching: the product of mu / (mu + delta)."""
    through_watch = 1.0 / (1.0 + hazard * watch)
    return through_watch / (1.0 + hazard * params.threat_prepare_mean)


@kernel
def mean_toll(params):
    """E[min(S, on board)] of a movement, over its passengers: triangular, rounded."""
    low = params.exposure_passengers_min
    high = params.exposure_passengers_max
    total = 0.0
    before = 0.0
    for people in range(int(low), int(high) + 1):
        below = _passengers_below(params, people + 0.5)
        total += (below - before) * mean_severity(params, people)
        before = below
    return total


@kernel
def _passengers_below(params, x):
    """Distribution function of the triangular law before it is rounded."""
    low = params.exposure_passengers_min
    mode = params.exposure_passengers_mode
    high = params.exposure_passengers_max
    if x >= high:
        return 1.0
    if x < mode:
        return (x - low) * (x - low) / ((high - low) * (mode - low))
    return 1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))


@kernel
def _lethality_of_convoy(world, params, line_row, insider, escorted, armoured, toll):
    """Deaths of an incident at a convoy that has an escort and armour with these chances; every team near its base."""
    force = world.forces[world.lines[line_row].jurisdiction * KINDS + SPECIAL_POLICE]
    stopped = params.movement_escort_stop * force.strength * (params.layers_insider_factor if insider else 1.0)
    harm = 1.0 - armoured * (1.0 - params.movement_armour_harm)
    return params.harm_convoy_p_fatal * harm * (1.0 - escorted * stopped) * toll


@kernel
def lethality(world, params, target_row, node, access, toll):
    """Foreign deaths to be expected of an incident at a target; `access` of the insider who serves it, -1: none.

    `toll` is what `mean_toll` gives.
    """
    target = world.targets[target_row]
    left = harm_left_by_response(params, nearest_base(world, node))
    if target.target_class == CONVOY:
        escorted = convoys.chance_followed(world, target.place, ESCORT)
        armoured = convoys.chance_followed(world, target.place, ARMOUR)
        return left * _lethality_of_convoy(world, params, target.place, access >= 0, escorted, armoured, toll)
    if target.target_class == SITE:
        missed = site_missed(world, params, world.protocol[target.jurisdiction].adherence, access)
        staff = world.sites[target.place].foreign_staff
        return left * missed * params.harm_site_p_fatal * mean_severity(params, staff)
    people = params.exposure_outing_present if target.target_class == OUTING else params.exposure_private_present
    return left * params.harm_outing_p_fatal * mean_severity(params, int(people))


@kernel
def lethality_of_movement(world, params, target_row, node, access):
    """The same at a movement whose protocol items and passengers are known."""
    line_row = world.targets[target_row].place
    followed = world.convoys[line_row].followed
    left = harm_left_by_response(params, nearest_base(world, node))
    toll = mean_severity(params, convoys.passengers(world, params, line_row))
    escorted = float((followed >> ESCORT) & 1)
    armoured = float((followed >> ARMOUR) & 1)
    return left * _lethality_of_convoy(world, params, line_row, access >= 0, escorted, armoured, toll)


@kernel
def lethality_helped(world, params, target_row, node, toll, usual, official):
    """Mean lethality over the insiders of the target's site, any of whom may be the one who serves.

    Each counts by his weight: `official` for the police and record keepers, `usual` for others.
    """
    target = world.targets[target_row]
    if target.target_class != SITE:
        weight = insiders.mean_over(world, target.site, usual, official)
        return lethality(world, params, target_row, node, 0, toll) * weight
    total = 0.0
    for k in range(len(world.insiders)):
        insider = world.insiders[k]
        if insider.active == 1 and insider.site == target.site:
            weight = official if insiders.BETRAYS[insider.access] == 1 else usual
            total += lethality(world, params, target_row, node, insider.access, toll) * weight
    return total / world.staffed[target.site].people
