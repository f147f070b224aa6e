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
    """Appraise for every group: at the start, at t = 0 and once a year."""
    for g in range(len(world.groups)):
        _appraise(world, params, g)


@kernel
def _appraise(world, params, group):
    """Fill `prospects[group]`, and what `stance[group]` holds for the control variate: means over the targets."""
    targets.weigh(world, params, group)
    for c in range(CLASS_COUNT):
        world.stance[group, c].worth = 0.0
        world.stance[group, c].lethality = 0.0
    for t in range(len(world.targets)):
        if world.appeal[group, t] > 0.0:
            _appraise_target(world, params, group, t)
            prospect = world.prospects[group, t]
            stance = world.stance[group, world.targets[t].target_class]
            value = targets.share_within_class(world, params, group, t) * prospect.worth
            stance.worth += value
            stance.lethality += value * prospect.lethality
    begun = _idle_share(world, params, group) / params.threat_opportunity_interval
    for c in range(CLASS_COUNT):
        stance = world.stance[group, c]
        if stance.worth > 0.0:
            stance.lethality /= stance.worth
        stance.flow = begun * targets.class_chance(world, params, group, c) * stance.worth


@kernel
def _appraise_target(world, params, group, t):
    """Worth and lethality of a plot against a target, over insiders."""
    target = world.targets[t]
    home = world.groups[group].home
    node = worth.typical_node(world, t)
    helped = insiders.chance_that_one_serves(world, params, target.site)
    value = (1.0 - helped) * worth.field(world, params, home, t, node, 0)
    deaths = value * worth.lethality(world, params, t, node, -1)
    if helped > 0.0:
        more = helped * worth.field(world, params, home, t, node, 1)
        value += more
        deaths += more * worth.lethality_helped(world, params, t, node)
    prospect = world.prospects[group, t]
    prospect.worth = value * worth.survival(world, params, world.groups[group].jurisdiction, target.jurisdiction)
    prospect.lethality = deaths / value if value > 0.0 else 0.0


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
def _worth_of_choice(world, params, slot, time, c):
    """What a choice at a time adds to a class on average, after `weigh`: its plots, less what they keep a cell from."""
    stance = world.stance[slot.group, c]
    own = targets.class_chance(world, params, slot.group, c) * stance.worth * _share_counted(world, params, slot, time)
    missed = targets.chance_of_any(world, params, slot.group) * _days_missed(world, params, slot, time)
    return own - missed * stance.flow


@kernel
def book_candidate(world, params, slot, gain):
    """Gate of a candidate on the clock of opportunities: taken up or not, less the chance of it."""
    for c in range(CLASS_COUNT):
        value = _worth_of_choice(world, params, slot, slot.when, c)
        plots.gate_of_class(world, slot.group, c, gain * value)


@kernel
def book_choice(world, params, slot, time, drawn):
    """Gate of the choice of a class, or of nothing."""
    missed = 0.0 if drawn == NOTHING else _days_missed(world, params, slot, time)
    for c in range(CLASS_COUNT):
        stance = world.stance[slot.group, c]
        own = stance.worth * _share_counted(world, params, slot, time) if c == drawn else 0.0
        mean = _worth_of_choice(world, params, slot, time, c)
        plots.gate_of_class(world, slot.group, c, own - missed * stance.flow - mean)


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
    for g in range(len(world.groups)):
        days = _days_gained(world, params, world.groups[g].jurisdiction, months) * _idle_share(world, params, g)
        cells = 0
        for s in range(len(world.slots)):
            cells += int(world.slots[s].group == g)
        for c in range(CLASS_COUNT):
            plots.gate_of_class(world, g, c, days * cells * world.stance[g, c].flow)
    clock.former_level = clock.level


@kernel
def _days_gained(world, params, jurisdiction, months):
    """Days at threat level 0 that the change of the level is worth, as far as their plots will count."""
    clock = world.clock[0]
    hazard = world.jurisdictions[jurisdiction].interdiction
    days = 0.0
    for k in range(MONTHS_AHEAD):
        middle = (clock.month + k + 0.5) * level.DAYS_A_MONTH
        change = level.mean_rate(params, clock.level, k) - level.mean_rate(params, clock.former_level, k + months)
        days += change * level.DAYS_A_MONTH * plots.share_counted(world, params, hazard, middle)
    return days
