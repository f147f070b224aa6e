"""A plot begins: a class and a target are chosen, or nothing, and an insider may be found who serves it.

Or it begins with an insider: he offers help at his site, and that offer is taken up or not.
"""

from sim import outcome, rng
from sim.agents import insiders
from sim.agents.attackers import preparation
from sim.agents.expected import gates as expected
from sim.agents.threat import slots, targets
from sim.agents.threat.slots import HELP, OFFERED, SERVED, WHICH, WHO_OFFERS
from sim.clock import TICKS_A_DAY
from sim.kernel import kernel
from sim.outcome import NOTHING


@kernel
def choose(world, params, seed, time, s, may_pass):
    """Choose a class and a target, or nothing if that may be; begin the plot."""
    slot = world.slots[s]
    targets.weigh(world, params, slot.vantage)
    drawn = targets.choose_class(world, seed, slot.id, slot.plot, slot.group, may_pass)
    if may_pass:
        expected.choice(world, params, slot, time, drawn)
    if drawn == NOTHING:
        world.outcome[0].nothing_chosen += 1
        return
    slot.target_class = drawn
    slot.way = slots.way_of(world, params, seed, slot)
    _choose_target(world, params, seed, time, s)
    _find_help(world, params, seed, s, time)
    _begin(world, params, seed, time, s)


@kernel
def take_offer(world, params, seed, time, s):
    """A facilitator offers help at his site or a line of it: choose one of them, or nothing, and begin with him."""
    slot = world.slots[s]
    slot.way = slots.way_of(world, params, seed, slot)
    u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, WHO_OFFERS)
    k = insiders.nth_of_all(world, int(u * insiders.in_post(world)))
    site = world.insiders[k].site
    drawn = targets.choose_offered(world, params, seed, slot.id, slot.plot, slot.group, site)
    expected.offered(world, params, s, time, k, drawn)
    if drawn < 0:
        slot.way = slot.home
        world.outcome[0].nothing_chosen += 1
        return
    world.outcome[0].plots_offered += 1
    slot.target = drawn
    slot.target_class = world.targets[drawn].target_class
    _serve(world, s, k, OFFERED)
    _begin(world, params, seed, time, s)


@kernel
def _choose_target(world, params, seed, time, s):
    slot = world.slots[s]
    slot.target = targets.choose_target(world, params, seed, slot.id, slot.plot, slot.vantage, slot.target_class)
    expected.target(world, params, slot, time)


@kernel
def _find_help(world, params, seed, s, time):
    """Whether an insider at the target serves the plot, and which."""
    slot = world.slots[s]
    site = world.targets[slot.target].site
    chance = insiders.chance_that_one_serves(world, params, site)
    slot.insider = 0
    slot.access = -1
    slot.begun = 0
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, HELP) < chance:
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, WHICH)
        _serve(world, s, insiders.nth_at(world, site, int(u * world.staffed[site].people)), SERVED)
    expected.insider(world, params, s, time, chance)


@kernel
def _serve(world, s, k, begun):
    """An insider serves the plot; he does until its team sets out, even if he leaves his post before."""
    slot = world.slots[s]
    insider = world.insiders[k]
    slot.insider = 1
    slot.begun = begun
    slot.insider_post = insider.post
    slot.insider_number = insider.number
    slot.access = insider.access


@kernel
def _begin(world, params, seed, time, s):
    """A plot begins: it is watched from now on."""
    slot = world.slots[s]
    row = world.outcome[0]
    row.plots += 1
    row.plots_sited += int(world.targets[slot.target].site >= 0)
    row.plots_with_insider += slot.insider
    preparation.watch(world, params, seed, s, time)
    outcome.log(world, int(time * TICKS_A_DAY), outcome.PLOT, s)
