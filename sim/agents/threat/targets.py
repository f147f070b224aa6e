"""Target choice: nested quantal response over classes and "nothing", then over the targets of the class.

Utility of a target = value x perceived success - cost, perceived success lowered by the protection that is seen.
The worth of a class is the log of the weighted *mean* of exp(lambda u), so that more targets do not change the rate.
"""

import math

from sim import rng
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
    c = world.targets[target_row].target_class
    seen = 1.0 - params.threat_visible_protection * protection_seen(world, params, target_row)
    value = params.threat_value[c] * world.stance[group, c].weight
    return value * world.stance[group, c].perceived * seen - params.threat_cost[c]


@kernel
def pull(params, u):
    """exp(lambda u), short of the largest number: beyond it all targets are irresistible alike."""
    return math.exp(min(LARGEST_EXPONENT, params.threat_rationality * u))


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
    nothing = math.exp(params.threat_rationality * params.threat_outside_option)
    return 1.0 - nothing / _attraction_of_all(world, params, group)


@kernel
def _attraction_of_all(world, params, group):
    total = math.exp(params.threat_rationality * params.threat_outside_option)
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
