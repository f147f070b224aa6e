"""Exposure: how many people each target holds, and how much that makes of it for a group, seen from a hideout.

A line counts by the passengers it moves in a week, a site by its staff, outings by the staff in reach of a town,
private nationals by those who live there. Of two targets of a class the one that exposes more is chosen more often, and
a class that exposes more people in all draws more plots. How strongly is assumed (`threat.nest`): nobody has estimated
it for attackers. A target far from the hideout is chosen less often. Plots are planned for months, so a fortnight's
standstill of a site changes nothing here.
"""

import math

from sim.agents.convoys import mean_passengers, trips_a_week
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT, CONVOY, OUTING, SITE

# At which the values of the classes are stated, the corridor's: passengers a week, staff, staff who go out, nationals.
REFERENCE_TRIPS, REFERENCE_STAFF, REFERENCE_PRIVATE = 992.0, 3060.0, 6000.0


@kernel
def set_appeal(world, params):
    """Fill `exposed` and `appeal`: at the start, and at t = 0, since a policy moves people too."""
    for t in range(len(world.targets)):
        world.exposed[t] = people(world, params, t)
    for v in range(len(world.vantages)):
        for c in range(CLASS_COUNT):
            _set_class(world, params, v, c)


@kernel
def people(world, params, t):
    """People exposed at a target; where exposure doesn't count, lines and sites are alike."""
    target = world.targets[t]
    if target.target_class == OUTING:
        staff = world.towns[target.place].foreign_staff
        return staff * (1.0 - params.movement_curfew) if params.threat_exposure_counts != 0 else staff
    if target.target_class > OUTING:
        share = world.towns[target.place].private_share
        return share * params.exposure_private_nationals if params.threat_exposure_counts != 0 else share
    if params.threat_exposure_counts == 0:
        return 1.0
    if target.target_class == SITE:
        return float(world.sites[target.place].foreign_staff)
    return trips_a_week(world, params, target.place) * mean_passengers(world, params, target.place)


@kernel
def reference(target_class):
    """People exposed in a class at the reference."""
    if target_class == CONVOY:
        return REFERENCE_TRIPS
    return REFERENCE_STAFF if target_class <= OUTING else REFERENCE_PRIVATE


@kernel
def _set_class(world, params, v, c):
    """Appeal = share of the class by region and people x size of the class x decay with distance."""
    total, exposed = 0.0, 0.0
    for t in range(len(world.targets)):
        if world.targets[t].target_class == c:
            total += _weight(world, v, t)
            exposed += world.exposed[t]
    for t in range(len(world.targets)):
        if world.targets[t].target_class == c:
            share = _weight(world, v, t) / max(total, 1e-300)
            if params.threat_exposure_counts != 0:
                share *= exposed / reference(c)
            world.appeal[v, t] = share * decay(params, world.road_km[v, t])


@kernel
def _weight(world, v, t):
    """A target's people, as its region counts for the group."""
    return world.regions[world.vantages[v].group, world.targets[t].jurisdiction] * world.exposed[t]


@kernel
def decay(params, km):
    """exp((d0 - d) / D): what distance by road leaves of a target's appeal; nothing decays where D is 0."""
    if params.threat_distance_scale <= 0.0:
        return 1.0
    return math.exp((params.threat_distance_ref - km) / params.threat_distance_scale)
