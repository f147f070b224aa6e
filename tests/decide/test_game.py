"""Mixing schedules: games with known answers, and an attacker's own best against the worst for the defender."""

import numpy as np
import pytest

from sim.decide.game import mix, worst_case


def test_matching_pennies_is_mixed_half_and_half():
    found = mix(np.array([[[1.0, -1.0], [-1.0, 1.0]]]))
    assert found.value == pytest.approx(0) and found.weights == pytest.approx([0.5, 0.5])
    assert found.pure_value == 1 and found.gap == pytest.approx(1)


def test_a_game_of_two_options_and_three_choices_is_solved_as_by_hand():
    """At weight p of the first option the choices give 4 - 3 p, 1 + 2 p and 2 + p: the highest is least at p = 1/2."""
    found = mix(np.array([[[1.0, 3.0, 3.0], [4.0, 1.0, 2.0]]]))
    assert found.weights == pytest.approx([0.5, 0.5])
    assert found.value == pytest.approx(2.5)
    assert (found.pure, found.pure_value) == (0, 3.0) and found.gap == pytest.approx(0.5)


def test_two_classes_act_beside_each_other_each_by_its_own_choice():
    """The second class is harmed by the first option only: the mixture leans away from matching pennies' half."""
    pennies = np.array([[2.0, 0.0], [0.0, 2.0]])
    found = mix(np.stack([pennies, [[3.0, 3.0], [0.0, 0.0]]]))
    assert found.weights == pytest.approx([0, 1]) and found.value == pytest.approx(2)
    assert mix(np.stack([pennies, [[0.5, 0.5], [0.0, 0.0]]])).value == pytest.approx(1.25)


def test_an_option_that_is_best_whatever_happens_is_taken_alone():
    found = mix(np.array([[[1.0, 2.0], [2.0, 3.0], [5.0, 2.5]]]))
    assert found.weights.tolist() == [1, 0, 0] and found.gap == 0


def test_the_gap_is_never_negative_and_no_other_mixture_is_better():
    random = np.random.default_rng(1)
    for n in range(200):
        losses = random.normal(size=(1 + n % 3, 1 + n % 5, 1 + n % 4)) * 10.0 ** (n % 7 - 3)
        found = mix(losses)
        assert found.gap >= 0
        assert found.weights.min() >= 0 and found.weights.sum() == pytest.approx(1)
        others = random.dirichlet(np.ones(losses.shape[1]), 50)
        size = np.abs(losses).max()
        assert min(worst_case(losses, one) for one in others) >= found.value - 1e-7 * size


def test_attackers_of_one_class_can_hold_the_defender_to_the_value():
    """Minimax is maximin (von Neumann 1928): the game turned round has the same value."""
    random = np.random.default_rng(2)
    for _ in range(50):
        losses = random.normal(size=(1, 4, 3))
        turned = mix(-losses.transpose(0, 2, 1))
        assert mix(losses).value == pytest.approx(-turned.value, abs=1e-7)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        mix(np.array([[[1.0, np.nan]]]))
