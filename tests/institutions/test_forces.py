"""Forces: who serves where, when, how strong, and how much they patrol."""

import math

import numpy as np
import pytest

from sim import load_scenario
from sim.agents import convoys, escorts
from tests.small import FROZEN, ONE_ROAD, UNPAID, divided, scenario, table, tables

SHORT = {**FROZEN, **UNPAID, "run.horizon": 1.0, "run.warmup": 0.1, "threat.cells_per_group": 0}
HAZARD = 0.03  # at which a waiting team is noticed under today's forces
# Two jurisdictions; the second is the capital's and lies on the coast.
WORLD = divided(45)
WORLD["jurisdictions"] = [WORLD["jurisdictions"][0], {**WORLD["jurisdictions"][1], "capital": True, "coast": True}]


def force(world, kind):
    """Rows of a kind of force, one a jurisdiction."""
    return world.forces[world.forces["kind"] == kind]


def noticed(replicate, **values):
    """Hazard of waiting teams in each jurisdiction, today's forces = 1."""
    named = {f"state.{path.replace('__', '.')}": value for path, value in values.items()}
    run = replicate(scenario({**SHORT, "layers.waiting.hazard": HAZARD, **named}, WORLD)).to(1)
    return run.world.intelligence["noticed"] / HAZARD


def test_today_s_forces_are_neutral(replicate):
    assert noticed(replicate) == pytest.approx([1, 1])


@pytest.mark.parametrize("day", [-3650, 0, 40])
def test_the_capital_s_police_serves_from_the_day_on_which_it_was_founded(replicate, day):
    values = {**SHORT, "state.special_police.teams": 3, "state.special_police.capital_founded": day}
    run = replicate(scenario({**values, "policy.budget.lead_time": 0.0}, WORLD))
    for today in (max(0, day), max(0, day) + 1):
        world = run.to(today, 1 if today > max(0, day) else 0).world  # before that day, and the day after
        there = today > day
        assert force(world, escorts.SPECIAL_POLICE)["teams"].tolist() == [3, 3 * there]
        assert world.delivered[0].state_a_day * 365 == pytest.approx(
            (3 + 3 * there) * 90_000 + 15_000 * 6_000 + 2 * 300_000 + 2e6
        )


@pytest.mark.parametrize("soldiers", [0, 5_000, 15_000, 30_000])
def test_the_army_s_patrols_saturate_and_15000_soldiers_are_neutral(replicate, soldiers):
    army = (1 - math.exp(-soldiers / 15_000)) / (1 - math.exp(-1))
    assert noticed(replicate, army_division__size=soldiers) == pytest.approx(np.full(2, 1 - 0.4 * (1 - army)))


@pytest.mark.parametrize("teams", [0, 2, 10])
def test_a_naval_force_patrols_the_coast_alone_and_costs_nothing_elsewhere(replicate, teams):
    assert noticed(replicate, naval__teams=teams) == pytest.approx([1, 1 - 0.2 * (1 - teams / 2)])
    dry = divided(45)
    spent = [table(scenario({**SHORT, "state.naval.teams": teams}, world), 1, seed=1) for world in (WORLD, dry)]
    assert spent[0]["state_spent"] - spent[1]["state_spent"] == pytest.approx(teams * 300_000)


def test_police_that_patrols_notices_more_and_escorts_nobody(replicate):
    values = {"state.special_police.teams": 5, "state.special_police.patrol_share": 0.5}
    world = replicate(scenario({**SHORT, **values}, WORLD)).to(1).world
    police = force(world, escorts.SPECIAL_POLICE)
    assert police["teams"].tolist() == [3, 3] and police["patrols"].tolist() == [2, 2]
    shares = noticed(replicate, special_police__teams=5, special_police__patrol_share=0.5)
    assert shares == pytest.approx([1 + 0.15 * 2] * 2)


@pytest.mark.parametrize("delay", [30.0, 30.5])
def test_the_partner_s_equipment_comes_late_and_in_part_and_to_the_police_alone(replicate, delay):
    values = {"state.equipment.promised": 0.8, "state.equipment.delivered": 0.6, "state.equipment.delay": delay}
    run = replicate(scenario({**SHORT, **values, "layers.readiness0": 0.5, "policy.budget.lead_time": 0.0}, WORLD))
    for day, came in ((29, 0.0), (32, 0.8 * 0.6)):
        world = run.to(day).world
        assert force(world, escorts.SPECIAL_POLICE)["strength"] == pytest.approx(1 - 0.5 * (1 - came))
        assert force(world, escorts.PROJECT_TEAMS)["strength"] == pytest.approx(0.5)
        assert world.delivered[0].partner_a_day * 365 == pytest.approx(came * 1e6)


def test_a_jurisdiction_s_police_is_as_effective_as_the_world_says(replicate):
    strong = {**WORLD["jurisdictions"][1], "police_strength": 1.2}
    world = {**WORLD, "jurisdictions": [{**WORLD["jurisdictions"][0], "police_strength": 0.6}, strong]}
    made = replicate(scenario({**SHORT, "layers.readiness0": 0.5}, world)).to(1).world
    assert force(made, escorts.SPECIAL_POLICE)["strength"] == pytest.approx([0.3, 0.6])
    assert force(made, escorts.PROJECT_TEAMS)["strength"] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("teams", [0, 1, 3, 6, 12])
@pytest.mark.parametrize("lever", ["teams", "joint_patrols"])
def test_teams_are_shared_out_to_the_jurisdictions_with_most_lines_first(replicate, lever, teams):
    kind = escorts.PARTNER_TEAMS if lever == "teams" else escorts.JOINT_PATROLS
    made = load_scenario("baseline", {**SHORT, f"policy.partner.{lever}": teams, "policy.budget.lead_time": 0.0})
    world = replicate(made).to(1).world
    count, lines = force(world, kind)["teams"], world.jurisdictions["lines"]
    assert count.sum() == teams and np.ptp(count) <= 1
    assert lines[count == count.max()].min() >= lines[count == count.min()].max() or np.ptp(count) == 0


def test_the_partner_s_teams_go_unasked_with_as_many_movements_as_they_can(replicate):
    """One team can go with 1.5 movements a day; nobody asks for one where adherence is 0."""
    values = {**SHORT, "policy.adherence.level": 0.0, "policy.partner.teams": 1}
    for trips in (2.0, 6.0):  # 0.57 and 1.71 movements a day
        busy = scenario({**values, "exposure.trips_per_week": trips}, ONE_ROAD)
        run = replicate(busy).to(1)
        pledged = min(1.0, 1.5 / (2 * trips / 7))
        for line in range(2):
            assert convoys.chance_followed(run.world, line, convoys.ESCORT) == pytest.approx(pledged)
            assert convoys.chance_followed(run.world, line, convoys.ARMOUR) == 0
    alone = scenario({**values, "policy.partner.teams": 0, "exposure.trips_per_week": 2.0}, ONE_ROAD)
    served = scenario({**values, "exposure.trips_per_week": 2.0}, ONE_ROAD)
    without, escorted = tables([alone, served], 1, seed=2)
    assert without["trips_escorted"] == 0
    assert escorted["trips_escorted"] == escorted["trips"] > 100
