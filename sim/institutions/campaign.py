"""Programmes of years: offensives against cells, and development and dialogue with the residents."""

import math

from sim import outcome, rng
from sim.agenda import TICKS_A_DAY
from sim.agents import plots
from sim.agents.plots import APPROACHING, EMPTY, PREPARING, WATCHING
from sim.kernel import kernel
from sim.laws import relax


@kernel
def strike(world, params, seed, day, number):
    """A campaign: each cell that hides in its districts is removed with a fixed chance; people are displaced."""
    for j in range(len(world.jurisdictions)):
        if _reached(params, j):
            world.jurisdictions[j].displaced += 1.0
            world.outcome[0].state_spent += params.cost_offensive / len(world.jurisdictions)
    for s in range(len(world.slots)):
        slot = world.slots[s]
        if slot.state != EMPTY and _reached(params, slot.jurisdiction):
            removed = rng.uniform(seed, rng.OFFENSIVE, slot.id, number, 0) < params.campaign_removal
            _book(world, params, s, removed)
            if removed:
                _remove(world, params, s, day)


@kernel
def _reached(params, j):
    """Whether a campaign reaches a jurisdiction; with no district named it reaches all."""
    return params.offensive_districts == 0 or (params.offensive_districts >> j) & 1 == 1


@kernel
def _book(world, params, s, removed):
    """A gate of a plot in preparation; one in the field leaves the control variate alone."""
    slot = world.slots[s]
    if slot.state != WATCHING and slot.state != PREPARING:
        return
    hazard = plots.interdiction(world, params, slot.jurisdiction, world.targets[slot.target].jurisdiction)
    left = slot.due - slot.done + (slot.prepare_days if slot.state == WATCHING else 0.0)
    value = math.exp(-hazard * left) * slot.worth * plots.counts(world, slot.done + left)
    plots.gate(world, slot, (0.0 if removed else value) - (1.0 - params.campaign_removal) * value)


@kernel
def _remove(world, params, s, day):
    """The cell is lost, and its plot with it."""
    slot = world.slots[s]
    world.outcome[0].cells_removed += 1
    if plots.in_plot(slot.state):
        world.outcome[0].foiled_offensive += 1
        outcome.log(world, day * TICKS_A_DAY, outcome.RAIDED, s)
        plots.learn(world, params, s, 0.0)
        if slot.state > APPROACHING:
            plots.watch_out(world, s, -1)
    slot.state = EMPTY


@kernel
def begin(world, params):
    """Programmes of the warm-up's policy have run for long."""
    delivered = world.delivered[0]
    delivered.development = _development(params, delivered.extras_paid)
    delivered.dialogue = params.community_civil_society


@kernel
def _development(params, paid):
    """Development that is paid for."""
    return params.community_development * (paid if params.community_ledger == 1 else 1.0)


@kernel(inline=True)
def turn(world, params):
    """One day of a first-order lag of years toward what is paid for; nothing moves where all is as it is paid for."""
    delivered = world.delivered[0]
    development, dialogue = _development(params, delivered.extras_paid), params.community_civil_society
    if delivered.development != development or delivered.dialogue != dialogue:
        kept = math.exp(-1.0 / params.community_development_lag)
        delivered.development = relax(delivered.development, development, kept)
        delivered.dialogue = relax(delivered.dialogue, dialogue, kept)
