"""Interdiction: the hazard that a plot in preparation is found, with tips that grievance withholds."""

from sim.kernel import kernel


@kernel(inline=True)
def gather(world, params):
    """delta = delta0 + c (1 - G) trust, a jurisdiction."""
    for j in range(len(world.jurisdictions)):
        jurisdiction = world.jurisdictions[j]
        jurisdiction.grievance = params.community_G0
        tips = params.threat_tip_coef * (1.0 - jurisdiction.grievance) * params.community_trust
        jurisdiction.interdiction = params.threat_delta0 + tips
