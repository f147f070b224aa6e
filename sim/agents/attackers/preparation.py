"""Preparation: a plot is watched, then prepared, and stopped where the hazard of interdiction passes its threshold."""

from sim import outcome, rng
from sim.agents.attackers import field, plots
from sim.agents.expected import gates as expected
from sim.agents.threat import slots
from sim.agents.threat.slots import PREPARE_DAYS, PREPARING, WATCH_DAYS, WATCHING
from sim.clock import TICKS_A_DAY
from sim.kernel import kernel


@kernel
def watch(world, params, seed, s, time):
    """First phase: both lengths are drawn now, so that the worth of what remains is known."""
    slot = world.slots[s]
    watch_days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, WATCH_DAYS) * slots.mean_watch(params, slot.access)
    slot.prepare_days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, PREPARE_DAYS) * params.threat_prepare_mean
    slot.state = WATCHING
    slot.node = world.targets[slot.target].node
    slot.due = time + watch_days
    _begin_phase(world, seed, s, time, 0)
    expected.phases(world, params, s, time, watch_days)


@kernel
def prepare(world, seed, s, time):
    """Second phase."""
    slot = world.slots[s]
    slot.state = PREPARING
    slot.due = time + slot.prepare_days
    _begin_phase(world, seed, s, time, 1)


@kernel
def _begin_phase(world, seed, s, time, phase):
    slot = world.slots[s]
    slot.done = time
    slot.hazard = 0.0
    slot.threshold = rng.exponential(seed, rng.INTERDICTION, slot.id, slot.plot, phase)


@kernel(inline=True)
def advance(world, params, seed, day):
    """Plots that are watched or prepared: add up the hazard of interdiction, pass on to the next phase."""
    for s in range(len(world.slots)):
        slot = world.slots[s]
        while slots.in_preparation(slot.state) and slot.done < day + 1:
            _advance_phase(world, params, seed, day, s)


@kernel(inline=True)
def _advance_phase(world, params, seed, day, s):
    """One stretch of constant hazard: to the end of the phase or of the day."""
    slot = world.slots[s]
    hazard = slots.own_interdiction(world, params, slot)
    end = min(slot.due, day + 1.0)
    gathered = hazard * (end - slot.done)
    stopped = slot.hazard + gathered >= slot.threshold
    expected.interdiction(world, s, hazard, gathered, end, stopped)
    if stopped:
        time = slot.done + (slot.threshold - slot.hazard) / hazard
        world.outcome[0].foiled_interdiction += 1
        plots.foil(world, params, seed, time, s, outcome.INTERDICTED)
        return
    slot.hazard += gathered
    slot.done = end
    if end == slot.due:
        if slot.state == WATCHING:
            prepare(world, seed, s, end)
        else:
            field.set_out(world, params, seed, s, int(end * TICKS_A_DAY))
