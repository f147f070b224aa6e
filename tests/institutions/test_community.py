"""The community: where grievance tends to, how it gets there, what an incident does, and what protest does."""

import numpy as np
import pytest

from sim import load_scenario
from sim.agents import convoys
from sim.clock import DAYS_A_YEAR
from sim.outcome import INCIDENT
from tests.small import (
    CROSSING,
    FROZEN,
    ONE_ROAD,
    QUICK,
    RICH,
    UNBURDENED,
    Z,
    divided,
    only,
    scenario,
    site,
    table,
    tables,
    z_of_share,
)

LIGHT = {**UNBURDENED, "community.w_hiring": 0.0, "community.w_development": 0.0, "community.w_displacement": 0.0}
QUIET = {**FROZEN, **LIGHT, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 1.0, "community.G0": 0.3}
W = 0.1
EVERYWHERE, NEAR_SITES = (1, 1), (1, 0)
KEPT = {"policy.adherence.level": 0.7}  # roads are closed as often as that is followed
CAMERAS = {"policy.cameras.count": 600, "policy.cameras.monitored": 0.4}
DRONES = {"policy.drones.crews": 6}
LATE = {"policy.cameras.start": 3650, "policy.drones.start": 3650}
# Burden -> its weight, what is set, its dose, and in which of two towns: whose people work at a site, and at none.
BURDENS = {
    "checkpoints of today": ("checkpoint", {}, 1.0, EVERYWHERE),
    "half of the checkpoints": ("checkpoint", {"policy.checkpoints.staffed_share": 0.5}, 0.5, EVERYWHERE),
    "thorough looks": ("checkpoint", {"policy.checkpoints.thoroughness": 2.0}, 2.0, EVERYWHERE),
    "the army's people": ("checkpoint", {"policy.checkpoints.staffed_by": "army"}, 1.3, EVERYWHERE),
    "cameras": ("surveillance", {**CAMERAS, "policy.cameras.start": -3650}, 0.8, EVERYWHERE),
    "drones": ("surveillance", {**DRONES, "policy.drones.start": -3650}, 1.5, EVERYWHERE),
    "cameras and drones that have not come": ("surveillance", {**CAMERAS, **DRONES, **LATE}, 0.0, EVERYWHERE),
    "records": ("surveillance", {"policy.records.residents": 0.7}, 0.7, EVERYWHERE),
    "partner's teams": ("partner", {"policy.partner.teams": 6}, 1.5, EVERYWHERE),
    "joint patrols": ("partner", {"policy.partner.joint_patrols": 4}, 0.5, EVERYWHERE),
    "no more than 8 partner's teams": ("partner", {"policy.partner.teams": 12}, 2.0, EVERYWHERE),
    "development": ("development", {"policy.community.development": 0.6}, -0.6, EVERYWHERE),
    "refusals": ("refusal", {"policy.screening.specificity": 0.95}, 2.5, NEAR_SITES),
    "no checks, no refusals": ("refusal", {"policy.screening.sensitivity": 0.0}, 0.0, NEAR_SITES),
    "exclusion": ("exclusion", {"policy.site.exclusion": 3.0}, 1.5, NEAR_SITES),
    "guards": ("isolation", {"policy.site.extra_guards": 20}, 0.5, NEAR_SITES),
    "perimeter": ("isolation", {"policy.site.perimeter": 0.8}, 0.8, NEAR_SITES),
    "hiring": ("hiring", {"policy.community.local_hiring": 1.5}, -0.5, NEAR_SITES),
    "watchtowers": ("isolation", {"policy.watchtowers.per_site": 2}, 0.5, NEAR_SITES),
    "closures": ("closure", {"policy.closures.elsewhere": 5.0, **KEPT}, 2.0 * 0.7, NEAR_SITES),
    "more closures than trips": ("closure", {"policy.closures.elsewhere": 14.0, **KEPT}, 8 / 2.5 * 0.7, NEAR_SITES),
    "long closures": (
        "closure",
        {"policy.closures.elsewhere": 2.5, "policy.closures.duration": 3.0, **KEPT},
        2.0 * 0.7,
        NEAR_SITES,
    ),
    "closures at many shops": (
        "closure",
        {"policy.closures.elsewhere": 2.5, "policy.closures.shops_per_km": 60.0, **KEPT},
        1.5 * 0.7,
        NEAR_SITES,
    ),
    "closures where none are asked for": ("closure", {"policy.closures.per_week": 14.0}, 0.0, NEAR_SITES),
}


@pytest.mark.parametrize("burden", BURDENS)
def test_each_burden_shifts_grievance_at_rest_by_its_weight_times_its_dose(replicate, burden):
    weight, values, dose, where = BURDENS[burden]
    world = divided(45) | {"checkpoints": [{"name": "bridge", "cell": [30, 5]}]}
    made = scenario({**QUIET, **RICH, **values, f"community.w_{weight}": W}, world)
    for day in (0, 300):  # a policy that always held leaves grievance at rest
        found = replicate(made).to(day, 1).world.residents["grievance"]
        assert found == pytest.approx([0.3 + W * dose * here for here in where])


def test_a_world_without_checkpoints_bears_none(replicate):
    run = replicate(scenario({**QUIET, **RICH, "community.w_checkpoint": W, "run.horizon": 0.1}, divided(45)))
    assert run.to(1).world.residents["grievance"] == pytest.approx([0.3, 0.3])
    assert run.finish().rows["resident_hours"].sum() == 0


@pytest.mark.parametrize("rho", [-1.0, 0.0, 2.0])
def test_the_displaced_shift_grievance_at_rest_where_they_were_displaced(replicate, rho):
    values = {"state.offensive.campaigns": 1, "state.offensive.first_day": 0, "state.offensive.districts": ["second"]}
    values |= {"campaign.rho": rho, "community.w_displacement": W, "campaign.displacement_half_life": 3000.0}
    world = replicate(scenario({**QUIET, **values}, divided(45))).to(0, 1).world
    kept = 0.5 ** (1 / 166)
    shift = rho * W * (1 - kept)  # a day of the way
    assert world.residents["grievance"] == pytest.approx([0.3, 0.3 + shift])


def test_grievance_is_the_sum_of_all_burdens_and_stays_between_0_and_1(replicate):
    def settled(base, weight, **values):
        heavy = {f"community.w_{name}": weight for name in ("checkpoint", "partner", "development")}
        levers = {f"policy.{name.replace('__', '.')}": value for name, value in values.items()}
        return (
            replicate(scenario({**QUIET, "community.G0": base, **heavy, **levers})).to(1).world.residents["grievance"]
        )

    assert settled(0.3, 0.1, partner__teams=4, community__development=0.5) == pytest.approx(0.3 + 0.1 * (1 + 1 - 0.5))
    assert (settled(0.8, 0.3, partner__teams=12) == 1).all()
    assert (settled(0.0, 0.3, checkpoints__staffed_share=0.0, community__development=1.0) == 0).all()


@pytest.mark.parametrize("half_life", [60.0, 166.0])
def test_grievance_approaches_its_rest_with_its_half_life(replicate, half_life):
    """From the former policy's level: the gap halves in a half-life."""
    common = {**QUIET, "run.horizon": 2.0, "community.w_checkpoint": 0.2, "community.half_life": half_life}
    run = replicate(load_scenario("baseline", {**common, "policy.checkpoints.staffed_share": 0.25}))
    assert run.to(0).world.residents["grievance"] == pytest.approx(0.3 + 0.2)
    for day in (0, 1, 50, 200, 700):
        gap = 0.2 * 0.75 * 0.5 ** ((day + 1) / half_life)
        found = run.to(day, 1).world
        assert found.residents["grievance"] == pytest.approx(0.3 + 0.2 * 0.25 + gap)
        assert found.mood["grievance"] == pytest.approx(0.3 + 0.2 * 0.25 + gap)


def test_an_incident_raises_grievance_by_a_step_in_the_towns_of_its_jurisdiction_alone(replicate):
    """Day by day against the rule's own words, clipped at 1."""
    values = {**QUIET, **QUICK, "community.w_harm": 0.08, "threat.cells_per_group": 30, "run.horizon": 0.3}
    run = replicate(scenario({**values, "community.recruit_exponent": 0.0, "community.half_life": 720.0}, CROSSING))
    where = dict(zip(run.blank.nodes["cell"].tolist(), run.blank.nodes["jurisdiction"].tolist(), strict=True))
    path, kept, steps = run.to(0).world.residents["grievance"].copy(), 0.5 ** (1 / 720), 0
    for day in range(100):
        path = 0.3 + kept * (path - 0.3)
        before = len(run.events)
        run.to(day + 1)
        for event in run.events[before:]:
            if event.stage == INCIDENT:
                steps += 1
                hit = run.world.towns["jurisdiction"] == where[int(event.cell)]
                path[hit] = np.minimum(1.0, path[hit] + 0.08)
        assert run.world.residents["grievance"] == pytest.approx(path, rel=1e-9), day
    assert steps > 20


# The mood of a jurisdiction.


def test_a_town_of_many_people_weighs_more_in_its_jurisdictions_grievance_than_one_of_few(replicate):
    towns = [ONE_ROAD["towns"][0], {"name": "hamlet", "cell": [45, 5], "private_share": 0.0}]
    world = {**ONE_ROAD, "towns": towns, "sites": [site("works", [5, 5], foreign_staff=10_000)]}
    run = replicate(scenario({**QUIET, "community.half_life": 720.0}, world)).to(0)
    run.world.residents["grievance"] = [0.9, 0.1]
    run.to(1)
    weights = np.array([20_000 + 8 * 10_000, 20_000])  # residents, and those who work at the site
    assert run.world.towns["local_staff"].tolist() == [80_000, 0]
    assert run.world.mood["grievance"] == pytest.approx(weights @ run.world.residents["grievance"] / weights.sum())
    assert run.world.mood["grievance"][0] > run.world.residents["grievance"].mean() + 0.2


def test_the_fewer_residents_a_town_has_the_more_its_workers_weigh(replicate):
    world = {**divided(45), "towns": [*divided(45)["towns"], {"name": "port", "cell": [20, 5], "private_share": 0.0}]}
    found = []
    for residents in (2_000.0, 200_000.0):
        run = replicate(scenario({**QUIET, "exposure.residents": residents}, world)).to(0)
        run.world.residents["grievance"] = [1.0, 0.5, 0.0]
        found.append(run.to(1).world.mood["grievance"].copy())
        share = (residents + 800) / (2 * residents + 800)
        first, _, port = run.world.residents["grievance"]
        assert found[-1][0] == pytest.approx(share * first + (1 - share) * port)
        assert found[-1][1] == run.world.residents["grievance"][1]  # a town by itself
    assert found[0][0] > found[1][0] + 0.05


def test_a_jurisdiction_without_a_town_has_the_mood_of_all(replicate):
    world = divided(45)
    run = replicate(scenario(QUIET, {**world, "towns": world["towns"][:1]})).to(0)
    run.world.residents["grievance"] = 0.7
    assert np.ptp(run.to(1).world.mood["grievance"]) == 0


# What closures, checkpoints and refusals shift grievance by.


def test_shifts_by_closures_checkpoints_and_refusals_are_counted_a_day_as_means_over_towns():
    """Two towns, at one of which people work at a site."""
    world = divided(45) | {"checkpoints": [{"name": "bridge", "cell": [30, 5]}]}
    values = {**RICH, **KEPT, "policy.closures.elsewhere": 5.0, "policy.screening.specificity": 0.95}
    weights = {"community.w_closure": 0.2, "community.w_checkpoint": 0.1, "community.w_refusal": 0.04}
    x = table(scenario({**QUIET, **values, **weights}, world), 1, seed=123)
    assert x["grievance_checkpoints"] == pytest.approx(0.1 * DAYS_A_YEAR)
    assert x["grievance_refusals"] == pytest.approx(0.04 * 2.5 / 2 * DAYS_A_YEAR)
    assert x["grievance_closures"] == pytest.approx(0.2 * 2.0 * 0.7 / 2 * DAYS_A_YEAR)
    shifts = sum(x[f"grievance_{name}"] for name in ("checkpoints", "refusals", "closures"))
    assert x["grievance_days"] == pytest.approx(0.3 * DAYS_A_YEAR + shifts)


# Signs that the field disputes.


@pytest.mark.parametrize("weight, lever", [("development", "community.development"), ("partner", "partner.teams")])
def test_development_and_the_partner_s_teams_may_move_grievance_either_way(replicate, weight, lever):
    dose = {"development": -1.0, "partner": 2.0}[weight]
    most = 1.0 if weight == "development" else 8
    for size in (-0.3, -0.1, 0.1, 0.3):
        values = {f"policy.{lever}": most, f"community.w_{weight}": size}
        found = replicate(scenario({**QUIET, **values}, divided(45))).to(1).world.residents["grievance"]
        assert found == pytest.approx(min(1.0, max(0.0, 0.3 + size * dose)))


def test_grievance_stays_between_0_and_1_whatever_the_signs(replicate):
    signs = {"community.w_development": -0.5, "community.w_partner": 0.3, "community.w_harm": 0.1}
    values = {**QUIET, **QUICK, **signs, "policy.community.development": 1.0, "policy.partner.teams": 12}
    run = replicate(scenario({**values, "community.G0": 0.6, "threat.cells_per_group": 20}, CROSSING))
    for day in range(0, 100, 10):
        found = run.to(day).world
        for grievance in (found.residents["grievance"], found.mood["grievance"]):
            assert ((grievance >= 0) & (grievance <= 1)).all()
    low = {"community.w_development": 0.5, "community.w_partner": -0.3, "community.G0": 0.1}
    calm = replicate(scenario({**values, **low, "threat.cells_per_group": 0}, CROSSING)).to(5).world
    assert (calm.residents["grievance"] == 0).all() and (calm.mood["grievance"] == 0).all()


@pytest.mark.parametrize("friction", [-1.0, -0.3, 0.0, 0.2, 1.0])
def test_friction_with_the_partner_s_teams_takes_tips_and_below_0_brings_some(replicate, friction):
    values = {**QUIET, "policy.partner.teams": 8, "community.friction": friction, "threat.tip_coef": 0.005}
    found = replicate(scenario(values, divided(45))).to(1).world.intelligence["interdiction"]
    tips = 0.005 * (1 - 0.3) * (1 - min(1.0, 2 * friction))
    assert found == pytest.approx([0.00385 + tips] * 2)


# Protest.


@pytest.mark.parametrize("threshold, chance", [(0.3, 0.5 * 0.2), (0.5, 0.0), (0.9, 0.0)])
def test_towns_protest_above_the_threshold_alone_by_the_rate_for_each_unit_above_it(threshold, chance):
    values = {**QUIET, "community.G0": 0.5, "community.protest_rate": 0.5, "community.protest_threshold": threshold}
    x = table(scenario({**values, "run.horizon": 3.0}), 1, seed=121)
    town_days = 12 * 3 * DAYS_A_YEAR
    if chance > 0:
        assert abs(z_of_share(x["protests"].sum(), town_days, chance)) < Z
        assert x["protests_at_closures"].sum() / x["protests"].sum() == pytest.approx(1 / 12, rel=0.2)
    else:
        assert x["protests"].sum() == 0


def test_a_protest_holds_up_the_convoys_of_its_town_on_its_day_and_no_others(replicate):
    values = {**QUIET, "community.G0": 0.8, "community.protest_rate": 1.0, "community.protest_threshold": 0.3}
    values |= {"community.protest_delay": 3.0, "exposure.trips_per_week": 6.0, "policy.movement.cancel_share": 0.0}
    run, held, free = replicate(scenario(values, CROSSING)), 0, 0
    for day in range(1, 80):
        world = run.to(day, 1).world
        for i, line in enumerate(world.lines):
            convoy, town = world.convoys[i], world.residents[world.sites[line.site].town]
            if convoy.day != world.clock[0].day or convoy.state == convoys.RESTING:
                continue
            blocked = town.blocked == world.clock[0].day
            assert convoy.held == (90 if blocked else 0)
            held, free = held + int(blocked), free + int(not blocked)
        run.to(day, 719)
        for convoy in world.convoys[world.convoys["state"] == convoys.MOVING]:
            assert convoy.since >= convoy.planned + convoy.held
    assert held > 20 and free > 20
    assert world.outcome[0].protest_hours == pytest.approx(3.0 * held, abs=6.0)


def test_protest_leads_to_no_attack():
    """Attackers who want no convoy do the same whether residents protest daily or never."""
    values = {**QUIET, **QUICK, **only("private"), "community.G0": 0.9, "threat.cells_per_group": 20}
    points = [scenario({**values, "community.protest_rate": rate}, CROSSING) for rate in (0.0, 1.0)]
    calm, loud = tables(points, 3, seed=122)
    assert loud["protests"].sum() > 500 and calm["protests"].sum() == 0
    for name in ("opportunities", "plots", "incidents", "foiled_interdiction", "foiled_noticed", "gave_up"):
        assert np.array_equal(calm[name], loud[name]), name
    assert calm["incidents"].sum() > 50
