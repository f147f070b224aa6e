"""The 1 % budget: what it buys, when it is delivered, what is spent; and the state's own ledger.

USD a site-year = share x mean project cost / years of the reading, times the rate at which money is really spent.
Lines for escorts and armour buy whole teams and vehicles; the rest of the escort line, the checkpoint line and the
site line drive detection, d(s) = d0 + (dmax - d0) (1 - exp(-s / s0)); screening pays for checks, training for audits
and readiness. What a new policy buys works only after the lead time; until then the former spending works on.
"""

import math

from sim.agenda import DAYS_A_YEAR
from sim.agents.escorts import PROJECT_TEAMS, STATE_LEDGER
from sim.institutions import protocol, screening
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
    ("training_money", "f8", "USD/year", "what pays for audits and readiness"),
    ("screening_money", "f8", "USD/year", "what pays for background checks"),
    ("hires_a_day", "f8", "1/day", "local staff hired"),
    ("checkpoint", "f8", "probability", "d of checkpoints"),
    ("route_watch", "f8", "probability", "d of the watch on routes and around sites"),
    ("site_layer", "f8", "probability", "d of perimeter, gate and guards, each"),
    ("readiness", "f8", "0..1", "training x equipment of escort teams"),
    ("sensitivity", "f8", "probability", "sensitivity of screening that is paid for"),
    ("audits_funded", "f8", "0..1", "share of the policy's audits that is paid for"),
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
def line(world, params, share):
    """USD a year that a line of the split spends at all sites."""
    total = usd_a_site_year(world, params) * len(world.sites) * params.budget_execution_rate
    return total * share


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
    _deliver_teams(world, params)
    _deliver_vehicles(world, params)
    for k in range(len(world.checkpoints)):
        world.checkpoints[k].detection = delivered.checkpoint


@kernel
def audit_cost(world, params):
    """USD a year of the audits that the policy asks for."""
    return protocol.audits_a_year(params) * len(world.jurisdictions) * params.cost_audit


@kernel
def fund_training(world, params):
    """Audits come first; what is left makes teams ready."""
    delivered = world.delivered[0]
    audits = audit_cost(world, params)
    delivered.audits_funded = 1.0 if audits <= delivered.training_money else delivered.training_money / audits
    left = max(0.0, delivered.training_money - audits) / len(world.sites) / MILLION
    delivered.readiness = saturating(params.layers_readiness0, 1.0, left, params.budget_s0 * REFERENCE_TRAINING)
    for f in range(len(world.forces)):
        world.forces[f].strength = delivered.readiness


@kernel
def fund_screening(world, params):
    """A shortfall of money for checks lowers their sensitivity."""
    delivered = world.delivered[0]
    need = screening.cost_a_year(world, params)
    paid = 1.0 if need <= delivered.screening_money else delivered.screening_money / need
    delivered.sensitivity = params.screening_sensitivity * paid
    delivered.hires_a_day = screening.local_staff(world) * params.insider_turnover / DAYS_A_YEAR


@kernel
def deliver_screening(world, params):
    """The policy's money for checks takes effect."""
    world.delivered[0].screening_money = line(world, params, params.budget_split_screening)
    fund_screening(world, params)


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
def _deliver_teams(world, params):
    """Share the teams out in turn, to the jurisdiction with the most lines first."""
    bought = teams_bought(world, params)
    count = len(world.jurisdictions)
    for f in range(len(world.forces)):
        force = world.forces[f]
        teams = params.state_special_police_teams
        if force.kind == PROJECT_TEAMS:
            rank = world.jurisdictions[force.jurisdiction].rank
            teams = bought // count + int(rank < bought % count)
        force.teams = int(min(teams, force.capacity))


@kernel
def vehicles_bought(world, params):
    """Armoured vehicles of all sites."""
    money = line(world, params, params.budget_split_armour)
    return whole_units(money, params.cost_armoured_vehicle_year, 1 << 20)


@kernel
def _deliver_vehicles(world, params):
    """Share the vehicles out in turn; sites stand in order of their foreign staff."""
    bought = vehicles_bought(world, params)
    count = len(world.sites)
    for i in range(count):
        world.sites[i].vehicles = bought // count + int(i < bought % count)


@kernel
def allot(world, params):
    """The policy's budget and spending begin; what it asks for is paid from what is delivered so far."""
    fund_training(world, params)
    fund_screening(world, params)
    delivered = world.delivered[0]
    delivered.budget_a_day = usd_a_site_year(world, params) * len(world.sites) / DAYS_A_YEAR
    delivered.spent_a_day = spending(world, params) / DAYS_A_YEAR
    delivered.state_a_day = state_spending(world, params) / DAYS_A_YEAR


@kernel
def spending(world, params):
    """USD a year that the project spends: whole units and checks at their cost, the other lines as they stand."""
    split = params.budget_split_escort * (1.0 - params.budget_team_share)
    split += params.budget_split_checkpoint + params.budget_split_site + params.budget_split_training
    spent = line(world, params, split)
    spent += teams_bought(world, params) * params.cost_escort_team_year
    spent += vehicles_bought(world, params) * params.cost_armoured_vehicle_year
    checks = line(world, params, params.budget_split_screening)
    return spent + min(checks, screening.cost_a_year(world, params))


@kernel
def state_spending(world, params):
    """USD a year of the state: its escort teams and its checkpoints."""
    spent = 0.0
    for f in range(len(world.forces)):
        if world.forces[f].ledger == STATE_LEDGER:
            spent += min(params.state_special_police_teams, world.forces[f].capacity) * params.cost_escort_team_year
    for k in range(len(world.checkpoints)):
        spent += world.checkpoints[k].staffed * params.cost_checkpoint_year
    return spent


@kernel(inline=True)
def account(world, params):
    """One day on both ledgers."""
    row = world.outcome[0]
    delivered = world.delivered[0]
    row.project_budget += delivered.budget_a_day
    row.project_spent += delivered.spent_a_day
    row.state_spent += delivered.state_a_day
