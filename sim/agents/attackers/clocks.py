"""The two clocks of a slot: an idle one meets opportunities and offers of insiders, an empty one is filled by recruits.

An occupied slot lets its clocks run on, so that two worlds rejoin after a plot was stopped in one of them.
"""

import math

from sim import rng
from sim.agents import insiders
from sim.agents.attackers import choice, preparation
from sim.agents.expected import gates as expected
from sim.agents.expected import outlook
from sim.agents.threat import exposure, slots, targets
from sim.agents.threat.cycle import cycle
from sim.agents.threat.slots import EMPTY, IDLE, LYING_LOW, in_plot
from sim.clock import DAYS_A_YEAR
from sim.kernel import kernel
from sim.laws import candidates
from sim.outcome import CLASS_COUNT

BEFORE_THE_EPOCH = (1 << 32) - 1  # number of a plot whose candidate came before the clock began
LEAST_CANDIDATES = 8.0  # clocks run at so many times the base rate or more, and are thinned
MOST_LEVEL = 5.19  # spreads of the threat level that a month passes once in ten million; at a spread of .4 8 is enough


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
def opportunities_rate(params):
    """So many times the base rate the clocks of opportunities run: enough for any threat level that may come."""
    return candidates(LEAST_CANDIDATES, math.exp(MOST_LEVEL * params.threat_level_sd))


@kernel
def recruits_rate(params):
    """So many times the base rate the clocks of recruitment run: enough at full grievance."""
    return candidates(LEAST_CANDIDATES, math.exp(params.community_recruit_exponent * (1.0 - params.community_Gref)))


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
    mean = targets.opportunity_interval(params) / opportunities_rate(params)
    return rng.exponential(seed, rng.OPPORTUNITY, slot.id, slot.number, 0) * mean


@kernel
def _recruit_gap(params, seed, slot):
    """Days between candidate recruitments."""
    mean = params.threat_recruit_interval / recruits_rate(params)
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
    most = recruits_rate(params)
    world.outcome[0].candidates_capped += int(rate > most)
    taken = rng.uniform(seed, rng.RECRUITMENT, slot.id, slot.recruit_number, 1) * most < rate
    if taken:
        slot.state = IDLE
    expected.recruitment(world, params, slot, taken, rate, min(1.0, rate / most))


@kernel(inline=True)
def take_opportunities(world, params, seed, day):
    """Candidates on the clocks of opportunities: thinned by threat level and insiders' offers, met by idle slots."""
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
    """A candidate is an opportunity, or an insider's offer, or neither."""
    slot = world.slots[s]
    rate = math.exp(world.threat[0].level) * (1.0 + world.heat[slot.group])
    more = rate + _offers(world, params)
    most = opportunities_rate(params)
    world.outcome[0].candidates_capped += int(more > most)
    usual, either = min(1.0, rate / most), min(1.0, more / most)
    u = rng.uniform(seed, rng.OPPORTUNITY, slot.id, slot.number, 1)
    taken = _is_opportunity(world, params, slot, u, usual)
    offered = either > usual and _is_offer(world, params, slot, u, usual, either)
    if taken:
        world.outcome[0].opportunities += 1
        slot.plot = slot.number
        choice.choose(world, params, seed, slot.when, s, True)
    elif offered:
        world.outcome[0].offers += 1
        slot.plot = slot.number
        choice.take_offer(world, params, seed, slot.when, s)


@kernel
def _offers(world, params):
    """Offers of insiders to a cell, as a multiple of the base rate of opportunities: spread over all cells alike."""
    a_year = params.insider_offers * insiders.in_post(world) / len(world.slots)
    return a_year * targets.opportunity_interval(params) / DAYS_A_YEAR


@kernel
def _is_opportunity(world, params, slot, u, chance):
    taken = u < chance
    expected.candidate(world, params, slot, taken, chance)
    return taken


@kernel
def _is_offer(world, params, slot, u, usual, either):
    """The stretch of the same draw that lies beyond the opportunities."""
    met = usual <= u < either
    expected.offer(world, params, slot, met, either - usual)
    return met
