"""SOP adherence a(t) a jurisdiction: it decays to its rest level; audits, courses, reviews, incidents lift it.

Each lifts it by a share of the gap to 1. The rest level wears away while nothing happens, if complacency is on.
Held (`policy.adherence.hold`), it stays at its level.
"""

import math

from sim import rng
from sim.agenda import DAYS_A_YEAR
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax
from sim.world import community, items


@kernel
def begin(world, params, seed, day):
    """Put every jurisdiction at its level and set the date of its next audit."""
    for j in range(len(world.jurisdictions)):
        jurisdiction = world.jurisdictions[j]
        jurisdiction.adherence = params.adherence_level
        jurisdiction.incidents = 0
        jurisdiction.quiet_since = day
    set_audits(world, params, seed, day)


@kernel
def set_audits(world, params, seed, day):
    """Date the next audits anew: what is paid for has changed."""
    for j in range(len(world.jurisdictions)):
        _set_audit(world, params, seed, j, day)


@kernel
def switch(world, params, seed, day):
    """The scenario's policy starts: a held level holds at once, audits follow the new calendar."""
    for j in range(len(world.jurisdictions)):
        if params.adherence_hold != 0:
            world.jurisdictions[j].adherence = params.adherence_level
    set_audits(world, params, seed, day)


@kernel
def _set_audit(world, params, seed, j, day):
    """The first audit on a day or later: the k-th falls at a drawn moment of the k-th interval since the epoch."""
    jurisdiction = world.jurisdictions[j]
    interval = audit_interval(world, params)
    jurisdiction.audit = 0
    jurisdiction.audit_day = 1e18
    if interval <= 0.0:
        return
    jurisdiction.audit = int(day / interval)
    jurisdiction.audit_day = _day_of_audit(seed, jurisdiction, interval)
    if jurisdiction.audit_day < day:
        jurisdiction.audit += 1
        jurisdiction.audit_day = _day_of_audit(seed, jurisdiction, interval)


@kernel
def _day_of_audit(seed, jurisdiction, interval):
    return interval * (jurisdiction.audit + rng.uniform(seed, rng.AUDIT, jurisdiction.id, jurisdiction.audit, 0))


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
    for j in range(len(world.jurisdictions)):
        jurisdiction = world.jurisdictions[j]
        rest = params.adherence_level
        if params.adherence_complacency > 0.0:
            quiet = 1.0 - math.exp(-(day - jurisdiction.quiet_since) / params.adherence_complacency_time)
            rest = max(0.0, rest - params.adherence_complacency * quiet)
        jurisdiction.adherence = relax(jurisdiction.adherence, rest, kept)


@kernel(inline=True)
def audit(world, params, seed, day):
    """Audits of the day."""
    for j in range(len(world.jurisdictions)):
        jurisdiction = world.jurisdictions[j]
        while jurisdiction.audit_day < day + 1:
            world.outcome[0].audits += 1
            _lift(world, params, j, params.adherence_audit_jump)
            jurisdiction.audit += 1
            jurisdiction.audit_day = _day_of_audit(seed, jurisdiction, audit_interval(world, params))


@kernel(inline=True)
def _lift(world, params, j, jump):
    """a += jump (1 - a)."""
    if params.adherence_hold == 0:
        world.jurisdictions[j].adherence += jump * (1.0 - world.jurisdictions[j].adherence)


@kernel
def lift_all(world, params, jump):
    """A course, a review or a visit reaches every jurisdiction."""
    for j in range(len(world.jurisdictions)):
        _lift(world, params, j, jump)


@kernel(inline=True)
def react(world, params, day):
    """Pressure after incidents: a jump in the jurisdiction, a share of it in the others; and residents suffer."""
    for j in range(len(world.jurisdictions)):
        while world.jurisdictions[j].incidents > 0:
            world.jurisdictions[j].incidents -= 1
            world.jurisdictions[j].quiet_since = day
            community.suffer(world, params, j)
            for other in range(len(world.jurisdictions)):
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
    count = len(world.jurisdictions)
    row = world.outcome[0]
    for j in range(count):
        adherence = world.jurisdictions[j].adherence
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
