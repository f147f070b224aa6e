"""Intelligence: the hazard that a plot in preparation is found, with tips that grievance withholds; and patrols.

A share of both needs the presence of the state's forces.
"""

from sim.agents.threat.slots import with_presence
from sim.institutions import forces
from sim.kernel import kernel
from sim.record import Record

FROM_EFFORT = 0.5  # share of delta0 that is due to today's intelligence work; assumed

INTELLIGENCE = Record(
    "intelligence in a jurisdiction",
    ("interdiction", "f8", "1/day", "hazard of plots that watch or prepare here"),
    ("noticed", "f8", "1/day", "hazard of teams that wait here"),
)


@kernel(inline=True)
def gather(world, params):
    """By jurisdiction: delta = (delta0 x effort + c (1 - G) trust) x records, and the hazard of teams that wait."""
    effort = 1.0 + FROM_EFFORT * (params.state_intelligence_effort - 1.0)
    trust = params.community_trust * (1.0 + params.community_civil_trust * world.programmes[0].dialogue)
    trust *= 1.0 - min(1.0, params.community_friction * forces.foreign_dose(params))
    recorded = 1.0 + params.layers_records_interdiction * params.records_residents
    for j in range(len(world.intelligence)):
        tips = params.threat_tip_coef * (1.0 - world.mood[j].grievance) * trust
        present = with_presence(world, params, j)
        world.intelligence[j].interdiction = (params.threat_delta0 * effort + tips) * recorded * present
        world.intelligence[j].noticed = params.layers_waiting_hazard * world.presence[j].patrols * present
