"""An attempt: the foil layers at the target, then execution, which makes it an incident whatever its outcome."""

import math

from sim import outcome, rng
from sim.agents import convoys, escorts, insiders
from sim.agents.attackers import plots
from sim.agents.expected import gates as expected
from sim.agents.threat import slots, threat_level
from sim.agents.threat.engagement import CLEARED_GATE, WATCH_GATE, harm, harm_left_by_response, watch_chance
from sim.agents.threat.slots import FOUND, VEHICLE, lost_by_attack
from sim.clock import TICKS_A_DAY
from sim.kernel import kernel
from sim.outcome import CONVOY, OUTING, SITE
from sim.world.sites import index_on_route

NO_INCIDENT = -1  # in place of the event row of one


@kernel
def attempt(world, params, seed, tick, s):
    """Foil layers at the target, then execution; returns the event row of an incident, if there was one."""
    slot = world.slots[s]
    if slot.target_class == CONVOY and _cleared(world, params, seed, s):
        world.outcome[0].foiled_closure += 1
        plots.foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.CLEARED)
    elif _seen(world, params, seed, tick, s):
        world.outcome[0].foiled_watch += 1
        plots.foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.WATCHED)
    else:
        return _execute(world, params, seed, tick, s)
    return NO_INCIDENT


@kernel
def _cleared(world, params, seed, s):
    """Whether the road was closed and cleared where the team stands: the cells at the site's end of the route."""
    slot = world.slots[s]
    line_row = world.targets[slot.target].place
    convoy = world.convoys[line_row]
    if convoy.closed == 0:
        return False
    cells = int(math.ceil(params.closures_length / world.setting[0].cell_km))
    from_site = index_on_route(world, convoy.route, slot.node)
    if world.lines[line_row].inbound == 1:
        from_site = world.routes[convoy.route].length - 1 - from_site
    if from_site >= cells:
        return False
    cleared = rng.uniform(seed, rng.GATE, slot.id, slot.plot, CLEARED_GATE) < params.closures_clear
    expected.closure(world, params, s, cleared)
    return cleared


@kernel
def _seen(world, params, seed, tick, s):
    """Whether the watch on the route or around the site sees the team."""
    slot = world.slots[s]
    chance = watch_chance(world, params, slot.target, slot.node, slot.insider, tick)
    seen = rng.uniform(seed, rng.GATE, slot.id, slot.plot, WATCH_GATE) < chance
    expected.watch(world, s, seen, chance)
    return seen


@kernel
def _execute(world, params, seed, tick, s):
    """An incident: counted whatever its outcome; returns its event row."""
    slot = world.slots[s]
    row = outcome.log(world, tick, outcome.INCIDENT, s)
    _count_incident(world, params, seed, s, row)
    threat_level.excite(world, params, slot.group, slots.count_of_group(world, slot.group))
    first = escorts.respond(world, seed, tick, slot.node, slot.id, slot.plot)
    breached = harm(world, params, seed, s, row, harm_left_by_response(params, first))
    plots.learn(world, params, s, 1.0 if breached else 0.0)
    if slot.target_class == CONVOY:
        convoys.end_movement(world, params, tick, world.targets[slot.target].place, slot.node)
    if slot.insider == 1 and rng.uniform(seed, rng.PLOT, slot.id, slot.plot, FOUND) < params.insider_found:
        insiders.find_out(world, slot.insider_post, slot.insider_number)
    lost = lost_by_attack(world, params, world.nodes[slot.node].jurisdiction)
    plots.end(world, params, seed, tick / TICKS_A_DAY, s, lost)
    return row


@kernel
def _count_incident(world, params, seed, s, event_row):
    slot = world.slots[s]
    row = world.outcome[0]
    row.incidents += 1
    row.incidents_with_insider += slot.insider
    row.incidents_begun_with += int(slot.begun > 0)
    row.incidents_inside += int(_inside(world, slot))
    row.incidents_inside_project += int(_inside(world, slot) and slot.target_class <= OUTING)
    row.incidents_past_checkpoint += int(slot.passed > 0)
    if slot.target_class == CONVOY:
        convoy = world.convoys[world.targets[slot.target].place]
        event = world.events[event_row]
        event.trip = convoy.trip
        event.deviations = convoys.ALL_FOLLOWED & ~convoy.followed
        row.incidents_with_deviation += int(event.deviations != 0)
        row.incidents_convoy += 1
        row.incidents_en_route += 1
    elif slot.target_class == SITE:
        row.incidents_site += 1
    elif slot.target_class == OUTING:
        row.incidents_outing += 1
        row.incidents_en_route += 1
    else:
        row.incidents_private += 1
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, VEHICLE)
        row.incidents_en_route += int(u < params.exposure_private_vehicle_share)


@kernel
def _inside(world, slot):
    """Whether an insider had a part in an incident: he serves the plot, or one passed the movement on."""
    if slot.insider == 1:
        return True
    return slot.target_class == CONVOY and world.convoys[world.targets[slot.target].place].leaked == convoys.PASSED_ON
