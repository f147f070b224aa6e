"""Minds against policies: both responses, judged without the noise that they were picked by, and what mixing spares."""

import numpy as np
import pytest

from sim.decide import stress as its
from sim.decide.stress import MINDS, NAMES, REPLICATES, headline, minds_table, stress, table
from sim.scenario.load import load_scenario, with_values
from tests.decide.fakes import Fake

DRAWS = 4
RANDOM, SHARP = NAMES.index("random"), NAMES.index("best response")


def fake(levels, noise=0.0, seed=0):
    """A study of policies x minds with given levels."""
    random = np.random.default_rng([5, seed])
    levels = np.asarray(levels, dtype=float)
    names = [f"{p}, {mind}" for p in range(len(levels)) for mind in NAMES]
    harm = levels.reshape(-1, 1, 1) + noise * random.normal(size=(len(names), DRAWS, REPLICATES))
    return stress(Fake(harm, names), [f"policy {p}" for p in range(len(levels))], 0)


def game(*pairs):
    """Levels of policies, 1 but for some minds."""
    levels = np.ones((len(pairs), len(NAMES)))
    for p, changed in enumerate(pairs):
        for mind, level in changed.items():
            levels[p, mind] = level
    return levels


def test_own_best_response_and_worst_for_the_defender_are_told_apart():
    found = fake(game({SHARP: 0.5, RANDOM: 3.0}))
    assert (found.own[0].mind, found.worst[0].mind) == ("best response", "random")
    assert found.own[0].gap.estimate == pytest.approx(-0.5)
    assert found.worst[0].gap.estimate == pytest.approx(2.0)


def test_a_policy_is_called_better_against_a_mind_only_where_it_surely_is():
    noisy = [fake(game({}, {}, {}), noise=0.5, seed=seed) for seed in range(5)]
    assert sum("is better)" in headline(one) for one in noisy) <= 4  # the best of three, of eight minds each
    surely = fake(game({}, {RANDOM: 0.5, 0: 1.2}), noise=0.05)
    assert "but `random` (policy 1 is better)" in headline(surely)


def test_minds_that_are_alike_make_no_gap_whatever_the_noise():
    """The mean over 20 problems has a standard error of .02; picked and judged by the same runs it would be .18."""
    gaps = [fake(game({}), noise=1.0, seed=seed).worst[0].gap.estimate for seed in range(20)]
    assert abs(np.mean(gaps)) < 0.1


def test_a_mix_is_found_where_each_policy_has_a_worst_mind_of_its_own():
    found = fake(game({RANDOM: 3.0}, {SHARP: 3.0}))
    assert found.weights == pytest.approx([0.5, 0.5])
    assert found.spared.estimate == pytest.approx(1.0)
    assert "Drawn by lot (policy 0 50%, policy 1 50%), the worst case is less by 1" in headline(found)


def test_no_mix_is_found_where_there_is_none():
    found = fake(game({RANDOM: 3.0}, {RANDOM: 4.0}))
    assert found.spared.estimate == 0.0 and "No mix of policies by lot does better" in headline(found)


def test_noise_alone_makes_no_mix_look_better():
    """An interval at 95 % lies above 0 in 1 of 40 problems, and this one errs to the other side."""
    noisy = [fake(game({}, {}), noise=1.0, seed=seed) for seed in range(20)]
    assert sum(one.spared.low > 0 for one in noisy) == 0


def test_the_table_has_each_policy_and_each_mind():
    found = fake(game({RANDOM: 3.0}, {SHARP: 0.2}))
    assert len(table(found)) == 2 and len(minds_table(found)) == 2 * len(NAMES)
    assert {line["alternative"]: line["best response"] for line in table(found)}["policy 1"] == pytest.approx(0.2)


def test_minds_are_settings_of_choice_among_classes_and_nothing_else():
    base = load_scenario("baseline")
    for values in MINDS.values():
        changed = with_values(base, values)
        assert changed.policy == base.policy and changed.world == base.world
        assert all(path.startswith("threat.") for path in values)
    assert MINDS[its.TODAY] == {}
