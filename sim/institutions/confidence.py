"""Investors' confidence: a fatal attack on a site or its convoy lowers it and stops work, also elsewhere."""

from sim import rng
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax


@kernel(inline=True)
def turn(world, params):
    """One day of recovery."""
    delivered = world.delivered[0]
    if delivered.confidence < 1.0:
        delivered.confidence = relax(delivered.confidence, 1.0, kept_by_half_life(params.confidence_half_life))


@kernel
def react(world, params, seed, day):
    """Stop work at a site that was struck, and where it spreads: the lower confidence is, the further."""
    for i in range(len(world.sites)):
        s = world.sites[i].struck_by
        if s < 0:
            continue
        world.sites[i].struck_by = -1
        world.delivered[0].confidence *= 1.0 - params.confidence_drop
        spread = params.confidence_contagion * (1.0 - world.delivered[0].confidence)
        others = 0
        for k in range(len(world.sites)):
            site = world.sites[k]
            slot = world.slots[s]
            if k == i or rng.uniform(seed, rng.STOPPAGE, slot.id, slot.plot, site.id) < spread:
                site.stopped_until = max(site.stopped_until, day + 1 + int(params.confidence_stoppage))
                others += int(k != i)
        if params.confidence_stoppage >= 1.0:
            world.outcome[0].stops += 1
            world.outcome[0].stops_at_several += int(others > 0)


@kernel(inline=True)
def account(world, params, day):
    """One day of confidence and of sites at a standstill."""
    row = world.outcome[0]
    row.confidence_days += world.delivered[0].confidence
    for i in range(len(world.sites)):
        if world.sites[i].stopped_until > day:
            row.stoppage_days += 1.0
            row.stoppage_cost += params.cost_stoppage_site_day
