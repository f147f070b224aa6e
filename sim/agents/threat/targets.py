"""Target choice: nested quantal response over classes and "nothing", then over the targets of the class.

Utility of a target = value x perceived success - cost, perceived success lowered by the protection that is seen and
raised by the chance that an insider serves there.
The worth of a class is the log of the weighted *mean* of exp(lambda u), so that more targets do not change the rate.
"""

import math

from sim import rng
from sim.agents import insiders
from sim.agents.convoys import ARMOUR, ESCORT, chance_followed
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT, CONVOY, NOTHING, SITE
from sim.record import Record

LARGEST_EXPONENT = 700.0
_FIRST_TARGET_INDEX = 16  # below: the classes

GROUP = Record(
    "group",
    ("id", "i8", "", "from its name"),
    ("home", "i8", "row", "one of its hideouts, a row of the road distances, for mean worths"),
    ("jurisdiction", "i8", "row", "jurisdiction of that hideout"),
)

STANCE = Record(
    "stance of a group toward a class",
    ("weight", "f8", "ratio", "the group's weight on the class's value"),
    ("perceived", "f8", "probability", "perceived success, learned"),
    ("attraction", "f8", "", "weighted mean of exp(lambda u) over the class's targets"),
)


@kernel
def protection_seen(world, params, target_row):
    """How protected a target looks, 0..1: escorts and armour of its line, layers of the site; nothing elsewhere."""
    target = world.targets[target_row]
    if target.target_class == CONVOY:
        escorted = chance_followed(world, target.place, ESCORT)
        return 0.5 * (escorted + chance_followed(world, target.place, ARMOUR))
    if target.target_class == SITE:
        return world.protocol[target.jurisdiction].adherence * world.delivered[0].site_layer
    return 0.0


@kernel
def utility(world, params, group, target_row):
    """Utility of a target for a group."""
    help_there = 0.0
    if params.insider_draws > 0.0:
        help_there = insiders.chance_that_one_serves(world, params, world.targets[target_row].site)
    return utility_with(world, params, group, target_row, help_there)


@kernel
def utility_with(world, params, group, target_row, help_there):
    """Utility of a target for a group that expects an insider's help with a chance."""
    c = world.targets[target_row].target_class
    seen = 1.0 - params.threat_visible_protection * protection_seen(world, params, target_row)
    value = params.threat_value[c] * world.stance[group, c].weight
    success = world.stance[group, c].perceived
    success += (1.0 - success) * params.insider_draws * help_there
    return value * success * seen - params.threat_cost[c]


@kernel
def pull(params, u):
    """exp(lambda u), short of the largest number: beyond it all targets are irresistible alike."""
    return math.exp(min(LARGEST_EXPONENT, params.threat_rationality * u))


@kernel
def nothing(world, params):
    """Attraction of doing nothing: exp(lambda u)."""
    return math.exp(params.threat_rationality * params.threat_outside_option)


@kernel
def weigh(world, params, group):
    """Fill `attraction[group]` with the weighted mean of exp(lambda u) of each class; 0 where it has no target."""
    for c in range(CLASS_COUNT):
        world.stance[group, c].attraction = 0.0
    for t in range(len(world.targets)):
        weight = world.appeal[group, t]
        if weight > 0.0:
            c = world.targets[t].target_class
            world.stance[group, c].attraction += weight * pull(params, utility(world, params, group, t))


@kernel
def share_within_class(world, params, group, target_row):
    """Chance that a group chooses a target among those of its class, after `weigh`."""
    attraction = world.stance[group, world.targets[target_row].target_class].attraction
    return world.appeal[group, target_row] * pull(params, utility(world, params, group, target_row)) / attraction


@kernel
def class_chance(world, params, group, target_class):
    """Chance that a group chooses a class, after `weigh`."""
    return world.stance[group, target_class].attraction / _attraction_of_all(world, params, group)


@kernel
def chance_of_any(world, params, group):
    """Chance that a group does not choose "nothing", after `weigh`."""
    return 1.0 - nothing(world, params) / _attraction_of_all(world, params, group)


@kernel
def _attraction_of_all(world, params, group):
    total = nothing(world, params)
    for c in range(CLASS_COUNT):
        total += world.stance[group, c].attraction
    return total


@kernel
def choose_class(world, params, seed, slot_id, plot, group, may_pass):
    """Draw a class, or NOTHING if that may be, after `weigh`: argmax of log worth plus a Gumbel number of its own."""
    best = NOTHING
    best_score = params.threat_rationality * params.threat_outside_option
    best_score += rng.gumbel(seed, rng.CHOICE, slot_id, plot, NOTHING)
    if not may_pass:
        best_score = -1e300
    for c in range(CLASS_COUNT):
        if world.stance[group, c].attraction > 0.0:
            score = math.log(world.stance[group, c].attraction) + rng.gumbel(seed, rng.CHOICE, slot_id, plot, c)
            if score > best_score:
                best = c
                best_score = score
    return best


@kernel
def choose_target(world, params, seed, slot_id, plot, group, target_class):
    """Draw a target of a class: its row."""
    best = -1
    best_score = 0.0
    for t in range(len(world.targets)):
        weight = world.appeal[group, t]
        target = world.targets[t]
        if target.target_class != target_class or weight <= 0.0:
            continue
        score = params.threat_rationality * utility(world, params, group, t) + math.log(weight)
        score += rng.gumbel(seed, rng.CHOICE, slot_id, plot, _FIRST_TARGET_INDEX + target.id)
        if best < 0 or score > best_score:
            best = t
            best_score = score
    return best


# An insider's offer: help that is sure, at his site or a line of it.


@kernel
def is_offered(world, group, target_row, site):
    """Whether a facilitator of a site can help a group against a target."""
    return world.targets[target_row].site == site and world.appeal[group, target_row] > 0.0


@kernel
def count_offered(world, group, site):
    """Targets against which a facilitator of a site can help a group."""
    count = 0
    for t in range(len(world.targets)):
        count += int(is_offered(world, group, t, site))
    return count


@kernel
def pull_offered(world, params, group, target_row):
    """exp(lambda u) with help that is sure."""
    return pull(params, utility_with(world, params, group, target_row, 1.0))


@kernel
def choose_offered(world, params, seed, slot_id, plot, group, site):
    """Draw one of the targets that are offered, which count alike, or -1 for nothing: row of the target."""
    options = count_offered(world, group, site)
    best = -1
    best_score = math.log(nothing(world, params)) + rng.gumbel(seed, rng.CHOICE, slot_id, plot, NOTHING)
    for t in range(len(world.targets)):
        if is_offered(world, group, t, site):
            score = math.log(pull_offered(world, params, group, t) / options)
            score += rng.gumbel(seed, rng.CHOICE, slot_id, plot, _FIRST_TARGET_INDEX + world.targets[t].id)
            if score > best_score:
                best = t
                best_score = score
    return best


@kernel
def attraction_offered(world, params, group, site):
    """Attraction of nothing and of an offer: the mean of exp(lambda u) over its targets."""
    options = count_offered(world, group, site)
    total = nothing(world, params)
    for t in range(len(world.targets)):
        if is_offered(world, group, t, site):
            total += pull_offered(world, params, group, t) / options
    return total
