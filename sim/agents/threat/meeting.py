"""Where and when a team that waits meets its target: its tries, when a convoy should pass, chances in towns."""

from sim.agents import detectors, insiders
from sim.agents.items import TODAYS_LEVEL
from sim.kernel import kernel
from sim.outcome import OUTING, SITE
from sim.world.sites import crossings_before


@kernel
def tries_at(params, target_class):
    """Tries that a team makes: a site is attacked on arrival."""
    return 1 if target_class == SITE else params.threat_wait_patience


@kernel
def planned_pass(world, params, route, departure, place):
    """Tick at which a movement is expected at a position of its route: a cell per tick, mean delays at checkpoints."""
    return departure + place + int(crossings_before(world, route, place) * detectors.mean_delay(params))


@kernel
def outings(params, adherence):
    """Outings that are made, 1 where nobody keeps the protocol: a share moves with adherence, the rest is today's."""
    rest = 1.0 - params.exposure_outing_tie
    made = params.exposure_outing_tie * (1.0 - adherence) + rest * (1.0 - TODAYS_LEVEL)
    return made * (1.0 - params.movement_curfew)


@kernel
def daily_meeting(world, params, target_row):
    """Chance per day that a team which waits in a town meets an outing or a private national."""
    target = world.targets[target_row]
    leak = 1.0 + params.records_foreigners * params.layers_records_leak * insiders.leaking_records(world, params)
    if target.target_class == OUTING:
        adherence = world.protocol[target.jurisdiction].adherence
        return min(1.0, params.exposure_outing_meeting * outings(params, adherence) * leak)
    return min(1.0, params.exposure_private_meeting * leak)
