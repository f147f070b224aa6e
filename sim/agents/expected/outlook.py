"""Outlook of a group: what the plots that it will begin are worth, for the control variate.

A cell that is busy begins no other plot, so whatever makes it busy or sets it free is a gate too: an idle day is worth
`flow`, the incidents that a cell's plots lead to over many of its cycles. The threat level moves all that is to come.
"""

from sim.agents import insiders
from sim.agents.expected import worth
from sim.agents.expected.timing import share_counted
from sim.agents.threat import targets
from sim.agents.threat.cycle import cycle
from sim.agents.threat.threat_level import DAYS_A_MONTH, mean_rate
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT
from sim.record import Record

MONTHS_AHEAD = 36  # for which a change of the threat level is booked: three times its memory

OUTLOOK = Record(
    "outlook of a group for a class",
    ("worth", "f8", "probability", "mean chance that a plot of the class becomes an incident"),
    ("lethality", "f8", "person", "mean foreign deaths of an incident of the class"),
    ("flow", "f8", "incident", "incidents of the class that are missed while a cell is busy for a day"),
)

PROSPECT = Record(
    "prospect of a group at a target",
    ("worth", "f8", "probability", "chance that a plot becomes an incident, over insiders; as last appraised"),
    ("lethality", "f8", "person", "mean foreign deaths of that incident"),
)


@kernel
def appraise_all(world, params):
    """What every target is worth to every group, and the means over targets: at the start, at t = 0 and once a year."""
    for g in range(len(world.groups)):
        targets.weigh(world, params, world.groups[g].vantage)
        for c in range(CLASS_COUNT):
            world.outlook[g, c].worth = 0.0
            world.outlook[g, c].lethality = 0.0
    toll = worth.mean_toll(params)
    for t in range(len(world.targets)):
        _appraise(world, params, t, toll)
    for g in range(len(world.groups)):
        begun = idle_share(world, params, g) / targets.opportunity_interval(params)
        for c in range(CLASS_COUNT):
            view = world.outlook[g, c]
            if view.worth > 0.0:
                view.lethality /= view.worth
            view.flow = begun * targets.class_chance(world, g, c) * view.worth


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
        deaths += more * worth.lethality_helped(world, params, t, node, toll, 1.0, 1.0)
    for g in range(len(world.groups)):
        v = world.groups[g].vantage
        if world.appeal[v, t] > 0.0:
            prospect = world.prospects[g, t]
            way = worth.way_left(world, params, world.vantages[v].home, node)
            through = worth.survival(world, params, world.vantages[v].jurisdiction, target.jurisdiction)
            prospect.worth = value * way * through
            prospect.lethality = deaths / value if value > 0.0 else 0.0
            mine = targets.share_within_class(world, params, v, t) * prospect.worth
            world.outlook[g, target.target_class].worth += mine
            world.outlook[g, target.target_class].lethality += mine * prospect.lethality


@kernel
def idle_share(world, params, group):
    """Share of a cell's time in which it is idle; by it, too, its plots grow with the threat level."""
    idle, watch, prepare, low, empty = cycle(
        world, params, group, world.vantages[world.groups[group].vantage].jurisdiction
    )
    return idle / (idle + watch + prepare + low + empty)


@kernel
def share_counted_at(world, params, slot, time):
    """Share of a cell's plots begun at a time that count, roughly: with the hazard at its hideout."""
    return share_counted(world, params, world.intelligence[slot.jurisdiction].interdiction, time)


@kernel
def days_missed(world, params, slot, time):
    """Days for which a plot begun at a time keeps its cell from another one, as far as that would count."""
    _idle, watch, prepare, low, empty = cycle(world, params, slot.group, slot.jurisdiction)
    busy = watch + prepare + low + empty
    return busy * share_counted_at(world, params, slot, time + 0.5 * busy)


@kernel
def worth_of_choice(world, params, group, c, share, missed):
    """What a choice adds to a class on average, with the attraction last weighed: its plots, less what they prevent."""
    view = world.outlook[group, c]
    own = targets.class_chance(world, group, c) * view.worth * share
    return own - targets.chance_of_any(world, group) * missed * view.flow


@kernel
def mean_prospect(world, params, v, target_class):
    """Mean worth and deaths of a plot over the targets of a class, as a group chooses among them from a vantage."""
    group = world.vantages[v].group
    worth_mean = 0.0
    deaths_mean = 0.0
    for t in range(len(world.targets)):
        if world.targets[t].target_class == target_class and world.appeal[v, t] > 0.0:
            prospect = world.prospects[group, t]
            value = targets.share_within_class(world, params, v, t) * prospect.worth
            worth_mean += value
            deaths_mean += value * prospect.lethality
    return worth_mean, deaths_mean


@kernel
def days_gained(world, params, months):
    """Days at threat level 0 that the change of the level is worth, as far as their plots will count, roughly."""
    threat = world.threat[0]
    hazard = world.intelligence[world.vantages[0].jurisdiction].interdiction
    days = 0.0
    for k in range(MONTHS_AHEAD):
        middle = (threat.month + k + 0.5) * DAYS_A_MONTH
        change = mean_rate(params, threat.level, k) - mean_rate(params, threat.former, k + months)
        days += change * DAYS_A_MONTH * share_counted(world, params, hazard, middle)
    return days
