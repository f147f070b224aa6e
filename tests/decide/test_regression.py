"""The ridge on splines: what it fits, and that it fits nothing where there is nothing."""

import numpy as np
import pytest

from sim.decide.regression import PENALTIES, fit, folds, scores, terms


def test_scores_are_the_same_whatever_the_unit():
    values = np.random.default_rng(1).normal(size=(200, 3))
    assert np.array_equal(scores(values), scores(np.exp(values)))
    assert np.abs(scores(values).mean(axis=0)).max() < 1e-9


def test_splines_are_straight_beyond_the_outer_knots_and_products_end_where_numbers_are_many():
    far = terms(np.array([[3.0], [4.0], [5.0], [-3.0], [-4.0], [-5.0]]))
    assert np.allclose(far[0] - 2 * far[1] + far[2], 0) and np.allclose(far[3] - 2 * far[4] + far[5], 0)
    few, many = np.zeros((5, 3)), np.zeros((5, 30))
    assert terms(few).shape[1] == 3 * 4 + 3 and terms(many).shape[1] == 30 * 4


def test_a_curve_and_a_product_are_found_and_noise_is_left_alone():
    random = np.random.default_rng(2)
    score = scores(random.normal(size=(800, 4)))
    truth = np.column_stack([np.abs(score[:, 0]), score[:, 1] * score[:, 2], np.zeros(800)])
    found = fit(terms(score), truth + 0.5 * random.normal(size=truth.shape)).at(terms(score))
    error = ((found - truth) ** 2).mean(axis=0)
    assert error[0] < 0.02 and error[1] < 0.02 and error[2] < 0.005


def test_the_penalty_is_the_one_with_the_least_generalised_cross_validation():
    """By the definition: squares left over, by the squared share of the draws that the fit leaves free."""
    random = np.random.default_rng(3)
    known = random.normal(size=(25, 3))
    outcome = known[:, :1] + random.normal(size=(25, 1))
    x, found = (known - known.mean(axis=0)) / known.std(axis=0), []
    for penalty in PENALTIES[:-1]:
        inverse = np.linalg.inv(x.T @ x + 25 * penalty * np.eye(3))
        hat = 1 / 25 + x @ inverse @ x.T
        free = 1 - np.trace(hat) / 25
        found.append((((outcome - hat @ outcome) ** 2).sum() / free**2, penalty, inverse @ x.T @ outcome))
    assert np.allclose(fit(known, outcome).weights, min(found, key=lambda one: one[0])[2])


@pytest.mark.parametrize("known", [np.zeros((20, 2)), np.ones((20, 1)).cumsum(axis=0) % 2])
def test_terms_that_do_not_vary_or_repeat_are_no_trouble(known):
    assert np.isfinite(fit(terms(scores(known)), np.arange(20.0)[:, None]).at(terms(scores(known)))).all()


def test_each_draw_is_judged_once_and_never_fitted_to_in_its_turn():
    turns = folds(23)
    assert sorted(np.concatenate([mine for _, mine in turns])) == list(range(23))
    assert all(not set(others) & set(mine) and len(others) + len(mine) == 23 for others, mine in turns)
