"""Attackers: slots of two groups, each idle, in a plot, lying low or empty.

Idle slots meet opportunities on a clock of their own; an opportunity leads to a choice, a plot to two phases of
preparation, an approach over the roads, days of waiting on a cell for the convoy it was planned for, and an attempt.
An occupied slot lets its clock run on, so that two worlds rejoin after a plot was stopped in one of them.
"""

import math

from sim import outcome, rng
from sim.agenda import PLOT_MOVES, PLOT_STRIKES, TICKS_A_DAY, TICKS_AN_HOUR, push
from sim.agents import checkpoints, convoys, escorts, insiders, targets, worth
from sim.engagement import CLEARED_GATE, WATCH_GATE, harm, harm_left_by_response, watch_chance
from sim.kernel import kernel
from sim.outcome import CONVOY, NOTHING, OUTING, SITE
from sim.record import Record
from sim.world.sites import index_on_route, node_toward

EMPTY, IDLE, WATCHING, PREPARING, APPROACHING, WAITING, LYING_LOW = 0, 1, 2, 3, 4, 5, 6
STATES = ("empty", "idle", "watching", "preparing", "approaching", "waiting", "lying low")

CANDIDATES = 8.0  # M: clocks run at M times the base rate and are thinned; source: MODEL.md

# Indices of a plot's marks.
_WATCH_DAYS, _PREPARE_DAYS, _STATION, _REMOVED, _LOW_DAYS, _HELP, _WHICH, _VEHICLE = 0, 1, 2, 3, 4, 5, 6, 7
_NOTICED = 2  # index of the threshold of being noticed; 0 and 1 are the phases of preparation

SLOT = Record(
    "attacker",
    ("id", "i8", "", "from its group's name and its number"),
    ("group", "i8", "row", "group"),
    ("home", "i8", "row", "hideout, a row of the road distances"),
    ("state", "i8", "code", "empty, idle, watching, preparing, approaching, waiting, lying low"),
    ("number", "i8", "count", "number of the next candidate on the clock of opportunities"),
    ("when", "f8", "day", "when it comes, since the epoch"),
    ("recruit_number", "i8", "count", "number of the next candidate on the clock of recruitment"),
    ("recruit_when", "f8", "day", "when it comes"),
    ("plot", "i8", "count", "number of the plot: its opportunity's"),
    ("target_class", "i8", "code", "convoy, site, outing, private"),
    ("target", "i8", "row", "target"),
    ("insider", "i8", "flag", "an insider serves the plot"),
    ("access", "i8", "code", "his access class, -1 where none"),
    ("insider_row", "i8", "row", "his row"),
    ("insider_post", "i8", "row", "his post"),
    ("insider_number", "i8", "count", "his number on its clock"),
    ("due", "f8", "day", "end of the phase or of lying low"),
    ("prepare_days", "f8", "day", "length of the second phase"),
    ("done", "f8", "day", "time up to which the hazard was added up"),
    ("hazard", "f8", "", "hazard gathered in this phase"),
    ("threshold", "f8", "", "hazard at which it is stopped"),
    ("station", "i8", "row", "road node where it means to wait"),
    ("node", "i8", "row", "road node where it waits today"),
    ("since", "i8", "tick", "when the approach began"),
    ("place", "i8", "cell", "cells of the approach behind it"),
    ("halt", "i8", "cell", "cells of the approach at the next checkpoint or the end"),
    ("entry", "i8", "tick", "its entry on the agenda"),
    ("tries", "i8", "count", "tries left"),
    ("day", "i8", "day", "day of the last try"),
    ("from_tick", "i8", "tick", "begin of today's window"),
    ("to_tick", "i8", "tick", "end of it"),
    ("worth", "f8", "probability", "worth once in the field, for the control variate"),
)


@kernel
def in_plot(state):
    """Whether a state belongs to a plot in progress."""
    return WATCHING <= state <= WAITING


@kernel
def count_plots(world):
    """Plots in progress."""
    count = 0
    for s in range(len(world.slots)):
        count += int(in_plot(world.slots[s].state))
    return count


@kernel
def begin(world, params, seed, day):
    """Bring the clocks to a day and put every slot in its stationary law."""
    for g in range(len(world.groups)):
        for c in range(targets.CLASS_COUNT):
            world.stance[g, c].perceived = targets.initial_success(params, c)
    appraise_all(world, params)
    for s in range(len(world.slots)):
        _begin_clocks(world, params, seed, day, s)
        _begin_state(world, params, seed, day, s)


@kernel
def _begin_clocks(world, params, seed, day, s):
    slot = world.slots[s]
    slot.number = 0
    slot.when = _gap(params, seed, slot)
    while slot.when < day:
        slot.number += 1
        slot.when += _gap(params, seed, slot)
    slot.recruit_number = 0
    slot.recruit_when = _recruit_gap(params, seed, slot)
    while slot.recruit_when < day:
        slot.recruit_number += 1
        slot.recruit_when += _recruit_gap(params, seed, slot)


@kernel
def _gap(params, seed, slot):
    """Days between candidate opportunities."""
    mean = params.threat_opportunity_interval / CANDIDATES
    return rng.exponential(seed, rng.OPPORTUNITY, slot.id, slot.number, 0) * mean


@kernel
def _recruit_gap(params, seed, slot):
    """Days between candidate recruitments."""
    mean = params.threat_recruit_interval / CANDIDATES
    return rng.exponential(seed, rng.RECRUITMENT, slot.id, slot.recruit_number, 0) * mean


@kernel
def _begin_state(world, params, seed, day, s):
    """Draw the state in proportion to the mean time that a cycle spends in it (the field is left out: days)."""
    slot = world.slots[s]
    hazard = world.jurisdictions[world.nodes[slot.node].jurisdiction].interdiction
    through_watch = 1.0 / (1.0 + hazard * params.threat_watch_mean)
    through = through_watch / (1.0 + hazard * params.threat_prepare_mean)
    removed = (1.0 - through) * params.threat_removed_if_foiled + through * params.threat_removed_if_engaged
    nothing = 1.0
    for c in range(targets.CLASS_COUNT):
        nothing -= targets.class_chance(world, params, slot.group, c)
    idle = params.threat_opportunity_interval / max(1e-9, 1.0 - nothing)
    watch = through_watch * params.threat_watch_mean
    prepare = through * params.threat_prepare_mean
    low = (1.0 - removed) * params.threat_lie_low_mean
    empty = removed * params.threat_recruit_interval
    u = rng.uniform(seed, rng.INITIAL, slot.id, 0, 0) * (idle + watch + prepare + low + empty)
    slot.state = IDLE
    if u < empty:
        slot.state = EMPTY
    elif u < empty + low:
        slot.state = LYING_LOW
        slot.due = day + rng.exponential(seed, rng.INITIAL, slot.id, 0, 1) * params.threat_lie_low_mean
    elif u < empty + low + watch + prepare:
        slot.plot = max(0, slot.number - 1)
        _choose(world, params, seed, day, s)
        if in_plot(slot.state) and u >= empty + low + watch:
            _prepare(world, params, seed, s, day)


@kernel
def appraise_all(world, params):
    """Mean worths of every group: at the start, at t = 0 and once a year."""
    for g in range(len(world.groups)):
        appraise(world, params, g)


@kernel
def appraise(world, params, group):
    """Fill `class_worth[group]`: mean worth of a plot of each class, over its targets and over insiders."""
    targets.weigh(world, params, group)
    home = world.groups[group].home
    for c in range(targets.CLASS_COUNT):
        world.stance[group, c].worth = 0.0
    for t in range(len(world.targets)):
        weight = world.appeal[group, t]
        if weight > 0.0:
            target = world.targets[t]
            pull = params.threat_rationality * targets.utility(world, params, group, t)
            share = weight * math.exp(pull) / world.stance[group, target.target_class].attraction
            node = worth.typical_node(world, t)
            helped = insiders.chance_that_one_serves(world, params, target.site)
            value = (1.0 - helped) * worth.field(world, params, home, t, node, 0)
            if helped > 0.0:
                value += helped * worth.field(world, params, home, t, node, 1)
            world.stance[group, target.target_class].worth += (
                share * value * worth.survival(world, params, target.jurisdiction)
            )


@kernel
def recruit(world, params, seed, day):
    """Empty slots fill on their own clock of recruitment."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        while slot.recruit_when < day + 1:
            if slot.state == EMPTY:
                u = rng.uniform(seed, rng.RECRUITMENT, slot.id, slot.recruit_number, 1)
                if u * CANDIDATES < 1.0:
                    slot.state = IDLE
            slot.recruit_number += 1
            slot.recruit_when += _recruit_gap(params, seed, slot)


@kernel
def take_opportunities(world, params, seed, day):
    """Candidates on the clocks of opportunities: thinned by the threat level, taken up by idle slots."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        while slot.when < day + 1:
            if slot.state == LYING_LOW and slot.due <= slot.when:
                slot.state = IDLE
            if slot.state == IDLE:
                _meet_candidate(world, params, seed, s)
            slot.number += 1
            slot.when += _gap(params, seed, slot)


@kernel
def _meet_candidate(world, params, seed, s):
    slot = world.slots[s]
    rate = math.exp(world.clock[0].level)
    world.outcome[0].opportunities_capped += int(rate > CANDIDATES)
    chance = min(1.0, rate / CANDIDATES)
    taken = rng.uniform(seed, rng.OPPORTUNITY, slot.id, slot.number, 1) < chance
    targets.weigh(world, params, slot.group)
    for c in range(targets.CLASS_COUNT):
        value = targets.class_chance(world, params, slot.group, c) * world.stance[slot.group, c].worth
        outcome.gate(world, c, value if taken else 0.0, chance * value)
    if taken:
        world.outcome[0].opportunities += 1
        slot.plot = slot.number
        _choose(world, params, seed, slot.when, s)


@kernel
def _choose(world, params, seed, time, s):
    """Choose a class and a target, or nothing; begin the plot."""
    slot = world.slots[s]
    targets.weigh(world, params, slot.group)
    drawn = targets.choose_class(world, params, seed, slot.id, slot.plot, slot.group)
    for c in range(targets.CLASS_COUNT):
        value = world.stance[slot.group, c].worth
        mean = value * targets.class_chance(world, params, slot.group, c)
        outcome.gate(world, c, value if c == drawn else 0.0, mean)
    if drawn == NOTHING:
        world.outcome[0].nothing_chosen += 1
        return
    slot.target_class = drawn
    slot.target = targets.choose_target(world, params, seed, slot.id, slot.plot, slot.group, drawn)
    world.outcome[0].plots += 1
    _find_help(world, params, seed, s)
    _watch(world, params, seed, s, time)
    outcome.log(world, int(time * TICKS_A_DAY), outcome.PLOT, s)


@kernel
def _find_help(world, params, seed, s):
    """Whether an insider at the target serves the plot, and which."""
    slot = world.slots[s]
    target = world.targets[slot.target]
    chance = insiders.chance_that_one_serves(world, params, target.site)
    slot.insider = int(rng.uniform(seed, rng.PLOT, slot.id, slot.plot, _HELP) < chance)
    slot.access = -1
    node = worth.typical_node(world, slot.target)
    through = worth.survival(world, params, target.jurisdiction)
    alone = worth.field(world, params, slot.home, slot.target, node, 0)
    slot.worth = alone
    if chance <= 0.0:
        return
    helped = worth.field(world, params, slot.home, slot.target, node, 1)
    mean = through * (chance * helped + (1.0 - chance) * alone)
    if slot.insider == 1:
        slot.worth = helped
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, _WHICH)
        row = insiders.nth_at(world, target.site, int(u * insiders.count_at(world, target.site)))
        slot.insider_row = row
        slot.insider_post = world.insiders[row].post
        slot.insider_number = world.insiders[row].number
        slot.access = world.insiders[row].access
    outcome.gate(world, slot.target_class, through * slot.worth, mean)


@kernel
def _watch(world, params, seed, s, time):
    """First phase: both lengths are drawn now, so that the worth of what remains is known."""
    slot = world.slots[s]
    watch_days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, _WATCH_DAYS) * params.threat_watch_mean
    slot.prepare_days = (
        rng.exponential(seed, rng.PLOT, slot.id, slot.plot, _PREPARE_DAYS) * params.threat_prepare_mean
    )
    slot.state = WATCHING
    slot.node = world.targets[slot.target].node
    slot.due = time + watch_days
    _begin_phase(world, seed, s, time, 0)
    jurisdiction = world.targets[slot.target].jurisdiction
    hazard = world.jurisdictions[jurisdiction].interdiction
    drawn = math.exp(-hazard * (watch_days + slot.prepare_days)) * slot.worth
    outcome.gate(world, slot.target_class, drawn, worth.survival(world, params, jurisdiction) * slot.worth)


@kernel
def _prepare(world, params, seed, s, time):
    """Second phase."""
    slot = world.slots[s]
    slot.state = PREPARING
    slot.due = time + slot.prepare_days
    _begin_phase(world, seed, s, time, 1)


@kernel
def _begin_phase(world, seed, s, time, phase):
    slot = world.slots[s]
    slot.done = time
    slot.hazard = 0.0
    slot.threshold = rng.exponential(seed, rng.INTERDICTION, slot.id, slot.plot, phase)


@kernel
def advance_plots(world, params, seed, day):
    """Plots that are watched or prepared: add up the hazard of interdiction, pass on to the next phase."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        while (slot.state == WATCHING or slot.state == PREPARING) and slot.done < day + 1:
            _advance_phase(world, params, seed, day, s)


@kernel
def _advance_phase(world, params, seed, day, s):
    """One stretch of constant hazard: to the end of the phase or of the day."""
    slot = world.slots[s]
    hazard = world.jurisdictions[world.targets[slot.target].jurisdiction].interdiction
    end = min(slot.due, day + 1.0)
    gathered = hazard * (end - slot.done)
    left = slot.due - end + (slot.prepare_days if slot.state == WATCHING else 0.0)
    value = math.exp(-hazard * left) * slot.worth
    stopped = slot.hazard + gathered >= slot.threshold
    outcome.gate(world, slot.target_class, 0.0 if stopped else value, math.exp(-gathered) * value)
    if stopped:
        time = slot.done + (slot.threshold - slot.hazard) / hazard
        world.outcome[0].foiled_interdiction += 1
        _foil(world, params, seed, time, s, outcome.INTERDICTED)
        return
    slot.hazard += gathered
    slot.done = end
    if end == slot.due:
        if slot.state == WATCHING:
            _prepare(world, params, seed, s, end)
        else:
            _set_out(world, params, seed, s, int(end * TICKS_A_DAY))


@kernel
def _set_out(world, params, seed, s, tick):
    """Leave the hideout for a cell on the habitual route, or for the site or town itself."""
    slot = world.slots[s]
    target = world.targets[slot.target]
    slot.station = target.node
    if slot.target_class == CONVOY:
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, _STATION)
        slot.station = _node_at(world, world.lines[target.place].first_route, u)
    slot.node = slot.station
    slot.state = APPROACHING
    slot.since = tick
    slot.place = 0
    _next_stretch(world, s)


@kernel
def _node_at(world, route_row, u):
    """Road node at a fraction of the middle 80 % of a route."""
    route = world.routes[route_row]
    return world.path[route.first + int((0.1 + 0.8 * u) * (route.length - 1))]


@kernel
def _next_stretch(world, s):
    """Drive on to the next checkpoint on the approach, or to its end."""
    slot = world.slots[s]
    here = slot.node
    distance = world.reach[slot.home, slot.node].distance
    slot.halt = distance
    while distance > slot.place:
        if world.nodes[here].checkpoint >= 0:
            slot.halt = distance
        here = world.reach[slot.home, here].toward
        distance -= 1
    slot.entry = slot.since + slot.halt
    push(world, slot.entry, PLOT_MOVES, s)


@kernel
def move(world, params, seed, tick, s):
    """Reach a checkpoint or the end of the approach."""
    slot = world.slots[s]
    if slot.state != APPROACHING or slot.entry != tick:
        return
    slot.place = slot.halt
    distance = world.reach[slot.home, slot.node].distance
    post = world.nodes[node_toward(world, slot.home, slot.node, distance - slot.place)].checkpoint
    if post >= 0 and _screened(world, params, seed, tick, s, post):
        world.outcome[0].foiled_checkpoint += 1
        _foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.SCREENED)
    elif slot.place < distance:
        _next_stretch(world, s)
    elif slot.target_class == SITE:
        _attempt(world, params, seed, tick, s)
    else:
        slot.state = WAITING
        slot.tries = params.threat_wait_patience
        slot.day = tick // TICKS_A_DAY
        slot.from_tick = 0
        slot.to_tick = -1
        _watch_out(world, s, 1)
        slot.hazard = 0.0
        slot.threshold = rng.exponential(seed, rng.INTERDICTION, slot.id, slot.plot, _NOTICED)


@kernel
def _screened(world, params, seed, tick, s, post):
    """Whether a checkpoint finds the team."""
    slot = world.slots[s]
    chance = checkpoints.chance_of_finding(world, params, post, tick)
    found = rng.uniform(seed, rng.SCREENING, slot.id, slot.plot, world.checkpoints[post].id) < chance
    tries = worth.tries_at(params, slot.target_class)
    meets = worth.try_chance(world, params, slot.target, slot.node, slot.insider)
    value = worth.waiting(world, params, slot.target, meets, slot.insider, tries)
    value *= worth.checkpoints_left(world, params, slot.home, slot.node, slot.place)
    outcome.gate(world, slot.target_class, 0.0 if found else value, (1.0 - chance) * value)
    return found


@kernel
def _watch_out(world, s, change):
    """Keep count of the teams that wait for a line, so that convoys nobody waits for cost nothing."""
    slot = world.slots[s]
    if slot.target_class == CONVOY:
        world.convoys[world.targets[slot.target].place].waited_for += change


@kernel
def stand(world, params, seed, day):
    """Teams in the field: noticed, out of patience, or set for today's window."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        if slot.state != WAITING or slot.day == day:
            continue
        if _noticed(world, params, seed, s):
            world.outcome[0].foiled_noticed += 1
            _foil(world, params, seed, float(day), s, outcome.NOTICED)
        elif slot.tries <= 0:
            _give_up(world, s, day)
        elif slot.target_class == CONVOY:
            _wait_for_convoy(world, params, s, day)
        else:
            _wait_in_town(world, params, seed, s, day)


@kernel
def _noticed(world, params, seed, s):
    """Whether the hazard of a day in the field passes the team's threshold."""
    slot = world.slots[s]
    hazard = params.layers_waiting_hazard
    slot.hazard += hazard
    noticed = slot.hazard >= slot.threshold
    value = _worth_waiting(world, params, s, slot.tries)
    outcome.gate(world, slot.target_class, 0.0 if noticed else value, math.exp(-hazard) * value)
    return noticed


@kernel
def _worth_waiting(world, params, s, tries):
    slot = world.slots[s]
    meets = worth.try_chance(world, params, slot.target, slot.station, slot.insider)
    return worth.waiting(world, params, slot.target, meets, slot.insider, tries)


@kernel
def _give_up(world, s, day):
    slot = world.slots[s]
    world.outcome[0].gave_up += 1
    outcome.log(world, day * TICKS_A_DAY, outcome.GAVE_UP, s)
    _watch_out(world, s, -1)
    slot.state = IDLE


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
    middle = worth.planned_pass(world, line.first_route, departure, place)
    half = params.threat_wait_window * TICKS_AN_HOUR / 120.0
    slot.from_tick = int(math.ceil(middle - half))
    slot.to_tick = int(math.floor(middle + half))
    known = slot.insider == 1 or convoy.leaked == 1
    if known:
        share = place / (world.routes[line.first_route].length - 1)
        true_route = world.routes[convoy.route]
        slot.node = world.path[true_route.first + int(share * (true_route.length - 1))]
        slot.from_tick = day * TICKS_A_DAY
        slot.to_tick = (day + 2) * TICKS_A_DAY
    here = index_on_route(world, convoy.route, slot.node)
    passes = worth.planned_pass(world, convoy.route, convoy.planned, here)
    met = known or (here >= 0 and slot.from_tick <= passes <= slot.to_tick)
    _book_try(world, params, s, met)


@kernel
def _book_try(world, params, s, met):
    """Gate of a try whose chance of meeting is known before the movement or the day is drawn."""
    slot = world.slots[s]
    chance = worth.try_chance(world, params, slot.target, slot.station, slot.insider)
    success = worth.strike(world, params, slot.target, slot.insider)
    later = (1.0 - worth.noticed_between_tries(params, slot.target_class)) * _worth_waiting(
        world, params, s, slot.tries
    )
    mean = chance * success + (1.0 - chance) * later
    outcome.gate(world, slot.target_class, success if met else later, mean)


@kernel
def _wait_in_town(world, params, seed, s, day):
    """Outings and private nationals are met with a chance a day, at some hour between 8 and 20 o'clock."""
    slot = world.slots[s]
    slot.tries -= 1
    slot.day = day
    u = rng.uniform(seed, rng.MEETING, slot.id, slot.plot, slot.tries)
    chance = worth.daily_meeting(world, params, slot.target)
    met = u < chance
    _book_try(world, params, s, met)
    if met:
        slot.entry = day * TICKS_A_DAY + int((8.0 + 12.0 * u / chance) * TICKS_AN_HOUR)
        push(world, slot.entry, PLOT_STRIKES, s)


@kernel
def look_out(world, params, seed, tick, line_row):
    """A convoy leaves: the teams that wait for it on its route and in their window will meet it."""
    if world.convoys[line_row].waited_for == 0:
        return
    for s in range(len(world.slots)):
        slot = world.slots[s]
        if slot.state == WAITING and slot.target_class == CONVOY:
            if world.targets[slot.target].place == line_row and slot.to_tick >= tick:
                _look_out_for(world, params, seed, s, line_row)


@kernel
def _look_out_for(world, params, seed, s, line_row):
    """Word of a convoy that stopped on the way gets ahead of it: the team stays beyond its window (assumed)."""
    slot = world.slots[s]
    convoy = world.convoys[line_row]
    here = index_on_route(world, convoy.route, slot.node)
    if here < 0:
        return
    passes = convoys.tick_at(world, params, seed, line_row, here)
    stopped = 0 <= convoy.stop < here
    if slot.from_tick <= passes and (passes <= slot.to_tick or stopped):
        slot.entry = passes
        push(world, passes, PLOT_STRIKES, s)


@kernel
def strike(world, params, seed, tick, s):
    """The target is there."""
    slot = world.slots[s]
    if slot.state != WAITING or slot.entry != tick:
        return
    if slot.target_class == CONVOY:
        line_row = world.targets[slot.target].place
        convoy = world.convoys[line_row]
        if convoy.state != convoys.MOVING or convoy.since > tick:
            return
    _attempt(world, params, seed, tick, s)


@kernel
def _attempt(world, params, seed, tick, s):
    """Foil layers at the target, then execution."""
    slot = world.slots[s]
    if slot.target_class == CONVOY and _cleared(world, params, seed, tick, s):
        world.outcome[0].foiled_closure += 1
        _foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.CLEARED)
    elif slot.target_class < OUTING and _seen(world, params, seed, s):
        world.outcome[0].foiled_watch += 1
        _foil(world, params, seed, tick / TICKS_A_DAY, s, outcome.WATCHED)
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
    value = worth.strike(world, params, slot.target, slot.insider)
    outcome.gate(world, CONVOY, 0.0 if cleared else value, (1.0 - params.closures_clear) * value)
    return cleared


@kernel
def _seen(world, params, seed, s):
    """Whether the watch on the route or around the site sees the team."""
    slot = world.slots[s]
    chance = watch_chance(world, params, world.targets[slot.target].jurisdiction, slot.insider)
    seen = rng.uniform(seed, rng.GATE, slot.id, slot.plot, WATCH_GATE) < chance
    outcome.gate(world, slot.target_class, 0.0 if seen else 1.0, 1.0 - chance)
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
    _learn(world, params, s, 1.0 if breached else 0.0)
    if slot.target_class == CONVOY:
        convoys.end_movement(world, params, tick, world.targets[slot.target].place, slot.node)
    if slot.insider == 1:
        insiders.find_out(world, params, seed, slot.insider_row, slot.insider_post, slot.insider_number)
    _end_plot(world, params, seed, tick / TICKS_A_DAY, s, params.threat_removed_if_engaged)


@kernel
def _count_incident(world, params, seed, s, event_row):
    slot = world.slots[s]
    row = world.outcome[0]
    row.incidents += 1
    row.incidents_with_insider += slot.insider
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
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, _VEHICLE)
        row.incidents_en_route += int(u < params.exposure_private_vehicle_share)


@kernel
def _learn(world, params, s, success):
    """Perceived success of the class moves toward what the group saw, once an outcome."""
    slot = world.slots[s]
    if params.threat_learning != 0:
        seen = world.stance[slot.group, slot.target_class].perceived
        world.stance[slot.group, slot.target_class].perceived = seen + params.threat_eta * (success - seen)


@kernel
def _foil(world, params, seed, time, s, stage):
    """A plot is stopped before execution."""
    outcome.log(world, int(time * TICKS_A_DAY), stage, s)
    _learn(world, params, s, 0.0)
    _end_plot(world, params, seed, time, s, params.threat_removed_if_foiled)


@kernel
def _end_plot(world, params, seed, time, s, removed):
    """The slot is lost, or lies low."""
    slot = world.slots[s]
    if slot.state == WAITING:
        _watch_out(world, s, -1)
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, _REMOVED) < removed:
        slot.state = EMPTY
        return
    slot.state = LYING_LOW
    days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, _LOW_DAYS)
    slot.due = time + days * params.threat_lie_low_mean
