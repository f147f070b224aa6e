"""Selection of the best: right as often as it says, whatever the noise; wrong pairs are caught; pairing pays.

Rates are over problems with fixed seeds, so a test passes or fails for good. The bounds of a selection hold together
with .95 by Bonferroni's inequality, so the rates measured are higher, .99 and more. One that is right in .98 would be
seen below .95 in 400 problems for 1 seed in 10,000, in 300 problems for 1 in 1,500.
"""

from itertools import pairwise

import numpy as np
import pytest

from sim.decide import bounds
from sim.decide.selection import Rule, select
from tests.decide.problems import (
    Problem,
    correlated,
    of_two_kinds,
    regret_slippage,
    skewed_counts,
    skewed_harm,
    slippage,
    truths,
    worst_slippage,
)

SIZES = (3, 4, 5, 6, 8, 10, 16, 25, 36, 50)
NOISES = {
    "normal": (correlated(0.8), 0.25),
    "normal of two kinds": (of_two_kinds(0.98), 0.8),
    "normal, without correlation": (correlated(0.0), 0.6),
    "skewed counts": (skewed_counts(1.0, 0.3), 0.25),
    "skewed harm": (skewed_harm(0.7), 0.25),
}


def right_choices(noise, delta, problems, sizes=SIZES, draws=2):
    """Share of problems whose best alternative, delta better than all others, is the one chosen and is known to be."""
    right = 0
    for number in range(problems):
        size = sizes[number % len(sizes)]
        best = (number // len(sizes)) % size
        problem = Problem(slippage(size, draws, delta, best, number), noise, number)
        found = select(problem, size, Rule(delta, most=2000))
        right += found.chosen == best and found.settled
    return right / problems


@pytest.mark.parametrize("name", NOISES)
def test_the_best_is_chosen_in_95_percent_of_2000_problems_of_3_to_50_alternatives(name):
    """400 problems of each kind of noise."""
    assert right_choices(*NOISES[name], problems=400) >= 0.95


def of_the_next_pair(own, other, covariance):
    """The variance of another pair: that of the alternatives whose numbers are one higher, as if one had gone."""
    return PAIRED_VARIANCE(np.roll(own, 1, -1), np.roll(other, 1, -1), np.roll(covariance, (1, 1), (-2, -1)))


def of_perfect_pairs(own, other, covariance):
    """As if all noise were shared."""
    return (np.sqrt(own)[..., :, None] - np.sqrt(other)[..., None, :]) ** 2


def of_strangers(own, other, covariance):
    """As if none were."""
    return own[..., :, None] + other[..., None, :]


PAIRED_VARIANCE = bounds.paired_variance


@pytest.mark.parametrize("mutant", [of_the_next_pair, of_perfect_pairs])
def test_a_variance_of_the_wrong_pair_fails_that_test(mutant, monkeypatch):
    """It is right in .82 and .77 of them. The public fault is of the first kind."""
    monkeypatch.setattr(bounds, "paired_variance", mutant)
    assert right_choices(*NOISES["normal of two kinds"], problems=400) < 0.9


def right_of_counts(rates, rule, problems):
    """The same of whole events: some that all alternatives meet, and at its own rate those that only one meets."""
    right = 0
    for number in range(problems):
        order = np.roll(rates, number)

        def sample(alternatives, low, high, order=order, number=number):
            random = np.random.default_rng([9, number, low])
            common, own = random.poisson(1.0, (1, 1, high - low)), random.random((len(order), 1, high - low))
            return (common + (own < order[:, None, None]))[list(alternatives)]

        found = select(sample, len(order), rule)
        right += found.chosen == np.argmin(order) and found.settled
    return right / problems


def test_the_best_of_those_that_differ_by_whole_events_is_chosen():
    assert right_of_counts([0.2, 0.5, 0.5, 0.5, 0.5], Rule(0.3), problems=400) >= 0.95


@pytest.mark.xfail(strict=True, reason="too rare for the first look: two alternatives without any event are alike")
def test_the_best_of_those_that_differ_by_rare_events_is_chosen():
    assert right_of_counts([0.005, 0.03, 0.03, 0.03, 0.03], Rule(0.025), problems=400) >= 0.95


def replicates_spent(correlation, problems=30, size=8):
    return sum(
        select(Problem(slippage(size, 2, 0.25, 0, n), correlated(correlation), n), size, Rule(0.25, most=5000)).runs
        for n in range(problems)
    )


def test_common_random_numbers_need_a_fifth_of_the_replicates(monkeypatch):
    """Correlation .9 divides the variance of a difference by 10; without it counted nothing is saved."""
    alone = replicates_spent(0.0)
    assert replicates_spent(0.9) < alone / 5
    monkeypatch.setattr(bounds, "paired_variance", of_strangers)
    assert replicates_spent(0.9) > alone / 2


# Everything that a selection says


def all_true(found, truth, delta):
    """Whether all that a selection says of its alternatives is so."""
    excess, others = truth - truth.min(), np.delete(truth, found.chosen)
    covered = all(s.low <= e <= s.high for s, e in zip(found.standings, excess, strict=True))
    lead = others.min() - truth[found.chosen]
    return (
        covered
        and lead >= found.margin
        and found.standings[np.argmin(truth)].gone is None
        and excess[found.chosen] < delta
    )


SLIPPAGES = {"mean": slippage, "worst": worst_slippage, "regret": regret_slippage}


@pytest.mark.parametrize("noise", [correlated(0.8), skewed_counts(1.0, 0.3)], ids=["normal", "counts"])
@pytest.mark.parametrize("criterion", SLIPPAGES)
def test_the_best_by_each_criterion_is_chosen_and_all_that_is_said_holds(criterion, noise):
    """400 problems of 3 to 5 alternatives and 6 draws."""
    said = []
    for number in range(400):
        size, delta = 3 + number % 3, 0.4
        means = SLIPPAGES[criterion](size, 6, delta, number % size, number)
        found = select(Problem(means, noise, number), size, Rule(delta, first=20, most=3000), criterion)
        said.append(
            found.settled and found.chosen == number % size and all_true(found, truths(means, criterion), delta)
        )
    assert np.mean(said) >= 0.95


@pytest.mark.parametrize("criterion", SLIPPAGES)
def test_what_is_said_of_alternatives_of_any_distance_holds(criterion):
    """300 problems; some of the alternatives are all but alike, others far off."""
    said = []
    for number in range(300):
        means = np.random.default_rng([7, number]).normal(3.0, 0.5, (6, 5))
        means[3:] = means[:3] + np.random.default_rng([8, number]).normal(0.0, 0.02, (3, 5))
        found = select(Problem(means, correlated(0.8), number), 6, Rule(0.3, most=3000), criterion)
        said.append(found.settled and all_true(found, truths(means, criterion), 0.3))
    assert np.mean(said) >= 0.95


THREE_WINNERS = np.array([[0.0, 0.0, 9.0], [6.0, 6.0, 6.0], [5.0, 4.0, 7.0], [9.0, 9.0, 9.5]])


@pytest.mark.parametrize("criterion, best", [("mean", 0), ("worst", 1), ("regret", 0)])
def test_criteria_differ_where_they_should(criterion, best):
    """Means 3 6 5.3 9.2, worst cases 9 6 7 9.5, regrets 3 6 5 9 (the best of the draws are 0, 0, 6)."""
    found = select(Problem(THREE_WINNERS, correlated(0.5), 1), 4, Rule(0.5), criterion)
    assert found.chosen == best and found.settled
    assert [s.estimate for s in found.standings] == pytest.approx(truths(THREE_WINNERS, criterion), abs=0.8)


def test_regret_can_choose_what_neither_of_the_others_does():
    """Means 3 4 3.5, worst cases 9 6 8, regrets 3 6 2.5 or so."""
    means = np.array([[0.0, 0.0, 9.0], [3.0, 6.0, 6.0], [1.5, 1.5, 8.0]])
    chosen = {c: select(Problem(means, correlated(0.9), 2), 3, Rule(0.1), c).chosen for c in SLIPPAGES}
    assert chosen == {"mean": 0, "worst": 1, "regret": 2}


@pytest.mark.parametrize("criterion, truth", [("worst", 3.0), ("regret", 0.0)])
def test_estimates_are_not_raised_by_the_noise_of_the_draws(criterion, truth):
    """60 draws that are alike: the largest of their means is too high by more than .5, the estimate by nothing."""
    means = np.full((3, 60), 3.0)
    rule = Rule(0.01, first=20, most=20)
    found = [select(Problem(means, correlated(0.0), n), 3, rule, criterion) for n in range(100)]
    assert np.mean([s.estimate for each in found for s in each.standings]) == pytest.approx(truth, abs=0.08)


# Stages


def test_bad_alternatives_cost_a_first_look_only_and_every_run_is_counted():
    means = np.array([[1.0], [1.1], [9.0], [9.0], [9.0]]) + np.zeros((5, 4))
    found = select(Problem(means, correlated(0.5), 3), 5, Rule(0.2), "mean")
    assert found.stages[0].gone == (2, 3, 4) and len(found.stages) > 2
    assert all(stage.run == (0, 1) for stage in found.stages[1:])
    assert [s.replicates for s in found.standings[2:]] == [10, 10, 10]
    assert found.runs == 4 * sum(s.replicates for s in found.standings)
    assert found.standings[3].gone == 0 and found.standings[3].low > 5


def test_what_cannot_be_told_apart_is_named_and_what_can_is_not():
    means = np.array([[1.0, 2.0], [1.02, 2.02], [4.0, 5.0]])
    for criterion in SLIPPAGES:
        found = select(Problem(means, correlated(0.8), 4), 3, Rule(0.2), criterion)
        assert {found.chosen, *found.alike} == {0, 1}
        assert -0.2 < found.margin < 0


def test_one_that_is_left_alone_has_a_margin_above_0():
    found = select(Problem([[1.0], [3.0], [4.0]], correlated(0.8), 5), 3, Rule(0.2))
    assert found.alike == () and found.chosen == 0
    assert 0 < found.margin < 2
    assert found.standings[0].low == found.standings[0].high == 0


def test_too_few_replicates_settle_nothing_and_that_is_said():
    found = select(Problem([[1.0], [1.0]], correlated(0.0), 6), 2, Rule(0.01, most=30))
    assert not found.settled and found.margin < -0.01
    assert found.stages[-1].replicates == 30


def test_alternatives_that_do_the_same_are_alike_at_the_first_look():
    found = select(Problem([[1.0, 2.0]] * 3, correlated(1.0), 7), 3, Rule(0.01), "worst")
    assert found.settled and len(found.stages) == 1 and len(found.alike) == 2


def test_one_that_sets_the_regret_of_others_is_run_on_though_it_is_out():
    """The third is by far the best in the first draw and the worst in the second; the first two are close."""
    means = np.array([[5.0, 1.0], [5.1, 1.0], [0.0, 20.0]])
    found = select(Problem(means, correlated(0.5), 8), 3, Rule(0.2, most=3000), "regret")
    assert found.standings[2].gone == 0 and found.standings[2].replicates == found.stages[-1].replicates > 10
    assert found.standings[0].estimate == pytest.approx(5.0, abs=0.3)
    assert found.standings[0].draw == 0 and found.standings[2].draw == 1


def test_the_sampler_is_asked_for_each_replicate_once_and_for_fewer_and_fewer():
    asked, problem = [], Problem(slippage(6, 2, 0.5, 0, 1), correlated(0.5), 1)

    def sample(alternatives, low, high):
        asked.append((tuple(alternatives), low, high))
        return problem(alternatives, low, high)

    found = select(sample, 6, Rule(0.3))
    assert [low for _, low, _ in asked] == [0, *(high for *_, high in asked[:-1])]
    assert all(set(later) <= set(now) for (now, *_), (later, *_) in pairwise(asked))
    assert found == select(problem, 6, Rule(0.3))


# Draws without common noise


def test_draws_without_common_noise_need_few_replicates_and_the_choice_is_still_right():
    """30 draws, 3 replicates at first: with 2 degrees of freedom the other rule takes far more. 300 problems."""
    strata, together = (Rule(0.25, first=3, most=2000, shared_noise=shared) for shared in (False, True))
    right, spent = 0, np.zeros(2)
    for number in range(300):
        problem = Problem(slippage(5, 30, 0.25, number % 5, number), skewed_counts(1.0, 0.3), number)
        found = select(problem, 5, strata)
        right += found.chosen == number % 5 and found.settled
        spent += found.runs, select(problem, 5, together).runs
    assert right / 300 >= 0.95
    assert spent[0] < spent[1] / 2


# What is refused


@pytest.mark.parametrize(
    "wrong, why",
    [
        ({"delta": 0}, "delta must be above 0"),
        ({"delta": float("nan")}, "delta must be above 0"),
        ({"delta": 1, "confidence": 95}, "confidence must lie between 0 and 1"),
        ({"delta": 1, "first": 1}, "first must lie between 2 and most"),
        ({"delta": 1, "first": 20, "most": 10}, "first must lie between 2 and most"),
    ],
)
def test_a_rule_that_asks_for_nonsense_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        Rule(**wrong)


@pytest.mark.parametrize(
    "outcomes, why",
    [
        (lambda rows, low, high: np.zeros((len(rows), high - low)), "must have the shape"),
        (lambda rows, low, high: np.zeros((len(rows) + 1, 3, high - low)), "must have the shape"),
        (lambda rows, low, high: np.zeros((len(rows), 0, high - low)), "must have the shape"),
        (lambda rows, low, high: np.random.default_rng(low).normal(size=(len(rows), 3 + low, high - low)), "shape"),
        (lambda rows, low, high: np.full((len(rows), 3, high - low), np.nan), "must be finite"),
    ],
)
def test_outcomes_of_another_shape_or_not_finite_are_refused(outcomes, why):
    with pytest.raises(ValueError, match=why):
        select(outcomes, 3, Rule(0.01))


def test_a_single_alternative_is_no_choice():
    with pytest.raises(ValueError, match="at least 2"):
        select(Problem([[1.0]], correlated(0.5), 1), 1, Rule(0.1))
