"""Target choice: nested quantal response over classes and "nothing", then over the targets of the class.

Utility of a target = value x perceived success - cost, perceived success lowered by the protection that is seen and
raised by the chance that an insider serves there. The pull of a class is [sum of appeal x exp(lambda u / theta)]^theta
over its targets, theta the elasticity in what is exposed there: a site that is written as two pulls as much as before.
"Nothing" pulls so much that, at reference protection and as groups see things at first, `threat.declined` of the
opportunities end with it.
"""

import math

from sim import rng
from sim.agents import insiders
from sim.agents.convoys import ARMOUR, ESCORT, chance_followed
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT, CONVOY, NOTHING, SITE
from sim.record import Record

LARGEST_EXPONENT = 700.0
# Protection seen of convoys and sites under today's policy, at which the share declined is stated.
SEEN_CONVOY, SEEN_SITE = 0.6, 0.25
_FIRST_TARGET_INDEX = 16  # below: the classes

GROUP = Record(
    "group",
    ("id", "i8", "", "from its name"),
    ("vantage", "i8", "row", "its first hideout's vantage, for mean worths"),
)

VANTAGE = Record(
    "vantage: a group at one of its hideouts",
    ("group", "i8", "row", "the group"),
    ("home", "i8", "row", "the hideout, a row of the road distances"),
    ("jurisdiction", "i8", "row", "jurisdiction of the hideout"),
)

STANCE = Record(
    "stance of a group toward a class",
    ("weight", "f8", "ratio", "the group's weight on the class's value"),
    ("perceived", "f8", "probability", "perceived success, learned"),
)

PULL = Record(
    "pull of a class, or of nothing, on a group",
    ("total", "f8", "", "sum of appeal x exp(lambda u / theta) over its targets"),
    ("whole", "f8", "", "that to the power theta; of nothing, what the share declined asks for"),
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
    seen = protection_seen(world, params, target_row)
    success = world.stance[group, c].perceived
    success += (1.0 - success) * params.insider_draws * help_there
    return utility_of_class(world, params, group, c, success, seen)


@kernel
def utility_of_class(world, params, group, c, success, protection):
    """Value x success, less as protection is seen, less the cost of an attempt."""
    seen = 1.0 - params.threat_visible_protection * protection
    value = params.threat_value[c] * world.stance[group, c].weight
    return value * success * seen - params.threat_cost[c]


@kernel
def pull(params, u):
    """exp(lambda u / theta), short of the largest number: beyond it all targets are irresistible alike."""
    return math.exp(min(LARGEST_EXPONENT, params.threat_rationality * u / params.threat_nest))


@kernel
def set_nothing(world, params):
    """Pull of nothing: the share declined, P0, is its share beside all classes at the reference, mean over groups."""
    classes = 0.0
    for g in range(len(world.groups)):
        for c in range(CLASS_COUNT):
            protection = SEEN_CONVOY if c == CONVOY else SEEN_SITE if c == SITE else 0.0
            u = utility_of_class(world, params, g, c, params.threat_x0[c], protection)
            classes += math.exp(min(LARGEST_EXPONENT, params.threat_rationality * u)) / len(world.groups)
    for g in range(len(world.groups)):
        world.pulls[g, NOTHING].whole = classes * (params.threat_declined / (1.0 - params.threat_declined))


@kernel
def opportunity_interval(params):
    """Mean days until an idle cell meets an opportunity, of which it declines a share."""
    return params.threat_plot_interval * (1.0 - params.threat_declined)


@kernel
def weigh(world, params, v):
    """Fill the pulls on a group as it sees the targets from a vantage; 0 where a class has no target."""
    group = world.vantages[v].group
    for c in range(CLASS_COUNT):
        world.pulls[group, c].total = 0.0
    for t in range(len(world.targets)):
        weight = world.appeal[v, t]
        if weight > 0.0:
            c = world.targets[t].target_class
            world.pulls[group, c].total += weight * pull(params, utility(world, params, group, t))
    for c in range(CLASS_COUNT):
        total = world.pulls[group, c].total
        world.pulls[group, c].whole = math.pow(total, params.threat_nest) if params.threat_nest < 1.0 else total


@kernel
def share_within_class(world, params, v, target_row):
    """Chance that a target is chosen among those of its class, after `weigh`."""
    group = world.vantages[v].group
    mine = world.appeal[v, target_row] * pull(params, utility(world, params, group, target_row))
    return mine / world.pulls[group, world.targets[target_row].target_class].total


@kernel
def class_chance(world, group, target_class):
    """Chance that a group chooses a class, after `weigh`."""
    return world.pulls[group, target_class].whole / _pull_of_all(world, group)


@kernel
def chance_of_any(world, group):
    """Chance that a group does not choose "nothing", after `weigh`."""
    return 1.0 - world.pulls[group, NOTHING].whole / _pull_of_all(world, group)


@kernel
def _pull_of_all(world, group):
    total = world.pulls[group, NOTHING].whole
    for c in range(CLASS_COUNT):
        total += world.pulls[group, c].whole
    return total


@kernel
def choose_class(world, seed, slot_id, plot, group, may_pass):
    """Draw a class, or NOTHING if that may be, after `weigh`: argmax of log pull plus a Gumbel number of its own."""
    best = NOTHING
    best_score = -1e300
    if may_pass and world.pulls[group, NOTHING].whole > 0.0:
        best_score = math.log(world.pulls[group, NOTHING].whole) + rng.gumbel(seed, rng.CHOICE, slot_id, plot, NOTHING)
    for c in range(CLASS_COUNT):
        if world.pulls[group, c].whole > 0.0:
            score = math.log(world.pulls[group, c].whole) + rng.gumbel(seed, rng.CHOICE, slot_id, plot, c)
            if score > best_score:
                best = c
                best_score = score
    return best


@kernel
def choose_target(world, params, seed, slot_id, plot, v, target_class):
    """Draw a target of a class: its row."""
    group = world.vantages[v].group
    best = -1
    best_score = 0.0
    for t in range(len(world.targets)):
        weight = world.appeal[v, t]
        target = world.targets[t]
        if target.target_class != target_class or weight <= 0.0:
            continue
        score = params.threat_rationality * utility(world, params, group, t) / params.threat_nest + math.log(weight)
        score += rng.gumbel(seed, rng.CHOICE, slot_id, plot, _FIRST_TARGET_INDEX + target.id)
        if best < 0 or score > best_score:
            best = t
            best_score = score
    return best


# An insider's offer: help that is sure, at his site or a line of it.


@kernel
def is_offered(world, group, target_row, site):
    """Whether a facilitator of a site can help a group against a target."""
    return world.targets[target_row].site == site and world.appeal[world.groups[group].vantage, target_row] > 0.0


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
    u = utility_with(world, params, group, target_row, 1.0)
    return math.exp(min(LARGEST_EXPONENT, params.threat_rationality * u))


@kernel
def choose_offered(world, params, seed, slot_id, plot, group, site):
    """Draw one of the targets that are offered, which count alike, or -1 for nothing: row of the target."""
    options = count_offered(world, group, site)
    best = -1
    best_score = -1e300
    if world.pulls[group, NOTHING].whole > 0.0:
        best_score = math.log(world.pulls[group, NOTHING].whole) + rng.gumbel(seed, rng.CHOICE, slot_id, plot, NOTHING)
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
    total = world.pulls[group, NOTHING].whole
    for t in range(len(world.targets)):
        if is_offered(world, group, t, site):
            total += pull_offered(world, params, group, t) / options
    return total
