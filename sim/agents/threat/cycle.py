"""The cycle of a cell: how long it is idle, watches, prepares, lies low and is lost, from plot to plot."""

from sim.agents.threat import slots, targets
from sim.kernel import kernel


@kernel
def cycle(world, params, group, jurisdiction):
    """Mean days that a cell is idle, watches, prepares, lies low and is lost, from plot to plot; the field left out."""
    hazard = world.intelligence[jurisdiction].interdiction
    through_watch = 1.0 / (1.0 + hazard * params.threat_watch_mean)
    through = through_watch / (1.0 + hazard * params.threat_prepare_mean)
    engaged = slots.lost_by_attack(world, params, jurisdiction)
    removed = (1.0 - through) * params.threat_removed_if_foiled + through * engaged
    idle = targets.opportunity_interval(params) / max(1e-9, targets.chance_of_any(world, group))
    watch = through_watch * params.threat_watch_mean
    prepare = through * params.threat_prepare_mean
    low = (1.0 - removed) * params.threat_lie_low_mean
    empty = removed * params.threat_recruit_interval / slots.keenness(world, params, jurisdiction)
    return idle, watch, prepare, low, empty
