"""Where options stand in the picture."""

import numpy as np

from sim.view.brief.picture import spread


def test_options_that_cost_the_same_stand_side_by_side_the_safest_first():
    at = spread(np.array([3.2, 3.2, 3.2, 5.0]), np.array([1.2, 0.8, 1.0, 1.1]))
    assert np.argsort(at).tolist() == [1, 2, 0, 3]
    assert np.allclose(np.diff(np.sort(at))[:2], 1.8 / 4)
    assert np.isclose(at[:3].mean(), 3.2)


def test_options_far_from_each_other_stand_at_their_cost():
    cost = np.array([1.0, 4.0, 2.0, 3.0])
    assert np.allclose(spread(cost, np.ones(4)), cost)


def test_none_is_nearer_to_its_cost_than_the_gap_allows():
    """Least squares: moved as one or more, no group gets nearer to its costs."""
    cost = np.array([1.0, 1.01, 1.02, 1.9, 2.0])
    at = np.sort(spread(cost, np.ones(5)))
    gap = 1.0 / 5
    assert np.diff(at).min() > gap - 1e-12
    groups = np.split(np.arange(5), np.flatnonzero(np.diff(at) > gap + 1e-9) + 1)
    assert all(np.isclose(at[group].mean(), cost[group].mean()) for group in groups)


def test_where_all_cost_the_same_they_are_still_told_apart():
    assert len(set(spread(np.full(3, 2.0), np.array([1.0, 2.0, 3.0])).tolist())) == 3
