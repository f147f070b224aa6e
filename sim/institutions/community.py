"""The community: grievance of each town, what moves it, and protest.

G' = kappa (rest - G), plus a step after each incident in the jurisdiction. The rest level is G0 plus what every burden
shifts it by: its weight (the shift at a reference dose) times its dose. One table serves all burdens. Protest is a
signal and a cost: roads are blocked for a while; no rule lets it lead to an attack.
"""

from sim import rng
from sim.agents.detectors import ARMY_STAFF
from sim.agents.items import CLOSURE
from sim.clock import DAYS_A_YEAR
from sim.institutions import forces, surveillance
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax
from sim.record import Record

# Reference doses: a burden of this size shifts grievance by its weight.
CLOSURES_A_WEEK, SHOP_HOURS = 2.5, 5.5 * 40.0 * 1.5
REFUSED, EXCLUSION_KM, GUARDS, TOWERS = 0.02, 2.0, 40.0, 4.0
ARMY_BURDEN = 1.3  # of a checkpoint of the army's, the police's = 1; assumed

RESIDENTS = Record(
    "residents of a town",
    ("grievance", "f8", "0..1", "their grievance"),
    ("blocked", "i8", "day", "day of the last protest that blocked the town's road"),
)

MOOD = Record(
    "mood of a jurisdiction",
    ("grievance", "f8", "0..1", "mean grievance of the people of its towns; of all towns where it has none"),
)


@kernel
def checkpoint_dose(world, params):
    """Delay that residents bear at checkpoints, today = 1; none where the world has none."""
    if world.setting[0].first_cameras == 0:
        return 0.0
    dose = params.checkpoints_staffed_share * params.checkpoints_thoroughness
    return dose * (ARMY_BURDEN if params.checkpoints_staffed_by == ARMY_STAFF else 1.0)


@kernel
def _checkpoints(world, params):
    """Shift of the rest level by checkpoints, in every town."""
    return params.community_w_checkpoint * checkpoint_dose(world, params)


@kernel
def _everywhere(world, params):
    """Shift of the rest level in every town."""
    shift = _checkpoints(world, params)
    shift += params.community_w_surveillance * (surveillance.dose(world, params) + params.records_residents)
    shift += params.community_w_partner * forces.foreign_dose(params)
    return shift - params.community_w_development * world.programmes[0].development


@kernel
def _refusals(world, params):
    """Further shift by honest applicants refused, in towns whose people work at a site."""
    return params.community_w_refusal * world.checks[0].refused / REFUSED


@kernel
def _near_sites(world, params):
    """Further shift in towns whose people work at a site."""
    shift = _refusals(world, params)
    shift += params.community_w_exclusion * world.delivered[0].exclusion / EXCLUSION_KM
    delivered = world.delivered[0]
    isolation = delivered.perimeter + delivered.extra_guards / GUARDS + delivered.towers / TOWERS
    shift += params.community_w_isolation * isolation
    return shift - params.community_w_hiring * (params.community_local_hiring - 1.0)


@kernel
def _closures(world, params, town):
    """Further shift by roads that are really closed, in shop-hours of the mean site of the town."""
    most = 2.0 * params.exposure_trips_per_week
    flagged = town.closable / town.sites
    asked = flagged * min(most, params.closures_per_week) + (1.0 - flagged) * min(most, params.closures_elsewhere)
    closed = asked * world.chances[town.jurisdiction, CLOSURE]
    size = params.closures_length * params.closures_shops_per_km * params.closures_duration / SHOP_HOURS
    return params.community_w_closure * closed * size / CLOSURES_A_WEEK


@kernel
def rest(world, params, town, everywhere, near_sites):
    """Where a town's grievance tends to, given the shifts in every town and in those near sites."""
    displaced = world.displaced[town.jurisdiction].campaigns
    level = params.community_G0 + everywhere
    level += params.campaign_rho * params.community_w_displacement * displaced
    if town.sites > 0:
        level += near_sites + _closures(world, params, town)
    return min(1.0, max(0.0, level))


@kernel
def begin(world, params):
    """Put every town where its grievance tends to."""
    everywhere, near_sites = _everywhere(world, params), _near_sites(world, params)
    for t in range(len(world.towns)):
        world.residents[t].grievance = rest(world, params, world.towns[t], everywhere, near_sites)
        world.residents[t].blocked = -1
    _average(world, params)


@kernel(inline=True)
def turn(world, params):
    """One day of G' = kappa (rest - G)."""
    kept = kept_by_half_life(params.community_half_life)
    everywhere, near_sites = _everywhere(world, params), _near_sites(world, params)
    for t in range(len(world.towns)):
        goal = rest(world, params, world.towns[t], everywhere, near_sites)
        world.residents[t].grievance = relax(world.residents[t].grievance, goal, kept)
    _average(world, params)


@kernel
def _average(world, params):
    """Mood of every jurisdiction."""
    for j in range(len(world.mood)):
        world.mood[j].grievance = _mean_over_people(world, params, j)


@kernel
def _mean_over_people(world, params, j):
    """Mean grievance of residents and local staff in a jurisdiction's towns; in all towns where it has none."""
    everybody = 0.0
    for t in range(len(world.towns)):
        everybody += _people_for(world, params, t, j)
    mean = 0.0
    for t in range(len(world.towns)):
        mean += _people_for(world, params, t, j) / everybody * world.residents[t].grievance
    return mean


@kernel
def _people_for(world, params, t, j):
    """People of a town who count for the mood of a jurisdiction."""
    if world.towns[t].jurisdiction != j and world.jurisdictions[j].towns > 0:
        return 0.0
    return params.exposure_residents + world.towns[t].local_staff


@kernel
def suffer(world, params, j):
    """An incident in a jurisdiction: grievance of its towns rises by a step."""
    for t in range(len(world.towns)):
        if world.towns[t].jurisdiction == j:
            world.residents[t].grievance = min(1.0, world.residents[t].grievance + params.community_w_harm)


@kernel(inline=True)
def protest(world, params, seed, day):
    """Towns above the threshold block their road on some days."""
    for t in range(len(world.towns)):
        town = world.towns[t]
        above = world.residents[t].grievance - params.community_protest_threshold
        chance = params.community_protest_rate * above
        if chance > 0.0 and rng.uniform(seed, rng.PROTEST, town.id, day, 0) < chance:
            world.residents[t].blocked = day
            world.outcome[0].protests += 1
            world.outcome[0].protests_at_closures += int(town.closable > 0)


@kernel(inline=True)
def account(world, params):
    """One day of grievance and of residents' hours."""
    row = world.outcome[0]
    for t in range(len(world.towns)):
        row.grievance_days += world.residents[t].grievance / len(world.towns)
    _account_shifts(world, params)
    people = params.exposure_residents * len(world.towns)
    row.resident_hours += people * params.exposure_resident_delay * checkpoint_dose(world, params) / DAYS_A_YEAR
    foreigners = world.setting[0].foreign_staff + params.exposure_private_nationals
    on_record = params.records_residents * people + params.records_foreigners * foreigners
    row.privacy_person_years += on_record / DAYS_A_YEAR
    row.development_days += world.programmes[0].development


@kernel
def _account_shifts(world, params):
    """One day of what closures, checkpoints and refusals shift the rest level by, means over towns."""
    row = world.outcome[0]
    row.grievance_checkpoints += _checkpoints(world, params)
    for t in range(len(world.towns)):
        if world.towns[t].sites > 0:
            row.grievance_closures += _closures(world, params, world.towns[t]) / len(world.towns)
            row.grievance_refusals += _refusals(world, params) / len(world.towns)
