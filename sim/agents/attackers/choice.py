"""A plot begins: a class and a target are chosen, or nothing, and an insider may be found who serves it."""

from sim import outcome, rng
from sim.agents import insiders
from sim.agents.attackers import preparation
from sim.agents.expected import gates as expected
from sim.agents.threat import slots, targets
from sim.agents.threat.slots import HELP, WHICH
from sim.clock import TICKS_A_DAY
from sim.kernel import kernel
from sim.outcome import NOTHING


@kernel
def choose(world, params, seed, time, s, may_pass):
    """Choose a class and a target, or nothing if that may be; begin the plot."""
    slot = world.slots[s]
    targets.weigh(world, params, slot.group)
    drawn = targets.choose_class(world, params, seed, slot.id, slot.plot, slot.group, may_pass)
    if may_pass:
        expected.choice(world, params, slot, time, drawn)
    if drawn == NOTHING:
        world.outcome[0].nothing_chosen += 1
        return
    world.outcome[0].plots += 1
    slot.target_class = drawn
    slot.way = slots.way_of(world, params, seed, slot)
    _choose_target(world, params, seed, time, s)
    _find_help(world, params, seed, s, time)
    preparation.watch(world, params, seed, s, time)
    outcome.log(world, int(time * TICKS_A_DAY), outcome.PLOT, s)


@kernel
def _choose_target(world, params, seed, time, s):
    slot = world.slots[s]
    slot.target = targets.choose_target(world, params, seed, slot.id, slot.plot, slot.group, slot.target_class)
    expected.target(world, params, slot, time)


@kernel
def _find_help(world, params, seed, s, time):
    """Whether an insider at the target serves the plot, and which."""
    slot = world.slots[s]
    site = world.targets[slot.target].site
    chance = insiders.chance_that_one_serves(world, params, site)
    slot.insider = int(rng.uniform(seed, rng.PLOT, slot.id, slot.plot, HELP) < chance)
    slot.access = -1
    if slot.insider == 1:
        u = rng.uniform(seed, rng.PLOT, slot.id, slot.plot, WHICH)
        insider = world.insiders[insiders.nth_at(world, site, int(u * insiders.count_at(world, site)))]
        slot.insider_post = insider.post
        slot.insider_number = insider.number
        slot.access = insider.access
    expected.insider(world, params, s, time, chance)
