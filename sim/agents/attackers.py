"""Attackers: slots of two groups, each idle, in a plot, lying low or empty.

Idle slots meet opportunities on a clock of their own; an opportunity leads to a choice, a plot to two phases of
preparation, then to the field. An occupied slot lets its clock run on, so that two worlds rejoin after a plot was
stopped in one of them.
"""

import math

from sim import outcome, rng
from sim.agenda import TICKS_A_DAY
from sim.agents import field, insiders, plots, targets, worth
from sim.agents.plots import (
    EMPTY,
    HELP,
    IDLE,
    LYING_LOW,
    PREPARE_DAYS,
    PREPARING,
    WATCH_DAYS,
    WATCHING,
    WHICH,
    in_plot,
)
from sim.kernel import kernel
from sim.outcome import NOTHING

BEFORE_THE_EPOCH = (1 << 32) - 1  # number of a plot whose candidate came before the clock began
CANDIDATES = 8.0  # M: clocks run at M times the base rate and are thinned; source: MODEL.md


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
    hazard = world.jurisdictions[slot.jurisdiction].interdiction
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
    empty = removed * params.threat_recruit_interval / keenness(world, params, slot.jurisdiction)
    u = rng.uniform(seed, rng.INITIAL, slot.id, 0, 0) * (idle + watch + prepare + low + empty)
    slot.state = IDLE
    if u < empty:
        slot.state = EMPTY
    elif u < empty + low:
        slot.state = LYING_LOW
        slot.due = day + rng.exponential(seed, rng.INITIAL, slot.id, 0, 1) * params.threat_lie_low_mean
    elif u < empty + low + watch + prepare:
        slot.plot = slot.number - 1 if slot.number > 0 else BEFORE_THE_EPOCH
        _choose(world, params, seed, float(day), s, False)
        if in_plot(slot.state) and u >= empty + low + watch:
            _prepare(world, params, seed, s, float(day))


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
            pull = targets.pull(params, targets.utility(world, params, group, t))
            share = weight * pull / world.stance[group, target.target_class].attraction
            node = worth.typical_node(world, t)
            helped = insiders.chance_that_one_serves(world, params, target.site)
            value = (1.0 - helped) * worth.field(world, params, home, t, node, 0)
            if helped > 0.0:
                value += helped * worth.field(world, params, home, t, node, 1)
            world.stance[group, target.target_class].worth += (
                share * value * worth.survival(world, params, world.groups[group].jurisdiction, target.jurisdiction)
            )


@kernel
def keenness(world, params, jurisdiction):
    """Recruitment for cells that hide in a jurisdiction, at reference grievance = 1: exp(b (G - Gref))."""
    grievance = world.jurisdictions[jurisdiction].grievance
    return math.exp(params.community_recruit_exponent * (grievance - params.community_Gref))


@kernel(inline=True)
def recruit(world, params, seed, day):
    """Empty slots fill on their own clock of recruitment."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        world.outcome[0].slot_days += int(slot.state != EMPTY)
        while slot.recruit_when < day + 1:
            if slot.state == EMPTY:
                u = rng.uniform(seed, rng.RECRUITMENT, slot.id, slot.recruit_number, 1)
                rate = keenness(world, params, slot.jurisdiction)
                world.outcome[0].candidates_capped += int(rate > CANDIDATES)
                if u * CANDIDATES < rate:
                    slot.state = IDLE
            slot.recruit_number += 1
            slot.recruit_when += _recruit_gap(params, seed, slot)


@kernel(inline=True)
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
    world.outcome[0].candidates_capped += int(rate > CANDIDATES)
    chance = min(1.0, rate / CANDIDATES)
    taken = rng.uniform(seed, rng.OPPORTUNITY, slot.id, slot.number, 1) < chance
    targets.weigh(world, params, slot.group)
    for c in range(targets.CLASS_COUNT):
        value = targets.class_chance(world, params, slot.group, c) * world.stance[slot.group, c].worth
        outcome.gate(world, c, value if taken else 0.0, chance * value)
    if taken:
        world.outcome[0].opportunities += 1
        slot.plot = slot.number
        _choose(world, params, seed, slot.when, s, True)


@kernel
def _choose(world, params, seed, time, s, may_pass):
    """Choose a class and a target, or nothing if that may be; begin the plot."""
    slot = world.slots[s]
    targets.weigh(world, params, slot.group)
    drawn = targets.choose_class(world, params, seed, slot.id, slot.plot, slot.group, may_pass)
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
    slot.insider = int(rng.uniform(seed, rng.PLOT, slot.id, slot.plot, HELP) < chance)
    slot.access = -1
    node = worth.typical_node(world, slot.target)
    through = worth.survival(world, params, slot.jurisdiction, target.jurisdiction)
    alone = worth.field(world, params, slot.home, slot.target, node, 0)
    slot.worth = alone
    if chance <= 0.0:
        return
    helped = worth.field(world, params, slot.home, slot.target, node, 1)
    mean = through * (chance * helped + (1.0 - chance) * alone)
    if slot.insider == 1:
        slot.worth = helped
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, WHICH)
        row = insiders.nth_at(world, target.site, int(u * insiders.count_at(world, target.site)))
        slot.insider_post = world.insiders[row].post
        slot.insider_number = world.insiders[row].number
        slot.access = world.insiders[row].access
    outcome.gate(world, slot.target_class, through * slot.worth, mean)


@kernel
def _watch(world, params, seed, s, time):
    """First phase: both lengths are drawn now, so that the worth of what remains is known."""
    slot = world.slots[s]
    watch_days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, WATCH_DAYS) * params.threat_watch_mean
    slot.prepare_days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, PREPARE_DAYS) * params.threat_prepare_mean
    slot.state = WATCHING
    slot.node = world.targets[slot.target].node
    slot.due = time + watch_days
    _begin_phase(world, seed, s, time, 0)
    jurisdiction = world.targets[slot.target].jurisdiction
    hazard = plots.interdiction(world, params, slot.jurisdiction, jurisdiction)
    drawn = math.exp(-hazard * (watch_days + slot.prepare_days)) * slot.worth
    through = worth.survival(world, params, slot.jurisdiction, jurisdiction)
    outcome.gate(world, slot.target_class, drawn, through * slot.worth)


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


@kernel(inline=True)
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
    hazard = plots.interdiction(world, params, slot.jurisdiction, world.targets[slot.target].jurisdiction)
    end = min(slot.due, day + 1.0)
    gathered = hazard * (end - slot.done)
    left = slot.due - end + (slot.prepare_days if slot.state == WATCHING else 0.0)
    value = math.exp(-hazard * left) * slot.worth
    stopped = slot.hazard + gathered >= slot.threshold
    outcome.gate(world, slot.target_class, 0.0 if stopped else value, math.exp(-gathered) * value)
    if stopped:
        time = slot.done + (slot.threshold - slot.hazard) / hazard
        world.outcome[0].foiled_interdiction += 1
        plots.foil(world, params, seed, time, s, outcome.INTERDICTED)
        return
    slot.hazard += gathered
    slot.done = end
    if end == slot.due:
        if slot.state == WATCHING:
            _prepare(world, params, seed, s, end)
        else:
            field.set_out(world, params, seed, s, int(end * TICKS_A_DAY))
