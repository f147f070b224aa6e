"""Whether a plot still counts: its strike must fall between t = 0 and the horizon."""

import math

from sim.kernel import kernel


@kernel
def in_time(params, hazard, days, watch):
    """P(both phases of preparation end within so many days | no interdiction): the sum of two exponential times."""
    if days <= 0.0:
        return 0.0
    second = 1.0 / params.threat_prepare_mean + hazard
    if watch <= 0.0:
        return 1.0 - math.exp(-second * days)
    first = 1.0 / watch + hazard
    if abs(first - second) < 1e-6:
        return 1.0 - (1.0 + first * days) * math.exp(-first * days)
    return 1.0 - (second * math.exp(-first * days) - first * math.exp(-second * days)) / (second - first)


@kernel
def share_counted(world, params, hazard, time):
    """P(a plot begun at a time strikes from t = 0 to the horizon | no interdiction); days in the field left out."""
    return share_counted_with(world, params, hazard, time, params.threat_watch_mean)


@kernel
def share_counted_with(world, params, hazard, time, watch):
    """The same with another mean time of watching."""
    clock = world.clock[0]
    before = in_time(params, hazard, clock.policy_day - time, watch)
    return in_time(params, hazard, clock.horizon_day - time, watch) - before


@kernel
def counts(world, time):
    """1 where a strike at a time counts: between t = 0 and the horizon."""
    return 1.0 if world.clock[0].policy_day <= time < world.clock[0].horizon_day else 0.0
