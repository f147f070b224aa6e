"""Teams in the field: the approach over the roads and its checkpoints, the days of waiting, the meeting.

Space and time decide: a team stands on a cell for a window around the habitual time, and meets the convoy it waits
for if that one's own route and time bring it there.
"""

import math

from sim import outcome, rng
from sim.agenda import PLOT_MOVES, PLOT_STRIKES, push
from sim.agents import convoys, detectors, insiders
from sim.agents.attackers import attempts, plots
from sim.agents.attackers.attempts import NO_INCIDENT
from sim.agents.expected import gates as expected
from sim.agents.threat import meeting, slots
from sim.agents.threat.slots import APPROACHING, AT_END, STATION, WAITING
from sim.clock import TICKS_A_DAY, TICKS_AN_HOUR
from sim.kernel import kernel
from sim.outcome import CONVOY, SITE
from sim.world.sites import index_on_route, next_post, node_toward

END_CELLS = 3  # near the site, where all routes of a line meet: 5 to 6 km
# Indices of draws: tries in a town from 0; drone crews on the approach, then in a day of waiting; a day's escorts seen.
_ON_THE_WAY, _FROM_ABOVE, _SIGHT = 31, 32, 1 << 20
NOTICED = 2  # index of the threshold of being noticed; 0 and 1 are the phases of preparation


@kernel
def set_out(world, params, seed, s, tick):
    """Leave the hideout for a cell on the habitual route, or for the site or town itself."""
    slot = world.slots[s]
    target = world.targets[slot.target]
    slot.station = target.node
    if slot.target_class == CONVOY:
        slot.station = _station(world, params, seed, slot, target.place)
    if slot.insider == 1 and insiders.row_of(world, slot.insider_post, slot.insider_number) < 0:
        slot.insider = 0  # he is no longer in post
        slot.access = -1
    slot.node = slot.station
    slot.way = slots.way_of(world, params, seed, slot)
    slot.state = APPROACHING
    slot.since = tick
    slot.place = 0
    slot.passed = 0
    world.outcome[0].set_out += 1
    _next_stretch(world, s)


@kernel
def _station(world, params, seed, slot, line_row):
    """Road node on the habitual route: anywhere in its middle 80 %, or on the last cells before the site."""
    route = world.routes[world.lines[line_row].first_route]
    last = route.length - 1
    u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, STATION)
    place = int((0.1 + 0.8 * u) * last)
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, AT_END) < params.threat_wait_at_ends:
        place = int(u * min(last, END_CELLS))
        if world.lines[line_row].inbound == 1:
            place = last - place
    return world.path[route.first + place]


@kernel
def _next_stretch(world, s):
    """Drive on to the next checkpoint on the approach, or to its end."""
    slot = world.slots[s]
    slot.halt = world.reach[slot.way, slot.node].distance
    here = world.reach[slot.way, slot.node].post
    while here >= 0 and world.reach[slot.way, here].distance > slot.place:
        slot.halt = world.reach[slot.way, here].distance
        here = next_post(world, slot.way, here)
    slot.entry = slot.since + slot.halt
    push(world, slot.entry, PLOT_MOVES, s)


@kernel
def move(world, params, seed, tick, s):
    """Reach a checkpoint or the end of the approach; returns the event row of an incident, if there was one."""
    slot = world.slots[s]
    if slot.state != APPROACHING or slot.entry != tick:
        return NO_INCIDENT
    slot.place = slot.halt
    distance = world.reach[slot.way, slot.node].distance
    post = world.nodes[node_toward(world, slot.way, slot.node, distance - slot.place)].checkpoint
    if post >= 0 and _screened(world, params, seed, tick, s, post):
        world.outcome[0].foiled_checkpoint += 1
        plots.foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.SCREENED)
    elif slot.place < distance:
        _next_stretch(world, s)
    elif _seen_on_the_way(world, params, seed, s):
        world.outcome[0].foiled_watch += 1
        plots.foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.WATCHED)
    elif slot.target_class == SITE:
        return attempts.attempt(world, params, seed, tick, s)
    else:
        _take_station(world, params, seed, tick, s)
    return NO_INCIDENT


@kernel
def _seen_on_the_way(world, params, seed, s):
    """Whether a drone crew sees the team on its approach."""
    slot = world.slots[s]
    chance = 1.0 - detectors.miss_on_the_way(world, params, slot.way, slot.node)
    if chance <= 0.0:
        return False
    seen = rng.uniform(seed, rng.MEETING, slot.id, slot.plot, _ON_THE_WAY) < chance
    expected.checkpoint(world, params, s, seen, chance)
    return seen


@kernel
def _take_station(world, params, seed, tick, s):
    """Wait, from the next day on, for as many tries as patience allows."""
    slot = world.slots[s]
    slot.state = WAITING
    slot.tries = params.threat_wait_patience
    slot.day = tick // TICKS_A_DAY
    slot.from_tick = 0
    slot.to_tick = -1
    plots.watch_out(world, s, 1)
    slot.hazard = 0.0
    slot.threshold = rng.exponential(seed, rng.INTERDICTION, slot.id, slot.plot, NOTICED)


@kernel
def _screened(world, params, seed, tick, s, post):
    """Whether a checkpoint finds the team."""
    slot = world.slots[s]
    chance = detectors.chance_of_finding(world, params, post, tick)
    found = rng.uniform(seed, rng.SCREENING, slot.id, slot.plot, world.detectors[post].id) < chance
    slot.passed += world.detectors[post].working
    world.outcome[0].posts_passed += world.detectors[post].working
    expected.checkpoint(world, params, s, found, chance)
    return found


@kernel(inline=True)
def stand(world, params, seed, day):
    """Teams in the field: noticed, out of patience, or set for today's window."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        if slot.state != WAITING or slot.day == day:
            continue
        if _noticed(world, params, seed, s):
            world.outcome[0].foiled_noticed += 1
            plots.foil(world, params, seed, float(day), s, outcome.NOTICED)
        elif _seen_from_above(world, params, seed, s, day):
            world.outcome[0].foiled_watch += 1
            plots.foil(world, params, seed, float(day), s, outcome.WATCHED)
        elif slot.tries <= 0:
            plots.give_up(world, s, day)
        elif slot.target_class == CONVOY:
            _wait_for_convoy(world, params, s, day)
        else:
            _wait_in_town(world, params, seed, s, day)


@kernel
def _noticed(world, params, seed, s):
    """Whether the hazard of a day in the field, by the patrols there, passes the team's threshold."""
    slot = world.slots[s]
    hazard = world.intelligence[world.nodes[slot.station].jurisdiction].noticed
    slot.hazard += hazard
    noticed = slot.hazard >= slot.threshold
    expected.notice(world, params, s, hazard, noticed)
    return noticed


@kernel
def _seen_from_above(world, params, seed, s, day):
    """Whether a drone crew that patrols the team's cell today sees it; nobody stands out inside a town."""
    slot = world.slots[s]
    if slot.target_class != CONVOY or world.nodes[slot.station].town == 1:
        return False
    chance = 1.0 - detectors.miss_from_above(world, params, slot.station)
    if chance <= 0.0:
        return False
    seen = rng.uniform(seed, rng.MEETING, slot.id, slot.plot, _FROM_ABOVE + day) < chance
    expected.flight(world, params, s, seen, chance)
    return seen


@kernel
def _wait_for_convoy(world, params, s, day):
    """Set the window around the habitual time on the habitual route, or where and when a known one will pass."""
    slot = world.slots[s]
    line_row = world.targets[slot.target].place
    convoy = world.convoys[line_row]
    if convoy.day != day or convoy.state == convoys.RESTING:
        return
    slot.tries -= 1
    slot.day = day
    slot.node = slot.station
    line = world.lines[line_row]
    place = index_on_route(world, line.first_route, slot.station)
    departure = day * TICKS_A_DAY + convoys.habitual_departure(params, line_row, world)
    middle = meeting.planned_pass(world, params, line.first_route, departure, place)
    half = params.threat_wait_window * TICKS_AN_HOUR / 120.0
    slot.from_tick = int(math.ceil(middle - half))
    slot.to_tick = int(math.floor(middle + half))
    known = slot.insider == 1 or convoy.leaked > 0
    if known:
        share = place / (world.routes[line.first_route].length - 1)
        true_route = world.routes[convoy.route]
        slot.node = world.path[true_route.first + int(share * (true_route.length - 1))]
        slot.from_tick = day * TICKS_A_DAY
        slot.to_tick = (day + 2) * TICKS_A_DAY
    here = index_on_route(world, convoy.route, slot.node)
    passes = meeting.planned_pass(world, params, convoy.route, convoy.planned, here)
    met = known or (here >= 0 and slot.from_tick <= passes <= slot.to_tick)
    expected.attempt(world, params, s, met)


@kernel
def _wait_in_town(world, params, seed, s, day):
    """Outings and private nationals are met with a chance a day, at some hour between 8 and 20 o'clock."""
    slot = world.slots[s]
    slot.tries -= 1
    slot.day = day
    u = rng.uniform(seed, rng.MEETING, slot.id, slot.plot, slot.tries)
    chance = meeting.daily_meeting(world, params, slot.target)
    if u < chance:
        slot.entry = day * TICKS_A_DAY + int((8.0 + 12.0 * u / chance) * TICKS_AN_HOUR)
        push(world, slot.entry, PLOT_STRIKES, s)
    expected.attempt(world, params, s, u < chance)


@kernel(inline=True)
def look_out(world, params, tick, line_row):
    """A convoy leaves: the teams that wait for it on its route and in their window will meet it."""
    if world.lookouts[line_row].teams == 0:
        return
    for s in range(len(world.slots)):
        slot = world.slots[s]
        if slot.state != WAITING or slot.target_class != CONVOY:
            continue
        if world.targets[slot.target].place == line_row and slot.to_tick >= tick:
            _look_out_for(world, params, s, line_row)


@kernel
def _look_out_for(world, params, s, line_row):
    """Word of a convoy that stopped on the way gets ahead of it: the team stays beyond its window (assumed)."""
    slot = world.slots[s]
    convoy = world.convoys[line_row]
    here = index_on_route(world, convoy.route, slot.node)
    if here < 0:
        return
    passes = convoys.tick_at(world, params, line_row, here)
    stopped = 0 <= convoy.stop < here
    if slot.from_tick <= passes and (passes <= slot.to_tick or stopped):
        slot.entry = passes
        push(world, passes, PLOT_STRIKES, s)


@kernel
def _lets_pass(world, params, seed, s, convoy):
    """Whether the sight of the escort keeps the team from this convoy; it waits on for another."""
    if params.movement_sight <= 0.0 or convoy.team < 0:
        return False
    slot = world.slots[s]
    chance = params.movement_sight * world.forces[world.teams[convoy.team].force].strength
    passes = rng.uniform(seed, rng.MEETING, slot.id, slot.plot, _SIGHT + slot.day) < chance
    expected.sight(world, params, s, passes, chance)
    world.outcome[0].let_pass += int(passes)
    if passes:
        slot.entry = -1
    return passes


@kernel
def strike(world, params, seed, tick, s):
    """The target is there; returns the event row of an incident, if there was one."""
    slot = world.slots[s]
    if slot.state != WAITING or slot.entry != tick:
        return NO_INCIDENT
    if slot.target_class == CONVOY:
        convoy = world.convoys[world.targets[slot.target].place]
        if convoy.state != convoys.MOVING or convoy.since > tick:
            return NO_INCIDENT
        if _lets_pass(world, params, seed, s, convoy):
            return NO_INCIDENT
    return attempts.attempt(world, params, seed, tick, s)
