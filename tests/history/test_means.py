"""What policies come to on average: closed forms against the sums that they stand for."""

import math
from pathlib import Path

import numpy as np
import pytest

from sim import load_scenario, with_values
from sim.history import means
from sim.laws import kept_by_half_life


@pytest.fixture(scope="module")
def baseline():
    """Today's policy under the rules of version 3, to which the tests add one rule at a time."""
    return load_scenario(Path(__file__).parents[2] / "experiments" / "version3.yaml")


def recursion(level, half_life, interval, jump, intervals=60):
    """Mean of a, step by step: it decays daily, is pushed, and jumps at the end of every interval."""
    a, total, parts = level, 0.0, 20
    kept = kept_by_half_life(half_life) ** (1 / parts)
    days = intervals * interval
    for step in range(days * parts):
        a = level + kept * (a - level)
        if (step + 1) % (interval * parts) == 0:
            a += jump * (1 - a)
        total += a if step >= days * parts // 2 else 0.0
    return total / (days * parts - days * parts // 2)


@pytest.mark.parametrize("interval, memory", [(182, 0.0), (30, 0.0), (30, 120.0)])
def test_adherence_between_audits_is_the_mean_of_its_recursion(baseline, interval, memory):
    values = {"policy.adherence.audit_interval": float(interval), "policy.adherence.audit_memory": memory}
    policy = with_values(baseline, values)
    jump = 0.25 * (1 - math.exp(-interval / memory)) if memory else 0.25
    assert means.audit_jump(policy, interval) == pytest.approx(jump)
    drawn = recursion(0.6, 105.0, interval, jump)
    assert means.steady_adherence(policy, 1.0, 0.0) == pytest.approx(drawn, abs=0.002)


def test_incidents_push_adherence_up_for_good(baseline):
    """A jump of .35 in one jurisdiction of four, .4 of it elsewhere."""
    policy = with_values(baseline, {"policy.adherence.audit_interval": 0.0})
    push = 2.2 / 365 * 0.35 * (0.25 + 0.75 * 0.4)
    kappa = math.log(2) / 105
    assert means.steady_adherence(policy, 1.0, 2.2) == pytest.approx((kappa * 0.6 + push) / (kappa + push))
    assert means.steady_adherence(with_values(policy, {"policy.adherence.hold": True}), 1.0, 2.2) == pytest.approx(0.6)


def test_level_is_the_mean_over_jurisdictions(baseline):
    offset = {"policy.adherence.by_jurisdiction": {"coast": 1.0}}
    shifted = 1 / (1 + math.exp(-1.0) * 0.4 / 0.6)
    assert means.level(with_values(baseline, offset)) == pytest.approx((3 * 0.6 + shifted) / 4)


@pytest.mark.parametrize("interval, sensitivity", [(730.0, 0.6), (90.0, 0.9), (0.0, 0.6)])
def test_a_mean_stay_is_that_of_drawn_facilitators(baseline, interval, sensitivity):
    """100,000 draws: standard error .3 %."""
    values = {"policy.screening.recheck_interval": interval, "policy.screening.sensitivity": sensitivity}
    generator = np.random.default_rng(3)
    stays = generator.exponential(1 / 0.33, 100_000)
    if interval:
        stays = np.minimum(stays, generator.geometric(0.5 * sensitivity, 100_000) * interval / 365)
    assert means.stay(with_values(baseline, values), 1.0) == pytest.approx(stays.mean(), rel=0.013)


def test_first_checks_find_nobody_who_turns_later(baseline):
    found = {
        turned: means.facilitators(with_values(baseline, {"insider.turned": turned}), 1.0) for turned in (0.0, 0.7, 1.0)
    }
    assert found[0.0] / found[1.0] == pytest.approx(1 - 0.6)
    assert found[0.7] / found[1.0] == pytest.approx(0.7 + 0.3 * (1 - 0.6))


def test_facilitators_are_those_of_the_simulation_s_long_run(baseline):
    """24,480 staff: 7.6 in the engine's third year under today's policy."""
    assert means.facilitators(baseline, 1.0) == pytest.approx(7.6, abs=0.2)


def test_a_shortfall_leaves_checks_and_audits_unheld(baseline):
    poor, rich = (means.bought(with_values(baseline, {"policy.budget.share": share})) for share in (0.25, 1.0))
    assert rich.audits == 1 and rich.checks > 0.98
    assert poor.checks < 0.5 and poor.route_watch < rich.route_watch and poor.readiness < rich.readiness


def test_supervision_is_paid_from_the_budget_only_where_the_policy_says_so(baseline):
    full = {"policy.adherence.level": 1.0, "policy.adherence.hold": True, "cost.supervision": 60_000.0}
    free, paid = (with_values(baseline, {**full, "policy.adherence.paid_from": who}) for who in ("nobody", "budget"))
    assert means.extras(free) == 0
    assert means.extras(paid) == pytest.approx(0.06 * math.log(0.4 / 0.01))
    assert means.bought(paid).route_watch < means.bought(free).route_watch
    assert means.supervision(baseline) == 0


def test_today_s_forces_are_present_by_1_and_none_by_what_is_always_there(baseline):
    none = {"state.army_division.size": 0, "state.special_police.teams": 0}
    assert means.presence(baseline) == pytest.approx(1)
    assert means.presence(with_values(baseline, none)) == pytest.approx(1 - 0.5 - 0.3)
    assert means.presence(with_values(baseline, {"state.army_division.size": 30_000})) == pytest.approx(
        1 + 0.5 * math.exp(-1)
    )


def test_presence_lowers_interdiction_and_notice_by_the_share_that_needs_it(baseline):
    none = {"state.army_division.size": 0, "state.special_police.teams": 0, "layers.presence.needed": 0.5}
    gone = with_values(baseline, none)
    kept = 1 + 0.5 * (0.2 - 1)
    assert means.interdiction(gone) == pytest.approx(kept * means.interdiction(baseline))
    assert means.noticed(gone) == pytest.approx(kept * (1 - 0.4) * means.noticed(baseline))


def test_the_corridor_s_exposure_is_the_reference_but_for_two_sites_smaller_than_a_convoy(baseline):
    counts = with_values(baseline, {"threat.exposure_counts": True, "threat.nest": 0.5})
    assert means.exposure(counts) / means.REFERENCE_EXPOSURE == pytest.approx([1, 1, 1, 1])
    crowded = with_values(counts, {"policy.movement.people": 4.0})
    assert means.passengers(crowded).min() == 12 and means.passengers(crowded).max() == pytest.approx(4 * 31 / 3)
    assert means.size(with_values(counts, {"policy.movement.trips": 0.25})) == pytest.approx([0.5, 1, 1, 1])
    assert (means.size(baseline) == 1).all()


def test_splitting_a_site_in_two_changes_no_exposure_of_staff_and_no_shares(baseline, in_world):
    counts = with_values(baseline, {"threat.exposure_counts": True})
    tree = counts.world_file.model_dump()
    first, *others = tree["sites"]
    halves = [{**first, "name": f"half {k}", "foreign_staff": n} for k, n in enumerate((370, 371))]
    split = in_world(counts, {**tree, "sites": [*halves, *others]})
    assert means.exposure(split)[1:] == pytest.approx(means.exposure(counts)[1:])
    assert means.site_weights(split)[:2].sum() == pytest.approx(means.site_weights(counts)[0])
