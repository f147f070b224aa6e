"""The 1 % budget: what it allots and spends, what that buys, and when it works."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from sim import load_scenario, simulate
from sim.agents.detectors import CHECKPOINT
from sim.agents.escorts import PROJECT_TEAMS, SPECIAL_POLICE
from tests.small import FROZEN, ONE_ROAD, UNPAID, scenario, site, table, tables

SHORT = {**FROZEN, "run.horizon": 1.0, "run.warmup": 0.1, "threat.cells_per_group": 0}
SITES, COST = 12, 0.82e9  # of the corridor; a site's mean capital cost, USD
YEARS = {"life": 25, "construction": 5, "yearly": 1}


def allotted(share, reading):
    """USD a year, all sites of the corridor."""
    return share / 100 * COST / YEARS[reading] * SITES


@pytest.mark.parametrize("reading", YEARS)
@pytest.mark.parametrize("share", [0.25, 1.0, 5.0])
def test_the_budget_is_the_share_of_project_cost_over_the_years_of_its_reading(share, reading):
    values = {**SHORT, "policy.budget.share": share, "policy.budget.reading": reading}
    x = table(load_scenario("baseline", values), 1, seed=51)
    assert x["project_budget"] == pytest.approx(allotted(share, reading))
    assert x["project_budget"] / x["site_years"] == pytest.approx(allotted(share, reading) / SITES)


@pytest.mark.parametrize("share", [0.25, 1.0, 3.0])
def test_what_is_spent_is_the_executed_budget_less_what_no_whole_unit_and_no_check_takes(share):
    made = load_scenario("baseline", {**SHORT, "policy.budget.share": share})
    x = table(made, 1, seed=51)
    money, budget, cost = allotted(share, "life") * made.policy.budget.execution_rate, made.policy.budget, made.cost
    split = budget.split
    hire, watch = split.escort * budget.team_share, split.escort * (1 - budget.team_share)
    teams = math.floor(money * hire / cost.escort_team_year)
    vehicles = math.floor(money * split.armour / cost.armoured_vehicle_year)
    staff = 3060 * made.exposure.local_per_foreign
    checks = staff * made.insider.turnover / made.policy.screening.specificity
    checks += cost.recheck_share * staff * 365 / made.policy.screening.recheck_interval
    spent = money * (watch + split.checkpoint + split.site + split.training)
    spent += teams * cost.escort_team_year + vehicles * cost.armoured_vehicle_year
    spent += min(money * split.screening, checks * cost.background_check)
    assert x["project_spent"] == pytest.approx(spent)
    assert (x["project_spent"] <= x["project_budget"] * budget.execution_rate).all()


def test_the_two_ledgers_are_never_merged():
    changes = ({}, {"state.special_police.teams": 12}, {"policy.budget.share": 5.0})
    points = [load_scenario("baseline", SHORT | change) for change in changes]
    few, many, rich = tables(points, 1, seed=51)
    assert many["project_spent"] == few["project_spent"] and many["state_spent"] > few["state_spent"]
    assert rich["state_spent"] == few["state_spent"] and rich["project_spent"] > few["project_spent"]
    teams, checkpoints = 4 * 2 * 90_000, len(points[0].world_file.checkpoints) * 85_000
    army, naval, intelligence = 15_000 * 6_000, 2 * 300_000, 2_000_000
    assert few["state_spent"] == pytest.approx(teams + checkpoints + army + naval + intelligence)
    assert many["state_spent"] - few["state_spent"] == pytest.approx(4 * 10 * 90_000)
    assert few["partner_spent"] == many["partner_spent"] == rich["partner_spent"] == 0


# Lever -> USD a year in the corridor, on the state's ledger and on the partner's.
PAID_BY_OTHERS = {
    "partner.teams": (4, 0, 4 * 300_000),
    "partner.joint_patrols": (4, 4 * 90_000, 0),
    "cameras.count": (300, 300 * 1_500 * 0.75, 0),  # half of the screens are watched
    "drones.crews": (4, 4 * 150_000, 0),
    "records.residents": (1.0, 300_000, 0),
    "community.development": (1.0, 2_000_000, 0),
    "community.civil_society": (1.0, 500_000, 0),
}


@pytest.mark.parametrize("lever", PAID_BY_OTHERS)
def test_what_the_state_or_the_partner_pays_stands_on_its_own_ledger(lever):
    setting, state, partner = PAID_BY_OTHERS[lever]
    without, paid = tables([scenario(SHORT), scenario({**SHORT, f"policy.{lever}": setting})], 1, seed=51)
    assert paid["state_spent"] - without["state_spent"] == pytest.approx(state)
    assert paid["partner_spent"] == pytest.approx(partner)
    assert paid["project_spent"] == without["project_spent"]


# Lever -> USD a year that it takes off the top of the budget of the corridor's sites.
EXTRAS = {
    "site.perimeter": (0.5, 0.5 * 60_000 * SITES),
    "site.extra_guards": (10, 10 * 5_000 * SITES),
    "site.exclusion": (1.0, 20_000 * SITES),
    "watchtowers.per_site": (2, 2 * 20_000 * SITES),
}


@pytest.mark.parametrize("lever", EXTRAS)
def test_what_is_asked_for_beside_the_split_comes_off_the_top(replicate, lever):
    setting, cost = EXTRAS[lever]
    money = allotted(1.0, "life") * 0.85
    bought = replicate(scenario({**SHORT, f"policy.{lever}": setting})).to(1).world.delivered[0]
    assert bought.extras_paid == 1
    assert bought.screening_money == pytest.approx((money - cost) * 0.10)
    assert bought.training_money == pytest.approx((money - cost) * 0.10)


def test_what_is_asked_for_beyond_the_budget_is_paid_for_in_part_and_the_split_gets_nothing(replicate):
    values = {"policy.budget.share": 0.1, "policy.site.extra_guards": 60, "policy.site.perimeter": 1.0}
    bought = replicate(scenario({**SHORT, **values})).to(1).world.delivered[0]
    share = allotted(0.1, "life") * 0.85 / ((60 * 5_000 + 60_000) * SITES)
    assert bought.extras_paid == pytest.approx(share)
    assert (bought.extra_guards, bought.perimeter) == pytest.approx((60 * share, share))
    assert bought.training_money == bought.screening_money == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0, 5.0])
def test_escort_and_armour_lines_buy_whole_teams_and_vehicles(replicate, share):
    values = {**UNPAID, **SHORT, "policy.budget.share": share}
    made = scenario(values)
    world = replicate(made).to(1).world
    money = allotted(share, "life") * 0.85
    teams = math.floor(money * 0.35 * 0.3 / 90_000)
    vehicles = math.floor(money * 0.15 / 40_000)
    project = world.forces[world.forces["kind"] == 1]
    assert project["teams"].sum() == teams and np.ptp(project["teams"]) <= 1
    assert world.fleets["vehicles"].sum() == vehicles and np.ptp(world.fleets["vehicles"]) <= 1
    assert (world.forces[world.forces["kind"] == 0]["teams"] == 2).all()


@pytest.mark.parametrize("share", [0.0, 0.1, 1.0, 5.0])
def test_detection_saturates_with_what_its_line_spends(replicate, share):
    made = scenario({**SHORT, "policy.budget.share": share, "policy.adherence.audit_interval": 0.0})
    world = replicate(made).to(1).world
    spent = share / 100 * 820 / 25 * 0.85  # million USD a site-year
    bought = world.delivered[0]
    for name, low, high in (("route_watch", 0.05, 0.48), ("checkpoint", 0.03, 0.38), ("site_layer", 0.12, 0.65)):
        assert bought[name] == pytest.approx(low + (high - low) * (1 - math.exp(-spent / 0.33))), name
    checkpoints = world.detectors[world.detectors["kind"] == CHECKPOINT]
    assert len(checkpoints) == len(made.world_file.checkpoints)
    assert checkpoints["detection"] == pytest.approx(bought.checkpoint)


def test_a_line_without_money_leaves_its_detection_at_d0(replicate):
    split = {"escort": 0.0, "armour": 0.5, "checkpoint": 0.0, "site": 0.0, "screening": 0.25, "training": 0.25}
    made = scenario(SHORT | {f"policy.budget.split.{line}": share for line, share in split.items()})
    bought = replicate(made).to(1).world.delivered[0]
    assert (bought.route_watch, bought.checkpoint, bought.site_layer) == (0.05, 0.03, 0.12)


WORKS = ("route_watch", "checkpoint", "site_layer", "training_money", "screening_money")


@pytest.mark.parametrize("share", [0.2, 5.0])
def test_the_former_spending_works_on_until_the_lead_time_has_passed(replicate, share):
    made = load_scenario("baseline", {**SHORT, "policy.budget.share": share, "policy.budget.lead_time": 30.0})
    plain = load_scenario("baseline", SHORT)
    before, today = (replicate(s).to(29, 719).world for s in (made, plain))
    for name in WORKS:
        assert before.delivered[0][name] == today.delivered[0][name]
    assert (before.forces["teams"] == today.forces["teams"]).all()
    assert (before.fleets["vehicles"] == today.fleets["vehicles"]).all()
    after = replicate(made).to(30, 1).world
    for name in WORKS:
        assert (after.delivered[0][name] > today.delivered[0][name]) == (share > 1)
    assert (after.fleets["vehicles"].sum() > today.fleets["vehicles"].sum()) == (share > 1)


def test_the_ledger_changes_at_once_with_the_policy():
    made = load_scenario("baseline", {**SHORT, "run.horizon": 0.2, "policy.budget.share": 3.0})
    x = table(made, 1, seed=51)
    assert x["project_budget"] / x["years"] == pytest.approx(allotted(3.0, "life"))


def test_money_beyond_audits_makes_teams_ready(replicate):
    def strength(**values):
        made = scenario({**SHORT, **{f"policy.{path}": value for path, value in values.items()}})
        world = replicate(made).to(1).world
        police, project = (
            world.forces["strength"][world.forces["kind"] == kind] for kind in (SPECIAL_POLICE, PROJECT_TEAMS)
        )
        assert len(set(project)) == 1
        assert police == pytest.approx(np.minimum(1.0, world.jurisdictions["police_strength"] * project))
        return project[0]

    left = 0.328 * 0.85 * 0.10 - 4 * 365 / 182 * 8_000 / SITES / 1e6  # million USD a site-year
    assert strength() == pytest.approx(0.5 + 0.5 * (1 - math.exp(-left / (0.33 * 0.10))))
    assert strength(**{"adherence.audit_interval": 7.0}) == 0.5
    assert strength(**{"budget.share": 5.0}) > strength()


# Audits that the training line pays for in part are held less often: `funded` of what the policy asks for.


def audits_by_year(share, interval, years=3):
    values = {"policy.budget.share": share, "policy.adherence.audit_interval": interval}
    made = load_scenario("baseline", {**SHORT, **values, "run.horizon": float(years), "policy.budget.lead_time": 180.0})
    money = allotted(share, "life") * 0.85 * 0.10
    asked = 4 * 365 / interval
    rows = simulate(made, 40, 52)
    return min(asked, money / 8_000), [rows["audits"][rows["year"] == y].mean() for y in range(years)]


@pytest.mark.parametrize("share", [0.5, 3.0])
def test_audits_are_held_as_often_as_the_policy_asks(share):
    due, held = audits_by_year(share, 182.0)
    assert held == pytest.approx([due] * 3, rel=0.05)


@pytest.mark.parametrize("share, interval", [(0.1, 182.0), (3.0, 30.0)])
def test_audits_are_held_as_often_as_they_are_paid_for(share, interval):
    due, held = audits_by_year(share, interval)
    assert held[1:] == pytest.approx([due] * 2, rel=0.1)
    assert held[0] < 1.1 * max(due, 4 * 365 / interval)


@pytest.mark.slow
def test_a_policy_without_a_budget_runs():
    program = "from sim import load_scenario, simulate\n"
    program += "print(len(simulate(load_scenario('baseline', {'policy.budget.share': 0.0, 'run.horizon': 2.0}), 1, 1)))"
    done = subprocess.run([sys.executable, "-c", program], timeout=150, check=True, capture_output=True, env=os.environ)
    assert done.stdout.strip() == b"2"


def test_more_sites_of_the_same_cost_get_the_same_each():
    three = {**ONE_ROAD, "sites": [site(f"works {k}", [5, 5]) for k in range(3)]}
    small, large = (table(scenario(SHORT, world), 1, seed=51) for world in (ONE_ROAD, three))
    assert large["project_budget"] / large["site_years"] == pytest.approx(small["project_budget"] / small["site_years"])
