"""Adherence to the protocol: its decay and jumps, day by day against the rules' own words; its items and its price."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim import load_scenario, rng, simulate, with_values
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.errors import InputError
from sim.outcome import INCIDENT
from sim.rng import identity, replicate_seed
from sim.scenario.build import params_rows
from sim.scenario.worldfile import MOST_JURISDICTIONS
from tests.small import CROSSING, FROZEN, ONE_ROAD, QUICK, RICH, Z, divided, scenario, table, tables, z_of_mean

QUIET = {"threat.cells_per_group": 0, "exposure.trips_per_week": 2.0, "run.warmup": 1.0, "run.horizon": 2.0}
NO_JUMPS = {"policy.adherence.audit_jump": 0.0, "policy.adherence.event_jump": 0.0}
AUDITS_ONLY = {"policy.adherence.audit_jump": 0.25, "policy.adherence.event_jump": 0.0}


def by_year(made, column, runs=1, seed=71):
    rows = simulate(made, runs, seed)
    return [rows[column][rows["year"] == year] for year in range(rows["year"].max() + 1)]


def dates_of_audits(name, interval, first, root=71):
    """Dates of the audits of a jurisdiction from a day on: the k-th falls at a moment of the k-th interval."""
    seed, number = np.uint64(replicate_seed(root, 0)), identity(f"jurisdiction/{name}")
    dates = [interval * (k + rng.uniform(seed, rng.AUDIT, number, k, 0)) for k in range(int(4_700 / interval))]
    return [date for date in dates if date >= first]


@pytest.mark.parametrize("half_life", [45.0, 105.0, 365.0])
def test_the_gap_to_the_base_level_halves_in_a_half_life(half_life):
    values = {"policy.adherence.level": 0.9, "policy.adherence.half_life": half_life}
    high = scenario({**QUIET, **NO_JUMPS, **values}, ONE_ROAD)
    low = with_values(high, {"policy.adherence.level": 0.3})
    days = np.arange(1, 2 * DAYS_A_YEAR + 1)
    path = 0.3 + 0.6 * 0.5 ** (days / half_life)
    for found, year in zip(by_year(low, "adherence_days"), path.reshape(2, -1), strict=True):
        assert found == pytest.approx(year.sum(), rel=1e-9)


def test_an_audit_closes_its_share_of_the_gap_on_its_date():
    """Dates are drawn: the k-th audit falls at a moment of the k-th interval since the epoch."""
    level, jump, interval, kept = 0.5, 0.25, 100.0, 0.5 ** (1 / 105)
    values = {"policy.adherence.level": level, "policy.adherence.audit_interval": interval}
    made = scenario({**QUIET, **RICH, **AUDITS_ONLY, **values}, ONE_ROAD)
    dates = dates_of_audits("all", interval, EPOCH_DAYS - DAYS_A_YEAR)
    a, path = level, []
    for day in range(EPOCH_DAYS - DAYS_A_YEAR, EPOCH_DAYS + 2 * DAYS_A_YEAR):
        a = level + kept * (a - level)
        for _ in [date for date in dates if day <= date < day + 1]:
            a += jump * (1 - a)
        path.append(a)
    assert sum(by_year(made, "audits")) == sum(EPOCH_DAYS <= date < EPOCH_DAYS + 2 * DAYS_A_YEAR for date in dates)
    for found, year in zip(by_year(made, "adherence_days"), np.reshape(path[DAYS_A_YEAR:], (2, -1)), strict=True):
        assert found == pytest.approx(year.sum(), rel=1e-9)


def test_an_incident_closes_its_share_of_the_gap_there_and_less_elsewhere(replicate):
    level, jump, spill, kept = 0.4, 0.35, 0.4, 0.5 ** (1 / 105)
    values = {"policy.adherence.level": level, "policy.adherence.audit_jump": 0.0, "threat.cells_per_group": 40}
    values |= {"policy.adherence.event_jump": jump, "policy.adherence.event_spill": spill}
    run = replicate(scenario({**QUICK, **values, "run.warmup": 0.0, "run.horizon": 0.2}, CROSSING)).finish()
    where = dict(zip(run.world.nodes["cell"].tolist(), run.world.nodes["jurisdiction"].tolist(), strict=True))
    incidents = [e for e in run.events if e.stage == INCIDENT]
    a = [level, level]
    for day in range(EPOCH_DAYS, EPOCH_DAYS + run.days):
        a = [level + kept * (x - level) for x in a]
        for event in incidents:
            if event.tick // TICKS_A_DAY == day:
                here = where[int(event.cell)]
                a = [x + jump * (1.0 if j == here else spill) * (1 - x) for j, x in enumerate(a)]
    assert len(incidents) > 10
    assert run.world.protocol["adherence"] == pytest.approx(a, rel=1e-9)
    assert min(a) > level + 0.1


def test_held_adherence_stays_at_its_level_at_once_and_for_good():
    values = {**QUICK, "threat.cells_per_group": 20, "run.warmup": 0.2, "run.horizon": 2.0}
    free = scenario({**values, "policy.adherence.level": 0.4}, CROSSING)
    held = with_values(free, {"policy.adherence.level": 0.8, "policy.adherence.hold": True})
    for found in by_year(held, "adherence_days", runs=3):
        assert found == pytest.approx(0.8 * DAYS_A_YEAR)


def test_adherence_stays_between_its_level_and_one():
    values = {"policy.adherence.audit_jump": 0.8, "policy.adherence.event_jump": 0.8, "threat.cells_per_group": 40}
    values |= {"policy.adherence.audit_interval": 5.0, **RICH, "run.warmup": 0.2, "run.horizon": 1.0}
    x = table(scenario({**QUICK, **values}, CROSSING), 3, seed=72)
    mean = x["adherence_days"] / x["days"]
    assert ((mean > 0.9) & (mean < 1)).all()


@pytest.mark.parametrize("bias", [0.0, 0.15, 0.5])
def test_stated_adherence_closes_the_reporting_bias_of_the_gap(bias):
    made = scenario({**QUIET, "policy.adherence.reporting_bias": bias}, ONE_ROAD)
    x = table(made, 2, seed=73)
    assert x["stated_days"] == pytest.approx(x["adherence_days"] + bias * (x["days"] - x["adherence_days"]))


# Items. Money buys a vehicle for every trip; escorts are asked for early.
ITEMS = {**QUIET, **FROZEN, **RICH, "policy.movement.escort_notice": 4.0, "policy.movement.escort_patience": 12.0}


@pytest.mark.parametrize("level, odds", [(0.3, 0.0), (0.6, 0.0), (0.6, -2.0), (0.6, 2.0), (0.0, 6.0), (1.0, -6.0)])
@pytest.mark.parametrize("item, column", [("armour", "trips_armoured"), ("escort", "trips_escorted")])
def test_an_item_is_followed_by_the_log_odds_of_the_level_and_its_own(item, column, level, odds):
    values = {"policy.adherence.level": level, f"policy.adherence.items.{item}": odds}
    x = table(scenario(ITEMS | values, ONE_ROAD), 20, seed=74)
    chance = level if level in (0, 1) else 1 / (1 + math.exp(-math.log(level / (1 - level)) - odds))
    share = x[column] / x["trips"]
    assert abs(z_of_mean(share, chance)) < Z


def test_deviations_count_the_items_that_a_trip_does_not_follow():
    """Seven items; nobody asks for a closed road here, and what is not asked for counts as followed."""
    x = table(scenario(ITEMS | {"policy.adherence.level": 0.7}, ONE_ROAD), 20, seed=75)
    assert abs(z_of_mean(x["deviations"] / x["trips"], 6 * 0.3)) < Z
    assert abs(z_of_mean(x["trips_with_deviation"] / x["trips"], 1 - 0.7**6)) < Z


def test_what_is_followed_at_a_level_is_followed_at_every_higher_one(replicate):
    """Common random numbers: the items followed are nested sets."""
    runs = [replicate(scenario(ITEMS | {"policy.adherence.level": a}, ONE_ROAD)) for a in (0.2, 0.5, 0.9, 1.0)]
    for day in range(1, 60, 7):
        masks = [run.to(day, 1).world.convoys["followed"] for run in runs]
        for fewer, more in pairwise(masks):
            assert (fewer & ~more == 0).all()


# Audits: the sooner after the last one the less each does, and what they do to statements alone.


@pytest.mark.parametrize("interval, memory", [(100.0, 120.0), (30.0, 365.0)])
def test_an_audit_closes_the_less_the_sooner_after_the_last_one_it_is_held(interval, memory):
    """J (1 - exp(-gap / memory)) of the gap; before the first one lies a whole interval."""
    level, jump, kept = 0.5, 0.25, 0.5 ** (1 / 105)
    values = {"policy.adherence.level": level, "policy.adherence.audit_interval": interval}
    values |= {"policy.adherence.audit_memory": memory}
    made = scenario({**QUIET, **RICH, **AUDITS_ONLY, **values}, ONE_ROAD)
    first = EPOCH_DAYS - DAYS_A_YEAR
    dates = dates_of_audits("all", interval, first)
    a, path, last = level, [], dates[0] - interval
    for day in range(first, EPOCH_DAYS + 2 * DAYS_A_YEAR):
        a = level + kept * (a - level)
        for date in [date for date in dates if day <= date < day + 1]:
            a += jump * (1 - math.exp(-(date - last) / memory)) * (1 - a)
            last = date
        path.append(a)
    for found, year in zip(by_year(made, "adherence_days"), np.reshape(path[DAYS_A_YEAR:], (2, -1)), strict=True):
        assert found == pytest.approx(year.sum(), rel=1e-9)


@pytest.mark.parametrize("hold", [False, True])
def test_audits_add_to_what_is_stated_alone_a_show_that_fades(hold):
    """Show: + share of what is left of it at each audit, half-life as adherence's; it fills what is left to state."""
    interval, share, kept = 60.0, 0.3, 0.5 ** (1 / 105)
    values = {
        **QUIET,
        **RICH,
        **AUDITS_ONLY,
        "policy.adherence.audit_interval": interval,
        "policy.adherence.hold": hold,
    }
    plain = scenario({**values, "policy.adherence.audit_show": 0.0}, ONE_ROAD)
    shown = scenario({**values, "policy.adherence.audit_show": share}, ONE_ROAD)
    first = EPOCH_DAYS - DAYS_A_YEAR
    dates = dates_of_audits("all", interval, first)
    show, level, stated = 0.0, 0.6, []
    for day in range(first, EPOCH_DAYS + 2 * DAYS_A_YEAR):
        show *= kept
        level = 0.6 + kept * (level - 0.6)
        for _ in [date for date in dates if day <= date < day + 1]:
            show += share * (1 - show)
            level += 0.0 if hold else 0.25 * (1 - level)
        claimed = level + 0.15 * (1 - level)
        stated.append(claimed + show * (1 - claimed))
    for found, year in zip(by_year(shown, "stated_days"), np.reshape(stated[DAYS_A_YEAR:], (2, -1)), strict=True):
        assert found == pytest.approx(year.sum(), rel=1e-9)
    without, with_show = tables([plain, shown], 1, seed=71)
    assert with_show["adherence_days"] == without["adherence_days"]
    assert with_show["deviations"] == without["deviations"]
    assert with_show["stated_days"] > without["stated_days"]


# Adherence by jurisdiction.


def odds_of(level, offset):
    """The level whose log odds are shifted so far."""
    return level if level in (0, 1) else 1 / (1 + (1 - level) / level * math.exp(-offset))


@pytest.mark.parametrize("hold", [False, True])
@pytest.mark.parametrize("level", [0.0, 0.3, 0.8, 1.0])
def test_a_jurisdiction_keeps_the_protocol_by_the_log_odds_of_the_level_and_its_own(replicate, level, hold):
    values = {"policy.adherence.level": level, "policy.adherence.by_jurisdiction": {"third": -1.5, "first": 2.0}}
    made = scenario({**QUIET, **NO_JUMPS, **values, "policy.adherence.hold": hold}, divided(30, 60))
    rest = [odds_of(level, offset) for offset in (2.0, 0.0, -1.5)]
    for day in (0, 400):
        assert replicate(made).to(day, 1).world.protocol["adherence"] == pytest.approx(rest, abs=1e-12)


@pytest.mark.parametrize("hold", [False, True])
def test_a_policy_by_jurisdiction_begins_at_t_0_and_decays_to_its_rest_or_holds_at_once(replicate, hold):
    made = scenario({**QUIET, **NO_JUMPS}, divided(45))
    values = {"policy.adherence.by_jurisdiction": {"second": 3.0}, "policy.adherence.hold": hold}
    run, rest = replicate(with_values(made, values)), odds_of(0.6, 3.0)
    for day in (0, 105):
        kept = 0.0 if hold else 0.5 ** ((day + 1) / 105)
        found = run.to(day, 1).world.protocol["adherence"]
        assert found == pytest.approx([0.6, rest + kept * (0.6 - rest)])


def test_complacency_wears_away_the_level_of_each_jurisdiction(replicate):
    values = {"policy.adherence.by_jurisdiction": {"second": 1.0}, "policy.adherence.complacency": 0.2}
    values |= {"policy.adherence.complacency_time": 60.0, "policy.adherence.half_life": 45.0}
    made = scenario({**QUIET, **NO_JUMPS, **values, "run.warmup": 2.0}, divided(45))
    found = replicate(made).to(720, 1).world.protocol["adherence"]
    assert found == pytest.approx([0.6 - 0.2, odds_of(0.6, 1.0) - 0.2], abs=1e-6)


@pytest.mark.parametrize("path", ["policy.adherence.by_jurisdiction", "state.offensive.districts"])
def test_a_jurisdiction_that_the_world_does_not_have_is_refused_in_a_sentence(path):
    value = {"cost": 1.0} if path.startswith("policy") else ["cost"]
    made = load_scenario("baseline", {path: value})
    with pytest.raises(InputError) as caught:
        params_rows([made])
    assert str(caught.value) == f"baseline: {path}: read 'cost', allowed capital, coast, plains, highlands"


def test_the_parameters_have_room_for_as_many_jurisdictions_as_a_world_may_have():
    world = divided(*range(6, 6 + 5 * (MOST_JURISDICTIONS - 1), 5))
    offsets = {area["name"]: (k + 1) / 2.0 for k, area in enumerate(world["jurisdictions"])}
    made = scenario({"policy.adherence.by_jurisdiction": offsets}, world)
    assert len(offsets) == MOST_JURISDICTIONS
    assert params_rows([made])["adherence_offsets"].tolist() == [list(offsets.values())]


# What supervision costs, and who pays for it.

C = 60_000  # USD that divide what is not followed at a site by e, a year


def price(level):
    """USD a site-year: c ln(.4 / (1 - level)), 1 - level at least .01, never below 0."""
    return C * max(0.0, math.log(0.4 / max(0.01, 1 - level)))


SUPERVISED = {**QUIET, **NO_JUMPS, "policy.adherence.hold": True, "cost.supervision": float(C), "run.horizon": 1.0}
FUNDS = 0.82e9 * 0.01 / 25 * 0.85  # USD a site-year that 1 % spends


@pytest.mark.parametrize("level", [0.0, 0.3, 0.6, 0.7, 0.9, 0.985, 0.99, 0.999, 1.0])
@pytest.mark.parametrize("payer", ["nobody", "state"])
def test_a_level_above_today_s_costs_supervision_by_the_log_of_the_gap_that_is_left(payer, level):
    usual = scenario({**SUPERVISED, "policy.adherence.level": 0.6}, CROSSING)
    values = {"policy.adherence.level": level, "policy.adherence.paid_from": payer}
    made = scenario({**SUPERVISED, **values}, CROSSING)
    today, x = tables([usual, made], 1, seed=76)
    assert today["adherence_cost"] == 0
    assert x["adherence_cost"] == pytest.approx(2 * price(level), abs=1e-6)
    assert x["state_spent"] - today["state_spent"] == pytest.approx(2 * price(level) * (payer == "state"), abs=1e-3)
    assert x["project_spent"] == today["project_spent"] and x["partner_spent"] == today["partner_spent"]
    assert x["adherence_days"] == pytest.approx(level * DAYS_A_YEAR)


def test_each_site_costs_by_the_level_of_its_jurisdiction():
    values = {"policy.adherence.level": 0.7, "policy.adherence.by_jurisdiction": {"west": 1.0, "east": -1.0}}
    x = table(scenario({**SUPERVISED, **values}, CROSSING), 1, seed=76)
    assert x["adherence_cost"] == pytest.approx(price(odds_of(0.7, 1.0)) + price(odds_of(0.7, -1.0)))
    assert price(odds_of(0.7, -1.0)) == 0 < price(odds_of(0.7, 1.0))


def paid_by_the_budget(replicate, level, share, **values):
    """A run, a day on, whose supervision the budget pays for."""
    facts = {"policy.adherence.level": level, "policy.budget.share": share, "policy.adherence.paid_from": "budget"}
    named = {path.replace("__", "."): value for path, value in values.items()}
    return replicate(scenario({**SUPERVISED, **facts, **named}, CROSSING)).to(1)


@pytest.mark.parametrize("level", [0.5, 0.8, 1.0])
def test_supervision_that_the_budget_can_pay_comes_off_the_top_and_gives_the_level(replicate, level):
    run = paid_by_the_budget(replicate, level, 1.0)
    bought = run.world.delivered[0]
    assert 0 <= price(level) < FUNDS
    assert (bought.supervision_paid, bought.extras_paid) == (1, 1)
    assert bought.screening_money == pytest.approx(2 * (FUNDS - price(level)) * 0.10)
    assert bought.training_money == pytest.approx(2 * (FUNDS - price(level)) * 0.10)
    assert run.world.protocol["adherence"].tolist() == [level, level]
    assert bought.supervision_a_day * 365 == pytest.approx(2 * price(level))


@pytest.mark.parametrize("level", [0.8, 0.95, 1.0])
@pytest.mark.parametrize("share", [0.1, 0.02])
def test_with_a_share_of_its_supervision_paid_the_level_is_the_one_that_share_buys(replicate, level, share):
    """1 - level' = (1 - level)^p .4^(1 - p): a gap that shrinks as the log says; other extras are cut alike."""
    run = paid_by_the_budget(replicate, level, share, policy__site__extra_guards=30)
    asked = price(level) + 30 * 5_000
    paid = min(1.0, share * FUNDS / asked)
    bought = run.world.delivered[0]
    assert paid < 1
    assert bought.supervision_paid == pytest.approx(paid) and bought.extras_paid == pytest.approx(paid)
    assert bought.extra_guards == pytest.approx(30 * paid)
    assert bought.screening_money == bought.training_money == 0
    gap = max(0.01, 1 - level) ** paid * 0.4 ** (1 - paid)
    assert run.world.protocol["adherence"] == pytest.approx([1 - gap, 1 - gap])
    assert price(1 - gap) == pytest.approx(paid * price(level))
    assert bought.supervision_a_day * 365 == pytest.approx(2 * paid * price(level))


def test_without_a_budget_the_level_is_today_s_where_more_is_asked_for_and_as_asked_elsewhere(replicate):
    values = {"policy__adherence__by_jurisdiction": {"east": -2.0}}
    run = paid_by_the_budget(replicate, 0.8, 0.0, **values)
    assert run.world.protocol["adherence"] == pytest.approx([0.6, odds_of(0.8, -2.0)])
    assert run.world.delivered[0].supervision_a_day == 0


def test_supervision_that_costs_nothing_is_there_without_a_budget(replicate):
    run = paid_by_the_budget(replicate, 0.9, 0.0, cost__supervision=0.0, policy__site__extra_guards=10)
    assert run.world.protocol["adherence"].tolist() == [0.9, 0.9]


def test_what_the_budget_pays_stands_in_its_ledger_once_and_the_level_holds_from_t_0(replicate):
    """Its lines lose the money when what they buy is delivered, after the lead time."""
    common = {"run.warmup": 0.2, "run.horizon": 1.0, "policy.budget.lead_time": 100.0}
    today = scenario({**SUPERVISED, **common}, CROSSING)
    values = {"policy.adherence.level": 0.9, "policy.adherence.paid_from": "budget"}
    made, free = with_values(today, values), with_values(today, {"policy.adherence.level": 0.9})
    run = replicate(made).to(0)
    assert run.world.protocol["adherence"].tolist() == [0.9, 0.9]
    assert run.to(99).world.delivered[0].screening_money == pytest.approx(2 * FUNDS * 0.10)
    assert run.to(101).world.delivered[0].screening_money == pytest.approx(2 * (FUNDS - price(0.9)) * 0.10)
    paid, nobody = tables([made, free], 1, seed=77)
    assert paid["adherence_cost"] == pytest.approx(2 * price(0.9))
    assert nobody["adherence_cost"] == pytest.approx(paid["adherence_cost"])
    assert paid["project_spent"] <= paid["project_budget"] * 0.85 + 1e-6
    assert paid["state_spent"] == nobody["state_spent"]


def test_a_held_level_follows_what_the_budget_can_pay_as_cameras_come_due(replicate):
    cameras = {"policy.cameras.count": 1000, "policy.cameras.ledger": "project", "policy.cameras.start": 50}
    made = scenario({**SUPERVISED, **cameras, "run.warmup": 0.0}, CROSSING)
    values = {"policy.adherence.level": 0.95, "policy.adherence.paid_from": "budget"}
    run = replicate(with_values(made, values)).to(40)
    assert run.world.protocol["adherence"].tolist() == [0.95, 0.95]
    paid = 2 * FUNDS / (2 * price(0.95) + 1000 * 1_500 * 0.75)
    assert run.to(60).world.protocol["adherence"] == pytest.approx([1 - 0.05**paid * 0.4 ** (1 - paid)] * 2)


# Outings: hours, and who keeps to a curfew.


@pytest.mark.parametrize("tie, curfew", [(1.0, 0.0), (0.5, 0.0), (0.0, 0.25), (0.3, 1.0)])
def test_hours_on_outings_are_those_that_adherence_and_curfew_leave(tie, curfew):
    """In the town of each site: the crossing's upper town lies in the west, the lower one in the east."""
    values = {"exposure.outing_tie": tie, "policy.movement.curfew": curfew, "exposure.outing_hours": 3.0}
    values |= {"policy.adherence.level": 0.7, "policy.adherence.by_jurisdiction": {"west": 1.0}}
    x = table(scenario({**SUPERVISED, **values}, CROSSING), 1, seed=78)
    lapse = {"west": 1 - odds_of(0.7, 1.0), "east": 0.3}
    people = sum(n * (tie * lapse[j] + (1 - tie) * 0.4) for n, j in ((400, "west"), (60, "east")))
    assert x["outing_hours"] == pytest.approx(people * 3.0 / 7 * DAYS_A_YEAR * (1 - curfew))
    assert x["curfew_days"] == pytest.approx(460 * curfew * DAYS_A_YEAR)
