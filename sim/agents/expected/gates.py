"""Every gate of the control variates: what was drawn less the mean over what could have been.

A gate is a place where chance decides with known odds. A rule hands over what it drew, in one line at its end; here
that is weighed by what follows from it (`worth`, `outlook`) and booked on the outcome row's `cv_*`. Its mean is zero
whatever the worths are, so that `count - cv` has the count's mean and less noise. No rule ever reads what is booked.
"""

import math

from sim.agents import insiders
from sim.agents.expected import outlook, worth
from sim.agents.expected.timing import counts, share_counted, share_counted_with
from sim.agents.threat import meeting, slots, targets
from sim.agents.threat.slots import EMPTY, WATCHING
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT, CONVOY, NOTHING, OUTING, SITE
from sim.record import Record

OFFER_TAKEN = 0.5  # chance that an insider's offer leads to a plot against a convoy, and against a site; a rough guess

APPRAISAL = Record(
    "appraisal of a plot",
    ("worth", "f8", "probability", "chance that it becomes an incident once it is in the field"),
    ("lethality", "f8", "person", "foreign deaths expected of that incident"),
)


# Booking.


@kernel
def _book(world, target_class, gain):
    """Add to the control variate of a class."""
    row = world.outcome[0]
    if target_class == CONVOY:
        row.cv_convoy += gain
    elif target_class == SITE:
        row.cv_site += gain
    elif target_class == OUTING:
        row.cv_outing += gain
    else:
        row.cv_private += gain


@kernel
def _book_deaths(world, target_class, gain):
    """Add to the control variate of foreign deaths."""
    row = world.outcome[0]
    row.cv_deaths += gain
    if target_class <= OUTING:
        row.cv_deaths_project += gain


@kernel
def _book_plot(world, s, gain):
    """A gate of a plot, in incidents; its deaths go along."""
    _book(world, world.slots[s].target_class, gain)
    _book_deaths(world, world.slots[s].target_class, gain * world.appraisals[s].lethality)


@kernel
def _book_in_field(world, s, gain):
    """A gate of a team in the field; before t = 0 its strike would not count, so nothing hangs on it."""
    if world.clock[0].day >= world.clock[0].policy_day:
        _book_plot(world, s, gain)


@kernel
def _book_class(world, group, c, gain):
    """A gate on all plots of a class that a group has or will have."""
    _book(world, c, gain)
    _book_deaths(world, c, gain * world.outlook[group, c].lethality)


@kernel
def _book_idle(world, params, slot, time, mean, days):
    """A gate of a cell's time: it will be idle so many days more than was expected, within `mean` days or so."""
    days *= share_counted(world, params, world.intelligence[slot.jurisdiction].interdiction, time + 0.5 * mean)
    for c in range(CLASS_COUNT):
        _book_class(world, slot.group, c, days * world.outlook[slot.group, c].flow)


# A cell's clocks and its choice.


@kernel
def recruitment(world, params, slot, taken, rate, chance):
    """A candidate on the clock of recruitment was taken or not, at so many times the base rate."""
    mean = params.threat_recruit_interval / rate
    _book_idle(world, params, slot, slot.recruit_when, mean, mean * (int(taken) - chance))


@kernel
def candidate(world, params, slot, taken, chance):
    """A candidate on the clock of opportunities was taken up or not."""
    share = outlook.share_counted_at(world, params, slot, slot.when)
    missed = outlook.days_missed(world, params, slot, slot.when)
    for c in range(CLASS_COUNT):
        value = outlook.worth_of_choice(world, params, slot.group, c, share, missed)
        _book_class(world, slot.group, c, (int(taken) - chance) * value)


@kernel
def offer(world, params, slot, met, chance):
    """An insider's offer was met or not."""
    share = outlook.share_counted_at(world, params, slot, slot.when)
    missed = outlook.days_missed(world, params, slot, slot.when)
    for c in range(CLASS_COUNT):
        view = world.outlook[slot.group, c]
        own = OFFER_TAKEN * view.worth * share if c <= SITE else 0.0
        _book_class(world, slot.group, c, (int(met) - chance) * (own - missed * view.flow))


@kernel
def choice(world, params, slot, time, drawn):
    """A class was chosen, or nothing, with the attraction last weighed."""
    share = outlook.share_counted_at(world, params, slot, time)
    missed = outlook.days_missed(world, params, slot, time)
    for c in range(CLASS_COUNT):
        view = world.outlook[slot.group, c]
        own = view.worth * share if c == drawn else 0.0
        prevented = 0.0 if drawn == NOTHING else missed * view.flow
        mean = outlook.worth_of_choice(world, params, slot.group, c, share, missed)
        _book_class(world, slot.group, c, own - prevented - mean)


@kernel
def offered(world, params, s, time, k, drawn):
    """After an insider's offer a target was chosen, or nothing (-1); from here on the plot has a worth of its own."""
    slot = world.slots[s]
    site = world.insiders[k].site
    options = targets.count_offered(world, slot.group, site)
    attraction = targets.attraction_offered(world, params, slot.group, site)
    begun = 0.0
    for t in range(len(world.targets)):
        if targets.is_offered(world, slot.group, t, site):
            chance = targets.pull_offered(world, params, slot.group, t) / options / attraction
            _book_offered(world, params, s, time, t, world.insiders[k].access, int(t == drawn) - chance)
            begun += int(t == drawn) - chance
    missed = outlook.days_missed(world, params, slot, time)
    for c in range(CLASS_COUNT):
        _book_class(world, slot.group, c, -begun * missed * world.outlook[slot.group, c].flow)
    if drawn >= 0:
        _appraise(world, params, s, drawn, world.insiders[k].access)


@kernel
def _book_offered(world, params, s, time, t, access, gain):
    """Part of that gate: a plot against this target, in incidents and deaths."""
    _appraise(world, params, s, t, access)
    plot = world.appraisals[s]
    gain *= _through(world, params, world.slots[s], t, time, access) * plot.worth
    _book(world, world.targets[t].target_class, gain)
    _book_deaths(world, world.targets[t].target_class, gain * plot.lethality)


@kernel
def _appraise(world, params, s, t, access):
    """What a plot against a target is worth with the help of an insider."""
    plot = world.appraisals[s]
    node = worth.typical_node(world, t)
    plot.worth = worth.field(world, params, world.slots[s].way, t, node, 1)
    plot.lethality = worth.lethality(world, params, t, node, access, worth.mean_toll(params))


@kernel
def _through(world, params, slot, t, time, access):
    """Chance that a plot against a target gets into the field in time, with an insider of this access (-1: none)."""
    hazard = slots.interdiction_with(world, params, slot, t, access)
    watch = slots.mean_watch(params, access)
    return worth.survival_with(params, hazard, watch) * share_counted_with(world, params, hazard, time, watch)


@kernel
def target(world, params, slot, time):
    """A target was chosen within the class, by what the targets were worth when last appraised."""
    worth_mean, deaths_mean = outlook.mean_prospect(world, params, slot.vantage, slot.target_class)
    share = outlook.share_counted_at(world, params, slot, time)
    drawn = world.prospects[slot.group, slot.target]
    _book(world, slot.target_class, share * (drawn.worth - worth_mean))
    _book_deaths(world, slot.target_class, share * (drawn.worth * drawn.lethality - deaths_mean))


@kernel
def level(world, params, months):
    """The threat level moved: what that means for the plots to come; what was known is so many months old."""
    threat = world.threat[0]
    if threat.level == threat.former:
        return
    days = outlook.days_gained(world, params, months)
    for g in range(len(world.groups)):
        cells = 0
        for s in range(len(world.slots)):
            cells += int(world.slots[s].group == g)
        gained = days * cells * outlook.idle_share(world, params, g)
        for c in range(CLASS_COUNT):
            _book_class(world, g, c, gained * world.outlook[g, c].flow)


# A plot in preparation.


@kernel
def insider(world, params, s, time, chance):
    """An insider serves the plot or not; from here on the plot has a worth of its own."""
    slot = world.slots[s]
    plot = world.appraisals[s]
    node = worth.typical_node(world, slot.target)
    alone = worth.field(world, params, slot.way, slot.target, node, 0)
    plot.worth = alone
    toll = worth.mean_toll(params)
    plot.lethality = worth.lethality(world, params, slot.target, node, -1, toll)
    if chance <= 0.0:
        return
    helped = worth.field(world, params, slot.way, slot.target, node, 1)
    through = _through(world, params, slot, slot.target, time, -1)
    usual = _likelier(world, params, slot, time, through, insiders.WORKER)
    official = _likelier(world, params, slot, time, through, insiders.POLICE)
    likelier = insiders.mean_over(world, world.targets[slot.target].site, usual, official)
    mean = chance * helped * likelier + (1.0 - chance) * alone
    deaths = chance * helped * worth.lethality_helped(world, params, slot.target, node, toll, usual, official)
    deaths += (1.0 - chance) * alone * plot.lethality
    drawn = alone
    if slot.insider == 1:
        plot.worth = helped
        plot.lethality = worth.lethality(world, params, slot.target, node, slot.access, toll)
        drawn = helped * _likelier(world, params, slot, time, through, slot.access)
    _book(world, slot.target_class, through * (drawn - mean))
    _book_deaths(world, slot.target_class, through * (drawn * plot.lethality - deaths))


@kernel
def _likelier(world, params, slot, time, through, access):
    """How much likelier a plot gets into the field in time with an insider of this access than without, `through`."""
    return _through(world, params, slot, slot.target, time, access) / through if through > 0.0 else 1.0


@kernel
def phases(world, params, s, time, watch_days):
    """The lengths of both phases of preparation are known."""
    slot = world.slots[s]
    hazard = slots.own_interdiction(world, params, slot)
    watch = slots.mean_watch(params, slot.access)
    days = watch_days + slot.prepare_days
    drawn = math.exp(-hazard * days) * world.appraisals[s].worth * counts(world, time + days)
    through = _through(world, params, slot, slot.target, time, slot.access)
    _book_plot(world, s, drawn - through * world.appraisals[s].worth)
    mean = watch + params.threat_prepare_mean
    if hazard > 0.0:
        mean = (1.0 - worth.survival_with(params, hazard, watch)) / hazard
        days = (1.0 - math.exp(-hazard * days)) / hazard
    _book_idle(world, params, slot, time, mean, mean - days)


@kernel
def interdiction(world, s, hazard, gathered, end, stopped):
    """A stretch of preparation with a constant hazard, up to a time, was survived or not."""
    slot = world.slots[s]
    left = slot.due - end + (slot.prepare_days if slot.state == WATCHING else 0.0)
    value = math.exp(-hazard * left) * world.appraisals[s].worth * counts(world, end + left)
    _book_plot(world, s, (0.0 if stopped else value) - math.exp(-gathered) * value)


@kernel
def raid(world, params, s, removed):
    """An offensive removed the cell or not; of a team in the field it leaves the control variate alone."""
    slot = world.slots[s]
    if not slots.in_preparation(slot.state):
        return
    hazard = slots.own_interdiction(world, params, slot)
    left = slot.due - slot.done + (slot.prepare_days if slot.state == WATCHING else 0.0)
    value = math.exp(-hazard * left) * world.appraisals[s].worth * counts(world, slot.done + left)
    _book_plot(world, s, (0.0 if removed else value) - (1.0 - params.campaign_removal) * value)


# A team in the field.


@kernel
def _waiting(world, params, s, tries):
    """Worth of a team at its station with so many tries left."""
    slot = world.slots[s]
    meets = worth.try_chance(world, params, slot.target, slot.station, slot.insider)
    return worth.waiting(world, params, slot.target, slot.station, meets, slot.insider, tries)


@kernel
def checkpoint(world, params, s, found, chance):
    """A checkpoint on the approach found the team or not."""
    slot = world.slots[s]
    tries = meeting.tries_at(params, slot.target_class)
    meets = worth.try_chance(world, params, slot.target, slot.node, slot.insider)
    value = worth.waiting(world, params, slot.target, slot.node, meets, slot.insider, tries)
    value *= worth.checkpoints_left(world, params, slot.way, slot.node, slot.place)
    _book_in_field(world, s, (0.0 if found else value) - (1.0 - chance) * value)


@kernel
def notice(world, params, s, hazard, noticed):
    """A day in the field went by, and the team was noticed or not."""
    value = _waiting(world, params, s, world.slots[s].tries)
    _book_in_field(world, s, (0.0 if noticed else value) - math.exp(-hazard) * value)


@kernel
def flight(world, params, s, seen, chance):
    """A drone crew that patrols the team's cell saw it or not."""
    value = _waiting(world, params, s, world.slots[s].tries)
    _book_in_field(world, s, (0.0 if seen else value) - (1.0 - chance) * value)


@kernel
def attempt(world, params, s, met):
    """A try whose chance of meeting is known before the movement or the day is drawn."""
    slot = world.slots[s]
    chance = worth.try_chance(world, params, slot.target, slot.station, slot.insider)
    success = worth.contact(world, params, slot.target, slot.station, slot.insider)
    later = 1.0 - worth.noticed_between_tries(world, params, slot.target, slot.station)
    later *= _waiting(world, params, s, slot.tries)
    usual = worth.lethality(world, params, slot.target, slot.station, slot.access, worth.mean_toll(params))
    mean = chance * success + (1.0 - chance) * later
    plot = world.appraisals[s]
    plot.lethality = usual
    if met and slot.target_class == CONVOY:
        plot.lethality = worth.lethality_of_movement(world, params, slot.target, slot.station, slot.access)
    if world.clock[0].day >= world.clock[0].policy_day:
        value = success if met else later
        _book(world, slot.target_class, value - mean)
        _book_deaths(world, slot.target_class, value * plot.lethality - mean * usual)


@kernel
def sight(world, params, s, passes, chance):
    """A team that meets an escorted convoy let it pass or not; if so it waits on."""
    slot = world.slots[s]
    now = worth.contact(world, params, slot.target, slot.node, slot.insider)
    later = 1.0 - worth.noticed_between_tries(world, params, slot.target, slot.station)
    later *= _waiting(world, params, s, slot.tries)
    _book_in_field(world, s, (later if passes else now) - (chance * later + (1.0 - chance) * now))


@kernel
def closure(world, params, s, cleared):
    """The road was cleared where the team stands, or not."""
    slot = world.slots[s]
    value = worth.contact(world, params, slot.target, slot.node, slot.insider)
    _book_in_field(world, s, (0.0 if cleared else value) - (1.0 - params.closures_clear) * value)


@kernel
def watch(world, s, seen, chance):
    """The watch on the route or around the site saw the team or not."""
    _book_in_field(world, s, (0.0 if seen else 1.0) - (1.0 - chance))


@kernel
def rest(world, params, slot, time, removed, days):
    """A plot ended: the cell was lost with chance `removed`, else it lies low for so many days."""
    low = params.threat_lie_low_mean
    empty = params.threat_recruit_interval / slots.keenness(world, params, slot.jurisdiction)
    mean = removed * empty + (1.0 - removed) * low
    gone = empty if slot.state == EMPTY else days
    _book_idle(world, params, slot, time, mean, mean - gone)
