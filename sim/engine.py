"""The engine: what happens in a day and in a tick, one call a line, and the entry that both faces call.

`sitesec schedule` prints the two lists. The clock jumps from one entry of the agenda to the next.
"""

from sim import agenda, outcome
from sim.agenda import (
    CONVOY_CALLS,
    CONVOY_GIVES_UP,
    CONVOY_LEAVES,
    CONVOY_LOSES_ESCORT,
    PLOT_MOVES,
    PLOT_STRIKES,
    TEAM_HOME,
    agent_of,
    kind_of,
    next_tick,
    pop,
)
from sim.agents import convoys, detectors, escorts, insiders, items
from sim.agents.attackers import clocks, field, preparation
from sim.agents.expected import gates as expected
from sim.agents.expected import outlook
from sim.agents.threat import exposure, slots, threat_level
from sim.clock import DAYS_A_YEAR, NEVER, TICKS_A_DAY
from sim.institutions import (
    budget,
    calendar,
    campaign,
    community,
    confidence,
    forces,
    intelligence,
    protocol,
    screening,
    surveillance,
)
from sim.kernel import Entry, kernel
from sim.record import Record
from sim.state import copy
from sim.world import sites

CONTINUE, FRESH, FROM_KEPT = 0, 1, 2

JOB = Record(
    "job",
    ("seed", "u8", "", "the replicate's seed"),
    ("replicate", "i8", "count", "number of the replicate"),
    ("point", "i8", "row", "design point: its row of params"),
    ("begin", "i8", "code", "0 go on; 1 warm up, keep the world, start the policy; 2 start it from the kept world"),
    ("warmup", "i8", "day", "length of the warm-up"),
    ("policy_day", "i8", "day", "t = 0, since the epoch"),
    ("horizon_day", "i8", "day", "where its scenario ends, since the epoch"),
    ("until", "i8", "tick", "where to stop, since the epoch; that day, or before"),
    ("finish", "i8", "flag", "close the last year's row at the end"),
    ("steady", "i8", "flag", "the insider stock starts in its law under the new screening"),
    ("first_row", "i8", "row", "row of the job's first year"),
)


@kernel(inline=True)
def day(world, params, seed, today):
    """What happens at the beginning of a day."""
    threat_level.turn(world, params, seed, today)
    expected.level(world, params, 1)
    calendar.turn(world, params, seed, today)
    campaign.turn(world, params)
    confidence.turn(world, params)
    protocol.decay(world, params, today)
    protocol.audit(world, params, seed, today)
    items.refresh(world)
    community.turn(world, params)
    campaign.fade(world, params)
    community.protest(world, params, seed, today)
    intelligence.gather(world, params)
    insiders.apply(world, params, seed, today)
    insiders.stay_or_go(world, params, seed, today)
    clocks.recruit(world, params, seed, today)
    clocks.take_opportunities(world, params, seed, today)
    preparation.advance(world, params, seed, today)
    convoys.plan(world, params, seed, today)
    detectors.fly(world, params, seed, today)
    field.stand(world, params, seed, today)
    screening.account(world, params)
    protocol.account(world, params)
    budget.account(world, params)
    sites.account(world, params)
    community.account(world, params)
    confidence.account(world, params, today)


@kernel(inline=True)
def tick(world, params, seed, now):
    """What happens next within a day: the first entry of the agenda."""
    key = pop(world)
    kind = kind_of(key)
    who = agent_of(key)
    if kind == TEAM_HOME:
        escorts.come_home(world, who)
        convoys.serve_next(world, now, who)
    elif kind == CONVOY_CALLS:
        convoys.call(world, params, seed, now, who)
    elif kind == CONVOY_GIVES_UP:
        convoys.give_up_waiting(world, params, seed, now, who)
    elif kind == CONVOY_LEAVES:
        if convoys.leave(world, params, seed, now, who):
            field.look_out(world, params, now, who)
    elif kind == CONVOY_LOSES_ESCORT:
        convoys.lose_escort(world, now, who)
    elif kind == PLOT_MOVES:
        react(world, params, seed, field.move(world, params, seed, now, who))
    elif kind == PLOT_STRIKES:
        react(world, params, seed, field.strike(world, params, seed, now, who))
    else:
        convoys.arrive(world, params, seed, now, who)


@kernel
def react(world, params, seed, event_row):
    """What institutions and residents do about an incident, if there was one."""
    if event_row < 0:
        return
    today = world.clock[0].day
    jurisdiction = world.nodes[world.slots[world.events[event_row].slot].node].jurisdiction
    community.suffer(world, params, jurisdiction)
    protocol.react(world, params, jurisdiction, today)
    confidence.react(world, params, seed, event_row, today)


@kernel
def start(world, params, seed, today, policy_day, horizon_day):
    """A world at the beginning of its warm-up."""
    clock = world.clock[0]
    clock.policy_day = policy_day
    clock.horizon_day = horizon_day
    clock.day = today - 1
    clock.tick = today * TICKS_A_DAY
    clock.delivery_day = -1
    agenda.begin(world)
    threat_level.begin(world, params, seed, today)
    items.set_odds(world, params)
    budget.deliver(world, params)
    budget.allot(world, params)
    campaign.begin(world, params)
    confidence.begin(world)
    calendar.begin(world, params, today)
    protocol.begin(world, params, seed, today)
    items.refresh(world)
    community.begin(world, params)
    intelligence.gather(world, params)
    insiders.settle(world, params, seed, today)
    convoys.begin(world, params, today)
    clocks.begin(world, params, seed, today)
    expected.level(world, params, NEVER)


@kernel
def start_policy(world, params, seed, today, steady):
    """t = 0: the scenario's policy holds from now on; what the project pays for comes after the lead time."""
    clock = world.clock[0]
    clock.delivery_day = today + int(params.budget_lead_time)
    outcome.begin_log(world)
    forces.muster(world, params)
    surveillance.deliver(world, params)
    budget.allot(world, params)
    calendar.begin(world, params, today)
    if steady == 1:
        budget.deliver_screening(world, params)
        insiders.settle(world, params, seed, today)
    else:
        insiders.waive_arrears(world, params, today)
    protocol.switch(world, params, seed, today)
    items.set_odds(world, params)
    exposure.set_appeal(world, params)
    outlook.appraise_all(world, params)
    begin_policy(world)


@kernel
def begin_policy(world):
    """An empty row for the first year, but for what the warm-up booked on the control variates: it bears on later."""
    row = world.outcome[0]
    convoy, site, outing, private = row.cv_convoy, row.cv_site, row.cv_outing, row.cv_private
    deaths, project = row.cv_deaths, row.cv_deaths_project
    begin_year(world)
    row.cv_convoy, row.cv_site, row.cv_outing, row.cv_private = convoy, site, outing, private
    row.cv_deaths, row.cv_deaths_project = deaths, project


@kernel
def begin_year(world):
    """An empty row for a new year."""
    world.outcome[0] = world.outcome[1]
    world.outcome[0].in_progress_start = slots.count_plots(world)


@kernel
def turn_year(world, params, rows, job):
    """Hand on the row of the year that ends, and begin another."""
    clock = world.clock[0]
    year = (clock.day - clock.policy_day) // DAYS_A_YEAR
    row = world.outcome[0]
    row.in_progress_end = slots.count_plots(world)
    row.year = year
    row.point = job.point
    row.replicate = job.replicate
    row.seed = job.seed
    row.status = overflow(world)
    rows[job.first_row + year] = world.outcome[0]
    begin_year(world)
    outlook.appraise_all(world, params)


@kernel
def overflow(world):
    """How often an array was full: the rows of such a run must not be used."""
    return world.agenda[0].overflow + world.stock[0].overflow


@kernel
def begin_day(world, params, seed, rows, job):
    """Turn the calendar: the year's row, deliveries, then the day's list."""
    clock = world.clock[0]
    past = clock.day + 1 - clock.policy_day
    if past > 0 and past % DAYS_A_YEAR == 0:
        turn_year(world, params, rows, job)
    clock.day += 1
    day(world, params, seed, clock.day)


@kernel
def run(world, params, seed, until, rows, job):
    """Run to a tick: whichever comes first, the next day or the next entry of the agenda."""
    clock = world.clock[0]
    while True:
        dawn = (clock.day + 1) * TICKS_A_DAY
        now = next_tick(world)
        if min(dawn, now) >= until:
            break
        if dawn <= now:
            clock.tick = dawn
            begin_day(world, params, seed, rows, job)
        else:
            clock.tick = now
            tick(world, params, seed, now)
    clock.tick = until


def _advance(world, kept, blank, base, params, jobs, rows):
    """Do a list of jobs, one after the other, on one world.

    A job that begins afresh runs its warm-up and leaves the world at t = 0 in `kept`, for the jobs after it that
    differ in policy only.
    """
    for k in range(len(jobs)):
        job = jobs[k]
        if job.begin == FRESH:
            copy(world, blank)
            start(world, base[job.point], job.seed, job.policy_day - job.warmup, job.policy_day, job.horizon_day)
            run(world, base[job.point], job.seed, job.policy_day * TICKS_A_DAY, rows, job)
            copy(kept, world)
        if job.begin != CONTINUE:
            copy(world, kept)
            start_policy(world, params[job.point], job.seed, job.policy_day, job.steady)
        run(world, params[job.point], job.seed, job.until, rows, job)
        if job.finish == 1 and world.outcome[0].days > 0:
            turn_year(world, params[job.point], rows, job)


advance = Entry(_advance, "compiling the model: about a minute, once for this version")
