"""The mean field: fates of plots by their closed forms, choice, learning, and the rules that have neutral values."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import load_scenario, with_values
from sim.history import fates, means
from sim.history.fates import Case
from sim.history.lie import Lie
from sim.history.mean_field import chosen, learned, mean_field, offers, relaxed, taken
from sim.outcome import CLASSES, CONVOY, OUTING, PRIVATE, SITE

LIE = Lie(posts=1.5, overlap=0.7, abroad=0.6)
ALL_HELP = {"insider.passes": 0.2, "insider.offers": 0.2, "insider.draws": 0.5}


@pytest.fixture(scope="module")
def baseline():
    """Today's policy under the rules of version 3, to which the tests add one rule at a time."""
    return load_scenario(Path(__file__).parents[2] / "experiments" / "version3.yaml")


@pytest.fixture(scope="module")
def case(baseline):
    return Case(baseline, LIE, means.bought(baseline), 0.6, 7.6)


def other(case, values, **fields):
    return replace(case, scenario=with_values(case.scenario, values), **fields)


def expected(case, values=None, **fields):
    return mean_field(with_values(case.scenario, {"run.horizon": 3.0, **(values or {})}), fields.get("lie", LIE))


def test_tries_end_met_noticed_or_out_of_patience():
    p, h, n = (np.array(x) for x in ([0.3, 1.0, 0.4, 0.0], [0.05, 0.03, 0.03, 0.0], [4.0, 1.0, 2.0, 4.0]))
    met, left = fates.tries(p, h, n)
    by_hand = [sum(p_ * ((1 - p_) * (1 - h_)) ** k for k in range(int(n_))) for p_, h_, n_ in zip(p, h, n, strict=True)]
    assert met == pytest.approx(by_hand)
    assert left == pytest.approx(((1 - p) * (1 - h)) ** n)


def test_preparation_is_the_product_of_mu_over_mu_plus_delta_at_home_and_abroad(case):
    delta = 0.00385 + 0.00143 * 0.7
    by_hand = [1 / (1 + d * 75) / (1 + d * 60) for d in (delta, 0.75 * delta)]
    through, days = fates.preparation(case, helped=False)
    assert through == pytest.approx(0.4 * by_hand[0] + 0.6 * by_hand[1])
    assert 75 / (1 + delta * 75) < days < 135


def test_help_shortens_the_watch_and_betrays_what_police_and_record_keepers_know(case):
    usual, _ = fates.preparation(case, helped=True)
    assert usual == pytest.approx(fates.preparation(case, helped=False)[0])
    short = other(case, {"insider.watch_left": 0.5})
    half = fates.preparation(other(case, {"threat.watch_mean": 37.5}), helped=False)
    assert fates.preparation(short, helped=True) == pytest.approx(half)
    betrayed = fates.preparation(other(case, {"insider.betrayal": 1.0}), helped=True)[0]
    assert betrayed == pytest.approx(0.92 * usual + 0.08)


def test_staffed_posts_miss_by_the_power_of_their_number(case):
    one = fates.posts_missed(replace(case, lie=replace(LIE, posts=1.0)))
    assert 0.8 < one < 1
    assert fates.posts_missed(case) == pytest.approx(one**1.5)
    assert fates.posts_missed(other(case, {"policy.checkpoints.staffed_share": 0.0})) == 1


def test_a_movement_leaks_by_people(case):
    """All lines alike: mean over sites of 1 - exp(-q n), of all facilitators if it is open, .15 of them if secret."""
    values = {"insider.passes": 0.2, "policy.movement.leak_if_not_secret": 0.3}
    people = means.at_sites(case.scenario, case.insiders)
    if_open, if_secret = (np.mean(1 - np.exp(-0.2 * share * people)) for share in (1.0, 0.15))
    by_hand = 0.4 * (1 - 0.7 * (1 - if_open)) + 0.6 * if_secret
    assert fates.leaked(other(case, values)) == pytest.approx(by_hand)
    assert fates.leaked(case) == pytest.approx(0.4 * 0.9)


def test_a_fully_kept_protocol_leaves_a_team_the_overlap_and_an_hour_of_the_window(case):
    assert fates.convoy_met(replace(case, adherence=1.0)) == pytest.approx(0.7 * 1 / 4)
    assert fates.convoy_met(replace(case, adherence=0.0)) == pytest.approx(0.9 + 0.1 * math.erf(1.5 / math.sqrt(2)))


@pytest.mark.parametrize("tie, adherence, met", [(1.0, 1.0, 0.0), (0.5, 1.0, 0.2), (0.0, 0.9, 0.4), (0.5, 0.6, 0.4)])
def test_outings_are_met_by_the_part_that_is_tied_to_the_protocol(case, tie, adherence, met):
    tied = other(case, {"exposure.outing_tie": tie}, adherence=adherence)
    assert fates.outing_met(tied) == pytest.approx(met)
    assert fates.outing_met(other(tied, {"policy.movement.curfew": 0.75})) == pytest.approx(met / 4)


def test_teams_that_see_an_escort_wait_on(case):
    seen = other(case, {"policy.movement.sight": 0.5})
    passed = 0.5 * case.escort
    assert fates.meeting(seen, helped=False) == pytest.approx(fates.meeting(case, helped=False) * [1 - passed, 1, 1, 1])


def test_closures_given_to_whom_is_waited_for_clear_more(case):
    even = other(case, {"policy.closures.per_week": 2.0, "policy.closures.elsewhere": 2.0})
    c = 2 / 8
    assert fates.cleared(even) == pytest.approx(c * 0.6 * 0.35 * 0.8)
    ranked = other(even, {"policy.closures.ranked": True})
    assert fates.cleared(ranked) / fates.cleared(even) == pytest.approx((1 - math.exp(-3 * c)) / c)


def test_fates_are_chances(case):
    for helped in (False, True):
        fate = fates.fate(case, helped)
        assert ((fate.incident >= 0) & (fate.gave_up >= 0) & (fate.incident + fate.gave_up <= 1)).all()
        assert (fate.succeeds <= fate.incident).all() and (fate.busy > 60).all()


def test_a_first_order_stock_has_the_mean_of_its_steps():
    n = 100_000
    path = 1.0 + (3.0 - 1.0) * np.exp(-1.7 * (np.arange(n) + 0.5) / n)
    assert relaxed(3.0, 1.0, 1.7) == pytest.approx((path.mean(), 1.0 + 2.0 * math.exp(-1.7)))
    assert relaxed(3.0, 1.0, 0.0) == (3.0, 3.0) and relaxed(3.0, 1.0, math.inf) == (1.0, 1.0)


def test_groups_learn_toward_the_share_of_outcomes_that_succeed(case):
    x, succeeded, told = np.full(4, 0.5), np.array([0.1, 0.4, 0.0, 0.0]), np.array([0.5, 0.5, 0.5, 0.0])
    long = learned(case.scenario, x, succeeded, told, 1e6)
    assert long == pytest.approx([0.2, 0.8, 0.0, 0.5])
    assert learned(with_values(case.scenario, {"threat.learning": False}), x, succeeded, told, 1.0) is x


def test_a_mind_that_chooses_at_random_chooses_every_class_and_nothing_alike(case):
    group, x = case.scenario.world_file.groups[0], np.full(4, 0.5)
    assert chosen(other(case, {"threat.rationality": 0.0, "threat.declined": 0.2}), group, x) == pytest.approx(
        np.full(4, 0.2)
    )


def test_exposure_draws_by_its_elasticity(case):
    """Odds against "nothing" go with exposure to the power theta."""
    group, x = case.scenario.world_file.groups[0], np.full(4, 0.5)
    counts = other(case, {"threat.exposure_counts": True, "threat.nest": 0.5})
    fewer = other(counts, {"exposure.trips_per_week": 2.0, "exposure.private_nationals": 1500.0})

    def odds(choice):
        return choice / (1 - choice.sum())

    assert odds(chosen(fewer, group, x)) / odds(chosen(counts, group, x)) == pytest.approx([0.5**0.5, 1, 1, 0.5])


def test_offers_are_taken_at_the_insider_s_site_or_its_lines_or_not(case):
    group, x = case.scenario.world_file.groups[0], np.full(4, 0.5)
    helped = other(case, {"insider.offers": 0.1})
    assert offers(case) == 0 and offers(helped) * 365 * 12 == pytest.approx(0.76)
    choice = taken(helped, group, x)
    assert choice[OUTING] == choice[PRIVATE] == 0
    likelier = chosen(helped, group, x)
    assert choice[CONVOY] / choice[SITE] == pytest.approx(2 * likelier[CONVOY] / likelier[SITE])
    assert taken(other(helped, {"insider.draws": 1.0}), group, x).sum() > choice.sum()


def test_insiders_cause_incidents_by_every_rule_that_gives_them_a_part(case):
    alone = expected(case).project
    for rule, value in ALL_HELP.items():
        assert expected(case, {rule: value}).project > 1.001 * alone
    for rule in ("insider.watch_left", "insider.betrayal"):
        assert expected(case, {rule: 0.5}).project > alone


def test_checks_gain_where_insiders_cause_plots_and_lose_where_they_turn_later(case):
    """Off over today's, in the steady stock."""
    off = {f"policy.screening.{name}": 0.0 for name in ("sensitivity", "recheck_interval")}

    def ratio(values):
        steady = {"run.start": "steady", **values}
        return expected(case, steady).project / expected(case, {**steady, **off}).project

    assert ratio(ALL_HELP) < ratio({**ALL_HELP, "insider.turned": 0.7}) < 0.99
    assert ratio(ALL_HELP) < ratio({})


def test_forces_that_leave_let_more_happen_only_where_something_needs_them(case):
    none = {"state.army_division.size": 0, "state.special_police.teams": 0}
    gone = expected(case, none).all / expected(case).all
    needed = {"layers.presence.needed": 0.5, "threat.deterrence": 0.05}
    assert gone == pytest.approx(1, abs=0.02)
    assert expected(case, {**none, **needed}).all / expected(case, needed).all > gone + 0.1


def test_new_spending_works_after_the_lead_time(case):
    late, soon = (expected(case, {"policy.budget.share": 3.0, "policy.budget.lead_time": t}).all for t in (900.0, 0.0))
    assert expected(case, {"policy.budget.share": 3.0, "policy.budget.lead_time": 900.0, "run.horizon": 1.0}).all == (
        pytest.approx(expected(case, {"run.horizon": 1.0}).all, rel=0.01)
    )
    assert soon < late < expected(case).all


def test_fewer_posts_on_the_way_let_more_through(case):
    assert expected(case, lie=replace(LIE, posts=0.0)).all > 1.1 * expected(case).all


def test_figures_add_up_and_have_names(case):
    found = expected(case)
    assert list(found.as_dict()) == [*CLASSES, "project", "all"]
    assert found.all == pytest.approx(found.project + found.by_class["private"])


def test_no_cells_no_incidents(case):
    assert expected(case, {"threat.cells_per_group": 0, "insider.offers": 0.1}).all == 0
