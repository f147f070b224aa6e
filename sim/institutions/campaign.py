"""Programmes of years: offensives against cells, and development and dialogue with the residents."""

import math

from sim import rng
from sim.agents.attackers import plots
from sim.agents.expected import gates as expected
from sim.agents.threat.slots import EMPTY
from sim.institutions.ledgers import PROJECT
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax
from sim.record import Record

PROGRAMME = Record(
    "programmes of years",
    ("development", "f8", "0..1", "development that works by now, of a full programme"),
    ("dialogue", "f8", "0..1", "dialogue with residents that works by now, of a full programme"),
)

DISPLACED = Record(
    "displaced of a jurisdiction",
    ("campaigns", "f8", "campaign", "displacement stock of offensives"),
)


@kernel
def reach(world, params, seed, day, number):
    """A campaign: each cell that hides in its districts is removed with a fixed chance; people are displaced."""
    for j in range(len(world.jurisdictions)):
        if _reached(params, j):
            world.displaced[j].campaigns += 1.0
            world.outcome[0].state_spent += (
                world.setting[0].state_share * params.cost_offensive / len(world.jurisdictions)
            )
    for s in range(len(world.slots)):
        slot = world.slots[s]
        if slot.state != EMPTY and _reached(params, slot.jurisdiction):
            removed = rng.uniform(seed, rng.OFFENSIVE, slot.id, number, 0) < params.campaign_removal
            expected.raid(world, params, s, removed)
            if removed:
                plots.raid(world, params, s, day)


@kernel
def _reached(params, j):
    """Whether a campaign reaches a jurisdiction; with no district named it reaches all."""
    return params.offensive_districts == 0 or (params.offensive_districts >> j) & 1 == 1


@kernel(inline=True)
def fade(world, params):
    """One day of the displaced who find a home."""
    for j in range(len(world.displaced)):
        if world.displaced[j].campaigns > 0.0:
            faded = kept_by_half_life(params.campaign_displacement_half_life)
            world.displaced[j].campaigns = relax(world.displaced[j].campaigns, 0.0, faded)


@kernel
def begin(world, params):
    """Programmes of the warm-up's policy have run for long."""
    programme = world.programmes[0]
    programme.development = _development(params, world.delivered[0].extras_paid)
    programme.dialogue = params.community_civil_society


@kernel
def _development(params, paid):
    """Development that is paid for."""
    return params.community_development * (paid if params.community_ledger == PROJECT else 1.0)


@kernel(inline=True)
def turn(world, params):
    """One day of a first-order lag of years toward what is paid for; nothing moves where all is as it is paid for."""
    programme = world.programmes[0]
    development = _development(params, world.delivered[0].extras_paid)
    dialogue = params.community_civil_society
    if programme.development != development or programme.dialogue != dialogue:
        kept = math.exp(-1.0 / params.community_development_lag)
        programme.development = relax(programme.development, development, kept)
        programme.dialogue = relax(programme.dialogue, dialogue, kept)
