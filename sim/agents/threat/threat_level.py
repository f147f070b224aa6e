"""Threat level of the world: an AR(1) series by the month, drawn by the world and the same for all policies.

Without it, counts of incidents would vary less than a Poisson process does.
"""

import math

from sim import rng
from sim.agents.threat.targets import opportunity_interval
from sim.clock import DAYS_A_YEAR
from sim.kernel import kernel
from sim.record import Record

DAYS_A_MONTH = DAYS_A_YEAR / 12.0
# Of the baseline: the share of its time in which a cell is idle, and what an opportunity leads to.
IDLE_SHARE, INCIDENTS_AN_OPPORTUNITY = 0.75, 0.165
MONTHS_OF_MEMORY = 12.0  # correlation time: 1 year, assumed


LEVEL = Record(
    "threat level",
    ("month", "i8", "month", "month whose threat level holds, since the epoch"),
    ("level", "f8", "log", "threat level of the world: AR(1), the same for all policies"),
    ("former", "f8", "log", "that of the month before, on the day on which a month begins"),
)


@kernel
def begin(world, params, seed, day):
    """Run the series from the epoch to a day, so that another warm-up meets the same series."""
    threat = world.threat[0]
    threat.month = 0
    threat.level = params.threat_level_sd * rng.normal(seed, rng.LEVEL, 0, 0, 0)
    _pass_on(world, params, seed, day)


@kernel(inline=True)
def turn(world, params, seed, day):
    """Pass on to the month of a day."""
    world.threat[0].former = world.threat[0].level
    _pass_on(world, params, seed, day)
    for g in range(len(world.heat)):
        if world.heat[g] > 0.0:
            world.heat[g] *= math.exp(-1.0 / params.threat_near_repeat_time)


@kernel(inline=True)
def _pass_on(world, params, seed, day):
    threat = world.threat[0]
    while threat.month < int(day / DAYS_A_MONTH):
        kept = math.exp(-1.0 / MONTHS_OF_MEMORY)
        fresh = params.threat_level_sd * math.sqrt(1.0 - kept * kept)
        threat.month += 1
        threat.former = threat.level
        threat.level = kept * threat.level + fresh * rng.normal(seed, rng.LEVEL, 0, threat.month, 0)


@kernel
def excite(world, params, group, cells):
    """An incident: its group of so many cells meets more opportunities for weeks, so that `near_repeat` more follow.

    That is the mean number: the cell that struck lies low, and each opportunity of the others that are idle leads on
    as in the baseline (assumed). Fewer follow where the group's cells are all busy.
    """
    if params.threat_near_repeat > 0.0:
        a_day = max(cells - 1, 1) * IDLE_SHARE * INCIDENTS_AN_OPPORTUNITY / opportunity_interval(params)
        world.heat[group] += params.threat_near_repeat / (a_day * params.threat_near_repeat_time)


@kernel
def mean_rate(params, level, months):
    """E[exp(level)] so many months after it was known: a lognormal mean; in the long run exp(sd^2 / 2)."""
    kept = math.exp(-months / MONTHS_OF_MEMORY)
    return math.exp(kept * level + 0.5 * params.threat_level_sd * params.threat_level_sd * (1.0 - kept * kept))
