"""The calendar of dated things: deliveries, founding dates, courses, reviews, visits, campaigns.

Each kind has a number that counts its occurrences and the day of the next one. Dates are seen from t = 0; what comes
at an interval counts from the epoch, so that no warm-up and no horizon moves it.
"""

import math

from sim.clock import NEVER
from sim.institutions import budget, campaign, forces, protocol, surveillance
from sim.kernel import kernel
from sim.record import Record

DELIVERY, FOUNDING, EQUIPMENT, CAMERAS, DRONES, COURSE, REVIEW, VISIT, CAMPAIGN = 0, 1, 2, 3, 4, 5, 6, 7, 8
KINDS = (
    "delivery of what the policy pays for",
    "founding of the capital's special police",
    "partner's equipment",
    "cameras",
    "drones",
    "course",
    "review",
    "high-level visit",
    "offensive",
)

CALENDAR = Record(
    "dated thing",
    ("number", "i8", "count", "how many came before the next one"),
    ("day", "i8", "day", "when that comes, since the epoch"),
)


@kernel
def _once(number, day):
    return day if number == 0 else NEVER


@kernel
def _every(number, interval):
    return int(number * interval) if interval > 0.0 else NEVER


@kernel
def day_of(world, params, kind, number):
    """Day of the number-th occurrence of a kind, NEVER where there is none."""
    clock = world.clock[0]
    origin = clock.policy_day
    if kind == DELIVERY:
        return _once(number, clock.delivery_day)
    if kind == FOUNDING:
        return _once(number, origin + params.state_special_police_capital_founded)
    if kind == EQUIPMENT:
        return _once(number, origin + int(math.ceil(params.state_equipment_delay)))
    if kind == CAMERAS:
        return _once(number, origin + params.cameras_start)
    if kind == DRONES:
        return _once(number, origin + params.drones_start)
    if kind == COURSE:
        return _every(number, params.adherence_training_interval)
    if kind == REVIEW:
        return _every(number, params.consultation_review_interval)
    if kind == VISIT:
        return _every(number, params.consultation_visit_interval)
    if number < params.state_offensive_campaigns:
        return origin + params.state_offensive_first_day + number * params.state_offensive_interval
    return NEVER


@kernel
def begin(world, params, today):
    """Put every kind at its first occurrence on a day or later."""
    for kind in range(len(world.calendar)):
        entry = world.calendar[kind]
        entry.number = 0
        while day_of(world, params, kind, entry.number) < today:
            entry.number += 1
        entry.day = day_of(world, params, kind, entry.number)


@kernel(inline=True)
def turn(world, params, seed, today):
    """What is due on a day."""
    for kind in range(len(world.calendar)):
        entry = world.calendar[kind]
        while entry.day <= today:
            _happen(world, params, seed, today, kind, entry.number)
            entry.number += 1
            entry.day = day_of(world, params, kind, entry.number)


@kernel
def _happen(world, params, seed, today, kind, number):
    if kind == DELIVERY or (kind == CAMERAS and today >= world.clock[0].delivery_day):
        budget.deliver(world, params)
        protocol.set_audits(world, params, seed, today)
    elif kind in (CAMERAS, DRONES):
        surveillance.deliver(world, params)
    elif kind in (FOUNDING, EQUIPMENT):
        forces.muster(world, params)
    elif kind == COURSE:
        protocol.lift_all(world, params, params.adherence_training_jump * world.delivered[0].audits_funded)
    elif kind == REVIEW:
        protocol.lift_all(world, params, params.consultation_review_jump)
        world.outcome[0].state_spent += world.setting[0].state_share * params.cost_review
    elif kind == VISIT:
        protocol.lift_all(world, params, params.consultation_visit_jump)
        world.outcome[0].state_spent += world.setting[0].state_share * params.cost_review
    else:
        campaign.reach(world, params, seed, today, number)
    budget.allot(world, params)
    protocol.hold(world, params)
