"""How a plot begins with an insider: he draws the choice, or offers help. Bounds of `Z`: 1 seed in 10,000."""

import math

import numpy as np
import pytest

from sim import with_values
from sim.agents import insiders
from sim.agents.threat import slots, targets
from sim.agents.threat.slots import OFFERED
from sim.outcome import CLASSES, CONVOY, PRIVATE, SITE
from tests.small import CROSSING, NEUTRAL, ONE_ROAD, QUICK, Z, scenario, table, tables, z_of_mean, z_of_share

HELD = {**NEUTRAL, "policy.adherence.hold": True, "threat.learning": False, "threat.visible_protection": 0.0}
# A site of 8,000 local workers, with 16 insiders or so whom nothing finds.
CROWDED = {**ONE_ROAD, "sites": [{**ONE_ROAD["sites"][0], "foreign_staff": 1_000}]}
STAFFED = {"insider.prevalence": 0.002, "insider.grievance_exponent": 0.0, "insider.found": 0.0}
STAFFED |= {"policy.screening.sensitivity": 0.0, "policy.screening.recheck_interval": 0.0}
OFFERS = {**HELD, **QUICK, **STAFFED, "insider.offers": 3.0, "threat.plot_interval": 300.0}
OFFERS |= {"threat.cells_per_group": 20, "run.warmup": 0.1, "run.horizon": 2.0}


@pytest.mark.parametrize("draws", [0.0, 0.5, 1.0])
def test_the_chance_of_help_raises_the_success_that_is_expected_of_a_target(replicate, draws):
    """x + (1 - x) iota P(one serves), at the site and on its lines and nowhere else."""
    values = {**HELD, "insider.draws": draws, "insider.prevalence": 0.0, "insider.activation": 0.3, "run.warmup": 0.1}
    run = replicate(scenario(values, ONE_ROAD)).to(0)
    world, params = run.world, run.params[0]
    world.staffed[0].people = 4
    for t, target in enumerate(world.targets):
        c, x = int(target.target_class), world.stance[0, target.target_class].perceived
        helped = 1 - 0.7**4 if c in (CONVOY, SITE) else 0.0
        expected = params.threat_value[c] * (x + (1 - x) * draws * helped) - params.threat_cost[c]
        assert targets.utility(world, params, 0, t) == pytest.approx(expected)
    assert {CONVOY, SITE, PRIVATE} <= set(world.targets["target_class"].tolist())


def test_attackers_turn_to_sites_where_insiders_may_serve():
    """Of two equal sites one has four times the staff, and so many insiders; choice is otherwise the same."""
    works = [{**CROWDED["sites"][0], "name": name, "foreign_staff": n} for name, n in (("a", 1000), ("b", 250))]
    values = {**HELD, **QUICK, **STAFFED, "threat.rationality": 4.0, "run.horizon": 2.0, "insider.activation": 0.1}
    values |= {"threat.cells_per_group": 20, "run.warmup": 0.1}
    points = [scenario({**values, "insider.draws": draws}, {**ONE_ROAD, "sites": works}) for draws in (0.0, 1.0)]
    without, drawn = tables(points, 20, seed=121)
    assert z_of_mean(drawn["plots_with_insider"] - without["plots_with_insider"]) > Z
    assert z_of_mean(drawn["plots_sited"] - without["plots_sited"]) > Z


def test_idle_cells_meet_the_offers_that_insiders_in_post_make_and_as_many_opportunities_as_without():
    """Protection that is seen makes nothing worth it, and all cells idle: offers = nu x insiders in post and year."""
    useless = {f"threat.{part}.{c}": v for part, v in (("value", 0.0), ("cost", 1.0)) for c in CLASSES}
    useless |= {"threat.value.convoy": 1.0, "threat.x0.convoy": 0.9, "threat.cost.convoy": 0.0}
    useless |= {"threat.visible_protection": 1.0, "policy.adherence.level": 1.0, "threat.declined": 0.5}
    values = {**OFFERS, **useless, "threat.rationality": 60.0}
    points = [scenario(values | {"insider.offers": nu}, CROWDED) for nu in (0.0, 3.0)]
    without, x = tables(points, 40, seed=122)
    assert x["offers"].sum() > 3_000 and without["offers"].sum() == 0
    assert abs(z_of_mean(x["offers"] - 3.0 * x["insider_days"] / 365)) < Z
    assert np.array_equal(x["opportunities"], without["opportunities"])
    assert np.array_equal(x["nothing_chosen"], x["opportunities"] + x["offers"])
    assert x["plots"].sum() == x["candidates_capped"].sum() == 0


@pytest.mark.parametrize("rationality", [0.0, 2.0, 6.0])
def test_an_offer_is_taken_up_by_quantal_response_with_help_sure(rationality):
    """His site and its two lines count alike: mean of exp(lambda u) against nothing, half of all at the reference."""
    values = {**OFFERS, "threat.rationality": rationality, "insider.draws": 0.5, "threat.declined": 0.5}
    values |= {"threat.value.convoy": 1.0, "threat.x0.convoy": 0.4, "threat.cost.convoy": 0.1}
    values |= {"threat.value.site": 0.8, "threat.x0.site": 0.2, "threat.cost.site": 0.3}
    values |= {f"threat.value.{c}": 0.0 for c in ("outing", "private")}
    values |= {f"threat.cost.{c}": 0.5 for c in ("outing", "private")}
    x = table(scenario(values, CROWDED), 20, seed=123)
    convoy, works = 1.0 * 0.7 - 0.1, 0.8 * 0.6 - 0.3
    pulled = (2 * math.exp(rationality * convoy) + math.exp(rationality * works)) / 3
    usual = math.exp(rationality * 0.3) + math.exp(rationality * -0.14) + 2 * math.exp(rationality * -0.5)
    taken = pulled / (pulled + usual)
    assert x["offers"].sum() > 500
    assert abs(z_of_share(x["plots_offered"].sum(), x["offers"].sum(), taken)) < Z


def test_offers_lead_to_plots_that_an_insider_serves_and_to_more_incidents():
    values = {**OFFERS, "threat.rationality": 4.0, "insider.activation": 0.05}
    points = [scenario(values | {"insider.offers": nu}, CROWDED) for nu in (0.0, 1.0)]
    without, x = tables(points, 30, seed=124)
    assert without["plots_offered"].sum() == 0 < x["plots_offered"].sum()
    assert (x["plots_offered"] <= x["plots_with_insider"]).all()
    for name in ("plots", "plots_with_insider", "incidents_begun_with", "incidents_inside", "incidents"):
        assert z_of_mean(x[name] - without[name]) > Z, name


def test_who_serves_a_plot_serves_it_until_its_team_sets_out_and_only_there(replicate):
    """At his own site or a line of it; who has left his post by then serves it no longer."""
    values = {**OFFERS, "insider.turnover": 1.0, "threat.watch_mean": 60.0, "threat.rationality": 4.0}
    run = replicate(scenario(values | {"insider.prevalence": 0.004, "run.horizon": 3.0}, CROSSING))
    helper, offered, gone, stayed = {}, 0, 0, 0
    for day in range(run.days):
        world = run.to(day, 1).world
        for s, slot in enumerate(world.slots):
            plot = s, int(slot.plot)
            if slots.in_preparation(slot.state) and slot.begun > 0:
                offered += slot.begun == OFFERED
                assert slot.insider == 1
                assert world.targets[slot.target].site == world.posts[slot.insider_post].site
                now = int(slot.insider_post), int(slot.insider_number), int(slot.access)
                assert helper.setdefault(plot, now) == now
                gone += insiders.row_of(world, slot.insider_post, slot.insider_number) < 0
            elif slot.state in (slots.APPROACHING, slots.WAITING) and plot in helper:
                stayed += slot.insider
                assert slot.access == (helper[plot][2] if slot.insider else -1)
    assert offered > 20 and gone > 20 and stayed > 20


def test_a_cell_takes_no_offer_of_help_where_its_group_is_not_active(replicate):
    """Group `one` acts in the west only: what insiders of the other site offer comes to nothing."""
    regions = {"one": {"west": 1.0}, "two": {"east": 1.0}}
    apart = [{**group, "regions": regions[group["name"]]} for group in CROSSING["groups"]]
    made = scenario({**OFFERS, "threat.rationality": 0.0}, {**CROSSING, "groups": apart})
    run = replicate(with_values(made, {"insider.prevalence": 0.005})).to(0)
    seen = set()
    for day in range(run.days):
        world = run.to(day, 1).world
        for slot in world.slots[(world.slots["begun"] == OFFERED) & (world.slots["state"] == slots.WATCHING)]:
            assert world.appeal[slot.group, slot.target] > 0
            seen.add(int(slot.group))
    assert seen == {0, 1}
