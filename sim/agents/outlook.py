"""Outlook of a group: what the plots that it will begin are worth, for the control variate.

A cell that is busy begins no other plot, so whatever makes it busy or sets it free is a gate too: an idle day is worth
`flow`, the incidents that a cell's plots lead to over many of its cycles. The threat level moves all that is to come.
"""

from sim import outcome
from sim.agents import insiders, plots, targets, worth
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT, NOTHING
from sim.world import level

MONTHS_AHEAD = 36  # for which a change of the threat level is booked: three times its memory


@kernel
def appraise_all(world, params):
    """What every target is worth to every group, and the means over targets: at the start, at t = 0 and once a year."""
    for g in range(len(world.groups)):
        targets.weigh(world, params, g)
        for c in range(CLASS_COUNT):
            world.stance[g, c].worth = 0.0
            world.stance[g, c].lethality = 0.0
    toll = worth.mean_toll(params)
    for t in range(len(world.targets)):
        _appraise(world, params, t, toll)
    for g in range(len(world.groups)):
        begun = _idle_share(world, params, g) / params.threat_opportunity_interval
        for c in range(CLASS_COUNT):
            stance = world.stance[g, c]
            if stance.worth > 0.0:
                stance.lethality /= stance.worth
            stance.flow = begun * targets.class_chance(world, params, g, c) * stance.worth


@kernel
def _appraise(world, params, t, toll):
    """Worth and lethality of a plot against a target, over insiders; the groups differ in their way to it."""
    target = world.targets[t]
    node = worth.typical_node(world, t)
    helped = insiders.chance_that_one_serves(world, params, target.site)
    value = (1.0 - helped) * worth.on_station(world, params, t, node, 0)
    deaths = value * worth.lethality(world, params, t, node, -1, toll)
    if helped > 0.0:
        more = helped * worth.on_station(world, params, t, node, 1)
        value += more
        deaths += more * worth.lethality_helped(world, params, t, node, toll)
    for g in range(len(world.groups)):
        if world.appeal[g, t] > 0.0:
            prospect = world.prospects[g, t]
            way = worth.checkpoints_left(world, params, world.groups[g].home, node, 0)
            through = worth.survival(world, params, world.groups[g].jurisdiction, target.jurisdiction)
            prospect.worth = value * way * through
            prospect.lethality = deaths / value if value > 0.0 else 0.0
            mine = targets.share_within_class(world, params, g, t) * prospect.worth
            world.stance[g, target.target_class].worth += mine
            world.stance[g, target.target_class].lethality += mine * prospect.lethality


@kernel
def cycle(world, params, group, jurisdiction):
    """Mean days that a cell is idle, watches, prepares, lies low and is lost, from plot to plot; the field left out."""
    hazard = world.jurisdictions[jurisdiction].interdiction
    through_watch = 1.0 / (1.0 + hazard * params.threat_watch_mean)
    through = through_watch / (1.0 + hazard * params.threat_prepare_mean)
    removed = (1.0 - through) * params.threat_removed_if_foiled + through * params.threat_removed_if_engaged
    idle = params.threat_opportunity_interval / max(1e-9, targets.chance_of_any(world, params, group))
    watch = through_watch * params.threat_watch_mean
    prepare = through * params.threat_prepare_mean
    low = (1.0 - removed) * params.threat_lie_low_mean
    empty = removed * params.threat_recruit_interval / plots.keenness(world, params, jurisdiction)
    return idle, watch, prepare, low, empty


@kernel
def _idle_share(world, params, group):
    """Share of a cell's time in which it is idle; by it, too, its plots grow with the threat level."""
    idle, watch, prepare, low, empty = cycle(world, params, group, world.groups[group].jurisdiction)
    return idle / (idle + watch + prepare + low + empty)


@kernel
def _share_counted(world, params, slot, time):
    """Share of a cell's plots begun at a time that count, roughly: with the hazard at its hideout."""
    return plots.share_counted(world, params, world.jurisdictions[slot.jurisdiction].interdiction, time)


@kernel
def _days_missed(world, params, slot, time):
    """Days for which a plot begun at a time keeps its cell from another one, as far as that would count."""
    _idle, watch, prepare, low, empty = cycle(world, params, slot.group, slot.jurisdiction)
    busy = watch + prepare + low + empty
    return busy * _share_counted(world, params, slot, time + 0.5 * busy)


@kernel
def _worth_of_choice(world, params, group, c, share, missed):
    """What a choice adds to a class on average, with the attraction last weighed: its plots, less what they prevent."""
    stance = world.stance[group, c]
    own = targets.class_chance(world, params, group, c) * stance.worth * share
    return own - targets.chance_of_any(world, params, group) * missed * stance.flow


@kernel
def book_candidate(world, params, slot, gain):
    """Gate of a candidate on the clock of opportunities: taken up or not, less the chance of it."""
    share = _share_counted(world, params, slot, slot.when)
    missed = _days_missed(world, params, slot, slot.when)
    for c in range(CLASS_COUNT):
        value = _worth_of_choice(world, params, slot.group, c, share, missed)
        plots.gate_of_class(world, slot.group, c, gain * value)


@kernel
def book_choice(world, params, slot, time, drawn):
    """Gate of the choice of a class, or of nothing, after `weigh`."""
    share = _share_counted(world, params, slot, time)
    missed = _days_missed(world, params, slot, time)
    for c in range(CLASS_COUNT):
        stance = world.stance[slot.group, c]
        own = stance.worth * share if c == drawn else 0.0
        prevented = 0.0 if drawn == NOTHING else missed * stance.flow
        mean = _worth_of_choice(world, params, slot.group, c, share, missed)
        plots.gate_of_class(world, slot.group, c, own - prevented - mean)


@kernel
def book_target(world, params, slot, time):
    """Gate of the choice of a target within the class, by what the targets were worth when last appraised."""
    worth_mean = 0.0
    deaths_mean = 0.0
    for t in range(len(world.targets)):
        if world.targets[t].target_class == slot.target_class and world.appeal[slot.group, t] > 0.0:
            prospect = world.prospects[slot.group, t]
            value = targets.share_within_class(world, params, slot.group, t) * prospect.worth
            worth_mean += value
            deaths_mean += value * prospect.lethality
    share = _share_counted(world, params, slot, time)
    drawn = world.prospects[slot.group, slot.target]
    outcome.gate(world, slot.target_class, share * (drawn.worth - worth_mean))
    outcome.gate_of_deaths(world, slot.target_class, share * (drawn.worth * drawn.lethality - deaths_mean))


@kernel
def book_level(world, params, months):
    """Gate of the threat level: what its change means for the plots to come; what was known is so many months old."""
    clock = world.clock[0]
    if clock.level == clock.former_level:
        return
    days = _days_gained(world, params, months)
    for g in range(len(world.groups)):
        cells = 0
        for s in range(len(world.slots)):
            cells += int(world.slots[s].group == g)
        gained = days * cells * _idle_share(world, params, g)
        for c in range(CLASS_COUNT):
            plots.gate_of_class(world, g, c, gained * world.stance[g, c].flow)
    clock.former_level = clock.level


@kernel
def _days_gained(world, params, months):
    """Days at threat level 0 that the change of the level is worth, as far as their plots will count, roughly."""
    clock = world.clock[0]
    hazard = world.jurisdictions[world.groups[0].jurisdiction].interdiction
    days = 0.0
    for k in range(MONTHS_AHEAD):
        middle = (clock.month + k + 0.5) * level.DAYS_A_MONTH
        change = level.mean_rate(params, clock.level, k) - level.mean_rate(params, clock.former_level, k + months)
        days += change * level.DAYS_A_MONTH * plots.share_counted(world, params, hazard, middle)
    return days
