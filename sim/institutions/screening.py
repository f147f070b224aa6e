"""Background checks of local hires, at the level of the population: prevalence, sensitivity, specificity.

The budget pays for checks: with a shortfall fewer are held, money never raises sensitivity above the policy's.
"""

from sim.agenda import DAYS_A_YEAR
from sim.agents import insiders
from sim.kernel import kernel


@kernel
def local_staff(world, params):
    """Local workers of all sites."""
    total = 0.0
    for i in range(len(world.sites)):
        total += world.sites[i].local_staff
    return total * params.community_local_hiring


@kernel
def cost_a_year(world, params):
    """USD a year of all checks of applicants and of all re-checks that the policy asks for."""
    if params.screening_sensitivity <= 0.0:
        return 0.0
    staff = local_staff(world, params)
    hires = staff * params.insider_turnover
    checks = hires / max(0.5, params.screening_specificity)
    rechecks = 0.0
    if params.screening_recheck_interval > 0:
        rechecks = staff * DAYS_A_YEAR / params.screening_recheck_interval
    return params.cost_background_check * (checks + params.cost_recheck_share * rechecks)


@kernel(inline=True)
def account(world, params):
    """One day of hires, wrong refusals (expected) and open posts."""
    row = world.outcome[0]
    hires = world.delivered[0].hires_a_day
    accepted = insiders.share_accepted(world, params)
    refused = hires / accepted * (1.0 - params.insider_prevalence) * world.delivered[0].refused
    row.hires += hires
    row.honest_refused += refused
    row.refusal_cost += refused * params.cost_refused_hire
    row.vacancy_days += hires * params.screening_delay * world.delivered[0].checked
