"""SOP adherence a(t) by jurisdiction: it decays to its rest level; audits, courses, reviews, incidents lift it.

Each lifts it by a share of the gap to 1. The rest level wears away while nothing happens, if complacency is on.
Held (`policy.adherence.hold`), it stays at its level.
"""

import math

from sim import rng
from sim.agents import items
from sim.clock import DAYS_A_YEAR, NO_DAY
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax
from sim.record import Record

KEEPING = Record(
    "keeping of the protocol in a jurisdiction",
    ("adherence", "f8", "probability", "share of protocol items that is followed now"),
    ("audit", "i8", "count", "number of the next audit"),
    ("audit_day", "f8", "day", "when it is held"),
    ("quiet_since", "i8", "day", "day of the last incident here, or of the start"),
)


@kernel
def begin(world, params, seed, day):
    """Put every jurisdiction at its level and set the date of its next audit."""
    for j in range(len(world.protocol)):
        keeping = world.protocol[j]
        keeping.adherence = params.adherence_level
        keeping.quiet_since = day
    set_audits(world, params, seed, day)


@kernel
def set_audits(world, params, seed, day):
    """Date the next audits anew: what is paid for has changed."""
    for j in range(len(world.protocol)):
        _set_audit(world, params, seed, j, day)


@kernel
def switch(world, params, seed, day):
    """The scenario's policy starts: a held level holds at once, audits follow the new calendar."""
    for j in range(len(world.protocol)):
        if params.adherence_hold != 0:
            world.protocol[j].adherence = params.adherence_level
    set_audits(world, params, seed, day)


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
    """One day of a' = -kappa (a - a_base), kappa = ln 2 / half-life."""
    if params.adherence_hold != 0:
        return
    kept = kept_by_half_life(params.adherence_half_life)
    for j in range(len(world.protocol)):
        keeping = world.protocol[j]
        rest = params.adherence_level
        if params.adherence_complacency > 0.0:
            quiet = 1.0 - math.exp(-(day - keeping.quiet_since) / params.adherence_complacency_time)
            rest = max(0.0, rest - params.adherence_complacency * quiet)
        keeping.adherence = relax(keeping.adherence, rest, kept)


@kernel(inline=True)
def audit(world, params, seed, day):
    """Audits of the day."""
    for j in range(len(world.protocol)):
        keeping = world.protocol[j]
        while keeping.audit_day < day + 1:
            world.outcome[0].audits += 1
            _lift(world, params, j, params.adherence_audit_jump)
            keeping.audit += 1
            keeping.audit_day = _day_of_audit(world, seed, j, audit_interval(world, params))


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
def stated(params, adherence):
    """What is reported of an adherence a: a + bias (1 - a)."""
    return adherence + params.adherence_reporting_bias * (1.0 - adherence)


@kernel(inline=True)
def account(world, params):
    """Sum actual and stated adherence over days."""
    count = len(world.protocol)
    row = world.outcome[0]
    for j in range(count):
        adherence = world.protocol[j].adherence
        row.adherence_days += adherence / count
        row.stated_days += stated(params, adherence) / count


@kernel
def audits_a_year(params):
    """Audits that the policy asks for in a jurisdiction."""
    return DAYS_A_YEAR / params.adherence_audit_interval if params.adherence_audit_interval > 0.0 else 0.0


@kernel
def courses_a_year(params):
    """Courses that the policy asks for in a jurisdiction."""
    return DAYS_A_YEAR / params.adherence_training_interval if params.adherence_training_interval > 0.0 else 0.0
