"""Intelligence: the hazard that a plot in preparation is found, with tips that grievance withholds; and patrols."""

from sim.kernel import kernel

FROM_EFFORT = 0.5  # share of delta0 that is due to today's intelligence work; assumed


@kernel(inline=True)
def gather(world, params):
    """delta = (delta0 x effort + c (1 - G) trust) x records, and the hazard of teams that wait, a jurisdiction."""
    effort = 1.0 + FROM_EFFORT * (params.state_intelligence_effort - 1.0)
    trust = params.community_trust * (1.0 + params.community_civil_trust * world.delivered[0].dialogue)
    trust *= 1.0 - min(1.0, params.community_friction * world.delivered[0].partner)
    recorded = 1.0 + params.layers_records_interdiction * params.records_residents
    for j in range(len(world.jurisdictions)):
        jurisdiction = world.jurisdictions[j]
        tips = params.threat_tip_coef * (1.0 - jurisdiction.grievance) * trust
        jurisdiction.interdiction = (params.threat_delta0 * effort + tips) * recorded
        jurisdiction.noticed = params.layers_waiting_hazard * jurisdiction.patrols
