"""The two clocks of a slot: an idle one meets opportunities, an empty one is filled by recruits.

An occupied slot lets its clocks run on, so that two worlds rejoin after a plot was stopped in one of them.
"""

import math

from sim import rng
from sim.agents.attackers import choice, preparation
from sim.agents.expected import gates as expected
from sim.agents.expected import outlook
from sim.agents.threat import exposure, slots, targets
from sim.agents.threat.cycle import cycle
from sim.agents.threat.slots import EMPTY, IDLE, LYING_LOW, in_plot
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT

BEFORE_THE_EPOCH = (1 << 32) - 1  # number of a plot whose candidate came before the clock began
CANDIDATES = 8.0  # M: clocks run at M times the base rate and are thinned; source: MODEL.md


@kernel
def begin(world, params, seed, day):
    """Bring the clocks to a day and put every slot in its stationary law."""
    for g in range(len(world.groups)):
        for c in range(CLASS_COUNT):
            world.stance[g, c].perceived = params.threat_x0[c]
    exposure.set_appeal(world, params)
    targets.set_nothing(world, params)
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
    mean = targets.opportunity_interval(params) / CANDIDATES
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
    targets.weigh(world, params, slot.vantage)
    idle, watch, prepare, low, empty = cycle(world, params, slot.group, slot.jurisdiction)
    u = rng.uniform(seed, rng.INITIAL, slot.id, 0, 0) * (idle + watch + prepare + low + empty)
    slot.state = IDLE
    if u < empty:
        slot.state = EMPTY
    elif u < empty + low:
        slot.state = LYING_LOW
        slot.due = day + rng.exponential(seed, rng.INITIAL, slot.id, 0, 1) * params.threat_lie_low_mean
    elif u < empty + low + watch + prepare:
        slot.plot = slot.number - 1 if slot.number > 0 else BEFORE_THE_EPOCH
        choice.choose(world, params, seed, float(day), s, False)
        if in_plot(slot.state) and u >= empty + low + watch:
            preparation.prepare(world, seed, s, float(day))


@kernel(inline=True)
def recruit(world, params, seed, day):
    """Empty slots fill on their own clock of recruitment."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        world.outcome[0].slot_days += int(slot.state != EMPTY)
        while slot.recruit_when < day + 1:
            if slot.state == EMPTY:
                _meet_recruit(world, params, seed, s)
            slot.recruit_number += 1
            slot.recruit_when += _recruit_gap(params, seed, slot)


@kernel
def _meet_recruit(world, params, seed, s):
    slot = world.slots[s]
    rate = slots.keenness(world, params, slot.jurisdiction)
    world.outcome[0].candidates_capped += int(rate > CANDIDATES)
    taken = rng.uniform(seed, rng.RECRUITMENT, slot.id, slot.recruit_number, 1) * CANDIDATES < rate
    if taken:
        slot.state = IDLE
    expected.recruitment(world, params, slot, taken, rate, min(1.0, rate / CANDIDATES))


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
    rate = math.exp(world.threat[0].level) * (1.0 + world.heat[slot.group])
    world.outcome[0].candidates_capped += int(rate > CANDIDATES)
    chance = min(1.0, rate / CANDIDATES)
    taken = rng.uniform(seed, rng.OPPORTUNITY, slot.id, slot.number, 1) < chance
    expected.candidate(world, params, slot, taken, chance)
    if taken:
        world.outcome[0].opportunities += 1
        slot.plot = slot.number
        choice.choose(world, params, seed, slot.when, s, True)
