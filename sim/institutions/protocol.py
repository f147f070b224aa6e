"""SOP adherence a(t) by jurisdiction: it decays to its rest level; audits, courses, reviews, incidents lift it.

Each lifts it by a share of the gap to 1; an audit soon after the last one by less of it, and it lifts for a while what
is stated alone. The rest level wears away while nothing happens, if complacency is on. Held (`policy.adherence.hold`),
adherence stays at its level. A level above today's takes supervision, which has a price: with a budget that pays for
only a part of it, the level is the one that is paid for.
"""

import math

from sim import rng
from sim.agents import items
from sim.agents.items import TODAYS_LEVEL
from sim.agents.threat import meeting
from sim.clock import DAYS_A_YEAR, NO_DAY
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax, shifted
from sim.record import Record

NOBODY, BUDGET, STATE = 0, 1, 2  # codes of `policy.adherence.paid_from`
LEAST_GAP = 0.01  # of 1 - level: supervision of a level closer to 1 costs no more; assumed

KEEPING = Record(
    "keeping of the protocol in a jurisdiction",
    ("adherence", "f8", "probability", "share of protocol items that is followed now"),
    ("audit", "i8", "count", "number of the next audit"),
    ("audit_day", "f8", "day", "when it is held"),
    ("audited", "f8", "day", "when the last one was held"),
    ("show", "f8", "0..1", "share of what is left to state that audits add to statements alone"),
    ("quiet_since", "i8", "day", "day of the last incident here, or of the start"),
)


@kernel
def begin(world, params, seed, day):
    """Put every jurisdiction at its level and date its next audit; the last one was held an interval before that."""
    set_audits(world, params, seed, day)
    interval = audit_interval(world, params)
    for j in range(len(world.protocol)):
        keeping = world.protocol[j]
        keeping.adherence = rest_level(world, params, j)
        keeping.audited = keeping.audit_day - interval if interval > 0.0 else float(day)
        keeping.show = 0.0
        keeping.quiet_since = day


@kernel
def asked_level(params, j):
    """Level at rest that the policy asks for in a jurisdiction."""
    return shifted(params.adherence_level, math.exp(-params.adherence_offsets[j]))


@kernel
def rest_level(world, params, j):
    """Level at rest: as asked for; with a share p of its supervision paid, 1 - a' = (1 - a)^p (1 - today's)^(1 - p)."""
    level = asked_level(params, j)
    paid = world.delivered[0].supervision_paid
    if paid >= 1.0 or level <= TODAYS_LEVEL:
        return level
    return 1.0 - math.pow(max(LEAST_GAP, 1.0 - level), paid) * math.pow(1.0 - TODAYS_LEVEL, 1.0 - paid)


@kernel
def supervision(world, params):
    """USD a year of the supervision that the policy's levels ask for at all sites: c ln(gap of today / gap) each."""
    cost = 0.0
    for i in range(len(world.sites)):
        gap = max(LEAST_GAP, 1.0 - asked_level(params, world.sites[i].jurisdiction))
        cost += params.cost_supervision * max(0.0, math.log((1.0 - TODAYS_LEVEL) / gap))
    return cost


@kernel
def set_audits(world, params, seed, day):
    """Date the next audits anew: what is paid for has changed."""
    for j in range(len(world.protocol)):
        _set_audit(world, params, seed, j, day)


@kernel
def switch(world, params, seed, day):
    """The scenario's policy starts: a held level holds at once, audits follow the new calendar."""
    hold(world, params)
    set_audits(world, params, seed, day)


@kernel
def hold(world, params):
    """Where the policy holds adherence, put it at what is paid for now."""
    for j in range(len(world.protocol)):
        if params.adherence_hold != 0:
            world.protocol[j].adherence = rest_level(world, params, j)


@kernel
def _set_audit(world, params, seed, j, day):
    """The first audit on a day or later: the k-th falls at a drawn moment of the k-th interval since the epoch."""
    keeping = world.protocol[j]
    interval = audit_interval(world, params)
    keeping.audit = 0
    keeping.audit_day = NO_DAY
    if interval <= 0.0:
        return
    keeping.audit = int(day / interval)
    keeping.audit_day = _day_of_audit(world, seed, j, interval)
    if keeping.audit_day < day:
        keeping.audit += 1
        keeping.audit_day = _day_of_audit(world, seed, j, interval)


@kernel
def _day_of_audit(world, seed, j, interval):
    number = world.protocol[j].audit
    return interval * (number + rng.uniform(seed, rng.AUDIT, world.jurisdictions[j].id, number, 0))


@kernel(inline=True)
def audit_interval(world, params):
    """Days between audits: the policy's, or longer where the training line cannot pay for them; 0: none."""
    funded = world.delivered[0].audits_funded
    if params.adherence_audit_interval <= 0.0 or funded <= 0.0:
        return 0.0
    return params.adherence_audit_interval / funded


@kernel(inline=True)
def decay(world, params, day):
    """One day of a' = -kappa (a - a_base), kappa = ln 2 / half-life, and of what audits add to statements alone."""
    kept = kept_by_half_life(params.adherence_half_life)
    for j in range(len(world.protocol)):
        keeping = world.protocol[j]
        keeping.show = relax(keeping.show, 0.0, kept)
        if params.adherence_hold == 0:
            keeping.adherence = relax(keeping.adherence, _rest(world, params, j, day), kept)


@kernel
def _rest(world, params, j, day):
    """Where adherence tends to: its level at rest, less what a quiet time has worn away."""
    rest = rest_level(world, params, j)
    if params.adherence_complacency > 0.0:
        quiet = 1.0 - math.exp(-(day - world.protocol[j].quiet_since) / params.adherence_complacency_time)
        rest = max(0.0, rest - params.adherence_complacency * quiet)
    return rest


@kernel(inline=True)
def audit(world, params, seed, day):
    """Audits of the day."""
    for j in range(len(world.protocol)):
        keeping = world.protocol[j]
        while keeping.audit_day < day + 1:
            world.outcome[0].audits += 1
            _lift(world, params, j, params.adherence_audit_jump * _fresh(params, keeping))
            keeping.show += params.adherence_audit_show * (1.0 - keeping.show)
            keeping.audited = keeping.audit_day
            keeping.audit += 1
            keeping.audit_day = _day_of_audit(world, seed, j, audit_interval(world, params))


@kernel(inline=True)
def _fresh(params, keeping):
    """Share of its effect that an audit has so long after the last one: 1 - exp(-gap / memory)."""
    if params.adherence_audit_memory <= 0.0:
        return 1.0
    return 1.0 - math.exp(-(keeping.audit_day - keeping.audited) / params.adherence_audit_memory)


@kernel(inline=True)
def _lift(world, params, j, jump):
    """a += jump (1 - a)."""
    if params.adherence_hold == 0:
        world.protocol[j].adherence += jump * (1.0 - world.protocol[j].adherence)


@kernel
def lift_all(world, params, jump):
    """A course, a review or a visit reaches every jurisdiction."""
    for j in range(len(world.protocol)):
        _lift(world, params, j, jump)


@kernel(inline=True)
def react(world, params, j, day):
    """Pressure after an incident: a jump in its jurisdiction, a share of it in the others."""
    world.protocol[j].quiet_since = day
    for other in range(len(world.protocol)):
        spill = 1.0 if other == j else params.adherence_event_spill
        _lift(world, params, other, params.adherence_event_jump * spill)
    items.refresh(world)


@kernel(inline=True)
def stated(params, adherence, show):
    """What is reported of an adherence a: a + bias (1 - a), and so much of what is left to state."""
    claimed = adherence + params.adherence_reporting_bias * (1.0 - adherence)
    return claimed + show * (1.0 - claimed)


@kernel(inline=True)
def account(world, params):
    """Sum actual and stated adherence over days, and the hours of staff outside the protocol."""
    count = len(world.protocol)
    row = world.outcome[0]
    for j in range(count):
        keeping = world.protocol[j]
        row.adherence_days += keeping.adherence / count
        row.stated_days += stated(params, keeping.adherence, keeping.show) / count
    row.curfew_days += params.movement_curfew * world.setting[0].foreign_staff
    row.outing_hours += _outing_hours(world, params)


@kernel
def _outing_hours(world, params):
    """Person-hours of a day that staff spend on outings, in the towns of their sites."""
    hours = 0.0
    for i in range(len(world.sites)):
        adherence = world.protocol[world.towns[world.sites[i].town].jurisdiction].adherence
        hours += world.sites[i].foreign_staff * meeting.outings(params, adherence)
    return hours * params.exposure_outing_hours / 7.0


@kernel
def audits_a_year(params):
    """Audits that the policy asks for in a jurisdiction."""
    return DAYS_A_YEAR / params.adherence_audit_interval if params.adherence_audit_interval > 0.0 else 0.0


@kernel
def courses_a_year(params):
    """Courses that the policy asks for in a jurisdiction."""
    return DAYS_A_YEAR / params.adherence_training_interval if params.adherence_training_interval > 0.0 else 0.0
