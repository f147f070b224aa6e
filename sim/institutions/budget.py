"""The 1 % budget: what it buys, when it is delivered, what is spent; and the ledgers of the state and the partner.

USD a site-year = share x mean project cost / years of the reading, times the rate at which money is really spent.
Lines for escorts and armour buy whole teams and vehicles; the rest of the escort line, the checkpoint line and the
site line drive detection, d(s) = d0 + (dmax - d0) (1 - exp(-s / s0)), which bends at what the life reading allots, by
assumption; screening pays for checks, training for audits, courses and readiness. What a policy asks the project for
beside the split (perimeter, guards, towers, cameras) comes off the top; so does the supervision of the protocol where
the budget pays for it. What a new policy buys works only after the lead time; until then the former spending works on.
Supervision works from t = 0, as far as what is spent from then on pays for it.
"""

import math

from sim.agents import convoys
from sim.agents.escorts import PROJECT_TEAMS
from sim.clock import DAYS_A_YEAR
from sim.institutions import forces, protocol, screening, surveillance
from sim.institutions.ledgers import PROJECT, STATE
from sim.kernel import kernel
from sim.record import Record

MILLION = 1e6
# Shares at which s0 of a line is stated: the reference split. A line's s0 is s0 times its share here.
REFERENCE_ESCORT, REFERENCE_CHECKPOINT, REFERENCE_SITE, REFERENCE_TRAINING = 0.35, 0.10, 0.20, 0.10

DELIVERED = Record(
    "delivered",
    ("budget_a_day", "f8", "USD/day", "what the share of project cost allots"),
    ("spent_a_day", "f8", "USD/day", "what is spent of it"),
    ("state_a_day", "f8", "USD/day", "the state's ledger"),
    ("partner_a_day", "f8", "USD/day", "the partner's ledger"),
    ("supervision_a_day", "f8", "USD/day", "supervision of the protocol, whoever pays"),
    ("supervision_paid", "f8", "0..1", "share of the supervision that the policy asks for that is paid for"),
    ("extras_paid", "f8", "0..1", "share of what the policy asks for beside the split that is paid for"),
    ("perimeter", "f8", "share", "fence and cameras around sites, of a full one"),
    ("extra_guards", "f8", "guard/site", "guards beyond today's"),
    ("exclusion", "f8", "km", "distance within which nobody may settle or park"),
    ("towers", "f8", "tower/site", "watchtowers"),
    ("project_teams", "i8", "team", "escort teams that the project pays"),
    ("project_cameras", "f8", "camera", "cameras that the project pays"),
    ("training_money", "f8", "USD/year", "what pays for audits and readiness"),
    ("screening_money", "f8", "USD/year", "what pays for background checks"),
    ("checkpoint", "f8", "probability", "d of checkpoints"),
    ("route_watch", "f8", "probability", "d of the watch on routes and around sites"),
    ("site_layer", "f8", "probability", "d of perimeter, gate and guards, each"),
    ("readiness", "f8", "0..1", "training x equipment of escort teams"),
    ("audits_funded", "f8", "0..1", "share of the policy's audits and courses that is paid for"),
)


@kernel
def usd_a_site_year(world, params):
    """What the share allots, USD a site-year; a reading spends it over 25 years (life), 5 (construction) or 1."""
    return params.budget_share / 100.0 * world.setting[0].project_cost / params.budget_years


@kernel
def saturating(low, high, spent, scale):
    """d(s) = d0 + (dmax - d0) (1 - exp(-s / s0))."""
    return low + (high - low) * (1.0 - math.exp(-spent / scale))


@kernel
def spendable(world, params):
    """USD a year that is really spent at all sites."""
    return usd_a_site_year(world, params) * len(world.sites) * params.budget_execution_rate


@kernel
def extras(world, params):
    """USD a year of what the policy asks the project for beside the split; it comes first."""
    a_site = params.site_perimeter * params.cost_perimeter_site_year + params.site_extra_guards * params.cost_guard_year
    a_site += params.site_exclusion * params.cost_exclusion_km_year
    a_site += params.watchtowers_per_site * params.cost_watchtower_year
    asked = a_site * len(world.sites)
    if params.cameras_ledger == PROJECT:
        asked += surveillance.camera_cost(world, params)
    if params.community_ledger == PROJECT:
        asked += params.community_development * params.cost_development_year
    if params.adherence_paid_from == protocol.BUDGET:
        asked += protocol.supervision(world, params)
    return asked


@kernel
def share_paid(world, params):
    """Share that is paid for of what comes off the top; all of it is cut alike."""
    asked = extras(world, params)
    return 1.0 if asked <= spendable(world, params) else spendable(world, params) / asked


@kernel
def line(world, params, share):
    """USD a year that a line of the split spends at all sites."""
    return max(0.0, spendable(world, params) - extras(world, params)) * share


@kernel
def _site_line(world, params, share):
    """Million USD a site-year of a line."""
    return line(world, params, share) / len(world.sites) / MILLION


@kernel
def whole_units(money, unit_cost, capacity):
    """Whole teams or vehicles that a line buys."""
    return int(min(math.floor(money / unit_cost), float(capacity)))


@kernel
def deliver(world, params):
    """What the policy's spending buys takes effect."""
    delivered = world.delivered[0]
    paid = share_paid(world, params)
    delivered.extras_paid = paid
    delivered.perimeter = paid * params.site_perimeter
    delivered.extra_guards = paid * params.site_extra_guards
    delivered.exclusion = paid * params.site_exclusion
    delivered.towers = paid * params.watchtowers_per_site
    delivered.project_cameras = 0.0
    if params.cameras_ledger == PROJECT:
        delivered.project_cameras = paid * params.cameras_count
    delivered.project_teams = teams_bought(world, params)
    split_watch = params.budget_split_escort * (1.0 - params.budget_team_share)
    watch_scale = params.budget_s0 * REFERENCE_ESCORT * (1.0 - params.budget_team_share)
    delivered.route_watch = saturating(
        params.layers_route_watch_d0,
        params.layers_route_watch_dmax,
        _site_line(world, params, split_watch),
        max(1e-9, watch_scale),
    )
    delivered.checkpoint = saturating(
        params.layers_checkpoint_d0,
        params.layers_checkpoint_dmax,
        _site_line(world, params, params.budget_split_checkpoint),
        params.budget_s0 * REFERENCE_CHECKPOINT,
    )
    delivered.site_layer = saturating(
        params.layers_site_d0,
        params.layers_site_dmax,
        _site_line(world, params, params.budget_split_site),
        params.budget_s0 * REFERENCE_SITE,
    )
    delivered.training_money = line(world, params, params.budget_split_training)
    fund_training(world, params)
    deliver_screening(world, params)
    forces.muster(world, params)
    convoys.share_out_vehicles(world, vehicles_bought(world, params))
    surveillance.deliver(world, params)


@kernel
def audit_cost(world, params):
    """USD a year of the audits and courses that the policy asks for."""
    asked = protocol.audits_a_year(params) * params.cost_audit
    asked += protocol.courses_a_year(params) * params.cost_training_course
    return asked * len(world.jurisdictions)


@kernel
def fund_training(world, params):
    """Audits come first; what is left makes teams ready."""
    delivered = world.delivered[0]
    audits = audit_cost(world, params)
    delivered.audits_funded = 1.0 if audits <= delivered.training_money else delivered.training_money / audits
    left = max(0.0, delivered.training_money - audits) / len(world.sites) / MILLION
    delivered.readiness = saturating(params.layers_readiness0, 1.0, left, params.budget_s0 * REFERENCE_TRAINING)
    forces.equip(world, params)


@kernel
def deliver_screening(world, params):
    """The policy's money for checks takes effect."""
    world.delivered[0].screening_money = line(world, params, params.budget_split_screening)
    screening.fund(world, params, world.delivered[0].screening_money)


@kernel
def teams_bought(world, params):
    """Escort teams that the project pays, in all jurisdictions."""
    money = line(world, params, params.budget_split_escort * params.budget_team_share)
    capacity = 0
    for f in range(len(world.forces)):
        if world.forces[f].kind == PROJECT_TEAMS:
            capacity += world.forces[f].capacity
    return whole_units(money, params.cost_escort_team_year, capacity)


@kernel
def vehicles_bought(world, params):
    """Armoured vehicles of all sites."""
    money = line(world, params, params.budget_split_armour)
    return whole_units(money, params.cost_armoured_vehicle_year, 1 << 20)


@kernel
def allot(world, params):
    """The policy's budget and spending begin; what it asks for is paid from what is delivered so far."""
    fund_training(world, params)
    screening.fund(world, params, world.delivered[0].screening_money)
    delivered = world.delivered[0]
    delivered.budget_a_day = usd_a_site_year(world, params) * len(world.sites) / DAYS_A_YEAR
    delivered.spent_a_day = spending(world, params) / DAYS_A_YEAR
    delivered.state_a_day = state_spending(world, params) / DAYS_A_YEAR
    delivered.partner_a_day = partner_spending(world, params) / DAYS_A_YEAR
    supervise(world, params)


@kernel
def supervise(world, params):
    """The policy's supervision of the protocol, as far as whoever pays for it has the money; free, it is all there."""
    delivered = world.delivered[0]
    asked = protocol.supervision(world, params)
    delivered.supervision_paid = 1.0
    if params.adherence_paid_from == protocol.BUDGET and asked > 0.0:
        delivered.supervision_paid = share_paid(world, params)
    delivered.supervision_a_day = delivered.supervision_paid * asked / DAYS_A_YEAR


@kernel
def spending(world, params):
    """USD a year that the project spends: whole units and checks at their cost, the other lines as they stand."""
    split = params.budget_split_escort * (1.0 - params.budget_team_share)
    split += params.budget_split_checkpoint + params.budget_split_site + params.budget_split_training
    spent = line(world, params, split) + min(extras(world, params), spendable(world, params))
    spent += teams_bought(world, params) * params.cost_escort_team_year
    spent += vehicles_bought(world, params) * params.cost_armoured_vehicle_year
    checks = line(world, params, params.budget_split_screening)
    return spent + min(checks, screening.cost_a_year(world, params))


@kernel
def state_spending(world, params):
    """USD a year of the state: its forces, detectors and programmes, of country-wide ones the share of these sites."""
    share = world.setting[0].state_share
    spent = forces.spending(world, params) + surveillance.spending(world, params)
    spent += share * params.state_intelligence_effort * params.cost_intelligence_year
    spent += share * params.state_coordination_cell * params.cost_coordination_year
    spent += share * (params.records_residents + params.records_foreigners) * params.cost_records_year
    spent += share * params.community_civil_society * params.cost_civil_society_year
    if params.community_ledger == STATE:
        spent += share * params.community_development * params.cost_development_year
    if params.adherence_paid_from == protocol.STATE:
        spent += protocol.supervision(world, params)
    return spent


@kernel
def partner_spending(world, params):
    """USD a year of the partner country: its teams, and its equipment once that has come."""
    equipment = forces.equipped(world, params) * params.cost_equipment_year
    return params.partner_teams * params.cost_partner_team_year + equipment


@kernel(inline=True)
def account(world, params):
    """One day on all ledgers."""
    row = world.outcome[0]
    delivered = world.delivered[0]
    row.project_budget += delivered.budget_a_day
    row.project_spent += delivered.spent_a_day
    row.state_spent += delivered.state_a_day
    row.partner_spent += delivered.partner_a_day
    row.adherence_cost += delivered.supervision_a_day
