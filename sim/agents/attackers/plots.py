"""How a plot ends: foiled, given up or an incident; its slot then lies low, is lost, or is idle again."""

from sim import outcome, rng
from sim.agents.expected import gates as expected
from sim.agents.threat import slots
from sim.agents.threat.slots import EMPTY, IDLE, LOW_DAYS, LYING_LOW, REMOVED, WAITING
from sim.clock import TICKS_A_DAY
from sim.kernel import kernel
from sim.outcome import CONVOY


@kernel
def watch_out(world, s, change):
    """Keep count of the teams that wait for a line, so that convoys nobody waits for cost nothing."""
    slot = world.slots[s]
    if slot.target_class == CONVOY:
        world.lookouts[world.targets[slot.target].place].teams += change


@kernel
def learn(world, params, s, success):
    """Perceived success of the class moves toward what the group saw, once an outcome."""
    slot = world.slots[s]
    if params.threat_learning != 0:
        seen = world.stance[slot.group, slot.target_class].perceived
        world.stance[slot.group, slot.target_class].perceived = seen + params.threat_eta * (success - seen)


@kernel
def foil(world, params, seed, time, s, stage):
    """A plot is stopped before execution."""
    outcome.log(world, int(time * TICKS_A_DAY), stage, s)
    learn(world, params, s, 0.0)
    end(world, params, seed, time, s, params.threat_removed_if_foiled)


@kernel
def give_up(world, s, day):
    """A team has waited long enough."""
    world.outcome[0].gave_up += 1
    outcome.log(world, day * TICKS_A_DAY, outcome.GAVE_UP, s)
    watch_out(world, s, -1)
    world.slots[s].state = IDLE
    world.slots[s].way = world.slots[s].home


@kernel
def raid(world, params, s, day):
    """An offensive removes the cell, and its plot with it."""
    slot = world.slots[s]
    world.outcome[0].cells_removed += 1
    if slots.in_plot(slot.state):
        world.outcome[0].foiled_offensive += 1
        outcome.log(world, day * TICKS_A_DAY, outcome.RAIDED, s)
        learn(world, params, s, 0.0)
        if slot.state == WAITING:
            watch_out(world, s, -1)
    slot.way = slot.home
    slot.state = EMPTY


@kernel
def end(world, params, seed, time, s, removed):
    """The slot is lost, or lies low."""
    slot = world.slots[s]
    if slot.state == WAITING:
        watch_out(world, s, -1)
    days = 0.0
    slot.way = slot.home
    slot.state = EMPTY
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, REMOVED) >= removed:
        days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, LOW_DAYS) * params.threat_lie_low_mean
        slot.state = LYING_LOW
        slot.due = time + days
    expected.rest(world, params, slot, time, removed, days)
