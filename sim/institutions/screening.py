"""Background checks of local hires, at the level of the population: prevalence, sensitivity, specificity.

The budget pays for checks: with a shortfall fewer are held, money never raises sensitivity above the policy's.
"""

from sim.agents import insiders
from sim.clock import DAYS_A_YEAR
from sim.kernel import kernel
from sim.record import Record

CHECKS = Record(
    "background checks",
    ("checked", "f8", "0..1", "share of applicants whose background is checked"),
    ("sensitivity", "f8", "probability", "sensitivity of screening, over all applicants"),
    ("refused", "f8", "probability", "honest applicants refused"),
    ("hires_a_day", "f8", "1/day", "local staff hired"),
)


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


@kernel
def fund(world, params, money):
    """With a shortfall of money (USD a year) fewer checks are held; a policy without sensitivity holds none."""
    checks = world.checks[0]
    need = cost_a_year(world, params)
    checks.checked = 1.0 if need <= money else money / need
    if params.screening_sensitivity <= 0.0:
        checks.checked = 0.0
    checks.sensitivity = params.screening_sensitivity * checks.checked
    checks.refused = (1.0 - params.screening_specificity) * checks.checked
    checks.hires_a_day = local_staff(world, params) * params.insider_turnover / DAYS_A_YEAR


@kernel(inline=True)
def account(world, params):
    """One day of hires, wrong refusals (expected) and open posts."""
    row = world.outcome[0]
    checks = world.checks[0]
    accepted = insiders.share_accepted(world, params)
    refused = checks.hires_a_day / accepted * (1.0 - params.insider_prevalence) * checks.refused
    row.hires += checks.hires_a_day
    row.honest_refused += refused
    row.refusal_cost += refused * params.cost_refused_hire
    row.vacancy_days += checks.hires_a_day * params.screening_delay * checks.checked
