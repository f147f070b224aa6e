"""Forces: who serves where, when, how strong, and how much they patrol."""

import math

import numpy as np
import pytest

from sim import load_scenario
from sim.agents import convoys, escorts
from sim.agents.threat import cycle, slots
from sim.agents.threat.slots import EMPTY
from sim.outcome import INCIDENT
from tests.small import CROSSING, FROZEN, ONE_ROAD, QUICK, UNPAID, Z, divided, scenario, table, tables, z_of_share

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


# The state's presence.


def saturating(size, today):
    return (1 - math.exp(-size / today)) / (1 - math.exp(-1))


def presence(soldiers, teams, army=0.5, police=0.3):
    """Presence in a jurisdiction, today's forces = 1."""
    return 1 + army * (saturating(soldiers, 15_000) - 1) + police * (saturating(teams, 2) - 1)


def governed(soldiers, teams, **values):
    """Forces of a size, and facts about what they do."""
    forces = {"state.army_division.size": soldiers, "state.special_police.teams": teams}
    return {**SHORT, **forces, **{path.replace("__", "."): value for path, value in values.items()}}


@pytest.mark.parametrize("needed", [0.0, 0.5, 1.0])
def test_today_s_presence_is_1_to_the_last_bit_and_changes_nothing(replicate, needed):
    shares = {"layers__presence__army": 0.37, "layers__presence__police": 0.41}
    world = replicate(scenario(governed(15_000, 2, layers__presence__needed=needed, **shares), WORLD)).to(1).world
    plain = replicate(scenario(SHORT, WORLD)).to(1).world
    assert world.presence["state"].tolist() == [1.0, 1.0]
    for name in ("interdiction", "noticed"):
        assert world.intelligence[name].tolist() == plain.intelligence[name].tolist()


@pytest.mark.parametrize("soldiers, teams", [(0, 0), (0, 2), (15_000, 0), (30_000, 12), (5_000, 3)])
def test_presence_saturates_in_soldiers_and_in_the_police_s_teams(replicate, soldiers, teams):
    world = replicate(scenario(governed(soldiers, teams), WORLD)).to(1).world
    assert world.presence["state"] == pytest.approx([presence(soldiers, teams)] * 2)


def test_the_capital_s_police_is_present_from_its_founding(replicate):
    values = governed(15_000, 2, state__special_police__capital_founded=40)
    run = replicate(scenario({**values, "run.warmup": 0.1}, WORLD))
    for day, teams in ((39, 0), (42, 2)):
        assert run.to(day).world.presence["state"] == pytest.approx([1.0, presence(15_000, teams)])


@pytest.mark.parametrize("soldiers, teams", [(0, 0), (30_000, 12)])
@pytest.mark.parametrize("needed", [0.0, 0.5, 1.0])
def test_a_share_of_interdiction_notice_and_loss_after_an_attack_needs_presence(replicate, soldiers, teams, needed):
    values = governed(soldiers, teams, layers__presence__needed=needed, threat__removed_if_engaged=0.35)
    run = replicate(scenario(values, WORLD)).to(1)
    usual = replicate(scenario(governed(soldiers, teams), WORLD)).to(1).world.intelligence
    factor = 1 + needed * (presence(soldiers, teams) - 1)
    for name in ("interdiction", "noticed"):
        assert run.world.intelligence[name] == pytest.approx(factor * usual[name])
    assert slots.lost_by_attack(run.world, run.params[0], 0) == pytest.approx(0.35 * factor)


def test_no_more_cells_than_all_are_lost_after_an_attack(replicate):
    values = governed(30_000, 12, layers__presence__needed=1.0, threat__removed_if_engaged=0.9)
    run = replicate(scenario(values, WORLD)).to(1)
    assert presence(30_000, 12) > 1.1
    assert slots.lost_by_attack(run.world, run.params[0], 0) == 1.0


def lost_after_attacks(soldiers, teams):
    """Cells that are lost and incidents, where presence decides all; a plot that is foiled loses none."""
    shares = {"layers.presence.army": 0.5, "layers.presence.police": 0.5, "layers.presence.needed": 1.0}
    forces = {"state.army_division.size": soldiers, "state.special_police.teams": teams}
    quick = {**FROZEN, **UNPAID, **QUICK, "threat.removed_if_engaged": 0.6, "threat.recruit_interval": 1500.0}
    values = {**quick, **shares, **forces, "threat.delta0": 0.0005, "threat.rationality": 4.0}
    made = scenario({**values, "threat.cells_per_group": 300, "run.horizon": 0.5, "run.warmup": 0.0}, CROSSING)
    return made, 0.6 * presence(soldiers, teams, 0.5, 0.5)


@pytest.mark.parametrize("soldiers, teams", [(0, 0), (5_000, 1)])
def test_cells_are_lost_after_attacks_as_often_as_presence_there_makes_it(replicate, soldiers, teams):
    made, chance = lost_after_attacks(soldiers, teams)
    run, struck, lost = replicate(made).to(0), 0, 0
    for day in range(1, 180):
        before = len(run.events)
        run.to(day)
        for event in run.events[before:]:
            if event.stage == INCIDENT:
                struck += 1
                lost += int(run.world.slots[event.slot].state == EMPTY)
    assert struck > 100
    if chance == 0:
        assert lost == 0
        assert cycle.cycle(run.world, run.params[0], 0, 0)[-1] == 0
    else:
        assert abs(z_of_share(lost, struck, chance)) < Z


def test_with_fewer_forces_more_plots_become_incidents():
    """Needed share .8; the army's patrols apart, whose share of notice is set to nothing."""
    quick = {**FROZEN, **QUICK, "threat.delta0": 0.01, "layers.patrols.army": 0.0, "layers.waiting.hazard": 0.2}
    quick |= {"layers.presence.needed": 0.8, "run.warmup": 0.1, "run.horizon": 1.0, "threat.cells_per_group": 40}
    points = [scenario({**quick, "state.army_division.size": size}, CROSSING) for size in (0, 15_000, 30_000)]
    none, today, double = (x["incidents"].sum() / x["plots"].sum() for x in tables(points, 10, seed=3))
    assert none > 1.05 * today > 1.05 * double
