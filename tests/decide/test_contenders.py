"""Contenders: who is still in it after a first look."""

import numpy as np
import pytest

from sim.decide.contenders import below_caps, contenders, ever_best
from sim.errors import InputError
from tests.decide.fakes import Fake

NAMES = ["today", "good", "better", "bad", "rare"]
LEVELS = np.array([[3.0, 3.0, 3.0], [2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [9.0, 9.0, 9.0], [9.0, 9.0, 0.5]])


def fake(**decided):
    return Fake(np.repeat(LEVELS[:, :, None], 4, axis=2), NAMES, first=4, **decided)


def test_the_best_by_the_mean_go_on_and_today_s_with_them():
    assert contenders(fake(), 1) == ["today", "better"]
    assert contenders(fake(), 2) == ["today", "good", "better"]


def test_whoever_is_best_in_some_draw_is_in_it_and_no_other():
    assert ever_best(fake(), 5) == ["better", "rare"]


def test_there_are_two_even_where_one_is_the_best_in_every_draw():
    one = fake()
    one.harm = one.harm[:4]
    one.names = NAMES[:4]
    assert ever_best(one, 5) == ["good", "better"]


def test_what_costs_more_than_a_cap_allows_is_out():
    means = {"burden": np.array([1.0, 5.0, 2.0])}
    decision = fake(caps={"burden": 3.0}).decision
    assert below_caps(decision, means) == [0, 2]
    with pytest.raises(InputError, match="caps: read 1 of 3 alternatives below all of them"):
        below_caps(fake(caps={"burden": 1.5}).decision, means)
