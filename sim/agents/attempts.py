"""An attempt: the foil layers at the target, then execution, which makes it an incident whatever its outcome."""

import math

from sim import outcome, rng
from sim.agenda import TICKS_A_DAY
from sim.agents import convoys, escorts, insiders, plots, worth
from sim.agents.plots import VEHICLE
from sim.engagement import CLEARED_GATE, WATCH_GATE, harm, harm_left_by_response, watch_chance
from sim.kernel import kernel
from sim.outcome import CONVOY, OUTING, SITE
from sim.world.sites import index_on_route


@kernel
def attempt(world, params, seed, tick, s):
    """Foil layers at the target, then execution."""
    slot = world.slots[s]
    if slot.target_class == CONVOY and _cleared(world, params, seed, tick, s):
        world.outcome[0].foiled_closure += 1
        plots.foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.CLEARED)
    elif _seen(world, params, seed, s):
        world.outcome[0].foiled_watch += 1
        plots.foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.WATCHED)
    else:
        _execute(world, params, seed, tick, s)


@kernel
def _cleared(world, params, seed, tick, s):
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
    value = worth.strike(world, params, slot.target, slot.node, slot.insider)
    plots.gate_in_field(world, slot, (0.0 if cleared else value) - (1.0 - params.closures_clear) * value)
    return cleared


@kernel
def _seen(world, params, seed, s):
    """Whether the watch on the route or around the site sees the team."""
    slot = world.slots[s]
    chance = watch_chance(world, params, slot.target, slot.node, slot.insider)
    seen = rng.uniform(seed, rng.GATE, slot.id, slot.plot, WATCH_GATE) < chance
    plots.gate_in_field(world, slot, (0.0 if seen else 1.0) - (1.0 - chance))
    return seen


@kernel
def _execute(world, params, seed, tick, s):
    """An incident: counted whatever its outcome."""
    slot = world.slots[s]
    row = outcome.log(world, tick, outcome.INCIDENT, s)
    _count_incident(world, params, seed, s, row)
    first = escorts.respond(world, seed, tick, slot.node, slot.id, slot.plot)
    breached = harm(world, params, seed, s, row, harm_left_by_response(params, first))
    world.jurisdictions[world.nodes[slot.node].jurisdiction].incidents += 1
    if world.events[row].deaths_foreign > 0 and world.targets[slot.target].site >= 0:
        world.sites[world.targets[slot.target].site].struck_by = s
    plots.learn(world, params, s, 1.0 if breached else 0.0)
    if slot.target_class == CONVOY:
        convoys.end_movement(world, params, tick, world.targets[slot.target].place, slot.node)
    if slot.insider == 1:
        insiders.find_out(world, params, seed, slot)
    plots.end(world, params, seed, tick / TICKS_A_DAY, s, params.threat_removed_if_engaged)


@kernel
def _count_incident(world, params, seed, s, event_row):
    slot = world.slots[s]
    row = world.outcome[0]
    row.incidents += 1
    row.incidents_with_insider += slot.insider
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
