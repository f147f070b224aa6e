"""Attackers: slots of two groups, each idle, in a plot, lying low or empty.

Idle slots meet opportunities on a clock of their own; an opportunity leads to a choice, a plot to two phases of
preparation, then to the field. An occupied slot lets its clock run on, so that two worlds rejoin after a plot was
stopped in one of them.
"""

import math

from sim import outcome, rng
from sim.agenda import TICKS_A_DAY
from sim.agents import field, insiders, outlook, plots, targets, worth
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
from sim.outcome import CLASS_COUNT, NOTHING

BEFORE_THE_EPOCH = (1 << 32) - 1  # number of a plot whose candidate came before the clock began
CANDIDATES = 8.0  # M: clocks run at M times the base rate and are thinned; source: MODEL.md


@kernel
def begin(world, params, seed, day):
    """Bring the clocks to a day and put every slot in its stationary law."""
    for g in range(len(world.groups)):
        for c in range(CLASS_COUNT):
            world.stance[g, c].perceived = targets.initial_success(params, c)
    outlook.appraise_all(world, params)
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
    """Draw the state in proportion to the mean time that a cycle spends in it."""
    slot = world.slots[s]
    idle, watch, prepare, low, empty = outlook.cycle(world, params, slot.group, slot.jurisdiction)
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


@kernel(inline=True)
def recruit(world, params, seed, day):
    """Empty slots fill on their own clock of recruitment."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        world.outcome[0].slot_days += int(slot.state != EMPTY)
        while slot.recruit_when < day + 1:
            if slot.state == EMPTY:
                u = rng.uniform(seed, rng.RECRUITMENT, slot.id, slot.recruit_number, 1)
                rate = plots.keenness(world, params, slot.jurisdiction)
                world.outcome[0].candidates_capped += int(rate > CANDIDATES)
                taken = u * CANDIDATES < rate
                chance = min(1.0, rate / CANDIDATES)
                mean = params.threat_recruit_interval / rate
                plots.book_idle(world, params, slot, slot.recruit_when, mean, mean * (int(taken) - chance))
                if taken:
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
    outlook.book_candidate(world, params, slot, int(taken) - chance)
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
    if may_pass:
        outlook.book_choice(world, params, slot, time, drawn)
    if drawn == NOTHING:
        world.outcome[0].nothing_chosen += 1
        return
    slot.target_class = drawn
    slot.target = targets.choose_target(world, params, seed, slot.id, slot.plot, slot.group, drawn)
    outlook.book_target(world, params, slot, time)
    world.outcome[0].plots += 1
    _find_help(world, params, seed, s, time)
    _watch(world, params, seed, s, time)
    outcome.log(world, int(time * TICKS_A_DAY), outcome.PLOT, s)


@kernel
def _find_help(world, params, seed, s, time):
    """Whether an insider at the target serves the plot, and which."""
    slot = world.slots[s]
    target = world.targets[slot.target]
    chance = insiders.chance_that_one_serves(world, params, target.site)
    slot.insider = int(rng.uniform(seed, rng.PLOT, slot.id, slot.plot, HELP) < chance)
    slot.access = -1
    node = worth.typical_node(world, slot.target)
    alone = worth.field(world, params, slot.home, slot.target, node, 0)
    slot.worth = alone
    toll = worth.mean_toll(params)
    slot.lethality = worth.lethality(world, params, slot.target, node, -1, toll)
    if chance <= 0.0:
        return
    helped = worth.field(world, params, slot.home, slot.target, node, 1)
    mean = chance * helped + (1.0 - chance) * alone
    deaths = chance * helped * worth.lethality_helped(world, params, slot.target, node, toll)
    deaths += (1.0 - chance) * alone * slot.lethality
    if slot.insider == 1:
        slot.worth = helped
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, WHICH)
        row = insiders.nth_at(world, target.site, int(u * insiders.count_at(world, target.site)))
        slot.insider_post = world.insiders[row].post
        slot.insider_number = world.insiders[row].number
        slot.access = world.insiders[row].access
        slot.lethality = worth.lethality(world, params, slot.target, node, slot.access, toll)
    hazard = plots.interdiction(world, params, slot.jurisdiction, target.jurisdiction)
    through = worth.survival(world, params, slot.jurisdiction, target.jurisdiction)
    through *= plots.share_counted(world, params, hazard, time)
    outcome.gate(world, slot.target_class, through * (slot.worth - mean))
    outcome.gate_of_deaths(world, slot.target_class, through * (slot.worth * slot.lethality - deaths))


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
    days = watch_days + slot.prepare_days
    drawn = math.exp(-hazard * days) * slot.worth * plots.counts(world, time + days)
    through = worth.survival(world, params, slot.jurisdiction, jurisdiction)
    through *= plots.share_counted(world, params, hazard, time)
    plots.gate(world, slot, drawn - through * slot.worth)
    mean = params.threat_watch_mean + params.threat_prepare_mean
    if hazard > 0.0:
        mean = (1.0 - worth.survival(world, params, slot.jurisdiction, jurisdiction)) / hazard
        days = (1.0 - math.exp(-hazard * days)) / hazard
    plots.book_idle(world, params, slot, time, mean, mean - days)


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


@kernel(inline=True)
def _advance_phase(world, params, seed, day, s):
    """One stretch of constant hazard: to the end of the phase or of the day."""
    slot = world.slots[s]
    hazard = plots.interdiction(world, params, slot.jurisdiction, world.targets[slot.target].jurisdiction)
    end = min(slot.due, day + 1.0)
    gathered = hazard * (end - slot.done)
    left = slot.due - end + (slot.prepare_days if slot.state == WATCHING else 0.0)
    value = math.exp(-hazard * left) * slot.worth * plots.counts(world, end + left)
    stopped = slot.hazard + gathered >= slot.threshold
    plots.gate(world, slot, (0.0 if stopped else value) - math.exp(-gathered) * value)
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
