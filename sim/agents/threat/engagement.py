"""What happens where an attack meets its target: defence layers, common cause, harm in three ledgers.

Foil layers come before (checkpoint, watch, closure) and decide whether there is an incident at all; defence layers
come after and decide breach and harm. Each layer stops with a_l d_l. Where no item of the trip decides a layer, the
layers of one engagement share one adherence draw with probability beta: the common cause.
"""

import math

from sim import rng
from sim.agents import detectors, escorts, insiders
from sim.agents.convoys import passengers
from sim.clock import MINUTES_A_TICK, NEVER
from sim.kernel import kernel
from sim.outcome import CONVOY, OUTING, SITE

# Indices of the gates of one engagement; all are drawn, also after a stop.
CLEARED_GATE, WATCH_GATE, ESCORT_GATE, PERIMETER_GATE, GATE_GATE, GUARDS_GATE = 0, 1, 2, 3, 4, 5
COIN, SHARED = 6, 7
# Indices of the draws of harm.
_FATAL, _SEVERITY, _SECURITY, _RESIDENTS = 0, 1, 2, 3

SITE_LAYERS = 3  # perimeter, gate, guards
_PERIMETER, _GUARDS = 0, 2
GUARDS_AT_SITE = 20  # today's, who bound the guards' deaths; assumed
RESIDENTS_NEAR = 40  # bounds the residents' deaths; assumed
SEVERITIES = 7


@kernel
def watch_chance(world, params, target_row, node, insider, tick):
    """Chance that a team at a node is seen before it acts: by patrols of the route or site, cameras, watchtowers.

    Outings and private nationals have no watch of their own but where their address is on record.
    """
    target = world.targets[target_row]
    seen = world.delivered[0].route_watch
    if target.target_class >= OUTING:
        seen = params.records_foreigners * params.layers_records_watch
    missed = 1.0 - world.protocol[target.jurisdiction].adherence * seen
    chance = 1.0 - missed * detectors.miss_at(world, params, node, tick)
    return chance * params.layers_insider_factor if insider == 1 else chance


@kernel
def missed_by_layers(adherence, if_kept, if_own, shared):
    """P(all layers miss) = beta [a K + 1 - a] + (1 - beta) O: K = prod (1 - d), O = prod (1 - a d)."""
    return shared * (adherence * if_kept + 1.0 - adherence) + (1.0 - shared) * if_own


@kernel
def layer_detection(world, params, layer):
    """d of a layer of a site: what the site line buys, and what stands there beyond it."""
    delivered = world.delivered[0]
    missed = 1.0 - delivered.site_layer
    if layer == _PERIMETER:
        missed *= 1.0 - delivered.perimeter * params.layers_defence_perimeter_d
        missed *= math.exp(-delivered.exclusion / params.layers_defence_exclusion_scale)
    elif layer == _GUARDS:
        missed *= math.exp(-delivered.extra_guards / params.layers_defence_guards_scale)
    return 1.0 - missed


@kernel
def site_missed(world, params, adherence, access):
    """P(all layers that an insider of this access leaves standing miss)."""
    if_kept = 1.0
    if_own = 1.0
    for layer in range(SITE_LAYERS - layers_left(access), SITE_LAYERS):
        detection = layer_detection(world, params, layer)
        if_kept *= 1.0 - detection
        if_own *= 1.0 - adherence * detection
    return missed_by_layers(adherence, if_kept, if_own, params.adherence_common_cause)


@kernel
def escort_chance(world, params, slot):
    """Chance that the escort of a convoy stops the attack; 0 without one."""
    team = world.convoys[world.targets[slot.target].place].team
    if team < 0:
        return 0.0
    chance = params.movement_escort_stop * world.forces[world.teams[team].force].strength
    return chance * params.layers_insider_factor if slot.insider == 1 else chance


@kernel
def layers_left(access):
    """Layers of a site that an insider of this access (-1: none) leaves standing."""
    return 1 if access >= 0 and insiders.OPENS_SITE[access] == 1 else SITE_LAYERS


@kernel
def breach_chance(world, params, slot_row):
    """Chance that no defence layer stops the attack, before the layers are drawn."""
    slot = world.slots[slot_row]
    target = world.targets[slot.target]
    if slot.target_class == CONVOY:
        return 1.0 - escort_chance(world, params, slot)
    if slot.target_class == SITE:
        return site_missed(world, params, world.protocol[target.jurisdiction].adherence, slot.access)
    return 1.0


@kernel
def draw_breach(world, params, seed, slot_row):
    """Draw the defence layers; returns whether the attack got past them all."""
    slot = world.slots[slot_row]
    target = world.targets[slot.target]
    if slot.target_class == CONVOY:
        u = rng.uniform(seed, rng.GATE, slot.id, slot.plot, ESCORT_GATE)
        return u >= escort_chance(world, params, slot)
    if slot.target_class == SITE:
        return _draw_site_layers(world, params, seed, slot, target)
    return True


@kernel
def _draw_site_layers(world, params, seed, slot, target):
    adherence = world.protocol[target.jurisdiction].adherence
    shared = rng.uniform(seed, rng.GATE, slot.id, slot.plot, COIN) < params.adherence_common_cause
    works = rng.uniform(seed, rng.GATE, slot.id, slot.plot, SHARED) < adherence
    for layer in range(SITE_LAYERS - layers_left(slot.access), SITE_LAYERS):
        detection = layer_detection(world, params, layer)
        u = rng.uniform(seed, rng.GATE, slot.id, slot.plot, PERIMETER_GATE + layer)
        if shared:
            if works and u < detection:
                return False
        elif u < adherence * detection:
            return False
    return True


@kernel
def staff_at(world, params, i):
    """Foreign nationals at a site: while its work stands still a share of them is away."""
    staff = world.sites[i].foreign_staff
    if world.stoppages[i].stopped_until > world.clock[0].day:
        return int(staff * (1.0 - params.confidence_away))
    return staff


@kernel
def present(world, params, seed, slot):
    """Foreign nationals who are there."""
    target = world.targets[slot.target]
    if slot.target_class == CONVOY:
        return passengers(world, params, target.place)
    if slot.target_class == SITE:
        return staff_at(world, params, target.place)
    if slot.target_class == OUTING:
        return params.exposure_outing_present
    return params.exposure_private_present


@kernel
def security_present(world, slot):
    """Security personnel who are there."""
    if slot.target_class == CONVOY:
        return escorts.TEAM_SIZE if world.convoys[world.targets[slot.target].place].team >= 0 else 0
    return GUARDS_AT_SITE + int(world.delivered[0].extra_guards) if slot.target_class == SITE else 0


@kernel
def harm_left_by_response(params, ticks):
    """Share of the harm that remains when the first responding team needs this long; 1 when none comes."""
    if ticks >= NEVER:
        return 1.0
    minutes = ticks * MINUTES_A_TICK
    return 1.0 - params.layers_response_effect * math.exp(-minutes / params.layers_response_time)


@kernel
def fatal_chance(world, params, slot, left):
    """P(at least one foreign death) of a breach; armour and a quick response lower it."""
    if slot.target_class == SITE:
        return params.harm_site_p_fatal * left
    if slot.target_class != CONVOY:
        return params.harm_outing_p_fatal * left
    armoured = world.convoys[world.targets[slot.target].place].armoured == 1
    return params.harm_convoy_p_fatal * left * (params.movement_armour_harm if armoured else 1.0)


@kernel
def draw_severity(params, u, most):
    """Deaths in a fatal incident, truncated by who is present: quantile function of the record or of the tail."""
    if most == 0:
        return 0
    if params.harm_tail_alpha > 1.0:
        deaths = -math.log(1.0 - u) / (params.harm_tail_alpha - 1.0)  # its logarithm: the tail has no bound
        return most if deaths >= math.log(float(most)) else int(math.exp(deaths))
    return min(params.harm_severity[int(u * SEVERITIES)], most)


@kernel
def severity_at_least(params, k, most):
    """P(deaths >= k | fatal, `most` present)."""
    if k > most:
        return 0.0
    if params.harm_tail_alpha > 1.0:
        return math.pow(float(k), 1.0 - params.harm_tail_alpha)
    count = 0
    for rank in range(SEVERITIES):
        count += int(params.harm_severity[rank] >= k)
    return count / SEVERITIES


@kernel
def mean_severity(params, most):
    """E[min(S, present)] = sum of P(S >= k) over k = 1 .. present."""
    if params.harm_tail_alpha > 1.0:
        total = 0.0
        for k in range(1, most + 1):
            total += severity_at_least(params, k, most)
        return total
    total = 0.0
    for rank in range(SEVERITIES):
        total += min(params.harm_severity[rank], most)
    return total / SEVERITIES


@kernel
def poisson(mean, u, most):
    """Quantile function of the Poisson law, truncated after the draw."""
    term = math.exp(-mean)
    below = term
    count = 0
    while u >= below and count < most:
        count += 1
        term *= mean / count
        below += term
    return count


@kernel
def harm(world, params, seed, slot_row, event_row, left):
    """Draw breach and deaths of an incident, and book it on all ledgers; returns whether it was a breach."""
    slot = world.slots[slot_row]
    event = world.events[event_row]
    most = int(present(world, params, seed, slot))
    breach = breach_chance(world, params, slot_row)
    fatal = fatal_chance(world, params, slot, left)
    _book_means(world, params, slot, breach * fatal, most)
    breached = draw_breach(world, params, seed, slot_row)
    deaths = 0
    if rng.uniform(seed, rng.HARM, slot.id, slot.plot, _FATAL) < fatal and breached:
        deaths = draw_severity(params, rng.uniform(seed, rng.HARM, slot.id, slot.plot, _SEVERITY), most)
    event.breached = int(breached)
    event.present = most
    event.deaths_foreign = deaths
    event.deaths_security = poisson(
        params.harm_security_mean * left,
        rng.uniform(seed, rng.HARM, slot.id, slot.plot, _SECURITY),
        security_present(world, slot),
    )
    event.deaths_residents = poisson(
        params.harm_resident_mean * left,
        rng.uniform(seed, rng.HARM, slot.id, slot.plot, _RESIDENTS),
        RESIDENTS_NEAR,
    )
    _book_draws(world, slot, event)
    return breached


@kernel
def _book_means(world, params, slot, chance, most):
    row = world.outcome[0]
    mean = chance * mean_severity(params, most)
    row.mean_deaths_foreign += mean
    if slot.target_class <= OUTING:
        row.mean_deaths_foreign_project += mean
    row.at_least_1 += chance * severity_at_least(params, 1, most)
    row.at_least_2 += chance * severity_at_least(params, 2, most)
    row.at_least_3 += chance * severity_at_least(params, 3, most)
    row.at_least_5 += chance * severity_at_least(params, 5, most)
    row.at_least_9 += chance * severity_at_least(params, 9, most)


@kernel
def _book_draws(world, slot, event):
    row = world.outcome[0]
    row.breached += event.breached
    row.fatal += int(event.deaths_foreign > 0)
    row.deaths_foreign += event.deaths_foreign
    row.deaths_security += event.deaths_security
    row.deaths_residents += event.deaths_residents
    if slot.target_class <= OUTING:
        row.fatal_project += int(event.deaths_foreign > 0)
        row.deaths_foreign_project += event.deaths_foreign
